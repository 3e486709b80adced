//! One hand on the wheel: who steers, and the way of commands to the one who trains.

use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Hub;
use crate::protocol::{Command, Event, Request};

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
}

impl Wheel {
    /// Held by the process itself.
    pub fn new(hub: Arc<Hub>, commands: Sender<Request>) -> Self {
        let by = Some((0, "the terminal it was started on".to_owned()));
        Self { hub, held: Mutex::new(Held { commands: Some(commands), by }) }
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
    pub fn send(&self, client: u32, name: &str, request: Request) -> Result<(), String> {
        let mut held = self.held();
        let steers = held.by.as_ref().is_some_and(|(by, _)| *by == client);
        match (request.command, &held.by) {
            (Command::TakeControl, _) if steers => Err("you steer already".into()),
            (Command::TakeControl, _) => {
                self.hand_to(&mut held, client, name);
                self.hub.append(Event::ControlTaken { client, name: name.into(), answers: Some(request.id) });
                Ok(())
            }
            _ if steers => {
                held.forward(request);
                Ok(())
            }
            (_, Some((_, by))) => Err(format!("{by} steers; take over first")),
            (_, None) => Err("nobody steers; take over first".into()),
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

    fn hand_to(&self, held: &mut Held, client: u32, name: &str) {
        held.by = Some((client, name.to_owned()));
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
