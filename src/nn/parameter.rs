//! What a network's values are: names, shapes, and how each is treated.

use std::ops::Range;

/// One tensor of a network's values.
#[derive(Clone, Debug)]
pub(super) struct Parameter {
    /// `conv1.weight`, `batch_norm1.running_mean`, …
    pub name: String,
    /// Its place among all values.
    pub range: Range<usize>,
    pub kind: ParameterKind,
    pub layout: Layout,
    /// It keeps its values.
    pub frozen: bool,
    /// Its learning rate is so many times that of the others.
    pub rate: f32,
}

impl Parameter {
    /// The name of the layer that it belongs to.
    pub fn layer(&self) -> &str {
        self.name.split('.').next().unwrap_or_default()
    }

    /// Whether steps along the gradient change it.
    pub fn learns(&self) -> bool {
        !self.frozen && !matches!(self.kind, ParameterKind::Running { .. })
    }
}

/// What a tensor's values stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// One value a channel or unit.
    Row { len: usize },
    /// Filters `[kernel, kernel, channels, filters]`.
    Filters { kernel: usize, channels: usize, filters: usize },
    /// Weights of a dense layer `[height, width, channels, units]`; a row of values counts as channels of one pixel.
    Dense { inputs: [usize; 3], units: usize },
}

impl Layout {
    /// How many values there are; `None` when that cannot be counted.
    pub fn len(self) -> Option<usize> {
        match self {
            Self::Row { len } => Some(len),
            Self::Filters { kernel, channels, filters } => product(&[kernel, kernel, channels, filters]),
            Self::Dense { inputs: [height, width, channels], units } => product(&[height, width, channels, units]),
        }
    }

    /// How many values go into, and how many come out of, what weights that have been counted multiply.
    pub fn fans(self) -> (usize, usize) {
        match self {
            Self::Row { len } => (len, len),
            Self::Filters { kernel, channels, filters } => (kernel * kernel * channels, kernel * kernel * filters),
            Self::Dense { inputs, units } => (inputs.iter().product(), units),
        }
    }
}

/// All of them multiplied; `None` when that cannot be counted.
pub(super) fn product(numbers: &[usize]) -> Option<usize> {
    numbers.iter().try_fold(1usize, |product, number| product.checked_mul(*number))
}

/// How a tensor starts and changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ParameterKind {
    /// Drawn at random; pulled to zero by weight decay.
    Weight,
    /// Starts at this whole number; learns, without weight decay.
    Offset { start: u8 },
    /// Starts at this whole number; follows what the batches are like, and has no gradient.
    Running { start: u8 },
}

impl ParameterKind {
    /// The value before the first step, where it is not drawn at random.
    pub fn start(self) -> f32 {
        match self {
            Self::Weight => 0.0,
            Self::Offset { start } | Self::Running { start } => start.into(),
        }
    }
}
