//! What is told of steps.

use serde::{Deserialize, Serialize};

use super::ConfusionMatrix;

/// The steps since the last such event, in columns of equal length.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StepsFinished {
    /// The number of the first of them, counted from 1.
    pub first_step: u64,
    /// The epoch they belong to, counted from 1.
    pub epoch: usize,
    /// The mean cross-entropy of each batch, before its step, against the targets it was trained on (with label smoothing,
    /// the smoothed ones).
    pub loss: Vec<f32>,
    /// The right predictions in each batch, before its step.
    pub correct: Vec<u32>,
    /// The images of each batch.
    pub batch: Vec<u32>,
    /// The effective learning rate of each step.
    pub learning_rate: Vec<f32>,
    /// The norm of the gradient of the first of them, before it is clipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gradient_norm: Option<f32>,
    /// Images trained on since the run started.
    pub images_seen: u64,
    /// Seconds of training since the run started: without judging and pauses.
    pub train_seconds: f64,
    /// What the images of these batches were taken for.
    pub confusion: ConfusionMatrix,
    /// The looks at images of the probe after some of these steps, in order; none from programs that did not look.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub probed: Vec<Probed>,
}

/// A look at a part of the probe: of a few images that nothing is learnt from, where any are held out, the same ones each time.
/// Its parts are looked at in turn.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Probed {
    /// After this step.
    pub step: u64,
    /// Which part, from 0.
    pub part: u16,
    /// Of so many.
    pub of: u16,
    /// The mean of the square roots of its images' cross-entropies: a few that are far off do not drown out all others.
    pub root: f32,
}

impl StepsFinished {
    /// The number of the last of them.
    pub fn last_step(&self) -> u64 {
        self.first_step.saturating_add(self.loss.len() as u64).saturating_sub(1)
    }
}
