//! The log of a run's events. Whoever trains appends and never waits; whoever watches reads at its own pace.
//!
//! The newest records are in memory. The older ones are read again from the disk when somebody wants them, so that a run may
//! be as long as it likes.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::watch;

use super::archive::Archive;
use crate::protocol::{Event, Record};

/// So many records are looked at at once.
const SOME: usize = 256;
/// So many of the records that are on the disk stay in memory: whoever watches is never much behind.
const RECENT: usize = 256;

/// An append-only log that tells its readers when it has grown.
#[derive(Debug)]
pub struct Hub {
    log: Mutex<Log>,
    length: watch::Sender<usize>,
    started: Instant,
    /// The time on the run's clock when this log was started.
    from_ms: u64,
}

/// A record at its place in the log.
pub(super) struct Placed {
    /// Nothing where it cannot be read again.
    pub record: Option<Arc<Record>>,
    /// A newer one has taken its place.
    pub replaced: bool,
}

#[derive(Debug, Default)]
struct Log {
    /// What is on the disk: the first records, of which the newest are in memory as well.
    archive: Option<Archive>,
    /// The place of the first record in memory.
    first: usize,
    records: VecDeque<Arc<Record>>,
    /// The place of the newest event of each kind that is replaced by newer ones.
    newest: [usize; 2],
    /// When the newest event happened.
    at_ms: u64,
}

impl Log {
    fn push(&mut self, record: Record) {
        if let Some(kind) = replaceable(&record.event) {
            self.newest[kind] = self.len();
        }
        self.at_ms = record.at_ms;
        self.records.push_back(Arc::new(record));
    }

    fn len(&self) -> usize {
        self.first + self.records.len()
    }

    fn placed(&self, place: usize, record: Option<Arc<Record>>) -> Placed {
        let kind = record.as_ref().and_then(|record| replaceable(&record.event));
        Placed { record, replaced: kind.is_some_and(|kind| place < self.newest[kind]) }
    }

    /// Lets go of what is on the disk and old.
    fn forget(&mut self) {
        let archived = self.archive.as_ref().map_or(0, Archive::len);
        let old = archived.saturating_sub(self.first).min(self.records.len().saturating_sub(RECENT));
        self.records.drain(..old);
        self.first += old;
        if self.records.capacity() > 8 * RECENT {
            self.records.shrink_to(2 * RECENT);
        }
    }
}

impl Hub {
    /// A log that goes on after what has happened already.
    pub fn new(history: Vec<Record>) -> Self {
        let from_ms = history.last().map_or(0, |record| record.at_ms);
        let length = watch::Sender::new(history.len());
        let mut log = Log::default();
        history.into_iter().for_each(|record| log.push(record));
        Self { log: Mutex::new(log), length, started: Instant::now(), from_ms }
    }

    /// Appends an event that happened now.
    pub fn append(&self, event: Event) {
        let mut log = self.log();
        // With the lock, so that times never go back; a clock may stand at its end in a damaged log.
        let now = self.from_ms.saturating_add(self.started.elapsed().as_millis() as u64);
        let at_ms = now.max(log.at_ms);
        log.push(Record { at_ms, event });
        self.length.send_replace(log.len());
    }

    /// All records from the `from`-th on that can be read.
    pub fn since(&self, from: usize) -> Vec<Arc<Record>> {
        let (mut records, mut read) = (Vec::new(), from);
        loop {
            let some = self.some_since(read);
            if some.is_empty() {
                return records;
            }
            read += some.len();
            records.extend(some.into_iter().filter_map(|placed| placed.record));
        }
    }

    /// Some records from the `from`-th on; none at the end of the log.
    pub(super) fn some_since(&self, from: usize) -> Vec<Placed> {
        let log = self.log();
        if let Some(after) = from.checked_sub(log.first) {
            let records = log.records.iter().enumerate().skip(after).take(SOME);
            return records.map(|(index, record)| log.placed(log.first + index, Some(Arc::clone(record)))).collect();
        }
        let Some(stretch) = log.archive.as_ref().map(|archive| archive.stretch(from, SOME)) else { return Vec::new() };
        drop(log);
        // Whoever appends does not wait for the disk.
        let records = stretch.read();
        let log = self.log();
        (from..).zip(records).map(|(place, record)| log.placed(place, record.map(Arc::new))).collect()
    }

    /// Says that the records so far are in a file, where it holds just these.
    pub(super) fn archive(&self, archive: Archive) {
        let mut log = self.log();
        if log.archive.is_none() && archive.len() <= log.len() {
            log.archive = Some(archive);
            log.forget();
        }
    }

    /// Says that the next records are in the file, too, with their ends there.
    pub(super) fn archived(&self, ends: &[u64]) {
        let mut log = self.log();
        if let Some(archive) = &mut log.archive {
            archive.extend(ends);
            log.forget();
        }
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The length of the log, which changes when it grows.
    pub fn subscribe(&self) -> watch::Receiver<usize> {
        self.length.subscribe()
    }
}

/// Whether newer events of its kind take an event's place, and which kind it is.
fn replaceable(event: &Event) -> Option<usize> {
    match event {
        Event::SamplesPredicted { .. } => Some(0),
        Event::SamplesAugmented { .. } => Some(1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Write;

    use super::*;
    use crate::protocol::Phase;

    fn event(step: u64) -> Event {
        Event::PhaseChanged { phase: Phase::Training, step, answers: None }
    }

    #[test]
    fn times_never_go_back_and_never_overflow() {
        let hub = Hub::new(vec![Record { at_ms: u64::MAX - 1, event: event(0) }]);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..1_000).for_each(|step| hub.append(event(step))));
            }
        });
        let times: Vec<u64> = hub.since(0).iter().map(|record| record.at_ms).collect();
        assert_eq!(times.len(), 4_001);
        assert!(times.is_sorted());
        assert_eq!(*hub.subscribe().borrow(), 4_001);
    }

    #[test]
    fn what_is_on_the_disk_is_read_again_from_there() {
        let path = std::env::temp_dir().join(format!("mnist-tui-hub-{}", std::process::id()));
        let hub = Hub::new(Vec::new());
        (0..3_000).for_each(|step| hub.append(event(step)));
        let all = hub.since(0);
        let (mut file, mut ends) = (File::create(&path).expect("a file"), Vec::new());
        for (index, record) in all.iter().enumerate() {
            // One was too long for a line, one is damaged.
            let line = if index == 7 { "damaged\n".into() } else { serde_json::to_string(&**record).expect("JSON") + "\n" };
            let length = if index == 5 { 0 } else { line.len() };
            file.write_all(&line.as_bytes()[..length]).expect("written");
            ends.push(ends.last().copied().unwrap_or(0) + length as u64);
        }
        hub.archive(Archive::open(File::open(&path).expect("a file"), 0).expect("a file"));
        hub.archived(&ends);
        assert_eq!(hub.log().records.len(), RECENT);
        let again = hub.since(0);
        assert_eq!((again.len(), &again[..5], &again[5], &again[6..]), (2_998, &all[..5], &all[6], &all[8..]));
        for from in [0, 6, 2_000, 2_743, 2_744, 2_999, 3_000] {
            assert_eq!(hub.since(from).last(), all[from..].last(), "from {from}");
        }
        // A file that is there from the start: the same by its lines.
        let archive = Archive::open(File::open(&path).expect("a file"), *ends.last().expect("lines")).expect("a file");
        assert_eq!(archive.len(), 2_999);
        std::fs::remove_file(path).expect("removed");
    }
}
