//! How a step is cut for the threads: a batch into slices of images, the parameters into pieces.

use std::ops::Range;

/// Images that go through the network together. What a slice needs fits into a core's own memory, and a batch of 32
/// still gives two threads something to do.
pub(super) const SLICE: usize = 16;
/// Parameters that are summed and changed together.
const CHUNK: usize = 8192;

/// The pieces of a parameter that are worked on one at a time.
pub(super) fn pieces(range: &Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let end = range.end;
    range.clone().step_by(CHUNK).map(move |start| start..end.min(start + CHUNK))
}
