//! A learner's state at one moment, to go back to.

use super::optimizer::OptimizerState;

/// What a network and its optimizer knew at one moment.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub(super) values: Vec<f32>,
    pub(super) optimizer: OptimizerState,
}
