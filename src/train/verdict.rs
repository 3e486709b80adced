//! Whether a run goes on.

use serde::{Deserialize, Serialize};

/// What is decided at an epoch's end, once everything has been judged and before anything follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Verdict {
    /// The next epoch comes, if one is planned.
    GoOn,
    /// The test accuracy that was asked for is there.
    TargetReached,
    /// The validation loss has not become better for too long.
    StopEarly,
}
