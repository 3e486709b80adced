//! What going on with a recorded run would do: everything is read first, and nothing is changed before it is certain.

use std::fs;
use std::io;
use std::path::PathBuf;

use super::lock::Lock;
use super::recording::Recording;
use super::{RunFolder, StoreError};
use crate::files::write_new;
use crate::protocol::{Event, Outcome, Record, RunStarted};

/// A run that goes on, or one that branches off it: read and checked, and nothing on the disk has changed yet. Nobody else
/// can take up the run while this is held.
#[derive(Debug)]
pub struct Plan {
    started: RunStarted,
    records: Vec<Record>,
    checkpoint: Option<Vec<u8>>,
    passed_over: Vec<String>,
    ended: Option<Outcome>,
    keep: usize,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Resumed {
        folder: RunFolder,
        lock: Lock,
        /// The bytes of the log that stay.
        whole: u64,
        /// Checkpoints of what will now happen otherwise.
        later: Vec<PathBuf>,
    },
    Branched {
        root: PathBuf,
        step: u64,
    },
}

impl Plan {
    /// To take a run up again after the step of a checkpoint that `check` finds nothing wrong with: the newest such. A run that
    /// was killed before its first checkpoint starts again. The newest `keep` checkpoints will stay.
    pub fn resume(folder: &RunFolder, keep: usize, check: impl Fn(&[u8]) -> Result<(), String>) -> Result<Self, StoreError> {
        let lock = folder.lock()?;
        let started = folder.about()?.started;
        let mut records = folder.whole_journal()?;
        let checkpoints = folder.checkpoints()?;
        let mut plan = Self {
            started,
            records: Vec::new(),
            checkpoint: None,
            passed_over: Vec::new(),
            ended: None,
            keep,
            kind: Kind::none(),
        };
        plan.ended = records.iter().rev().find_map(|(record, _)| match &record.event {
            Event::RunEnded { outcome, .. } => Some(outcome.clone()),
            _ => None,
        });
        for (step, path) in checkpoints.iter().rev() {
            let Some(last) = records.iter().rposition(|(record, _)| is_taken(record, *step)) else { continue };
            // What cannot be read now may be read next time: an older one in its place would be a loss.
            let bytes = fs::read(path).map_err(StoreError::io(path))?;
            if let Err(reason) = check(&bytes) {
                plan.passed_over.push(format!("{}: {reason}", path.display()));
                continue;
            }
            records.truncate(last + 1);
            let later = checkpoints.iter().filter(|(later, _)| later > step).map(|(_, path)| path.clone()).collect();
            plan.kind = Kind::Resumed { folder: folder.clone(), lock, whole: records[last].1, later };
            plan.records = records.into_iter().map(|(record, _)| record).collect();
            plan.checkpoint = Some(bytes);
            return Ok(plan);
        }
        let newest = records.iter().rev().find_map(|(record, _)| match record.event {
            Event::CheckpointTaken { step, .. } => Some(step),
            _ => None,
        });
        let was_saved = records.iter().any(|(record, _)| matches!(record.event, Event::CheckpointSaved { .. }));
        match newest {
            // Nothing was taken yet, or the start alone, and the process ended before that was on the disk: starting again gives
            // the same.
            None | Some(0) if checkpoints.is_empty() && !was_saved => {
                plan.kind = Kind::Resumed { folder: folder.clone(), lock, whole: 0, later: Vec::new() };
                Ok(plan)
            }
            newest => Err(plan.no_checkpoint(folder, newest, checkpoints.is_empty())),
        }
    }

    /// To make a run beside `parent` that goes on from one of its checkpoints, of `step` or the newest: with what was told up to
    /// there, and that checkpoint. The parent may be trained meanwhile. The run is what `started` makes of what the parent is.
    pub fn branch(
        parent: &RunFolder,
        step: Option<u64>,
        keep: usize,
        check: impl Fn(&[u8]) -> Result<(), String>,
        started: impl FnOnce(RunStarted, u64) -> RunStarted,
    ) -> Result<Self, StoreError> {
        let about = parent.about()?;
        let mut records: Vec<Record> = parent.whole_journal()?.into_iter().map(|(record, _)| record).collect();
        let checkpoints = parent.checkpoints()?;
        let is_told = |step: u64| records.iter().any(|record| is_taken(record, step));
        let wanted = |has: u64| step.is_none_or(|step| step == has) && is_told(has);
        let mut usable = checkpoints.iter().rev().filter(|(step, _)| wanted(*step)).peekable();
        if let (Some(step), None) = (step, usable.peek()) {
            let steps: Vec<String> = checkpoints.iter().map(|(step, _)| step.to_string()).collect();
            return Err(StoreError::NoSuchCheckpoint { id: parent.id(), step, steps: steps.join(", ") });
        }
        let root = parent.path().parent().unwrap_or(parent.path()).to_owned();
        let kind = Kind::Branched { root, step: 0 };
        let mut plan = Self {
            started: about.started,
            records: Vec::new(),
            checkpoint: None,
            passed_over: Vec::new(),
            ended: None,
            keep,
            kind,
        };
        for (step, path) in usable {
            let bytes = fs::read(path).map_err(StoreError::io(path))?;
            if let Err(reason) = check(&bytes) {
                plan.passed_over.push(format!("{}: {reason}", path.display()));
                continue;
            }
            plan.started = started(plan.started, *step);
            let last = records.iter().rposition(|record| is_taken(record, *step)).unwrap_or_default();
            records.truncate(last + 1);
            let first = records.iter_mut().find_map(|record| match &mut record.event {
                Event::RunStarted(started) => Some(started),
                _ => None,
            });
            if let Some(first) = first {
                **first = plan.started.clone();
            }
            if let Kind::Branched { step: at, .. } = &mut plan.kind {
                *at = *step;
            }
            (plan.records, plan.checkpoint) = (records, Some(bytes));
            return Ok(plan);
        }
        let newest = checkpoints.last().map(|(step, _)| *step);
        Err(plan.no_checkpoint(parent, newest, checkpoints.is_empty()))
    }

