//! A run's folder while the run is trained.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::sync::Arc;

use super::journal::Journal;
use super::lock::Lock;
use super::{About, RunFolder, StoreError};
use crate::files::{sync_folder, write_whole};
use crate::protocol::{CheckpointReason, Event, Record, RunStarted};
use crate::run::RunState;

/// A run's folder while the run is trained: nobody else may write to it.
#[derive(Debug)]
pub struct Recording {
    folder: RunFolder,
    journal: Journal,
    _lock: Lock,
    /// What has been written so far.
    state: RunState,
    /// The steps of checkpoints that somebody asked for.
    asked: BTreeSet<u64>,
    /// Of the other checkpoints the newest so many are kept, and the best.
    keep: usize,
    /// Something was told that changes the figures on disk.
    sum_is_due: bool,
}

impl Recording {
    /// Makes a folder in `root` for a run that starts. The newest `keep` checkpoints will stay. A recipe that could not be read
    /// again is refused before there is a folder.
    pub fn create(root: &std::path::Path, started: &RunStarted, keep: usize) -> Result<Self, StoreError> {
        let folder = RunFolder::new(root.join(&started.run_id));
        let about = About::new(started.clone());
        about.check()?;
        let checkpoints = folder.checkpoints_path();
        fs::create_dir_all(root).map_err(StoreError::io(root))?;
        // Nobody else has this id: two runs never share a folder.
        fs::create_dir(folder.path()).map_err(StoreError::io(folder.path()))?;
        fs::create_dir(&checkpoints).map_err(StoreError::io(checkpoints))?;
        let mut lock = folder.lock()?;
        lock.confirm();
        let path = folder.journal_path();
        let journal = Journal::open(&path, 0).map_err(StoreError::io(path))?;
        // Last, because a folder is a run from when it has this file.
        folder.set_about(&about)?;
        sync_folder(folder.path()).map_err(StoreError::io(root))?;
        Ok(Self { folder, journal, _lock: lock, state: RunState::default(), asked: BTreeSet::new(), keep, sum_is_due: false })
    }

    /// Takes up the log of a run after `whole` bytes, up to which `records` were told.
    pub(super) fn open(folder: RunFolder, lock: Lock, whole: u64, records: &[Record], keep: usize) -> Result<Self, StoreError> {
        let path = folder.journal_path();
        let journal = Journal::open(&path, whole).map_err(StoreError::io(path))?;
        let state = RunState::default();
        let mut recording = Self { folder, journal, _lock: lock, state, asked: BTreeSet::new(), keep, sum_is_due: true };
        records.iter().for_each(|record| recording.apply(record));
        Ok(recording)
    }

    /// The run's folder.
    pub fn folder(&self) -> &RunFolder {
        &self.folder
    }

    /// The file of the events, for reading, and its bytes so far.
    pub fn log(&self) -> io::Result<(fs::File, u64)> {
        Ok((fs::File::open(self.folder.journal_path())?, self.journal.whole()))
    }

    /// Where in that file each of the events ends that were [appended](Self::append) last.
    pub fn ends(&self) -> &[u64] {
        self.journal.ends()
    }

    /// Writes events down. After an error nothing of them is, and they can be given again. An event that is too long for a line
    /// is left out; the answer is what is to be told of it.
    pub fn append(&mut self, records: &[Arc<Record>]) -> Result<Vec<Event>, StoreError> {
        let path = self.folder.journal_path();
        // A file that was removed while it is open takes everything and keeps nothing.
        let there = fs::metadata(&path).map(|_| ());
        let left_out = there.and_then(|()| self.journal.append(records)).map_err(StoreError::io(path))?;
        let tells = |record: &Arc<Record>| matches!(record.event, Event::EpochFinished { .. } | Event::RunEnded { .. });
        self.sum_is_due |= records.iter().any(tells);
        records.iter().for_each(|record| self.apply(record));
        Ok(left_out)
    }

    /// Writes the figures down when an epoch or the run has ended since the last time that it could be done.
    pub fn sum_up_when_due(&mut self) -> Result<(), StoreError> {
        if self.sum_is_due {
            self.sum_up()?;
            self.sum_is_due = false;
        }
        Ok(())
    }

    fn apply(&mut self, record: &Record) {
        self.state.apply(record);
        if let Event::CheckpointTaken { step, reason: CheckpointReason::Asked, .. } = record.event {
            self.asked.insert(step);
        }
    }

    /// Writes a checkpoint down, reads it again, and only then removes older ones that need not stay. Gives the name of its
    /// file, and the steps of those that were removed.
    pub fn keep(&mut self, step: u64, bytes: &[u8]) -> Result<(String, Vec<u64>), StoreError> {
        let path = self.folder.checkpoint_path(step);
        write_whole(&path, bytes)
            .and_then(|()| fs::read(&path))
            .and_then(|read| if read == bytes { Ok(()) } else { Err(io::Error::other("what was written reads differently")) })
            .and_then(|()| self.journal.sync())
            .map_err(StoreError::io(&path))?;
        // Where they cannot be listed, more of them stay.
        let checkpoints = self.folder.checkpoints().unwrap_or_default();
        let best = self.state.best_validation_step();
        let old = checkpoints.iter().rev().skip(self.keep.max(1));
        let old = old.filter(|(step, _)| Some(*step) != best && !self.asked.contains(step));
        // One too many does no harm.
        let removed = old.filter(|(_, path)| fs::remove_file(path).is_ok()).map(|(step, _)| *step).collect();
        Ok((path.file_name().unwrap_or_default().to_string_lossy().into_owned(), removed))
    }

    /// Writes the figures down as they are now.
    pub fn sum_up(&self) -> Result<(), StoreError> {
        self.folder.set_summary(&self.state.summary())
    }
}
