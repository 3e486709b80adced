//! What is measured of the layers of a network while it learns.

use serde::{Deserialize, Serialize};

/// One layer of a built network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerShape {
    /// `conv1`, `pool1`, …
    pub name: String,
    /// The shape of its result for one image.
    pub output: Vec<usize>,
    /// Its trainable values.
    pub parameters: usize,
}

/// A layer with parameters, as it was in one step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LayerMeasure {
    /// `conv1`, `dense1`, …
    pub name: String,
    /// The norm of its parameters that learn, before the step.
    pub weight_norm: f32,
    /// The norm of their gradient, before it is clipped.
    pub gradient_norm: f32,
    /// By which part of their norm the step has changed them.
    pub update_ratio: f32,
    /// The part of its maps or units that have not fired in the last batches that were measured, 0 to 1, and how many there are;
    /// nothing where it is not ReLU that decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silent: Option<(f32, u32)>,
    /// Its part of the time that all layers took, forward and backward, 0 to 1.
    pub time_share: f32,
}
