//! A learner's state at one moment, to go back to.

use std::sync::Arc;

use super::optimizer::OptimizerState;
use super::parameter::Parameter;

/// What a network and its optimizer knew at one moment.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// What the values are.
    pub(super) parameters: Arc<[Parameter]>,
    pub(super) values: Vec<f32>,
    pub(super) optimizer: OptimizerState,
}

impl Snapshot {
    /// The steps that the optimizer had taken.
    pub fn steps(&self) -> u64 {
        self.optimizer.steps
    }
}
