//! What comes into the dashboard, and what it asks the terminal layer to do.

use std::sync::Arc;
use std::time::Duration;

use super::Key;
use crate::protocol::{Connection, Record, Request, RequestId};

/// Something that happened outside.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// A key was pressed.
    Key(Key),
    /// Text was pasted.
    Paste(String),
    /// The run said something.
    Records(Vec<Arc<Record>>),
    /// What is known of the run is told again from its start.
    Restarted,
    /// A command of ours was refused on the way; nobody else is told.
    Refused {
        /// Which.
        answers: RequestId,
        /// Why.
        reason: String,
    },
    /// The way to the run has changed.
    Connection(Connection),
    /// So much time has passed; of interest while a recorded run is played.
    Tick(Duration),
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
    /// Another process trains the run, or it is recorded: leaving changes nothing.
    Away,
    /// Drop the run now.
    Discard,
    /// Let it go on, with progress lines on this terminal.
    Headless,
}
