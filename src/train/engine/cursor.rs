//! Where a run stands.

use std::time::Duration;

/// Where a run stands, apart from its parameters.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cursor {
    /// The epoch being trained, or the last one trained, counted from 1.
    pub epoch: usize,
    /// The images of it that have been trained on, in the order of the epoch; none between two epochs.
    pub images: Option<usize>,
    /// Steps done.
    pub step: u64,
    /// Images trained on, over all epochs.
    pub images_seen: u64,
    /// Time spent on steps.
    pub trained: Duration,
    /// Sums over the epoch: the losses of its images, the right ones, all.
    pub epoch_sums: (f64, u64, u64),
}

impl Cursor {
    /// Goes to the start of the next epoch.
    pub fn begin_epoch(&mut self) {
        self.epoch += 1;
        self.images = Some(0);
        self.epoch_sums = (0.0, 0, 0);
    }

    /// Counts a step on so many images, of which `correct` were right at a mean loss of `loss`.
    pub fn count(&mut self, images: usize, loss: f32, correct: u32) {
        self.step += 1;
        self.images_seen += images as u64;
        let (losses, right, all) = &mut self.epoch_sums;
        *losses += f64::from(loss) * images as f64;
        *right += u64::from(correct);
        *all += images as u64;
    }

    /// The mean loss of the epoch's images and the part of them that was right; `None` when there are none.
    pub fn epoch_means(&self) -> Option<(f64, f64)> {
        let (loss, correct, images) = self.epoch_sums;
        (images > 0).then(|| (loss / images as f64, correct as f64 / images as f64))
    }
}
