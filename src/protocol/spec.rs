//! What a run is made of: everything that has to be known to train it again.

use serde::{Deserialize, Serialize};

use super::{Augmentation, DataSpec, Hyperparameters, choices};

/// The recipe of a run. The same recipe gives the same weights, bit for bit, on the same kind of processor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunSpec {
    /// The preset that the network came from.
    pub preset: String,
    /// The network, from the image to the logits.
    pub layers: Vec<LayerSpec>,
    /// The checkpoint that the parameters start from; random ones without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub init_from: Option<String>,
    /// Layers that do not learn: kinds, or names of single ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub freeze: Vec<String>,
    /// How the last layer learns, and what of the network starts anew.
    #[serde(default, skip_serializing_if = "FineTuning::is_default")]
    pub fine_tuning: FineTuning,
    /// What turns gradients into steps.
    pub optimizer: Optimizer,
    /// Everything random follows from it.
    pub seed: u64,
    /// Where the images come from, and how they are divided.
    pub data: DataSpec,
    /// How training images are varied at strength 1.
    #[serde(default)]
    pub augmentation: Augmentation,
    /// The hyperparameters at the start; later values are in the events.
    pub hyperparameters: Hyperparameters,
    /// How the learning rate changes of itself.
    #[serde(default)]
    pub schedule: Schedule,
    /// By how much a validation loss must be below the best so far to count as better; see
    /// [`patience`](Hyperparameters::patience).
    #[serde(default)]
    pub min_delta: f64,
    /// Stop at the first epoch's end at which the test accuracy reaches this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_test_accuracy: Option<f64>,
}

/// How the last layer learns beside the others, where parameters come from elsewhere.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FineTuning {
    /// The learning rate of the last layer, and of others that start anew, is so many times that of the rest.
    pub head_rate: f64,
    /// The layers that start anew, since their parameters in the file are for other classes or for images of another size.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub renewed: Vec<String>,
}

impl Default for FineTuning {
    fn default() -> Self {
        Self { head_rate: 1.0, renewed: Vec::new() }
    }
}

impl FineTuning {
    /// The greatest factor; the least is its reciprocal.
    pub const MOST: f64 = 1000.0;

    /// Whether all layers learn alike, and none starts anew.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl RunSpec {
    /// Whether the network has dropout layers, on which the factor of the same name acts.
    pub fn has_dropout(&self) -> bool {
        self.layers.iter().any(|layer| matches!(layer, LayerSpec::Dropout { .. }))
    }
}

/// One layer of a network. Shapes are `[height, width, channels]`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum LayerSpec {
    /// Convolution with its bias, then the activation.
    Conv {
        /// Output channels.
        filters: usize,
        /// Height and width of a filter.
        kernel: usize,
        /// Pixels from one place of a filter to the next.
        #[serde(default = "one")]
        stride: usize,
        /// What surrounds the image.
        #[serde(default)]
        padding: Padding,
        /// Applied to the result.
        activation: Activation,
    },
    /// The greatest value of each window; windows do not overlap, and a rest at the border is left out.
    MaxPool {
        /// Height and width of a window.
        size: usize,
    },
    /// The mean value of each window; windows do not overlap, and a rest at the border is left out.
    AveragePool {
        /// Height and width of a window.
        size: usize,
    },
    /// Normalises each channel to its own scale and shift, then the activation.
    BatchNorm {
        /// Applied to the result.
        #[serde(default)]
        activation: Activation,
    },
    /// While training, sets values to 0 by chance and scales up the others.
    Dropout {
        /// The part of the values that is set to 0, below 1.
        rate: f32,
    },
    /// `[height, width, channels]` to one row of values.
    Flatten,
    /// Fully connected, with bias, then the activation.
    Dense {
        /// Output values.
        units: usize,
        /// Applied to the result.
        activation: Activation,
    },
}

fn one() -> usize {
    1
}

/// What surrounds the image of a convolution.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Padding {
    /// Nothing: filters stay within the image, and the result is smaller.
    #[default]
    Valid,
    /// Zeros, so many that stride 1 keeps the size.
    Same,
}

/// The function applied to a layer's result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Activation {
    /// max(0, x)
    Relu,
    /// 1 / (1 + e⁻ˣ)
    Sigmoid,
    /// The hyperbolic tangent.
    Tanh,
    /// x itself.
    #[default]
    None,
}

