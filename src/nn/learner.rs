//! A network that learns: batches cut into slices, slices spread over threads, gradients summed and applied.

#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;
use thiserror::Error;

use super::Snapshot;
use super::dropout::Chance;
use super::gradient::Gradient;
use super::network::{Network, SliceOutcome};
use super::optimizer::OptimizerState;
use super::parameter::{Parameter, ParameterKind};
use super::stack::{SharedWorkspace, lock};
use crate::data::{Augmenter, ImageSet};
use crate::protocol::{ConfusionMatrix, Evaluation, Hyperparameters, Optimizer, Quantity};

/// Images that go through the network together. What a slice needs fits into a core's own memory, and a batch of 32
/// still gives two threads something to do.
pub(super) const SLICE: usize = 16;
/// Parameters that are summed and changed together.
const CHUNK: usize = 8192;

/// A network, its optimizer, and the threads they run on.
pub struct Learner {
    network: Network,
    optimizer: OptimizerState,
    gradient: Gradient,
    workspaces: Vec<SharedWorkspace>,
    threads: rayon::ThreadPool,
    seed: u64,
}

/// What one step came to, before the parameters changed.
#[derive(Clone, Debug, PartialEq)]
pub struct StepOutcome {
    /// The mean cross-entropy of the batch against its targets, smoothed ones with label smoothing.
    pub loss: f32,
    /// The right predictions.
    pub correct: u32,
}

/// A batch from which no step can be made; nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the {quantity:?} of a batch is not finite, first in layer {layer:?}")]
pub struct NotFinite {
    /// What is not finite.
    pub quantity: Quantity,
    /// The first layer, from the image on, whose gradient is not finite.
    pub layer: Option<String>,
}

impl Learner {
    /// A network that learns on `threads` threads.
    ///
    /// Fails when the threads cannot be started.
    pub fn new(network: Network, optimizer: Optimizer, threads: usize, seed: u64) -> Result<Self, rayon::ThreadPoolBuildError> {
        let threads = rayon::ThreadPoolBuilder::new().num_threads(threads).thread_name(|i| format!("train-{i}")).build()?;
        let optimizer = OptimizerState::new(optimizer, network.values().len());
        Ok(Self { network, optimizer, gradient: Gradient::default(), workspaces: Vec::new(), threads, seed })
    }

    /// The network as it is now.
    pub fn network(&self) -> &Network {
        &self.network
    }

    pub(super) fn optimizer(&self) -> &OptimizerState {
        &self.optimizer
    }

