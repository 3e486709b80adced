//! The loop: take commands, train a batch, say what happened.

mod commands;
mod samples;
#[cfg(test)]
mod tests;

use std::mem::take;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Job;
use super::checkpoint::{self, Checkpoint, Position};
use super::schedule::RateSchedule;
use super::stopping::EarlyStopping;
use crate::data::{Augmenter, epoch_order};
use crate::files::write_whole;
use crate::nn::{NotFinite, Snapshot};
use crate::protocol::{
    CheckpointReason, Code, ConfusionMatrix, Event, Hyper, Hyperparameters, Outcome, Phase, Request, RequestId, Split,
    StepsFinished,
};

/// Steps are told about 8 times a second, all since the last time at once: often enough to look alive, and calm.
const TELL_STEPS: Duration = Duration::from_millis(125);
/// The chosen images are looked at again so often.
const TELL_SAMPLES: Duration = Duration::from_millis(500);
/// Varied training images are shown so often: long enough to be looked at.
const TELL_AUGMENTED: Duration = Duration::from_millis(2000);

/// The engine's way to everybody else.
pub trait Port {
    /// A command, when one is there; so many steps have been made.
    fn poll(&mut self, step: u64) -> Option<Request>;
    /// The next command, however long it takes; `None` when nobody is left who could give one.
    fn wait(&mut self) -> Option<Request>;
    /// Tells everybody. Never waits for anybody.
    fn emit(&mut self, event: Event);
    /// Gives a checkpoint, just told of, to whoever keeps them. Never waits for anybody.
    fn keep(&mut self, checkpoint: Checkpoint);
}

/// A run while it trains.
pub(super) struct Engine<'a, P> {
    job: Job,
    port: &'a mut P,
    hyper: Hyperparameters,
    schedule: RateSchedule,
    stopping: EarlyStopping,
    /// The newest epoch's end, or the start as epoch 0, with a finite validation loss.
    good: (usize, Arc<Snapshot>),
    /// The end of the epoch with the best validation loss.
    best: Option<(usize, Arc<Snapshot>)>,
    /// What was not finite, until training goes on.
    diverged: Option<NotFinite>,
    /// The epoch being trained, or the last one trained, counted from 1.
    epoch: usize,
    /// The images of it that have been trained on, in the order of the epoch; none between two epochs.
    images: Option<usize>,
    /// Steps done.
    step: u64,
    images_seen: u64,
    trained: Duration,
    paused: bool,
    /// Train so many batches although paused.
    single_steps: u32,
    stop_request: Option<RequestId>,
    /// The step of the newest checkpoint.
    kept: Option<u64>,
    steps: StepsFinished,
    told_steps: Instant,
    told_samples: Option<Instant>,
    told_augmented: Option<Instant>,
    /// Sums over the epoch: the losses of its images, the right ones, all.
    epoch_sums: (f64, u64, u64),
    samples: Vec<u32>,
}

/// Why the loop goes no further.
enum End {
    Stop,
    Target,
    /// With the reason.
    Early(Code),
    /// Nobody is left who could ever say Resume.
    Abandoned,
}

/// An epoch's judgement on one split.
struct Judgement {
    loss: f64,
    accuracy: f64,
}

impl<'a, P: Port> Engine<'a, P> {
    pub fn new(mut job: Job, port: &'a mut P) -> Self {
        let spec = &job.started.spec;
        let (schedule, stopping) = (RateSchedule::new(spec.schedule), EarlyStopping::new(spec.min_delta));
        let checkpoint = job.checkpoint.take();
        let mut engine = Self {
            hyper: spec.hyperparameters,
            schedule,
            stopping,
            good: (0, Arc::new(job.learner.snapshot())),
            best: None,
            diverged: None,
            job,
            port,
            epoch: 0,
            images: None,
            step: 0,
            images_seen: 0,
            trained: Duration::ZERO,
            paused: false,
            single_steps: 0,
            stop_request: None,
            kept: None,
            steps: StepsFinished::default(),
            told_steps: Instant::now(),
            told_samples: None,
            told_augmented: None,
            epoch_sums: (0.0, 0, 0),
            samples: Vec::new(),
        };
        if let Some(checkpoint) = checkpoint {
            engine.go_on_from(*checkpoint);
        }
        engine
    }

