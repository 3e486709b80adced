//! Images and labels: where they come from, how they are divided, and in which order they are trained on.
//!
//! Pixels stay bytes here; whoever computes with them turns them into floats a batch at a time.

mod augment;
mod dataset;
mod elastic;
mod error;
pub mod fetch;
pub mod idx;
mod images;
pub mod mnist;
mod nothing;
mod order;
mod own;
pub mod picture;
mod prepare;
mod probe;
mod random;
mod source;
mod split;
mod warp;

pub use augment::Augmenter;
pub use dataset::Dataset;
pub use error::DataError;
pub use images::{ImageSet, ImageSetError};
pub use nothing::NOTHING;
pub use order::epoch_order;
pub use own::{FoundDigits, OwnDigits};
pub use prepare::{Sheet, SheetInk, centred, digit};
pub use probe::Probe;
pub use random::{Purpose, stream};
pub use source::known;
pub use source::{LONGEST_SIDE, MOST_CLASSES, Progress};
pub use split::split;
