//! A network: built and checked from its layers, its parameters, its forward pass and its gradients.

use std::sync::Arc;
use std::time::Instant;

use dfdx::prelude::*;
use rand_chacha::rand_core::RngCore;
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::builder::{Builder, NetworkError};
use super::dropout::Chance;
use super::head::{Head, Matrix};
use super::parameter::{Parameter, ParameterKind};
use super::slice::SLICE;
use super::stack::{SharedWorkspace, Stack, StackLayer, StackWeights, Workspace, lock, off_tape, on_tape};
use crate::data::{Augmenter, ImageSet, Purpose, stream};
use crate::protocol::{LayerShape, LayerSpec, Scaling};

/// Values of a layer that a core's own memory holds beside its input.
const HELD_VALUES: usize = 96 * 1024;

/// A network with its parameters.
#[derive(Clone, Debug)]
pub struct Network {
    /// What it was built from: one for each of its layers.
    pub(super) specs: Arc<[LayerSpec]>,
    /// Height, width and channels of an image.
    pub(super) image: [usize; 3],
    layers: Vec<LayerShape>,
    classes: usize,
    pub(super) parameters: Arc<[Parameter]>,
    stack: Arc<Stack>,
    weights: Arc<StackWeights>,
    head: Head,
    /// What brings pixels from 0 to 1 to the values that it takes.
    scaling: Option<Arc<Scaling>>,
}

/// A name that no layer with parameters has.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("there is no layer {name} to freeze; those with parameters are {layers}")]
pub struct FreezeError {
    name: String,
    layers: String,
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
    /// Fails at the first layer that does not fit the one before it, or makes the network too large.
    pub fn new(specs: &[LayerSpec], image: [usize; 3], classes: usize, seed: u64) -> Result<Self, NetworkError> {
        Ok(Self::built(Builder::build(specs, image, classes, None)?, (specs, image, classes), seed))
    }

    /// Builds a network for the parameters in a file, which are still to be loaded. Fails as [`new`](Self::new) does, and
    /// when the file is shorter than the parameters.
    pub fn for_file(
        specs: &[LayerSpec],
        image: [usize; 3],
        classes: usize,
        seed: u64,
        file: &[u8],
    ) -> Result<Self, NetworkError> {
        Ok(Self::built(Builder::build(specs, image, classes, Some(file.len()))?, (specs, image, classes), seed))
    }

    fn built(builder: Builder, (specs, image, classes): (&[LayerSpec], [usize; 3], usize), seed: u64) -> Self {
        let Builder { layers, parameters, stack, mut head, .. } = builder;
        let mut values = Vec::new();
        for (index, parameter) in parameters.iter().enumerate() {
            values.resize(parameter.range.end, parameter.kind.start());
            if parameter.kind != ParameterKind::Weight {
                continue;
            }
            let (fan_in, fan_out) = parameter.layout.fans();
            let mut random = stream(seed, Purpose::Initialisation, index as u64, 0);
            let bound = (6.0 / (fan_in + fan_out) as f32).sqrt();
            for value in &mut values[parameter.range.clone()] {
                // 24 random bits fill a float's precision: even steps in [-1, 1).
                *value = ((random.next_u32() >> 8) as f32 / (1 << 23) as f32 - 1.0) * bound;
            }
        }
        let mut weights = StackWeights::new(values);
        weights.refresh(&stack);
        head.load(&weights.values);
        Self {
            specs: specs.into(),
            image,
            layers,
            classes,
            parameters: parameters.into(),
            stack: Arc::new(stack),
            weights: Arc::new(weights),
            head,
            scaling: None,
        }
    }

    /// The same network for pixels that are brought to this scale; none for values from 0 to 1. It has to fit the images' channels.
    #[must_use]
    pub fn scaled(self, scaling: Option<&Scaling>) -> Self {
        Self { scaling: scaling.cloned().map(Arc::new), ..self }
    }

    /// What brings pixels from 0 to 1 to the values that it takes, when it is not these.
    pub fn scaling(&self) -> Option<&Scaling> {
        self.scaling.as_deref()
    }

