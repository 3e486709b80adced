//! How the run stands, in words.

use super::Shared;
use crate::protocol::{Command, Outcome, Phase, Reason};
use crate::run::Health;
use crate::text::{LogText, Percent, Phrase, Word};

impl Shared {
    /// The state of the run in a word or two.
    pub fn state_word(&self) -> Word {
        if let Some(ended) = &self.run.ended {
            return match ended.outcome {
                Outcome::Completed => Word::Completed,
                Outcome::TargetReached => Word::TargetReached,
                Outcome::StoppedEarly { .. } => Word::StoppedEarly,
                Outcome::Stopped => Word::Stopped,
                Outcome::Failed { .. } => Word::Failed,
            };
        }
        if self.requests.waits_for(|command| *command == Command::Stop) {
            return Word::Stopping;
        }
        match (self.run.phase, self.requests.pausing()) {
            (None, _) => Word::Starting,
            (Some(Phase::Evaluating), _) => Word::Judging,
            (Some(Phase::Training), Some(true)) => Word::Pausing,
            (Some(Phase::Training), _) => match self.health() {
                Health::Learning => Word::Training,
                Health::Diverging { .. } => Word::Diverging,
                Health::AtChance { .. } | Health::Stalled { .. } => Word::Stuck,
            },
            (Some(Phase::Paused), Some(false)) => Word::Resuming,
            (Some(Phase::Paused), _) if self.run.diverged.is_some() => Word::Diverged,
            (Some(Phase::Paused), _) => Word::Paused,
        }
    }

    /// Why the run failed, if it did.
    pub fn failure(&self) -> Option<&Reason> {
        match &self.run.ended.as_ref()?.outcome {
            Outcome::Failed { message } => Some(message),
            _ => None,
        }
    }

    /// What has gone wrong, while it matters.
    pub fn alert(&self) -> Option<String> {
        let language = self.view.language;
        let failure = self.failure().map(|reason| LogText::Failed { reason: reason.clone() }.say(language).into_owned());
        let diverged = self.run.diverged.as_ref().filter(|_| self.run.ended.is_none());
        failure.or_else(|| Some(diverged?.say(language).into_owned()))
    }

    /// How the training goes, until it has ended.
    pub fn health(&self) -> Health {
        if self.run.ended.is_some() { Health::Learning } else { self.run.health.health() }
    }

    /// What goes wrong while all numbers are finite, and what to do about it, which only who steers can.
    pub fn advice(&self) -> Option<(Phrase, Option<Phrase>)> {
        let rewind = self.keymap.shown("run.rewind");
        let (text, hint) = match self.health() {
            Health::Learning => return None,
            Health::Diverging { loss, best } => (Phrase::LossFarAbove { loss, best }, Phrase::LowerOrGoBack { rewind }),
            Health::AtChance { accuracy, steps } => {
                let accuracy = Percent(accuracy);
                (Phrase::NoBetterThanGuessing { accuracy, steps }, Phrase::RateMayBeTooHigh { rewind })
            }
            Health::Stalled { epochs, accuracy } => {
                (Phrase::NoProgress { accuracy: Percent(accuracy), epochs }, Phrase::LowerOrGoBack { rewind })
            }
        };
        Some((text, Some(hint).filter(|_| self.steers())))
    }

    /// For the terminal's title: `seed 41 % · epoch 2/5`.
    pub fn title(&self) -> String {
        let Some(started) = &self.run.started else { return "mnist-tui".to_owned() };
        let percent = (self.run.progress() * 100.0).floor();
        let epochs = self.run.hyperparameters.map_or(0, |hyper| hyper.epochs);
        let name = started.name.clone();
        let title = match (&self.run.ended, self.run.phase) {
            (Some(_), _) | (None, Some(Phase::Paused)) => Phrase::TitleAtRest { name, percent, state: self.state_word() },
            _ => Phrase::TitleTraining { name, percent, epoch: self.run.epoch, epochs },
        };
        let title = title.say(self.view.language).into_owned();
        if self.replay.is_some() { Phrase::TitleReplay { title }.say(self.view.language).into_owned() } else { title }
    }
}
