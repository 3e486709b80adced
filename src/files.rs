//! Files that are either whole or not there, and what to do when they cannot be written.

use std::fs::{self, File};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use directories::BaseDirs;
use thiserror::Error;

/// So many names are tried for a file beside another.
const TRIES: usize = 100;

/// Writes a file beside itself, syncs it and renames it, so that whoever opens it sees the old or the new one whole.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = write_beside(path, bytes)?;
    finished(&beside, fs::rename(&beside, path).and_then(|()| sync_folder(path)))
}

/// The same for a file that must not be there yet: what somebody else has just put there stays, and is an error of the kind
/// [`io::ErrorKind::AlreadyExists`].
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = write_beside(path, bytes)?;
    let linked = match fs::hard_link(&beside, path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists && path.symlink_metadata().is_err() => {
            // A disk without hard links.
            fs::rename(&beside, path)
        }
        Ok(()) => fs::remove_file(&beside),
        taken => taken,
    };
    finished(&beside, linked.and_then(|()| sync_folder(path)))
}

/// Waits until the names in the folder of `path` are on the disk: without that a rename may be undone by a power failure.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        // Some file systems cannot, and folders that may be written but not read cannot be opened.
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        result => result,
    }
}

/// Writes the bytes to a new file beside `path`, and syncs it. Its name cannot be foreseen, and nothing that is there is
/// opened: in a folder where others may write, nobody can have put a link in its place.
fn write_beside(path: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    for _ in 0..TRIES {
        let mut beside = name.to_owned();
        beside.push(format!(".{:016x}.part", RandomState::new().hash_one(std::process::id())));
        let beside = path.with_file_name(beside);
        let mut file = match File::options().write(true).create_new(true).open(&beside) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
            file => file?,
        };
        finished(&beside, file.write_all(bytes).and_then(|()| file.sync_all()))?;
        return Ok(beside);
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// What could not be written is of no use, and goes; the first error is the one to tell.
fn finished(beside: &Path, result: io::Result<()>) -> io::Result<()> {
    if result.is_err() {
        let _ = fs::remove_file(beside);
    }
    result
}

/// Why a path does not say where it leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum HomeError {
    /// The system names no home folder.
    #[error("the system names no home folder for ~; write the path in full")]
    NoHome,
    /// `~user`.
    #[error("only ~/ is known, your own home folder; write the path in full, or ./~… for a file of that name")]
    OtherUser,
}

/// The path with the home folder in the place of a `~` at its start.
pub(crate) fn at_home(path: &Path) -> Result<PathBuf, HomeError> {
    if let Ok(below) = path.strip_prefix("~") {
        let home = BaseDirs::new().ok_or(HomeError::NoHome)?.home_dir().to_owned();
        return Ok(if below.as_os_str().is_empty() { home } else { home.join(below) });
    }
    if path.as_os_str().as_encoded_bytes().first() == Some(&b'~') { Err(HomeError::OtherUser) } else { Ok(path.to_owned()) }
}

/// Where a link leads that leads to nothing.
pub(crate) fn dangling(path: &Path) -> Option<PathBuf> {
    fs::read_link(path).ok().filter(|_| !path.exists())
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
        // What is there is not replaced by what is new, and a link is something.
        assert_eq!(write_new(&path, b"newer").expect_err("it is there").kind(), io::ErrorKind::AlreadyExists);
        std::os::unix::fs::symlink("nowhere", folder.join("link")).expect("a link");
        assert!(write_new(&folder.join("link"), b"newer").is_err());
        write_new(&folder.join("d"), b"whole").expect("written");
        assert_eq!(
            (fs::read(&path).expect("there"), fs::read(folder.join("d")).expect("there")),
            (b"new".into(), b"whole".into())
        );
        assert_eq!(fs::read_dir(&folder).expect("a folder").count(), 4, "nothing is left beside them");
        fs::remove_dir_all(&folder).expect("removed");
    }

    #[test]
    fn the_home_folder_stands_for_a_tilde_at_the_start_alone() {
        let home = BaseDirs::new().expect("a home").home_dir().to_owned();
        assert_eq!(at_home(Path::new("~/a/b")), Ok(home.join("a/b")));
        assert_eq!((at_home(Path::new("~")), at_home(Path::new("~/"))), (Ok(home.clone()), Ok(home)));
        for path in ["a/~", "./~", "/~/x", "", "a~"] {
            assert_eq!(at_home(Path::new(path)), Ok(path.into()));
        }
        assert_eq!(at_home(Path::new("~ana/x")), Err(HomeError::OtherUser));
    }
}
