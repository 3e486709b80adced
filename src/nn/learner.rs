//! A network that learns: batches cut into slices, slices spread over threads, gradients summed and applied.

use rayon::prelude::*;

use super::activation::add_scaled;
use super::dropout::Chance;
use super::network::{Network, SliceOutcome};
use super::optimizer::OptimizerState;
use super::parameter::ParameterKind;
use super::stack::{SharedWorkspace, lock};
use crate::data::{Augmenter, ImageSet};
use crate::protocol::{ConfusionMatrix, Evaluation, Hyperparameters, Optimizer};

/// Images that go through the network together. What a slice needs fits into a core's own memory, and a batch of 32
/// still gives two threads something to do.
const SLICE: usize = 16;
/// Parameters that are summed and changed together.
const CHUNK: usize = 8192;

/// A network, its optimizer, and the threads they run on.
pub struct Learner {
    network: Network,
    optimizer: OptimizerState,
    workspaces: Vec<SharedWorkspace>,
    threads: rayon::ThreadPool,
    seed: u64,
}

/// What one step came to, before the parameters changed.
#[derive(Clone, Debug, PartialEq)]
pub struct StepOutcome {
    /// The mean cross-entropy of the batch.
    pub loss: f32,
    /// The right predictions.
    pub correct: u32,
}

impl Learner {
    /// A network that learns on `threads` threads.
    ///
    /// Fails when the threads cannot be started.
    pub fn new(network: Network, optimizer: Optimizer, threads: usize, seed: u64) -> Result<Self, rayon::ThreadPoolBuildError> {
        let threads = rayon::ThreadPoolBuilder::new().num_threads(threads).thread_name(|i| format!("train-{i}")).build()?;
        let optimizer = OptimizerState::new(optimizer, network.values().len());
        Ok(Self { network, optimizer, workspaces: Vec::new(), threads, seed })
    }

