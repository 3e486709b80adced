//! The one fold from events to everything that is shown of a run.

mod progress;

pub use progress::reach;

use std::collections::{BTreeMap, VecDeque};

use super::text::grouped;
use super::{Courses, HealthWatch, Impacts, Intervention, LogKind, LogLine, SampleOrder, Steerer, StepSeries};
use crate::protocol::{
    CheckpointReason, ConfusionMatrix, Evaluation, Event, Hyper, Hyperparameters, LayerMeasure, MOST_CLASSES, Outcome, Phase,
    Place, Quantity, Record, RunStarted, Sample, Split, StepsFinished,
};
use crate::text::{LogText, Percent};

/// Throughput is measured over about so many seconds of training.
const RATE_WINDOW_SECONDS: f64 = 3.0;
/// So many checkpoints at most are on their way to the disk.
const MOST_TAKEN: usize = 64;

/// Everything that is known of a run, from its events and nothing else.
#[derive(Clone, Debug, Default)]
pub struct RunState {
    /// The recipe and the sizes, once the run has started.
    pub started: Option<Box<RunStarted>>,
    /// What the worker does; `None` before the start.
    pub phase: Option<Phase>,
    /// Why and with what weights the run ended, once it has.
    pub ended: Option<Ended>,
    /// The hyperparameters as they are now.
    pub hyperparameters: Option<Hyperparameters>,
    /// The epoch being trained, counted from 1; 0 before the first step.
    pub epoch: usize,
    /// Epochs trained to their end.
    pub epochs_finished: usize,
    /// Steps done.
    pub step: u64,
    /// Images trained on.
    pub images_seen: u64,
    /// Seconds of training, without judging and pauses.
    pub train_seconds: f64,
    /// Milliseconds since the run started, at the newest event.
    pub at_ms: u64,
    /// One value a step.
    pub steps: StepSeries,
    /// Judgements on the validation images, in order.
    pub validations: Vec<EvaluationPoint>,
    /// Judgements on the test set, in order.
    pub tests: Vec<EvaluationPoint>,
    /// Judgements on the digits that the person who trained it has drawn, in order.
    pub own: Vec<EvaluationPoint>,
    /// Changes of hyperparameters, in order.
    pub interventions: Vec<Intervention>,
    /// What came of them.
    pub impacts: Impacts,
    /// What the training images of this epoch were taken for so far.
    pub train_confusion: ConfusionMatrix,
    /// The images whose predictions are shown.
    pub samples: Vec<Sample>,
    /// The order in which they are shown.
    pub sample_order: SampleOrder,
    /// For each of them, the newest probability of each class.
    pub probabilities: Vec<Vec<f32>>,
    /// Training images as they are varied now; none when they are not, or when no batch has been trained since a change.
    pub augmented: Vec<Sample>,
    /// What happened, for people.
    pub log: Vec<LogLine>,
    /// The mean loss over the last whole epoch, each image taken when it was trained on.
    pub epoch_train_loss: Option<f64>,
    /// What was not finite, while training waits for somebody to say how to go on.
    pub diverged: Option<LogText>,
    /// Seconds of training until the test accuracy asked for was first reached.
    pub seconds_to_target: Option<f64>,
    /// The newest effective learning rate.
    effective_rate: Option<f64>,
    /// The parameters were to be written to a file and could not be.
    pub not_saved: bool,
    /// What happens cannot be written down.
    pub not_recorded: bool,
    /// Nobody can attach.
    pub not_served: bool,
    /// The layers with parameters, as they were measured last; none from programs that did not measure them.
    pub layers: Vec<LayerMeasure>,
    /// The courses of validation and test images over the judgements.
    courses: [Courses; 2],
    /// Whether it learns.
    pub health: HealthWatch,
    /// The checkpoints on disk, with the epoch in which, or at whose end, each was taken.
    pub checkpoints: BTreeMap<u64, usize>,
    /// The newest checkpoints that were taken and may still be on their way to the disk, with their epochs.
    taken: VecDeque<(u64, usize)>,
    /// Lines of the log on disk that cannot be read, when it was read from there: what they told is missing.
    pub unread: Vec<String>,
    /// Who steers.
    pub steerer: Steerer,
    /// The last step of the epoch whose end had the least validation loss, and the loss.
    best_epoch: Option<(u64, f64)>,
    newest_epoch: Option<(usize, u64)>,
    rate: VecDeque<(f64, u64)>,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Ended {
    /// Why.
    pub outcome: Outcome,
    /// The digest of the weights.
    pub weights_sha256: String,
}

/// A judgement and when it was made.
#[derive(Clone, Debug, PartialEq)]
pub struct EvaluationPoint {
    /// In this epoch, counted from 1.
    pub epoch: usize,
    /// After this step.
    pub step: u64,
    /// The result.
    pub evaluation: Evaluation,
}

impl RunState {
    /// A fold that keeps every step, for exports; in memory that grows with the run.
    pub fn lossless() -> Self {
        Self { steps: StepSeries::lossless(), ..Self::default() }
    }

