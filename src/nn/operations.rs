//! The engine's operations one by one, each with the buffers it works on: for benchmarks (`benches/operations.rs`).
//!
//! The operations themselves stay private to the engine; what is here only prepares them and calls them, as training
//! does, on one slice of a batch and one thread. It is no part of what the crate promises.

use std::hint::black_box;
use std::ops::Range;

use dfdx::prelude::*;
use rayon::ThreadPool;

use super::average_pool::AveragePool;
use super::batch_norm::BatchNorm;
use super::buffer::Buffer;
use super::convolution::{self, Convolution, Filters};
use super::dropout::{Chance, multiply};
use super::gradient::Gradient;
use super::head::{Head, Matrix};
use super::optimizer::OptimizerState;
use super::padding::Padding;
use super::pool::MaxPool;
use super::slice;
use super::stack::StackLayer;
use crate::protocol::{Activation, Hyperparameters, Optimizer};

/// Images that go through an operation together.
pub const IMAGES: usize = slice::SLICE;

/// A layer on images, with all that it reads and writes.
pub struct ImageLayer {
    layer: StackLayer,
    input: Buffer,
    output: Buffer,
    /// Of the results.
    gradient: Buffer,
    /// Not wanted of the first layer of a network.
    input_gradient: Option<Buffer>,
    parameters: Vec<f32>,
    parameter_gradient: Vec<f32>,
    /// The weights as a convolution wants them.
    filters: Filters,
    chosen: Vec<u8>,
    /// A dropout's mask, a normalisation's mean and variance.
    notes: Vec<f32>,
    scratch: Buffer,
    multiply_adds: usize,
}

impl ImageLayer {
    /// A convolution with ReLU and, unless `pool` is 1, max pooling; its gradients are those of the parameters and, unless it
    /// is the `first` layer, of the input. `None` when it does not fit.
    pub fn convolution(input: [usize; 3], filters: usize, kernel: usize, pool: usize, first: bool) -> Option<Self> {
        let convolution = Convolution::new(input, filters, (kernel, 1), pool, Activation::Relu)?;
        let [height, width, _] = convolution.output();
        let weights = kernel * kernel * input[2] * filters;
        let layer = StackLayer::Convolution(Box::new(convolution), 0..weights, weights..weights + filters);
        let mut this = Self::new(layer, input, values(weights + filters, 0.05));
        this.multiply_adds = IMAGES * height * width * pool * pool * weights;
        if first {
            this.input_gradient = None;
        }
        Some(this)
    }

    /// Max pooling that no convolution has taken in. `None` when no window fits.
    pub fn max_pool(input: [usize; 3], size: usize) -> Option<Self> {
        Some(Self::new(StackLayer::MaxPool(MaxPool::new(input, size)?), input, Vec::new()))
    }

    /// Average pooling. `None` when no window fits.
    pub fn average_pool(input: [usize; 3], size: usize) -> Option<Self> {
        Some(Self::new(StackLayer::AveragePool(AveragePool::new(input, size)?), input, Vec::new()))
    }

    /// The zeros around images that a convolution needs to keep their size.
    pub fn padding(input: [usize; 3], kernel: usize) -> Self {
        Self::new(StackLayer::Padding(Padding::same(input, kernel, 1)), input, Vec::new())
    }

    /// Batch normalisation with ReLU, by the slice's own mean and variance.
    pub fn batch_norm(input: [usize; 3]) -> Self {
        let channels = input[2];
        let norm = BatchNorm { channels, activation: Activation::Relu };
        let parameters = [1.0, 0.0, 0.0, 1.0].iter().flat_map(|value| vec![*value; channels]).collect();
        Self::new(StackLayer::BatchNorm(norm, input, 0..4 * channels), input, parameters)
    }

    /// Dropout, drawing its mask included.
    pub fn dropout(input: [usize; 3], rate: f32) -> Self {
        Self::new(StackLayer::Dropout(input, rate, 0), input, Vec::new())
    }

    fn new(layer: StackLayer, input: [usize; 3], parameters: Vec<f32>) -> Self {
        let input = IMAGES * input.iter().product::<usize>();
        let output = IMAGES * layer.output().iter().product::<usize>();
        let mut this = Self {
            layer,
            input: buffer(&values(input, 1.0)),
            output: buffer(&vec![0.0; output]),
            gradient: buffer(&values(output, 0.01)),
            input_gradient: Some(buffer(&vec![0.0; input])),
            parameter_gradient: vec![0.0; parameters.len()],
            filters: Filters::default(),
            parameters,
            chosen: vec![0; output],
            notes: vec![0.0; output],
            scratch: Buffer::default(),
            multiply_adds: 0,
        };
        if let StackLayer::Convolution(convolution, weights, _) = &this.layer {
            convolution.prepare(&this.parameters[weights.clone()], &mut this.filters);
        }
        // The backward pass reads what the forward pass has left.
        this.forward();
        this
    }

