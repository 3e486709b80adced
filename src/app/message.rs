//! What comes into the dashboard, and what it asks the terminal layer to do.

use std::sync::Arc;
use std::time::Duration;

use super::{Key, NextRun, Point, RunsAnswer, RunsRequest};
use crate::protocol::{Answer, Asked, Connection, Event, Reason, Record, Request, RequestId};
use crate::text::Text;

/// Something that happened outside.
#[derive(Clone, Debug)]
pub enum Message {
    /// A key was pressed.
    Key(Key),
    /// Text was pasted.
    Paste(String),
    /// The mouse did something.
    Point(Point),
    /// The window has the focus now, or no longer.
    Focus(bool),
    /// The run said something.
    Records(Vec<Arc<Record>>),
    /// What is known of the run is told again from its start.
    Restarted,
    /// A command of ours was refused on the way; nobody else is told.
    Refused {
        /// Which.
        answers: RequestId,
        /// Why.
        reason: Reason,
    },
    /// The way to the run has changed.
    Connection(Connection),
    /// What was asked of the network is answered.
    Answered(Answer),
    /// What came of something that was asked about recorded runs.
    Runs(RunsAnswer),
    /// What has the keyboard was drawn in so many rows and columns.
    Saw {
        /// Rows.
        rows: usize,
        /// Columns; 1 for a list.
        columns: usize,
    },
    /// A picture was opened to be drawn on: the ink of the canvas.
    Opened(Result<Vec<u8>, Text>),
    /// What came of an effect.
    Told(Result<Text, Text>),
    /// So much time has passed; of interest while a recorded run is played.
    Tick(Duration),
}

impl Message {
    /// Whether it is no more than the run's own course: who looks on misses nothing when it is drawn a little later. What a
    /// person did or asked for, and what went wrong, is to be seen at once.
    pub fn can_wait(&self) -> bool {
        let Self::Records(records) = self else { return matches!(self, Self::Focus(_) | Self::Tick(_)) };
        records.iter().all(|record| match &record.event {
            Event::StepsFinished(_)
            | Event::EpochFinished { .. }
            | Event::SamplesPredicted { .. }
            | Event::SamplesAugmented { .. }
            | Event::CheckpointSaved { .. }
            | Event::ImagesJudged { .. }
            | Event::LayersMeasured { .. }
            | Event::OwnJudged { .. } => true,
            Event::Evaluated { answers, .. }
            | Event::PhaseChanged { answers, .. }
            | Event::CheckpointTaken { answers, .. }
            | Event::ParametersRestored { answers, .. } => answers.is_none(),
            _ => false,
        })
    }
}

/// Something for the terminal layer to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Give this to the worker.
    Send(Request),
    /// Ask this of whoever has the network and the images.
    Ask(Asked),
    /// Do this with recorded runs, beside everything else.
    Runs(RunsRequest),
    /// Restore the terminal and leave the dashboard.
    Leave(Leave),
    /// Restore the terminal and stop the process until it is continued.
    Suspend,
    /// Clear the terminal and draw all of it again.
    Repaint,
    /// Ask the terminal for what the mouse does, or leave the mouse to it, so that text can be selected.
    Mouse(bool),
    /// Tell a person who may look elsewhere.
    Notify(String),
    /// Write what is on the screen as a picture and as text, in files that begin with this name.
    Picture(String),
    /// Keep a drawing as one of a class, among the digits of the person at this machine.
    KeepDigit {
        /// Its ink, row by row.
        ink: Vec<u8>,
        /// Rows and columns of it.
        side: usize,
        /// The class.
        class: String,
    },
    /// Open the picture in this file, to be drawn on.
    OpenPicture(String),
    /// Put this into the clipboard of the terminal.
    Copy(String),
}

/// How the dashboard is left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leave {
    /// The run is over.
    Ended,
    /// Another process trains the run, or it is recorded: leaving changes nothing.
    Away,
    /// Drop the run now.
    Discard,
    /// Let it go on, with progress lines on this terminal.
    Headless,
    /// Let it go on without this terminal.
    Detach,
    /// Go on with a recorded run, or play it; nothing is trained here now.
    Next(NextRun),
}