    /// Takes one more event into account.
    pub fn apply(&mut self, record: &Record) {
        self.at_ms = record.at_ms;
        match &record.event {
            Event::RunStarted(started) => {
                let (name, parameters, seed) = (started.name.clone(), grouped(started.parameters() as u64), started.spec.seed);
                self.log(LogKind::Progress, LogText::Started { name, parameters, seed });
                self.hyperparameters = Some(started.spec.hyperparameters);
                self.phase = Some(Phase::Training);
                self.train_confusion = ConfusionMatrix::new(started.class_names.len().min(MOST_CLASSES));
                self.started = Some(started.clone());
                self.steerer = Steerer::Starter;
            }
            Event::SamplesChosen { samples } => {
                self.samples.clone_from(samples);
                self.order_samples(true);
            }
            Event::SamplesPredicted { probabilities, .. } => {
                self.probabilities.clone_from(probabilities);
                self.order_samples(false);
            }
            Event::SamplesAugmented { samples, .. } => self.augmented.clone_from(samples),
            Event::StepsFinished(steps) => self.apply_steps(steps),
            Event::EpochFinished { epoch, step, train_loss, train_accuracy } => {
                self.order_samples(true);
                self.epoch_train_loss = Some(*train_loss);
                self.epochs_finished = *epoch;
                self.newest_epoch = Some((*epoch, *step));
                self.step = *step;
                self.health.epoch_finished(*train_loss, *train_accuracy);
                let (epoch, loss, accuracy) = (*epoch, *train_loss, Percent(*train_accuracy));
                self.log(LogKind::Progress, LogText::EpochDone { epoch, loss, accuracy });
            }
            Event::Evaluated { split, epoch, step, evaluation, answers } => {
                self.apply_evaluation(*split, *epoch, *step, evaluation);
                let is_best = evaluation.loss.is_finite() && self.best_epoch.is_none_or(|(_, best)| evaluation.loss < best);
                if *split == Split::Validation && answers.is_none() && is_best {
                    self.best_epoch = Some((*step, evaluation.loss));
                }
            }
            Event::OwnJudged { epoch, step, evaluation } => {
                let point = EvaluationPoint { epoch: *epoch, step: *step, evaluation: evaluation.clone() };
                self.own.push(point);
            }
            Event::LayersMeasured { layers, .. } => {
                self.steps.measured(layers);
                self.layers.clone_from(layers);
            }
            Event::ImagesJudged { split, images, .. } => self.courses[usize::from(*split == Split::Test)].judged(images),
            Event::PhaseChanged { phase, answers, .. } => {
                let paused = self.phase == Some(Phase::Paused);
                if *phase == Phase::Paused && !paused {
                    self.log(LogKind::Progress, LogText::Paused);
                } else if *phase == Phase::Training && paused && answers.is_some() {
                    self.log(LogKind::Progress, LogText::Resumed);
                }
                if *phase == Phase::Training {
                    self.diverged = None;
                }
                self.phase = Some(*phase);
            }
            Event::HyperChanged { step, hyper, from, to, base, answers } => {
                match &mut self.hyperparameters {
                    // A base may lie outside the range of rates, when the schedule's factor is small.
                    Some(hyperparameters) if *hyper == Hyper::LearningRate => {
                        hyperparameters.learning_rate = base.unwrap_or(*to);
                        self.effective_rate = Some(*to);
                    }
                    Some(hyperparameters) => *hyperparameters = hyperparameters.with(*hyper, *to).unwrap_or(*hyperparameters),
                    None => {}
                }
                self.health.changed(*hyper);
                self.impacts.changed(*hyper, *step);
                if *hyper == Hyper::Augmentation {
                    // The next batch will look different.
                    self.augmented.clear();
                }
                let by = self.steerer.name_of(answers.client).map(str::to_owned);
                let epoch = self.epoch.max(1);
                let change = Intervention { step: *step, epoch, hyper: *hyper, from: *from, to: *to, by };
                let text = change.text();
                self.interventions.push(change);
                self.log(LogKind::Intervention(self.interventions.len()), text);
            }
            Event::ScheduleMoved { from, to, restarts, .. } => {
                self.effective_rate = Some(*to);
                let epochs = self.hyperparameters.map_or(0, |hyper| hyper.epochs);
                let [from, to] = [from, to].map(|rate| Hyper::LearningRate.display(*rate));
                let text = match restarts {
                    true => LogText::ScheduleRestarted { from, to },
                    false => LogText::ScheduleStretched { epochs, from, to },
                };
                self.log(LogKind::Progress, text);
            }
            Event::Diverged { quantity, layer, .. } => {
                let text = match (quantity, layer.clone()) {
                    (Quantity::Loss, None) => LogText::LossNotFinite,
                    (Quantity::Loss, Some(layer)) => LogText::LossAndLayerNotFinite { layer },
                    (Quantity::Gradient, None) => LogText::GradientNotFinite,
                    (Quantity::Gradient, Some(layer)) => LogText::LayerNotFinite { layer },
                    (Quantity::Parameter, None) => LogText::ParametersTooLarge,
                    (Quantity::Parameter, Some(layer)) => LogText::LayerTooLarge { layer },
                };
                self.log(LogKind::Problem, text.clone());
                self.log(LogKind::Problem, LogText::HowToGoOn);
                self.diverged = Some(text);
            }
            Event::ParametersRestored { epoch, from, .. } => {
                self.steps.smooth_anew();
                self.health.begin_anew();
                self.impacts.went_back();
                let text = match (from, *epoch) {
                    (Place::Checkpoint(step), _) => LogText::CheckpointRestored { step: *step },
                    (_, 0) => LogText::StartRestored,
                    (_, epoch) => LogText::EpochRestored { epoch },
                };
                self.log(LogKind::Progress, text);
            }
            Event::ParametersSaved { path, .. } => self.log(LogKind::Progress, LogText::Saved { path: path.clone() }),
            Event::SavingFailed { path, reason } => {
                self.not_saved = true;
                self.log(LogKind::Problem, LogText::NotSaved { path: path.clone(), reason: reason.clone() });
            }
            Event::CheckpointTaken { step, epoch, reason, .. } => {
                self.taken.push_back((*step, *epoch));
                self.taken.drain(..self.taken.len().saturating_sub(MOST_TAKEN));
                if *reason == CheckpointReason::Asked {
                    self.log(LogKind::Progress, LogText::CheckpointTaken);
                }
            }
            Event::CheckpointSaved { step, removed, .. } => {
                self.saved(*step);
                self.checkpoints.retain(|step, _| !removed.contains(step));
            }
            Event::CheckpointFailed { step, reason } => {
                self.log(LogKind::Problem, LogText::NoCheckpoint { step: *step, reason: reason.clone() });
            }
            Event::DataNoted { note } => self.log(LogKind::Progress, LogText::DataNoted { note: note.clone() }),
            Event::LayersRenewed { layers } => {
                self.log(LogKind::Progress, LogText::LayersRenewed { layers: layers.join(", ") });
            }
            Event::CheckpointPassedOver { reason } => {
                self.log(LogKind::Problem, LogText::CheckpointPassedOver { reason: reason.clone() });
            }
            Event::RecordingFailed { reason } => {
                self.not_recorded = true;
                self.log(LogKind::Problem, LogText::NotRecorded { reason: reason.clone() });
            }
            Event::ServingFailed { reason } => {
                self.not_served = true;
                self.log(LogKind::Problem, LogText::NotServed { reason: reason.clone() });
            }
            Event::RecordingWorked {} => {
                self.not_recorded = false;
                self.log(LogKind::Progress, LogText::RecordedAgain);
            }
            Event::RecordTooLong { name, bytes } => {
                self.log(LogKind::Problem, LogText::TooLong { name: name.clone(), bytes: *bytes });
            }
            // Whoever knows it will read it.
            Event::Unknown(_) => {}
            Event::RunResumed { step, .. } => {
                // Another process trains it now, from a checkpoint whose numbers are finite.
                (self.diverged, self.not_served) = (None, false);
                self.saved(*step);
                self.phase = Some(Phase::Training);
                self.steerer = Steerer::Starter;
                // What went wrong in another process is over.
                (self.diverged, self.not_saved) = (None, false);
                self.log(LogKind::Progress, LogText::TrainingResumed { step: *step });
            }
            Event::ControlTaken { client: 0, .. } => {
                self.log(LogKind::Progress, LogText::SteeredByStarter);
                self.steerer = Steerer::Starter;
            }
            Event::ControlTaken { client, name, .. } => {
                self.log(LogKind::Progress, LogText::SteeredBy { name: name.clone() });
                self.steerer = Steerer::Client { client: *client, name: name.clone() };
            }
            Event::ControlReleased { .. } => {
                if let Steerer::Client { name, .. } = std::mem::replace(&mut self.steerer, Steerer::Nobody) {
                    self.log(LogKind::Progress, LogText::NobodySteers { name });
                }
            }
            Event::CommandRefused { reason, .. } => self.log(LogKind::Problem, LogText::Refused { reason: reason.clone() }),
            Event::RunEnded { outcome, step, weights_sha256, .. } => {
                self.step = *step;
                let (kind, text) = match outcome {
                    Outcome::Completed => (LogKind::Progress, LogText::Completed),
                    Outcome::TargetReached => (LogKind::Progress, LogText::TargetReached),
                    Outcome::StoppedEarly { reason } => (LogKind::Progress, LogText::StoppedEarly { reason: reason.clone() }),
                    Outcome::Stopped => (LogKind::Progress, LogText::Stopped),
                    Outcome::Failed { message } => (LogKind::Problem, LogText::Failed { reason: message.clone() }),
                };
                self.log(kind, text);
                self.ended = Some(Ended { outcome: outcome.clone(), weights_sha256: weights_sha256.clone() });
            }
        }
    }