    /// The layers with the shapes of their results.
    pub fn layers(&self) -> &[LayerShape] {
        &self.layers
    }

    /// The number of classes it tells apart.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Lets layers keep their parameters: those of a name (`conv1`), or of a kind (`conv`).
    ///
    /// Fails when there are none of the name.
    pub fn freeze(&mut self, name: &str) -> Result<(), FreezeError> {
        let is_meant = |layer: &str| layer == name || layer.trim_end_matches(|c: char| c.is_ascii_digit()) == name;
        let mut found = false;
        for parameter in Arc::make_mut(&mut self.parameters) {
            let layer = parameter.name.split('.').next().unwrap_or_default();
            if is_meant(layer) {
                parameter.frozen = true;
                found = true;
            }
        }
        let layers = || self.layers.iter().filter(|layer| layer.parameters > 0).map(|layer| layer.name.as_str());
        if found { Ok(()) } else { Err(FreezeError { name: name.into(), layers: layers().collect::<Vec<_>>().join(", ") }) }
    }

    /// Lets the last layer, and those of these names, learn at so many times the learning rate of the others.
    pub fn set_head_rate(&mut self, factor: f64, renewed: &[String]) {
        let last = self.layers.last().map(|layer| layer.name.clone()).unwrap_or_default();
        for parameter in Arc::make_mut(&mut self.parameters) {
            let layer = parameter.layer();
            if layer == last || renewed.iter().any(|renewed| renewed == layer) {
                parameter.rate = factor as f32;
            }
        }
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
        self.head.load(&weights.values);
    }

