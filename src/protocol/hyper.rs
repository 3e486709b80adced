//! The hyperparameters that can be changed while a run trains: the one table of their names, ranges and steps, and the one
//! place that checks them.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Makes the hyperparameters from a row each: what it is, its names in the program, in files and for people, its type,
/// default and range, and how far an arrow key goes.
macro_rules! hypers {
    ($($(#[doc = $doc:literal])+ $name:ident, $key:ident, $label:literal: $type:ty = $default:expr, $range:expr, $steps:expr;)+) => {
        /// The values a training step works with. What an older file does not have is at its default.
        #[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct Hyperparameters {
            $($(#[doc = $doc])+ pub $key: $type,)+
        }

        impl Default for Hyperparameters {
            fn default() -> Self {
                Self { $($key: $default),+ }
            }
        }

        /// Names one hyperparameter.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Hyper {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Hyper {
            /// All of them, in the order in which they are shown.
            pub const ALL: [Self; [$(stringify!($key)),+].len()] = [$(Self::$name),+];

            /// Its name in configurations and files.
            pub fn key(self) -> &'static str {
                match self { $(Self::$name => stringify!($key)),+ }
            }

            /// Its name for people.
            pub fn label(self) -> &'static str {
                match self { $(Self::$name => $label),+ }
            }

            /// The least and the greatest value.
            pub fn range(self) -> (f64, f64) {
                match self { $(Self::$name => bounds::<$type>($range)),+ }
            }

            /// Whether only whole numbers make sense.
            pub fn is_whole(self) -> bool {
                match self { $(Self::$name => <$type>::IS_WHOLE),+ }
            }

            fn steps(self) -> Steps {
                match self { $(Self::$name => $steps),+ }
            }
        }

        impl Hyperparameters {
            /// The value of one of them.
            pub fn get(&self, hyper: Hyper) -> f64 {
                match hyper { $(Hyper::$name => self.$key.to_number()),+ }
            }

            /// The same with one of them changed, when the new value is one that it can take.
            pub fn with(mut self, hyper: Hyper, value: f64) -> Result<Self, HyperError> {
                let value = hyper.check(value)?;
                match hyper { $(Hyper::$name => self.$key = Number::of_number(value)),+ }
                Ok(self)
            }
        }
    };
}

hypers! {
    /// The length of a step; with a schedule, what the schedule's factor is multiplied by.
    LearningRate, learning_rate, "learning rate": f64 = 0.001, 1e-7..=10.0, Steps::Decades { least: 1e-7 };

    /// Images a step.
    BatchSize, batch_size, "batch size": usize = 32, 1..=8192, Steps::Doubling;

    /// How strongly weights are pulled to zero; biases are not.
    WeightDecay, weight_decay, "weight decay": f64 = 0.0, 0.0..=1.0, Steps::Decades { least: 1e-6 };

    /// How strongly training images are varied: a factor on the recipe's [`Augmentation`](super::Augmentation), 0 for not
    /// at all.
    Augmentation, augmentation, "augmentation": f64 = 0.0, 0.0..=2.0, Steps::Even(0.25);

    /// How strongly values are dropped: a factor on the rates of the dropout layers.
    Dropout, dropout, "dropout": f64 = 1.0, 0.0..=2.0, Steps::Even(0.25);

    /// How often the training goes through its images.
    Epochs, epochs, "epochs": usize = 5, 1..=1000, Steps::Even(1.0);

    /// How much of its last direction a step keeps: the momentum of SGD and RMSprop, β₁ of Adam and AdamW.
    Momentum, momentum, "momentum": f64 = 0.9, 0.0..=0.999, Steps::TowardsOne;

    /// The part of each target that is spread evenly over all classes (Szegedy et al. 2016, section 7).
    LabelSmoothing, label_smoothing, "label smoothing": f64 = 0.0, 0.0..=0.5, Steps::Even(0.05);

    /// The greatest norm that the gradient of all parameters may have; 0 for any.
    ClipNorm, clip_norm, "clip norm": f64 = 0.0, 0.0..=1000.0, Steps::Decades { least: 0.1 };

    /// Stop after so many epochs without a better validation loss; 0 for never.
    Patience, patience, "patience": usize = 0, 0..=1000, Steps::Even(1.0);
}

