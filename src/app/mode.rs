//! What the keyboard does at the moment.

use super::Edit;

/// What the keyboard does at the moment. Training goes on in all of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Mode {
    /// Keys act on the dashboard.
    #[default]
    Watching,
    /// A value is being typed.
    Editing(Edit),
    /// The list of keys is open, scrolled down by so many lines.
    Help(usize),
    /// How to leave is being asked.
    Quitting,
    /// Whether to stop is being asked.
    Stopping,
    /// Whether to take over is being asked.
    TakingOver,
}
