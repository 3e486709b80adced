//! Why runs cannot be exported.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::data::DataError;
use crate::files::{self, HomeError};
use crate::nn::CheckpointError;
use crate::run::store::StoreError;

/// Why runs cannot be exported.
#[derive(Debug, Error)]
pub enum ExportError {
    /// Nothing was chosen.
    #[error("there is no run to export")]
    NoRuns,
    /// Several runs in a format for one.
    #[error("{format} holds one run, not {count}; export them one by one")]
    OneRunOnly {
        /// The format.
        format: &'static str,
        /// How many there are.
        count: usize,
    },
    /// A recorded run that cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A path that does not say where it leads.
    #[error("{}", path.display())]
    Home {
        /// As it was written.
        path: PathBuf,
        /// Why not.
        source: HomeError,
    },
    /// Images that cannot be loaded.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A run whose first event is missing.
    #[error("the run has not started, so there is no network to export")]
    NotStarted,
    /// A run without its parameters.
    #[error("the run {run} has no checkpoint, which {format} is made from; train it again, or choose a run that has one")]
    NoNetwork {
        /// The run's name.
        run: String,
        /// The format.
        format: &'static str,
    },
    /// A layer of the recipe that the network does not have.
    #[error("the checkpoint of the run {run} does not belong to its layers: there is no {missing}")]
    OtherNetwork {
        /// The run's name.
        run: String,
        /// What is not there.
        missing: String,
    },
    /// A file that would be lost.
    #[error("{} exists already; --force overwrites it", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// A folder where a file is meant.
    #[error("{} is a folder; name a file{}", path.display(), extension.map(|e| format!(" such as {}.{e}", path.join("run").display())).unwrap_or_default())]
    IsFolder {
        /// The folder.
        path: PathBuf,
        /// What the file would end in.
        extension: Option<&'static str>,
    },
    /// A folder that is not there.
    #[error("cannot write {}: there is no folder {}", path.display(), folder.display())]
    NoFolder {
        /// The file.
        path: PathBuf,
        /// The folder.
        folder: PathBuf,
    },
    /// Events of something else, which TensorBoard would take for the same run.
    #[error("{} has the event file {other} already, and TensorBoard would mix both; choose another folder", folder.display())]
    OtherEvents {
        /// The folder.
        folder: PathBuf,
        /// The file.
        other: String,
    },
    /// The system says no.
    #[error("failed to write {}{}", path.display(), advice(source))]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Parameters that make no file.
    #[error("failed to write the parameters")]
    Parameters(#[from] CheckpointError),
    /// A picture that cannot be compressed.
    #[error("failed to make a picture")]
    Picture(#[from] png::EncodingError),
    /// A summary that cannot be written.
    #[error("failed to write the summary")]
    Summary(#[from] serde_json::Error),
}

/// What to do about it, when that is known.
fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::PermissionDenied => ": the folder is read-only to you; write elsewhere, or change its permissions",
        io::ErrorKind::NotADirectory => ": a part of the path is a file; write elsewhere",
        io::ErrorKind::NotFound => ": the folder has been removed; make it again, or write elsewhere",
        _ => files::advice(error),
    }
}
