//! What the run tells, and what it answers.

use super::{Control, Effect, Leave, RunsRequest, Shared};
use crate::config::Notify;
use crate::protocol::{Command, Connection, Event, Record, Request};

impl Shared {
    /// The way to the run has changed.
    pub(super) fn connect(&mut self, connection: Connection) {
        match &connection {
            Connection::Up { client } => {
                self.requests.renumber(*client);
                self.control.follow(&self.run.steerer, *client);
            }
            Connection::Skipped { records } => {
                self.tell(format!("too slow: skipped {records} looks at samples"));
                return;
            }
            Connection::Lost { .. } | Connection::Gone { .. } => {}
        }
        self.connection = Some(connection);
    }

    /// A command of ours was refused.
    pub(super) fn refused(&mut self, request: Request, reason: &str) {
        match request.command {
            Command::SetHyper { hyper, .. } => self.hypers.refuse(request.id, hyper, reason),
            command => {
                self.leave_when_ended &= command != Command::Stop;
                self.tell(format!("refused: {reason}"));
            }
        }
    }

    /// Takes into account who steers now.
    fn follow_control(&mut self) {
        let before = self.control.clone();
        self.control.follow(&self.run.steerer, self.requests.client());
        if self.control == before {
            return;
        }
        match (&before, &self.control) {
            (Control::Steering, Control::Observing { by: Some(by) }) => {
                let text = format!("{by} took over; {} takes back", self.keymap.shown("run.take-over"));
                self.tell(text);
            }
            (_, Control::Steering) => self.tell("you steer"),
            _ => {}
        }
    }

    /// A record comes from the run; who looks elsewhere is told of it when it is news.
    pub(super) fn record(&mut self, record: &Record, is_news: bool) {
        self.run.apply(record);
        let ours = self.requests.answered(&record.event);
        match (&record.event, ours) {
            (Event::HyperChanged { hyper, from, to, .. }, None) => self.hypers.changed(None, *hyper, *from, *to),
            (Event::CommandRefused { reason, .. }, Some(request)) => self.refused(request, &reason.to_string()),
            (Event::RunStarted(started), _) => {
                self.follow_control();
                let parent = started.parent.as_ref().map(|parent| RunsRequest::Parent(parent.run_id.clone()));
                self.effects.extend(parent.map(Effect::Runs));
            }
            (Event::ControlTaken { .. } | Event::ControlReleased { .. } | Event::RunResumed { .. }, _) => self.follow_control(),
            (Event::RunEnded { .. }, _) if std::mem::take(&mut self.leave_when_ended) => self.leave(Leave::Ended),
            _ => {}
        }
        if is_news {
            self.effects.extend(self.notification(record));
        }
    }

    /// What a person who looks elsewhere is told of an event that was just taken into account.
    fn notification(&self, record: &Record) -> Option<Effect> {
        let what = match &record.event {
            Event::RunEnded { .. } => {
                let test = self.run.tests.last().map(|point| point.evaluation.confusion.accuracy());
                let accuracy = test.map(|accuracy| format!(", test accuracy {:.2} %", accuracy * 100.0));
                format!("{}{}", self.state_word().say(self.view.language), accuracy.unwrap_or_default())
            }
            Event::Diverged { .. } => format!("waits: {}", self.run.diverged.as_ref()?.say(self.view.language)),
            _ => return None,
        };
        let wanted = match self.attention.notify {
            Notify::Off => false,
            Notify::On => true,
            Notify::Unfocused => !self.attention.focused,
        };
        wanted.then(|| Effect::Notify(format!("mnist-tui: {} {what}", self.run.started.as_ref().map_or("", |run| &run.name))))
    }
}
