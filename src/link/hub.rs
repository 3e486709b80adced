//! The log of a run's events. Whoever trains appends and never waits; whoever watches reads at its own pace.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::sync::watch;

use crate::protocol::{Event, Record};

/// An append-only log that tells its readers when it has grown.
#[derive(Debug)]
pub struct Hub {
    records: Mutex<Vec<Arc<Record>>>,
    length: watch::Sender<usize>,
    started: Instant,
    /// The time on the run's clock when this log was started.
    from_ms: u64,
}

impl Hub {
    /// A log that goes on after what has happened already.
    pub fn new(history: Vec<Record>) -> Self {
        let from_ms = history.last().map_or(0, |record| record.at_ms);
        let length = watch::Sender::new(history.len());
        let records = Mutex::new(history.into_iter().map(Arc::new).collect());
        Self { records, length, started: Instant::now(), from_ms }
    }

    /// Appends an event that happened now.
    pub fn append(&self, event: Event) {
        let at_ms = self.from_ms + self.started.elapsed().as_millis() as u64;
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        records.push(Arc::new(Record { at_ms, event }));
        let length = records.len();
        drop(records);
        self.length.send_replace(length);
    }

    /// All records from the `from`-th on.
    pub fn since(&self, from: usize) -> Vec<Arc<Record>> {
        let records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        records.get(from..).unwrap_or_default().to_vec()
    }

    /// The length of the log, which changes when it grows.
    pub fn subscribe(&self) -> watch::Receiver<usize> {
        self.length.subscribe()
    }
}
