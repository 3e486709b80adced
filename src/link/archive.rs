//! The records of a log that are on the disk, found again by their places.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use crate::protocol::Record;

/// So many bytes are read at once, or one record.
const TOGETHER: u64 = 256 << 10;

/// The first records of a log, a line each in a file.
#[derive(Debug)]
pub(super) struct Archive {
    file: Arc<File>,
    /// For each record, the bytes from the file's beginning to its end.
    ends: Vec<u64>,
}

/// Some records in a row, to be read without holding up who appends.
pub(super) struct Stretch {
    file: Arc<File>,
    from: u64,
    ends: Vec<u64>,
}

impl Archive {
    /// What stands in the first `whole` bytes of a file, a record a line.
    pub fn open(file: File, whole: u64) -> io::Result<Self> {
        let mut reader = BufReader::with_capacity(1 << 16, file.try_clone()?.take(whole));
        let (mut ends, mut at) = (Vec::new(), 0);
        loop {
            match reader.skip_until(b'\n')? {
                0 => return Ok(Self { file: Arc::new(file), ends }),
                length => at += length as u64,
            }
            ends.push(at);
        }
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// More of them, by their ends. One that was left out ends where the one before does.
    pub fn extend(&mut self, ends: &[u64]) {
        self.ends.extend_from_slice(ends);
    }

    /// Some of them from the `from`-th on: at most `most`, and not many bytes.
    pub fn stretch(&self, from: usize, most: usize) -> Stretch {
        let start = from.checked_sub(1).map_or(0, |before| self.ends[before]);
        let following = self.ends[from..].iter().take(most).enumerate();
        let ends = following.take_while(|(index, end)| *index == 0 || **end - start <= TOGETHER).map(|(_, end)| *end).collect();
        Stretch { file: Arc::clone(&self.file), from: start, ends }
    }
}

impl Stretch {
    /// Reads them; nothing where one is not there or cannot be read.
    pub fn read(self) -> Vec<Option<Record>> {
        let length = self.ends.last().map_or(0, |end| end - self.from);
        let mut bytes = vec![0; length as usize];
        if self.file.read_exact_at(&mut bytes, self.from).is_err() {
            return self.ends.iter().map(|_| None).collect();
        }
        let starts = std::iter::once(self.from).chain(self.ends.iter().copied());
        let line = |(start, end): (u64, &u64)| &bytes[(start - self.from) as usize..(end - self.from) as usize];
        starts.zip(&self.ends).map(|stretch| Record::read(line(stretch).trim_ascii_end()).ok()).collect()
    }
}
