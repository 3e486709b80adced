//! The way to a run that another process trains, as far as the person needs to know.

use super::Reason;

/// The way to a run that another process trains, as far as the person needs to know.
#[derive(Clone, Debug, PartialEq)]
pub enum Connection {
    /// All is well.
    Up {
        /// The number that this client was given.
        client: u32,
    },
    /// Lost; it is tried again by itself.
    Lost {
        /// In so many seconds.
        retry_in: u64,
    },
    /// It skipped something, because this side was too slow. Nothing of it is needed later.
    Skipped {
        /// So many records.
        records: u64,
    },
    /// It will not come back.
    Gone {
        /// Why.
        reason: Reason,
    },
}
