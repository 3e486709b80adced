//! A network: built and checked from its layers, its parameters, its forward pass and its gradients.

use std::ops::Range;
use std::sync::Arc;

use dfdx::prelude::*;
use rand_chacha::rand_core::RngCore;
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::convolution::Convolution;
use super::pool::MaxPool;
use super::stack::{SharedWorkspace, Stack, StackLayer, StackWeights, lock, off_tape, on_tape};
use crate::data::{Augmenter, ImageSet, Purpose, stream};
use crate::protocol::{Activation, LayerShape, LayerSpec};

type Matrix<T = NoneTape> = Tensor<(usize, usize), f32, Cpu, T>;
type Vector = Tensor<(usize,), f32, Cpu>;

/// A layer that cannot be built where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NetworkError {
    /// The layer's windows are larger than what it is given, or a size is 0.
    #[error("layer {number}, {layer}, does not fit its input of shape {shape:?}")]
    DoesNotFit {
        /// Counted from 1.
        number: usize,
        /// Its name.
        layer: String,
        /// The shape it would get.
        shape: Vec<usize>,
    },
    /// Dense layers take rows of values, the others images.
    #[error("layer {number}, {layer}, needs {needed}, not an input of shape {shape:?}")]
    WrongInput {
        /// Counted from 1.
        number: usize,
        /// Its name.
        layer: String,
        /// What it needs.
        needed: &'static str,
        /// The shape it would get.
        shape: Vec<usize>,
    },
    /// The last layer does not give one value a class.
    #[error("the last layer must be dense with {classes} units, one for each class, and the activation none")]
    NotAClassifier {
        /// The number of classes.
        classes: usize,
    },
}

/// One tensor of parameters among all of them.
#[derive(Clone, Debug)]
pub(super) struct Parameter {
    pub range: Range<usize>,
    /// Weights are pulled to zero by weight decay, biases are not.
    pub is_weight: bool,
    /// How many values go into, and how many come out of, what it multiplies.
    fans: (usize, usize),
}

/// A dense layer: its weights `[inputs, units]` and bias `[units]` as tensors of dfdx.
#[derive(Clone, Debug)]
struct Dense {
    weight: Matrix,
    bias: Vector,
    weight_range: Range<usize>,
    bias_range: Range<usize>,
    activation: Activation,
}

/// A network with its parameters.
#[derive(Clone, Debug)]
pub struct Network {
    layers: Vec<LayerShape>,
    classes: usize,
    pub(super) parameters: Vec<Parameter>,
    stack: Arc<Stack>,
    weights: Arc<StackWeights>,
    dense: Vec<Dense>,
}

/// What a slice of a batch came to.
#[derive(Clone, Debug)]
pub(super) struct SliceOutcome {
    /// The mean loss of its images.
    pub loss: f64,
    /// For each image, the class with the greatest logit.
    pub predictions: Vec<usize>,
}

impl Network {
    /// Builds a network for images `[height, width, channels]` of `classes` classes. Weights are drawn evenly from
    /// ±√(6 / (fan in + fan out)) (Glorot & Bengio 2010, equation 16), biases are 0.
    ///
    /// Fails at the first layer that does not fit the one before it.
    pub fn new(specs: &[LayerSpec], image: [usize; 3], classes: usize, seed: u64) -> Result<Self, NetworkError> {
        let mut build = Builder { shape: image.to_vec(), ..Builder::default() };
        let mut specs = specs.iter().copied().enumerate().peekable();
        while let Some((index, spec)) = specs.next() {
            let pool = match (spec, specs.peek()) {
                (LayerSpec::Conv { .. }, Some((_, LayerSpec::MaxPool { size }))) => Some(*size),
                _ => None,
            };
            if build.add(index + 1, spec, pool)? == Taken::WithThePool {
                specs.next();
            }
        }
        let Builder { layers, parameters, stack, mut dense, last, .. } = build;
        if last != Some((classes, Activation::None)) {
            return Err(NetworkError::NotAClassifier { classes });
        }
        let mut values = vec![0.0; parameters.last().map_or(0, |p| p.range.end)];
        for (index, parameter) in parameters.iter().enumerate().filter(|(_, p)| p.is_weight) {
            let mut random = stream(seed, Purpose::Initialisation, index as u64, 0);
            let bound = (6.0 / (parameter.fans.0 + parameter.fans.1) as f32).sqrt();
            for value in &mut values[parameter.range.clone()] {
                // 24 random bits fill a float's precision: even steps in [-1, 1).
                *value = ((random.next_u32() >> 8) as f32 / (1 << 23) as f32 - 1.0) * bound;
            }
        }
        let mut weights = StackWeights::new(values);
        weights.refresh(&stack);
        dense.iter_mut().for_each(|layer| layer.load(&weights.values));
        Ok(Self { layers, classes, parameters, stack: Arc::new(stack), weights: Arc::new(weights), dense })
    }

