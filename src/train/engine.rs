//! The loop: take commands, train a batch, say what happened.

mod commands;
mod cursor;
mod judging;
mod keeping;
mod probing;
mod samples;
mod telling;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Instant;

use self::commands::Steering;
use self::cursor::Cursor;
use self::keeping::Keeping;
use self::telling::Telling;
use super::Job;
use super::checkpoint::Checkpoint;
use super::schedule::RateSchedule;
use super::stopping::EarlyStopping;
use super::verdict::Verdict;
use crate::data::{Augmenter, epoch_order};
use crate::nn::{Network, NotFinite};
use crate::protocol::{CheckpointReason, Code, Event, Hyper, Hyperparameters, Outcome, Quantity, Request, Split};

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
    /// The bytes of the checkpoint that was kept of a step, or why there are none.
    fn recall(&mut self, step: u64) -> Result<Vec<u8>, String>;
    /// Shows the network after a step to whoever wants to look into it; `rests` when no further step comes soon. Never waits
    /// for anybody.
    fn offer(&mut self, _step: u64, _network: &Network, _rests: bool) {}
}

/// A run while it trains.
pub(super) struct Engine<'a, P> {
    job: Job,
    port: &'a mut P,
    hyper: Hyperparameters,
    schedule: RateSchedule,
    stopping: EarlyStopping,
    cursor: Cursor,
    keeping: Keeping,
    telling: Telling,
    steering: Steering,
    /// Between two epochs, what was decided at the end of the one before.
    verdict: Option<Verdict>,
    /// These parameters have been judged on the test set by this engine.
    test_is_judged: bool,
    /// What was not finite, until training goes on.
    diverged: Option<NotFinite>,
    /// The run goes on from a checkpoint.
    resumed: bool,
}

/// Why the loop goes no further.
enum End {
    Completed,
    Stop,
    Target,
    /// With the reason.
    Early(Code),
    /// Nobody is left who could ever say Resume.
    Abandoned,
}

impl<'a, P: Port> Engine<'a, P> {
    pub fn new(mut job: Job, port: &'a mut P) -> Self {
        let spec = &job.started.spec;
        let (hyper, schedule, stopping) =
            (spec.hyperparameters, RateSchedule::new(spec.schedule), EarlyStopping::new(spec.min_delta));
        let checkpoint = job.checkpoint.take();
        let start = Arc::new(job.learner.snapshot());
        // Who goes on has built the network anew, but not read the parameters that it started from.
        let is_start = checkpoint.is_none() || spec.init_from.is_none();
        let mut engine = Self {
            hyper,
            schedule,
            stopping,
            cursor: Cursor::default(),
            keeping: Keeping { start: is_start.then(|| Arc::clone(&start)), good: (0, start), best: None, is_current: false },
            telling: Telling::new(),
            steering: Steering::default(),
            verdict: None,
            test_is_judged: false,
            diverged: None,
            resumed: false,
            job,
            port,
        };
        if let Some(checkpoint) = checkpoint {
            engine.go_on_from(*checkpoint);
        }
        engine
    }

    /// Trains to the end and judges the network.
    pub fn run(mut self) {
        if self.resumed {
            let (step, threads) = (self.cursor.step, self.job.started.threads);
            self.port.emit(Event::RunResumed { step, threads });
        } else {
            self.port.emit(Event::RunStarted(Box::new(self.job.started.clone())));
            let layers = self.job.started.spec.fine_tuning.renewed.clone();
            if !layers.is_empty() {
                self.port.emit(Event::LayersRenewed { layers });
            }
            for note in self.job.dataset.notes.clone() {
                self.port.emit(Event::DataNoted { note });
            }
            self.keep_snapshot(Arc::clone(&self.keeping.good.1), CheckpointReason::Start, None);
        }
        // Who looks on sees that it starts, and no step waits for it.
        self.job.dataset.unpack();
        self.choose_samples();
        let end = self.train();
        let outcome = self.outcome(end);
        self.tell_steps();
        let restored = match outcome {
            Outcome::Completed | Outcome::StoppedEarly { .. } => self.restore_best(),
            // Nobody wants what was spoilt.
            Outcome::Failed { .. } | Outcome::Stopped if self.diverged.is_some() => {
                self.restore_good();
                true
            }
            Outcome::Failed { .. } | Outcome::TargetReached | Outcome::Stopped => false,
        };
        self.tell_samples();
        if !self.test_is_judged {
            self.evaluate(Split::Test, None);
        }
        if restored || !self.keeping.is_current {
            self.keep(CheckpointReason::End, None);
        }
        self.save();
        let weights_sha256 = self.job.learner.network().sha256();
        let (step, answers) = (self.cursor.step, self.steering.stop_request);
        self.offer(true);
        self.port.emit(Event::RunEnded { outcome, step, weights_sha256, answers });
    }

    /// Shows the network as it is now to whoever wants to look into it.
    pub(super) fn offer(&mut self, rests: bool) {
        self.port.offer(self.cursor.step, self.job.learner.network(), rests);
    }

