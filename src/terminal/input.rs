//! Keys, pastes and the terminal's end, from a thread of its own: reading blocks.

use std::io::{self, PipeReader, PipeWriter, pipe};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, read};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::decoder::Decoder;
use crate::app::{Key, Pointer};

/// What comes from the terminal.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Input {
    /// A key was pressed.
    Key(Key),
    /// Text was pasted.
    Paste(String),
    /// The mouse did something.
    Point {
        /// The column, from 0.
        x: u16,
        /// The row, from 0.
        y: u16,
        /// What.
        how: Pointer,
    },
    /// The window has the focus now, or no longer.
    Focus(bool),
    /// The terminal is gone.
    Lost,
}

/// What comes from the terminal, until this is dropped.
pub(super) struct Inputs {
    receiver: UnboundedReceiver<Input>,
    /// The thread ends when this is closed, and lets go of the terminal.
    _reading: PipeWriter,
}

impl Inputs {
    /// Starts reading.
    ///
    /// Fails when the system gives no thread.
    pub fn start() -> io::Result<Self> {
        let (sender, receiver) = unbounded_channel();
        let (stop, reading) = pipe()?;
        std::thread::Builder::new().name("input".into()).spawn(move || read_inputs(&sender, &stop))?;
        Ok(Self { receiver, _reading: reading })
    }

    /// What comes next.
    pub async fn next(&mut self) -> Option<Input> {
        self.receiver.recv().await
    }
}

/// Whether the terminal is gone.
pub(super) fn is_lost() -> bool {
    let stdin = io::stdin();
    let mut descriptors = [PollFd::new(&stdin, PollFlags::empty())];
    poll(&mut descriptors, Some(&Timespec::default())).is_ok_and(|ready| ready > 0)
}

/// Reads until nobody listens, `stop` is closed or the terminal is gone.
fn read_inputs(sender: &UnboundedSender<Input>, stop: &PipeReader) {
    let stdin = io::stdin();
    let mut decoder = Decoder::default();
    let mut buffer = [0; 4096];
    loop {
        let patience = decoder.patience().and_then(|patience| Timespec::try_from(patience).ok());
        let mut descriptors = [PollFd::new(&stdin, PollFlags::IN), PollFd::new(stop, PollFlags::empty())];
        let ready = poll(&mut descriptors, patience.as_ref());
        let inputs = match ready {
            Ok(_) if !descriptors[1].revents().is_empty() => return,
            Ok(0) => decoder.settle(),
            Ok(_) => match read(&stdin, &mut buffer) {
                Ok(length @ 1..) => decoder.feed(&buffer[..length]),
                Err(Errno::INTR | Errno::AGAIN) => continue,
                // A terminal that is gone has an end, or an error.
                Ok(0) | Err(_) => vec![Input::Lost],
            },
            Err(Errno::INTR) => continue,
            // A poll that fails would fail for ever; signals still tell of a lost terminal.
            Err(_) => return,
        };
        let lost = inputs.last() == Some(&Input::Lost);
        if without_old_motions(inputs).into_iter().any(|input| sender.send(input).is_err()) || lost {
            return;
        }
    }
}

/// Of motions of the mouse that have come one after the other, the last.
fn without_old_motions(inputs: Vec<Input>) -> Vec<Input> {
    let is_motion = |input: &Input| matches!(input, Input::Point { how: Pointer::Drag, .. });
    let mut kept: Vec<Input> = Vec::with_capacity(inputs.len());
    for input in inputs {
        if is_motion(&input) {
            kept.pop_if(|last| is_motion(last));
        }
        kept.push(input);
    }
    kept
}
