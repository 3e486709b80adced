//! Training: from a recipe to events.

mod checkpoint;
mod course;
mod engine;
mod job;
mod schedule;
mod stopping;
mod verdict;
mod worker;

pub use checkpoint::{Checkpoint, ResumeError};
pub use course::{Course, CourseError, Rerun};
pub use engine::Port;
pub use job::{Job, JobError, JobOptions, run_id};
pub use worker::spawn;
