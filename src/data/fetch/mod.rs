//! Brings data that is known by name onto this machine: its files into a folder, whole and checked, or not at all.

mod archive;
mod download;
mod error;
mod sums;

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

pub use download::{Connection, Downloader, Wanted};
pub use error::{FetchError, Refusal};

use crate::data::known::{FILES, Known, Published, PublishedFile, SUMS};
use crate::files::write_whole;
use crate::protocol::grouped;

/// Held by whoever puts something into a folder.
const LOCK: &str = "lock";
/// The names of the classes, one a line, for whoever reads the folder without knowing what is in it.
const CLASS_NAMES: &str = "classes.txt";

/// What happens while data is fetched.
#[derive(Debug)]
pub enum Step<'a> {
    /// Another process is at it; what it fetches need not be fetched again.
    Waiting,
    /// A file is there, but it is not what it should be.
    Wrong {
        /// The file.
        path: &'a Path,
    },
    /// An address is asked.
    Asking {
        /// The file's name.
        file: &'a str,
        /// The address.
        url: &'a str,
        /// How much of it is there from an earlier time.
        from: u64,
    },
    /// A piece has come.
    Received {
        /// The file's name.
        file: &'a str,
        /// How much of it is there.
        bytes: u64,
        /// Its length.
        all: u64,
    },
    /// An address has not given the file; the next is tried.
    Refused {
        /// The address.
        url: &'a str,
        /// Why not.
        reason: &'a Refusal,
    },
    /// A file is taken out of an archive.
    Unpacking {
        /// The file's name.
        file: &'a str,
    },
}

/// Is told what happens.
pub type Tell<'a> = &'a mut dyn FnMut(Step);

/// Fetches data, and checks it.
#[derive(Debug)]
pub struct Fetcher {
    downloader: Downloader,
    mirror: Option<String>,
}

/// What is left to do for a person where the files cannot be fetched.
#[derive(Clone, Debug)]
pub struct ByHand {
    /// The folder that the files go into.
    pub folder: PathBuf,
    /// Those that are not there yet, or not as they should be.
    pub files: Vec<Wanted>,
}

impl ByHand {
    /// What to do, a line each; nothing where nothing is missing.
    pub fn lines(&self) -> Vec<String> {
        if self.files.is_empty() {
            return Vec::new();
        }
        let mut lines = vec![format!("By hand: put what follows into {}, and call the command again.", self.folder.display())];
        for Wanted { name, addresses, bytes, sha256 } in &self.files {
            lines.push(format!("{name}: {} bytes, SHA-256 {sha256}", grouped(*bytes)));
            lines.extend(addresses.iter().map(|address| format!("  {address}")));
        }
        lines
    }
}

impl Fetcher {
    /// One that reaches servers in this way. With a mirror everything is asked for there, below its address as it lies below the
    /// cache: `fashion-mnist/train-images-idx3-ubyte.gz`, `emnist/gzip.zip`.
    pub fn new(connection: Connection, mirror: Option<&str>) -> Result<Self, FetchError> {
        let is_address = |mirror: &str| ["http://", "https://"].iter().any(|start| mirror.to_lowercase().starts_with(start));
        if let Some(mirror) = mirror.filter(|mirror| !is_address(mirror)) {
            return Err(FetchError::Mirror(mirror.into()));
        }
        let mirror = mirror.map(|mirror| format!("{}/", mirror.trim_end_matches('/')));
        Ok(Self { downloader: Downloader::new(connection), mirror })
    }

