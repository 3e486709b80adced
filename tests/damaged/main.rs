//! Damaged files and lines: whatever stands in them, nothing panics, and a small file does not fill the memory.

mod allocator;
mod claims;
mod corpus;
mod logs;
mod reader;
#[path = "../synthetic/mod.rs"]
mod synthetic;

use std::path::PathBuf;

use reader::Reader;

/// A reader for the test of this name.
fn reader(test: &str) -> Reader {
    Reader::new(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("damaged-{test}")))
}
