//! A run's events on disk, one JSON object a line.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use crate::protocol::{Event, LONGEST_LINE, Record};

/// A run's events on disk, open for more.
#[derive(Debug)]
pub(super) struct Journal {
    file: File,
    /// Bytes of whole lines.
    whole: u64,
    /// The bytes to the end of each record of the last time that some were appended.
    ends: Vec<u64>,
}

/// What a journal holds.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// All records, each with the bytes from the file's beginning to its end.
    pub records: Vec<(Record, u64)>,
    /// What stands between them and is none. A torn end, as a crash leaves it, is not among it.
    pub damaged: Vec<DamagedLines>,
}

/// Lines of a log, one after another, that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DamagedLines {
    /// The first of them, counted from 1.
    pub first: usize,
    /// The last of them.
    pub last: usize,
    /// What is wrong with the first.
    pub reason: String,
    /// Where they stand in the file.
    pub(super) bytes: Range<u64>,
}

impl fmt::Display for DamagedLines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.last == self.first {
            true => write!(f, "line {} is damaged: {}", self.first, self.reason),
            false => write!(f, "lines {} to {} are damaged: {}", self.first, self.last, self.reason),
        }
    }
}

impl Journal {
    /// Opens the journal for more, cut off after `whole` bytes.
    pub fn open(path: &Path, whole: u64) -> io::Result<Self> {
        let file = File::options().create(true).append(true).open(path)?;
        file.set_len(whole)?;
        Ok(Self { file, whole, ends: Vec::new() })
    }

    /// Appends records. After an error it is as it was before, or that is tried again next time. A record that is longer than
    /// a line may be is left out; the answer is what is to be told of it.
    pub fn append(&mut self, records: &[Arc<Record>]) -> io::Result<Vec<Event>> {
        let (mut lines, mut ends, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
        for record in records {
            let start = lines.len();
            serde_json::to_writer(&mut lines, &**record)?;
            lines.push(b'\n');
            let bytes = lines.len() - start;
            if bytes > LONGEST_LINE {
                lines.truncate(start);
                let named = serde_json::to_value(&**record)?;
                let name = named["event"].as_str().unwrap_or("unknown").to_owned();
                left_out.push(Event::RecordTooLong { name, bytes });
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
        Ok(left_out)
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

    /// Everything from a byte on, where a line begins.
    pub fn read_from(path: &Path, from: u64) -> io::Result<Contents> {
        let mut file = File::open(path)?;
        file.seek(io::SeekFrom::Start(from))?;
        let mut reader = BufReader::with_capacity(1 << 16, file);
        let (mut contents, mut at, mut line) = (Contents::default(), from, Vec::new());
        // Lines that are no records; another one after them shows that they are not a torn end.
        let mut unread: Option<DamagedLines> = None;
        for number in 1.. {
            line.clear();
            let mut length = reader.by_ref().take(LONGEST_LINE as u64).read_until(b'\n', &mut line)?;
            if length == LONGEST_LINE && line.last() != Some(&b'\n') {
                length += reader.skip_until(b'\n')?;
            } else if line.pop() != Some(b'\n') {
                break;
            }
            let read = match length {
                0..=LONGEST_LINE => Record::read(&line).map_err(|error| error.to_string()),
                _ => Err(format!("it is longer than {LONGEST_LINE} bytes")),
            };
            let end = at + length as u64;
            match (read, &mut unread) {
                (Ok(record), unread) => {
                    contents.damaged.extend(unread.take());
                    contents.records.push((record, end));
                }
                (Err(_), Some(before)) => (before.last, before.bytes.end) = (number, end),
                (Err(reason), none) => *none = Some(DamagedLines { first: number, last: number, reason, bytes: at..end }),
            }
            at = end;
        }
        Ok(contents)
    }
}
