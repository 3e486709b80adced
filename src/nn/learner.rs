//! A network that learns: batches cut into slices, slices spread over threads, gradients summed and applied.

#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;
use thiserror::Error;

use super::Snapshot;
use super::dropout::Chance;
use super::gradient::{Gradient, is_usable};
use super::measure::Silence;
use super::network::{Network, SliceOutcome};
use super::optimizer::OptimizerState;
use super::parameter::{Parameter, ParameterKind};
use super::slice::{SLICE, pieces};
use super::stack::{SharedWorkspace, Times, lock};
use crate::data::{Augmenter, ImageSet};
use crate::protocol::{
    ConfusionMatrix, Evaluation, Hyperparameters, JudgedImages, LayerMeasure, MOST_JUDGED, Optimizer, Quantity,
};

/// Slices on the way at the same time, for each thread: so many that no thread waits long for another, and no more, since each
/// has buffers and a gradient of its own.
const SLICES_A_THREAD: usize = 4;
/// A network, its optimizer, and the threads they run on.
pub struct Learner {
    network: Network,
    optimizer: OptimizerState,
    gradient: Gradient,
    workspaces: Vec<SharedWorkspace>,
    threads: rayon::ThreadPool,
    seed: u64,
    /// A place in the first parameter from which no step can be made.
    unusable: Option<usize>,
    /// The next step measures its gradient.
    measures_next: bool,
    /// The next step measures its layers.
    measures_layers: bool,
    silence: Silence,
}

/// What one step came to, before the parameters changed.
#[derive(Clone, Debug, PartialEq)]
pub struct StepOutcome {
    /// The mean cross-entropy of the batch against its targets, smoothed ones with label smoothing.
    pub loss: f32,
    /// The right predictions.
    pub correct: u32,
    /// The norm of the gradient over the parameters that learn, before it is clipped; where it was measured.
    pub gradient_norm: Option<f32>,
    /// What the step did to each layer with parameters, where that was measured.
    pub layers: Option<Vec<LayerMeasure>>,
}

/// A batch from which no step can be made; nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the {quantity:?} of a batch cannot be used, first in layer {layer:?}")]
pub struct NotFinite {
    /// What is not finite, or as good as.
    pub quantity: Quantity,
    /// The first layer, from the image on, whose gradient or parameters are not.
    pub layer: Option<String>,
}

impl Learner {
    /// A network that learns on `threads` threads.
    ///
    /// Fails when the threads cannot be started.
    pub fn new(network: Network, optimizer: Optimizer, threads: usize, seed: u64) -> Result<Self, rayon::ThreadPoolBuildError> {
        let threads = rayon::ThreadPoolBuilder::new().num_threads(threads).thread_name(|i| format!("train-{i}")).build()?;
        let optimizer = OptimizerState::new(optimizer, network.values().len());
        let (gradient, workspaces) = (Gradient::default(), Vec::new());
        let (unusable, silence) = (None, Silence::default());
        let mut learner = Self {
            network,
            optimizer,
            gradient,
            workspaces,
            threads,
            seed,
            unusable,
            measures_next: false,
            measures_layers: false,
            silence,
        };
        learner.look();
        Ok(learner)
    }

    /// Looks at all that learns and at what the optimizer remembers, as each step does of what it changes.
    fn look(&mut self) {
        let OptimizerState { first, second, .. } = &self.optimizer;
        let learning = self.network.parameters.iter().filter(|parameter| !parameter.frozen);
        let is_wrong = |range: &Range<usize>| {
            let negative = second[range.clone()].iter().any(|square| *square < 0.0);
            negative || !is_usable(&self.network.values()[range.clone()]) || !is_usable(&first[range.clone()])
        };
        self.unusable = learning.map(|parameter| &parameter.range).find(|range| is_wrong(range)).map(|range| range.start);
    }

    /// Whether steps can be made from the parameters and moments as they are now.
    pub fn is_usable(&self) -> bool {
        self.unusable.is_none()
    }

    /// The network as it is now.
    pub fn network(&self) -> &Network {
        &self.network
    }

    pub(super) fn optimizer(&self) -> &OptimizerState {
        &self.optimizer
    }

