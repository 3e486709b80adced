//! Why data could not be loaded.

use std::path::PathBuf;

use thiserror::Error;

use super::ImageSetError;
use super::idx::IdxError;

/// Why data could not be loaded.
#[derive(Debug, Error)]
pub enum DataError {
    /// Compressed data that cannot be unpacked.
    #[error("failed to unpack {file}")]
    Unpack {
        /// The file's name.
        file: &'static str,
        /// What the decoder said.
        source: std::io::Error,
    },
    /// The content is not what it was when its digest was taken.
    #[error("{file} is damaged: its SHA-256 is {found}, not {expected}")]
    Digest {
        /// The file's name.
        file: &'static str,
        /// As it should be.
        expected: &'static str,
        /// As it is.
        found: String,
    },
    /// A file that is not in the IDX format.
    #[error("failed to read {file}")]
    Idx {
        /// The file's name.
        file: &'static str,
        /// What is wrong with it.
        source: IdxError,
    },
    /// A class of one's own where the program would put one.
    #[error(
        "data.nothing = true: there is a class named {} already; leave data.nothing out, or give the class another name",
        super::NOTHING
    )]
    HasNothing,
    /// Neither a name under which data is known, nor a folder.
    #[error("data.source = {name:?}: that is neither data of a known name ({known}) nor a folder{hint}")]
    NoSource {
        /// As it was given.
        name: String,
        /// The names that there are.
        known: String,
        /// What may have been meant, after a semicolon.
        hint: &'static str,
    },
    /// Data of a known name that is not on this machine.
    #[error(
        "data.source = {name:?}: that is not on this machine yet; `mnist-tui data fetch {name}` fetches it{}",
        if *is_folder { format!("; the folder here is ./{name}") } else { String::new() }
    )]
    NotFetched {
        /// Its name.
        name: &'static str,
        /// Whether a folder of this name is where the program was called.
        is_folder: bool,
    },
    /// A file or folder that cannot be read.
    #[error("failed to read {}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Something that is not as data has to be.
    #[error("{}: {message}", path.display())]
    Refused {
        /// The file or folder.
        path: PathBuf,
        /// Where in it, what was found, and what to do.
        message: String,
    },
    /// Images and labels that do not fit together.
    #[error("{}", path.display())]
    Set {
        /// The folder.
        path: PathBuf,
        /// What does not fit.
        source: ImageSetError,
    },
}
