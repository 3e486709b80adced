//! A run's events on disk, one JSON object a line.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, Write};
use std::path::Path;
use std::sync::Arc;

use crate::protocol::{LONGEST_LINE, Record};

/// A run's events on disk, open for more.
#[derive(Debug)]
pub(super) struct Journal {
    file: File,
    /// Bytes of whole lines.
    whole: u64,
    /// The bytes to the end of each record of the last time that some were appended.
    ends: Vec<u64>,
}

impl Journal {
    /// Opens the journal for more, cut off after `whole` bytes.
    pub fn open(path: &Path, whole: u64) -> io::Result<Self> {
        let file = File::options().create(true).append(true).open(path)?;
        file.set_len(whole)?;
        Ok(Self { file, whole, ends: Vec::new() })
    }

    /// Appends records. After an error it is as it was before, or that is tried again next time.
    pub fn append(&mut self, records: &[Arc<Record>]) -> io::Result<()> {
        let (mut lines, mut ends) = (Vec::new(), Vec::new());
        for record in records {
            let start = lines.len();
            serde_json::to_writer(&mut lines, &**record)?;
            lines.push(b'\n');
            if lines.len() - start > LONGEST_LINE {
                // It would be the end of what can be read.
                lines.truncate(start);
            }
            ends.push(self.whole + lines.len() as u64);
        }
        // What a failed attempt left behind.
        if self.file.metadata()?.len() != self.whole {
            self.file.set_len(self.whole)?;
        }
        if let Err(error) = self.file.write_all(&lines) {
            // A part of them may be there; when it cannot be cut off now, it is next time.
            let _ = self.file.set_len(self.whole);
            return Err(error);
        }
        self.whole += lines.len() as u64;
        self.ends = ends;
        Ok(())
    }

    /// The bytes of whole lines.
    pub fn whole(&self) -> u64 {
        self.whole
    }

    /// The bytes to the end of each record of the last time that some were appended. One that was left out ends where the one
    /// before does.
    pub fn ends(&self) -> &[u64] {
        &self.ends
    }

    /// Waits until everything is on the disk.
    pub fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    /// All whole records, each with the bytes to its end. What follows the first line that is not one of them, such as a
    /// line torn by a crash, is left out.
    pub fn read(path: &Path) -> io::Result<Vec<(Record, u64)>> {
        Self::read_from(path, 0)
    }

    /// The same from a byte on, where a line begins.
    pub fn read_from(path: &Path, from: u64) -> io::Result<Vec<(Record, u64)>> {
        let mut file = File::open(path)?;
        file.seek(io::SeekFrom::Start(from))?;
        let mut reader = BufReader::with_capacity(1 << 16, file);
        let (mut records, mut end, mut line) = (Vec::new(), from, Vec::new());
        loop {
            line.clear();
            let read = reader.by_ref().take(LONGEST_LINE as u64).read_until(b'\n', &mut line)?;
            if line.pop() != Some(b'\n') {
                return Ok(records);
            }
            let Ok(record) = serde_json::from_slice(&line) else { return Ok(records) };
            end += read as u64;
            records.push((record, end));
        }
    }
}
