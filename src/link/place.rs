//! Where the sockets of runs are: a folder that belongs to the user alone.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use rustix::process::getuid;

/// The longest path of a socket that every system takes, in bytes (macOS has 104 with the end).
const LONGEST_PATH: usize = 103;
/// Room in it for our folder and a run's id.
const LONGEST_NAME: usize = 48;

/// The folder for sockets, which need not be there yet: in the system's own for running programs, or where there is none or
/// its path is too long, in the one for temporary files. Every process of a user finds the same.
fn folder() -> PathBuf {
    let uid = getuid().as_raw();
    let named = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|folder| folder.is_absolute());
    let own = named.unwrap_or_else(|| PathBuf::from(format!("/run/user/{uid}")));
    let fits = own.is_dir() && own.as_os_str().len() + LONGEST_NAME <= LONGEST_PATH;
    if fits { own.join("mnist-tui") } else { PathBuf::from(format!("/tmp/mnist-tui-{uid}")) }
}

/// The path for the socket of a run, in a folder that is there and ours.
pub(super) fn socket_path(run_id: &str) -> io::Result<PathBuf> {
    let folder = folder();
    DirBuilder::new().mode(0o700).create(&folder).or_else(exists).and_then(|()| check(&folder))?;
    Ok(folder.join(format!("{run_id}.sock")))
}

/// The sockets that there are. Some may be of processes that are gone.
pub(super) fn sockets() -> Vec<PathBuf> {
    let folder = folder();
    let ours = check(&folder).and_then(|()| fs::read_dir(folder));
    let is_socket = |path: &PathBuf| fs::symlink_metadata(path).is_ok_and(|metadata| metadata.file_type().is_socket());
    ours.into_iter().flatten().flatten().map(|entry| entry.path()).filter(is_socket).collect()
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
