//! A run's folder while the run is trained.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::sync::Arc;

use super::journal::Journal;
use super::lock::Lock;
use super::{About, RunFolder, StoreError};
use crate::files::write_whole;
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

/// A recording that goes on, the bytes of the checkpoint from which it does, and what was told before.
pub type Resumed = (Recording, Option<Vec<u8>>, Vec<Record>);

impl Recording {
    /// Makes a folder in `root` for a run that starts. The newest `keep` checkpoints will stay.
    pub fn create(root: &std::path::Path, started: &RunStarted, keep: usize) -> Result<Self, StoreError> {
        let folder = RunFolder::new(root.join(&started.run_id));
        let checkpoints = folder.checkpoints_path();
        fs::create_dir_all(root).map_err(StoreError::io(root))?;
        // Nobody else has this id: two runs never share a folder.
        fs::create_dir(folder.path()).map_err(StoreError::io(folder.path()))?;
        fs::create_dir(&checkpoints).map_err(StoreError::io(checkpoints))?;
        let lock = folder.lock()?;
        let path = folder.journal_path();
        let journal = Journal::open(&path, 0).map_err(StoreError::io(path))?;
        // Last, because a folder is a run from when it has this file.
        folder.set_about(&About::new(started.clone()))?;
        Ok(Self { folder, journal, _lock: lock, state: RunState::default(), asked: BTreeSet::new(), keep, sum_is_due: false })
    }

    /// Makes a folder beside that of `parent` for a run that goes on from one of its checkpoints, of `step` or the newest:
    /// with what was told up to there, and that checkpoint. The parent may be trained meanwhile. The run is what
    /// `started` makes of what the parent is.
    pub fn branch(
        parent: &RunFolder,
        step: Option<u64>,
        started: impl FnOnce(RunStarted, u64) -> RunStarted,
    ) -> Result<RunFolder, StoreError> {
        let checkpoints = parent.checkpoints();
        let mut records = parent.records()?;
        let taken = |step: u64| move |record: &Record| matches!(record.event, Event::CheckpointTaken { step: taken, .. } if taken == step);
        let mut usable = checkpoints.iter().rev().filter(|(step, _)| records.iter().any(taken(*step)));
        let found = match step {
            None => usable.next().ok_or_else(|| StoreError::NoCheckpoint { id: parent.id() })?,
            Some(asked) => usable.find(|(step, _)| *step == asked).ok_or_else(|| {
                let steps: Vec<String> = checkpoints.iter().map(|(step, _)| step.to_string()).collect();
                StoreError::NoSuchCheckpoint { id: parent.id(), step: asked, steps: steps.join(", ") }
            })?,
        };
        let (step, path) = found;
        let started = started(parent.about()?.started, *step);
        let last = records.iter().rposition(taken(*step)).unwrap_or_default();
        records.truncate(last + 1);
        if let Some(Record { event: Event::RunStarted(first), .. }) = records.first_mut() {
            **first = started.clone();
        }
        let bytes = fs::read(path).map_err(StoreError::io(path))?;
        let root = parent.path().parent().unwrap_or(parent.path());
        let mut branch = Self::create(root, &started, usize::MAX)?;
        let written = branch
            .append(&records.into_iter().map(Arc::new).collect::<Vec<_>>())
            .and_then(|()| branch.keep(*step, &bytes))
            .and_then(|_| branch.sum_up());
        if written.is_err() {
            // Half a branch is of no use to anybody.
            let _ = fs::remove_dir_all(branch.folder.path());
        }
        written.map(|()| branch.folder)
    }

    /// Takes a run up again after the step of a checkpoint, of which `is_whole` says whether it can be gone on from; the
    /// newest such is taken. What was told after it is cut off. Gives the recording, the checkpoint's bytes, and what was
    /// told before. A run that was killed before its first checkpoint has no bytes, and starts again.
    pub fn resume(folder: &RunFolder, keep: usize, is_whole: impl Fn(&[u8]) -> bool) -> Result<Resumed, StoreError> {
        let lock = folder.lock()?;
        let open = |whole: u64| {
            let path = folder.journal_path();
            let journal = Journal::open(&path, whole).map_err(StoreError::io(path))?;
            let (folder, state) = (folder.clone(), RunState::default());
            Ok::<_, StoreError>(Self { folder, journal, _lock: lock, state, asked: BTreeSet::new(), keep, sum_is_due: false })
        };
        folder.remove_parts();
        let checkpoints = folder.checkpoints();
        if checkpoints.is_empty() {
            return Ok((open(0)?, None, Vec::new()));
        }
        let mut records = folder.journal()?;
        for (step, path) in checkpoints.iter().rev() {
            let is_taken = |record: &Record| matches!(record.event, Event::CheckpointTaken { step: taken, .. } if taken == *step);
            let Some(last) = records.iter().rposition(|(record, _)| is_taken(record)) else { continue };
            let Ok(bytes) = fs::read(path) else { continue };
            if !is_whole(&bytes) {
                continue;
            }
            records.truncate(last + 1);
            let mut recording = open(records[last].1)?;
            let records: Vec<Record> = records.into_iter().map(|(record, _)| record).collect();
            records.iter().for_each(|record| recording.apply(record));
            // Checkpoints of what will now happen otherwise.
            let later = checkpoints.iter().filter(|(later, _)| later > step);
            later.for_each(|(_, path)| drop(fs::remove_file(path)));
            return Ok((recording, Some(bytes), records));
        }
        Err(StoreError::NoCheckpoint { id: folder.id() })
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

    /// Writes events down. After an error nothing of them is, and they can be given again.
    pub fn append(&mut self, records: &[Arc<Record>]) -> Result<(), StoreError> {
        let path = self.folder.journal_path();
        // A file that was removed while it is open takes everything and keeps nothing.
        let there = fs::metadata(&path).map(|_| ());
        there.and_then(|()| self.journal.append(records)).map_err(StoreError::io(path))?;
        let tells = |record: &Arc<Record>| matches!(record.event, Event::EpochFinished { .. } | Event::RunEnded { .. });
        self.sum_is_due |= records.iter().any(tells);
        records.iter().for_each(|record| self.apply(record));
        Ok(())
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
    /// file.
    pub fn keep(&mut self, step: u64, bytes: &[u8]) -> Result<String, StoreError> {
        let path = self.folder.checkpoint_path(step);
        write_whole(&path, bytes)
            .and_then(|()| fs::read(&path))
            .and_then(|read| if read == bytes { Ok(()) } else { Err(io::Error::other("what was written reads differently")) })
            .and_then(|()| self.journal.sync())
            .map_err(StoreError::io(&path))?;
        let checkpoints = self.folder.checkpoints();
        let best = self.state.best_validation_step();
        let old = checkpoints.iter().rev().skip(self.keep.max(1));
        for (_, path) in old.filter(|(step, _)| Some(*step) != best && !self.asked.contains(step)) {
            // One too many does no harm.
            let _ = fs::remove_file(path);
        }
        Ok(path.file_name().unwrap_or_default().to_string_lossy().into_owned())
    }

    /// Writes the figures down as they are now.
    pub fn sum_up(&self) -> Result<(), StoreError> {
        self.folder.set_summary(&self.state.summary())
    }
}
