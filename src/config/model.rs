//! The table `[model]`: a network of one's own.

use serde::{Deserialize, Serialize};

use crate::protocol::LayerSpec;

/// A network of one's own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelConfig {
    /// Its layers, from the image to the logits; none for those of the preset.
    pub layers: Vec<LayerSpec>,
}
