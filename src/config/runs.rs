//! The table `[runs]`: what is kept of runs, and where.

use std::path::PathBuf;

use directories::ProjectDirs;
use serde::{Deserialize, Serialize};

/// What is kept of runs, and where.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunsConfig {
    /// The folder of all runs; empty for the user's own.
    pub dir: String,
    /// Whether runs are recorded.
    pub record: bool,
    /// So many of the newest checkpoints stay, besides the best and those that somebody asked for.
    pub keep_checkpoints: usize,
}

impl Default for RunsConfig {
    fn default() -> Self {
        Self { dir: String::new(), record: true, keep_checkpoints: 3 }
    }
}

impl RunsConfig {
    /// The folder of all runs; `None` when none is set and the system names no home for it.
    pub fn folder(&self) -> Option<PathBuf> {
        let own = || ProjectDirs::from("", "", "mnist-tui").map(|folders| folders.data_dir().join("runs"));
        Some(&self.dir).filter(|dir| !dir.is_empty()).map(PathBuf::from).or_else(own)
    }

    /// The folder of the digits that a person has drawn and kept; `None` when the system names no home for it.
    pub fn own_digits(&self) -> Option<PathBuf> {
        ProjectDirs::from("", "", "mnist-tui").map(|folders| folders.data_dir().join("digits"))
    }
}
