//! The link between the thread that trains and the one that shows, in one process.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use tokio::sync::watch;

use super::Hub;
use crate::protocol::{Event, Record, Request};
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
}

/// Both ends of a new link.
pub fn connect() -> (Link, LocalPort) {
    let hub = Arc::new(Hub::default());
    let (commands, received) = channel();
    let link = Link { hub: Arc::clone(&hub), read: 0, length: hub.subscribe(), commands: Some(commands) };
    (link, LocalPort { hub, commands: received })
}

impl Link {
    /// Waits for new records and returns all there are.
    ///
    /// Cancel safe: no record is lost when the future is dropped.
    pub async fn updates(&mut self) -> Vec<Arc<Record>> {
        loop {
            let records = self.hub.since(self.read);
            if !records.is_empty() {
                self.read += records.len();
                return records;
            }
            // It fails when the log is gone, and the link itself holds on to it.
            let _ = self.length.changed().await;
        }
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

impl Port for LocalPort {
    fn poll(&mut self) -> Option<Request> {
        self.commands.try_recv().ok()
    }

    fn wait(&mut self) -> Option<Request> {
        self.commands.recv().ok()
    }

    fn emit(&mut self, event: Event) {
        self.hub.append(event);
    }

    fn keep(&mut self, _: Checkpoint) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Phase;

    #[tokio::test]
    async fn a_reader_gets_every_record_once_and_in_order() {
        let (mut link, mut port) = connect();
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
