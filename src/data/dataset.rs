//! A training set and a test set over the same classes.

use super::{DataError, ImageSet, mnist};

/// A training set and a test set over the same classes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dataset {
    /// To train on, and to hold some out for validation.
    pub train: ImageSet,
    /// To judge with at the end.
    pub test: ImageSet,
    /// What the classes are called, in the order of their numbers.
    pub class_names: Vec<String>,
}

impl Dataset {
    /// The names under which data is known, each with what it is.
    pub const CHOICES: [(&str, &str); 1] = [("mnist", "the 70,000 handwritten digits within the program")];

    /// Loads the data of this name.
    pub fn load(name: &str) -> Result<Self, DataError> {
        match name {
            "mnist" => Ok(mnist::load()),
            _ => Err(DataError::UnknownName { name: name.into(), known: Self::CHOICES.map(|(name, _)| name).join(", ") }),
        }
    }

    /// Unpacks what is not yet, both sets side by side.
    pub fn unpack(&self) {
        std::thread::scope(|scope| {
            scope.spawn(|| self.test.unpack());
            self.train.unpack();
        });
    }
}
