//! What the keyboard does at the moment.

use super::{Choice, Edit, Prompt, Question};

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
    /// Keys act on the list of runs.
    Browsing,
    /// Keys act on a run that is shown, or on several that are compared.
    Looking,
    /// A text is being typed.
    Typing(Prompt),
    /// Something is being chosen from a list.
    Choosing(Choice),
    /// Whether to do something with runs is being asked.
    Confirming(Question),
}
