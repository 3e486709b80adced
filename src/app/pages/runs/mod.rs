//! The page of all recorded runs: what it shows, what is marked, and what it asks the disk for.

mod answers;
mod apart;
mod asking;
mod list;
mod request;
mod rows;

pub use apart::Galleries;
pub use list::{RunRow, Runs, RunsView};
pub use request::{LoadedRun, NextRun, Removed, RunsAnswer, RunsRequest};
