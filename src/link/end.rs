//! The end of a link that those who watch hold, wherever the run comes from.

use std::sync::Arc;

use tokio::sync::{mpsc, watch};

use super::wheel::Wheel;
use super::{Hub, Server};
use crate::protocol::{Connection, Reason, Record, Request, RequestId};

/// What comes over a link.
#[derive(Clone, Debug, PartialEq)]
pub enum Update {
    /// The run said something.
    Records(Vec<Arc<Record>>),
    /// What is known of the run is told again from its start: a fold starts over.
    Restarted,
    /// A command of ours was refused on the way.
    Refused {
        /// Which.
        answers: RequestId,
        /// Why.
        reason: Reason,
    },
    /// The way to the run has changed.
    Connection(Connection),
}

/// The end of those who watch.
pub struct Link(Source);

/// Where a run comes from.
enum Source {
    /// From the log of this process.
    Log { hub: Arc<Hub>, read: usize, length: watch::Receiver<usize>, wheel: Arc<Wheel> },
    /// From whoever holds the other ends of these channels.
    Channels { updates: mpsc::Receiver<Update>, requests: mpsc::UnboundedSender<Request> },
}

impl Link {
    /// To the run whose events are in `hub`.
    pub(super) fn of_log(hub: Arc<Hub>, wheel: Arc<Wheel>) -> Self {
        let length = hub.subscribe();
        Self(Source::Log { hub, read: 0, length, wheel })
    }

    /// To a run that a task tells of: a socket's, or that of a replay. Where nobody takes requests, drop their receiver.
    pub fn of_channels(updates: mpsc::Receiver<Update>, requests: mpsc::UnboundedSender<Request>) -> Self {
        Self(Source::Channels { updates, requests })
    }

    /// Waits for what is new.
    ///
    /// Cancel safe: nothing is lost when the future is dropped.
    pub async fn updates(&mut self) -> Update {
        loop {
            let records = self.now();
            if !records.is_empty() {
                return Update::Records(records);
            }
            match &mut self.0 {
                // It fails when the log is gone, and the link itself holds on to it.
                Source::Log { length, .. } => drop(length.changed().await),
                Source::Channels { updates, .. } => match updates.recv().await {
                    Some(update) => return update,
                    // Nothing will ever come.
                    None => std::future::pending().await,
                },
            }
        }
    }

    /// All records that are there and have not been read; of the run of another process none.
    pub fn now(&mut self) -> Vec<Arc<Record>> {
        let Source::Log { hub, read, .. } = &mut self.0 else { return Vec::new() };
        let records = hub.since(*read);
        *read += records.len();
        records
    }

    /// Gives a command to the one who trains. After the run's end nobody takes it, and nothing is lost by that.
    pub fn send(&self, request: Request) {
        match &self.0 {
            Source::Log { wheel, .. } => wheel.send_own(request),
            Source::Channels { requests, .. } => drop(requests.send(request)),
        }
    }

    /// Lets other processes of this user watch the run, and steer it one at a time.
    ///
    /// Fails when the machine gives no thread.
    pub fn serve(&self, run_id: String, name: String) -> std::io::Result<Option<Server>> {
        match &self.0 {
            Source::Log { hub, wheel, .. } => Server::start(Arc::clone(hub), Arc::clone(wheel), run_id, name).map(Some),
            Source::Channels { .. } => Ok(None),
        }
    }

    /// Says, before the run starts, that nobody steers from here.
    pub fn start_free(&self) {
        if let Source::Log { wheel, .. } = &self.0 {
            wheel.start_free();
        }
    }

    /// Leaves the wheel to whoever comes: nobody steers from here any more.
    pub fn let_go(&self) {
        if let Source::Log { wheel, .. } = &self.0 {
            wheel.left(0);
        }
    }

    /// Says that no more commands will come, from anybody: a run that waits for one ends.
    pub fn hang_up(&mut self) {
        if let Source::Log { wheel, .. } = &self.0 {
            wheel.hang_up();
        }
    }
}
