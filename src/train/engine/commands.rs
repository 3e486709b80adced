//! What commands do to a run.

use super::{End, Engine, Port};
use crate::protocol::{CheckpointReason, Code, Command, Event, Hyper, Request, RequestId, Schedule, Split};

impl<P: Port> Engine<'_, P> {
    /// Does what a request asks for, and answers.
    pub(super) fn carry_out(&mut self, Request { id, command }: Request) -> Result<(), End> {
        match command {
            Command::Pause | Command::Resume => {
                self.tell_steps();
                self.tell_samples();
                if command == Command::Pause {
                    self.paused = true
                } else {
                    self.go_on()
                }
                self.single_steps = 0;
                self.tell_phase(Some(id));
            }
            Command::Step => {
                self.paused = true;
                self.diverged = None;
                self.single_steps += 1;
                self.tell_phase(Some(id));
            }
            Command::SetHyper { hyper, value } => self.set(id, command, hyper, value),
            Command::Evaluate if self.job.validation.is_empty() => {
                self.refuse(id, command, Code::NoValidation);
            }
            Command::Evaluate => {
                self.evaluate(Split::Validation, Some(id));
            }
            Command::Rewind if self.diverged.is_none() => {
                self.refuse(id, command, Code::NothingToRewind);
            }
            Command::Rewind => self.rewind(id),
            Command::Checkpoint => self.keep(CheckpointReason::Asked, Some(id)),
            // The way to here answers it where there are several clients.
            Command::TakeControl => self.refuse(id, command, Code::NobodyElse),
            Command::Stop => {
                self.stop_request = Some(id);
                return Err(End::Stop);
            }
        }
        Ok(())
    }

    fn set(&mut self, id: RequestId, command: Command, hyper: Hyper, value: f64) {
        self.tell_steps();
        if hyper == Hyper::Patience && value > 0.0 && self.job.validation.is_empty() {
            return self.refuse(id, command, Code::NoValidation);
        }
        if hyper == Hyper::Dropout && !self.job.started.spec.has_dropout() {
            return self.refuse(id, command, Code::NoDropout);
        }
        match self.hyper.with(hyper, value) {
            Ok(_) if hyper == Hyper::LearningRate => self.set_rate(id, value),
            Ok(changed) => {
                let from = self.hyper.get(hyper);
                self.hyper = changed;
                self.told_augmented = self.told_augmented.filter(|_| hyper != Hyper::Augmentation);
                self.port.emit(Event::HyperChanged { step: self.step + 1, hyper, from, to: value, base: None, answers: id });
            }
            Err(error) => self.refuse(id, command, Code::Value(error)),
        }
    }

    /// Changes the base learning rate such that the next step's is `rate`.
    fn set_rate(&mut self, id: RequestId, rate: f64) {
        let from = self.effective_rate();
        self.hyper.learning_rate = rate / self.schedule.factor(self.position());
        let base = (self.job.started.spec.schedule != Schedule::Constant).then_some(self.hyper.learning_rate);
        let (step, hyper) = (self.step + 1, Hyper::LearningRate);
        self.port.emit(Event::HyperChanged { step, hyper, from, to: rate, base, answers: id });
    }

    fn rewind(&mut self, id: RequestId) {
        self.restore_good(Some(id));
        self.set_rate(id, (self.effective_rate() / 2.0).max(Hyper::LearningRate.range().0));
        self.go_on();
        self.tell_samples();
        self.tell_phase(Some(id));
    }

    fn go_on(&mut self) {
        self.paused = false;
        self.diverged = None;
    }

    fn refuse(&mut self, id: RequestId, command: Command, reason: Code) {
        self.port.emit(Event::CommandRefused { command, reason: reason.into(), answers: id });
    }
}
