//! What each operation of the engine costs, on one thread: `cargo bench --bench operations`.
//!
//! Layers are measured on 16 images, a slice of a batch, and at a place where one of the presets has them. Where
//! floating-point operations can be counted, an item is one of them, so that Gitem/s are GFLOP/s.

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use mnist_tui::nn::operations::{CrossEntropy, DenseLayer, IMAGES, ImageLayer, SliceGradients, Steps};
use mnist_tui::protocol::{Hyperparameters, Optimizer};

/// The parameters of the network `seed`.
const PARAMETERS: usize = 93_322;

fn main() {
    divan::main();
}

/// Measures the forward or the backward pass, in floating-point operations where they can be counted, in bytes elsewhere.
fn measure(bencher: Bencher, mut layer: ImageLayer, backward: bool) {
    let flops = if backward { layer.backward_flops() } else { layer.forward_flops() };
    let bencher =
        if flops > 0 { bencher.counter(ItemsCount::new(flops)) } else { bencher.counter(BytesCount::new(layer.bytes())) };
    if backward { bencher.bench_local(|| layer.backward()) } else { bencher.bench_local(|| layer.forward()) }
}

/// The two passes of a layer on images.
macro_rules! passes {
    ($($(#[$doc:meta])* $name:ident: $layer:expr;)*) => {$(
        $(#[$doc])*
        mod $name {
            use super::*;

            #[divan::bench]
            fn forward(bencher: Bencher) {
                measure(bencher, $layer, false);
            }

            #[divan::bench]
            fn backward(bencher: Bencher) {
                measure(bencher, $layer, true);
            }
        }
    )*};
}

fn convolution(input: [usize; 3], filters: usize, pool: usize, first: bool) -> ImageLayer {
    ImageLayer::convolution(input, filters, 3, pool, first).expect("filters that fit")
}

passes! {
    /// The first of `seed`: no gradient of the pixels.
    conv1_seed: convolution([28, 28, 1], 32, 2, true);
    conv2_seed: convolution([13, 13, 32], 64, 2, false);
    conv3_seed: convolution([5, 5, 64], 64, 1, false);
    /// Between zeros that [`padding`] has put around 13 × 13 pixels.
    conv_same: convolution([15, 15, 32], 64, 1, false);
    padding: ImageLayer::padding([13, 13, 32], 3);
    /// Where normalisation stands before it.
    max_pool: ImageLayer::max_pool([11, 11, 64], 2).expect("windows that fit");
    /// As in `lenet5`.
    average_pool: ImageLayer::average_pool([28, 28, 6], 2).expect("windows that fit");
    batch_norm: ImageLayer::batch_norm([13, 13, 64]);
    dropout: ImageLayer::dropout([3, 3, 128], 0.3);
}

/// The first dense layer of `seed`.
mod dense {
    use super::*;

    #[divan::bench]
    fn forward(bencher: Bencher) {
        let layer = DenseLayer::new(576, 64);
        bencher.counter(ItemsCount::new(layer.forward_flops())).bench_local(|| layer.forward());
    }

    #[divan::bench]
    fn backward(bencher: Bencher) {
        let layer = DenseLayer::new(576, 64);
        let flops = ItemsCount::new(2 * layer.forward_flops());
        bencher.counter(flops).with_inputs(|| layer.way_back()).bench_local_values(|way_back| way_back.go());
    }
}

/// The loss and its gradient, by images.
#[divan::bench]
fn cross_entropy(bencher: Bencher) {
    let loss = CrossEntropy::new(10);
    bencher.counter(ItemsCount::new(IMAGES)).bench_local(|| loss.both_ways());
}

/// The gradients of a batch of 128, by parameters; with and without measuring the norm.
#[divan::bench(args = [0.0, 1.0])]
fn sum_gradients(bencher: Bencher, clip_norm: f64) {
    let mut gradients = SliceGradients::new(128 / IMAGES, PARAMETERS).expect("a thread");
    bencher.counter(ItemsCount::new(PARAMETERS)).bench_local(|| gradients.sum(clip_norm));
}

/// One step of all parameters, by parameters.
#[divan::bench(args = [Optimizer::Adam, Optimizer::AdamW, Optimizer::Sgd, Optimizer::Nesterov, Optimizer::RmsProp])]
fn optimizer(bencher: Bencher, kind: Optimizer) {
    let mut steps = Steps::new(kind, PARAMETERS);
    let hyper = Hyperparameters { weight_decay: 0.01, ..Hyperparameters::default() };
    bencher.counter(ItemsCount::new(PARAMETERS)).bench_local(|| steps.step(&hyper));
}
