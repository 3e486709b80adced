//! The table `[model]`: a network of one's own, and where its parameters come from and go to.

use serde::{Deserialize, Serialize};

use crate::protocol::LayerSpec;

/// The network's layers and parameters.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelConfig {
    /// A checkpoint that the parameters start from; empty for random ones.
    pub init_from: String,
    /// Layers that do not learn, kinds or names of single ones, separated by commas; empty for none.
    pub freeze: String,
    /// A file that gets the parameters at the end; empty for none.
    pub save: String,
    /// Its layers, from the image to the logits; none for those of the preset.
    pub layers: Vec<LayerSpec>,
}
