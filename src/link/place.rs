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

/// The folders for sockets, which need not be there: in the system's own for running programs, as the environment names it
/// and where it usually is, and in the one for temporary files. Programs that cron, sudo or a container starts know other
/// ones of them than those of a login, so everybody looks in all.
fn folders() -> Vec<PathBuf> {
    folders_of(std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from), &std::env::temp_dir())
}

fn folders_of(named: Option<PathBuf>, temporary: &Path) -> Vec<PathBuf> {
    let uid = getuid().as_raw();
    let usual = PathBuf::from(format!("/run/user/{uid}"));
    let own = named.into_iter().chain([usual]).map(|folder| folder.join("mnist-tui"));
    let shared = [temporary, Path::new("/tmp")].map(|folder| folder.join(format!("mnist-tui-{uid}")));
    let fits = |folder: &PathBuf| folder.is_absolute() && folder.as_os_str().len() + LONGEST_NAME <= LONGEST_PATH;
    let mut folders: Vec<PathBuf> = own.chain(shared).filter(fits).collect();
    folders.dedup();
    folders
}

/// The path for the socket of a run, in the first folder that is there, or can be made, and is ours.
pub(super) fn socket_path(run_id: &str) -> io::Result<PathBuf> {
    usable(&folders()).map(|folder| folder.join(format!("{run_id}.sock")))
}

/// The first of the folders that is there, or can be made, and is ours; of none, what is wrong with the last.
fn usable(folders: &[PathBuf]) -> io::Result<&Path> {
    let mut problem = io::ErrorKind::NotFound.into();
    for folder in folders {
        match DirBuilder::new().mode(0o700).create(folder).or_else(exists).and_then(|()| check(folder)) {
            Ok(()) => return Ok(folder),
            Err(error) => problem = error,
        }
    }
    Err(problem)
}

/// The sockets that there are, in every folder that is ours. Some may be of processes that are gone.
pub(super) fn sockets() -> Vec<PathBuf> {
    let folders = folders().into_iter().filter(|folder| check(folder).is_ok());
    let entries = folders.filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten();
    let is_socket = |path: &PathBuf| fs::symlink_metadata(path).is_ok_and(|metadata| metadata.file_type().is_socket());
    entries.map(|entry| entry.path()).filter(is_socket).collect()
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

    #[test]
    fn what_is_not_ours_is_passed_over() {
        let top = std::env::temp_dir().join(format!("mnist-tui-places-{}", std::process::id()));
        fs::create_dir(&top).expect("a folder");
        let (file, open, ours) = (top.join("file"), top.join("open"), top.join("ours"));
        fs::write(&file, "").expect("a file");
        fs::create_dir(&open).expect("a folder");
        fs::set_permissions(&open, fs::Permissions::from_mode(0o755)).expect("permissions");
        let places = [file.join("below"), top.join("no/such"), open.clone(), ours.clone()];
        assert_eq!(usable(&places).expect("one is ours"), ours);
        assert!(usable(&places[..3]).expect_err("none is").to_string().contains("is open to others"));
        fs::remove_dir_all(&top).expect("removed");
    }

    #[test]
    fn everybody_looks_everywhere() {
        let uid = getuid().as_raw();
        let (usual, temporary) = (format!("/run/user/{uid}/mnist-tui"), format!("/tmp/mnist-tui-{uid}"));
        let long = format!("/{}", "x".repeat(LONGEST_PATH));
        let cases = [
            (None, vec![&*usual, &*temporary]),
            (Some("/somewhere"), vec!["/somewhere/mnist-tui", &*usual, &*temporary]),
            (Some("relative"), vec![&*usual, &*temporary]),
            (Some(&*long), vec![&*usual, &*temporary]),
        ];
        for (named, expected) in cases {
            let expected: Vec<PathBuf> = expected.into_iter().map(PathBuf::from).collect();
            assert_eq!(folders_of(named.map(PathBuf::from), Path::new("/tmp")), expected, "{named:?}");
        }
        let elsewhere = folders_of(None, Path::new("/var/own"));
        assert_eq!(elsewhere[1..], [format!("/var/own/mnist-tui-{uid}"), temporary].map(PathBuf::from));
    }
}
