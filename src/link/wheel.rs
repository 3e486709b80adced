//! One hand on the wheel: who steers, and the way of commands to the one who trains.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};

use super::Hub;
use super::bucket::Bucket;
use crate::protocol::{Code, Command, Event, Reason, Request, RequestId};

/// Who sends commands to a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// The person at the terminal that the run was started on.
    Terminal,
    /// Whoever started the process: settings that it begins with, signals.
    Shell,
    /// Another process, by the number that it has got.
    Client(NonZeroU32),
}

impl Sender {
    /// The number of the client in requests and events.
    pub(super) fn number(self) -> u32 {
        match self {
            Self::Terminal => 0,
            Self::Shell => u32::MAX,
            Self::Client(number) => number.get(),
        }
    }
}

/// What the terminal that a run was started on is called.
const TERMINAL: &str = "the terminal it was started on";

/// The wheel of a run.
pub(super) struct Wheel {
    hub: Arc<Hub>,
    held: Mutex<Held>,
}

struct Held {
    /// `None` when no more commands will come.
    commands: Option<mpsc::Sender<Request>>,
    /// Who steers.
    by: Option<(Sender, String)>,
    /// How often the wheel may change hands.
    changes: Bucket,
}

impl Wheel {
    /// Held by the process itself.
    pub fn new(hub: Arc<Hub>, commands: mpsc::Sender<Request>) -> Self {
        let by = Some((Sender::Terminal, TERMINAL.to_owned()));
        Self { hub, held: Mutex::new(Held { commands: Some(commands), by, changes: Bucket::new(10.0, 1.0) }) }
    }

    /// A command of the process itself. Who started it is always obeyed. The person at its terminal can always stop the run and
    /// have a checkpoint taken, and must steer for the rest.
    pub fn send_own(&self, sender: Sender, request: Request) {
        let always = sender == Sender::Shell || matches!(request.command, Command::Stop | Command::Checkpoint);
        if always {
            self.held().forward(request);
        } else if let Err(reason) = self.send(sender, TERMINAL, request) {
            self.hub.append(Event::CommandRefused { command: request.command, reason, answers: request.id });
        }
    }

    /// A command of a client. The error says why it was refused.
    pub fn send(&self, sender: Sender, name: &str, request: Request) -> Result<(), Reason> {
        let mut held = self.held();
        let steers = held.by.as_ref().is_some_and(|(by, _)| *by == sender);
        if request.command == Command::TakeControl {
            if steers {
                return Err(Code::SteerAlready.into());
            }
            if sender != Sender::Terminal && !held.changes.take() {
                return Err(Code::TooManyChanges.into());
            }
            self.hand_to(&mut held, sender, name, Some(request.id));
            return Ok(());
        }
        match &held.by {
            _ if steers => {
                held.forward(request);
                Ok(())
            }
            Some((Sender::Terminal, _)) => Err(Code::SteeredByStarter.into()),
            Some((_, by)) => Err(Code::SteeredBy { by: by.clone() }.into()),
            None => Err(Code::NobodySteers.into()),
        }
    }

    /// A client that may steer has come. It does when nobody else does.
    pub fn joined(&self, sender: Sender, name: &str) {
        let mut held = self.held();
        if held.by.is_none() && held.changes.take() {
            self.hand_to(&mut held, sender, name, None);
        }
    }

    /// Somebody has gone.
    pub fn left(&self, sender: Sender) {
        let mut held = self.held();
        if held.by.take_if(|(by, _)| *by == sender).is_some() {
            self.hub.append(Event::ControlReleased { client: sender.number() });
        }
    }

    /// Nobody steers from the process itself, from its start on.
    pub fn start_free(&self) {
        self.held().by = None;
    }

    /// No more commands will come from anybody.
    pub fn hang_up(&self) {
        self.held().commands = None;
    }

    fn hand_to(&self, held: &mut Held, sender: Sender, name: &str, answers: Option<RequestId>) {
        held.by = Some((sender, name.to_owned()));
        self.hub.append(Event::ControlTaken { client: sender.number(), name: name.into(), answers });
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    /// After the run's end nobody takes it, and nothing is lost by that.
    fn forward(&self, request: Request) {
        if let Some(commands) = &self.commands {
            let _ = commands.send(request);
        }
    }
}