    fn outcome(&self, end: End) -> Outcome {
        match (end, &self.diverged) {
            (End::Completed, _) => Outcome::Completed,
            (End::Target, _) => Outcome::TargetReached,
            (End::Early(reason), _) => Outcome::StoppedEarly { reason: reason.into() },
            (End::Abandoned, Some(wrong)) => Outcome::Failed { message: self.divergence(wrong).into() },
            (End::Stop | End::Abandoned, _) => Outcome::Stopped,
        }
    }

    fn train(&mut self) -> End {
        if self.cursor.images.is_none() && self.cursor.epoch > 0 && self.verdict.is_none() {
            // A checkpoint of a program that decided later than it kept.
            self.decide();
        }
        loop {
            if let Err(end) = self.train_epoch() {
                return end;
            }
        }
    }

    /// Trains an epoch, or the rest of it.
    fn train_epoch(&mut self) -> Result<(), End> {
        let mut position = match self.cursor.images {
            Some(position) => position,
            None => {
                if self.end().is_some() {
                    // The last moment at which somebody can ask for more.
                    self.obey()?;
                }
                if let Some(end) = self.end() {
                    return Err(end);
                }
                self.verdict = None;
                self.cursor.begin_epoch();
                0
            }
        };
        let began = Instant::now();
        let order = epoch_order(&self.job.train, self.job.started.spec.seed, self.cursor.epoch);
        self.cursor.trained += began.elapsed();
        while position < order.len() {
            self.cursor.images = Some(position);
            self.obey()?;
            let batch = &order[position..order.len().min(position + self.hyper.batch_size)];
            self.batch(batch);
            position += batch.len();
        }
        self.cursor.images = Some(position);
        if self.diverged.is_some() {
            // Nothing is judged before somebody has said how to go on.
            self.obey()?;
        }
        self.finish_epoch();
        Ok(())
    }

    /// All images that are to be trained on: schedules follow the images seen, so changes of the batch size and of the number
    /// of epochs fit in.
    fn images_planned(&self) -> u64 {
        (self.job.train.len() * self.hyper.epochs) as u64
    }

    /// What the schedule multiplies the learning rate of the next step by.
    fn rate_factor(&self) -> f64 {
        self.schedule.factor_after(self.cursor.images_seen, self.images_planned())
    }

    /// The learning rate of the next step.
    fn effective_rate(&self) -> f64 {
        (self.hyper.learning_rate * self.rate_factor()).min(Hyper::LearningRate.range().1)
    }

    fn batch(&mut self, batch: &[u32]) {
        let began = Instant::now();
        self.begin_telling();
        let hyper = Hyperparameters { learning_rate: self.effective_rate(), ..self.hyper };
        self.steering.single_steps = self.steering.single_steps.saturating_sub(1);
        let spec = &self.job.started.spec;
        let augmenter = Augmenter::new(spec.augmentation, hyper.augmentation, spec.seed, self.cursor.epoch);
        // Where pixels are scaled by their mean, what comes in at the border is that mean, and no edge.
        let border =
            spec.data.scaling.as_ref().map_or(0.0, |scaling| scaling.mean.iter().sum::<f32>() / scaling.mean.len() as f32);
        let augmenter = augmenter.map(|augmenter| augmenter.with_border(border));
        if self.telling.layers_are_due(self.steering.paused) {
            self.job.learner.measure_layers_next();
        }
        let steps = &mut self.telling.steps;
        if steps.loss.is_empty() {
            self.job.learner.measure_next();
        }
        let outcome = self.job.learner.step(&self.job.dataset.train, batch, augmenter.as_ref(), &hyper, &mut steps.confusion);
        self.cursor.trained += began.elapsed();
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(wrong) => return self.diverge(wrong),
        };
        if steps.loss.is_empty() {
            steps.gradient_norm = outcome.gradient_norm;
        }
        steps.loss.push(outcome.loss);
        steps.correct.push(outcome.correct);
        steps.batch.push(batch.len() as u32);
        steps.learning_rate.push(hyper.learning_rate as f32);
        self.cursor.count(batch.len(), outcome.loss, outcome.correct);
        (self.keeping.is_current, self.test_is_judged) = (false, false);
        if let Some(layers) = outcome.layers {
            self.port.emit(Event::LayersMeasured { step: self.cursor.step, layers });
        }
        self.probe(batch.len());
        self.tell_what_is_due(augmenter.as_ref(), batch);
        self.offer(false);
    }

    /// Pauses instead of making a step with numbers that are not finite.
    fn diverge(&mut self, wrong: NotFinite) {
        self.tell_steps();
        let NotFinite { quantity, layer } = wrong.clone();
        self.port.emit(Event::Diverged { step: self.cursor.step + 1, quantity, layer });
        self.diverged = Some(wrong);
        self.steering.paused = true;
        self.steering.single_steps = 0;
        self.tell_phase(None);
    }

    /// What went wrong, and what to do, when nobody is there to do it now.
    fn divergence(&self, wrong: &NotFinite) -> Code {
        let step = self.cursor.step + 1;
        match wrong.quantity {
            Quantity::Parameter => Code::TooLarge { step },
            quantity => Code::NotFinite { quantity, step },
        }
    }
}
