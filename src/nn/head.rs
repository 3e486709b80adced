//! The layers behind the images: dense ones, on dfdx.

use std::ops::Range;

use dfdx::prelude::*;

use super::dropout::Chance;
use crate::protocol::Activation;

pub(super) type Matrix<T = NoneTape> = Tensor<(usize, usize), f32, Cpu, T>;
type Vector = Tensor<(usize,), f32, Cpu>;

/// Layers on rows of values, one after the other.
#[derive(Clone, Debug, Default)]
pub(super) struct Head {
    layers: Vec<HeadLayer>,
}

#[derive(Clone, Debug)]
enum HeadLayer {
    Dense(Dense),
    /// With its rate and its number among the network's dropout layers.
    Dropout(f32, usize),
}

/// A dense layer: its weights `[inputs, units]` and bias `[units]` as tensors of dfdx, and their places among the
/// network's values.
#[derive(Clone, Debug)]
struct Dense {
    weight: Matrix,
    bias: Vector,
    weight_range: Range<usize>,
    bias_range: Range<usize>,
    activation: Activation,
}

impl Head {
    /// Adds a dense layer from `inputs` values to as many as `bias` has places.
    pub fn push_dense(&mut self, inputs: usize, weight: Range<usize>, bias: Range<usize>, activation: Activation) {
        let device = Cpu::default();
        let units = bias.len();
        self.layers.push(HeadLayer::Dense(Dense {
            weight: device.zeros_like(&(inputs, units)),
            bias: device.zeros_like(&(units,)),
            weight_range: weight,
            bias_range: bias,
            activation,
        }));
    }

    /// Adds a dropout layer.
    pub fn push_dropout(&mut self, rate: f32, number: usize) {
        self.layers.push(HeadLayer::Dropout(rate, number));
    }

    /// Takes over new values of the network's parameters.
    pub fn load(&mut self, values: &[f32]) {
        for layer in &mut self.layers {
            if let HeadLayer::Dense(layer) = layer {
                layer.weight.copy_from(&values[layer.weight_range.clone()]);
                layer.bias.copy_from(&values[layer.bias_range.clone()]);
            }
        }
    }

    /// The logits; while training, with `chance`.
    pub fn forward<T: Tape<f32, Cpu> + Merge<T> + Merge<NoneTape>>(&self, x: Matrix<T>, chance: Option<Chance>) -> Matrix<T> {
        Self::through(&self.layers, x, chance)
    }

    /// What goes into the last layer.
    pub fn hidden(&self, x: Matrix) -> Matrix {
        Self::through(self.layers.split_last().map_or(&[], |(_, before)| before), x, None)
    }

    /// What each dense layer gives, without chance.
    pub fn outputs(&self, mut x: Matrix) -> Vec<Vec<f32>> {
        let mut outputs = Vec::new();
        for layer in &self.layers {
            if let HeadLayer::Dense(layer) = layer {
                x = layer.forward(x);
                outputs.push(x.as_vec());
            }
        }
        outputs
    }

    fn through<T: Tape<f32, Cpu> + Merge<T> + Merge<NoneTape>>(
        layers: &[HeadLayer],
        mut x: Matrix<T>,
        chance: Option<Chance>,
    ) -> Matrix<T> {
        for layer in layers {
            x = match (layer, chance) {
                (HeadLayer::Dense(layer), _) => layer.forward(x),
                (HeadLayer::Dropout(rate, number), Some(chance)) => {
                    let shape = *x.shape();
                    let mut mask = vec![0.0; shape.0 * shape.1];
                    chance.mask(*number, *rate, &mut mask);
                    x * Cpu::default().tensor_from_vec(mask, shape)
                }
                (HeadLayer::Dropout(..), None) => x,
            };
        }
        x
    }

    /// Copies the gradients of its parameters to their places.
    pub fn collect(&self, gradients: &mut Gradients<f32, Cpu>, gradient: &mut [f32]) {
        for layer in &self.layers {
            let HeadLayer::Dense(layer) = layer else { continue };
            // Allocating cannot fail: the backward pass has made both.
            if let Ok(weight) = gradients.get_or_alloc_mut(&layer.weight) {
                gradient[layer.weight_range.clone()].copy_from_slice(weight);
            }
            if let Ok(bias) = gradients.get_or_alloc_mut(&layer.bias) {
                gradient[layer.bias_range.clone()].copy_from_slice(bias);
            }
        }
    }
}

impl Dense {
    fn forward<T: Tape<f32, Cpu> + Merge<T>>(&self, x: Matrix<T>) -> Matrix<T> {
        let product = x.matmul(self.weight.retaped::<T>());
        let shape = *product.shape();
        let sum = product + self.bias.retaped::<T>().broadcast_like::<_, Axis<0>>(&shape);
        match self.activation {
            Activation::Relu => sum.relu(),
            Activation::Sigmoid => sum.sigmoid(),
            Activation::Tanh => sum.tanh(),
            Activation::None => sum,
        }
    }
}