    /// Trains to the end and judges the network.
    pub fn run(mut self) {
        match self.kept {
            None => {
                self.port.emit(Event::RunStarted(Box::new(self.job.started.clone())));
                self.keep(CheckpointReason::Start, None);
            }
            Some(step) => self.port.emit(Event::RunResumed { step, threads: self.job.started.threads }),
        }
        // Who looks on sees that it starts, and no step waits for it.
        self.job.dataset.unpack();
        self.choose_samples();
        let outcome = match (self.train(), &self.diverged) {
            (Ok(()), _) => Outcome::Completed,
            (Err(End::Target), _) => Outcome::TargetReached,
            (Err(End::Early(reason)), _) => Outcome::StoppedEarly { reason: reason.into() },
            (Err(End::Abandoned), Some(wrong)) => {
                // Nobody is there to say how to go on.
                let message = Code::NotFinite { quantity: wrong.quantity, step: self.step + 1 }.into();
                Outcome::Failed { message }
            }
            (Err(End::Stop | End::Abandoned), _) => Outcome::Stopped,
        };
        self.tell_steps();
        let restored = match outcome {
            Outcome::Completed | Outcome::StoppedEarly { .. } => self.restore_best(),
            // Nobody wants what was spoilt.
            Outcome::Failed { .. } | Outcome::Stopped if self.diverged.is_some() => {
                self.restore_good(None);
                true
            }
            Outcome::Failed { .. } | Outcome::TargetReached | Outcome::Stopped => false,
        };
        self.tell_samples();
        // The target is looked for on the test set, which then has been judged at the epoch's end.
        if self.job.started.spec.until_test_accuracy.is_none() || restored || outcome == Outcome::Stopped {
            self.evaluate(Split::Test, None);
        }
        if restored || self.kept != Some(self.step) {
            self.keep(CheckpointReason::End, None);
        }
        self.save();
        let weights_sha256 = self.job.learner.network().sha256();
        self.port.emit(Event::RunEnded { outcome, step: self.step, weights_sha256, answers: self.stop_request });
    }

    fn train(&mut self) -> Result<(), End> {
        loop {
            let mut position = match self.images {
                Some(position) => position,
                None if self.epoch >= self.hyper.epochs => {
                    // The last moment at which somebody can ask for more.
                    self.obey()?;
                    if self.epoch >= self.hyper.epochs {
                        return Ok(());
                    }
                    continue;
                }
                None => {
                    self.epoch += 1;
                    self.epoch_sums = (0.0, 0, 0);
                    0
                }
            };
            let began = Instant::now();
            let order = epoch_order(&self.job.train, self.job.started.spec.seed, self.epoch);
            self.trained += began.elapsed();
            while position < order.len() {
                self.images = Some(position);
                self.obey()?;
                let batch = &order[position..order.len().min(position + self.hyper.batch_size)];
                self.batch(batch);
                position += batch.len();
            }
            self.images = Some(position);
            if self.diverged.is_some() {
                // Nothing is judged before somebody has said how to go on.
                self.obey()?;
            }
            self.images = None;
            self.finish_epoch()?;
        }
    }

    /// Carries out all commands that are there; while paused, waits for more.
    fn obey(&mut self) -> Result<(), End> {
        loop {
            let request = match self.port.poll(self.step) {
                Some(request) => request,
                None if !self.paused || self.single_steps > 0 => break,
                None => match self.port.wait() {
                    Some(request) => request,
                    None => return Err(End::Abandoned),
                },
            };
            self.carry_out(request)?;
        }
        Ok(())
    }

    /// The images seen over the images planned: changes of the batch size and of the number of epochs fit in.
    fn position(&self) -> f64 {
        self.images_seen as f64 / (self.job.train.len() * self.hyper.epochs) as f64
    }

    /// The learning rate of the next step.
    fn effective_rate(&self) -> f64 {
        (self.hyper.learning_rate * self.schedule.factor(self.position())).min(Hyper::LearningRate.range().1)
    }

