//! The layers in front of the dense ones, as one operation on dfdx's tape.
//!
//! dfdx records what is done to a tensor on a tape and runs it backwards. The convolutional layers put themselves
//! there as a single operation: between them the images of a slice stay in buffers that are used again for every
//! batch, and no gradient of the pixels is ever computed.

use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use dfdx::prelude::*;

use super::average_pool::AveragePool;
use super::batch_norm::BatchNorm;
use super::buffer::Buffer;
use super::convolution::{Backward, Convolution, Filters};
use super::dropout::{Chance, multiply};
use super::padding::Padding;
use super::pool::MaxPool;

/// Layers on images, one after the other.
#[derive(Debug, Default)]
pub(super) struct Stack {
    /// Each gets the results of the one before.
    pub layers: Vec<StackLayer>,
}

/// A layer on images.
#[derive(Debug)]
pub(super) enum StackLayer {
    /// With the places of its weights and its bias among the network's parameters.
    Convolution(Box<Convolution>, Range<usize>, Range<usize>),
    /// Pooling that no convolution has taken in.
    MaxPool(MaxPool),
    /// Average pooling.
    AveragePool(AveragePool),
    /// Zeros around images.
    Padding(Padding),
    /// Normalisation of images of a shape, with the place of its parameters.
    BatchNorm(BatchNorm, [usize; 3], Range<usize>),
    /// Dropout on images of a shape, with its rate and its number among the network's dropout layers.
    Dropout([usize; 3], f32, usize),
}

/// How long the layers took for a slice.
#[derive(Debug, Default)]
pub(super) struct Times {
    /// Each layer of the stack, forward and backward.
    pub stack: Vec<Duration>,
    /// All of it.
    pub whole: Duration,
}

/// The buffers of one slice of a batch.
#[derive(Debug, Default)]
pub(super) struct Workspace {
    /// The pixels, 0 to 1.
    pub pixels: Vec<f32>,
    outputs: Vec<Buffer>,
    chosen: Vec<Vec<u8>>,
    /// For each layer, what else its backward pass needs: a dropout's mask, a normalisation's mean and variance.
    notes: Vec<Vec<f32>>,
    gradients: [Buffer; 2],
    scratch: Buffer,
    /// The gradients of the network's parameters, in their order.
    pub gradient: Vec<f32>,
    /// How long the layers take, where that is measured.
    pub times: Option<Times>,
}

impl Workspace {
    /// What each layer gave for the images that went through last.
    pub fn outputs(&self) -> impl Iterator<Item = &[f32]> {
        self.outputs.iter().map(|output| &output[..])
    }

    /// Counts the time since then for a layer, where it is measured.
    fn took(times: &mut Option<Times>, layer: usize, since: Option<Instant>) {
        if let (Some(times), Some(since)) = (times, since) {
            times.stack.resize(times.stack.len().max(layer + 1), Default::default());
            times.stack[layer] += since.elapsed();
        }
    }
}

/// A workspace that the tape holds on to between the forward and the backward pass.
pub(super) type SharedWorkspace = Arc<Mutex<Workspace>>;

/// Nobody leaves a workspace in a state that the next pass would see, so a panic elsewhere does not spoil it.
pub(super) fn lock(workspace: &SharedWorkspace) -> MutexGuard<'_, Workspace> {
    workspace.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The weights that the stack works with.
#[derive(Clone, Debug, Default)]
pub(super) struct StackWeights {
    /// All parameters of the network.
    pub values: Vec<f32>,
    /// For each layer that is a convolution, its weights as that wants them.
    filters: Vec<Filters>,
}

impl StackWeights {
    /// The parameters `values`; [`refresh`](Self::refresh) makes the rest.
    pub fn new(values: Vec<f32>) -> Self {
        Self { values, filters: Vec::new() }
    }

    /// Brings what follows from `values` up to date.
    pub fn refresh(&mut self, stack: &Stack) {
        self.filters.resize_with(stack.layers.len(), Filters::default);
        for (layer, filters) in stack.layers.iter().zip(&mut self.filters) {
            if let StackLayer::Convolution(convolution, weights, _) = layer {
                convolution.prepare(&self.values[weights.clone()], filters);
            }
        }
    }
}

impl StackLayer {
    /// Height, width and channels of the result.
    pub fn output(&self) -> [usize; 3] {
        match self {
            Self::Convolution(convolution, ..) => convolution.output(),
            Self::MaxPool(pool) => pool.output(),
            Self::AveragePool(pool) => pool.output(),
            Self::Padding(padding) => padding.output(),
            Self::BatchNorm(_, shape, _) | Self::Dropout(shape, ..) => *shape,
        }
    }

    /// Whether it has parameters.
    pub fn learns(&self) -> bool {
        matches!(self, Self::Convolution(..) | Self::BatchNorm(..))
    }
}

