//! The link between the thread that trains and the one that shows, in one process.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use tokio::sync::watch;

use super::{Hub, Recorder};
use crate::protocol::{Event, Record, Request};
use crate::run::store::Recording;
use crate::train::{Checkpoint, Port};

/// The end of those who watch.
pub struct Link {
    hub: Arc<Hub>,
    read: usize,
    length: watch::Receiver<usize>,
    /// `None` when no more commands will come.
    commands: Option<Sender<Request>>,
}

/// The end of the one who trains.
pub struct LocalPort {
    hub: Arc<Hub>,
    commands: Receiver<Request>,
    /// Where checkpoints go, when the run is recorded.
    checkpoints: Option<Sender<Checkpoint>>,
}

/// Both ends of a new link, on which readers find first what has happened already.
pub fn connect(history: Vec<Record>) -> (Link, LocalPort) {
    let hub = Arc::new(Hub::new(history));
    let (commands, received) = channel();
    let link = Link { hub: Arc::clone(&hub), read: 0, length: hub.subscribe(), commands: Some(commands) };
    (link, LocalPort { hub, commands: received, checkpoints: None })
}

impl Link {
    /// Waits for new records and returns all there are.
    ///
    /// Cancel safe: no record is lost when the future is dropped.
    pub async fn updates(&mut self) -> Vec<Arc<Record>> {
        loop {
            let records = self.now();
            if !records.is_empty() {
                return records;
            }
            // It fails when the log is gone, and the link itself holds on to it.
            let _ = self.length.changed().await;
        }
    }

    /// All records that are there and have not been read.
    pub fn now(&mut self) -> Vec<Arc<Record>> {
        let records = self.hub.since(self.read);
        self.read += records.len();
        records
    }

    /// Gives a command to the one who trains. After the run's end nobody takes it, and nothing is lost by that.
    pub fn send(&self, request: Request) {
        if let Some(commands) = &self.commands {
            let _ = commands.send(request);
        }
    }

    /// Says that no more commands will come: a run that waits for one ends.
    pub fn hang_up(&mut self) {
        self.commands = None;
    }
}

impl LocalPort {
    /// Starts writing down what happens from now on.
    ///
    /// Fails when the machine gives no thread.
    pub fn record(&mut self, recording: Recording) -> std::io::Result<Recorder> {
        let (checkpoints, received) = channel();
        self.checkpoints = Some(checkpoints);
        let read = *self.hub.subscribe().borrow();
        Recorder::start(Arc::clone(&self.hub), received, recording, read)
    }
}

impl Port for LocalPort {
    fn poll(&mut self, _step: u64) -> Option<Request> {
        self.commands.try_recv().ok()
    }

    fn wait(&mut self) -> Option<Request> {
        self.commands.recv().ok()
    }

    fn emit(&mut self, event: Event) {
        self.hub.append(event);
    }

    fn keep(&mut self, checkpoint: Checkpoint) {
        if let Some(checkpoints) = &self.checkpoints {
            // It fails when the recorder has been told to end.
            let _ = checkpoints.send(checkpoint);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Phase;

    #[tokio::test]
    async fn a_reader_gets_every_record_once_and_in_order() {
        let (mut link, mut port) = connect(Vec::new());
        let event = |step| Event::PhaseChanged { phase: Phase::Training, step, answers: None };
        let writer = std::thread::spawn(move || (0..1000).for_each(|step| port.emit(event(step))));
        let mut seen = Vec::new();
        while seen.len() < 1000 {
            let records = link.updates().await;
            seen.extend(records.iter().map(|record| record.event.clone()));
        }
        writer.join().expect("the writer ends");
        assert!(seen.iter().enumerate().all(|(step, seen)| *seen == event(step as u64)));
    }
}