    /// The digest of the parameters as little-endian 32-bit floats.
    pub fn sha256(&self) -> String {
        let mut digest = Sha256::new();
        self.values().iter().for_each(|value| digest.update(value.to_le_bytes()));
        digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The layer that the parameter at this place belongs to.
    pub(super) fn layer_at(&self, place: usize) -> Option<&str> {
        self.parameters.iter().find(|parameter| parameter.range.contains(&place))?.name.split('.').next()
    }

    /// The loss of a slice of a batch, its images varied by the augmenter, and its gradient in the workspace. The part
    /// `smoothing` of each target is spread evenly over all classes.
    pub(super) fn gradient(
        &self,
        set: &ImageSet,
        indices: &[u32],
        (augmenter, smoothing): (Option<&Augmenter>, f32),
        workspace: &SharedWorkspace,
        chance: Chance,
    ) -> SliceOutcome {
        let began = lock(workspace).times.as_ref().map(|_| Instant::now());
        self.fill(set, indices, augmenter, workspace);
        {
            let gradient = &mut lock(workspace).gradient;
            gradient.clear();
            gradient.resize(self.values().len(), 0.0);
        }
        let logits = self.head.forward(on_tape(&self.stack, &self.weights, workspace, indices.len(), chance), Some(chance));
        let outcome_logits = logits.retaped::<NoneTape>();
        let loss = cross_entropy_with_logits_loss(logits, self.targets(set, indices, smoothing));
        let outcome = SliceOutcome { loss: loss.array().into(), predictions: self.predictions(&outcome_logits.as_vec()) };
        let mut gradients = loss.backward();
        let Workspace { gradient, times, .. } = &mut *lock(workspace);
        self.head.collect(&mut gradients, gradient);
        if let (Some(times), Some(began)) = (times, began) {
            times.whole += began.elapsed();
        }
        outcome
    }

    /// The loss of a slice and the probabilities of its images, `[images, classes]`.
    pub(super) fn judge(&self, set: &ImageSet, indices: &[u32], workspace: &SharedWorkspace) -> (SliceOutcome, Vec<f32>) {
        self.fill(set, indices, None, workspace);
        let logits = self.head.forward(off_tape(&self.stack, &self.weights, workspace, indices.len()), None);
        let predictions = self.predictions(&logits.as_vec());
        let probabilities = logits.clone().softmax::<Axis<1>>().as_vec();
        let loss = cross_entropy_with_logits_loss(logits, self.targets(set, indices, 0.0)).array();
        (SliceOutcome { loss: loss.into(), predictions }, probabilities)
    }

    /// How many images are judged together: what a layer gives for them stays in a core's own memory, as far as it can.
    pub(super) fn judged_together(&self) -> usize {
        let largest = self.stack.layers.iter().map(|layer| layer.output().iter().product()).max().unwrap_or(1);
        (HELD_VALUES / largest).clamp(1, SLICE)
    }

    /// For each image, the probability of each class.
    ///
    /// # Panics
    /// When an index is not below the length of `set`, or its images have another shape than the network was built for.
    pub fn probabilities(&self, set: &ImageSet, indices: &[u32]) -> Vec<Vec<f32>> {
        let workspace = SharedWorkspace::default();
        let slices = indices.chunks(self.judged_together()).map(|slice| self.judge(set, slice, &workspace).1);
        slices.flat_map(|rows| rows.chunks_exact(self.classes).map(<[f32]>::to_vec).collect::<Vec<_>>()).collect()
    }

    /// The layers in front of the dense ones.
    pub(super) fn stack_layers(&self) -> &[StackLayer] {
        &self.stack.layers
    }

    /// What each dense layer makes, without chance, of what the stack gave for the images in the workspace.
    pub(super) fn dense_outputs(&self, workspace: &Workspace) -> Vec<Vec<f32>> {
        let given = workspace.outputs().last().unwrap_or(&workspace.pixels);
        let first = self.stack.layers.last().map_or(self.image, StackLayer::output).iter().product::<usize>().max(1);
        let shape = (given.len() / first, first);
        self.head.outputs(Cpu::default().tensor_from_vec(given.to_vec(), shape))
    }

    /// For each image, what the last hidden layer makes of it: the values that the last dense layer goes by.
    ///
    /// # Panics
    /// As [`probabilities`](Self::probabilities) does.
    pub fn hidden(&self, set: &ImageSet, indices: &[u32]) -> Vec<Vec<f32>> {
        let workspace = SharedWorkspace::default();
        let mut rows = Vec::with_capacity(indices.len());
        for slice in indices.chunks(self.judged_together()) {
            self.fill(set, slice, None, &workspace);
            let hidden = self.head.hidden(off_tape(&self.stack, &self.weights, &workspace, slice.len())).as_vec();
            rows.extend(hidden.chunks_exact((hidden.len() / slice.len()).max(1)).map(<[f32]>::to_vec));
        }
        rows
    }

    /// Brings pixels to [0, 1], varied by `augmenter`, and from there to the scale of the network.
    fn fill(&self, set: &ImageSet, indices: &[u32], augmenter: Option<&Augmenter>, workspace: &SharedWorkspace) {
        let pixels = &mut lock(workspace).pixels;
        pixels.clear();
        for index in indices {
            match augmenter {
                Some(augmenter) => augmenter.append(set, *index, pixels),
                None => pixels.extend(set.image(*index as usize).iter().map(|byte| f32::from(*byte) / 255.0)),
            }
        }
        if let Some(scaling) = &self.scaling {
            scaling.apply(pixels);
        }
    }

    /// The probabilities that images should get: 1 for their classes, but the part `smoothing` of it spread evenly over
    /// all classes (Szegedy et al. 2016, section 7).
    fn targets(&self, set: &ImageSet, indices: &[u32], smoothing: f32) -> Matrix {
        let mut targets = vec![smoothing / self.classes as f32; indices.len() * self.classes];
        for (row, index) in targets.chunks_exact_mut(self.classes).zip(indices) {
            row[set.label(*index as usize)] += 1.0 - smoothing;
        }
        Cpu::default().tensor_from_vec(targets, (indices.len(), self.classes))
    }

    fn predictions(&self, logits: &[f32]) -> Vec<usize> {
        logits.chunks_exact(self.classes).map(greatest).collect()
    }
}

/// The place of the greatest value, the first of equal ones: what a network takes an image for.
pub fn greatest<T: PartialOrd>(row: &[T]) -> usize {
    row.iter().enumerate().fold(0, |best, (class, value)| if *value > row[best] { class } else { best })
}
