//! `mnist-tui runs compare`: runs side by side.

use clap::Args;
use serde_json::{Value, json};

use super::super::error::CliError;
use super::super::place::{Form, Place, print_json};
use super::super::table::{Column, Table};
use crate::run::store::RunFolder;
use crate::run::{Comparison, RunState};
use crate::terminal::columns;
use crate::text::Language;

/// Which runs.
#[derive(Debug, Args)]
pub(super) struct CompareArguments {
    /// Ids, starts of them, names, or `last`.
    #[arg(required = true, num_args = 2.., value_name = "RUN")]
    runs: Vec<String>,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    form: Form,
}

impl CompareArguments {
    pub(super) fn run(&self) -> Result<(), CliError> {
        let runs = self.place.open()?;
        let folders = self.runs.iter().map(|run| runs.catalog.find(run)).collect::<Result<Vec<RunFolder>, _>>()?;
        let states = folders.iter().map(RunFolder::state).collect::<Result<Vec<_>, _>>()?;
        states.iter().for_each(|state| runs.tell_unread(&state.unread));
        let comparison = Comparison::of(&states.iter().collect::<Vec<_>>());
        if self.form.json {
            return print_json(&as_json(&comparison, &folders, &states));
        }
        let rows = rows(&comparison, &folders, &states);
        runs.print(text(&rows, states.len(), columns()))
    }
}

fn as_json(comparison: &Comparison, folders: &[RunFolder], states: &[RunState]) -> Value {
    let run = |(folder, state): (&RunFolder, &RunState)| json!({ "run_id": folder.id(), "name": name(state) });
    let figures = comparison.figures.iter().map(|row| {
        let best: Vec<usize> = (0..states.len()).filter(|run| row.is_best(*run)).collect();
        json!({ "key": row.figure.key, "values": row.values, "best": best })
    });
    let recipe = comparison.recipe.iter().map(|difference| json!({ "key": difference.key, "values": difference.values }));
    let hyperparameters = comparison.hyperparameters.iter().map(|(hyper, _)| {
        let start = |state: &RunState| state.started.as_ref().map(|started| started.spec.hyperparameters.get(*hyper));
        let end = |state: &RunState| state.hyperparameters.map(|now| now.get(*hyper));
        let values = |of: &dyn Fn(&RunState) -> Option<f64>| states.iter().map(of).collect::<Vec<_>>();
        json!({ "key": hyper.key(), "start": values(&start), "end": values(&end) })
    });
    json!({
        "runs": folders.iter().zip(states).map(run).collect::<Vec<_>>(),
        "recipe": recipe.collect::<Vec<_>>(),
        "hyperparameters": hyperparameters.collect::<Vec<_>>(),
        "figures": figures.collect::<Vec<_>>(),
    })
}

fn name(state: &RunState) -> &str {
    state.started.as_ref().map_or("", |started| &started.name)
}

/// A label, then what each run has there.
fn rows(comparison: &Comparison, folders: &[RunFolder], states: &[RunState]) -> Vec<(String, Vec<String>)> {
    let mut rows = vec![
        ("name".to_owned(), states.iter().map(|state| name(state).to_owned()).collect::<Vec<_>>()),
        ("id".to_owned(), folders.iter().map(RunFolder::id).collect()),
    ];
    let differ = !comparison.recipe.is_empty() || !comparison.hyperparameters.is_empty();
    rows.extend(differ.then(|| (String::new(), Vec::new())));
    rows.extend(comparison.lines().into_iter().map(|line| {
        // The star of figures stands in a column of its own.
        let is_figure = comparison.figures.iter().any(|row| line.label == row.figure.name.into());
        let cell = |(text, best): (String, bool)| match best {
            true => format!("{text} *"),
            false if is_figure => format!("{text}  "),
            false => text,
        };
        (line.label.say(Language::English).into_owned(), line.cells.into_iter().map(cell).collect())
    }));
    rows
}

/// All runs in one table, or below one another in several where the terminal is too narrow.
fn text(rows: &[(String, Vec<String>)], runs: usize, room: Option<usize>) -> String {
    let table = |from: usize, to: usize| {
        let column = |right| Column { title: "", right, spare: 0 };
        let mut table = Table::new(std::iter::once(column(false)).chain((from..to).map(|_| column(true))));
        for (label, cells) in rows {
            let cells = cells.get(from..to).unwrap_or_default().iter().cloned();
            table.row(std::iter::once(label.clone()).chain(cells));
        }
        table
    };
    let fits = |from, to| room.is_none() || table(from, to).text(None) == table(from, to).text(room);
    let (mut text, mut from) = (String::new(), 0);
    while from < runs {
        let to = (from + 1..=runs).rev().find(|to| fits(from, *to)).unwrap_or(from + 1);
        if from > 0 {
            text.push('\n');
        }
        text.push_str(&table(from, to).text(room));
        from = to;
    }
    text
}
