//! Why a run ended.

use serde::{Deserialize, Serialize};

use super::Reason;
use super::reason::as_message;

/// Why a run ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Outcome {
    /// All epochs were trained.
    Completed,
    /// The test accuracy that was asked for was reached.
    TargetReached,
    /// The validation loss has not become better for too long.
    StoppedEarly {
        /// Why, in more detail.
        #[serde(flatten)]
        reason: Reason,
    },
    /// Somebody said so.
    Stopped,
    /// Something went wrong.
    Failed {
        /// What.
        #[serde(flatten, with = "as_message")]
        message: Reason,
    },
}

impl Outcome {
    /// One word for tables and files.
    pub fn status(&self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::TargetReached => "target_reached",
            Self::StoppedEarly { .. } => "stopped_early",
            Self::Stopped => "stopped",
            Self::Failed { .. } => "failed",
        }
    }
}