impl Stack {
    /// The results for the images in the workspace's pixels, `[images, values]`; while training, with `chance`.
    fn forward(&self, weights: &StackWeights, workspace: &mut Workspace, images: usize, chance: Option<Chance>) -> Vec<f32> {
        let Workspace { pixels, outputs, chosen, notes, scratch, times, .. } = workspace;
        outputs.resize_with(self.layers.len(), Buffer::default);
        chosen.resize_with(self.layers.len(), Vec::new);
        notes.resize_with(self.layers.len(), Vec::new);
        for (i, layer) in self.layers.iter().enumerate() {
            let began = times.as_ref().map(|_| Instant::now());
            let (before, rest) = outputs.split_at_mut(i);
            let input = before.last().map_or(&pixels[..], |output| output);
            let len = images * layer.output().iter().product::<usize>();
            let (output, chosen, notes) = (&mut rest[0], &mut chosen[i], &mut notes[i]);
            let output = output.resize(len);
            chosen.resize(len, 0);
            match layer {
                StackLayer::Convolution(convolution, _, bias) => {
                    convolution.forward(&weights.filters[i], &weights.values[bias.clone()], input, output, chosen, scratch);
                }
                StackLayer::MaxPool(pool) => pool.forward(input, output, chosen),
                StackLayer::AveragePool(pool) => pool.forward(input, output),
                StackLayer::Padding(padding) => padding.forward(input, output),
                StackLayer::BatchNorm(norm, _, parameters) => match chance {
                    Some(_) => norm.forward(&weights.values[parameters.clone()], input, output, notes),
                    None => norm.judge(&weights.values[parameters.clone()], input, output),
                },
                StackLayer::Dropout(_, rate, number) => match chance {
                    Some(chance) => {
                        notes.resize(len, 0.0);
                        chance.mask(*number, *rate, notes);
                        multiply(input, notes, output);
                    }
                    None => output.copy_from_slice(input),
                },
            }
            Workspace::took(times, i, began);
        }
        outputs.last().map_or(&pixels[..], |output| output).to_vec()
    }

    /// Adds the gradients of the layers' parameters to the workspace's, from `gradient`, that of the results.
    fn backward(&self, weights: &StackWeights, workspace: &mut Workspace, gradient: &[f32]) {
        let Workspace { pixels, outputs, chosen, notes, gradients: [current, next], scratch, gradient: parameters, times } =
            workspace;
        // Below the first layer that learns nobody needs a gradient.
        let Some(first) = self.layers.iter().position(StackLayer::learns) else { return };
        current.resize(gradient.len()).copy_from_slice(gradient);
        for (i, layer) in self.layers.iter().enumerate().skip(first).rev() {
            let began = times.as_ref().map(|_| Instant::now());
            let input: &[f32] = if i == 0 { pixels } else { &outputs[i - 1] };
            next.resize(input.len());
            match layer {
                StackLayer::Convolution(convolution, w, b) => {
                    let [weight_gradient, bias_gradient] = disjoint(parameters, w, b);
                    let pass = Backward {
                        input,
                        output: &outputs[i],
                        chosen: &chosen[i],
                        filters: &weights.filters[i],
                        input_gradient: (i > first).then_some(&mut next[..]),
                        weight_gradient,
                        bias_gradient,
                    };
                    convolution.backward(current, pass, scratch);
                }
                StackLayer::MaxPool(pool) => pool.backward(current, &chosen[i], next),
                StackLayer::AveragePool(pool) => pool.backward(current, next),
                StackLayer::Padding(padding) => padding.backward(current, next),
                StackLayer::BatchNorm(norm, _, range) => {
                    let (values, parameters) = (&weights.values[range.clone()], &mut parameters[range.clone()]);
                    norm.backward(values, [input, &outputs[i], &notes[i]], current, parameters, next);
                }
                StackLayer::Dropout(..) => multiply(current, &notes[i], next),
            }
            std::mem::swap(current, next);
            Workspace::took(times, i, began);
        }
    }
}

/// The weights and the bias of a layer, which lie one after the other.
fn disjoint<'a>(values: &'a mut [f32], weights: &Range<usize>, bias: &Range<usize>) -> [&'a mut [f32]; 2] {
    let (weight_part, bias_part) = values[weights.start..bias.end].split_at_mut(bias.start - weights.start);
    [weight_part, bias_part]
}

/// The results for `images` images in the workspace, `[images, values]`, with the way back on the tape.
pub(super) fn on_tape(
    stack: &Arc<Stack>,
    weights: &Arc<StackWeights>,
    workspace: &SharedWorkspace,
    images: usize,
    chance: Chance,
) -> Tensor<(usize, usize), f32, Cpu, OwnedTape<f32, Cpu>> {
    let results = tensor(stack.forward(weights, &mut lock(workspace), images, Some(chance)), images);
    let mut tape = OwnedTape::default();
    let (stack, weights, workspace) = (Arc::clone(stack), Arc::clone(weights), Arc::clone(workspace));
    let same = results.clone();
    tape.add_backward_op(move |gradients| {
        let gradient = gradients.get_or_alloc_mut(&same)?;
        stack.backward(&weights, &mut lock(&workspace), gradient);
        Ok(())
    });
    results.put_tape(tape)
}

/// The same without a way back and without chance.
pub(super) fn off_tape(
    stack: &Stack,
    weights: &StackWeights,
    workspace: &SharedWorkspace,
    images: usize,
) -> Tensor<(usize, usize), f32, Cpu> {
    tensor(stack.forward(weights, &mut lock(workspace), images, None), images)
}

fn tensor(results: Vec<f32>, images: usize) -> Tensor<(usize, usize), f32, Cpu> {
    let shape = (images, results.len() / images.max(1));
    Cpu::default().tensor_from_vec(results, shape)
}
