//! What training steps and judging cost, on all cores: `cargo bench --bench step`.

use std::path::PathBuf;

use divan::Bencher;
use divan::counter::ItemsCount;
use mnist_tui::config::{FlagValue, Sources};
use mnist_tui::data::{Augmenter, Dataset, Probe, epoch_order, split};
use mnist_tui::nn::{Learner, Network};
use mnist_tui::protocol::{ConfusionMatrix, RunSpec};

fn main() {
    divan::main();
}

/// The recipe of a preset, whatever stands in the home folder.
fn recipe(preset: &str) -> RunSpec {
    let defaults = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/config.example.toml"));
    let flag = FlagValue::new("--preset", preset).expect("a flag");
    let settings = Sources { file: Some(defaults), flags: vec![flag], ..Sources::default() }.settings().expect("a preset");
    settings.config().run_spec(10).expect("a recipe")
}

/// The images, and a learner with the network of a recipe on all cores.
fn learner(recipe: &RunSpec) -> (Dataset, Learner) {
    let dataset = Dataset::mnist();
    let network = Network::new(&recipe.layers, dataset.train.shape(), 10, recipe.seed).expect("a network that fits");
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let learner = Learner::new(network, recipe.optimizer, threads, recipe.seed).expect("threads");
    (dataset, learner)
}

/// A step with everything that the preset's recipe says, by images.
fn train(bencher: Bencher, preset: &str, batch: usize) {
    let mut recipe = recipe(preset);
    recipe.hyperparameters.batch_size = batch;
    let (Dataset { train: images, .. }, mut learner) = learner(&recipe);
    let order = epoch_order(&(0..images.len() as u32).collect::<Vec<_>>(), recipe.seed, 1);
    let hyper = recipe.hyperparameters;
    let augmenter = Augmenter::new(recipe.augmentation, hyper.augmentation, recipe.seed, 1);
    let mut confusion = ConfusionMatrix::new(10);
    let mut batches = order.chunks_exact(batch).cycle();
    bencher
        .counter(ItemsCount::new(batch))
        .bench_local(|| batches.next().map(|batch| learner.step(&images, batch, augmenter.as_ref(), &hyper, &mut confusion)));
}

#[divan::bench(args = [32, 128, 512])]
fn train_seed(bencher: Bencher, batch: usize) {
    train(bencher, "seed", batch);
}

/// Steps that measure their layers, as one a second does: what more than `train_seed` they take is what that second pays.
#[divan::bench(args = [32])]
fn train_seed_measured(bencher: Bencher, batch: usize) {
    let recipe = recipe("seed");
    let (Dataset { train: images, .. }, mut learner) = learner(&recipe);
    let order = epoch_order(&(0..images.len() as u32).collect::<Vec<_>>(), recipe.seed, 1);
    let mut confusion = ConfusionMatrix::new(10);
    let mut batches = order.chunks_exact(batch).cycle();
    bencher.counter(ItemsCount::new(batch)).bench_local(|| {
        learner.measure_layers_next();
        batches.next().map(|batch| learner.step(&images, batch, None, &recipe.hyperparameters, &mut confusion))
    });
}

/// Steps with the looks at the probe that belong to them: what more than `train_seed` they take is what the probe costs.
#[divan::bench(args = [32])]
fn train_seed_probed(bencher: Bencher, batch: usize) {
    let recipe = recipe("seed");
    let (Dataset { train: images, .. }, mut learner) = learner(&recipe);
    let (train, validation) = split(images.len(), 5_000, recipe.seed);
    let (probe, order) = (Probe::of(&train, &validation, recipe.seed), epoch_order(&train, recipe.seed, 1));
    let (mut confusion, mut seen) = (ConfusionMatrix::new(10), 0);
    let mut batches = order.chunks_exact(batch).cycle();
    bencher.counter(ItemsCount::new(batch)).bench_local(|| {
        let outcome = batches.next().map(|batch| learner.step(&images, batch, None, &recipe.hyperparameters, &mut confusion));
        seen += batch as u64;
        let looked: Vec<_> =
            probe.due(seen - batch as u64, seen).map(|part| learner.predict(&images, probe.part(part))).collect();
        (outcome, looked)
    });
}

#[divan::bench(args = [64])]
fn train_fast(bencher: Bencher, batch: usize) {
    train(bencher, "fast", batch);
}

/// With varied images.
#[divan::bench(args = [64])]
fn train_best(bencher: Bencher, batch: usize) {
    train(bencher, "best", batch);
}

/// Judging the test set of 10,000 images.
#[divan::bench(args = ["seed", "fast", "best"], sample_count = 10)]
fn evaluate(bencher: Bencher, preset: &str) {
    let (Dataset { test: images, .. }, mut learner) = learner(&recipe(preset));
    let indices: Vec<u32> = (0..images.len() as u32).collect();
    bencher.counter(ItemsCount::new(indices.len())).bench_local(|| learner.evaluate(&images, &indices));
}
