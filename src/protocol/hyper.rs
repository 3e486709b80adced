//! The hyperparameters that can be changed while a run trains: names, ranges, steps, and the one place that checks them.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The values a training step works with. What an older file does not have is at its default.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Hyperparameters {
    /// The length of a step; with a schedule, what the schedule's factor is multiplied by.
    pub learning_rate: f64,
    /// Images a step.
    pub batch_size: usize,
    /// How strongly weights are pulled to zero; biases are not.
    pub weight_decay: f64,
    /// How strongly training images are varied: a factor on the recipe's [`Augmentation`](super::Augmentation).
    #[serde(default)]
    pub augmentation: f64,
    /// How strongly values are dropped: a factor on the rates of the dropout layers.
    pub dropout: f64,
    /// How often the training goes through its images.
    pub epochs: usize,
    /// How much of its last direction a step keeps: the momentum of SGD and RMSprop, β₁ of Adam and AdamW.
    pub momentum: f64,
    /// The part of each target that is spread evenly over all classes (Szegedy et al. 2016, section 7).
    pub label_smoothing: f64,
    /// The greatest norm that the gradient of all parameters may have; 0 for any.
    pub clip_norm: f64,
    /// Stop after so many epochs without a better validation loss; 0 for never.
    pub patience: usize,
}

impl Default for Hyperparameters {
    fn default() -> Self {
        Self {
            learning_rate: 0.001,
            batch_size: 32,
            weight_decay: 0.0,
            augmentation: 0.0,
            dropout: 1.0,
            epochs: 5,
            momentum: 0.9,
            label_smoothing: 0.0,
            clip_norm: 0.0,
            patience: 0,
        }
    }
}

/// Names one hyperparameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hyper {
    /// The length of a step.
    LearningRate,
    /// Images a step.
    BatchSize,
    /// How strongly weights are pulled to zero.
    WeightDecay,
    /// How strongly training images are varied; 0 for not at all.
    Augmentation,
    /// How strongly values are dropped; 0 for not at all.
    Dropout,
    /// How often the training goes through its images.
    Epochs,
    /// How much of its last direction a step keeps.
    Momentum,
    /// The part of each target that is spread over all classes.
    LabelSmoothing,
    /// The greatest norm of the gradient.
    ClipNorm,
    /// Epochs without a better validation loss before the training stops.
    Patience,
}

/// A value that a hyperparameter cannot take.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum HyperError {
    /// Outside the range, or not a number.
    #[error("{key} must be between {min} and {max}, not {value}")]
    OutOfRange {
        /// The hyperparameter.
        key: &'static str,
        /// The least value.
        min: f64,
        /// The greatest value.
        max: f64,
        /// What was given.
        value: f64,
    },
    /// A fraction where whole numbers are meant.
    #[error("{key} must be a whole number, not {value}")]
    NotWhole {
        /// The hyperparameter.
        key: &'static str,
        /// What was given.
        value: f64,
    },
}

