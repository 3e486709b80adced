//! What the page of runs asks for, and what comes back. The terminal layer does it beside everything else.

use std::path::PathBuf;

use crate::protocol::{Body, Query};
use crate::run::RunState;
use crate::run::format::Format;
use crate::run::store::{CheckpointFile, Listed};
use crate::text::Text;

/// Something to be done with recorded runs, which are named by their ids.
#[derive(Clone, Debug, PartialEq)]
pub enum RunsRequest {
    /// List them now, and again while somebody looks.
    Watch(bool),
    /// Read one to show it, or several to compare them.
    Load(Vec<String>),
    /// Show images that one has judged: a [`Query::Images`].
    Images(String, Query),
    /// Find the checkpoints that another run can branch off.
    Checkpoints(String),
    /// Read what the run that is watched branched off.
    Parent(String),
    /// Call one something else.
    Rename(String, String),
    /// Write something about one.
    Note(String, String),
    /// Keep them from being pruned, or not.
    Pin(Vec<String>, bool),
    /// Move them to the trash.
    Remove(Vec<String>),
    /// List what is in the trash.
    Trash,
    /// Bring a run of the trash back.
    Restore(String),
    /// Delete what is in the trash for good.
    EmptyTrash,
    /// Write them as a file.
    Export {
        /// Which.
        runs: Vec<String>,
        /// As what.
        format: Format,
        /// Where.
        output: PathBuf,
        /// Also over what is there.
        overwrite: bool,
    },
}

/// What came of it.
#[derive(Clone, Debug)]
pub enum RunsAnswer {
    /// All runs, the oldest first.
    Listed(Vec<Listed>),
    /// Runs to show or to compare.
    Loaded(Vec<LoadedRun>),
    /// Images of a run, for the question.
    Images(Query, Body),
    /// The checkpoints of a run, the oldest first.
    Checkpoints(String, Vec<CheckpointFile>),
    /// The runs in the trash, the newest first.
    Trash(Vec<Removed>),
    /// What the run that is watched branched off.
    Parent(Box<RunState>),
    /// It was done; in words, where there is something to say.
    Done(Option<Text>),
    /// It was not done; why.
    Failed(Text),
    /// The file is there already; the request that would write over it.
    Exists(RunsRequest, String),
}

/// A run in the trash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removed {
    /// The name of its folder there.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// When it was removed, in milliseconds since 1970.
    pub removed_at_ms: Option<u64>,
    /// What its files take, in bytes.
    pub bytes: u64,
}

/// A run with everything that is known of it.
#[derive(Clone, Debug)]
pub struct LoadedRun {
    /// What lists say of it.
    pub listed: Listed,
    /// What its events amount to.
    pub state: RunState,
    /// Its checkpoints, the oldest first.
    pub checkpoints: Vec<CheckpointFile>,
}

/// The recorded run that the dashboard goes on with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextRun {
    /// The run of this id goes on where it stopped.
    Resumed(String),
    /// Another branches off it after this step, and waits for its hyperparameters.
    Branched(String, u64),
    /// It is played as it was.
    Played(String),
}