    /// Floating-point operations of the forward pass of a convolution, two for each multiply-add; of others 0.
    pub fn forward_flops(&self) -> usize {
        2 * self.multiply_adds
    }

    /// The same of the backward pass: once for the weights and, where its gradient is wanted, once for the input.
    pub fn backward_flops(&self) -> usize {
        self.forward_flops() * (1 + usize::from(self.input_gradient.is_some()))
    }

    /// Bytes of its input and its results, or of their gradients.
    pub fn bytes(&self) -> usize {
        size_of::<f32>() * (self.input.len() + self.output.len())
    }

    /// From the input to the results.
    pub fn forward(&mut self) {
        let Self { layer, input, output, parameters, filters, chosen, notes, scratch, .. } = self;
        match layer {
            StackLayer::Convolution(convolution, _, bias) => {
                convolution.forward(filters, &parameters[bias.clone()], input, output, chosen, scratch);
            }
            StackLayer::MaxPool(pool) => pool.forward(input, output, chosen),
            StackLayer::AveragePool(pool) => pool.forward(input, output),
            StackLayer::Padding(padding) => padding.forward(input, output),
            StackLayer::BatchNorm(norm, ..) => norm.forward(parameters, input, output, notes),
            StackLayer::Dropout(_, rate, number) => {
                Chance { seed: 0, step: 1, slice: 0, dropout: 1.0 }.mask(*number, *rate, notes);
                multiply(input, notes, output);
            }
        }
        black_box(output);
    }

    /// From the gradient of the results to those of the parameters and of the input.
    pub fn backward(&mut self) {
        let Self { layer, input, output, gradient, input_gradient, parameters, filters, chosen, notes, scratch, .. } = self;
        let sums = &mut self.parameter_gradient;
        match (layer, input_gradient.as_deref_mut()) {
            (StackLayer::Convolution(convolution, weights, _), input_gradient) => {
                let (weight_gradient, bias_gradient) = sums.split_at_mut(weights.end);
                let pass =
                    convolution::Backward { input, output, chosen, filters, input_gradient, weight_gradient, bias_gradient };
                convolution.backward(gradient, pass, scratch);
            }
            (StackLayer::MaxPool(pool), Some(back)) => pool.backward(gradient, chosen, back),
            (StackLayer::AveragePool(pool), Some(back)) => pool.backward(gradient, back),
            (StackLayer::Padding(padding), Some(back)) => padding.backward(gradient, back),
            (StackLayer::BatchNorm(norm, ..), Some(back)) => {
                norm.backward(parameters, [input, output, notes], gradient, sums, back);
            }
            (StackLayer::Dropout(..), Some(back)) => multiply(gradient, notes, back),
            (_, None) => {}
        }
        black_box((input_gradient, sums));
    }
}

/// A dense layer with ReLU, through dfdx.
pub struct DenseLayer {
    head: Head,
    input: Matrix,
    units: usize,
}

impl DenseLayer {
    /// From `inputs` values to `units`.
    pub fn new(inputs: usize, units: usize) -> Self {
        let (weights, mut head) = (inputs * units, Head::default());
        head.push_dense(inputs, 0..weights, weights..weights + units, Activation::Relu);
        head.load(&values(weights + units, 0.05));
        Self { head, input: Cpu::default().tensor_from_vec(values(IMAGES * inputs, 1.0), (IMAGES, inputs)), units }
    }

    /// Floating-point operations of the forward pass, two for each multiply-add; the backward pass has twice as many.
    pub fn forward_flops(&self) -> usize {
        2 * self.input.shape().num_elements() * self.units
    }

    /// From the input to the results.
    pub fn forward(&self) {
        black_box(self.on_tape());
    }

    /// The forward pass done, and the backward pass to be done.
    pub fn way_back(&self) -> WayBack {
        WayBack(self.on_tape().sum())
    }

    fn on_tape(&self) -> Matrix<OwnedTape<f32, Cpu>> {
        self.head.forward(self.input.clone().put_tape(OwnedTape::default()), None)
    }
}

/// A backward pass to be done.
pub struct WayBack(Tensor<Rank0, f32, Cpu, OwnedTape<f32, Cpu>>);

impl WayBack {
    /// To the gradients of the parameters and of the input, from ones for the results.
    pub fn go(self) {
        black_box(self.0.backward());
    }
}

/// The softmax and the cross-entropy, through dfdx.
pub struct CrossEntropy {
    logits: Matrix,
    targets: Matrix,
}

impl CrossEntropy {
    /// Of logits like those of a network that has just begun.
    pub fn new(classes: usize) -> Self {
        let (device, shape) = (Cpu::default(), (IMAGES, classes));
        let mut targets = vec![0.0; IMAGES * classes];
        targets.chunks_exact_mut(classes).enumerate().for_each(|(image, row)| row[image % classes] = 1.0);
        let logits = values(IMAGES * classes, 1.0);
        Self { logits: device.tensor_from_vec(logits, shape), targets: device.tensor_from_vec(targets, shape) }
    }

