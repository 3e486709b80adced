//! What a step does, on small networks and made-up images.

use super::*;
use crate::protocol::{Activation, Augmentation, LayerSpec, Padding};

fn images(count: usize) -> ImageSet {
    let pixels = (0..count * 100).map(|i| ((i * 7919 + i / 100 * 104_729) % 251) as u8).collect();
    let labels = (0..count).map(|i| (i % 3) as u16).collect();
    ImageSet::new([10, 10, 1], pixels, labels, 3).expect("fitting lengths")
}

/// Every kind of layer.
fn layers() -> Vec<LayerSpec> {
    let conv = |filters, kernel, stride, padding, activation| LayerSpec::Conv { filters, kernel, stride, padding, activation };
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
            // 40 images are two slices and a half; of 200, one thread works on some after the others.
            for batch in (0..200).collect::<Vec<u32>>().chunks(40).chain([&*(0..200).collect::<Vec<u32>>()]) {
                learner.step(&set, batch, None, &hyper(), &mut confusion).expect("finite numbers");
            }
            assert_eq!(confusion.total(), 400);
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
            learner.step(&set, batch, augmenter.as_ref(), &hyper(), &mut ConfusionMatrix::new(3)).expect("finite numbers");
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
        let plain = Hyperparameters { learning_rate, ..Hyperparameters::default() };
        let outcome = learner.step(&set, &indices, None, &plain, &mut ConfusionMatrix::new(3)).expect("finite numbers");
        (f64::from(outcome.loss), learner.network.values().to_vec())
    };
    // With rate 1 each parameter moves by its gradient.
    let (_, after) = step(&start, 1.0);
    let mut checked = 0;
    let parameters = Arc::clone(&learner(1).network.parameters);
    let learning = parameters.iter().filter(|p| !matches!(p.kind, ParameterKind::Running { .. }));
    for i in learning.flat_map(|parameter| parameter.range.clone().step_by(7)) {
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

/// One dense layer: nothing of which the training pass makes more than judging does.
fn plain_learner() -> Learner {
    let layers = [LayerSpec::Flatten, LayerSpec::Dense { units: 3, activation: Activation::None }];
    let network = Network::new(&layers, [10, 10, 1], 3, 5).expect("a network that fits");
    Learner::new(network, Optimizer::Sgd, 2, 5).expect("threads")
}

/// The cross-entropy with smoothed targets, from probabilities and classes.
fn smoothed(probabilities: &[Vec<f32>], labels: impl Iterator<Item = usize>, smoothing: f64) -> f64 {
    let loss = |(row, label): (&Vec<f32>, usize)| {
        let uniform = row.iter().map(|p| -f64::from(p.ln())).sum::<f64>() / row.len() as f64;
        (1.0 - smoothing) * -f64::from(row[label].ln()) + smoothing * uniform
    };
    probabilities.iter().zip(labels).map(loss).sum::<f64>() / probabilities.len() as f64
}

/// PyTorch 2.15: `cross_entropy(tensor([[1, 2, 0.5], [0.1, -0.3, 0.2]]), tensor([0, 2]), label_smoothing=0.1)` is
/// 1.1943.
#[test]
fn smoothed_targets_are_those_of_pytorch_and_for_training_only() {
    let softmax = |logits: [f32; 3]| {
        let sum: f32 = logits.iter().map(|logit| logit.exp()).sum();
        logits.map(|logit| logit.exp() / sum).to_vec()
    };
    let known = smoothed(&[softmax([1.0, 2.0, 0.5]), softmax([0.1, -0.3, 0.2])], [0, 2].into_iter(), 0.1);
    assert!((known - 1.1943).abs() < 5e-5, "{known}");
    let (set, indices) = (images(20), (0..20).collect::<Vec<u32>>());
    let mut learner = plain_learner();
    let (probabilities, evaluation) = (learner.predict(&set, &indices), learner.evaluate(&set, &indices));
    let hyper = Hyperparameters { label_smoothing: 0.1, ..Hyperparameters::default() };
    let step = learner.step(&set, &indices, None, &hyper, &mut ConfusionMatrix::new(3)).expect("finite numbers");
    let of = |smoothing| smoothed(&probabilities, (0..20).map(|i| i % 3), smoothing);
    assert!((f64::from(step.loss) - of(0.1)).abs() < 1e-5, "{} against {}", step.loss, of(0.1));
    assert!((evaluation.loss - of(0.0)).abs() < 1e-5 && (of(0.0) - of(0.1)).abs() > 1e-4);
}

#[test]
fn a_clipped_step_is_as_long_as_the_norm_allows() {
    let (set, indices) = (images(40), (0..40).collect::<Vec<u32>>());
    let mut learner = plain_learner();
    let start = learner.network.values().to_vec();
    let hyper = Hyperparameters { learning_rate: 1.0, momentum: 0.0, clip_norm: 0.01, ..Hyperparameters::default() };
    learner.step(&set, &indices, None, &hyper, &mut ConfusionMatrix::new(3)).expect("finite numbers");
    let moved = start.iter().zip(learner.network.values()).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>().sqrt();
    assert!((moved - 0.01).abs() < 1e-4, "{moved}");
}

/// What is frozen, and what follows the batches without a gradient, has no part in the norm.
#[test]
fn only_what_learns_is_measured() {
    let (set, indices) = (images(40), (0..40).collect::<Vec<u32>>());
    let mut learner = learner(2);
    learner.optimizer = OptimizerState::new(Optimizer::Sgd, learner.network.values().len());
    learner.network.freeze("conv").expect("there are some");
    let start = learner.network.values().to_vec();
    let hyper = Hyperparameters { learning_rate: 1.0, momentum: 0.0, clip_norm: 0.01, ..Hyperparameters::default() };
    learner.step(&set, &indices, None, &hyper, &mut ConfusionMatrix::new(3)).expect("finite numbers");
    let learning = learner.network.parameters.iter().filter(|parameter| parameter.learns());
    let moved = learning.flat_map(|parameter| parameter.range.clone());
    let moved = moved.map(|i| f64::from(start[i] - learner.network.values()[i]).powi(2)).sum::<f64>().sqrt();
    assert!((moved - 0.01).abs() < 1e-4, "{moved}");
}

#[test]
fn the_last_layer_and_what_starts_anew_move_as_far_as_they_are_told() {
    let (set, indices) = (images(40), (0..40).collect::<Vec<u32>>());
    let hyper = Hyperparameters { learning_rate: 0.1, momentum: 0.0, ..Hyperparameters::default() };
    let moved = |factor: f64, renewed: &[String]| {
        let mut learner = learner(1);
        learner.optimizer = OptimizerState::new(Optimizer::Sgd, learner.network.values().len());
        learner.network.set_head_rate(factor, renewed);
        let start = learner.network.values().to_vec();
        learner.step(&set, &indices, None, &hyper, &mut ConfusionMatrix::new(3)).expect("finite numbers");
        let parameters = learner.network.parameters.iter().map(|parameter| {
            let difference = |i: usize| f64::from(learner.network.values()[i] - start[i]).powi(2);
            (parameter.name.clone(), parameter.range.clone().map(difference).sum::<f64>().sqrt())
        });
        parameters.collect::<Vec<_>>()
    };
    for (renewed, anew) in [(vec![], vec!["dense2."]), (vec!["dense1".to_owned()], vec!["dense1.", "dense2."])] {
        for ((name, plain), (_, faster)) in moved(1.0, &renewed).into_iter().zip(moved(10.0, &renewed)) {
            let factor = if anew.iter().any(|layer| name.starts_with(layer)) { 10.0 } else { 1.0 };
            assert!((faster / plain / factor - 1.0).abs() < 0.01, "{name}: {plain} and {faster}");
        }
    }
}

#[test]
fn a_batch_that_is_not_finite_changes_nothing() {
    let (set, indices) = (images(40), (0..40).collect::<Vec<u32>>());
    let mut learner = learner(2);
    let mut confusion = ConfusionMatrix::new(3);
    learner.step(&set, &indices, None, &hyper(), &mut confusion).expect("finite numbers");
    let good = learner.snapshot();
    // A weight of the first dense layer spoils its layer's result and every gradient.
    let spoilt = good.values.len() - 30;
    learner.network.update(|values| values[spoilt] = f32::NAN);
    let before = learner.snapshot();
    let wrong = learner.step(&set, &indices, None, &hyper(), &mut confusion).expect_err("not finite");
    assert_eq!((wrong.quantity, wrong.layer.as_deref()), (Quantity::Loss, Some("conv1")));
    assert_eq!(learner.optimizer.steps, 1);
    assert_eq!((&learner.optimizer.first, &learner.optimizer.second), (&before.optimizer.first, &before.optimizer.second));
    let bits = |values: &[f32]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(learner.network.values()), bits(&before.values));
    assert_eq!(confusion.total(), 40, "its predictions are not counted");
    learner.restore(&good);
    learner.step(&set, &indices, None, &hyper(), &mut confusion).expect("finite again");
}

