//! The end of a link that those who watch hold, wherever the run comes from.

use std::sync::Arc;

use tokio::sync::{mpsc, watch};

use super::wheel::{Sender, Wheel};
use super::{Hub, Served, Server};
use crate::inspect::Desk;
use crate::protocol::{Answer, Asked, Command, Connection, Reason, Record, Request, RequestId};

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
    /// What was asked is answered.
    Answer(Answer),
}

/// What those who watch send.
#[derive(Clone, Debug, PartialEq)]
pub enum Sent {
    /// Something is to be done.
    Request(Request),
    /// Something is to be told.
    Ask(Asked),
}

/// The end of those who watch.
pub struct Link(Source);

/// Where a run comes from.
enum Source {
    /// From the log of this process.
    Log { hub: Arc<Hub>, read: usize, length: watch::Receiver<usize>, wheel: Arc<Wheel>, questions: Questions },
    /// From whoever holds the other ends of these channels.
    Channels { updates: mpsc::Receiver<Update>, sent: mpsc::UnboundedSender<Sent> },
}

/// Where this process asks itself.
struct Questions {
    desk: Arc<Desk>,
    answers: mpsc::UnboundedReceiver<Answer>,
    reply: mpsc::UnboundedSender<Answer>,
}

impl Link {
    /// To the run whose events are in `hub`.
    pub(super) fn of_log(hub: Arc<Hub>, wheel: Arc<Wheel>, desk: Arc<Desk>) -> Self {
        let length = hub.subscribe();
        let (reply, answers) = mpsc::unbounded_channel();
        Self(Source::Log { hub, read: 0, length, wheel, questions: Questions { desk, answers, reply } })
    }

    /// To a run that a task tells of: a socket's, or that of a replay. Where nobody takes what is sent, drop its receiver.
    pub fn of_channels(updates: mpsc::Receiver<Update>, sent: mpsc::UnboundedSender<Sent>) -> Self {
        Self(Source::Channels { updates, sent })
    }

    /// Waits for what is new.
    ///
    /// Cancel safe: nothing is lost when the future is dropped.
    pub async fn updates(&mut self) -> Update {
        loop {
            if let Some(records) = self.some() {
                return Update::Records(records);
            }
            match &mut self.0 {
                Source::Log { length, questions, .. } => tokio::select! {
                    // It fails when the log is gone, and the link itself holds on to it.
                    _ = length.changed() => {}
                    Some(answer) = questions.answers.recv() => return Update::Answer(answer),
                },
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
        std::iter::from_fn(|| self.some()).flatten().collect()
    }

    /// Some of them; nothing when there are none. A long run has more than there is memory for.
    pub fn some(&mut self) -> Option<Vec<Arc<Record>>> {
        let Source::Log { hub, read, .. } = &mut self.0 else { return None };
        let some = hub.some_since(*read);
        *read += some.len();
        (!some.is_empty()).then(|| some.into_iter().filter_map(|placed| placed.record).collect())
    }

    /// Gives a command to the one who trains. After the run's end nobody takes it, and nothing is lost by that.
    pub fn send(&self, request: Request) {
        match &self.0 {
            Source::Log { wheel, .. } => wheel.send_own(Sender::Terminal, request),
            Source::Channels { sent, .. } => drop(sent.send(Sent::Request(request))),
        }
    }

    /// Asks whoever has the network and the images; an [`Update::Answer`] comes of it, unless a newer question does first.
    pub fn ask(&self, asked: Asked) {
        match &self.0 {
            Source::Log { questions: Questions { desk, reply, .. }, .. } => {
                let reply = reply.clone();
                // Where nobody listens any more, nobody is to be told.
                desk.ask(Sender::Terminal.number(), asked, Box::new(move |answer| drop(reply.send(answer))));
            }
            Source::Channels { sent, .. } => drop(sent.send(Sent::Ask(asked))),
        }
    }

    /// Gives the `number`-th command of whoever started this process, which is obeyed whoever steers; its id.
    pub fn order(&self, number: u32, command: Command) -> RequestId {
        let id = RequestId { client: Sender::Shell.number(), number };
        if let Source::Log { wheel, .. } = &self.0 {
            wheel.send_own(Sender::Shell, Request { id, command });
        }
        id
    }

    /// Lets other processes of this user watch the run, and steer it one at a time.
    ///
    /// Fails when the machine gives no thread.
    pub fn serve(&self, run: Served) -> std::io::Result<Option<Server>> {
        match &self.0 {
            Source::Log { hub, wheel, questions, .. } => {
                Server::start(Arc::clone(hub), Arc::clone(wheel), Arc::clone(&questions.desk), run).map(Some)
            }
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
            wheel.left(Sender::Terminal);
        }
    }

    /// Says that no more commands will come, from anybody: a run that waits for one ends.
    pub fn hang_up(&mut self) {
        if let Source::Log { wheel, .. } = &self.0 {
            wheel.hang_up();
        }
    }
}
