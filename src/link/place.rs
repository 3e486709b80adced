//! Where the sockets of runs are: a folder that belongs to the user alone.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use rustix::process::getuid;

/// The longest path of a socket that every system takes, in bytes (macOS has 104 with the end).
const LONGEST_PATH: usize = 103;

/// Folders where sockets may be: the system's own for running programs, and the one that takes its place.
fn folders() -> Vec<PathBuf> {
    let own = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|folder| folder.is_absolute());
    let fallback = PathBuf::from(format!("/tmp/mnist-tui-{}", getuid().as_raw()));
    own.map(|folder| folder.join("mnist-tui")).into_iter().chain([fallback]).collect()
}

/// The path for the socket of a run, in a folder that is there and ours.
pub(super) fn socket_path(run_id: &str) -> io::Result<PathBuf> {
    let mut refused = None;
    for folder in folders() {
        let path = folder.join(format!("{run_id}.sock"));
        if path.as_os_str().len() > LONGEST_PATH {
            refused = Some(io::Error::other(format!("{} is too long for a socket", path.display())));
            continue;
        }
        match DirBuilder::new().mode(0o700).create(&folder).or_else(exists).and_then(|()| check(&folder)) {
            Ok(()) => return Ok(path),
            Err(error) => refused = Some(error),
        }
    }
    Err(refused.unwrap_or_else(|| io::Error::other("no folder for sockets")))
}

/// The sockets that there are, those of the newest runs last. Some may be of processes that are gone.
pub(super) fn sockets() -> Vec<PathBuf> {
    let ours = folders().into_iter().filter(|folder| check(folder).is_ok());
    let entries = ours.filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten();
    let is_socket = |path: &PathBuf| fs::symlink_metadata(path).is_ok_and(|metadata| metadata.file_type().is_socket());
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_socket).collect();
    paths.sort_by(|a, b| a.file_name().cmp(&b.file_name()));
    paths
}

fn exists(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::AlreadyExists { Ok(()) } else { Err(error) }
}

/// Whether a folder is a real one that nobody else can enter.
fn check(folder: &Path) -> io::Result<()> {
    let metadata = fs::symlink_metadata(folder)?;
    let problem = match () {
        () if !metadata.is_dir() => "is no folder",
        () if metadata.uid() != getuid().as_raw() => "belongs to another user",
        () if metadata.mode() & 0o077 != 0 => "is open to others; chmod 700 makes it yours alone",
        () => return Ok(()),
    };
    Err(io::Error::other(format!("{} {problem}", folder.display())))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn only_a_folder_of_our_own_will_do() {
        let top = std::env::temp_dir().join(format!("mnist-tui-place-{}", std::process::id()));
        let (open, link, file) = (top.join("open"), top.join("link"), top.join("file"));
        DirBuilder::new().mode(0o700).create(&top).expect("a folder");
        fs::create_dir(&open).expect("a folder");
        fs::set_permissions(&open, fs::Permissions::from_mode(0o755)).expect("permissions");
        symlink(&top, &link).expect("a link");
        fs::write(&file, "").expect("a file");
        assert!(check(&top).is_ok());
        for (path, problem) in [(open, "is open to others"), (link, "is no folder"), (file, "is no folder")] {
            let error = check(&path).expect_err("a problem").to_string();
            assert!(error.contains(problem), "{error}");
        }
        fs::remove_dir_all(&top).expect("removed");
    }
}
