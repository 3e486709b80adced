//! What a training step costs: `cargo bench --bench step`.

use mnist_tui::config::preset;
use mnist_tui::data::{Dataset, ImageSet, epoch_order};
use mnist_tui::nn::{Learner, Network};
use mnist_tui::protocol::{ConfusionMatrix, Hyperparameters, Optimizer};

fn main() {
    divan::main();
}

/// The training images and a learner with the network `preset` on all cores.
fn learner(preset: &str) -> (ImageSet, Learner) {
    let dataset = Dataset::load("mnist").expect("the embedded images");
    let classes = dataset.class_names.len();
    let layers = preset::layers(preset, classes).expect("a preset");
    let network = Network::new(&layers, dataset.train.shape(), classes, 0).expect("a network that fits");
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    (dataset.train, Learner::new(network, Optimizer::Adam, threads, 0).expect("threads"))
}

/// One step of the seed network, by images in a batch.
#[divan::bench(args = [32, 128, 512])]
fn train_seed(bencher: divan::Bencher, batch: usize) {
    let (images, mut learner) = learner("seed");
    let order = epoch_order(&(0..images.len() as u32).collect::<Vec<_>>(), 0, 1);
    let hyper = Hyperparameters { batch_size: batch, ..Hyperparameters::default() };
    let mut confusion = ConfusionMatrix::new(10);
    let mut batches = order.chunks_exact(batch).cycle();
    bencher
        .counter(divan::counter::ItemsCount::new(batch))
        .bench_local(|| batches.next().map(|batch| learner.step(&images, batch, None, &hyper, &mut confusion)));
}

/// Judging a thousand images.
#[divan::bench]
fn evaluate_seed(bencher: divan::Bencher) {
    let (images, mut learner) = learner("seed");
    let indices: Vec<u32> = (0..1000).collect();
    bencher.counter(divan::counter::ItemsCount::new(1000usize)).bench_local(|| learner.evaluate(&images, &indices));
}
