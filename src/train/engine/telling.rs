//! What a run says of itself as it goes, and how often.

use std::mem::take;
use std::time::{Duration, Instant};

use super::{Engine, Port};
use crate::data::Augmenter;
use crate::protocol::{ConfusionMatrix, Event, Phase, RequestId, StepsFinished};

/// Steps are told about 8 times a second, all since the last time at once: often enough to look alive, and calm.
const TELL_STEPS: Duration = Duration::from_millis(125);
/// The chosen images are looked at again so often.
const TELL_SAMPLES: Duration = Duration::from_millis(500);
/// The layers are measured so often.
const TELL_LAYERS: Duration = Duration::from_millis(1000);
/// Varied training images are shown so often: long enough to be looked at.
const TELL_AUGMENTED: Duration = Duration::from_millis(2000);

/// What is still to be told, and when the rest was told last.
pub(super) struct Telling {
    /// The steps since the last time.
    pub steps: StepsFinished,
    pub told_steps: Instant,
    pub told_samples: Option<Instant>,
    pub told_augmented: Option<Instant>,
    told_layers: Option<Instant>,
    /// The images whose predictions are shown.
    pub samples: Vec<u32>,
}

impl Telling {
    pub fn new() -> Self {
        Self {
            steps: StepsFinished::default(),
            told_steps: Instant::now(),
            told_samples: None,
            told_augmented: None,
            told_layers: None,
            samples: Vec::new(),
        }
    }

    /// Whether the next step is to measure its layers; every single one does while paused.
    pub fn layers_are_due(&mut self, paused: bool) -> bool {
        let is_due = paused || self.told_layers.is_none_or(|told| told.elapsed() >= TELL_LAYERS);
        if is_due {
            self.told_layers = Some(Instant::now());
        }
        is_due
    }
}

impl<P: Port> Engine<'_, P> {
    /// Makes room for a step.
    pub(super) fn begin_telling(&mut self) {
        let steps = &mut self.telling.steps;
        if steps.loss.is_empty() {
            steps.first_step = self.cursor.step + 1;
            steps.epoch = self.cursor.epoch;
            steps.confusion = ConfusionMatrix::new(self.job.started.class_names.len());
        }
    }

    /// Tells what is due after a step; every single one while paused.
    pub(super) fn tell_what_is_due(&mut self, augmenter: Option<&Augmenter>, batch: &[u32]) {
        let paused = self.steering.paused;
        let is_due = |told: Option<Instant>, wait| paused || told.is_none_or(|told: Instant| told.elapsed() >= wait);
        if is_due(Some(self.telling.told_steps), TELL_STEPS) {
            self.tell_steps();
        }
        if is_due(self.telling.told_samples, TELL_SAMPLES) {
            self.tell_samples();
        }
        if let Some(augmenter) = augmenter
            && is_due(self.telling.told_augmented, TELL_AUGMENTED)
        {
            self.tell_augmented(augmenter, batch);
        }
    }

    pub(super) fn tell_steps(&mut self) {
        self.telling.told_steps = Instant::now();
        if self.telling.steps.loss.is_empty() {
            return;
        }
        let mut steps = take(&mut self.telling.steps);
        steps.images_seen = self.cursor.images_seen;
        steps.train_seconds = self.cursor.trained.as_secs_f64();
        self.port.emit(Event::StepsFinished(Box::new(steps)));
    }

    pub(super) fn tell_phase(&mut self, answers: Option<RequestId>) {
        let phase = if self.steering.paused { Phase::Paused } else { Phase::Training };
        self.port.emit(Event::PhaseChanged { phase, step: self.cursor.step, answers });
    }
}
