//! Runs on disk: a folder each, written while it trains.
//!
//! `<root>/<id>/` holds `run.json` (what the run is, and what people call it), `events.jsonl` (every [`Record`], one a
//! line), `summary.json` (the figures, newer at every epoch's end), `checkpoints/step-<step>.safetensors`, and `lock`,
//! held by the process that trains. Files are written beside themselves, synced and renamed, or appended a whole line at
//! a time; a torn last line is cut off on opening.
//!
//! [`Record`]: crate::protocol::Record

mod catalog;
mod error;
mod facts;
mod folder;
mod journal;
mod lock;
mod order;
mod recording;
mod removal;
#[cfg(test)]
mod tests;

pub use catalog::{Catalog, Listed};
pub use error::StoreError;
pub use facts::{CheckpointFile, facts};
pub use folder::{About, RunFolder};
pub use order::{SortKey, tree};
pub use recording::{Recording, Resumed};
