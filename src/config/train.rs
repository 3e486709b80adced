//! The table `[train]`: the network and how it is trained.

use serde::{Deserialize, Serialize};

use crate::protocol::{Hyperparameters, Optimizer};

/// The network and how it is trained. That no other keys are in the table [`Settings`](super::Settings) makes sure of: serde
/// cannot, where fields are flattened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainConfig {
    /// The network, one of [`Preset`](super::Preset)'s names.
    pub preset: String,
    /// What the run is called; empty for a name that is made up.
    pub name: String,
    /// What turns gradients into steps.
    pub optimizer: Optimizer,
    /// What can be changed while it trains, in keys of the same table.
    #[serde(flatten)]
    pub hyperparameters: Hyperparameters,
    /// By how much a validation loss must be below the best so far to be better.
    pub min_delta: f64,
    /// Everything random follows from it.
    pub seed: u64,
    /// Threads that train; 0 for one a core.
    pub threads: usize,
    /// The learning rate of the last layer, and of others that start anew, is so many times that of the rest.
    pub head_rate: f64,
    /// Stop at the first epoch's end at which the test accuracy reaches this; 0 for never.
    pub until_test_accuracy: f64,
}

impl Default for TrainConfig {
    fn default() -> Self {
        Self {
            preset: "seed".into(),
            name: String::new(),
            optimizer: Optimizer::Adam,
            hyperparameters: Hyperparameters::default(),
            min_delta: 0.0,
            seed: 0,
            threads: 0,
            head_rate: 1.0,
            until_test_accuracy: 0.0,
        }
    }
}
