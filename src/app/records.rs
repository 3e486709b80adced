//! What the run tells, and what it answers.

use super::{Control, Effect, Leave, RunsRequest, Shared};
use crate::config::Notify;
use crate::protocol::{Command, Connection, Event, Reason, Record, Request};
use crate::text::{LogText, Percent, Phrase, Text};

impl Shared {
    /// The way to the run has changed.
    pub(super) fn connect(&mut self, connection: Connection) {
        match &connection {
            Connection::Up { client } => {
                self.requests.renumber(*client);
                self.control.follow(&self.run.steerer, *client);
            }
            Connection::Skipped { records } => {
                self.tell(Phrase::TooSlow { records: *records });
                return;
            }
            Connection::Lost { .. } | Connection::Gone { .. } => {}
        }
        self.connection = Some(connection);
    }

    /// A command of ours was refused.
    pub(super) fn refused(&mut self, request: Request, reason: &Reason) {
        match request.command {
            Command::SetHyper { hyper, .. } => self.hypers.refuse(request.id, hyper, reason),
            command => {
                self.leave_when_ended &= command != Command::Stop;
                self.tell(LogText::Refused { reason: reason.clone() });
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
                let key = self.keymap.shown("run.take-over");
                let text = Phrase::TookOver { by: Box::new(by.clone()), key };
                self.tell(text);
            }
            (_, Control::Steering) => self.tell(Phrase::YouSteer),
            _ => {}
        }
    }

    /// A record comes from the run; who looks elsewhere is told of it when it is news.
    pub(super) fn record(&mut self, record: &Record, is_news: bool) {
        self.run.apply(record);
        let ours = self.requests.answered(&record.event);
        match (&record.event, ours) {
            (Event::HyperChanged { hyper, from, to, .. }, None) => self.hypers.changed(None, *hyper, *from, *to),
            (Event::CommandRefused { reason, .. }, Some(request)) => self.refused(request, reason),
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
                let state = self.state_word();
                match test {
                    Some(accuracy) => Phrase::EndedWith { state, accuracy: Percent(accuracy) }.into(),
                    None => Text::from(state),
                }
            }
            Event::Diverged { .. } => Phrase::Waits { what: Box::new(self.run.diverged.clone()?.into()) }.into(),
            _ => return None,
        };
        let wanted = match self.attention.notify {
            Notify::Off => false,
            Notify::On => true,
            Notify::Unfocused => !self.attention.focused,
        };
        let name = self.run.started.as_ref().map_or("", |run| &run.name);
        wanted.then(|| Effect::Notify(format!("mnist-tui: {name} {}", what.say(self.view.language))))
    }
}
