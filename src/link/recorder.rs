//! The reader of the event stream that writes it down. Training never waits for it.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use super::Hub;
use super::queue::{Queue, Waiting};
use crate::causes::{panic_text, with_causes};
use crate::protocol::Event;
use crate::run::store::{Recording, StoreError};
use crate::train::Checkpoint;

/// Events are written so often.
const INTERVAL: Duration = Duration::from_millis(200);
/// After a failure it is tried again so much later.
const RETRY: Duration = Duration::from_secs(5);

/// The thread that records a run.
pub struct Recorder {
    queue: Arc<Queue>,
    thread: JoinHandle<Vec<String>>,
}

impl Recorder {
    /// Starts recording what stands in `hub` from the `read`-th record on, and the checkpoints.
    ///
    /// Fails when the machine gives no thread.
    pub(super) fn start(hub: Arc<Hub>, queue: Arc<Queue>, recording: Recording, read: usize) -> io::Result<Self> {
        let writer = Writer { hub: Arc::clone(&hub), queue: Arc::clone(&queue), recording, read, failing: None, tried: None };
        Self::spawn(hub, queue, || writer.run())
    }

    fn spawn(hub: Arc<Hub>, queue: Arc<Queue>, work: impl FnOnce() -> Vec<String> + Send + 'static) -> io::Result<Self> {
        let thread = Builder::new().name("record".into()).spawn(move || {
            catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
                let reason = format!("the thread that records broke down: {}", panic_text(&*panic));
                hub.append(Event::RecordingFailed { reason: reason.clone() });
                vec![reason]
            })
        })?;
        Ok(Self { queue, thread })
    }

    /// Writes down what is still to be written, and ends; what could not be written, a line each. Training may go on,
    /// unrecorded.
    pub fn finish(self) -> Vec<String> {
        self.queue.end();
        self.thread.join().unwrap_or_else(|panic| vec![panic_text(&*panic)])
    }
}

/// Tells of a checkpoint for which there was no place among those that wait.
pub(super) fn tell_dropped(hub: &Hub, dropped: Option<Waiting>) {
    if let Some(Waiting { checkpoint, .. }) = dropped {
        let reason = "others that were asked for wait for the disk; ask again when they are there".into();
        hub.append(Event::CheckpointFailed { step: checkpoint.step(), reason });
    }
}

struct Writer {
    hub: Arc<Hub>,
    queue: Arc<Queue>,
    recording: Recording,
    read: usize,
    /// When writing events failed last, and why, since it does.
    failing: Option<(Instant, String)>,
    /// When writing a checkpoint failed last, since it does.
    tried: Option<Instant>,
}

impl Writer {
    /// Writes until there is no more to come; what could not be written.
    fn run(mut self) -> Vec<String> {
        loop {
            let last = self.queue.wait(INTERVAL);
            let again = |failed: Option<Instant>| last || failed.is_none_or(|failed| failed.elapsed() >= RETRY);
            if again(self.failing.as_ref().map(|(failed, _)| *failed)) {
                self.write();
            }
            if self.failing.is_none() && again(self.tried) {
                self.keep_all();
            }
            if last {
                self.write();
                let summed_up = self.recording.sum_up();
                // A summary that fits on a full disk does not bring back the events that did not.
                if self.failing.is_none() {
                    self.tell(summed_up);
                }
                return self.unwritten();
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
            self.hub.archived(self.recording.ends());
        }
        let written = written.map(|left_out| left_out.into_iter().for_each(|event| self.hub.append(event)));
        let summed_up = written.and_then(|()| self.recording.sum_up_when_due());
        self.tell(summed_up);
    }

    /// Writes the checkpoints that wait, the oldest first, until one cannot be written.
    fn keep_all(&mut self) {
        self.tried = None;
        while let Some(waiting) = self.queue.pop() {
            // Before it, what was told until it was taken.
            self.write();
            let step = waiting.checkpoint.step();
            let failed = match &self.failing {
                Some((_, reason)) => Some(reason.clone()),
                None => self.keep(&waiting.checkpoint).err(),
            };
            let Some(reason) = failed else { continue };
            if waiting.failed.is_none() && self.failing.is_none() {
                self.hub.append(Event::CheckpointFailed { step, reason: reason.clone() });
            }
            self.tried = Some(Instant::now());
            tell_dropped(&self.hub, self.queue.put_back(Waiting { failed: Some(reason), ..waiting }));
            return;
        }
    }

    fn keep(&mut self, checkpoint: &Checkpoint) -> Result<(), String> {
        let step = checkpoint.step();
        let bytes = checkpoint.to_bytes().map_err(|error| with_causes(&error))?;
        let (file, removed) = self.recording.keep(step, &bytes).map_err(|error| with_causes(&error))?;
        self.hub.append(Event::CheckpointSaved { step, file, removed });
        Ok(())
    }

    /// Tells once that writing fails, and once that it works again.
    fn tell(&mut self, result: Result<(), StoreError>) {
        match result {
            Ok(()) => {
                if self.failing.take().is_some() {
                    self.hub.append(Event::RecordingWorked {});
                }
            }
            Err(error) => {
                let reason = with_causes(&error);
                if self.failing.replace((Instant::now(), reason.clone())).is_none() {
                    self.hub.append(Event::RecordingFailed { reason });
                }
            }
        }
    }

    /// What is not on the disk at the end.
    fn unwritten(self) -> Vec<String> {
        let events = self.failing.map(|(_, reason)| format!("what the run told last is not on the disk: {reason}"));
        let checkpoints = std::iter::from_fn(|| self.queue.pop()).map(|Waiting { checkpoint, failed, .. }| {
            let reason = failed.unwrap_or_else(|| "it was not tried, since what comes before it is not there".into());
            format!("the checkpoint of step {} is not on the disk: {reason}", checkpoint.step())
        });
        events.into_iter().chain(checkpoints).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_told_while_the_run_goes_on_and_at_its_end() {
        let hub = Arc::new(Hub::new(Vec::new()));
        let work = || panic!("a bug");
        let recorder = Recorder::spawn(Arc::clone(&hub), Arc::new(Queue::new()), work).expect("a thread");
        let reason = "the thread that records broke down: a bug";
        assert_eq!(recorder.finish(), [reason]);
        let told: Vec<Event> = hub.since(0).iter().map(|record| record.event.clone()).collect();
        assert_eq!(told, [Event::RecordingFailed { reason: reason.into() }]);
    }
}
