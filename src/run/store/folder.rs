//! One run's folder.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::StoreError;
use super::journal::{Contents, DamagedLines, Journal};
use super::lock::Lock;
use crate::files::write_whole;
use crate::protocol::{Event, LONGEST_LINE, Record, RunStarted, run_name};
use crate::run::text::date;
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

    /// Refuses what would be read otherwise than it is written, such as numbers that JSON does not have.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        let read = serde_json::to_vec(self).and_then(|bytes| serde_json::from_slice::<Self>(&bytes));
        match read {
            Ok(read) if read == *self => Ok(()),
            read => Err(StoreError::NotReadable { source: read.err() }),
        }
    }

    /// What people call the run.
    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.started.name)
    }

    /// Calls the run something else. Fails when it cannot be called that, and says why.
    pub fn rename(&mut self, name: &str) -> Result<(), &'static str> {
        self.name = Some(run_name(name)?.to_owned());
        Ok(())
    }
}

/// What every version of `run.json` has.
#[derive(Deserialize)]
struct Version {
    schema_version: u32,
}

/// What a log tells from one of its bytes on.
#[derive(Debug)]
pub struct Told {
    /// Every whole event.
    pub records: Vec<Record>,
    /// The byte after the last of them.
    pub end: u64,
    /// What cannot be read, for people.
    pub unread: Vec<String>,
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
        let path = self.about_path();
        let (version, about) = (read_json::<Version>(&path)?.schema_version, read_json::<About>(&path));
        if version > SCHEMA_VERSION {
            return Err(StoreError::Newer { path });
        }
        let about = about?;
        // Whoever reads on computes with them.
        let checked = about.started.spec.hyperparameters.check().map_err(serde::de::Error::custom);
        checked.map_err(|source| StoreError::Damaged { path, source })?;
        Ok(about)
    }

    /// Changes what is said of the run; nobody else does meanwhile. Nothing is written when the change fails.
    pub fn change_about<T, E: From<StoreError>>(&self, change: impl FnOnce(&mut About) -> Result<T, E>) -> Result<T, E> {
        let path = self.file("run.json.lock");
        let _lock = Lock::wait(&path).map_err(StoreError::io(path))?;
        let mut about = self.about()?;
        let changed = change(&mut about)?;
        self.set_about(&about)?;
        Ok(changed)
    }

    /// Writes what the run is.
    pub fn set_about(&self, about: &About) -> Result<(), StoreError> {
        write_json(&self.about_path(), about)
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
        Ok(self.told_after(0)?.records)
    }

    /// What the log tells from this byte on.
    pub fn told_after(&self, from: u64) -> Result<Told, StoreError> {
        let path = self.journal_path();
        let Contents { records, damaged } = Journal::read_from(&path, from).map_err(StoreError::io(path))?;
        let end = records.last().map_or(from, |(_, end)| *end);
        let records = records.into_iter().map(|(record, _)| record).collect();
        Ok(Told { records, end, unread: self.named(&damaged) })
    }

    /// The first event, when its line is whole.
    pub(super) fn first_record(&self) -> Option<Record> {
        let mut line = Vec::new();
        BufReader::new(File::open(self.journal_path()).ok()?).take(LONGEST_LINE as u64).read_until(b'\n', &mut line).ok()?;
        Record::read(&line).ok()
    }

    /// What of the log cannot be read, apart from a torn end: what is shown of the run lacks what these lines told.
    pub fn damaged_lines(&self) -> Result<Vec<DamagedLines>, StoreError> {
        Ok(self.journal()?.damaged)
    }

    /// Damaged lines for people, with the name of the file.
    fn named(&self, damaged: &[DamagedLines]) -> Vec<String> {
        damaged.iter().map(|lines| format!("{}, {lines}", self.journal_path().display())).collect()
    }

    /// The whole log.
    pub(super) fn journal(&self) -> Result<Contents, StoreError> {
        let path = self.journal_path();
        Journal::read_from(&path, 0).map_err(StoreError::io(path))
    }

    pub(super) fn about_path(&self) -> PathBuf {
        self.file("run.json")
    }

    pub(super) fn journal_path(&self) -> PathBuf {
        self.file("events.jsonl")
    }

    /// What the events come to, under the name that people have given the run.
    pub fn state(&self) -> Result<RunState, StoreError> {
        self.fold_into(RunState::default(), self.journal()?)
    }

    /// The same with every step, for exports.
    pub fn lossless_state(&self) -> Result<RunState, StoreError> {
        self.fold_into(RunState::lossless(), self.journal()?)
    }

    /// The same up to the first checkpoint after a step, as it was taken; all of it when there was none.
    pub fn state_at(&self, step: u64) -> Result<RunState, StoreError> {
        let mut contents = self.journal()?;
        let taken =
            |(record, _): &(Record, u64)| matches!(record.event, Event::CheckpointTaken { step: taken, .. } if taken == step);
        if let Some(place) = contents.records.iter().position(taken) {
            contents.records.truncate(place + 1);
        }
        self.fold_into(RunState::default(), contents)
    }

    fn fold_into(&self, mut state: RunState, Contents { records, damaged }: Contents) -> Result<RunState, StoreError> {
        // Where it cannot be read, the log says what the run was called.
        let about = self.about().ok();
        records.iter().for_each(|(record, _)| state.apply(record));
        state.unread = self.named(&damaged);
        if let (Some(started), Some(about)) = (&mut state.started, about) {
            started.name = about.name().to_owned();
        }
        Ok(state)
    }

    /// The steps of which there are checkpoints, ascending, with their files. A folder that is gone has none.
    pub fn checkpoints(&self) -> Result<Vec<(u64, PathBuf)>, StoreError> {
        let folder = self.checkpoints_path();
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.and_then(Iterator::collect::<io::Result<Vec<_>>>).map_err(StoreError::io(folder))?,
        };
        let step = |path: PathBuf| {
            let name = path.file_name()?.to_str()?;
            Some((name.strip_prefix("step-")?.strip_suffix(".safetensors")?.parse().ok()?, path))
        };
        let mut checkpoints: Vec<(u64, PathBuf)> = entries.into_iter().filter_map(|entry| step(entry.path())).collect();
        checkpoints.sort();
        Ok(checkpoints)
    }

    /// The bytes of the checkpoint of a step.
    pub fn read_checkpoint(&self, step: u64) -> Result<Vec<u8>, StoreError> {
        let path = self.checkpoint_path(step);
        fs::read(&path).map_err(StoreError::io(path))
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

    /// Has `put` put something beside `path`, under a name that says `why` and when; gives the name.
    pub(super) fn put_aside(&self, path: &Path, why: &str, put: impl Fn(&Path) -> io::Result<()>) -> Result<PathBuf, StoreError> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as u64;
        let when: String = date(now).chars().filter(|c| c.is_ascii_digit()).collect();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for number in 1..10_000 {
            let again = if number == 1 { String::new() } else { format!("-{number}") };
            let aside = path.with_file_name(format!("{name}.{why}-{when}{again}"));
            if aside.symlink_metadata().is_ok() {
                continue;
            }
            match put(&aside) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                done => return done.map(|()| aside.clone()).map_err(StoreError::io(aside)),
            }
        }
        Err(StoreError::NoFreeName { path: path.to_owned() })
    }

    /// What was put aside when the run went on or was repaired, in the order of the names.
    pub fn put_aside_before(&self) -> Vec<PathBuf> {
        let folders = [self.path.clone(), self.checkpoints_path()];
        let entries = folders.into_iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten();
        let aside = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.contains(".until-") || name.contains(".damaged-")
        };
        let mut found: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(aside).collect();
        found.sort();
        found
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
