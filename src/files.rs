//! Files that are either whole or not there, and what to do when they cannot be written.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// Writes a file beside itself, syncs it and renames it, so that whoever opens it sees the old or the new one whole.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let beside = path.with_file_name(name);
    let written = write_and_sync(&beside, bytes).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // What could not be written is of no use; the first error is the one to tell.
        let _ = fs::remove_file(&beside);
    }
    written
}

/// What to do about a file that cannot be written, after a colon, when that is known.
pub(crate) fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ": the disk is full; make room, or write elsewhere",
        io::ErrorKind::FileTooLarge => ": no file may be so large here; raise the limit (ulimit -f), or write elsewhere",
        io::ErrorKind::ReadOnlyFilesystem => ": nothing can be written there; write elsewhere, or mount it writable",
        _ => "",
    }
}

fn write_and_sync(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let folder = std::env::temp_dir().join(format!("mnist-tui-files-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join("a.bin");
        write_whole(&path, b"old").expect("written");
        write_whole(&path, b"new").expect("written");
        assert_eq!(fs::read(&path).expect("there"), b"new");
        // A folder cannot be replaced by a file: the old one stays, and no part is left.
        assert!(write_whole(&folder.join("a.bin").join("b"), b"x").is_err());
        fs::create_dir(folder.join("c")).expect("a folder");
        assert!(write_whole(&folder.join("c"), b"x").is_err());
        let names: Vec<_> = fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").file_name()).collect();
        assert_eq!(names.len(), 2, "{names:?}");
        fs::remove_dir_all(&folder).expect("removed");
    }
}