    /// Puts the four files of a set into the folder `into`, with the names of its classes and the digests of all. An archive is kept
    /// in the folder `cache`, since other sets are in it. What is there already, and right, is not fetched again.
    pub fn fetch(&self, known: &Known, cache: &Path, into: &Path, tell: Tell) -> Result<(), FetchError> {
        let downloads = downloads_folder(known, cache, into);
        let _lock = lock(&downloads, tell)?;
        for file in known.downloads() {
            if !is_right(&downloads.join(file.name), file, tell)? {
                self.downloader.download(&self.wanted(known, file), &downloads, tell)?;
            }
        }
        let _lock = (downloads != into).then(|| lock(into, tell)).transpose()?;
        if let Published::Archive(archive) = &known.published
            && !(known.is_in(into) && verify(known, into).is_ok())
        {
            archive::unpack(archive, &downloads.join(archive.file.name), into, known.classes.len(), tell)?;
        }
        let names = known.classes.iter().map(|name| format!("{name}\n")).collect::<String>();
        let path = into.join(CLASS_NAMES);
        write_whole(&path, names.as_bytes()).map_err(|source| FetchError::File { path, source })?;
        sums::write(into, &[&FILES[..], &[CLASS_NAMES]].concat())
    }

    /// The file with the addresses that it is asked for at.
    fn wanted(&self, known: &Known, file: &PublishedFile) -> Wanted {
        let addresses = match &self.mirror {
            Some(mirror) => vec![format!("{mirror}{}/{}", known.folder(), file.name)],
            None => known.mirrors.iter().map(|mirror| format!("{mirror}{}", file.name)).collect(),
        };
        Wanted { name: file.name.into(), addresses, bytes: file.bytes, sha256: file.sha256.into() }
    }

    /// What a person can do in the place of [`fetch`](Self::fetch), before calling it again.
    pub fn by_hand(&self, known: &Known, cache: &Path, into: &Path) -> ByHand {
        let folder = downloads_folder(known, cache, into);
        let is_missing = |file: &&PublishedFile| download::sha256(&folder.join(file.name)).ok().as_deref() != Some(file.sha256);
        let missing = known.downloads().iter().filter(is_missing);
        let files = missing.map(|file| self.wanted(known, file)).collect();
        ByHand { folder, files }
    }
}

/// Compares the files of a set in a folder with their digests: those that are published, or those that were written when the
/// files were taken out of an archive whose digest is published. Gives the names with the digests, when they are right.
pub fn verify(known: &Known, folder: &Path) -> Result<Vec<(String, String)>, FetchError> {
    let expected: Vec<(String, String)> = match &known.published {
        Published::Files(files) => files.iter().map(|file| (file.name.into(), file.sha256.into())).collect(),
        Published::Archive(_) => sums::read(folder)?,
    };
    match sums::first_other(folder, &expected)? {
        Some((path, expected, found)) => Err(FetchError::Damaged { path, name: known.name, expected, found }),
        None => Ok(expected),
    }
}

/// Where what is downloaded goes.
fn downloads_folder(known: &Known, cache: &Path, into: &Path) -> PathBuf {
    match &known.published {
        Published::Files(_) => into.into(),
        Published::Archive(archive) => cache.join(archive.folder),
    }
}

/// Whether a file is there and right.
fn is_right(path: &Path, file: &PublishedFile, tell: Tell) -> Result<bool, FetchError> {
    match download::sha256(path) {
        Ok(found) if found == file.sha256 => Ok(true),
        Ok(_) => {
            tell(Step::Wrong { path });
            Ok(false)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(source) => Err(FetchError::File { path: path.into(), source }),
    }
}

/// Makes the folder, and waits until nobody else puts anything into it. The lock goes with what is given back, or with the process.
fn lock(folder: &Path, tell: Tell) -> Result<File, FetchError> {
    let path = folder.join(LOCK);
    let failed = |source| FetchError::File { path: path.clone(), source };
    fs::create_dir_all(folder).map_err(failed)?;
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => (),
        Err(TryLockError::WouldBlock) => {
            tell(Step::Waiting);
            file.lock().map_err(failed)?;
        }
        // Some file systems have no locks: there, two at once are not told apart.
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => (),
        Err(TryLockError::Error(error)) => return Err(failed(error)),
    }
    Ok(file)
}
