//! The table `[data]`: the images and how they are divided.

use serde::{Deserialize, Serialize};

use crate::protocol::Holdout;

/// The images and how they are divided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataConfig {
    /// Where the images come from, one of [`Dataset::CHOICES`](crate::data::Dataset::CHOICES).
    pub source: String,
    /// How many training images are held out for validation. The default gives way to `train_limit`; see [`Sources::settings`](super::Sources::settings).
    pub validation: Holdout,
    /// Only the first so many training images; 0 for all.
    pub train_limit: usize,
}

impl Default for DataConfig {
    fn default() -> Self {
        Self { source: "mnist".into(), validation: Holdout::Count(5000), train_limit: 0 }
    }
}
