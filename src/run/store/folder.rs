//! One run's folder.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::StoreError;
use super::journal::Journal;
use super::lock::Lock;
use crate::files::write_whole;
use crate::protocol::{Event, Record, RunStarted};
use crate::run::{RunState, Summary};

/// The version of the form of a run's folder. It grows when older programs cannot read it any more.
const SCHEMA_VERSION: u32 = 1;
/// Nothing but the events and the checkpoints may be larger.
const LARGEST_JSON: u64 = 16 << 20;

/// One run's folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunFolder {
    path: PathBuf,
}

/// What a run is, and what people say of it: `run.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// The version of the folder's form.
    pub schema_version: u32,
    /// The program that made it.
    pub program_version: String,
    /// What people call it, when they have renamed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What people have written about it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// It is not to be pruned.
    #[serde(default)]
    pub pinned: bool,
    /// The recipe and the sizes.
    pub started: RunStarted,
}

impl About {
    /// Of a run that starts.
    pub fn new(started: RunStarted) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            program_version: env!("CARGO_PKG_VERSION").into(),
            name: None,
            note: String::new(),
            pinned: false,
            started,
        }
    }

    /// What people call the run.
    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.started.name)
    }

    /// Calls the run something else. Fails when it cannot be called that, and says why.
    pub fn rename(&mut self, name: &str) -> Result<(), &'static str> {
        match name.trim() {
            "" => Err("it would have no name"),
            "last" => Err("that means the newest run"),
            name if name.contains(char::is_control) => Err("it has control characters"),
            name => {
                self.name = Some(name.to_owned());
                Ok(())
            }
        }
    }
}

impl RunFolder {
    /// The run in this folder.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The run's id.
    pub fn id(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// What the run is.
    pub fn about(&self) -> Result<About, StoreError> {
        let about: About = read_json(&self.file("run.json"))?;
        if about.schema_version > SCHEMA_VERSION {
            return Err(StoreError::Newer { path: self.file("run.json") });
        }
        Ok(about)
    }

    /// Writes what the run is.
    pub fn set_about(&self, about: &About) -> Result<(), StoreError> {
        write_json(&self.file("run.json"), about)
    }

    /// The figures, as new as the newest epoch's end; `None` before the first.
    pub fn summary(&self) -> Result<Option<Summary>, StoreError> {
        match read_json(&self.file("summary.json")) {
            Err(StoreError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => Ok(None),
            summary => summary.map(Some),
        }
    }

    /// Writes the figures.
    pub(super) fn set_summary(&self, summary: &Summary) -> Result<(), StoreError> {
        write_json(&self.file("summary.json"), summary)
    }

    /// Every whole event.
    pub fn records(&self) -> Result<Vec<Record>, StoreError> {
        Ok(self.journal()?.into_iter().map(|(record, _)| record).collect())
    }

    /// Every whole event from this byte of the log on, and the byte after the last of them.
    pub fn records_after(&self, from: u64) -> Result<(Vec<Record>, u64), StoreError> {
        let path = self.journal_path();
        let read = Journal::read_from(&path, from).map_err(StoreError::io(path))?;
        let end = read.last().map_or(from, |(_, end)| *end);
        Ok((read.into_iter().map(|(record, _)| record).collect(), end))
    }

    /// Every whole event, with the bytes to its end.
    pub(super) fn journal(&self) -> Result<Vec<(Record, u64)>, StoreError> {
        let path = self.journal_path();
        Journal::read(&path).map_err(StoreError::io(path))
    }

    pub(super) fn journal_path(&self) -> PathBuf {
        self.file("events.jsonl")
    }

    /// What the events come to, under the name that people have given the run.
    pub fn state(&self) -> Result<RunState, StoreError> {
        self.fold_into(RunState::default(), &self.records()?)
    }

    /// The same with every step, for exports.
    pub fn lossless_state(&self) -> Result<RunState, StoreError> {
        self.fold_into(RunState::lossless(), &self.records()?)
    }

    /// The same up to the first checkpoint after a step, as it was taken; all of it when there was none.
    pub fn state_at(&self, step: u64) -> Result<RunState, StoreError> {
        let mut records = self.records()?;
        let taken = |record: &Record| matches!(record.event, Event::CheckpointTaken { step: taken, .. } if taken == step);
        if let Some(place) = records.iter().position(taken) {
            records.truncate(place + 1);
        }
        self.fold_into(RunState::default(), &records)
    }

    fn fold_into(&self, mut state: RunState, records: &[Record]) -> Result<RunState, StoreError> {
        let about = self.about()?;
        records.iter().for_each(|record| state.apply(record));
        if let Some(started) = &mut state.started {
            started.name = about.name().to_owned();
        }
        Ok(state)
    }

    /// The steps of which there are checkpoints, ascending, with their files.
    pub fn checkpoints(&self) -> Vec<(u64, PathBuf)> {
        let entries = fs::read_dir(self.checkpoints_path()).into_iter().flatten().flatten();
        let step = |path: PathBuf| {
            let name = path.file_name()?.to_str()?;
            Some((name.strip_prefix("step-")?.strip_suffix(".safetensors")?.parse().ok()?, path))
        };
        let mut checkpoints: Vec<(u64, PathBuf)> = entries.filter_map(|entry| step(entry.path())).collect();
        checkpoints.sort();
        checkpoints
    }

    /// The file of the checkpoint of a step.
    pub(super) fn checkpoint_path(&self, step: u64) -> PathBuf {
        self.checkpoints_path().join(format!("step-{step:08}.safetensors"))
    }

    pub(super) fn checkpoints_path(&self) -> PathBuf {
        self.file("checkpoints")
    }

    /// Removes what is left of files that a crash kept from being written whole.
    pub(super) fn remove_parts(&self) {
        let folders = [self.path.clone(), self.checkpoints_path()];
        let entries = folders.into_iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten();
        for part in entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|extension| extension == "part"))
        {
            // It does no harm where it cannot be removed.
            let _ = fs::remove_file(part);
        }
    }

    /// Takes the right to train the run, or to remove it.
    pub(super) fn lock(&self) -> Result<Lock, StoreError> {
        let path = self.file("lock");
        let taken = Lock::take(&path).map_err(StoreError::io(path))?;
        taken.map_err(|owner| StoreError::Locked { id: self.id(), owner })
    }

    /// Who trains the run now, when somebody does.
    pub fn trained_by(&self) -> Option<String> {
        Lock::holder(&self.file("lock"))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, StoreError> {
    let read = || {
        let mut bytes = Vec::new();
        File::open(path)?.take(LARGEST_JSON).read_to_end(&mut bytes).map(|_| bytes)
    };
    let bytes = read().map_err(StoreError::io(path))?;
    serde_json::from_slice(&bytes).map_err(|source| StoreError::Damaged { path: path.into(), source })
}

fn write_json(path: &Path, content: &impl Serialize) -> Result<(), StoreError> {
    let mut bytes = serde_json::to_vec_pretty(content).map_err(|source| StoreError::Damaged { path: path.into(), source })?;
    bytes.push(b'\n');
    write_whole(path, &bytes).map_err(StoreError::io(path))
}
