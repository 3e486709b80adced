//! The images whose predictions are shown.

use std::time::Instant;

use super::super::Job;
use super::{Engine, Port};
use crate::data::Augmenter;
use crate::protocol::{Event, Sample};

/// How many images of each class are chosen.
const SAMPLES_PER_CLASS: usize = 3;
/// No more than so many are chosen.
const SAMPLES: usize = 60;
/// Nor more probabilities of them, one for each class.
const SAMPLES_PROBABILITIES: usize = 12_000;
/// Nor more bytes of them: they are told in one line.
const SAMPLES_BYTES: usize = 200 * 1024;
/// No more varied images than so many are shown at a time, and no more bytes of them, so that the record of a long run
/// stays small.
const AUGMENTED: usize = 12;
const AUGMENTED_BYTES: usize = 12 * 1024;

impl<P: Port> Engine<'_, P> {
    /// Chooses the first images of each class, of those held out, else of those trained on.
    pub(super) fn choose_samples(&mut self) {
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
        let bytes = dataset.train.shape().iter().product::<usize>().max(1);
        let most = SAMPLES.min(SAMPLES_BYTES / bytes).min(SAMPLES_PROBABILITIES / classes.max(1));
        self.telling.samples = rounds.copied().take(most).collect();
        let sample = |index: &u32| {
            let index = *index as usize;
            Sample { index, label: dataset.train.label(index), pixels: dataset.train.image(index).to_vec() }
        };
        let samples = self.telling.samples.iter().map(sample).collect();
        self.port.emit(Event::SamplesChosen { samples });
        self.tell_samples();
    }

    /// Looks at the chosen images again and tells.
    pub(super) fn tell_samples(&mut self) {
        let probabilities = self.job.learner.predict(&self.job.dataset.train, &self.telling.samples);
        self.port.emit(Event::SamplesPredicted { step: self.cursor.step, probabilities });
        self.telling.told_samples = Some(Instant::now());
    }

    /// Shows the first images of a batch as they were trained on.
    pub(super) fn tell_augmented(&mut self, augmenter: &Augmenter, batch: &[u32]) {
        let images = &self.job.dataset.train;
        let bytes = images.shape().iter().product::<usize>();
        let mut pixels = Vec::new();
        let samples = batch.iter().take((AUGMENTED_BYTES / bytes).clamp(1, AUGMENTED)).map(|index| {
            pixels.clear();
            augmenter.append(images, *index, &mut pixels);
            let pixels = pixels.iter().map(|value| (value * 255.0).round() as u8).collect();
            Sample { index: *index as usize, label: images.label(*index as usize), pixels }
        });
        self.port.emit(Event::SamplesAugmented { step: self.cursor.step, samples: samples.collect() });
        self.telling.told_augmented = Some(Instant::now());
    }
}
