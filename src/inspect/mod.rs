//! Looking into a network while it trains, or as it was: questions are answered from a copy of its parameters, on a thread of
//! its own. Nothing of it is recorded, and nothing of the training changes by it.

mod answer;
mod checkpoints;
mod desk;

pub use answer::Exhibits;
pub use checkpoints::Checkpoints;
pub use desk::{Desk, Reply};
