//! The table `[train]`: the network and how it is trained.

use serde::{Deserialize, Serialize};

use crate::protocol::{Hyperparameters, Optimizer};

/// The names of the optimizers.
pub const OPTIMIZERS: [&str; 5] = ["adam", "adamw", "sgd", "nesterov", "rmsprop"];

/// The network and how it is trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainConfig {
    /// The network, one of [`preset::NAMES`](super::preset::NAMES).
    pub preset: String,
    /// What the run is called; empty for a name that is made up.
    pub name: String,
    /// What turns gradients into steps.
    pub optimizer: Optimizer,
    /// The length of a step.
    pub learning_rate: f64,
    /// Images a step.
    pub batch_size: usize,
    /// How strongly weights are pulled to zero; biases are not.
    pub weight_decay: f64,
    /// How strongly training images are varied: a factor on the table `[augment]`, 0 for not at all.
    pub augmentation: f64,
    /// How strongly values are dropped: a factor on the rates of the network's dropout layers.
    pub dropout: f64,
    /// How often the training goes through its images.
    pub epochs: usize,
    /// How much of its last direction a step keeps.
    pub momentum: f64,
    /// The part of each target that is spread evenly over all classes.
    pub label_smoothing: f64,
    /// The greatest norm that the gradient of all parameters may have; 0 for any.
    pub clip_norm: f64,
    /// Stop after so many epochs without a better validation loss; 0 for never.
    pub patience: usize,
    /// By how much a validation loss must be below the best so far to be better.
    pub min_delta: f64,
    /// Everything random follows from it.
    pub seed: u64,
    /// Threads that train; 0 for one a core.
    pub threads: usize,
    /// Stop at the first epoch's end at which the test accuracy reaches this; 0 for never.
    pub until_test_accuracy: f64,
}

impl Default for TrainConfig {
    fn default() -> Self {
        let Hyperparameters {
            learning_rate,
            batch_size,
            weight_decay,
            augmentation,
            dropout,
            epochs,
            momentum,
            label_smoothing,
            clip_norm,
            patience,
        } = Hyperparameters::default();
        Self {
            preset: "seed".into(),
            name: String::new(),
            optimizer: Optimizer::Adam,
            learning_rate,
            batch_size,
            weight_decay,
            augmentation,
            dropout,
            epochs,
            momentum,
            label_smoothing,
            clip_norm,
            patience,
            min_delta: 0.0,
            seed: 0,
            threads: 0,
            until_test_accuracy: 0.0,
        }
    }
}
