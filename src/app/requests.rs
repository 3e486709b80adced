//! Requests that were sent and not answered yet.

use crate::protocol::{Command, Event, Hyper, Request, RequestId};

/// Numbers requests, and remembers those without an answer.
#[derive(Clone, Debug, Default)]
pub struct Requests {
    /// The number of this client.
    client: u32,
    sent: u32,
    waiting: Vec<Request>,
}

impl Requests {
    /// Goes on under another number; what has no answer yet will get none.
    pub(super) fn renumber(&mut self, client: u32) {
        self.client = client;
        self.waiting.clear();
    }

    /// The number of this client.
    pub fn client(&self) -> u32 {
        self.client
    }

    /// Takes out the request that was refused on the way.
    pub(super) fn refused(&mut self, id: RequestId) -> Option<Request> {
        let at = self.waiting.iter().position(|request| request.id == id)?;
        Some(self.waiting.remove(at))
    }

    /// Numbers a request and remembers it.
    pub fn send(&mut self, command: Command) -> Request {
        self.sent = self.sent.wrapping_add(1);
        let request = Request { id: RequestId { client: self.client, number: self.sent }, command };
        self.waiting.push(request);
        request
    }

    /// Takes the request out that this event answers, if it answers one of ours.
    pub fn answered(&mut self, event: &Event) -> Option<Request> {
        if matches!(event, Event::RunEnded { .. }) {
            self.waiting.clear();
            return None;
        }
        let id = match event {
            Event::Evaluated { answers, .. }
            | Event::CheckpointTaken { answers, .. }
            | Event::PhaseChanged { answers, .. }
            | Event::ParametersRestored { answers, .. } => (*answers)?,
            Event::ControlTaken { answers, .. } => (*answers)?,
            Event::HyperChanged { answers, .. } | Event::CommandRefused { answers, .. } => *answers,
            _ => return None,
        };
        self.refused(id)
    }

    /// The newest value asked for that has not come yet.
    pub fn pending(&self, hyper: Hyper) -> Option<f64> {
        self.waiting.iter().rev().find_map(|request| match request.command {
            Command::SetHyper { hyper: asked, value } if asked == hyper => Some(value),
            _ => None,
        })
    }

    /// Whether a command that fits is without an answer.
    pub fn waits_for(&self, fits: impl Fn(&Command) -> bool) -> bool {
        self.waiting.iter().any(|request| fits(&request.command))
    }

    /// What the newest unanswered pause or resume asked for: `true` for a pause.
    pub fn pausing(&self) -> Option<bool> {
        self.waiting.iter().rev().find_map(|request| match request.command {
            Command::Pause | Command::Step => Some(true),
            Command::Resume => Some(false),
            _ => None,
        })
    }
}
