//! `mnist-tui runs remove`: moves runs to the trash.

use std::path::Path;

use clap::Args;
use serde::Serialize;

use super::super::error::{CliError, escaped};
use super::super::place::{Form, Place, print_json};
use super::confirm::{confirm, count};
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
        format!("{} is now in {}\n", self.run_id, escaped(&self.moved_to))
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
        confirm(format!("move {} ({}) to {}", count(folders.len(), "run"), names.join(", "), trash.display()), self.yes)?;
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