    fn apply_steps(&mut self, steps: &StepsFinished) {
        if steps.epoch != self.epoch {
            self.train_confusion = ConfusionMatrix::new(self.train_confusion.classes());
        }
        self.steps.push(steps);
        self.impacts.probed(&steps.probed);
        self.diverged = None;
        // The shortest decimal that makes this 32-bit float: what a person would have written.
        self.effective_rate = steps.learning_rate.last().and_then(|rate| rate.to_string().parse().ok()).or(self.effective_rate);
        self.epoch = steps.epoch;
        self.step = steps.last_step();
        self.images_seen = steps.images_seen;
        self.train_seconds = steps.train_seconds;
        self.train_confusion.merge(&steps.confusion);
        if let (Some(loss), Some(accuracy)) = (self.steps.loss_smooth.last(), self.steps.accuracy_smooth.last()) {
            self.health.trained(steps.loss.len() as u64, f64::from(loss), f64::from(accuracy), &self.train_confusion);
        }
        self.rate.push_back((steps.train_seconds, steps.images_seen));
        while self.rate.len() > 2 && steps.train_seconds - self.rate[1].0 >= RATE_WINDOW_SECONDS {
            self.rate.pop_front();
        }
    }

    fn apply_evaluation(&mut self, split: Split, epoch: usize, step: u64, evaluation: &Evaluation) {
        let accuracy = evaluation.confusion.accuracy();
        let text = LogText::Judged { split, loss: evaluation.loss, accuracy: Percent(accuracy) };
        self.log(LogKind::Judgement(split), text);
        let point = EvaluationPoint { epoch, step, evaluation: evaluation.clone() };
        match split {
            Split::Validation => self.validations.push(point),
            Split::Test => {
                self.tests.push(point);
                let target = self.started.as_ref().and_then(|started| started.spec.until_test_accuracy);
                if target.is_some_and(|target| accuracy >= target) {
                    self.seconds_to_target.get_or_insert(self.train_seconds);
                }
            }
        }
    }

