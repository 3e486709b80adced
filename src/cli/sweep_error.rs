//! What can be wrong with a sweep.

use thiserror::Error;

/// What can be wrong with a sweep. All of it is wrong usage.
#[derive(Debug, Error)]
pub(super) enum SweepError {
    /// One run is no sweep.
    #[error("nothing varies; give a setting several values, as in --lr 1e-4,1e-3 or --vary train.momentum=0.8,0.9")]
    NothingVaries,
    /// `--vary` without values.
    #[error("--vary {text}: no values are given; write it as table.key=v1,v2")]
    NoValues {
        /// As it was written.
        text: String,
    },
    /// A setting that varies, and has a value besides.
    #[error("{key} is given twice: {origin} and --vary; leave one out")]
    Twice {
        /// The setting.
        key: String,
        /// Where else it is given.
        origin: String,
    },
    /// A range in a grid.
    #[error("{origin}: a range has no end of values; draw from it with --random N, or list values with commas")]
    RangeInGrid {
        /// As it was written.
        origin: String,
    },
    /// A range that is none.
    #[error("{origin}: a range is two numbers, the smaller one first, as in 1e-4..1e-2")]
    NoRange {
        /// As it was written.
        origin: String,
    },
    /// More runs than anybody waits for.
    #[error("the grid has more than {most} runs; draw from it with --random N")]
    TooMany {
        /// How many there may be.
        most: usize,
    },
    /// `--only` beyond the last.
    #[error("--only {number}: the sweep has {count} runs, counted from 1")]
    NoSuchRun {
        /// What was asked for.
        number: usize,
        /// How many there are.
        count: usize,
    },
    /// One file for the parameters of all runs.
    #[error("model.save = {path}: every run would write over it; take them with `mnist-tui export RUN --format safetensors`")]
    SaveAll {
        /// The file.
        path: String,
    },
    /// Without a record no run is found again.
    #[error("runs.record = false: a sweep finds its runs again by their records; leave it on")]
    NotRecorded,
}
