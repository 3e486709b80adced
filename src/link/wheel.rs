//! One hand on the wheel: who steers, and the way of commands to the one who trains.

use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Hub;
use super::bucket::Bucket;
use crate::protocol::{Code, Command, Event, Reason, Request, RequestId};

/// The wheel of a run.
pub(super) struct Wheel {
    hub: Arc<Hub>,
    held: Mutex<Held>,
}

struct Held {
    /// `None` when no more commands will come.
    commands: Option<Sender<Request>>,
    /// Who steers.
    by: Option<(u32, String)>,
    /// How often the wheel may change hands.
    changes: Bucket,
}

impl Wheel {
    /// Held by the process itself.
    pub fn new(hub: Arc<Hub>, commands: Sender<Request>) -> Self {
        let by = Some((0, "the terminal it was started on".to_owned()));
        Self { hub, held: Mutex::new(Held { commands: Some(commands), by, changes: Bucket::new(10.0, 1.0) }) }
    }

    /// A command of the process itself. It can always stop the run and have a checkpoint taken; for the rest it must steer.
    pub fn send_own(&self, request: Request) {
        let always = request.id.client != 0 || matches!(request.command, Command::Stop | Command::Checkpoint);
        if always {
            self.held().forward(request);
        } else if let Err(reason) = self.send(0, "the terminal it was started on", request) {
            self.hub.append(Event::CommandRefused { command: request.command, reason, answers: request.id });
        }
    }

    /// A command of a client. The error says why it was refused.
    pub fn send(&self, client: u32, name: &str, request: Request) -> Result<(), Reason> {
        let mut held = self.held();
        let steers = held.by.as_ref().is_some_and(|(by, _)| *by == client);
        if request.command == Command::TakeControl {
            if steers {
                return Err(Code::SteerAlready.into());
            }
            if client != 0 && !held.changes.take() {
                return Err(Code::TooManyChanges.into());
            }
            self.hand_to(&mut held, client, name, Some(request.id));
            return Ok(());
        }
        match &held.by {
            _ if steers => {
                held.forward(request);
                Ok(())
            }
            Some((0, _)) => Err(Code::SteeredByStarter.into()),
            Some((_, by)) => Err(Code::SteeredBy { by: by.clone() }.into()),
            None => Err(Code::NobodySteers.into()),
        }
    }

    /// A client that may steer has come. It does when nobody else does.
    pub fn joined(&self, client: u32, name: &str) {
        let mut held = self.held();
        if held.by.is_none() && held.changes.take() {
            self.hand_to(&mut held, client, name, None);
        }
    }

    /// A client has gone.
    pub fn left(&self, client: u32) {
        let mut held = self.held();
        if held.by.take_if(|(by, _)| *by == client).is_some() {
            self.hub.append(Event::ControlReleased { client });
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

    fn hand_to(&self, held: &mut Held, client: u32, name: &str, answers: Option<RequestId>) {
        held.by = Some((client, name.to_owned()));
        self.hub.append(Event::ControlTaken { client, name: name.into(), answers });
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
