//! Judging a network that has been trained: how good it is, how sure that is, whether another is better, and what it takes
//! pictures for.

mod find;
mod model;
mod predict;
mod report;

pub use find::{Area, Find, FindError};
pub use model::{Model, ModelError, Which};
pub use predict::{Preparation, PreparationError};
pub use report::{Comparison, Figure, Judged, Report, compare};
