//! `mnist-tui runs remove`: moves runs to the trash.

use std::path::Path;

use clap::Args;
use serde::Serialize;

use super::super::error::{CliError, escaped};
use super::super::place::{Form, Place, print_json};
use super::confirm::{confirm, count};
use super::trash::kilobytes;
use crate::run::store::{RunFolder, StoreError};

/// Which runs.
#[derive(Debug, Args)]
pub(super) struct RemoveArguments {
    /// Ids, starts of them, names, or `last`.
    #[arg(required = true, value_name = "RUN")]
    runs: Vec<String>,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    form: Form,
}

/// A run that was moved.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Removed {
    pub run_id: String,
    /// Where it is now, or would be.
    pub moved_to: String,
}

impl Removed {
    /// Moves a run.
    pub fn new(folder: &RunFolder, trash: &Path) -> Result<Self, StoreError> {
        Ok(Self { run_id: folder.id(), moved_to: folder.remove_to(trash)?.display().to_string() })
    }

    /// A line for people.
    pub fn text(&self) -> String {
        let id = Path::new(&self.moved_to).file_name().unwrap_or_default().to_string_lossy().into_owned();
        format!("{} is now in {}; `mnist-tui runs restore {id}` brings it back\n", self.run_id, escaped(&self.moved_to))
    }
}

impl RemoveArguments {
    pub(super) fn run(&self) -> Result<(), CliError> {
        let runs = self.place.open()?;
        let mut folders: Vec<RunFolder> = Vec::new();
        for run in &self.runs {
            let folder = runs.catalog.find(run)?;
            if let Some(owner) = folder.trained_by() {
                return Err(StoreError::Locked { id: folder.id(), owner }.into());
            }
            if !folders.contains(&folder) {
                folders.push(folder);
            }
        }
        let trash = runs.catalog.trash();
        let names: Vec<String> = folders.iter().map(RunFolder::id).collect();
        let (runs_of, bytes) = (count(folders.len(), "run"), folders.iter().map(RunFolder::bytes).sum());
        let what = format!("move {runs_of} ({}), {}, to {}", names.join(", "), kilobytes(bytes), trash.display());
        confirm(what, self.yes)?;
        let mut removed = Vec::new();
        for folder in &folders {
            let one = Removed::new(folder, &trash)?;
            if !self.form.json {
                runs.print(one.text())?;
            }
            removed.push(one);
        }
        if self.form.json { print_json(&removed) } else { Ok(()) }
    }
}