/// Every step that is made leaves finite numbers behind, so that a checkpoint of any moment can be read again.
#[test]
fn what_grows_without_end_is_stopped_while_it_is_finite() {
    let set = images(40);
    let indices: Vec<u32> = (0..40).collect();
    let is_finite = |learner: &Learner| {
        let OptimizerState { first, second, .. } = &learner.optimizer;
        learner.network.values().iter().chain(first).chain(second).all(|value| value.is_finite())
    };
    for optimizer in [Optimizer::Adam, Optimizer::AdamW, Optimizer::Sgd, Optimizer::Nesterov, Optimizer::RmsProp] {
        let layers = [LayerSpec::Flatten, LayerSpec::Dense { units: 3, activation: Activation::None }];
        let network = Network::new(&layers, [10, 10, 1], 3, 5).expect("a network that fits");
        let mut learner = Learner::new(network, optimizer, 1, 5).expect("threads");
        let start = learner.snapshot();
        // At this rate such a decay multiplies each weight by -9 and more.
        let wild = Hyperparameters { learning_rate: 10.0, weight_decay: 1.0, ..Hyperparameters::default() };
        let wrong = (0..20_000).find_map(|_| {
            let step = learner.step(&set, &indices, None, &wild, &mut ConfusionMatrix::new(3));
            assert!(is_finite(&learner), "{optimizer:?}");
            step.err()
        });
        if matches!(optimizer, Optimizer::AdamW | Optimizer::Sgd | Optimizer::Nesterov) {
            assert_eq!(wrong.map(|wrong| wrong.quantity), Some(Quantity::Parameter), "{optimizer:?}");
            assert!(!learner.is_usable());
        }
        learner.restore(&start);
        assert!(learner.is_usable());
        let tame = Hyperparameters::default();
        learner.step(&set, &indices, None, &tame, &mut ConfusionMatrix::new(3)).expect("usable again");
    }
    // A moment that no step leaves behind, as a damaged file may have it.
    let mut learner = plain_learner();
    let mut snapshot = learner.snapshot();
    snapshot.optimizer.second[7] = -1.0;
    learner.restore(&snapshot);
    let wrong = learner.step(&set, &indices, None, &hyper(), &mut ConfusionMatrix::new(3)).expect_err("not usable");
    assert_eq!((wrong.quantity, wrong.layer.as_deref()), (Quantity::Parameter, Some("dense1")));
}

