//! How hyperparameters are changed: by a key, by typing, and taken back.

use super::{App, Edit, Effect, Mode, Panel};
use crate::protocol::{Command, Hyper};

impl App {
    /// What the hyperparameter is, or will be once the worker has answered; of the learning rate, the effective one.
    pub(super) fn expected(&self, hyper: Hyper) -> Option<f64> {
        let scheduled = self.run.scheduled_rate().filter(|_| hyper == Hyper::LearningRate);
        self.requests.pending(hyper).or(scheduled).or_else(|| Some(self.run.hyperparameters?.get(hyper)))
    }

    /// Asks for a value and remembers the one before it.
    pub(super) fn set(&mut self, hyper: Hyper, value: f64) -> Vec<Effect> {
        match self.expected(hyper) {
            Some(from) if from != value => {
                let request = self.requests.send(Command::SetHyper { hyper, value });
                self.hypers.changed(Some(request.id), hyper, from, value);
                vec![Effect::Send(request)]
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn edit(&mut self) -> Vec<Effect> {
        let hyper = self.hypers.selected();
        if let Some(value) = self.expected(hyper) {
            self.focus = Panel::Hypers;
            self.mode = Mode::Editing(Edit::new(hyper, value));
        }
        Vec::new()
    }

    pub(super) fn accept(&mut self) -> Vec<Effect> {
        let edit = match self.mode.clone() {
            Mode::Editing(edit) => edit,
            Mode::Typing(prompt) => return self.take_text(&prompt),
            _ => return Vec::new(),
        };
        // A wrong value stays, with what is wrong beside it.
        let Ok(value) = edit.value() else { return Vec::new() };
        let hyper = edit.hyper();
        self.mode = Mode::Watching;
        self.set(hyper, value)
    }

    pub(super) fn undo(&mut self) -> Vec<Effect> {
        match self.hypers.undo() {
            Some((hyper, from, to)) => {
                // What a schedule has made of the rate since then stays.
                let now = self.expected(hyper).filter(|_| hyper == Hyper::LearningRate && self.run.scheduled_rate().is_some());
                let (least, greatest) = hyper.range();
                let value = now.map_or(from, |now| (now * from / to).clamp(least, greatest));
                self.send(Command::SetHyper { hyper, value })
            }
            None => {
                self.notice = Some("nothing to undo".to_owned());
                Vec::new()
            }
        }
    }
}