    fn batch(&mut self, batch: &[u32]) {
        let began = Instant::now();
        if self.steps.loss.is_empty() {
            self.steps.first_step = self.step + 1;
            self.steps.epoch = self.epoch;
            self.steps.confusion = ConfusionMatrix::new(self.job.started.class_names.len());
        }
        let hyper = Hyperparameters { learning_rate: self.effective_rate(), ..self.hyper };
        self.single_steps = self.single_steps.saturating_sub(1);
        let spec = &self.job.started.spec;
        let augmenter = Augmenter::new(spec.augmentation, hyper.augmentation, spec.seed, self.epoch);
        let confusion = &mut self.steps.confusion;
        let outcome = self.job.learner.step(&self.job.dataset.train, batch, augmenter.as_ref(), &hyper, confusion);
        self.trained += began.elapsed();
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(wrong) => return self.diverge(wrong),
        };
        self.step += 1;
        self.images_seen += batch.len() as u64;
        self.steps.loss.push(outcome.loss);
        self.steps.correct.push(outcome.correct);
        self.steps.batch.push(batch.len() as u32);
        self.steps.learning_rate.push(hyper.learning_rate as f32);
        let (loss, correct, images) = &mut self.epoch_sums;
        *loss += f64::from(outcome.loss) * batch.len() as f64;
        *correct += u64::from(outcome.correct);
        *images += batch.len() as u64;
        if self.paused || self.told_steps.elapsed() >= TELL_STEPS {
            self.tell_steps();
        }
        if self.paused || self.told_samples.is_none_or(|told| told.elapsed() >= TELL_SAMPLES) {
            self.tell_samples();
        }
        if let Some(augmenter) = augmenter
            && (self.paused || self.told_augmented.is_none_or(|told| told.elapsed() >= TELL_AUGMENTED))
        {
            self.tell_augmented(&augmenter, batch);
        }
    }

    /// Pauses instead of making a step with numbers that are not finite.
    fn diverge(&mut self, wrong: NotFinite) {
        self.tell_steps();
        let NotFinite { quantity, layer } = wrong.clone();
        self.port.emit(Event::Diverged { step: self.step + 1, quantity, layer });
        self.diverged = Some(wrong);
        self.paused = true;
        self.single_steps = 0;
        self.tell_phase(None);
    }

    fn finish_epoch(&mut self) -> Result<(), End> {
        self.tell_steps();
        let (loss, correct, images) = self.epoch_sums;
        if images == 0 {
            // Not one of its batches gave a step.
            return Ok(());
        }
        let (train_loss, train_accuracy) = (loss / images as f64, correct as f64 / images as f64);
        self.port.emit(Event::EpochFinished { epoch: self.epoch, step: self.step, train_loss, train_accuracy });
        let loss = (!self.job.validation.is_empty()).then(|| self.evaluate(Split::Validation, None).loss);
        if loss.is_none_or(f64::is_finite) {
            self.good = (self.epoch, Arc::new(self.job.learner.snapshot()));
        }
        if let Some(loss) = loss {
            self.schedule.judged(loss);
            if self.stopping.judged(self.epoch, loss) {
                self.best = Some(self.good.clone());
            }
        }
        self.keep(CheckpointReason::Epoch, None);
        if let Some(target) = self.job.started.spec.until_test_accuracy
            && self.evaluate(Split::Test, None).accuracy >= target
        {
            return Err(End::Target);
        }
        self.stopping.reason(self.hyper.patience).map_or(Ok(()), |reason| Err(End::Early(reason)))
    }

    /// With early stopping, takes the parameters of the best epoch again, when it was not the last; whether it did.
    fn restore_best(&mut self) -> bool {
        let Some((epoch, snapshot)) = self.best.take().filter(|(epoch, _)| self.hyper.patience > 0 && *epoch != self.epoch)
        else {
            return false;
        };
        self.job.learner.restore(&snapshot);
        self.port.emit(Event::ParametersRestored { step: self.step, epoch, answers: None });
        self.evaluate(Split::Validation, None);
        true
    }

    /// Takes the parameters and moments of the newest epoch's end, or of the start, again.
    fn restore_good(&mut self, answers: Option<RequestId>) {
        let (epoch, snapshot) = &self.good;
        self.job.learner.restore(snapshot);
        // What was trained since does not count.
        self.epoch_sums = (0.0, 0, 0);
        self.port.emit(Event::ParametersRestored { step: self.step, epoch: *epoch, answers });
    }

    /// Judges the network and tells.
    fn evaluate(&mut self, split: Split, answers: Option<RequestId>) -> Judgement {
        self.tell_steps();
        self.port.emit(Event::PhaseChanged { phase: Phase::Evaluating, step: self.step, answers: None });
        let Job { learner, dataset, validation, .. } = &mut self.job;
        let evaluation = match split {
            Split::Validation => learner.evaluate(&dataset.train, validation),
            Split::Test => learner.evaluate(&dataset.test, &(0..dataset.test.len() as u32).collect::<Vec<_>>()),
        };
        let judgement = Judgement { loss: evaluation.loss, accuracy: evaluation.confusion.accuracy() };
        self.port.emit(Event::Evaluated { split, epoch: self.epoch, step: self.step, evaluation, answers });
        self.tell_phase(None);
        judgement
    }

    fn tell_phase(&mut self, answers: Option<RequestId>) {
        let phase = if self.paused { Phase::Paused } else { Phase::Training };
        self.port.emit(Event::PhaseChanged { phase, step: self.step, answers });
    }

    fn tell_steps(&mut self) {
        self.told_steps = Instant::now();
        if self.steps.loss.is_empty() {
            return;
        }
        self.steps.images_seen = self.images_seen;
        self.steps.train_seconds = self.trained.as_secs_f64();
        let steps = take(&mut self.steps);
        self.port.emit(Event::StepsFinished(Box::new(steps)));
    }

    /// Gives everything that is needed to go on from here to whoever keeps it.
    fn keep(&mut self, reason: CheckpointReason, answers: Option<RequestId>) {
        self.tell_steps();
        self.kept = Some(self.step);
        let current = match reason {
            CheckpointReason::Start => Arc::clone(&self.good.1),
            CheckpointReason::Epoch if self.good.0 == self.epoch => Arc::clone(&self.good.1),
            _ => Arc::new(self.job.learner.snapshot()),
        };
        let best = self.best.as_ref();
        let optimizer_steps = [current.steps(), self.good.1.steps(), best.map_or(0, |(_, best)| best.steps())];
        let position = Position {
            version: checkpoint::VERSION,
            epoch: self.epoch,
            images: self.images,
            step: self.step,
            images_seen: self.images_seen,
            train_seconds: self.trained.as_secs_f64(),
            hyper: self.hyper,
            schedule: self.schedule,
            stopping: self.stopping,
            epoch_sums: self.epoch_sums,
            good_epoch: self.good.0,
            best_epoch: best.map(|(epoch, _)| *epoch),
            optimizer_steps,
        };
        let (good, best) = (Arc::clone(&self.good.1), best.map(|(_, best)| Arc::clone(best)));
        self.port.emit(Event::CheckpointTaken { step: self.step, epoch: self.epoch, reason, answers });
        self.port.keep(Checkpoint { started: self.job.started.clone(), position, current, good, best });
    }

    /// Takes up where the checkpoint was taken.
    fn go_on_from(&mut self, checkpoint: Checkpoint) {
        let Checkpoint { position, current, good, best, .. } = checkpoint;
        self.job.learner.restore(&current);
        self.hyper = position.hyper;
        self.schedule = position.schedule;
        self.stopping = position.stopping;
        self.good = (position.good_epoch, good);
        self.best = position.best_epoch.zip(best);
        self.epoch = position.epoch;
        self.images = position.images;
        self.step = position.step;
        self.images_seen = position.images_seen;
        self.trained = Duration::try_from_secs_f64(position.train_seconds).unwrap_or_default();
        self.epoch_sums = position.epoch_sums;
        self.kept = Some(position.step);
    }

    /// Writes the parameters to the file that was asked for.
    fn save(&mut self) {
        let Some(file) = &self.job.save else { return };
        let path = file.display().to_string();
        let metadata = [("run", &self.job.started.run_id), ("preset", &self.job.started.spec.preset)];
        let numbers = [("step", self.step), ("epoch", self.epoch as u64), ("seed", self.job.started.spec.seed)];
        let metadata = metadata.map(|(key, value)| (key.into(), value.clone()));
        let metadata = metadata.into_iter().chain(numbers.map(|(key, value)| (key.into(), value.to_string())));
        let bytes = self.job.learner.network().to_safetensors(metadata.collect()).map_err(|error| error.to_string());
        let saved = bytes.and_then(|bytes| write_whole(file, &bytes).map_err(|error| error.to_string()));
        self.port.emit(match saved {
            Ok(()) => Event::ParametersSaved { step: self.step, path },
            Err(reason) => Event::SavingFailed { path, reason },
        });
    }
}