    /// Measures the gradient of the next step; by itself a step does so only where it is to be clipped.
    pub fn measure_next(&mut self) {
        self.measures_next = true;
    }

    /// Measures the layers in the next step, too.
    pub fn measure_layers_next(&mut self) {
        self.measures_layers = true;
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
        self.look();
    }

    /// Trains on the images `indices` of `set`, one batch, varied by `augmenter`. Predictions are counted into `confusion`.
    ///
    /// Fails when the loss, the gradient or a parameter is not finite, or so large that what follows from it would not be;
    /// then nothing has changed.
    pub fn step(
        &mut self,
        set: &ImageSet,
        indices: &[u32],
        augmenter: Option<&Augmenter>,
        hyper: &Hyperparameters,
        confusion: &mut ConfusionMatrix,
    ) -> Result<StepOutcome, NotFinite> {
        let not_finite = |network: &Network, quantity, place: Option<usize>| {
            let layer = place.and_then(|place| network.layer_at(place)).map(str::to_owned);
            NotFinite { quantity, layer }
        };
        if self.unusable.is_some() {
            return Err(not_finite(&self.network, Quantity::Parameter, self.unusable));
        }
        let parameters = Arc::clone(&self.network.parameters);
        let pieces: Vec<(Range<usize>, &Parameter)> =
            parameters.iter().flat_map(|parameter| pieces(&parameter.range).map(move |piece| (piece, parameter))).collect();
        let ranges: Vec<Range<usize>> = pieces.iter().map(|(piece, _)| piece.clone()).collect();
        let slices: Vec<&[u32]> = indices.chunks(SLICE).collect();
        let outcomes = self.gradient(set, &slices, augmenter, hyper, &ranges);
        let part = |slice: &[u32]| slice.len() as f32 / indices.len() as f32;
        let losses = outcomes.iter().zip(&slices).map(|(outcome, slice)| part(slice) * outcome.loss as f32);
        let loss = losses.fold(0.0, |sum, loss| sum + loss);
        let Self { network, gradient, threads, measures_next, .. } = self;
        let measured = std::mem::take(measures_next) || hyper.clip_norm > 0.0;
        let looked = threads.install(|| gradient.look(&ranges, measured));
        if looked.is_err() || !loss.is_finite() {
            let quantity = if loss.is_finite() { Quantity::Gradient } else { Quantity::Loss };
            return Err(not_finite(network, quantity, looked.err()));
        }
        let norm = || gradient.norm(|piece| pieces[piece].1.learns()) as f32;
        let gradient_norm = measured.then(norm);
        let before = std::mem::take(&mut self.measures_layers).then(|| self.network.values().to_vec());
        self.change(&pieces, hyper);
        let layers = before.map(|before| self.measure(&before));
        let correct = outcomes.iter().zip(&slices).map(|(outcome, slice)| count(set, slice, outcome, confusion)).sum();
        Ok(StepOutcome { loss, correct, gradient_norm, layers })
    }

    /// What the step did to each layer: `before` are the parameters as they were.
    fn measure(&mut self, before: &[f32]) -> Vec<LayerMeasure> {
        let Self { network, gradient, workspaces, silence, .. } = self;
        let Some(workspace) = workspaces.first() else { return Vec::new() };
        let mut workspace = lock(workspace);
        silence.count(&network.fired(&workspace));
        network.measured((before, gradient), silence, &workspace.times.take().unwrap_or_default())
    }

