//! What comes into the dashboard, and what it asks the terminal layer to do.

use std::sync::Arc;

use super::Key;
use crate::protocol::{Record, Request};

/// Something that happened outside.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// A key was pressed.
    Key(Key),
    /// Text was pasted.
    Paste(String),
    /// The run said something.
    Records(Vec<Arc<Record>>),
}

/// Something for the terminal layer to do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Effect {
    /// Give this to the worker.
    Send(Request),
    /// Restore the terminal and leave the dashboard.
    Leave(Leave),
    /// Restore the terminal and stop the process until it is continued.
    Suspend,
    /// Clear the terminal and draw all of it again.
    Repaint,
}

/// How the dashboard is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    /// The run is over.
    Ended,
    /// Drop the run now.
    Discard,
    /// Let it go on, with progress lines on this terminal.
    Headless,
}