    /// The layers with the shapes of their results.
    pub fn layers(&self) -> &[LayerShape] {
        &self.layers
    }

    /// The number of classes it tells apart.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// All parameters, layer by layer, weights before biases.
    pub fn values(&self) -> &[f32] {
        &self.weights.values
    }

    /// Changes the parameters.
    pub(super) fn update(&mut self, change: impl FnOnce(&mut [f32])) {
        let weights = Arc::make_mut(&mut self.weights);
        change(&mut weights.values);
        weights.refresh(&self.stack);
        for layer in &mut self.dense {
            layer.load(&weights.values);
        }
    }

    /// The digest of the parameters as little-endian 32-bit floats.
    pub fn sha256(&self) -> String {
        let mut digest = Sha256::new();
        self.values().iter().for_each(|value| digest.update(value.to_le_bytes()));
        digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The loss of a slice of a batch, its images varied by `augmenter`, and its gradient in the workspace.
    pub(super) fn gradient(
        &self,
        set: &ImageSet,
        indices: &[u32],
        augmenter: Option<&Augmenter>,
        workspace: &SharedWorkspace,
    ) -> SliceOutcome {
        self.fill(set, indices, augmenter, workspace);
        {
            let gradient = &mut lock(workspace).gradient;
            gradient.clear();
            gradient.resize(self.values().len(), 0.0);
        }
        let logits = self.head(on_tape(&self.stack, &self.weights, workspace, indices.len()));
        let outcome_logits = logits.retaped::<NoneTape>();
        let loss = cross_entropy_with_logits_loss(logits, self.targets(set, indices));
        let outcome = SliceOutcome { loss: loss.array().into(), predictions: self.predictions(&outcome_logits.as_vec()) };
        let mut gradients = loss.backward();
        let gradient = &mut lock(workspace).gradient;
        for layer in &self.dense {
            // Allocating cannot fail: the backward pass has made both.
            if let Ok(weight) = gradients.get_or_alloc_mut(&layer.weight) {
                gradient[layer.weight_range.clone()].copy_from_slice(weight);
            }
            if let Ok(bias) = gradients.get_or_alloc_mut(&layer.bias) {
                gradient[layer.bias_range.clone()].copy_from_slice(bias);
            }
        }
        outcome
    }

    /// The loss of a slice and the probabilities of its images, `[images, classes]`.
    pub(super) fn judge(&self, set: &ImageSet, indices: &[u32], workspace: &SharedWorkspace) -> (SliceOutcome, Vec<f32>) {
        self.fill(set, indices, None, workspace);
        let logits = self.head(off_tape(&self.stack, &self.weights, workspace, indices.len()));
        let predictions = self.predictions(&logits.as_vec());
        let probabilities = logits.clone().softmax::<Axis<1>>().as_vec();
        let loss = cross_entropy_with_logits_loss(logits, self.targets(set, indices)).array();
        (SliceOutcome { loss: loss.into(), predictions }, probabilities)
    }

    /// Brings pixels to [0, 1], varied by `augmenter`.
    fn fill(&self, set: &ImageSet, indices: &[u32], augmenter: Option<&Augmenter>, workspace: &SharedWorkspace) {
        let pixels = &mut lock(workspace).pixels;
        pixels.clear();
        for index in indices {
            match augmenter {
                Some(augmenter) => augmenter.append(set, *index, pixels),
                None => pixels.extend(set.image(*index as usize).iter().map(|byte| f32::from(*byte) / 255.0)),
            }
        }
    }

    /// The dense layers, on dfdx.
    fn head<T: Tape<f32, Cpu> + Merge<T>>(&self, mut x: Matrix<T>) -> Matrix<T> {
        for layer in &self.dense {
            let product = x.matmul(layer.weight.retaped::<T>());
            let shape = *product.shape();
            x = product + layer.bias.retaped::<T>().broadcast_like::<_, Axis<0>>(&shape);
            x = match layer.activation {
                Activation::Relu => x.relu(),
                Activation::Sigmoid => x.sigmoid(),
                Activation::Tanh => x.tanh(),
                Activation::None => x,
            };
        }
        x
    }

    fn targets(&self, set: &ImageSet, indices: &[u32]) -> Matrix {
        let mut targets = vec![0.0; indices.len() * self.classes];
        for (row, index) in targets.chunks_exact_mut(self.classes).zip(indices) {
            row[set.label(*index as usize)] = 1.0;
        }
        Cpu::default().tensor_from_vec(targets, (indices.len(), self.classes))
    }

    fn predictions(&self, logits: &[f32]) -> Vec<usize> {
        let greatest =
            |row: &[f32]| row.iter().enumerate().fold(0, |best, (class, logit)| if *logit > row[best] { class } else { best });
        logits.chunks_exact(self.classes).map(greatest).collect()
    }
}

impl Dense {
    fn load(&mut self, values: &[f32]) {
        self.weight.copy_from(&values[self.weight_range.clone()]);
        self.bias.copy_from(&values[self.bias_range.clone()]);
    }
}

#[derive(PartialEq)]
enum Taken {
    Alone,
    WithThePool,
}

/// A network that is being put together.
#[derive(Default)]
struct Builder {
    shape: Vec<usize>,
    layers: Vec<LayerShape>,
    parameters: Vec<Parameter>,
    stack: Stack,
    dense: Vec<Dense>,
    counts: [usize; 4],
    /// Units and activation of the newest layer, when it is a dense one.
    last: Option<(usize, Activation)>,
}

impl Builder {
    /// Adds a layer; a convolution takes in the max pooling of `pool` that follows it.
    fn add(&mut self, number: usize, spec: LayerSpec, pool: Option<usize>) -> Result<Taken, NetworkError> {
        let (kind, word) = match spec {
            LayerSpec::Conv { .. } => (0, "conv"),
            LayerSpec::MaxPool { .. } => (1, "pool"),
            LayerSpec::Dense { .. } => (2, "dense"),
            LayerSpec::Flatten => (3, "flatten"),
        };
        self.counts[kind] += 1;
        let layer = format!("{word}{}", self.counts[kind]);
        let wrong = |needed| NetworkError::WrongInput { number, layer: layer.clone(), needed, shape: self.shape.clone() };
        let does_not_fit = NetworkError::DoesNotFit { number, layer: layer.clone(), shape: self.shape.clone() };
        let image = <[usize; 3]>::try_from(self.shape.as_slice());
        self.last = None;
        let mut taken = Taken::Alone;
        match spec {
            LayerSpec::Conv { filters, kernel, activation } => {
                let image = image.map_err(|_| wrong("an image; it must stand before flatten"))?;
                if filters == 0 || kernel == 0 {
                    return Err(does_not_fit);
                }
                let Some(plain) = Convolution::new(image, filters, kernel, 1, activation) else { return Err(does_not_fit) };
                let [height, width, channels] = plain.output();
                // Pooling that does not fit is left to be refused under its own name.
                let fused = pool
                    .filter(|size| (1..=15).contains(size))
                    .and_then(|size| Convolution::new(image, filters, kernel, size, activation));
                let (weights, bias) =
                    self.parameters(plain.weights(), kernel * kernel * image[2], kernel * kernel * filters, filters);
                self.push(layer, vec![height, width, channels], weights.len() + bias.len());
                if fused.is_some() {
                    taken = Taken::WithThePool;
                }
                let convolution = fused.unwrap_or(plain);
                if taken == Taken::WithThePool {
                    self.counts[1] += 1;
                    self.push(format!("pool{}", self.counts[1]), convolution.output().to_vec(), 0);
                }
                self.stack.layers.push(StackLayer::Convolution(Box::new(convolution), weights, bias));
            }
            LayerSpec::MaxPool { size } => {
                let image = image.map_err(|_| wrong("an image; it must stand before flatten"))?;
                let Some(pool) = MaxPool::new(image, size) else { return Err(does_not_fit) };
                self.push(layer, pool.output().to_vec(), 0);
                self.stack.layers.push(StackLayer::MaxPool(pool));
            }
            LayerSpec::Flatten => {
                let image = image.map_err(|_| wrong("an image"))?;
                self.push(layer, vec![image.iter().product()], 0);
            }
            LayerSpec::Dense { units, activation } => {
                let [inputs] = self.shape[..] else { return Err(wrong("a row of values; put flatten before it")) };
                if units == 0 {
                    return Err(does_not_fit);
                }
                let (weight_range, bias_range) = self.parameters(inputs * units, inputs, units, units);
                self.push(layer, vec![units], weight_range.len() + bias_range.len());
                let device = Cpu::default();
                let (weight, bias) = (device.zeros_like(&(inputs, units)), device.zeros_like(&(units,)));
                self.dense.push(Dense { weight, bias, weight_range, bias_range, activation });
                self.last = Some((units, activation));
            }
        }
        Ok(taken)
    }

    fn push(&mut self, name: String, output: Vec<usize>, parameters: usize) {
        self.shape.clone_from(&output);
        self.layers.push(LayerShape { name, output, parameters });
    }

    /// Makes room for weights and, after them, a bias.
    fn parameters(&mut self, weights: usize, fan_in: usize, fan_out: usize, bias: usize) -> (Range<usize>, Range<usize>) {
        let start = self.parameters.last().map_or(0, |p| p.range.end);
        let (weights, bias) = (start..start + weights, start + weights..start + weights + bias);
        self.parameters.push(Parameter { range: weights.clone(), is_weight: true, fans: (fan_in, fan_out) });
        self.parameters.push(Parameter { range: bias.clone(), is_weight: false, fans: (0, 0) });
        (weights, bias)
    }
}
