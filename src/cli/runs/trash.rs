//! `mnist-tui runs restore` and `runs empty-trash`: the way back for removed runs, and the end of them.

use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use serde::Serialize;
use serde_json::json;

use super::super::error::{CliError, escaped};
use super::super::place::{Form, Place, print_json};
use super::super::table::{Column, Table};
use super::confirm::{confirm, count};
use crate::run::store::{Catalog, Listed};
use crate::run::text::{self, date};
use crate::terminal::columns;

/// Which runs come back.
#[derive(Debug, Args)]
pub(super) struct RestoreArguments {
    /// Ids, starts of them, names, or `last`; without any, what is in the trash is listed.
    #[arg(value_name = "RUN")]
    runs: Vec<String>,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    form: Form,
}

/// Which runs go for good.
#[derive(Debug, Args)]
pub(super) struct EmptyArguments {
    /// Only those that were removed at least so many days ago.
    #[arg(long, value_name = "DAYS")]
    older_than: Option<f64>,
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

/// A run in the trash.
#[derive(Clone, Debug, Serialize)]
struct Removed {
    run_id: String,
    name: String,
    bytes: u64,
    removed_at_ms: Option<u64>,
    folder: String,
}

impl Removed {
    fn of(run: &Listed) -> Self {
        Self {
            run_id: run.id(),
            name: run.about.name().into(),
            bytes: run.folder.bytes(),
            removed_at_ms: run.folder.removed_at_ms(),
            folder: run.folder.path().display().to_string(),
        }
    }
}

/// `1,234 KB`.
pub(super) fn kilobytes(bytes: u64) -> String {
    format!("{} KB", text::kilobytes(bytes))
}

impl RestoreArguments {
    pub(super) fn run(&self) -> Result<(), CliError> {
        let runs = self.place.open()?;
        let trash = Catalog::new(runs.catalog.trash());
        if self.runs.is_empty() {
            let removed: Vec<Removed> = trash.list()?.iter().map(Removed::of).collect();
            return if self.form.json { print_json(&removed) } else { runs.print(text(&removed)) };
        }
        let mut folders = self.runs.iter().map(|run| trash.find(run)).collect::<Result<Vec<_>, _>>()?;
        folders.dedup();
        let mut restored = Vec::new();
        for folder in folders {
            let place = folder.restore_to(runs.catalog.root())?.display().to_string();
            if !self.form.json {
                runs.print(format!("{} is back in {}\n", folder.id(), escaped(&place)))?;
            }
            restored.push(json!({ "run_id": folder.id(), "restored_to": place }));
        }
        if self.form.json { print_json(&restored) } else { Ok(()) }
    }
}

fn text(removed: &[Removed]) -> String {
    if removed.is_empty() {
        return "the trash is empty\n".into();
    }
    let column = |title, right, spare| Column { title, right, spare };
    let titles = [("ID", false, 0), ("NAME", false, 0), ("SIZE", true, 0), ("REMOVED", false, 1)];
    let mut table = Table::new(titles.map(|(title, right, spare)| column(title, right, spare)));
    for Removed { run_id, name, bytes, removed_at_ms, .. } in removed {
        table.row([run_id.clone(), name.clone(), kilobytes(*bytes), removed_at_ms.map_or("–".into(), date)]);
    }
    table.text(columns())
}

impl EmptyArguments {
    pub(super) fn run(&self) -> Result<(), CliError> {
        let runs = self.place.open()?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as u64;
        let oldest = match self.older_than {
            Some(days) if !(0.0..=1e6).contains(&days) => return Err(CliError::Days { days }),
            days => now.saturating_sub((days.unwrap_or(0.0) * 86_400_000.0) as u64),
        };
        let listed = Catalog::new(runs.catalog.trash()).list()?;
        let is_due = |run: &&Listed| self.older_than.is_none() || run.folder.removed_at_ms().is_some_and(|at| at <= oldest);
        let due: Vec<&Listed> = listed.iter().filter(is_due).collect();
        let removed: Vec<Removed> = due.iter().copied().map(Removed::of).collect();
        let bytes: u64 = removed.iter().map(|run| run.bytes).sum();
        if !due.is_empty() && !self.dry_run {
            confirm(format!("delete {} of the trash for good, {}", count(due.len(), "run"), kilobytes(bytes)), self.yes)?;
        }
        if !self.dry_run {
            due.iter().try_for_each(|run| run.folder.delete())?;
        }
        if self.form.json {
            return print_json(&json!({ "dry_run": self.dry_run, "bytes": bytes, "deleted": removed }));
        }
        let done = if self.dry_run { "would be deleted" } else { "deleted" };
        let stay = listed.len() - due.len();
        let stay = if stay > 0 { format!("; {} left in the trash", count(stay, "run")) } else { String::new() };
        runs.print(format!("{} {done}, {}{stay}\n", count(due.len(), "run"), kilobytes(bytes)))
    }
}
