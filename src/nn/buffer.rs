//! Room for values that are written before they are read, again and again.

use std::ops::{Deref, DerefMut};

/// Bytes of a line of the processor's memories. A vector that lies in two of them takes as long as two.
const LINE: usize = 64;

/// Values that start at the beginning of a line.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    room: Vec<f32>,
    start: usize,
    len: usize,
}

impl Buffer {
    /// Makes it so long; what is in it then is anything. Room is kept for when it is longer again.
    pub fn resize(&mut self, len: usize) -> &mut [f32] {
        let needed = len + LINE / size_of::<f32>();
        if self.room.len() < needed {
            self.room = vec![0.0; needed];
            self.start = self.room.as_ptr().align_offset(LINE);
        }
        self.len = len;
        self
    }
}

impl Deref for Buffer {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &self.room[self.start..][..self.len]
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.room[self.start..][..self.len]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_starts_at_a_line_however_long_it_is() {
        let mut buffer = Buffer::default();
        for len in [3, 100, 5, 0, 200_000, 100] {
            buffer.resize(len).fill(1.0);
            assert_eq!((buffer.len(), buffer.iter().sum::<f32>()), (len, len as f32));
            assert_eq!(buffer.as_ptr() as usize % LINE, 0, "{len}");
        }
    }
}
