//! What can be wrong with runs on disk.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::DamagedLines;
use crate::files::{advice, dangling};

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
    /// A link that leads to nothing.
    #[error("{} is a link to {}, which is not there; mount or make it, or remove the link", path.display(), target.display())]
    Dangling {
        /// The link.
        path: PathBuf,
        /// Where it leads.
        target: PathBuf,
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
    #[error(
        "run {id} has no whole checkpoint to go on from{found}; \
         `mnist-tui export {id} --format markdown` prints the command that starts it again"
    )]
    NoCheckpoint {
        /// The run.
        id: String,
        /// What is wrong with those that there are, each after a semicolon.
        found: String,
    },
    /// A run whose checkpoints somebody has taken away.
    #[error(
        "run {id} was trained to step {step} at least, and its checkpoints are gone from {}; put them back to go on with it, \
         or start it again: `mnist-tui export {id} --format markdown` prints the command", folder.display()
    )]
    CheckpointsGone {
        /// The run.
        id: String,
        /// The newest checkpoint that it told of.
        step: u64,
        /// Where they were.
        folder: PathBuf,
    },
    /// A run without a log.
    #[error("run {id} has no log ({} is gone): it cannot go on, but another run can start from its parameters (--init-from {id})", path.display())]
    NoLog {
        /// The run.
        id: String,
        /// Where it was.
        path: PathBuf,
    },
    /// A log that cannot be relied on.
    #[error("{}, {lines}; `mnist-tui runs repair {id}` takes what is damaged out, and keeps it", path.display())]
    DamagedLog {
        /// The run.
        id: String,
        /// The log.
        path: PathBuf,
        /// The first damaged lines.
        lines: Box<DamagedLines>,
    },
    /// A log whose first line is gone.
    #[error("{} does not begin with the run's start; `mnist-tui runs repair {id}` puts it back", path.display())]
    NoBeginning {
        /// The run.
        id: String,
        /// The log.
        path: PathBuf,
    },
    /// A run that could not be read again.
    #[error("its settings cannot be recorded: what is written would not be read as the same")]
    NotReadable {
        /// Why, when it would not be read at all.
        source: Option<serde_json::Error>,
    },
    /// A run that is restored where another is.
    #[error("{} is there already; remove that one first", path.display())]
    InTheWay {
        /// What is there.
        path: PathBuf,
    },
    /// A file in the way of every name that is tried.
    #[error("there is no free name beside {}", path.display())]
    NoFreeName {
        /// The file.
        path: PathBuf,
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

    /// Whether a file is not there.
    pub(super) fn is_missing(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }

    /// A file or folder that cannot be read or written.
    pub(super) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| match dangling(&path) {
            Some(target) => Self::Dangling { path, target },
            None => Self::Io { path, source },
        }
    }
}
