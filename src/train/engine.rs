//! The loop: take commands, train a batch, say what happened.

use std::mem::take;
use std::time::{Duration, Instant};

use super::Job;
use super::save::write_whole;
use crate::data::{Augmenter, epoch_order};
use crate::protocol::{
    Command, ConfusionMatrix, Event, Hyper, Hyperparameters, Outcome, Phase, Request, RequestId, Sample, Split, StepsFinished,
};

/// Steps are told about 8 times a second, all since the last time at once: often enough to look alive, and calm.
const TELL_STEPS: Duration = Duration::from_millis(125);
/// The chosen images are looked at again so often.
const TELL_SAMPLES: Duration = Duration::from_millis(500);
/// Varied training images are shown so often: long enough to be looked at.
const TELL_AUGMENTED: Duration = Duration::from_millis(2000);
/// No more than so many at a time, and no more bytes of them, so that the record of a long run stays small.
const AUGMENTED: usize = 12;
const AUGMENTED_BYTES: usize = 12 * 1024;
/// How many images of each class are chosen.
const SAMPLES_PER_CLASS: usize = 3;
/// No more than so many are chosen.
const SAMPLES: usize = 60;

/// The engine's way to everybody else.
pub trait Port {
    /// A command, when one is there.
    fn poll(&mut self) -> Option<Request>;
    /// The next command, however long it takes; `None` when nobody is left who could give one.
    fn wait(&mut self) -> Option<Request>;
    /// Tells everybody. Never waits for anybody.
    fn emit(&mut self, event: Event);
}

/// A run while it trains.
pub(super) struct Engine<'a, P> {
    job: Job,
    port: &'a mut P,
    hyper: Hyperparameters,
    /// The epoch being trained, counted from 1.
    epoch: usize,
    /// Steps done.
    step: u64,
    images_seen: u64,
    trained: Duration,
    paused: bool,
    /// Train so many batches although paused.
    single_steps: u32,
    stopping: Option<RequestId>,
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
}

impl<'a, P: Port> Engine<'a, P> {
    pub fn new(job: Job, port: &'a mut P) -> Self {
        let hyper = job.started.spec.hyperparameters;
        Self {
            job,
            port,
            hyper,
            epoch: 0,
            step: 0,
            images_seen: 0,
            trained: Duration::ZERO,
            paused: false,
            single_steps: 0,
            stopping: None,
            steps: StepsFinished::default(),
            told_steps: Instant::now(),
            told_samples: None,
            told_augmented: None,
            epoch_sums: (0.0, 0, 0),
            samples: Vec::new(),
        }
    }

    /// Trains to the end and judges the network.
    pub fn run(mut self) {
        self.port.emit(Event::RunStarted(Box::new(self.job.started.clone())));
        self.choose_samples();
        let outcome = match self.train() {
            Ok(()) => Outcome::Completed,
            Err(End::Target) => Outcome::TargetReached,
            Err(End::Stop) => Outcome::Stopped,
        };
        self.tell_steps();
        self.tell_samples();
        // The target is looked for on the test set, which then has been judged.
        if self.job.started.spec.until_test_accuracy.is_none() || matches!(outcome, Outcome::Stopped) {
            self.evaluate(Split::Test, None);
        }
        self.save();
        let weights_sha256 = self.job.learner.network().sha256();
        self.port.emit(Event::RunEnded { outcome, step: self.step, weights_sha256, answers: self.stopping });
    }

    fn train(&mut self) -> Result<(), End> {
        while self.epoch < self.hyper.epochs {
            self.epoch += 1;
            self.epoch_sums = (0.0, 0, 0);
            let began = Instant::now();
            let order = epoch_order(&self.job.train, self.job.started.spec.seed, self.epoch);
            self.trained += began.elapsed();
            let mut position = 0;
            while position < order.len() {
                self.obey()?;
                let batch = &order[position..order.len().min(position + self.hyper.batch_size)];
                self.batch(batch);
                position += batch.len();
            }
            self.finish_epoch()?;
        }
        Ok(())
    }

    /// Carries out all commands that are there; while paused, waits for more.
    fn obey(&mut self) -> Result<(), End> {
        loop {
            let request = match self.port.poll() {
                Some(request) => request,
                None if !self.paused || self.single_steps > 0 => break,
                None => match self.port.wait() {
                    Some(request) => request,
                    // Nobody is left who could ever say Resume.
                    None => return Err(End::Stop),
                },
            };
            self.carry_out(request)?;
        }
        self.single_steps = self.single_steps.saturating_sub(1);
        Ok(())
    }

    fn carry_out(&mut self, Request { id, command }: Request) -> Result<(), End> {
        match command {
            Command::Pause | Command::Resume => {
                self.tell_steps();
                self.tell_samples();
                self.paused = command == Command::Pause;
                self.single_steps = 0;
                self.tell_phase(Some(id));
            }
            Command::Step => {
                self.paused = true;
                self.single_steps += 1;
                self.tell_phase(Some(id));
            }
            Command::SetHyper { hyper, value } => self.set(id, command, hyper, value),
            Command::Evaluate if self.job.validation.is_empty() => {
                let reason = "no images are held out for validation; start with --validation 5000".into();
                self.port.emit(Event::CommandRefused { command, reason, answers: id });
            }
            Command::Evaluate => {
                self.evaluate(Split::Validation, Some(id));
            }
            Command::Stop => {
                self.stopping = Some(id);
                return Err(End::Stop);
            }
        }
        Ok(())
    }

