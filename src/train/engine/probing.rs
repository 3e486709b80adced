//! How the network does on a few fixed images, again and again: by that it is told whether a change has helped.

use super::super::Job;
use super::{Engine, Port};
use crate::protocol::Probed;

impl<P: Port> Engine<'_, P> {
    /// Looks at the parts of the probe that are due after a step on the newest so many images. Nothing random is used for it,
    /// and nothing changes by it.
    pub(super) fn probe(&mut self, images: usize) {
        let (step, seen) = (self.cursor.step, self.cursor.images_seen);
        let Job { learner, dataset, probe, .. } = &mut self.job;
        for part in probe.due(seen - images as u64, seen) {
            let images = probe.part(part);
            let rows = learner.predict(&dataset.train, images);
            let truths = images.iter().map(|index| dataset.train.label(*index as usize));
            // What is as good as impossible, or not a number, still counts by a number.
            let roots = truths.zip(&rows).map(|(truth, row)| (-row[truth].max(f32::MIN_POSITIVE).ln()).max(0.0).sqrt());
            let root = roots.sum::<f32>() / images.len() as f32;
            self.telling.steps.probed.push(Probed { step, part: part as u16, of: probe.parts() as u16, root });
        }
    }
}
