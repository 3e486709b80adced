//! The log of a run's events. Whoever trains appends and never waits; whoever watches reads at its own pace.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::watch;

use crate::protocol::{Event, Record};

/// So many records are looked at at once.
const SOME: usize = 256;

/// An append-only log that tells its readers when it has grown.
#[derive(Debug)]
pub struct Hub {
    log: Mutex<Log>,
    length: watch::Sender<usize>,
    started: Instant,
    /// The time on the run's clock when this log was started.
    from_ms: u64,
}

#[derive(Debug, Default)]
struct Log {
    records: Vec<Arc<Record>>,
    /// The place of the newest event of each kind that is replaced by newer ones.
    newest: [usize; 2],
}

impl Log {
    fn push(&mut self, record: Record) {
        if let Some(kind) = replaceable(&record.event) {
            self.newest[kind] = self.records.len();
        }
        self.records.push(Arc::new(record));
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
        let at_ms = self.from_ms + self.started.elapsed().as_millis() as u64;
        let mut log = self.log();
        log.push(Record { at_ms, event });
        let length = log.records.len();
        drop(log);
        self.length.send_replace(length);
    }

    /// All records from the `from`-th on.
    pub fn since(&self, from: usize) -> Vec<Arc<Record>> {
        self.log().records.get(from..).unwrap_or_default().to_vec()
    }

    /// Some records from the `from`-th on, each with whether a newer one has taken its place.
    pub(super) fn some_since(&self, from: usize) -> Vec<(Arc<Record>, bool)> {
        let log = self.log();
        let records = log.records.iter().enumerate().skip(from).take(SOME);
        let replaced = |place, event| replaceable(event).is_some_and(|kind| place < log.newest[kind]);
        records.map(|(place, record)| (Arc::clone(record), replaced(place, &record.event))).collect()
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
