//! How hyperparameters are changed: by a key, by typing, and taken back; and how the dashboard looks and speaks.

use super::{Edit, Effect, Shared};
use crate::protocol::{Command, Hyper};
use crate::text::{Language, Phrase, Word};

impl Shared {
    /// What the hyperparameter is, or will be once the worker has answered; of the learning rate, the effective one.
    pub(super) fn expected(&self, hyper: Hyper) -> Option<f64> {
        let scheduled = self.run.scheduled_rate().filter(|_| hyper == Hyper::LearningRate);
        self.requests.pending(hyper).or(scheduled).or_else(|| Some(self.run.hyperparameters?.get(hyper)))
    }

    /// Asks for a value and remembers the one before it.
    pub(super) fn set(&mut self, hyper: Hyper, value: f64) {
        if let Some(from) = self.expected(hyper).filter(|from| *from != value) {
            let request = self.requests.send(Command::SetHyper { hyper, value });
            self.hypers.changed(Some(request.id), hyper, from, value);
            self.effects.push(Effect::Send(request));
        }
    }

    /// A little more of the selected hyperparameter, or less.
    pub(super) fn nudge(&mut self, up: bool) {
        let hyper = self.hypers.selected();
        if let Some(value) = self.expected(hyper) {
            self.set(hyper, hyper.nudge(value, up));
        }
    }

    /// Opens the selected hyperparameter for typing.
    pub(super) fn edit(&mut self) {
        let hyper = self.hypers.selected();
        if let Some(value) = self.expected(hyper) {
            self.open(Edit::new(hyper, value));
        }
    }

    /// Looks like the theme at this place from now on.
    pub(super) fn set_theme(&mut self, place: usize) {
        if let Some(name) = self.view.theme_names.get(place).cloned() {
            self.view.theme = place;
            self.tell(Phrase::Theme { name });
        }
    }

    /// Speaks this language from now on.
    pub(super) fn set_language(&mut self, language: Language) {
        self.view.language = language;
        self.tell(Word::LanguageName);
    }

    /// Takes the last change back.
    pub(super) fn undo(&mut self) {
        let Some((hyper, from, to)) = self.hypers.undo() else { return self.tell(Phrase::NothingToUndo) };
        // What a schedule has made of the rate since then stays.
        let now = self.expected(hyper).filter(|_| hyper == Hyper::LearningRate && self.run.scheduled_rate().is_some());
        let (least, greatest) = hyper.range();
        let value = now.map_or(from, |now| (now * from / to).clamp(least, greatest));
        self.send(Command::SetHyper { hyper, value });
    }
}
