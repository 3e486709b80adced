//! A damaged run is made readable again, as far as that goes, and nothing of it is thrown away.

use std::fs;
use std::path::PathBuf;

use serde::Serialize;

use super::folder::About;
use super::journal::Contents;
use super::{RunFolder, StoreError};
use crate::files::{write_new, write_whole};
use crate::protocol::{Event, Record};
use crate::run::RunState;

/// What was done to a damaged run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Repaired {
    /// Lines that were taken out of the log.
    pub damaged_lines: usize,
    /// The log began without the run's start, which was put back.
    pub started_put_back: bool,
    /// `run.json` was written anew from the log.
    pub run_json_written: bool,
    /// Where what was damaged is now.
    pub kept: Vec<PathBuf>,
}

impl Repaired {
    /// Whether anything was damaged.
    pub fn is_anything(&self) -> bool {
        *self != Self::default()
    }
}

impl RunFolder {
    /// Takes damaged lines out of the log, and makes of the log what `run.json` said or the other way round, when one of them
    /// cannot be read. What was damaged stays beside them. A run that is being trained is left alone.
    ///
    /// Fails when neither of them says what the run is.
    pub fn repair(&self) -> Result<Repaired, StoreError> {
        let _lock = self.lock()?;
        let mut repaired = Repaired::default();
        let (path, Contents { records, damaged }) = (self.journal_path(), self.journal()?);
        let first = records.iter().map(|(record, _)| record).find(|record| !matches!(record.event, Event::Unknown(_)));
        let about = match (self.about(), first) {
            (Ok(about), _) => about,
            (Err(StoreError::Damaged { .. } | StoreError::Io { .. }), Some(Record { event: Event::RunStarted(started), .. })) => {
                let (about, old) = (About::new((**started).clone()), self.about_path());
                if old.symlink_metadata().is_ok() {
                    repaired.kept.push(self.put_aside(&old, "damaged", |aside| fs::rename(&old, aside))?);
                }
                self.set_about(&about)?;
                repaired.run_json_written = true;
                about
            }
            (Err(error), _) => return Err(error),
        };
        repaired.started_put_back = !matches!(first, Some(Record { event: Event::RunStarted(_), .. }));
        if damaged.is_empty() && !repaired.started_put_back {
            self.sum_up_again(&records, &repaired)?;
            return Ok(repaired);
        }
        let log = fs::read(&path).map_err(StoreError::io(&path))?;
        let (mut whole, mut out, mut at) = (Vec::new(), Vec::new(), 0);
        if repaired.started_put_back {
            let started = Record { at_ms: 0, event: Event::RunStarted(Box::new(about.started)) };
            serde_json::to_writer(&mut whole, &started).map_err(|source| StoreError::Damaged { path: path.clone(), source })?;
            whole.push(b'\n');
        }
        for lines in &damaged {
            let [start, end] = [lines.bytes.start, lines.bytes.end].map(|place| (place as usize).min(log.len()));
            whole.extend_from_slice(&log[at..start]);
            out.extend_from_slice(&log[start..end]);
            repaired.damaged_lines += lines.last + 1 - lines.first;
            at = end;
        }
        whole.extend_from_slice(&log[at..]);
        if !out.is_empty() {
            repaired.kept.push(self.put_aside(&path, "damaged", |aside| write_new(aside, &out))?);
        }
        write_whole(&path, &whole).map_err(StoreError::io(path))?;
        self.sum_up_again(&self.journal()?.records, &repaired)?;
        Ok(repaired)
    }

    /// Writes the figures down, when they were damaged or the log has become another.
    fn sum_up_again(&self, records: &[(Record, u64)], repaired: &Repaired) -> Result<(), StoreError> {
        if self.summary().is_ok() && !repaired.is_anything() {
            return Ok(());
        }
        let mut state = RunState::default();
        records.iter().for_each(|(record, _)| state.apply(record));
        self.set_summary(&state.summary())
    }
}
