//! A network that learns: batches cut into slices, slices spread over threads, gradients summed and applied.

use std::ops::Range;

use rayon::prelude::*;
use thiserror::Error;

use super::Snapshot;
use super::gradient::Gradient;
use super::network::{Network, SliceOutcome};
use super::optimizer::OptimizerState;
use super::stack::{SharedWorkspace, lock};
use crate::data::ImageSet;
use crate::protocol::{ConfusionMatrix, Evaluation, Hyperparameters, Optimizer, Quantity};

/// Images that go through the network together. What a slice needs fits into a core's own memory, and a batch of 32
/// still gives two threads something to do.
const SLICE: usize = 16;
/// Parameters that are summed and changed together.
const CHUNK: usize = 8192;

/// A network, its optimizer, and the threads they run on.
pub struct Learner {
    network: Network,
    optimizer: OptimizerState,
    gradient: Gradient,
    workspaces: Vec<SharedWorkspace>,
    threads: rayon::ThreadPool,
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
    pub fn new(network: Network, optimizer: Optimizer, threads: usize) -> Result<Self, rayon::ThreadPoolBuildError> {
        let threads = rayon::ThreadPoolBuilder::new().num_threads(threads).thread_name(|i| format!("train-{i}")).build()?;
        let optimizer = OptimizerState::new(optimizer, network.values().len());
        Ok(Self { network, optimizer, gradient: Gradient::default(), workspaces: Vec::new(), threads })
    }

