//! A network while it is put together: shapes are worked out layer by layer, and what does not fit is refused.

use std::ops::Range;

use thiserror::Error;

use super::average_pool::AveragePool;
use super::batch_norm::BatchNorm;
use super::convolution::Convolution;
use super::head::Head;
use super::padding;
use super::parameter::{Layout, Parameter, ParameterKind, product};
use super::pool::MaxPool;
use super::stack::{Stack, StackLayer};
use crate::protocol::{Activation, LayerShape, LayerSpec, Padding};

/// A layer that cannot be built where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NetworkError {
    /// A size that has to be at least 1.
    #[error("layer {number}, {layer}, has {size} = 0; it must be at least 1")]
    Zero {
        /// Counted from 1.
        number: usize,
        /// Its name.
        layer: String,
        /// Which size.
        size: &'static str,
    },
    /// The layer's windows are larger than what it is given.
    #[error("layer {number}, {layer}, has windows that do not fit into its input of shape {shape:?}")]
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
    /// A dropout rate that is not a part of something.
    #[error("layer {number}, {layer}, has the rate {rate}; it must be at least 0 and below 1")]
    Rate {
        /// Counted from 1.
        number: usize,
        /// Its name.
        layer: String,
        /// Its rate.
        rate: String,
    },
    /// Images without pixels, or with too many.
    #[error("no network takes images of shape {shape:?}")]
    Image {
        /// Height, width and channels.
        shape: [usize; 3],
    },
    /// More than anybody can mean, or than the file of the parameters holds.
    #[error("layer {number}, {layer}, makes the network too large: more than {most} {unit}")]
    TooLarge {
        /// Counted from 1.
        number: usize,
        /// Its name.
        layer: String,
        /// What there is too much of, in all layers up to this one.
        unit: &'static str,
        /// How much there may be.
        most: usize,
    },
    /// The last layer does not give one value a class.
    #[error("the last layer must be dense with {classes} units, one for each class, and the activation none")]
    NotAClassifier {
        /// The number of classes.
        classes: usize,
    },
}

/// No network has more parameters: with what the optimizer remembers that is half a gigabyte.
const MOST_PARAMETERS: usize = 1 << 25;
/// All layers together give no more values for an image: for the 16 images of a slice that is a gigabyte.
const MOST_VALUES: usize = 1 << 24;

/// A network that is being put together.
#[derive(Default)]
pub(super) struct Builder {
    shape: Vec<usize>,
    /// The number of the newest layer, counted from 1, and its name.
    newest: (usize, String),
    /// How many parameters there may be, and what they are called when there are more.
    room: (usize, &'static str),
    /// What the layers so far give for an image, in values.
    values: usize,
    pub layers: Vec<LayerShape>,
    pub parameters: Vec<Parameter>,
    pub stack: Stack,
    pub head: Head,
    counts: [usize; 6],
    /// The image that was flattened, until a dense layer takes it in.
    flattened: Option<[usize; 3]>,
    /// Units and activation of the newest layer, when it is a dense one.
    last: Option<(usize, Activation)>,
}

/// What a layer turned out to be.
enum Added {
    Alone,
    /// A convolution that has taken in the max pooling after it.
    WithPool,
}

impl Builder {
    /// Puts a network together for images `[height, width, channels]` of `classes` classes, whose parameters come from a
    /// file with so many bytes, if from a file.
    ///
    /// What is claimed of a network is checked before there is memory for it: recipes come from files, too.
    pub fn build(specs: &[LayerSpec], image: [usize; 3], classes: usize, file: Option<usize>) -> Result<Self, NetworkError> {
        // Each has 16 bits at least.
        let room = match file.map(|bytes| bytes / size_of::<u16>()) {
            Some(held) if held < MOST_PARAMETERS => (held, "parameters, and its file holds no more"),
            _ => (MOST_PARAMETERS, "parameters"),
        };
        if !(1..=MOST_VALUES).contains(&product(&image).unwrap_or(0)) {
            return Err(NetworkError::Image { shape: image });
        }
        let mut builder = Self { shape: image.to_vec(), room, ..Self::default() };
        let mut specs = specs.iter().copied().enumerate().peekable();
        while let Some((index, spec)) = specs.next() {
            let pool = match specs.peek() {
                Some((_, LayerSpec::MaxPool { size })) => Some(*size),
                _ => None,
            };
            if let Added::WithPool = builder.add(index + 1, spec, pool)? {
                specs.next();
            }
        }
        if builder.last == Some((classes, Activation::None)) {
            Ok(builder)
        } else {
            Err(NetworkError::NotAClassifier { classes })
        }
    }

