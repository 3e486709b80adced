//! A whole frame in one write: nothing is sent while it is drawn.

use std::cell::RefCell;
use std::io::{self, Write, stdout};
use std::rc::Rc;

/// Collects what is written until [`send`](Self::send). ratatui flushes in the middle of what is to go out as one. Clones
/// write to the same frame.
#[derive(Clone, Default)]
pub(super) struct FrameWriter(Rc<RefCell<Vec<u8>>>);

impl FrameWriter {
    /// Sends what has been collected to standard output.
    pub fn send(&self) -> io::Result<()> {
        let frame = self.0.take();
        let mut output = stdout().lock();
        output.write_all(&frame).and_then(|()| output.flush())
    }
}

impl Write for FrameWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
