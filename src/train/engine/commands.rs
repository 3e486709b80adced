//! What commands do to a run.

use super::cursor::Cursor;
use super::{End, Engine, Port};
use crate::protocol::{
    CheckpointReason, Code, Command, Event, Hyper, Hyperparameters, Place, Request, RequestId, Schedule, Split,
};
use crate::train::verdict::Verdict;

/// What people have said that is still to be done.
#[derive(Default)]
pub(super) struct Steering {
    pub paused: bool,
    /// Train so many batches although paused.
    pub single_steps: u32,
    /// The request that ended the run.
    pub stop_request: Option<RequestId>,
}

impl<P: Port> Engine<'_, P> {
    /// Carries out all commands that are there; while paused, waits for more.
    pub(super) fn obey(&mut self) -> Result<(), End> {
        loop {
            let request = match self.port.poll(self.cursor.step) {
                Some(request) => request,
                None if !self.steering.paused || self.steering.single_steps > 0 => break,
                None => {
                    self.offer(true);
                    self.port.wait().ok_or(End::Abandoned)?
                }
            };
            self.carry_out(request)?;
        }
        Ok(())
    }

    /// Does what a request asks for, and answers.
    fn carry_out(&mut self, Request { id, command }: Request) -> Result<(), End> {
        match command {
            Command::Pause | Command::Resume => {
                self.tell_steps();
                self.tell_samples();
                if command == Command::Pause {
                    self.steering.paused = true
                } else {
                    self.go_on()
                }
                self.steering.single_steps = 0;
                self.tell_phase(Some(id));
            }
            Command::Step => {
                self.steering.paused = true;
                self.diverged = None;
                self.steering.single_steps += 1;
                self.tell_phase(Some(id));
            }
            Command::SetHyper { hyper, value } => self.set(id, command, hyper, value),
            Command::AddEpochs { epochs } => self.add_epochs(id, command, epochs),
            Command::Evaluate if self.job.validation.is_empty() => {
                self.refuse(id, command, Code::NoValidation);
            }
            Command::Evaluate => {
                self.evaluate(Split::Validation, Some(id));
            }
            Command::Rewind { to, rate } => self.rewind(id, command, to, rate),
            Command::Checkpoint => self.keep(CheckpointReason::Asked, Some(id)),
            // The way to here answers it where there are several clients.
            Command::TakeControl => self.refuse(id, command, Code::NobodyElse),
            Command::Stop => {
                self.steering.stop_request = Some(id);
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
                let rate = self.effective_rate();
                self.telling.told_augmented = self.telling.told_augmented.filter(|_| hyper != Hyper::Augmentation);
                self.change(id, hyper, changed);
                if hyper == Hyper::Epochs {
                    self.reopen();
                    self.tell_schedule(rate, false, id);
                }
            }
            Err(error) => self.refuse(id, command, Code::Value(error)),
        }
    }

    /// Trains with these hyperparameters from the next step on, and tells of the one that is another.
    fn change(&mut self, id: RequestId, hyper: Hyper, changed: Hyperparameters) {
        let (from, to, step) = (self.hyper.get(hyper), changed.get(hyper), self.cursor.step + 1);
        (self.hyper, self.keeping.is_current) = (changed, false);
        self.port.emit(Event::HyperChanged { step, hyper, from, to, base: None, answers: id });
    }

    /// Trains up to so many epochs; those that are added have a schedule of their own.
    fn add_epochs(&mut self, id: RequestId, command: Command, epochs: usize) {
        let (from, rate) = (self.hyper.epochs, self.effective_rate());
        let changed = match self.hyper.with(Hyper::Epochs, epochs as f64) {
            Ok(changed) => changed,
            Err(error) => return self.refuse(id, command, Code::Value(error)),
        };
        if epochs <= from || self.job.started.spec.schedule == Schedule::Constant {
            return self.refuse(id, command, Code::NothingToRestart);
        }
        self.tell_steps();
        // What is left of the epochs planned so far, counted by where the run stands: batches may have been left out.
        let Cursor { epoch, images, images_seen, .. } = self.cursor;
        let of_epoch = images.map_or(0, |images| self.job.train.len().saturating_sub(images));
        let left = from.saturating_sub(epoch) * self.job.train.len() + of_epoch;
        self.schedule.restart(images_seen, images_seen + left as u64);
        self.change(id, Hyper::Epochs, changed);
        self.reopen();
        self.tell_schedule(rate, true, id);
    }

    /// Says what another number of epochs makes of the next step's learning rate, which was `from`.
    fn tell_schedule(&mut self, from: f64, restarts: bool, answers: RequestId) {
        let (to, step) = (self.effective_rate(), self.cursor.step + 1);
        if restarts || from != to {
            self.port.emit(Event::ScheduleMoved { step, from, to, restarts, answers });
        }
    }

    /// Somebody asks for other epochs: when the run was about to end before them, they overrule that, and early stopping waits
    /// as long as ever once more.
    fn reopen(&mut self) {
        let ends = matches!(self.verdict, Some(Verdict::TargetReached | Verdict::StopEarly));
        if ends && self.hyper.epochs > self.cursor.epoch {
            self.verdict = Some(Verdict::GoOn);
            self.stopping.wait_anew();
        }
    }

    /// Changes the base learning rate such that the next step's is `rate`.
    fn set_rate(&mut self, id: RequestId, rate: f64) {
        let from = self.effective_rate();
        self.keeping.is_current = false;
        self.hyper.learning_rate = rate / self.rate_factor();
        let base = (self.job.started.spec.schedule != Schedule::Constant).then_some(self.hyper.learning_rate);
        let (step, hyper) = (self.cursor.step + 1, Hyper::LearningRate);
        self.port.emit(Event::HyperChanged { step, hyper, from, to: rate, base, answers: id });
    }

    fn rewind(&mut self, id: RequestId, command: Command, to: Place, rate: Option<f64>) {
        let rate = rate.unwrap_or_else(|| (self.effective_rate() / 2.0).max(Hyper::LearningRate.range().0));
        if let Err(error) = Hyper::LearningRate.check(rate) {
            return self.refuse(id, command, Code::Value(error));
        }
        let (epoch, snapshot) = match self.find(to) {
            Ok(found) => found,
            Err(reason) => return self.refuse(id, command, reason),
        };
        self.tell_steps();
        self.go_back_to((epoch, &snapshot), to, Some(id));
        self.set_rate(id, rate);
        // Who paused the run goes on when they like.
        if self.diverged.is_some() {
            self.go_on();
        }
        self.tell_samples();
        self.tell_phase(Some(id));
    }

    fn go_on(&mut self) {
        self.steering.paused = false;
        self.diverged = None;
    }

    fn refuse(&mut self, id: RequestId, command: Command, reason: Code) {
        self.port.emit(Event::CommandRefused { command, reason: reason.into(), answers: id });
    }
}
