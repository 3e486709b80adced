//! The folder of all runs.

use std::fs;
use std::path::{Path, PathBuf};

use super::{About, RunFolder, StoreError};
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
}

impl Listed {
    /// The run's id.
    pub fn id(&self) -> String {
        self.folder.id()
    }

    /// One word: the outcome; `running`; or `interrupted`, of a run that nobody trains and that did not end.
    pub fn status(&self) -> &str {
        match &self.summary {
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

    /// All runs, the oldest first. A folder that is no run, or one of a newer program, is left out.
    pub fn list(&self) -> Result<Vec<Listed>, StoreError> {
        let mut runs: Vec<Listed> = self.folders()?.into_iter().filter_map(|folder| Self::listed(folder).ok()).collect();
        runs.sort_by_key(|run| (run.about.started.started_at_ms, run.folder.id()));
        Ok(runs)
    }

    /// A run as lists show it.
    pub fn listed(folder: RunFolder) -> Result<Listed, StoreError> {
        Ok(Listed {
            about: folder.about()?,
            summary: folder.summary().unwrap_or_default(),
            trained_by: folder.trained_by(),
            folder,
        })
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
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(StoreError::io(&self.root))?,
        };
        let paths = entries.flatten().map(|entry| entry.path());
        Ok(paths.filter(|path| path.join("run.json").is_file()).map(RunFolder::new).collect())
    }
}
