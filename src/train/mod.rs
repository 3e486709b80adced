//! Training: from a recipe to events.

mod checkpoint;
mod engine;
mod job;
mod schedule;
mod stopping;
mod worker;

pub use checkpoint::{Checkpoint, ResumeError};
pub use engine::Port;
pub use job::{Job, JobError, JobOptions};
pub use worker::spawn;