    /// Adds a layer; a convolution takes in a max pooling by `pool` that follows it.
    fn add(&mut self, number: usize, spec: LayerSpec, pool: Option<usize>) -> Result<Added, NetworkError> {
        let (kind, word, sizes) = match spec {
            LayerSpec::Conv { filters, kernel, stride, .. } => {
                (0, "conv", &[("filters", filters), ("kernel", kernel), ("stride", stride)][..])
            }
            LayerSpec::MaxPool { size } | LayerSpec::AveragePool { size } => (1, "pool", &[("size", size)][..]),
            LayerSpec::Dense { units, .. } => (2, "dense", &[("units", units)][..]),
            LayerSpec::Flatten => (3, "flatten", &[][..]),
            LayerSpec::BatchNorm { .. } => (4, "batch_norm", &[][..]),
            LayerSpec::Dropout { .. } => (5, "dropout", &[][..]),
        };
        self.counts[kind] += 1;
        let layer = format!("{word}{}", self.counts[kind]);
        self.newest = (number, layer.clone());
        if let Some((size, _)) = sizes.iter().find(|(_, value)| *value == 0) {
            return Err(NetworkError::Zero { number, layer, size });
        }
        let wrong = |needed| NetworkError::WrongInput { number, layer: layer.clone(), needed, shape: self.shape.clone() };
        let does_not_fit = NetworkError::DoesNotFit { number, layer: layer.clone(), shape: self.shape.clone() };
        let image = <[usize; 3]>::try_from(self.shape.as_slice());
        let before_flatten = "an image; it must stand before flatten";
        self.last = None;
        match spec {
            LayerSpec::Conv { filters, kernel, stride, padding, activation } => {
                let geometry = (image.map_err(|_| wrong(before_flatten))?, kernel, stride);
                return self.add_convolution(layer, geometry, filters, padding, activation, pool)?.ok_or(does_not_fit);
            }
            LayerSpec::MaxPool { size } => {
                let image = image.map_err(|_| wrong(before_flatten))?;
                let Some(pool) = MaxPool::new(image, size) else { return Err(does_not_fit) };
                self.push(layer, pool.output().to_vec(), 0)?;
                self.stack.layers.push(StackLayer::MaxPool(pool));
            }
            LayerSpec::AveragePool { size } => {
                let image = image.map_err(|_| wrong(before_flatten))?;
                let Some(pool) = AveragePool::new(image, size) else { return Err(does_not_fit) };
                self.push(layer, pool.output().to_vec(), 0)?;
                self.stack.layers.push(StackLayer::AveragePool(pool));
            }
            LayerSpec::BatchNorm { activation } => {
                let image = image.map_err(|_| wrong(before_flatten))?;
                self.add_batch_norm(layer, image, activation)?;
            }
            LayerSpec::Dropout { rate } => {
                if !(0.0..1.0).contains(&rate) {
                    return Err(NetworkError::Rate { number, layer, rate: rate.to_string() });
                }
                let dropout = self.counts[5];
                match image {
                    Ok(image) => self.stack.layers.push(StackLayer::Dropout(image, rate, dropout)),
                    Err(_) => self.head.push_dropout(rate, dropout),
                }
                self.push(layer, self.shape.clone(), 0)?;
            }
            LayerSpec::Flatten => {
                let image = image.map_err(|_| wrong("an image"))?;
                self.push(layer, vec![image.iter().product()], 0)?;
                self.flattened = Some(image);
            }
            LayerSpec::Dense { units, activation } => {
                let [inputs] = self.shape[..] else { return Err(wrong("a row of values; put flatten before it")) };
                let layout = Layout::Dense { inputs: self.flattened.take().unwrap_or([1, 1, inputs]), units };
                let (weight, bias) = self.weight_and_bias(&layer, layout, units)?;
                self.push(layer, vec![units], weight.len() + bias.len())?;
                self.head.push_dense(inputs, weight, bias, activation);
                self.last = Some((units, activation));
            }
        }
        Ok(Added::Alone)
    }