/// How far an arrow key goes.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Steps {
    /// … 0.1, 0.2, 0.5, 1, 2, 5, 10 …, and 0 below the least of them.
    Decades {
        /// The one after 0.
        least: f64,
    },
    /// The powers of two.
    Doubling,
    /// The multiples of a number.
    Even(f64),
    /// 0, 0.5, 0.8, 0.9, 0.95, …: what is left to 1 goes in decades.
    TowardsOne,
}

/// The type of a hyperparameter's value.
trait Number: Copy {
    const IS_WHOLE: bool;
    fn to_number(self) -> f64;
    /// Of a number that has been checked.
    fn of_number(number: f64) -> Self;
}

impl Number for f64 {
    const IS_WHOLE: bool = false;

    fn to_number(self) -> f64 {
        self
    }

    fn of_number(number: f64) -> Self {
        number
    }
}

impl Number for usize {
    const IS_WHOLE: bool = true;

    fn to_number(self) -> f64 {
        self as f64
    }

    fn of_number(number: f64) -> Self {
        number as usize
    }
}

fn bounds<N: Number>(range: RangeInclusive<N>) -> (f64, f64) {
    (range.start().to_number(), range.end().to_number())
}

/// A value that a hyperparameter cannot take.
#[derive(Clone, Debug, PartialEq, Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HyperError {
    /// Outside the range, or not a number.
    #[error("{} must be between {min} and {max}, not {value}", .hyper.key())]
    OutOfRange {
        /// The hyperparameter.
        hyper: Hyper,
        /// The least value.
        min: f64,
        /// The greatest value.
        max: f64,
        /// What was given.
        value: f64,
    },
    /// A fraction where whole numbers are meant.
    #[error("{} must be a whole number, not {value}", .hyper.key())]
    NotWhole {
        /// The hyperparameter.
        hyper: Hyper,
        /// What was given.
        value: f64,
    },
}

impl Hyper {
    /// The hyperparameter of this name in configurations and files.
    pub fn named(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|hyper| hyper.key() == key)
    }

    /// The value when it is one that this hyperparameter can take.
    pub fn check(self, value: f64) -> Result<f64, HyperError> {
        let (min, max) = self.range();
        if !(min..=max).contains(&value) {
            return Err(HyperError::OutOfRange { hyper: self, min, max, value });
        }
        if self.is_whole() && value.fract() != 0.0 {
            return Err(HyperError::NotWhole { hyper: self, value });
        }
        Ok(value)
    }

    /// The next value up or down as arrow keys give it.
    pub fn nudge(self, value: f64, up: bool) -> f64 {
        let (min, max) = self.range();
        self.steps().next(value, up).clamp(min, max)
    }

    /// The value as people write it, to six significant digits.
    pub fn display(self, value: f64) -> String {
        let value = significant(value, 6);
        if value != 0.0 && value < 1e-3 { format!("{value:e}") } else { format!("{value}") }
    }
}

impl Hyperparameters {
    /// Fails at the first that has a value which it cannot take.
    pub fn check(&self) -> Result<(), HyperError> {
        Hyper::ALL.into_iter().try_for_each(|hyper| hyper.check(self.get(hyper)).map(drop))
    }
}

impl Steps {
    fn next(self, value: f64, up: bool) -> f64 {
        match self {
            Self::Decades { least } => match (up, value < least, value <= least) {
                (true, true, _) => least,
                (false, _, true) => 0.0,
                _ => one_two_five(value, up),
            },
            Self::Doubling => 2f64.powf(whole_step(value.log2(), up)),
            Self::Even(step) => significant(whole_step(value / step, up) * step, 6),
            Self::TowardsOne => significant(1.0 - one_two_five(1.0 - value, !up), 3),
        }
    }
}

/// The next whole number above or below. What is off one by a rounding error stands on it.
fn whole_step(value: f64, up: bool) -> f64 {
    if up { (value + 1e-9).floor() + 1.0 } else { (value - 1e-9).ceil() - 1.0 }
}

/// The number with so many significant digits that is nearest to `value`.
fn significant(value: f64, digits: usize) -> f64 {
    format!("{value:.*e}", digits - 1).parse().unwrap_or(value)
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
            (Hyper::Augmentation, 1.3, true, 1.5),
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
            (Hyper::LabelSmoothing, 0.15, true, 0.2),
            (Hyper::LabelSmoothing, 0.15, false, 0.1),
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
    fn files_name_them_by_their_keys() {
        for hyper in Hyper::ALL {
            assert_eq!(serde_json::to_value(hyper).expect("JSON"), hyper.key());
            assert_eq!(Hyper::named(hyper.key()), Some(hyper));
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
