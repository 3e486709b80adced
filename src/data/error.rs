//! Why data could not be loaded.

use thiserror::Error;

use super::idx::IdxError;

/// Why data could not be loaded.
#[derive(Debug, Error)]
pub enum DataError {
    /// A name under which no data is known.
    #[error("there is no data named {name:?}, only {known}")]
    UnknownName {
        /// As it was given.
        name: String,
        /// The names that there are.
        known: String,
    },
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
}
