//! What became of the runs of a sweep.

use std::collections::BTreeMap;

use serde::Serialize;
use toml::Value;

use super::super::runs::Entry;
use super::super::table::{Column, Table};
use super::point::Point;
use crate::run::Summary;
use crate::run::store::Listed;
use crate::run::text::{duration, percent};

/// What became of a run of a sweep.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    point: Point,
    entry: Option<Entry>,
    /// Why the command failed without a word about the run.
    refused: Option<String>,
    best: bool,
}

/// A run of a sweep as `--json` lists it; what was not recorded is left out.
#[derive(Debug, Serialize)]
pub(super) struct Line<'a> {
    number: usize,
    sweep_name: &'a str,
    values: BTreeMap<&'a str, &'a Value>,
    best: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(flatten)]
    entry: Option<&'a Entry>,
}

impl<'a> Line<'a> {
    fn of(outcome: &'a Outcome) -> Self {
        let Outcome { point, entry, refused, best } = outcome;
        Self {
            number: point.number,
            sweep_name: &point.name,
            values: point.values.iter().map(|(key, value)| (key.as_str(), value)).collect(),
            best: *best,
            error: refused.as_deref(),
            entry: entry.as_ref(),
        }
    }
}

/// Whether a run came to an end that nobody asked for. One that was stopped goes on, and one that failed would fail again.
pub(super) fn is_finished(run: &Listed) -> bool {
    !matches!(run.status(), "running" | "interrupted" | "stopped" | "damaged")
}

/// How a run ended.
pub(super) fn in_a_line(summary: &Summary) -> String {
    let mut line = summary.status.replace('_', " ");
    if let Some(error) = &summary.error {
        line.push_str(&format!(": {error}"));
    }
    let figures = [("validation", summary.validation_accuracy), ("test", summary.test_accuracy)];
    for (name, accuracy) in figures.into_iter().filter_map(|(name, accuracy)| Some((name, accuracy?))) {
        line.push_str(&format!(", {name} {}", percent(accuracy)));
    }
    format!("{line}, {}", duration(summary.train_seconds))
}

impl Outcome {
    /// Of a run that was or was not recorded.
    pub fn new(point: Point, run: Option<Listed>, refused: Option<String>) -> Self {
        Self { point, entry: run.as_ref().map(Entry::of), refused, best: false }
    }

    fn status(&self) -> &str {
        match &self.entry {
            Some(entry) => &entry.status,
            None if self.refused.is_some() => "failed",
            None => "not started",
        }
    }

    /// Whether something went wrong with it.
    pub fn is_failed(&self) -> bool {
        self.status() == "failed" || self.refused.is_some()
    }

    /// Whether there is something left to train.
    pub fn is_open(&self) -> bool {
        matches!(self.status(), "not started" | "interrupted" | "stopped" | "running" | "damaged") || self.refused.is_some()
    }

    fn accuracy(&self) -> Option<f64> {
        self.entry.as_ref()?.validation_accuracy
    }
}

/// The best on the validation images first and marked; those without a figure last.
pub(super) fn sorted(mut outcomes: Vec<Outcome>) -> Vec<Outcome> {
    let value = |outcome: &Outcome| outcome.accuracy().unwrap_or(f64::NEG_INFINITY);
    outcomes.sort_by(|a, b| value(b).total_cmp(&value(a)));
    let best = outcomes.first().and_then(Outcome::accuracy);
    for outcome in &mut outcomes {
        outcome.best = best.is_some() && outcome.accuracy() == best;
    }
    outcomes
}

/// All runs as `--json` lists them.
pub(super) fn as_json(outcomes: &[Outcome]) -> Vec<Line<'_>> {
    outcomes.iter().map(Line::of).collect()
}

/// All runs in a table.
pub(super) fn table(outcomes: &[Outcome]) -> Table {
    let column = |title, right, spare| Column { title, right, spare };
    let mut table = Table::new([
        column("RUN", true, 6),
        column("NAME", false, 0),
        column("STATUS", false, 0),
        column("EPOCHS", true, 4),
        column("VALIDATION", true, 0),
        column("TEST", true, 2),
        column("TIME", true, 3),
        column("ID", false, 5),
    ]);
    for outcome in outcomes {
        let entry = outcome.entry.as_ref();
        let of = |text: &dyn Fn(&Entry) -> Option<String>| entry.and_then(text).unwrap_or("–".into());
        let mark = if outcome.best { " *" } else { "  " };
        table.row([
            outcome.point.number.to_string(),
            outcome.point.name.clone(),
            outcome.status().replace('_', " "),
            of(&|entry| Some(entry.epochs.to_string())),
            of(&|entry| entry.validation_accuracy.map(percent)) + mark,
            of(&|entry| entry.test_accuracy.map(percent)),
            of(&|entry| Some(duration(entry.train_seconds))),
            of(&|entry| Some(entry.run_id.clone())),
        ]);
    }
    table
}