    /// Adds a convolution, with the max pooling after it where that fits; `None` where the filters do not fit into the image.
    fn add_convolution(
        &mut self,
        layer: String,
        (image, kernel, stride): ([usize; 3], usize, usize),
        filters: usize,
        padding: Padding,
        activation: Activation,
        pool: Option<usize>,
    ) -> Result<Option<Added>, NetworkError> {
        let layout = Layout::Filters { kernel, channels: image[2], filters };
        let (weight, bias) = self.weight_and_bias(&layer, layout, filters)?;
        let padded = (padding == Padding::Same).then(|| padding::Padding::same(image, kernel, stride));
        let input = padded.as_ref().map_or(image, padding::Padding::output);
        if padded.is_some() {
            self.give(&input)?;
        }
        let windows = (kernel, stride);
        let Some(plain) = Convolution::new(input, filters, windows, 1, activation) else { return Ok(None) };
        // Pooling that does not fit is left to be refused under its own name.
        let pool = pool.filter(|size| MaxPool::SIZES.contains(size));
        let pooled = pool.and_then(|size| Convolution::new(input, filters, windows, size, activation));
        self.push(layer, plain.output().to_vec(), weight.len() + bias.len())?;
        self.stack.layers.extend(padded.map(StackLayer::Padding));
        if let Some(pooled) = &pooled {
            self.counts[1] += 1;
            self.push(format!("pool{}", self.counts[1]), pooled.output().to_vec(), 0)?;
        }
        let added = if pooled.is_some() { Added::WithPool } else { Added::Alone };
        self.stack.layers.push(StackLayer::Convolution(Box::new(pooled.unwrap_or(plain)), weight, bias));
        Ok(Some(added))
    }

    fn add_batch_norm(&mut self, layer: String, image: [usize; 3], activation: Activation) -> Result<(), NetworkError> {
        let channels = image[2];
        let start = self.offset();
        for (name, kind) in [
            ("weight", ParameterKind::Offset { start: 1 }),
            ("bias", ParameterKind::Offset { start: 0 }),
            ("running_mean", ParameterKind::Running { start: 0 }),
            ("running_var", ParameterKind::Running { start: 1 }),
        ] {
            self.parameter(format!("{layer}.{name}"), Layout::Row { len: channels }, kind)?;
        }
        self.push(layer, image.to_vec(), 2 * channels)?;
        let norm = BatchNorm { channels, activation };
        self.stack.layers.push(StackLayer::BatchNorm(norm, image, start..start + 4 * channels));
        Ok(())
    }

    fn push(&mut self, name: String, output: Vec<usize>, parameters: usize) -> Result<(), NetworkError> {
        self.give(&output)?;
        self.shape.clone_from(&output);
        self.layers.push(LayerShape { name, output, parameters });
        Ok(())
    }

    /// Counts the values that a layer gives for an image.
    fn give(&mut self, shape: &[usize]) -> Result<(), NetworkError> {
        let values = product(shape).and_then(|values| values.checked_add(self.values));
        self.values =
            values.filter(|values| *values <= MOST_VALUES).ok_or_else(|| self.too_large("values an image", MOST_VALUES))?;
        Ok(())
    }

    fn parameter(&mut self, name: String, layout: Layout, kind: ParameterKind) -> Result<Range<usize>, NetworkError> {
        let start = self.offset();
        let (most, unit) = self.room;
        let end = layout.len().and_then(|len| start.checked_add(len)).filter(|end| *end <= most);
        let range = start..end.ok_or_else(|| self.too_large(unit, most))?;
        self.parameters.push(Parameter { name, range: range.clone(), kind, layout, frozen: false, rate: 1.0 });
        Ok(range)
    }

    /// Makes room for weights and, after them, a bias.
    fn weight_and_bias(
        &mut self,
        layer: &str,
        weights: Layout,
        biases: usize,
    ) -> Result<(Range<usize>, Range<usize>), NetworkError> {
        let weight = self.parameter(format!("{layer}.weight"), weights, ParameterKind::Weight)?;
        let bias = self.parameter(format!("{layer}.bias"), Layout::Row { len: biases }, ParameterKind::Offset { start: 0 })?;
        Ok((weight, bias))
    }

    /// Where the next parameter starts.
    fn offset(&self) -> usize {
        self.parameters.last().map_or(0, |parameter| parameter.range.end)
    }

    fn too_large(&self, unit: &'static str, most: usize) -> NetworkError {
        let (number, layer) = self.newest.clone();
        NetworkError::TooLarge { number, layer, unit, most }
    }
}