    /// What the network and the optimizer know now.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            parameters: Arc::clone(&self.network.parameters),
            values: self.network.values().to_vec(),
            optimizer: self.optimizer.clone(),
        }
    }

    /// Goes back to a snapshot of this learner.
    pub fn restore(&mut self, snapshot: &Snapshot) {
        self.network.update(|values| values.copy_from_slice(&snapshot.values));
        self.optimizer.clone_from(&snapshot.optimizer);
    }

    /// Trains on the images `indices` of `set`, one batch, varied by `augmenter`. Predictions are counted into `confusion`.
    ///
    /// Fails when the loss or the gradient is not finite; then nothing has changed.
    pub fn step(
        &mut self,
        set: &ImageSet,
        indices: &[u32],
        augmenter: Option<&Augmenter>,
        hyper: &Hyperparameters,
        confusion: &mut ConfusionMatrix,
    ) -> Result<StepOutcome, NotFinite> {
        let slices: Vec<&[u32]> = indices.chunks(SLICE).collect();
        let Self { network, optimizer, gradient, workspaces, threads, seed } = self;
        let chance = Chance { seed: *seed, step: optimizer.steps + 1, slice: 0, dropout: hyper.dropout as f32 };
        workspaces.resize_with(slices.len().max(workspaces.len()), SharedWorkspace::default);
        let smoothing = hyper.label_smoothing as f32;
        let outcomes: Vec<SliceOutcome> = threads.install(|| {
            let jobs = slices.par_iter().zip(&workspaces[..slices.len()]).enumerate();
            jobs.map(|(i, (slice, workspace))| {
                network.gradient(set, slice, (augmenter, smoothing), workspace, Chance { slice: i as u64, ..chance })
            })
            .collect()
        });
        let guards: Vec<_> = workspaces[..slices.len()].iter().map(lock).collect();
        // Each slice's loss is a mean over its images, so its gradient counts by its part of the batch.
        let parts: Vec<(f32, &[f32])> = guards
            .iter()
            .zip(&slices)
            .map(|(workspace, slice)| (slice.len() as f32 / indices.len() as f32, &workspace.gradient[..]))
            .collect();
        let loss = outcomes.iter().zip(&parts).fold(0.0, |sum, (outcome, (part, _))| sum + part * outcome.loss as f32);
        let parameters = Arc::clone(&network.parameters);
        let pieces: Vec<(Range<usize>, &Parameter)> =
            parameters.iter().flat_map(|parameter| pieces(&parameter.range).map(move |piece| (piece, parameter))).collect();
        let ranges: Vec<Range<usize>> = pieces.iter().map(|(piece, _)| piece.clone()).collect();
        let sum = threads.install(|| gradient.sum(&parts, &ranges, hyper.clip_norm > 0.0));
        let quantity = if loss.is_finite() { Quantity::Gradient } else { Quantity::Loss };
        if sum.is_err() || !loss.is_finite() {
            let layer = sum.err().and_then(|place| network.layer_at(place));
            return Err(NotFinite { quantity, layer: layer.map(str::to_owned) });
        }
        let update = optimizer.begin(hyper, gradient.clip(hyper.clip_norm, |piece| pieces[piece].1.learns()));
        network.update(|values| {
            let mut jobs = Vec::with_capacity(pieces.len());
            let (mut values, mut first, mut second) = (values, &mut optimizer.first[..], &mut optimizer.second[..]);
            for (piece, parameter) in &pieces {
                let len = piece.len();
                let (v, f, s);
                (v, values) = values.split_at_mut(len);
                (f, first) = first.split_at_mut(len);
                (s, second) = second.split_at_mut(len);
                if !parameter.frozen {
                    jobs.push((gradient.of(piece), parameter.kind, v, f, s));
                }
            }
            threads.install(|| {
                jobs.into_par_iter().for_each(|(gradient, kind, values, first, second)| match kind {
                    ParameterKind::Running { .. } => move_towards(gradient, values),
                    _ => update.apply(values, gradient, first, second, matches!(kind, ParameterKind::Weight)),
                });
            });
        });
        let correct = outcomes.iter().zip(&slices).map(|(outcome, slice)| count(set, slice, outcome, confusion)).sum();
        Ok(StepOutcome { loss, correct })
    }

    /// Judges the network on the images `indices` of `set`.
    pub fn evaluate(&mut self, set: &ImageSet, indices: &[u32]) -> Evaluation {
        let mut confusion = ConfusionMatrix::new(self.network.classes());
        let mut loss = 0.0;
        let slices = indices.chunks(self.network.judged_together());
        for (slice, (outcome, _)) in slices.zip(self.judge(set, indices)) {
            loss += outcome.loss * slice.len() as f64 / indices.len() as f64;
            count(set, slice, &outcome, &mut confusion);
        }
        Evaluation { loss, confusion }
    }

    /// The probability of each class for each of the images `indices` of `set`.
    pub fn predict(&mut self, set: &ImageSet, indices: &[u32]) -> Vec<Vec<f32>> {
        let classes = self.network.classes();
        let judged = self.judge(set, indices);
        judged.iter().flat_map(|(_, probabilities)| probabilities.chunks_exact(classes).map(<[f32]>::to_vec)).collect()
    }

    fn judge(&mut self, set: &ImageSet, indices: &[u32]) -> Vec<(SliceOutcome, Vec<f32>)> {
        let slices: Vec<&[u32]> = indices.chunks(self.network.judged_together()).collect();
        self.workspaces.resize_with(self.workspaces.len().max(self.threads.current_num_threads()), SharedWorkspace::default);
        let Self { network, workspaces, threads, .. } = self;
        let share = slices.len().div_ceil(workspaces.len()).max(1);
        threads.install(|| {
            let shares = slices.par_chunks(share).zip(workspaces.par_iter());
            shares.flat_map_iter(|(slices, workspace)| slices.iter().map(|slice| network.judge(set, slice, workspace))).collect()
        })
    }
}

/// The pieces of a parameter that are worked on one at a time.
pub(super) fn pieces(range: &Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let end = range.end;
    range.clone().step_by(CHUNK).map(move |start| start..end.min(start + CHUNK))
}

/// What the batches are like, remembered: each step weighs a tenth of all before it, as in PyTorch.
fn move_towards(batch: &[f32], running: &mut [f32]) {
    running.iter_mut().zip(batch).for_each(|(running, batch)| *running += 0.1 * (batch - *running));
}

/// Counts a slice's predictions; returns how many are right.
fn count(set: &ImageSet, slice: &[u32], outcome: &SliceOutcome, confusion: &mut ConfusionMatrix) -> u32 {
    let mut correct = 0;
    for (index, predicted) in slice.iter().zip(&outcome.predictions) {
        let truth = set.label(*index as usize);
        confusion.add(truth, *predicted);
        correct += u32::from(truth == *predicted);
    }
    correct
}
