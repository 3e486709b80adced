//! `mnist-tui runs list`, and `mnist-tui runs` alone.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::super::error::CliError;
use super::super::place::{Form, Place, print_json};
use super::super::table::{Column, Table};
use super::entry::Entry;
use crate::run::store::{SortKey, tree};
use crate::run::text::{date, duration, percent};
use crate::terminal::columns;

/// Which runs, in which order.
#[derive(Debug, Args)]
pub(super) struct ListArguments {
    /// Only runs with this in their name, id, preset or status; or name=…, preset=…, status=… or seed=… exactly.
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// The order; the greatest last.
    #[arg(long, value_name = "KEY", default_value = "started", value_parser = key_parser())]
    sort: SortKey,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    form: Form,
}

fn key_parser() -> impl TypedValueParser<Value = SortKey> {
    let named = |name: String| SortKey::ALL.into_iter().find(|key| key.name() == name).ok_or("no such key");
    PossibleValuesParser::new(SortKey::ALL.map(SortKey::name)).try_map(named)
}

impl ListArguments {
    /// All runs, for people, in the order of their starts.
    pub(super) fn of(place: Place) -> Self {
        Self { filter: None, sort: SortKey::Started, place, form: Form::default() }
    }

    pub(super) fn run(&self) -> Result<(), CliError> {
        let runs = self.place.open()?;
        let mut listed = runs.catalog.list()?;
        let none_at_all = listed.is_empty();
        let filter = self.filter.as_deref().unwrap_or_default();
        listed.retain(|run| run.matches(filter));
        listed.sort_by(|a, b| self.sort.compare(a, b));
        let entries: Vec<Entry> = listed.iter().map(Entry::of).collect();
        if self.form.json {
            return print_json(&entries);
        }
        // In the order of time branches stand below what they branched off; in any other order they may be far from it.
        let rows = match self.sort {
            SortKey::Started => tree(&listed),
            _ => (0..listed.len()).map(|place| (0, place)).collect(),
        };
        let root = runs.catalog.root().display().to_string();
        let root = super::super::error::escaped(&root);
        match (none_at_all, entries.is_empty()) {
            (true, _) => runs.print(format!("no runs in {root} yet; `mnist-tui` trains one\n")),
            (_, true) => runs.print(format!("no run in {root} matches; `mnist-tui runs` lists all\n")),
            _ => runs.print(table(rows.into_iter().map(|(depth, place)| (depth, &entries[place]))).text(columns())),
        }
    }
}

fn table<'a>(entries: impl Iterator<Item = (usize, &'a Entry)>) -> Table {
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
    for (depth, entry) in entries {
        let accuracy = |value: Option<f64>| value.map_or("–".into(), percent);
        table.row([
            entry.run_id.clone(),
            if depth == 0 { entry.name.clone() } else { format!("{}└ {}", "  ".repeat(depth - 1), entry.name) },
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
