//! The reader of the event stream that writes it down. Training never waits for it.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use super::Hub;
use crate::causes::with_causes;
use crate::protocol::Event;
use crate::run::store::{Recording, StoreError};
use crate::train::Checkpoint;

/// Events are written so often.
const INTERVAL: Duration = Duration::from_millis(200);
/// After a failure it is tried again so much later.
const RETRY: Duration = Duration::from_secs(5);

/// The thread that records a run.
pub struct Recorder {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Recorder {
    /// Starts recording what stands in `hub` from the `read`-th record on, and the checkpoints.
    ///
    /// Fails when the machine gives no thread.
    pub(super) fn start(hub: Arc<Hub>, checkpoints: Receiver<Checkpoint>, recording: Recording, read: usize) -> io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let writer = Writer { hub, recording, read, failing: None };
        let stopped = Arc::clone(&stop);
        let thread = Builder::new().name("record".into()).spawn(move || writer.run(&checkpoints, &stopped))?;
        Ok(Self { stop, thread })
    }

    /// Writes down what is still to be written, and ends. Training may go on, unrecorded.
    pub fn finish(self) {
        self.stop.store(true, Ordering::Relaxed);
        // A panic there has been told by the panic hook; what is written stays.
        let _ = self.thread.join();
    }
}

struct Writer {
    hub: Arc<Hub>,
    recording: Recording,
    read: usize,
    /// Since when writing fails.
    failing: Option<Instant>,
}

impl Writer {
    fn run(mut self, checkpoints: &Receiver<Checkpoint>, stop: &AtomicBool) {
        loop {
            let checkpoint = checkpoints.recv_timeout(INTERVAL);
            let last = matches!(checkpoint, Err(RecvTimeoutError::Disconnected)) || stop.load(Ordering::Relaxed);
            if last || self.failing.is_none_or(|since| since.elapsed() >= RETRY) {
                self.write();
            }
            // After the events, so that the checkpoint's own is there before it.
            if let Ok(checkpoint) = &checkpoint
                && self.failing.is_none()
            {
                self.keep(checkpoint);
            }
            if last {
                self.write();
                let summed_up = self.recording.sum_up();
                self.tell(summed_up);
                return;
            }
        }
    }

    /// Writes new events.
    fn write(&mut self) {
        let records = self.hub.since(self.read);
        if records.is_empty() && self.failing.is_none() {
            return;
        }
        let written = self.recording.append(&records);
        if written.is_ok() {
            self.read += records.len();
        }
        let summed_up = written.and_then(|()| self.recording.sum_up_when_due());
        self.tell(summed_up);
    }

    fn keep(&mut self, checkpoint: &Checkpoint) {
        let step = checkpoint.step();
        let kept = match checkpoint.to_bytes() {
            Ok(bytes) => self.recording.keep(step, &bytes).map_err(|error| with_causes(&error)),
            Err(error) => Err(with_causes(&error)),
        };
        self.hub.append(match kept {
            Ok(file) => Event::CheckpointSaved { step, file },
            Err(reason) => Event::CheckpointFailed { step, reason },
        });
    }

    /// Tells once that writing fails, and once that it works again.
    fn tell(&mut self, result: Result<(), StoreError>) {
        match (result, self.failing) {
            (Ok(()), Some(_)) => {
                self.failing = None;
                self.hub.append(Event::RecordingWorked {});
            }
            (Ok(()), None) => {}
            (Err(error), failing) => {
                self.failing = Some(Instant::now());
                if failing.is_none() {
                    self.hub.append(Event::RecordingFailed { reason: with_causes(&error) });
                }
            }
        }
    }
}
