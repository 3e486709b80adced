//! What can be wrong with runs on disk.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::files::advice;

/// Something wrong with a run on disk, or with the folder of all runs.
#[derive(Debug, Error)]
pub enum StoreError {
    /// A file or folder that cannot be read or written.
    #[error("{}{}", path.display(), advice(source))]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file whose content is not what it should be.
    #[error("{} is damaged", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// A run written by a newer program.
    #[error("{} was written by a newer version of this program; use that one", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
    },
    /// No run of the name.
    #[error("there is no run {asked} in {}{advice}", root.display())]
    NoRun {
        /// An id, the start of one, a name, or `last`.
        asked: String,
        /// The folder of all runs.
        root: PathBuf,
        /// What to do, after a semicolon.
        advice: String,
    },
    /// A name that several runs have.
    #[error("{asked} could be {candidates}; write more of the id")]
    Ambiguous {
        /// What was asked for.
        asked: String,
        /// The runs that it could mean.
        candidates: String,
    },
    /// Another process trains the run.
    #[error("run {id} is being trained by {owner}; stop that one first")]
    Locked {
        /// The run.
        id: String,
        /// Who has it.
        owner: String,
    },
    /// A run that cannot go on.
    #[error("run {id} has no whole checkpoint to go on from; its settings are in its run.json, to start it again")]
    NoCheckpoint {
        /// The run.
        id: String,
    },
    /// A run that was killed before it said anything.
    #[error("run {id} has told nothing that could be played")]
    NothingTold {
        /// The run.
        id: String,
    },
    /// A step of which a run has no checkpoint.
    #[error("run {id} has no checkpoint of step {step}; it has some of the steps {steps}")]
    NoSuchCheckpoint {
        /// The run.
        id: String,
        /// What was asked for.
        step: u64,
        /// What there is.
        steps: String,
    },
}

impl StoreError {
    /// Whether a person named a run or a checkpoint that is not there, or several at once.
    pub fn is_wrong_name(&self) -> bool {
        matches!(self, Self::NoRun { .. } | Self::Ambiguous { .. } | Self::NoSuchCheckpoint { .. })
    }

    /// A file or folder that cannot be read or written.
    pub(super) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}
