//! Training: from a recipe to events.

mod engine;
mod job;
mod schedule;
mod stopping;
mod worker;

use crate::files as save;

pub use engine::Port;
pub use job::{Job, JobError, JobOptions};
pub use worker::spawn;