impl Activation {
    /// Its name for people; nothing where there is none.
    pub fn label(self) -> Option<&'static str> {
        match self {
            Self::Relu => Some("ReLU"),
            Self::Sigmoid => Some("sigmoid"),
            Self::Tanh => Some("tanh"),
            Self::None => None,
        }
    }
}

choices! {
    /// What turns gradients into steps. The formulas are those of PyTorch, where two ways are in use.
    pub enum Optimizer {
        /// Adam with L2 weight decay (Kingma & Ba 2015, algorithm 1)
        Adam = "adam",
        /// Adam with decoupled weight decay (Loshchilov & Hutter 2019, algorithm 2)
        AdamW = "adamw",
        /// gradient descent with momentum (Polyak 1964)
        Sgd = "sgd",
        /// gradient descent with Nesterov's momentum, as in Sutskever et al. 2013, section 2
        Nesterov = "nesterov",
        /// RMSprop (Hinton 2012, lecture 6e) with momentum
        RmsProp = "rmsprop",
    }
}

impl Optimizer {
    /// Its name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Adam => "Adam",
            Self::AdamW => "AdamW",
            Self::Sgd => "SGD",
            Self::Nesterov => "SGD, Nesterov",
            Self::RmsProp => "RMSprop",
        }
    }
}

/// How the learning rate changes of itself: the rate of a step is the base rate times a factor. Stretches of the
/// training are parts of it, 0 to 1, in images seen over images planned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Schedule {
    /// Not at all.
    #[default]
    Constant,
    /// Is multiplied by `gamma` after every stretch `every`.
    Step {
        /// A stretch of the training, above 0.
        every: f64,
        /// Above 0, at most 1.
        gamma: f64,
    },
    /// Falls by the same part in each stretch of the same length, to `final_factor` at the end.
    Exponential {
        /// Above 0, at most 1.
        final_factor: f64,
    },
    /// Rises in a line from `initial_factor` to 1 in the stretch `warmup`, then falls along half a cosine wave to
    /// `final_factor` (Loshchilov & Hutter 2017, equation 5, without restarts; Goyal et al. 2017, section 2.2).
    Cosine {
        /// A stretch of the training, below 1; 0 for none.
        warmup: f64,
        /// 0 to 1.
        initial_factor: f64,
        /// 0 to 1.
        final_factor: f64,
    },
    /// Rises from `initial_factor` to 1 in the stretch `warmup`, then falls to `final_factor` (Smith & Topin 2018), as
    /// `OneCycleLR` of PyTorch does with two phases.
    OneCycle {
        /// A stretch of the training, below 1; 0 for none.
        warmup: f64,
        /// 0 to 1.
        initial_factor: f64,
        /// 0 to 1.
        final_factor: f64,
        /// How it rises and falls.
        anneal: Anneal,
    },
    /// Is multiplied by `gamma` when the validation loss has not become better for more than `patience` epochs, but not
    /// below `final_factor`.
    Plateau {
        /// Epochs.
        patience: usize,
        /// Above 0, at most 1.
        gamma: f64,
        /// 0 to 1.
        final_factor: f64,
    },
}

choices! {
    /// The kinds of [`Schedule`].
    pub enum ScheduleKind {
        /// the rate stays as it is
        Constant = "constant",
        /// falls by a factor after every stretch of the training
        Step = "step",
        /// falls by the same part all the time
        Exponential = "exponential",
        /// rises in a line, then falls along half a cosine wave
        Cosine = "cosine",
        /// rises for a while, then falls far, as in Smith & Topin 2018
        OneCycle = "one-cycle",
        /// falls by a factor when the validation loss stays where it is
        Plateau = "plateau",
    }
}

impl Schedule {
    /// Its name in configurations and for people.
    pub fn name(self) -> &'static str {
        self.kind().name()
    }

    /// Which kind of schedule it is.
    pub fn kind(self) -> ScheduleKind {
        match self {
            Self::Constant => ScheduleKind::Constant,
            Self::Step { .. } => ScheduleKind::Step,
            Self::Exponential { .. } => ScheduleKind::Exponential,
            Self::Cosine { .. } => ScheduleKind::Cosine,
            Self::OneCycle { .. } => ScheduleKind::OneCycle,
            Self::Plateau { .. } => ScheduleKind::Plateau,
        }
    }
}

choices! {
    /// The way from one learning rate to another.
    pub enum Anneal {
        /// along half a cosine wave
        Cosine = "cosine",
        /// in a line
        Linear = "linear",
    }
}