    /// A checkpoint is on the disk. Those of the run that this one branched off are not in its folder.
    fn saved(&mut self, step: u64) {
        let branched = self.started.as_ref().and_then(|started| started.parent.as_ref()).map_or(0, |parent| parent.step);
        if step >= branched {
            let epoch = self.taken.iter().rev().find(|(taken, _)| *taken == step).map_or(self.epoch, |(_, epoch)| *epoch);
            self.checkpoints.insert(step, epoch);
        }
    }

    fn order_samples(&mut self, now: bool) {
        self.sample_order.arrange(self.at_ms, &self.samples, &self.probabilities, now);
    }

    fn log(&mut self, kind: LogKind, text: LogText) {
        self.log.push(LogLine { at_ms: self.at_ms, step: self.step, kind, text });
    }

    /// The last step of the epoch whose end had the least validation loss: what early stopping takes, and where there is a
    /// checkpoint. Judgements that somebody asked for have neither.
    pub fn best_validation_step(&self) -> Option<u64> {
        self.best_epoch.map(|(step, _)| step)
    }

    /// The courses of single images over the judgements of a split; of older logs nothing is known.
    pub fn courses(&self, split: Split) -> &Courses {
        &self.courses[usize::from(split == Split::Test)]
    }

    /// The newest epoch that was trained to its end, and its last step.
    pub fn newest_epoch(&self) -> Option<(usize, u64)> {
        self.newest_epoch
    }