    fn set(&mut self, id: RequestId, command: Command, hyper: Hyper, value: f64) {
        self.tell_steps();
        match self.hyper.with(hyper, value) {
            Ok(changed) => {
                let from = self.hyper.get(hyper);
                self.hyper = changed;
                self.told_augmented = self.told_augmented.filter(|_| hyper != Hyper::Augmentation);
                self.port.emit(Event::HyperChanged { step: self.step + 1, hyper, from, to: value, answers: id });
            }
            Err(error) => self.port.emit(Event::CommandRefused { command, reason: error.to_string(), answers: id }),
        }
    }

    fn batch(&mut self, batch: &[u32]) {
        let began = Instant::now();
        if self.steps.loss.is_empty() {
            self.steps.first_step = self.step + 1;
            self.steps.epoch = self.epoch;
            self.steps.confusion = ConfusionMatrix::new(self.job.started.class_names.len());
        }
        let spec = &self.job.started.spec;
        let augmenter = Augmenter::new(spec.augmentation, self.hyper.augmentation, spec.seed, self.epoch);
        let confusion = &mut self.steps.confusion;
        let outcome = self.job.learner.step(&self.job.dataset.train, batch, augmenter.as_ref(), &self.hyper, confusion);
        self.trained += began.elapsed();
        self.step += 1;
        self.images_seen += batch.len() as u64;
        self.steps.loss.push(outcome.loss);
        self.steps.correct.push(outcome.correct);
        self.steps.batch.push(batch.len() as u32);
        self.steps.learning_rate.push(self.hyper.learning_rate as f32);
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

    fn finish_epoch(&mut self) -> Result<(), End> {
        self.tell_steps();
        let (loss, correct, images) = self.epoch_sums;
        let (train_loss, train_accuracy) = (loss / images as f64, correct as f64 / images as f64);
        self.port.emit(Event::EpochFinished { epoch: self.epoch, step: self.step, train_loss, train_accuracy });
        if !self.job.validation.is_empty() {
            self.evaluate(Split::Validation, None);
        }
        if let Some(target) = self.job.started.spec.until_test_accuracy
            && self.evaluate(Split::Test, None) >= target
        {
            return Err(End::Target);
        }
        Ok(())
    }

    /// Judges the network and tells; returns the accuracy.
    fn evaluate(&mut self, split: Split, answers: Option<RequestId>) -> f64 {
        self.tell_steps();
        self.port.emit(Event::PhaseChanged { phase: Phase::Evaluating, step: self.step, answers: None });
        let Job { learner, dataset, validation, .. } = &mut self.job;
        let evaluation = match split {
            Split::Validation => learner.evaluate(&dataset.train, validation),
            Split::Test => learner.evaluate(&dataset.test, &(0..dataset.test.len() as u32).collect::<Vec<_>>()),
        };
        let accuracy = evaluation.confusion.accuracy();
        self.port.emit(Event::Evaluated { split, epoch: self.epoch, step: self.step, evaluation, answers });
        self.tell_phase(None);
        accuracy
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

    /// Chooses the first images of each class, of those held out, else of those trained on.
    fn choose_samples(&mut self) {
        let Job { dataset, validation, train, .. } = &self.job;
        let from = if validation.is_empty() { train } else { validation };
        let classes = dataset.class_names.len();
        let mut by_class = vec![Vec::new(); classes];
        for index in from {
            let class: &mut Vec<u32> = &mut by_class[dataset.train.label(*index as usize)];
            if class.len() < SAMPLES_PER_CLASS {
                class.push(*index);
            }
        }
        let rounds = (0..SAMPLES_PER_CLASS).flat_map(|round| by_class.iter().filter_map(move |class| class.get(round)));
        self.samples = rounds.copied().take(SAMPLES).collect();
        let sample = |index: &u32| {
            let index = *index as usize;
            Sample { index, label: dataset.train.label(index), pixels: dataset.train.image(index).to_vec() }
        };
        let samples = self.samples.iter().map(sample).collect();
        self.port.emit(Event::SamplesChosen { samples });
        self.tell_samples();
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

    fn tell_samples(&mut self) {
        let probabilities = self.job.learner.predict(&self.job.dataset.train, &self.samples);
        self.port.emit(Event::SamplesPredicted { step: self.step, probabilities });
        self.told_samples = Some(Instant::now());
    }

    /// Shows the first images of a batch as they were trained on.
    fn tell_augmented(&mut self, augmenter: &Augmenter, batch: &[u32]) {
        let images = &self.job.dataset.train;
        let bytes = images.shape().iter().product::<usize>();
        let mut pixels = Vec::new();
        let samples = batch.iter().take((AUGMENTED_BYTES / bytes).clamp(1, AUGMENTED)).map(|index| {
            pixels.clear();
            augmenter.append(images, *index, &mut pixels);
            let pixels = pixels.iter().map(|value| (value * 255.0).round() as u8).collect();
            Sample { index: *index as usize, label: images.label(*index as usize), pixels }
        });
        self.port.emit(Event::SamplesAugmented { step: self.step, samples: samples.collect() });
        self.told_augmented = Some(Instant::now());
    }
}
