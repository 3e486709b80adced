//! `mnist-tui runs list`, and `mnist-tui runs` alone.

use std::cmp::Ordering;

use clap::{Args, ValueEnum};

use super::super::error::CliError;
use super::super::place::{Form, Place, print_json};
use super::super::table::{Column, Table};
use super::entry::Entry;
use crate::run::text::{date, duration, percent};
use crate::terminal::columns;

/// Which runs, in which order.
#[derive(Debug, Args)]
pub(super) struct ListArguments {
    /// Only runs with this in their name, id, preset or status; or preset=…, status=… or seed=… exactly.
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// The order; the greatest last.
    #[arg(long, value_enum, value_name = "KEY", default_value = "started")]
    sort: Key,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    form: Form,
}

/// What runs are sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Key {
    Started,
    Name,
    Status,
    Preset,
    Seed,
    Epochs,
    Steps,
    Seconds,
    Accuracy,
    Loss,
}

impl ListArguments {
    pub(super) fn run(&self) -> Result<(), CliError> {
        let runs = self.place.open()?;
        let all: Vec<Entry> = runs.catalog.list()?.iter().map(Entry::of).collect();
        let none_at_all = all.is_empty();
        let filter = self.filter.as_deref().unwrap_or_default();
        let mut entries: Vec<Entry> = all.into_iter().filter(|entry| matches(entry, filter)).collect();
        entries.sort_by(|a, b| self.sort.compare(a, b));
        if self.form.json {
            return print_json(&entries);
        }
        let root = runs.catalog.root().display().to_string();
        let root = super::super::error::escaped(&root);
        match (none_at_all, entries.is_empty()) {
            (true, _) => runs.print(format!("no runs in {root} yet; `mnist-tui` trains one\n")),
            (_, true) => runs.print(format!("no run in {root} matches; `mnist-tui runs` lists all\n")),
            _ => runs.print(table(&entries).text(columns())),
        }
    }
}

/// Whether a run is one of those asked for; capital letters are as small ones.
fn matches(entry: &Entry, filter: &str) -> bool {
    let filter = filter.to_lowercase();
    match filter.split_once('=') {
        Some(("preset", preset)) => entry.preset.to_lowercase() == preset,
        Some(("status", status)) => entry.status == status.replace(' ', "_"),
        Some(("seed", seed)) => entry.seed.to_string() == seed,
        _ => [&entry.name, &entry.run_id, &entry.preset, &entry.status].iter().any(|text| text.to_lowercase().contains(&filter)),
    }
}

impl Key {
    /// Runs that are the same in this stay in the order in which they started.
    fn compare(self, a: &Entry, b: &Entry) -> Ordering {
        let figures = |of: fn(&Entry) -> Option<f64>| {
            let value = |entry: &Entry| of(entry).unwrap_or(f64::NEG_INFINITY);
            value(a).total_cmp(&value(b))
        };
        match self {
            Self::Started => Ordering::Equal,
            Self::Name => a.name.to_lowercase().cmp(&b.name.to_lowercase()),
            Self::Status => a.status.cmp(&b.status),
            Self::Preset => a.preset.cmp(&b.preset),
            Self::Seed => a.seed.cmp(&b.seed),
            Self::Epochs => a.epochs.cmp(&b.epochs),
            Self::Steps => a.steps.cmp(&b.steps),
            Self::Seconds => a.train_seconds.total_cmp(&b.train_seconds),
            Self::Accuracy => figures(Entry::accuracy),
            Self::Loss => figures(Entry::loss),
        }
    }
}

fn table(entries: &[Entry]) -> Table {
    let column = |title, right, spare| Column { title, right, spare };
    let mut table = Table::new([
        column("ID", false, 0),
        column("NAME", false, 0),
        column("", false, 2),
        column("STATUS", false, 0),
        column("PRESET", false, 6),
        column("SEED", true, 7),
        column("EPOCHS", true, 4),
        column("VALIDATION", true, 3),
        column("TEST", true, 1),
        column("TIME", true, 5),
        column("STARTED", false, 8),
    ]);
    for entry in entries {
        let accuracy = |value: Option<f64>| value.map_or("–".into(), percent);
        table.row([
            entry.run_id.clone(),
            entry.name.clone(),
            if entry.pinned { "pinned" } else { "" }.into(),
            entry.status.replace('_', " "),
            entry.preset.clone(),
            entry.seed.to_string(),
            entry.epochs.to_string(),
            accuracy(entry.validation_accuracy),
            accuracy(entry.test_accuracy),
            duration(entry.train_seconds),
            date(entry.started_at_ms),
        ]);
    }
    table
}
