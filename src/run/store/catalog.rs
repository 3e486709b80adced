//! The folder of all runs.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::{About, RunFolder, StoreError};
use crate::causes::with_causes;
use crate::files::dangling;
use crate::protocol::{
    Augmentation, DataSpec, Event, FineTuning, Holdout, Hyperparameters, Optimizer, RunSpec, RunStarted, Schedule,
};
use crate::run::Summary;

/// The folder of all runs.
#[derive(Clone, Debug)]
pub struct Catalog {
    root: PathBuf,
}

/// A run as lists show it.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// Its folder.
    pub folder: RunFolder,
    /// What it is.
    pub about: About,
    /// Its figures at the newest epoch's end.
    pub summary: Option<Summary>,
    /// Who trains it now.
    pub trained_by: Option<String>,
    /// Why it cannot be read, and what to do; then `about` is as much as its log or its folder's name says.
    pub damage: Option<String>,
}

impl Listed {
    /// The run's id.
    pub fn id(&self) -> String {
        self.folder.id()
    }

    /// One word: the outcome; `running`; `interrupted`, of a run that nobody trains and that did not end; or `damaged`.
    pub fn status(&self) -> &str {
        match &self.summary {
            _ if self.damage.is_some() => "damaged",
            _ if self.trained_by.is_some() => "running",
            Some(summary) if summary.status != "running" => &summary.status,
            _ => "interrupted",
        }
    }
}

impl Catalog {
    /// The runs in this folder, which need not be there yet.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// All runs, the oldest first, also those that are damaged or of a newer program. A folder that is no run is left out.
    pub fn list(&self) -> Result<Vec<Listed>, StoreError> {
        // One that has just been removed is gone.
        let mut runs: Vec<Listed> = self.folders()?.into_iter().filter_map(|folder| Self::listed(folder).ok()).collect();
        runs.sort_by_key(|run| (run.about.started.started_at_ms, run.folder.id()));
        Ok(runs)
    }

    /// A run as lists show it. Fails when there is none in the folder, or it is just being made.
    pub fn listed(folder: RunFolder) -> Result<Listed, StoreError> {
        let trained_by = folder.trained_by();
        let (about, damage) = match folder.about() {
            Ok(about) => {
                let gone = folder.journal_path().try_exists().is_ok_and(|there| !there);
                (about, gone.then(|| StoreError::NoLog { id: folder.id(), path: folder.journal_path() }.to_string()))
            }
            Err(error) if !folder.path().is_dir() => return Err(error),
            Err(error) if error.is_missing() && trained_by.is_some() => return Err(error),
            Err(error) if error.is_missing() => {
                (folder.about_by_its_log(), Some(format!("its run.json is gone{}", repair(&folder))))
            }
            Err(error) => {
                let advice = if matches!(error, StoreError::Newer { .. }) { String::new() } else { repair(&folder) };
                (folder.about_by_its_log(), Some(with_causes(&error) + &advice))
            }
        };
        let summary = match folder.summary() {
            // The log says the same.
            Err(StoreError::Damaged { .. }) => folder.state().ok().map(|state| state.summary()),
            summary => summary.unwrap_or_default(),
        };
        Ok(Listed { about, summary, trained_by, damage, folder })
    }

    /// The run that `asked` means: an id, the start of one id, a name, or `last` for the newest.
    pub fn find(&self, asked: &str) -> Result<RunFolder, StoreError> {
        let runs = self.list()?;
        let newest = runs.last().filter(|_| asked == "last");
        if let Some(exact) = newest.or_else(|| runs.iter().find(|run| run.folder.id() == asked)) {
            return Ok(exact.folder.clone());
        }
        let of_name: Vec<&Listed> = runs.iter().filter(|run| run.about.name() == asked).collect();
        let of_start: Vec<&Listed> = runs.iter().filter(|run| !asked.is_empty() && run.folder.id().starts_with(asked)).collect();
        let found = if of_name.is_empty() { of_start } else { of_name };
        match found[..] {
            [run] => Ok(run.folder.clone()),
            [] => Err(StoreError::NoRun {
                asked: asked.into(),
                root: self.root.clone(),
                advice: if runs.is_empty() { "; it holds no runs yet" } else { "; `mnist-tui runs` lists them" }.into(),
            }),
            _ => {
                let names = found.iter().map(|run| format!("{} ({})", run.folder.id(), run.about.name()));
                Err(StoreError::Ambiguous { asked: asked.into(), candidates: names.collect::<Vec<_>>().join(", ") })
            }
        }
    }

    fn folders(&self) -> Result<Vec<RunFolder>, StoreError> {
        let entries = match fs::read_dir(&self.root) {
            Err(error) if error.kind() == ErrorKind::NotFound && dangling(&self.root).is_none() => return Ok(Vec::new()),
            entries => entries.and_then(Iterator::collect::<std::io::Result<Vec<_>>>).map_err(StoreError::io(&self.root))?,
        };
        // What cannot be looked into may be one.
        let is_run =
            |path: &PathBuf| ["run.json", "events.jsonl"].iter().any(|file| path.join(file).try_exists().unwrap_or(true));
        let hidden = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        let paths = entries.into_iter().map(|entry| entry.path()).filter(|path| path.is_dir() && !hidden(path) && is_run(path));
        Ok(paths.map(RunFolder::new).collect())
    }
}

/// What to do about a `run.json` that cannot be read, after a semicolon.
fn repair(folder: &RunFolder) -> String {
    format!("; `mnist-tui runs repair {}` makes it anew from the log", folder.id())
}

impl RunFolder {
    /// What a run is whose `run.json` cannot be read: as its log says, or else nothing but its id and its time.
    fn about_by_its_log(&self) -> About {
        let first = self.first_record().map(|record| record.event);
        if let Some(Event::RunStarted(started)) = first {
            return About::new(*started);
        }
        let id = self.id();
        let spec = RunSpec {
            preset: "–".into(),
            layers: Vec::new(),
            init_from: None,
            freeze: Vec::new(),
            fine_tuning: FineTuning::default(),
            optimizer: Optimizer::Adam,
            seed: 0,
            data: DataSpec { source: "–".into(), validation: Holdout::Count(0), ..DataSpec::default() },
            augmentation: Augmentation::default(),
            hyperparameters: Hyperparameters::default(),
            schedule: Schedule::default(),
            min_delta: 0.0,
            until_test_accuracy: None,
        };
        About::new(RunStarted {
            name: id.clone(),
            // Ids begin with the time, in base 36.
            started_at_ms: id.len().checked_sub(3).and_then(|end| u64::from_str_radix(id.get(..end)?, 36).ok()).unwrap_or(0),
            run_id: id,
            spec,
            threads: 0,
            class_names: Vec::new(),
            image_shape: [0; 3],
            train_images: 0,
            validation_images: 0,
            test_images: 0,
            layers: Vec::new(),
            parent: None,
        })
    }
}