    /// Which images made a step: the epoch, how many of its images came before the batch, and how many belong to it. Where
    /// numbers that were not finite have left a batch out, those after it in the epoch are told as if it had not been there.
    pub fn batch_of(&self, step: u64) -> Option<(usize, usize, usize)> {
        let in_epoch = self.started.as_ref()?.train_images.max(1) as f64;
        let at = usize::try_from(step.checked_sub(1)?).ok()?;
        let batch = |at: usize| self.steps.batch.about(at).map(|images| images as usize);
        let count = batch(at)?;
        let before = self.steps.along(at as f64, |told| told.images as f64);
        let epoch = ((before + 0.5) / in_epoch).floor();
        // The last one of an epoch may be smaller than those before it.
        let usual = at.checked_sub(1).and_then(batch).unwrap_or(count).max(count).max(1) as f64;
        let from = ((before - epoch * in_epoch) / usual).round() * usual;
        Some((epoch as usize + 1, from as usize, count))
    }

    /// How many classes there are; 0 before the start.
    pub fn classes(&self) -> usize {
        self.started.as_ref().map_or(0, |started| started.class_names.len())
    }

    /// The name of a class, or its number.
    pub fn class_name(&self, class: usize) -> String {
        self.started.as_ref().and_then(|started| started.class_names.get(class).cloned()).unwrap_or_else(|| class.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_goes_on_with_a_run_is_not_diverged_and_can_be_attached_to() {
        let mut state = RunState::default();
        for event in [
            Event::ServingFailed { reason: "no room".into() },
            Event::Diverged { step: 7, quantity: Quantity::Loss, layer: None },
            Event::RunResumed { step: 6, threads: 1 },
        ] {
            state.apply(&Record { at_ms: 0, event });
        }
        assert_eq!((state.diverged, state.not_served, state.phase), (None, false, Some(Phase::Training)));
    }
}
