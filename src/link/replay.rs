//! The link to a recorded run, which may be trained meanwhile.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::Builder;
use std::time::Duration;

use tokio::sync::mpsc::{Sender, UnboundedSender, channel, unbounded_channel};

use super::{Link, Sent, Update};
use crate::inspect::Checkpoints;
use crate::protocol::{Answer, Event, Record, Unanswered};
use crate::run::store::{RunFolder, StoreError, Told};

/// So often is looked for what another process has written.
const INTERVAL: Duration = Duration::from_millis(300);

/// What is recorded of a run.
#[derive(Debug)]
pub struct Recorded {
    /// Every event that can be read, the first under the name that people have given the run.
    pub records: Vec<Record>,
    /// What of the log cannot be read, for people.
    pub unread: Vec<String>,
    /// The byte after the last event.
    read: u64,
    /// Another process trains the run.
    trained: bool,
}

/// Reads everything that is recorded of a run.
pub fn recorded(folder: &RunFolder) -> Result<Recorded, StoreError> {
    let name = folder.about()?.name().to_owned();
    let trained = folder.trained_by().is_some();
    let Told { mut records, end: read, unread } = folder.told_after(0)?;
    if records.is_empty() && !trained {
        return Err(StoreError::NothingTold { id: folder.id() });
    }
    if let Some(Record { event: Event::RunStarted(started), .. }) = records.first_mut() {
        started.name = name;
    }
    Ok(Recorded { records, unread, read, trained })
}

/// Gives everything that is recorded of a run; while another process trains it, also what comes.
pub fn replay(folder: &RunFolder, recorded: Recorded) -> Result<Link, StoreError> {
    let Recorded { records, read, trained, .. } = recorded;
    let (sender, updates) = channel(1);
    let folder = folder.clone();
    let path = folder.path().to_owned();
    let sent = answer(&folder, sender.clone()).map_err(|source| StoreError::Io { path: path.clone(), source })?;
    Builder::new()
        .name("replay".into())
        .spawn(move || {
            if tell(&sender, records) && trained {
                follow(&sender, &folder, read);
            }
        })
        .map_err(|source| StoreError::Io { path, source })?;
    Ok(Link::of_channels(updates, sent))
}

/// Answers questions from the run's checkpoints, on a thread of its own; gives the way to ask them. Nobody takes requests.
fn answer(folder: &RunFolder, answers: Sender<Update>) -> std::io::Result<UnboundedSender<Sent>> {
    let (sent, mut received) = unbounded_channel();
    let mut checkpoints = Checkpoints::new(folder.clone());
    Builder::new().name("inspect".into()).spawn(move || {
        while let Some(first) = received.blocking_recv() {
            // Of several that wait, the newest.
            let newest = std::iter::successors(Some(first), |_| received.try_recv().ok()).last();
            let Some(Sent::Ask(asked)) = newest else { continue };
            let answered = catch_unwind(AssertUnwindSafe(|| checkpoints.answer(&asked)));
            let answer = answered.unwrap_or_else(|_| Answer::none(asked.id, Unanswered::Busy));
            if answers.blocking_send(Update::Answer(answer)).is_err() {
                return;
            }
        }
    })?;
    Ok(sent)
}

/// Tells what is written to the run's folder, until nobody trains it or nobody listens any more.
fn follow(sender: &Sender<Update>, folder: &RunFolder, mut read: u64) {
    loop {
        std::thread::sleep(INTERVAL);
        let trained = folder.trained_by().is_some();
        // What cannot be read now can be read next time.
        if let Ok(Told { records, end, .. }) = folder.told_after(read) {
            read = end;
            if !tell(sender, records) {
                return;
            }
        }
        if !trained {
            return;
        }
    }
}

/// Whether somebody listens.
fn tell(sender: &Sender<Update>, records: Vec<Record>) -> bool {
    let records: Vec<Arc<Record>> = records.into_iter().map(Arc::new).collect();
    if records.is_empty() { !sender.is_closed() } else { sender.blocking_send(Update::Records(records)).is_ok() }
}
