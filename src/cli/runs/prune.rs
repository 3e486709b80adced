//! `mnist-tui runs prune`: moves old runs to the trash, or deletes checkpoints that are not needed.

use clap::Args;
use serde::Serialize;
use serde_json::json;

use super::super::error::{CliError, escaped};
use super::super::place::{Form, Place, Runs, print_json};
use super::confirm::{confirm, count};
use super::remove::Removed;
use super::trash::kilobytes;
use crate::run::store::{Listed, RunFolder};

/// What stays.
#[derive(Debug, Args)]
pub(super) struct PruneArguments {
    /// So many of the newest runs stay.
    #[arg(long, value_name = "N", default_value_t = 20)]
    keep: usize,
    /// Leave all runs, but delete their checkpoints except the best and the newest.
    #[arg(long, conflicts_with = "keep")]
    checkpoints: bool,
    /// Say what would be done, and do nothing.
    #[arg(long)]
    dry_run: bool,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    form: Form,
}

/// A checkpoint that was deleted.
#[derive(Serialize)]
struct Deleted {
    run_id: String,
    path: String,
    bytes: u64,
}

impl PruneArguments {
    pub(super) fn run(&self) -> Result<(), CliError> {
        let runs = self.place.open()?;
        if self.checkpoints { self.prune_checkpoints(&runs) } else { self.prune_runs(&runs) }
    }

    fn prune_runs(&self, runs: &Runs) -> Result<(), CliError> {
        let all = runs.catalog.list()?;
        let old = all.iter().rev().skip(self.keep).rev();
        let old: Vec<&RunFolder> = old.filter(|run| is_free(run)).map(|run| &run.folder).collect();
        let trash = runs.catalog.trash();
        if !old.is_empty() && !self.dry_run {
            confirm(format!("move {} to {}", count(old.len(), "run"), trash.display()), self.yes)?;
        }
        let mut removed = Vec::new();
        for folder in &old {
            let would = || Removed { run_id: folder.id(), moved_to: trash.join(folder.id()).display().to_string() };
            let one = if self.dry_run { would() } else { Removed::new(folder, &trash)? };
            if !self.form.json {
                let would = format!("{} would be moved to {}\n", one.run_id, escaped(&one.moved_to));
                runs.print(if self.dry_run { would } else { one.text() })?;
            }
            removed.push(one);
        }
        let kept = all.len() - removed.len();
        if self.form.json {
            return print_json(&json!({ "dry_run": self.dry_run, "kept": kept, "removed": removed }));
        }
        let stay = if self.dry_run { "would stay" } else { "left" };
        runs.print(format!("{} {stay}\n", count(kept, "run")))
    }

    fn prune_checkpoints(&self, runs: &Runs) -> Result<(), CliError> {
        let mut spare = Vec::new();
        for run in runs.catalog.list()?.iter().filter(|run| is_free(run)) {
            spare.push((run.folder.clone(), run.folder.spare_checkpoints()?));
        }
        spare.retain(|(_, files)| !files.is_empty());
        let number = spare.iter().map(|(_, files)| files.len()).sum();
        if number > 0 && !self.dry_run {
            let of = count(spare.len(), "run");
            confirm(format!("delete {} of {of} for good", count(number, "checkpoint")), self.yes)?;
        }
        let mut deleted: Vec<Deleted> = Vec::new();
        for (folder, files) in spare {
            let files = if self.dry_run { files } else { folder.remove_spare_checkpoints()? };
            let entry = |(path, bytes): (std::path::PathBuf, u64)| Deleted {
                run_id: folder.id(),
                path: path.display().to_string(),
                bytes,
            };
            deleted.extend(files.into_iter().map(entry));
        }
        let bytes: u64 = deleted.iter().map(|file| file.bytes).sum();
        if self.form.json {
            return print_json(&json!({ "dry_run": self.dry_run, "bytes": bytes, "deleted": deleted }));
        }
        let done = if self.dry_run { "would be deleted" } else { "deleted" };
        runs.print(format!("{} {done}, {}\n", count(deleted.len(), "checkpoint"), kilobytes(bytes)))
    }
}

/// Whether nobody wants the run to stay as it is.
fn is_free(run: &Listed) -> bool {
    // Of one that is damaged nobody knows whether it is pinned.
    !run.about.pinned && run.trained_by.is_none() && run.damage.is_none()
}
