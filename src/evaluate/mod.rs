//! Judging a network that has been trained: how good it is, how sure that is, and whether another is better.

mod model;
mod report;

pub use model::{Model, ModelError, Which};
pub use report::{Bin, Comparison, Figure, Judged, Report, compare};
