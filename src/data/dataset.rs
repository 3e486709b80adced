//! A training set and a test set over the same classes.

use super::ImageSet;

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