    /// The loss and the gradient of the logits.
    pub fn both_ways(&self) {
        let logits = self.logits.clone().put_tape(OwnedTape::default());
        let loss = cross_entropy_with_logits_loss(logits, self.targets.clone());
        black_box(loss.backward());
    }
}

/// The gradients of the slices of a batch, to be summed up.
pub struct SliceGradients {
    sum: Gradient,
    slices: Vec<Vec<f32>>,
    pieces: Vec<Range<usize>>,
    thread: ThreadPool,
}

impl SliceGradients {
    /// Of so many parameters. Fails when there is no thread to be had.
    pub fn new(slices: usize, parameters: usize) -> Result<Self, rayon::ThreadPoolBuildError> {
        let thread = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
        let slices = vec![values(parameters, 0.01); slices];
        Ok(Self { sum: Gradient::default(), slices, pieces: slice::pieces(&(0..parameters)).collect(), thread })
    }

    /// Adds them up, looks whether the sum is finite and, when gradients are to be clipped, measures it. Gives its factor.
    pub fn sum(&mut self, clip_norm: f64) -> f32 {
        let Self { sum, slices, pieces, thread } = self;
        let parts: Vec<(f32, &[f32])> = slices.iter().map(|slice| (1.0 / slices.len() as f32, &slice[..])).collect();
        let result = thread.install(|| {
            sum.clear(pieces.last().map_or(0, |piece| piece.end));
            sum.add(&parts, pieces);
            sum.look(pieces, clip_norm > 0.0)
        });
        if result.is_ok() { sum.clip(clip_norm, |_| true) } else { 0.0 }
    }
}

/// An optimizer with the parameters that it changes.
pub struct Steps {
    state: OptimizerState,
    parameters: Vec<f32>,
    gradient: Vec<f32>,
}

impl Steps {
    /// Of so many parameters.
    pub fn new(kind: Optimizer, parameters: usize) -> Self {
        let state = OptimizerState::new(kind, parameters);
        Self { state, parameters: values(parameters, 0.05), gradient: values(parameters, 0.01) }
    }

    /// Changes all parameters once.
    pub fn step(&mut self, hyper: &Hyperparameters) {
        let Self { state, parameters, gradient } = self;
        let update = state.begin(hyper, 1.0);
        update.apply(parameters, gradient, &mut state.first, &mut state.second, true);
        black_box(parameters);
    }
}

fn buffer(values: &[f32]) -> Buffer {
    let mut buffer = Buffer::default();
    buffer.resize(values.len()).copy_from_slice(values);
    buffer
}

/// Numbers between -`most` and `most`, the same every time, with no order that a branch could be guessed from.
fn values(count: usize, most: f32) -> Vec<f32> {
    (0..count as u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 8) as f32 / (1 << 23) as f32 * most - most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is measured is what a network does: all of it moves, and nothing is left out because it is zero.
    #[test]
    fn every_operation_does_something_both_ways() {
        let image = [8, 8, 16];
        let layers = [
            ImageLayer::convolution(image, 24, 3, 1, false).expect("fits"),
            ImageLayer::convolution(image, 24, 3, 2, false).expect("fits"),
            ImageLayer::max_pool(image, 2).expect("fits"),
            ImageLayer::average_pool(image, 2).expect("fits"),
            ImageLayer::padding(image, 3),
            ImageLayer::batch_norm(image),
            ImageLayer::dropout(image, 0.3),
        ];
        for mut layer in layers {
            layer.forward();
            layer.backward();
            let some = |values: &[f32]| values.iter().filter(|value| **value != 0.0).count() * 10 > values.len();
            let name = &layer.layer;
            assert!(some(&layer.output) && layer.input_gradient.as_deref().is_some_and(some), "{name:?}");
            assert!(layer.parameters.is_empty() || some(&layer.parameter_gradient), "{name:?}");
        }
    }

    #[test]
    fn operations_are_counted_as_in_the_formula() {
        // 26 × 26 places of 32 filters of 3 × 3 weights, two operations each.
        let first = ImageLayer::convolution([28, 28, 1], 32, 3, 2, true).expect("fits");
        assert_eq!(first.forward_flops(), IMAGES * 26 * 26 * 32 * 9 * 2);
        assert_eq!(first.backward_flops(), first.forward_flops());
        let other = ImageLayer::convolution([13, 13, 32], 64, 3, 2, false).expect("fits");
        assert_eq!(other.backward_flops(), 2 * IMAGES * 10 * 10 * 64 * 9 * 32 * 2, "what no window reaches is not computed");
        assert_eq!(DenseLayer::new(576, 64).forward_flops(), IMAGES * 576 * 64 * 2);
    }
}