    /// What the run is.
    pub fn started(&self) -> &RunStarted {
        &self.started
    }

    /// What was told before it goes on.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// Newer checkpoints that cannot be gone on from, each with what is wrong with it.
    pub fn passed_over(&self) -> &[String] {
        &self.passed_over
    }

    /// How the run ended, when it did.
    pub fn ended(&self) -> Option<&Outcome> {
        self.ended.as_ref()
    }

    /// The bytes of the checkpoint that the run goes on from; none when it starts again.
    pub fn take_checkpoint(&mut self) -> Option<Vec<u8>> {
        match self.kind {
            Kind::Resumed { .. } => self.checkpoint.take(),
            // They are written once more.
            Kind::Branched { .. } => self.checkpoint.clone(),
        }
    }

    /// Does it: cuts off what was told after the checkpoint, or makes the folder of the branch. What is cut off stays beside the
    /// log, and checkpoints that do not count any more beside the others.
    pub fn commit(self) -> Result<Recording, StoreError> {
        match self.kind {
            Kind::Resumed { folder, mut lock, whole, later } => {
                let path = folder.journal_path();
                let cut = fs::read(&path).map_err(StoreError::io(&path))?.split_off(whole.try_into().unwrap_or(usize::MAX));
                if !cut.is_empty() {
                    folder.put_aside(&path, "until", |aside| write_new(aside, &cut))?;
                }
                for file in &later {
                    folder.put_aside(file, "until", |aside| fs::rename(file, aside))?;
                }
                folder.remove_parts();
                lock.confirm();
                Recording::open(folder, lock, whole, &self.records, self.keep)
            }
            Kind::Branched { root, step } => {
                let bytes = self.checkpoint.unwrap_or_default();
                let records = self.records.into_iter().map(std::sync::Arc::new).collect::<Vec<_>>();
                let mut branch = Recording::create(&root, &self.started, self.keep)?;
                let written = branch.append(&records).and_then(|_| branch.keep(step, &bytes)).and_then(|_| branch.sum_up());
                if written.is_err() {
                    // Half a branch is of no use to anybody.
                    let _ = fs::remove_dir_all(branch.folder().path());
                }
                written.map(|()| branch)
            }
        }
    }

    fn no_checkpoint(&self, folder: &RunFolder, newest: Option<u64>, gone: bool) -> StoreError {
        let id = folder.id();
        match newest {
            Some(step) if gone => StoreError::CheckpointsGone { id, step, folder: folder.checkpoints_path() },
            _ => StoreError::NoCheckpoint { id, found: self.passed_over.iter().map(|reason| format!("; {reason}")).collect() },
        }
    }
}

impl Kind {
    /// Before it is known what it is.
    fn none() -> Self {
        Self::Branched { root: PathBuf::new(), step: 0 }
    }
}

fn is_taken(record: &Record, step: u64) -> bool {
    matches!(record.event, Event::CheckpointTaken { step: taken, .. } if taken == step)
}

impl RunFolder {
    /// Every event, with the bytes to its end, of a log in which nothing is damaged.
    fn whole_journal(&self) -> Result<Vec<(Record, u64)>, StoreError> {
        let path = self.journal_path();
        let contents = match self.journal() {
            Err(StoreError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                return Err(StoreError::NoLog { id: self.id(), path });
            }
            contents => contents?,
        };
        if let Some(lines) = contents.damaged.into_iter().next() {
            return Err(StoreError::DamagedLog { id: self.id(), path, lines: lines.into() });
        }
        let first = contents.records.iter().map(|(record, _)| record).find(|record| !matches!(record.event, Event::Unknown(_)));
        if first.is_some_and(|first| !matches!(first.event, Event::RunStarted(_))) {
            return Err(StoreError::NoBeginning { id: self.id(), path });
        }
        Ok(contents.records)
    }
}
