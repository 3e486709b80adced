//! The page of all recorded runs: what it shows, what is marked, and what it asks the disk for.

mod dialogue;
mod page;
mod request;
mod update;

pub use dialogue::{Choice, ChoiceItem, Prompt, PromptKind, Question};
pub use page::{RunRow, RunsPage, RunsView};
pub use request::{LoadedRun, NextRun, RunsAnswer, RunsRequest};