/// However many slices a batch has, so many buffers do.
#[test]
fn buffers_do_not_grow_with_the_batch() {
    let set = images(400);
    let indices: Vec<u32> = (0..400).collect();
    let mut learner = learner(2);
    for batch in [64, 400, 16] {
        learner.step(&set, &indices[..batch], None, &hyper(), &mut ConfusionMatrix::new(3)).expect("finite numbers");
        assert_eq!(learner.workspaces.len(), if batch == 64 { 4 } else { 2 * SLICES_A_THREAD });
    }
}

#[test]
fn networks_that_do_not_fit_are_refused_by_layer() {
    let conv = LayerSpec::Conv { filters: 4, kernel: 5, stride: 1, padding: Padding::Valid, activation: Activation::Relu };
    let dense = LayerSpec::Dense { units: 10, activation: Activation::None };
    let cases: [(&[LayerSpec], &str); 8] = [
        (
            &[LayerSpec::Conv { filters: 4, kernel: 5, stride: 0, padding: Padding::Same, activation: Activation::Relu }],
            "layer 1, conv1, has stride = 0; it must be at least 1",
        ),
        (
            &[LayerSpec::Flatten, LayerSpec::Dense { units: 0, activation: Activation::None }],
            "layer 2, dense1, has units = 0; it must be at least 1",
        ),
        (
            &[conv, LayerSpec::MaxPool { size: 2 }, conv, LayerSpec::Flatten, dense],
            "layer 3, conv2, has windows that do not fit into its input of shape [3, 3, 4]",
        ),
        (
            &[conv, LayerSpec::MaxPool { size: 7 }, LayerSpec::Flatten, dense],
            "layer 2, pool1, has windows that do not fit into its input of shape [6, 6, 4]",
        ),
        (&[LayerSpec::MaxPool { size: 0 }, LayerSpec::Flatten, dense], "layer 1, pool1, has size = 0; it must be at least 1"),
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

#[test]
fn measuring_the_layers_changes_nothing_and_tells_of_each() {
    let layers = [
        LayerSpec::Conv { filters: 4, kernel: 3, stride: 1, padding: Padding::Valid, activation: Activation::Relu },
        LayerSpec::MaxPool { size: 2 },
        LayerSpec::BatchNorm { activation: Activation::Relu },
        LayerSpec::Flatten,
        LayerSpec::Dense { units: 6, activation: Activation::Relu },
        LayerSpec::Dense { units: 3, activation: Activation::None },
    ];
    let pixels = (0..80 * 64).map(|i| (i * 37 % 251) as u8).collect();
    let set = ImageSet::new([8, 8, 1], pixels, (0..80).map(|i| (i % 3) as u16).collect(), 3).expect("fits");
    let train = |measures: bool, threads| {
        let network = Network::new(&layers, [8, 8, 1], 3, 4).expect("fits");
        let mut learner = Learner::new(network, Optimizer::Adam, threads, 4).expect("threads");
        let (mut confusion, mut told) = (ConfusionMatrix::new(3), Vec::new());
        for step in 0..12u32 {
            if measures {
                learner.measure_layers_next();
            }
            let batch: Vec<u32> = (0..40).map(|i| (i + step * 7) % 80).collect();
            let outcome = learner.step(&set, &batch, None, &Hyperparameters::default(), &mut confusion).expect("finite");
            assert_eq!(outcome.layers.is_some(), measures);
            told = outcome.layers.unwrap_or_default();
        }
        (learner.network().sha256(), told)
    };
    let ((quiet, none), (measured, told), (alone, told_alone)) = (train(false, 2), train(true, 2), train(true, 1));
    assert_eq!((&quiet, none.len()), (&measured, 0));
    assert_eq!(quiet, alone);
    let names: Vec<&str> = told.iter().map(|layer| layer.name.as_str()).collect();
    assert_eq!(names, ["conv1", "batch_norm1", "dense1", "dense2"]);
    for (layer, alone) in told.iter().zip(&told_alone) {
        assert!(layer.weight_norm > 0.0 && layer.gradient_norm > 0.0, "{layer:?}");
        assert!((1e-5..1.0).contains(&layer.update_ratio), "{layer:?}");
        let sizes = |layer: &LayerMeasure| (layer.weight_norm, layer.gradient_norm, layer.update_ratio);
        assert_eq!(sizes(layer), sizes(alone), "whatever the number of threads");
    }
    let units: Vec<Option<u32>> = told.iter().map(|layer| layer.silent.map(|(_, all)| all)).collect();
    assert_eq!(units, [Some(4), Some(4), Some(6), None]);
    assert!(told.iter().all(|layer| layer.silent.is_none_or(|(part, _)| (0.0..=1.0).contains(&part))));
    assert!((0.1..1.001).contains(&told.iter().map(|layer| layer.time_share).sum::<f32>()), "{told:?}");
}