    /// Sums up the gradient of a batch, slice after slice, and says what each came to. Buffers are there for as many slices as
    /// the threads work on, however large the batch is.
    fn gradient(
        &mut self,
        set: &ImageSet,
        slices: &[&[u32]],
        augmenter: Option<&Augmenter>,
        hyper: &Hyperparameters,
        pieces: &[Range<usize>],
    ) -> Vec<SliceOutcome> {
        let Self { network, optimizer, gradient, workspaces, threads, seed, measures_layers, .. } = self;
        let chance = Chance { seed: *seed, step: optimizer.steps + 1, slice: 0, dropout: hyper.dropout as f32 };
        let smoothing = hyper.label_smoothing as f32;
        let most = SLICES_A_THREAD * threads.current_num_threads();
        workspaces.resize_with(slices.len().min(most).max(workspaces.len()), SharedWorkspace::default);
        if let Some(first) = workspaces.first().filter(|_| *measures_layers) {
            lock(first).times = Some(Times::default());
        }
        let images = slices.iter().map(|slice| slice.len()).sum::<usize>() as f32;
        let mut outcomes = Vec::with_capacity(slices.len());
        gradient.clear(network.values().len());
        for wave in slices.chunks(most) {
            let (first, workspaces) = (outcomes.len(), &workspaces[..wave.len()]);
            outcomes.extend(threads.install(|| {
                let jobs = wave.par_iter().zip(workspaces).enumerate();
                jobs.map(|(i, (slice, workspace))| {
                    let chance = Chance { slice: (first + i) as u64, ..chance };
                    network.gradient(set, slice, (augmenter, smoothing), workspace, chance)
                })
                .collect::<Vec<_>>()
            }));
            let guards: Vec<_> = workspaces.iter().map(lock).collect();
            // Each slice's loss is a mean over its images, so its gradient counts by its part of the batch.
            let parts: Vec<(f32, &[f32])> = guards
                .iter()
                .zip(wave)
                .map(|(workspace, slice)| (slice.len() as f32 / images, &workspace.gradient[..]))
                .collect();
            threads.install(|| gradient.add(&parts, pieces));
        }
        outcomes
    }

    /// Changes the parameters by the gradient of a batch, and looks at what came out.
    fn change(&mut self, pieces: &[(Range<usize>, &Parameter)], hyper: &Hyperparameters) {
        let Self { network, optimizer, gradient, threads, unusable, .. } = self;
        let update = optimizer.begin(hyper, gradient.clip(hyper.clip_norm, |piece| pieces[piece].1.learns()));
        network.update(|values| {
            let mut jobs = Vec::with_capacity(pieces.len());
            let (mut values, mut first, mut second) = (values, &mut optimizer.first[..], &mut optimizer.second[..]);
            for (piece, parameter) in pieces {
                let len = piece.len();
                let (v, f, s);
                (v, values) = values.split_at_mut(len);
                (f, first) = first.split_at_mut(len);
                (s, second) = second.split_at_mut(len);
                if !parameter.frozen {
                    jobs.push((piece, *parameter, v, f, s));
                }
            }
            let change =
                |(piece, parameter, values, first, second): (&Range<usize>, &Parameter, &mut [f32], &mut [f32], &mut [f32])| {
                    let gradient = gradient.of(piece);
                    match parameter.kind {
                        ParameterKind::Running { .. } => move_towards(gradient, values),
                        kind => {
                            let decays = matches!(kind, ParameterKind::Weight);
                            update.times(parameter.rate).apply(values, gradient, first, second, decays);
                        }
                    }
                    (!is_usable(values) || !is_usable(first)).then_some(piece.start)
                };
            *unusable = threads.install(|| jobs.into_par_iter().filter_map(change).min());
        });
    }

    /// Judges the network on the images `indices` of `set`.
    pub fn evaluate(&mut self, set: &ImageSet, indices: &[u32]) -> Evaluation {
        self.evaluate_each(set, indices).0
    }

    /// The same with what each image was taken for; nothing of each where there are more than [`MOST_JUDGED`].
    pub fn evaluate_each(&mut self, set: &ImageSet, indices: &[u32]) -> (Evaluation, JudgedImages) {
        let (mut images, classes) = (JudgedImages::default(), self.network.classes());
        let mut confusion = ConfusionMatrix::new(self.network.classes());
        let mut loss = 0.0;
        let slices = indices.chunks(self.network.judged_together());
        for (slice, (outcome, probabilities)) in slices.zip(self.judge(set, indices)) {
            loss += outcome.loss * slice.len() as f64 / indices.len() as f64;
            count(set, slice, &outcome, &mut confusion);
            if indices.len() <= MOST_JUDGED {
                let predictions = outcome.predictions.iter().zip(probabilities.chunks_exact(classes));
                for (index, (predicted, probabilities)) in slice.iter().zip(predictions) {
                    let sure = probabilities.get(*predicted).copied().unwrap_or(0.0);
                    images.push(set.label(*index as usize) as u16, *predicted as u16, sure);
                }
            }
        }
        (Evaluation { loss, confusion }, images)
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
