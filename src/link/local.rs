//! The link between the thread that trains and the one that shows, in one process.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use super::archive::Archive;
use super::queue::{Queue, Waiting};
use super::recorder::tell_dropped;
use super::spill::spill;
use super::wheel::Wheel;
use super::{Hub, Link, Recorder};
use crate::causes::with_causes;
use crate::inspect::{Desk, Exhibits};
use crate::nn::Network;
use crate::protocol::{CheckpointReason, Event, Record, Request};
use crate::run::store::{Recording, RunFolder};
use crate::train::{Checkpoint, Port};

/// The end of the one who trains.
pub struct LocalPort {
    hub: Arc<Hub>,
    commands: Receiver<Request>,
    /// Where checkpoints go, when the run is recorded.
    checkpoints: Option<Arc<Queue>>,
    /// Whether somebody asked for the checkpoint that was told of last.
    asked: bool,
    /// Where checkpoints are read from, when the run is recorded.
    folder: Option<RunFolder>,
    /// Where questions about the network are answered.
    desk: Arc<Desk>,
}

/// Both ends of a new link, on which readers find first what has happened already.
pub fn connect(history: Vec<Record>) -> (Link, LocalPort) {
    let hub = Arc::new(Hub::new(history));
    let (commands, received) = channel();
    let wheel = Arc::new(Wheel::new(Arc::clone(&hub), commands));
    let desk = Arc::<Desk>::default();
    let link = Link::of_log(Arc::clone(&hub), wheel, Arc::clone(&desk));
    (link, LocalPort { hub, commands: received, checkpoints: None, asked: false, folder: None, desk })
}

impl LocalPort {
    /// Starts writing down what happens from now on.
    ///
    /// Fails when the machine gives no thread.
    pub fn record(&mut self, recording: Recording) -> std::io::Result<Recorder> {
        let queue = Arc::new(Queue::new());
        self.checkpoints = Some(Arc::clone(&queue));
        self.folder = Some(recording.folder().clone());
        self.desk.keep(recording.folder().clone());
        // Where it cannot be read, or holds other lines than were told, all of it stays in memory.
        if let Ok(archive) = recording.log().and_then(|(file, whole)| Archive::open(file, whole))
            && archive.len() == *self.hub.subscribe().borrow()
        {
            self.hub.archive(archive);
        }
        let read = *self.hub.subscribe().borrow();
        Recorder::start(Arc::clone(&self.hub), queue, recording, read)
    }

    /// The images of the run, for those who want to see them.
    pub fn exhibit(&self, exhibits: Option<Exhibits>) {
        self.desk.exhibit(exhibits);
    }

    /// Keeps what happens out of memory where it is not written down.
    ///
    /// Fails when the machine gives no thread.
    pub fn spill(&self) -> std::io::Result<()> {
        spill(Arc::clone(&self.hub))
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
        if let Event::CheckpointTaken { reason, .. } = &event {
            self.asked = *reason == CheckpointReason::Asked;
        }
        self.hub.append(event);
    }

    fn keep(&mut self, checkpoint: Checkpoint) {
        let Some(queue) = &self.checkpoints else { return };
        tell_dropped(&self.hub, queue.push(Waiting { checkpoint, asked: self.asked, failed: None }));
    }

    fn offer(&mut self, step: u64, network: &Network, rests: bool) {
        self.desk.offer(step, network, rests);
    }

    fn recall(&mut self, step: u64) -> Result<Vec<u8>, String> {
        let folder = self.folder.as_ref().ok_or("the run is not recorded, so no checkpoint is kept")?;
        folder.read_checkpoint(step).map_err(|error| with_causes(&error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::Update;
    use crate::protocol::Phase;

    #[tokio::test]
    async fn a_reader_gets_every_record_once_and_in_order() {
        let (mut link, mut port) = connect(Vec::new());
        let event = |step| Event::PhaseChanged { phase: Phase::Training, step, answers: None };
        let writer = std::thread::spawn(move || (0..1000).for_each(|step| port.emit(event(step))));
        let mut seen = Vec::new();
        while seen.len() < 1000 {
            let Update::Records(records) = link.updates().await else { continue };
            seen.extend(records.iter().map(|record| record.event.clone()));
        }
        writer.join().expect("the writer ends");
        assert!(seen.iter().enumerate().all(|(step, seen)| *seen == event(step as u64)));
    }
}
