//! Runs on disk: a folder each, written while it trains.
//!
//! `<root>/<id>/` holds `run.json` (what the run is, and what people call it), `events.jsonl` (every [`Record`], one a
//! line), `summary.json` (the figures, newer at every epoch's end), `checkpoints/step-<step>.safetensors`, and `lock`,
//! held by the process that trains. Files are written beside themselves, synced and renamed, or appended a whole line at
//! a time; a torn last line is left out. What going on cuts off the log stays beside it, as `events.jsonl.until-<time>`, and
//! what a repair takes out as `….damaged-<time>`.
//!
//! [`Record`]: crate::protocol::Record

mod catalog;
mod error;
mod facts;
mod folder;
mod journal;
mod lock;
mod order;
mod plan;
mod recording;
mod removal;
mod repair;
#[cfg(test)]
mod tests;

pub use catalog::{Catalog, Listed};
pub use error::StoreError;
pub use facts::{CheckpointFile, chosen_by, facts};
pub use folder::{About, RunFolder, Told};
pub use journal::DamagedLines;
pub use order::{SortKey, tree};
pub use plan::Plan;
pub use recording::Recording;
pub use repair::Repaired;