impl Hyper {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 10] = [
        Self::LearningRate,
        Self::BatchSize,
        Self::WeightDecay,
        Self::Augmentation,
        Self::Dropout,
        Self::Epochs,
        Self::Momentum,
        Self::LabelSmoothing,
        Self::ClipNorm,
        Self::Patience,
    ];

    /// Its name in configurations and files.
    pub fn key(self) -> &'static str {
        match self {
            Self::LearningRate => "learning_rate",
            Self::BatchSize => "batch_size",
            Self::WeightDecay => "weight_decay",
            Self::Augmentation => "augmentation",
            Self::Dropout => "dropout",
            Self::Epochs => "epochs",
            Self::Momentum => "momentum",
            Self::LabelSmoothing => "label_smoothing",
            Self::ClipNorm => "clip_norm",
            Self::Patience => "patience",
        }
    }

    /// Its name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::LearningRate => "learning rate",
            Self::BatchSize => "batch size",
            Self::WeightDecay => "weight decay",
            Self::Augmentation => "augmentation",
            Self::Dropout => "dropout",
            Self::Epochs => "epochs",
            Self::Momentum => "momentum",
            Self::LabelSmoothing => "label smoothing",
            Self::ClipNorm => "clip norm",
            Self::Patience => "patience",
        }
    }

    /// The least and the greatest value.
    pub fn range(self) -> (f64, f64) {
        match self {
            Self::LearningRate => (1e-7, 10.0),
            Self::BatchSize => (1.0, 8192.0),
            Self::WeightDecay => (0.0, 1.0),
            Self::Augmentation | Self::Dropout => (0.0, 2.0),
            Self::Epochs => (1.0, 1000.0),
            Self::Momentum => (0.0, 0.999),
            Self::LabelSmoothing => (0.0, 0.5),
            Self::ClipNorm | Self::Patience => (0.0, 1000.0),
        }
    }

    /// Whether only whole numbers make sense.
    pub fn is_whole(self) -> bool {
        matches!(self, Self::BatchSize | Self::Epochs | Self::Patience)
    }

    /// The value when it is one that this hyperparameter can take.
    pub fn check(self, value: f64) -> Result<f64, HyperError> {
        let (min, max) = self.range();
        if !(min..=max).contains(&value) {
            return Err(HyperError::OutOfRange { key: self.key(), min, max, value });
        }
        if self.is_whole() && value.fract() != 0.0 {
            return Err(HyperError::NotWhole { key: self.key(), value });
        }
        Ok(value)
    }

    /// The next value up or down as arrow keys give it: rates go 1, 2, 5, 10, …, batch sizes double, epochs count, the
    /// augmentation and dropout go in quarters, and momentum goes 0, 0.5, 0.8, 0.9, 0.95, ….
    pub fn nudge(self, value: f64, up: bool) -> f64 {
        let (min, max) = self.range();
        let sign = if up { 1.0 } else { -1.0 };
        let next = match self {
            Self::Epochs | Self::Patience => value + sign,
            Self::Augmentation | Self::Dropout if up => ((value * 4.0).floor() + 1.0) / 4.0,
            Self::Augmentation | Self::Dropout => ((value * 4.0).ceil() - 1.0) / 4.0,
            Self::BatchSize => {
                let power = value.log2();
                2f64.powf(if up { power.floor() + 1.0 } else { power.ceil() - 1.0 })
            }
            Self::LearningRate => one_two_five(value, up),
            Self::WeightDecay => from_zero(value, up, 1e-6),
            Self::ClipNorm => from_zero(value, up, 0.1),
            Self::Momentum => significant(1.0 - one_two_five(1.0 - value, !up), 3),
            Self::LabelSmoothing => significant((value / 0.05).round().mul_add(0.05, sign * 0.05), 2),
        };
        next.clamp(min, max)
    }

    /// The value as people write it, to six significant digits.
    pub fn display(self, value: f64) -> String {
        let value = significant(value, 6);
        if value != 0.0 && value < 1e-3 { format!("{value:e}") } else { format!("{value}") }
    }
}

/// The number with so many significant digits that is nearest to `value`.
fn significant(value: f64, digits: usize) -> f64 {
    format!("{value:.*e}", digits - 1).parse().unwrap_or(value)
}

/// [`one_two_five`] with 0 below its `least` value.
fn from_zero(value: f64, up: bool, least: f64) -> f64 {
    match (up, value < least, value <= least) {
        (true, true, _) => least,
        (false, _, true) => 0.0,
        _ => one_two_five(value, up),
    }
}

/// The neighbour of a positive `value` in … 0.1, 0.2, 0.5, 1, 2, 5, 10 …
fn one_two_five(value: f64, up: bool) -> f64 {
    // Compared with a little room, because 0.001 is not exactly 1 × 10⁻³.
    let decade = (value * (1.0 + 1e-9)).log10().floor() as i32;
    let candidates = (decade - 1..=decade + 1).flat_map(|e| [1.0, 2.0, 5.0].map(|m: f64| format!("{m}e{e}")));
    let mut values = candidates.filter_map(|text| text.parse::<f64>().ok());
    let next = if up { values.find(|v| *v > value * (1.0 + 1e-9)) } else { values.rfind(|v| *v < value * (1.0 - 1e-9)) };
    next.unwrap_or(value)
}

impl Hyperparameters {
    /// The value of one of them.
    pub fn get(&self, hyper: Hyper) -> f64 {
        match hyper {
            Hyper::LearningRate => self.learning_rate,
            Hyper::BatchSize => self.batch_size as f64,
            Hyper::WeightDecay => self.weight_decay,
            Hyper::Augmentation => self.augmentation,
            Hyper::Dropout => self.dropout,
            Hyper::Epochs => self.epochs as f64,
            Hyper::Momentum => self.momentum,
            Hyper::LabelSmoothing => self.label_smoothing,
            Hyper::ClipNorm => self.clip_norm,
            Hyper::Patience => self.patience as f64,
        }
    }

    /// Fails at the first that has a value which it cannot take.
    pub fn check(&self) -> Result<(), HyperError> {
        Hyper::ALL.into_iter().try_for_each(|hyper| hyper.check(self.get(hyper)).map(drop))
    }