    /// The network as it is now.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// What the network and the optimizer know now.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot { values: self.network.values().to_vec(), optimizer: self.optimizer.clone() }
    }

    /// Goes back to a snapshot of this learner.
    pub fn restore(&mut self, snapshot: &Snapshot) {
        self.network.update(|values| values.copy_from_slice(&snapshot.values));
        self.optimizer.clone_from(&snapshot.optimizer);
    }

    /// Trains on the images `indices` of `set`, one batch. Predictions are counted into `confusion`.
    ///
    /// Fails when the loss or the gradient is not finite; then nothing has changed.
    pub fn step(
        &mut self,
        set: &ImageSet,
        indices: &[u32],
        hyper: &Hyperparameters,
        confusion: &mut ConfusionMatrix,
    ) -> Result<StepOutcome, NotFinite> {
        let slices: Vec<&[u32]> = indices.chunks(SLICE).collect();
        let Self { network, optimizer, gradient, workspaces, threads } = self;
        workspaces.resize_with(slices.len().max(workspaces.len()), SharedWorkspace::default);
        let smoothing = hyper.label_smoothing as f32;
        let outcomes: Vec<SliceOutcome> = threads.install(|| {
            let jobs = slices.par_iter().zip(&workspaces[..slices.len()]);
            jobs.map(|(slice, workspace)| network.gradient(set, slice, workspace, smoothing)).collect()
        });
        let guards: Vec<_> = workspaces[..slices.len()].iter().map(lock).collect();
        // Each slice's loss is a mean over its images, so its gradient counts by its part of the batch.
        let parts: Vec<(f32, &[f32])> = guards
            .iter()
            .zip(&slices)
            .map(|(workspace, slice)| (slice.len() as f32 / indices.len() as f32, &workspace.gradient[..]))
            .collect();
        let loss = outcomes.iter().zip(&parts).fold(0.0, |sum, (outcome, (part, _))| sum + part * outcome.loss as f32);
        let pieces: Vec<(Range<usize>, bool)> = network
            .parameters
            .iter()
            .flat_map(|parameter| pieces(&parameter.range).map(|piece| (piece, parameter.is_weight)))
            .collect();
        let ranges: Vec<Range<usize>> = pieces.iter().map(|(piece, _)| piece.clone()).collect();
        let sum = threads.install(|| gradient.sum(&parts, &ranges, hyper.clip_norm > 0.0));
        let quantity = if loss.is_finite() { Quantity::Gradient } else { Quantity::Loss };
        if sum.is_err() || !loss.is_finite() {
            let layer = sum.err().and_then(|place| network.layer_at(place));
            return Err(NotFinite { quantity, layer: layer.map(str::to_owned) });
        }
        let update = optimizer.begin(hyper, gradient.clip(hyper.clip_norm, |_| true));
        network.update(|values| {
            let mut jobs = Vec::with_capacity(pieces.len());
            let (mut values, mut first, mut second) = (values, &mut optimizer.first[..], &mut optimizer.second[..]);
            for (piece, is_weight) in &pieces {
                let len = piece.len();
                let (v, f, s);
                (v, values) = values.split_at_mut(len);
                (f, first) = first.split_at_mut(len);
                (s, second) = second.split_at_mut(len);
                jobs.push((gradient.of(piece), *is_weight, v, f, s));
            }
            threads.install(|| {
                jobs.into_par_iter().for_each(|(gradient, is_weight, values, first, second)| {
                    update.apply(values, gradient, first, second, is_weight);
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
        for (slice, (outcome, _)) in indices.chunks(SLICE).zip(self.judge(set, indices)) {
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
        let slices: Vec<&[u32]> = indices.chunks(SLICE).collect();
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
fn pieces(range: &Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let end = range.end;
    range.clone().step_by(CHUNK).map(move |start| start..end.min(start + CHUNK))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Activation, LayerSpec};

    fn images(count: usize) -> ImageSet {
        let pixels = (0..count * 100).map(|i| ((i * 7919 + i / 100 * 104_729) % 251) as u8).collect();
        let labels = (0..count).map(|i| (i % 3) as u8).collect();
        ImageSet::new([10, 10, 1], pixels, labels, 3).expect("fitting lengths")
    }

    fn layers() -> Vec<LayerSpec> {
        vec![
            LayerSpec::Conv { filters: 5, kernel: 3, activation: Activation::Tanh },
            LayerSpec::MaxPool { size: 2 },
            LayerSpec::Conv { filters: 18, kernel: 2, activation: Activation::Sigmoid },
            LayerSpec::MaxPool { size: 3 },
            LayerSpec::Flatten,
            LayerSpec::Dense { units: 7, activation: Activation::Tanh },
            LayerSpec::Dense { units: 3, activation: Activation::None },
        ]
    }

    /// With everything that could depend on the number of threads.
    fn hyper() -> Hyperparameters {
        Hyperparameters {
            learning_rate: 0.01,
            weight_decay: 0.01,
            label_smoothing: 0.1,
            clip_norm: 0.5,
            ..Hyperparameters::default()
        }
    }

    fn learner(threads: usize) -> Learner {
        Learner::new(Network::new(&layers(), [10, 10, 1], 3, 5).expect("a network that fits"), Optimizer::Adam, threads)
            .expect("threads")
    }

    #[test]
    fn any_number_of_threads_gives_the_same_bits() {
        let set = images(200);
        let digests: Vec<String> = [1, 2, 8]
            .map(|threads| {
                let mut learner = learner(threads);
                let mut confusion = ConfusionMatrix::new(3);
                // 40 images are two slices and a half.
                for batch in (0..200).collect::<Vec<u32>>().chunks(40) {
                    learner.step(&set, batch, &hyper(), &mut confusion).expect("finite numbers");
                }
                assert_eq!(confusion.total(), 200);
                learner.network().sha256()
            })
            .to_vec();
        assert!(digests.iter().all(|digest| *digest == digests[0]), "{digests:?}");
    }

    /// The whole way: pixels, both kinds of layers, the loss, the mean over uneven slices.
    #[test]
    fn the_gradient_of_the_network_agrees_with_finite_differences() {
        let (set, indices) = (images(20), (0..20).collect::<Vec<u32>>());
        let mut learner = learner(1);
        // One step of plain gradient descent with rate 1 moves each parameter by its gradient.
        let start = learner.network.values().to_vec();
        learner.optimizer = OptimizerState::new(Optimizer::Sgd, start.len());
        let plain = Hyperparameters { learning_rate: 1.0, momentum: 0.0, ..Hyperparameters::default() };
        learner.step(&set, &indices, &plain, &mut ConfusionMatrix::new(3)).expect("finite numbers");
        let gradient: Vec<f32> = start.iter().zip(learner.network.values()).map(|(before, after)| before - after).collect();
        let mut checked = 0;
        for i in (0..start.len()).step_by(13) {
            let mut loss = |step: f32| {
                learner.network.update(|values| {
                    values.copy_from_slice(&start);
                    values[i] += step;
                });
                learner.evaluate(&set, &indices).loss
            };
            let slope = (loss(1e-2) - loss(-1e-2)) / 2e-2;
            assert!((slope - f64::from(gradient[i])).abs() < 1e-3, "parameter {i}: {} against {slope}", gradient[i]);
            checked += usize::from(slope.abs() > 1e-3);
        }
        assert!(checked > 10, "most slopes are not zero");
    }

    #[test]
    fn predictions_and_evaluation_agree() {
        let (set, indices) = (images(50), (0..50).collect::<Vec<u32>>());
        let mut learner = learner(2);
        let (probabilities, evaluation) = (learner.predict(&set, &indices), learner.evaluate(&set, &indices));
        let loss: f64 = probabilities.iter().enumerate().map(|(i, p)| -f64::from(p[i % 3].ln())).sum::<f64>() / 50.0;
        assert_eq!((probabilities.len(), evaluation.confusion.total()), (50, 50));
        assert!((loss - evaluation.loss).abs() < 1e-5);
        assert!(probabilities.iter().all(|p| (p.iter().sum::<f32>() - 1.0).abs() < 1e-5));
    }

    /// PyTorch 2.15: `cross_entropy([[1, 2, 0.5], [0.1, -0.3, 0.2]], [0, 2], label_smoothing=0.1)` is 1.1943; here the
    /// smoothed loss follows from the plain one and the mean over all classes.
    #[test]
    fn smoothed_targets_are_for_training_only() {
        let (set, indices) = (images(16), (0..16).collect::<Vec<u32>>());
        let mut learner = learner(1);
        let (probabilities, evaluation) = (learner.predict(&set, &indices), learner.evaluate(&set, &indices));
        let uniform: f64 = probabilities.iter().flatten().map(|p| -f64::from(p.ln())).sum::<f64>() / (16.0 * 3.0);
        let hyper = Hyperparameters { label_smoothing: 0.1, ..Hyperparameters::default() };
        let step = learner.step(&set, &indices, &hyper, &mut ConfusionMatrix::new(3)).expect("finite numbers");
        let expected = 0.9 * evaluation.loss + 0.1 * uniform;
        assert!((f64::from(step.loss) - expected).abs() < 1e-5, "{} against {expected}", step.loss);
        assert!((evaluation.loss - expected).abs() > 1e-4, "the smoothing is seen");
    }

    #[test]
    fn a_clipped_step_is_as_long_as_the_norm_allows() {
        let (set, indices) = (images(40), (0..40).collect::<Vec<u32>>());
        let mut learner = learner(2);
        let start = learner.network.values().to_vec();
        learner.optimizer = OptimizerState::new(Optimizer::Sgd, start.len());
        let hyper = Hyperparameters { learning_rate: 1.0, momentum: 0.0, clip_norm: 0.01, ..Hyperparameters::default() };
        learner.step(&set, &indices, &hyper, &mut ConfusionMatrix::new(3)).expect("finite numbers");
        let moved = start.iter().zip(learner.network.values()).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>().sqrt();
        assert!((moved - 0.01).abs() < 1e-4, "{moved}");
    }

    #[test]
    fn a_batch_that_is_not_finite_changes_nothing() {
        let (set, indices) = (images(40), (0..40).collect::<Vec<u32>>());
        let mut learner = learner(2);
        let mut confusion = ConfusionMatrix::new(3);
        learner.step(&set, &indices, &hyper(), &mut confusion).expect("finite numbers");
        let good = learner.snapshot();
        // A weight of the first dense layer spoils its layer's result and every gradient.
        let spoilt = good.values.len() - 30;
        learner.network.update(|values| values[spoilt] = f32::NAN);
        let before = learner.snapshot();
        let wrong = learner.step(&set, &indices, &hyper(), &mut confusion).expect_err("not finite");
        assert_eq!((wrong.quantity, wrong.layer.as_deref()), (Quantity::Loss, Some("conv1")));
        assert_eq!(learner.optimizer.steps, 1);
        assert_eq!((&learner.optimizer.first, &learner.optimizer.second), (&before.optimizer.first, &before.optimizer.second));
        let bits = |values: &[f32]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(learner.network.values()), bits(&before.values));
        assert_eq!(confusion.total(), 40, "its predictions are not counted");
        learner.restore(&good);
        learner.step(&set, &indices, &hyper(), &mut confusion).expect("finite again");
    }

    #[test]
    fn networks_that_do_not_fit_are_refused_by_layer() {
        let conv = LayerSpec::Conv { filters: 4, kernel: 5, activation: Activation::Relu };
        let dense = LayerSpec::Dense { units: 10, activation: Activation::None };
        let cases: [(&[LayerSpec], &str); 6] = [
            (
                &[conv, LayerSpec::MaxPool { size: 2 }, conv, LayerSpec::Flatten, dense],
                "layer 3, conv2, does not fit its input of shape [3, 3, 4]",
            ),
            (
                &[conv, LayerSpec::MaxPool { size: 7 }, LayerSpec::Flatten, dense],
                "layer 2, pool1, does not fit its input of shape [6, 6, 4]",
            ),
            (
                &[LayerSpec::MaxPool { size: 0 }, LayerSpec::Flatten, dense],
                "layer 1, pool1, does not fit its input of shape [10, 10, 1]",
            ),
            (&[dense], "layer 1, dense1, needs a row of values; put flatten before it, not an input of shape [10, 10, 1]"),
            (
                &[LayerSpec::Flatten, conv, dense],
                "layer 2, conv1, needs an image; it must stand before flatten, not an input of shape [100]",
            ),
            (&[LayerSpec::Flatten], "the last layer must be dense with 10 units, one for each class, and the activation none"),
        ];
        for (layers, expected) in cases {
            let error = Network::new(layers, [10, 10, 1], 10, 0).expect_err(expected);
            assert_eq!(error.to_string(), expected);
        }
    }
}