    /// The network as it is now.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Trains on the images `indices` of `set`, one batch, varied by `augmenter`. Predictions are counted into `confusion`.
    pub fn step(
        &mut self,
        set: &ImageSet,
        indices: &[u32],
        augmenter: Option<&Augmenter>,
        hyper: &Hyperparameters,
        confusion: &mut ConfusionMatrix,
    ) -> StepOutcome {
        let slices: Vec<&[u32]> = indices.chunks(SLICE).collect();
        let Self { network, optimizer, workspaces, threads, seed } = self;
        let chance = Chance { seed: *seed, step: optimizer.steps + 1, slice: 0, dropout: 1.0 };
        workspaces.resize_with(slices.len().max(workspaces.len()), SharedWorkspace::default);
        let outcomes: Vec<SliceOutcome> = threads.install(|| {
            let jobs = slices.par_iter().zip(&workspaces[..slices.len()]).enumerate();
            jobs.map(|(i, (slice, workspace))| {
                network.gradient(set, slice, augmenter, workspace, Chance { slice: i as u64, ..chance })
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
        let update = optimizer.begin(hyper);
        let parameters = network.parameters.clone();
        network.update(|values| {
            let mut jobs = Vec::new();
            let (mut values, mut first, mut second) = (values, &mut optimizer.first[..], &mut optimizer.second[..]);
            for parameter in &parameters {
                for start in parameter.range.clone().step_by(CHUNK) {
                    let range = start..parameter.range.end.min(start + CHUNK);
                    let len = range.len();
                    let (v, f, s);
                    (v, values) = values.split_at_mut(len);
                    (f, first) = first.split_at_mut(len);
                    (s, second) = second.split_at_mut(len);
                    if !parameter.frozen {
                        jobs.push((range, parameter.kind, v, f, s));
                    }
                }
            }
            threads.install(|| {
                jobs.into_par_iter().for_each(|(range, kind, values, first, second)| {
                    let gradients = parts.iter().map(|(part, gradient)| (*part, &gradient[range.clone()]));
                    let gradient = weighted_sum(gradients, range.len());
                    match kind {
                        ParameterKind::Running { .. } => move_towards(&gradient, values),
                        _ => update.apply(values, &gradient, first, second, matches!(kind, ParameterKind::Weight { .. })),
                    }
                });
            });
        });
        let mut total = StepOutcome { loss: 0.0, correct: 0 };
        for ((outcome, slice), (part, _)) in outcomes.iter().zip(&slices).zip(&parts) {
            total.loss += part * outcome.loss as f32;
            total.correct += count(set, slice, outcome, confusion);
        }
        total
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

/// What the batches are like, remembered: each step weighs a tenth of all before it, as in PyTorch.
fn move_towards(batch: &[f32], running: &mut [f32]) {
    running.iter_mut().zip(batch).for_each(|(running, batch)| *running += 0.1 * (batch - *running));
}

/// The sum of some rows of `len` values, each times its weight.
fn weighted_sum<'a>(rows: impl Iterator<Item = (f32, &'a [f32])>, len: usize) -> Vec<f32> {
    let mut sum = vec![0.0; len];
    rows.for_each(|(weight, row)| add_scaled(weight, row, &mut sum));
    sum
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
    use crate::protocol::{Activation, Augmentation, LayerSpec, Padding};

    fn images(count: usize) -> ImageSet {
        let pixels = (0..count * 100).map(|i| ((i * 7919 + i / 100 * 104_729) % 251) as u8).collect();
        let labels = (0..count).map(|i| (i % 3) as u8).collect();
        ImageSet::new([10, 10, 1], pixels, labels, 3).expect("fitting lengths")
    }

    /// Every kind of layer.
    fn layers() -> Vec<LayerSpec> {
        let conv =
            |filters, kernel, stride, padding, activation| LayerSpec::Conv { filters, kernel, stride, padding, activation };
        vec![
            conv(5, 3, 1, Padding::Valid, Activation::Tanh),
            LayerSpec::MaxPool { size: 2 },
            conv(18, 2, 1, Padding::Same, Activation::None),
            LayerSpec::BatchNorm { activation: Activation::Sigmoid },
            LayerSpec::Dropout { rate: 0.2 },
            conv(6, 3, 2, Padding::Same, Activation::Tanh),
            LayerSpec::AveragePool { size: 2 },
            LayerSpec::Flatten,
            LayerSpec::Dense { units: 7, activation: Activation::Tanh },
            LayerSpec::Dropout { rate: 0.3 },
            LayerSpec::Dense { units: 3, activation: Activation::None },
        ]
    }

    const HYPER: Hyperparameters =
        Hyperparameters { learning_rate: 0.01, batch_size: 40, weight_decay: 0.01, augmentation: 0.0, epochs: 1 };

    fn learner(threads: usize) -> Learner {
        Learner::new(Network::new(&layers(), [10, 10, 1], 3, 5).expect("a network that fits"), Optimizer::Adam, threads, 5)
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
                    learner.step(&set, batch, None, &HYPER, &mut confusion);
                }
                assert_eq!(confusion.total(), 200);
                learner.network().sha256()
            })
            .to_vec();
        assert!(digests.iter().all(|digest| *digest == digests[0]), "{digests:?}");
    }

    #[test]
    fn varied_images_train_the_same_on_any_number_of_threads_and_other_weights_than_plain_ones() {
        let (set, indices) = (images(80), (0..80).collect::<Vec<u32>>());
        let digest = |threads, strength| {
            let mut learner = learner(threads);
            let augmenter = Augmenter::new(Augmentation::default(), strength, 5, 1);
            for batch in indices.chunks(40) {
                learner.step(&set, batch, augmenter.as_ref(), &HYPER, &mut ConfusionMatrix::new(3));
            }
            learner.network().sha256()
        };
        assert_eq!(digest(1, 1.0), digest(2, 1.0));
        assert_ne!(digest(1, 1.0), digest(1, 0.5));
        assert_ne!(digest(1, 1.0), digest(1, 0.0));
    }

    /// The whole way: pixels, every kind of layer with its chance, the loss, the mean over uneven slices.
    #[test]
    fn the_gradient_of_the_network_agrees_with_finite_differences() {
        let (set, indices) = (images(20), (0..20).collect::<Vec<u32>>());
        let start = learner(1).network.values().to_vec();
        // The first step of plain gradient descent from given parameters: its loss, and the parameters after it.
        let step = |values: &[f32], learning_rate: f64| {
            let mut learner = learner(1);
            learner.optimizer = OptimizerState::new(Optimizer::Sgd, values.len());
            learner.network.update(|parameters| parameters.copy_from_slice(values));
            let plain = Hyperparameters { learning_rate, weight_decay: 0.0, ..HYPER };
            let outcome = learner.step(&set, &indices, None, &plain, &mut ConfusionMatrix::new(3));
            (f64::from(outcome.loss), learner.network.values().to_vec())
        };
        // With rate 1 each parameter moves by its gradient.
        let (_, after) = step(&start, 1.0);
        let mut checked = 0;
        let learning =
            learner(1).network.parameters.clone().into_iter().filter(|p| !matches!(p.kind, ParameterKind::Running { .. }));
        for i in learning.flat_map(|parameter| parameter.range.step_by(7)) {
            let loss = |by: f32| {
                let mut values = start.clone();
                values[i] += by;
                step(&values, 0.0).0
            };
            let (up, here, down) = (loss(5e-3), loss(0.0), loss(-5e-3));
            let (slope, gradient) = ((up - down) / 1e-2, f64::from(start[i] - after[i]));
            // At a kink (another pixel becomes the greatest of its window) there is no one slope.
            let smooth = (up + down - 2.0 * here).abs() < 1e-5;
            assert!(!smooth || (slope - gradient).abs() < 1e-3, "parameter {i}: {gradient} against {slope}");
            checked += usize::from(smooth && slope.abs() > 2e-3);
        }
        assert!(checked > 50, "only {checked} slopes are not zero");
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

    #[test]
    fn networks_that_do_not_fit_are_refused_by_layer() {
        let conv = LayerSpec::Conv { filters: 4, kernel: 5, stride: 1, padding: Padding::Valid, activation: Activation::Relu };
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