    /// The same with one of them changed, when the new value is one that it can take.
    pub fn with(mut self, hyper: Hyper, value: f64) -> Result<Self, HyperError> {
        let value = hyper.check(value)?;
        match hyper {
            Hyper::LearningRate => self.learning_rate = value,
            Hyper::BatchSize => self.batch_size = value as usize,
            Hyper::WeightDecay => self.weight_decay = value,
            Hyper::Augmentation => self.augmentation = value,
            Hyper::Dropout => self.dropout = value,
            Hyper::Epochs => self.epochs = value as usize,
            Hyper::Momentum => self.momentum = value,
            Hyper::LabelSmoothing => self.label_smoothing = value,
            Hyper::ClipNorm => self.clip_norm = value,
            Hyper::Patience => self.patience = value as usize,
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrow_keys_walk_round_values() {
        let cases = [
            (Hyper::LearningRate, 0.001, true, 0.002),
            (Hyper::LearningRate, 0.001, false, 0.0005),
            (Hyper::LearningRate, 0.0013, true, 0.002),
            (Hyper::LearningRate, 0.5, true, 1.0),
            (Hyper::LearningRate, 10.0, true, 10.0),
            (Hyper::LearningRate, 1e-7, false, 1e-7),
            (Hyper::BatchSize, 64.0, true, 128.0),
            (Hyper::BatchSize, 100.0, false, 64.0),
            (Hyper::BatchSize, 1.0, false, 1.0),
            (Hyper::WeightDecay, 0.0, true, 1e-6),
            (Hyper::WeightDecay, 1e-6, false, 0.0),
            (Hyper::WeightDecay, 0.0, false, 0.0),
            (Hyper::Augmentation, 0.0, true, 0.25),
            (Hyper::Augmentation, 1.0, false, 0.75),
            (Hyper::Augmentation, 0.6, false, 0.5),
            (Hyper::Augmentation, 0.0, false, 0.0),
            (Hyper::Augmentation, 2.0, true, 2.0),
            (Hyper::Epochs, 5.0, true, 6.0),
            (Hyper::Epochs, 1.0, false, 1.0),
            (Hyper::Momentum, 0.9, true, 0.95),
            (Hyper::Momentum, 0.9, false, 0.8),
            (Hyper::Momentum, 0.5, false, 0.0),
            (Hyper::Momentum, 0.0, false, 0.0),
            (Hyper::Momentum, 0.998, true, 0.999),
            (Hyper::Momentum, 0.999, true, 0.999),
            (Hyper::LabelSmoothing, 0.0, true, 0.05),
            (Hyper::LabelSmoothing, 0.1, true, 0.15),
            (Hyper::LabelSmoothing, 0.05, false, 0.0),
            (Hyper::LabelSmoothing, 0.5, true, 0.5),
            (Hyper::ClipNorm, 0.0, true, 0.1),
            (Hyper::ClipNorm, 0.1, false, 0.0),
            (Hyper::ClipNorm, 0.1, true, 0.2),
            (Hyper::ClipNorm, 1000.0, true, 1000.0),
            (Hyper::Patience, 0.0, true, 1.0),
            (Hyper::Patience, 0.0, false, 0.0),
        ];
        for (hyper, from, up, to) in cases {
            assert_eq!(hyper.nudge(from, up), to, "{hyper:?} from {from}, up: {up}");
        }
    }

    #[test]
    fn values_out_of_range_are_refused_and_change_nothing() {
        let start = Hyperparameters::default();
        for (hyper, value) in [
            (Hyper::LearningRate, 0.0),
            (Hyper::LearningRate, f64::NAN),
            (Hyper::LearningRate, f64::INFINITY),
            (Hyper::BatchSize, 0.0),
            (Hyper::BatchSize, 1.5),
            (Hyper::WeightDecay, -0.1),
            (Hyper::Augmentation, 2.1),
            (Hyper::Epochs, 1001.0),
            (Hyper::Momentum, 1.0),
            (Hyper::LabelSmoothing, 0.51),
            (Hyper::ClipNorm, -1.0),
            (Hyper::Patience, 0.5),
        ] {
            let error = start.with(hyper, value).expect_err(hyper.key());
            assert!(error.to_string().contains(hyper.key()));
        }
        assert_eq!(start.with(Hyper::BatchSize, 7.0).map(|h| h.batch_size), Ok(7));
    }

    #[test]
    fn every_one_of_them_is_changed_alone() {
        let start = Hyperparameters::default();
        for hyper in Hyper::ALL {
            let value = hyper.nudge(start.get(hyper), true);
            let changed = start.with(hyper, value).expect("within its range");
            assert_ne!(value, start.get(hyper));
            for other in Hyper::ALL {
                assert_eq!(
                    changed.get(other),
                    if other == hyper { value } else { start.get(other) },
                    "{other:?} after {hyper:?}"
                );
            }
        }
    }

    #[test]
    fn what_an_older_file_does_not_have_is_at_its_default() {
        let text = r#"{"learning_rate":0.01,"batch_size":32,"weight_decay":0.0,"epochs":2}"#;
        let read: Hyperparameters = serde_json::from_str(text).expect("valid");
        assert_eq!(read, Hyperparameters { learning_rate: 0.01, batch_size: 32, epochs: 2, ..Hyperparameters::default() });
    }

    #[test]
    fn values_are_written_short() {
        let cases =
            [(0.001, "0.001"), (0.0005, "5e-4"), (0.0, "0"), (0.0005 / 0.42, "0.00119048"), (8192.0, "8192"), (0.1 + 0.2, "0.3")];
        for (value, text) in cases {
            assert_eq!(Hyper::LearningRate.display(value), text);
        }
    }
}
