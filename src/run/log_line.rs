//! A line of a run's log.

use crate::protocol::Split;
use crate::text::LogText;

/// A line of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct LogLine {
    /// Milliseconds since the run started.
    pub at_ms: u64,
    /// After this step.
    pub step: u64,
    /// What sort of line.
    pub kind: LogKind,
    /// What it says.
    pub text: LogText,
}

/// What sort of thing a line of the log tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogKind {
    /// The run's own course.
    Progress,
    /// A person changed something: the number of the marker on the charts.
    Intervention(usize),
    /// A judgement.
    Judgement(Split),
    /// Something was refused or went wrong.
    Problem,
}
