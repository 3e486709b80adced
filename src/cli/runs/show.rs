//! `mnist-tui runs show`: everything about one run.

use clap::Args;
use serde::Serialize;

use super::super::error::{CliError, escaped};
use super::super::place::{Form, Place, print_json};
use super::entry::Entry;
use crate::protocol::Hyper;
use crate::run::store::{Catalog, Listed};
use crate::run::text::{date, grouped};
use crate::run::{Figure, RunState, Summary};

/// Which run.
#[derive(Debug, Args)]
pub(super) struct ShowArguments {
    /// An id, the start of one, a name, or `last`.
    run: String,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    form: Form,
}

/// A run as JSON: what lists say of it, its checkpoints and its summary, as new as its newest event.
#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    entry: Entry,
    checkpoints: Vec<CheckpointFile>,
    summary: Summary,
}

/// A checkpoint on disk.
#[derive(Serialize)]
struct CheckpointFile {
    step: u64,
    bytes: u64,
    path: String,
    best: bool,
}

impl ShowArguments {
    pub(super) fn run(&self) -> Result<(), CliError> {
        let runs = self.place.open()?;
        let run = Catalog::listed(runs.catalog.find(&self.run)?)?;
        let state = run.folder.state()?;
        let best = state.best_validation_step();
        let checkpoints = run.folder.checkpoints().into_iter().map(|(step, path)| CheckpointFile {
            step,
            bytes: path.metadata().map_or(0, |metadata| metadata.len()),
            path: path.display().to_string(),
            best: best == Some(step),
        });
        let shown = Shown { entry: Entry::of(&run), checkpoints: checkpoints.collect(), summary: state.summary() };
        if self.form.json { print_json(&shown) } else { runs.print(text(&shown, &run, &state)) }
    }
}

fn text(shown: &Shown, run: &Listed, state: &RunState) -> String {
    let Shown { entry, checkpoints, summary } = shown;
    let mut text = String::new();
    let mut line = |label: &str, value: &str| text.push_str(&format!("{label:<20}  {}\n", escaped(value)));
    line("name", &entry.name);
    line("id", &entry.run_id);
    line("status", &entry.status.replace('_', " "));
    let facts = [("being trained by", &entry.trained_by), ("problem", &summary.error), ("reason", &summary.stop_reason)];
    facts.into_iter().filter_map(|(label, fact)| Some((label, fact.as_ref()?))).for_each(|(label, fact)| line(label, fact));
    if entry.pinned {
        line("pinned", "yes");
    }
    for (index, note) in entry.note.lines().enumerate() {
        line(if index == 0 { "note" } else { "" }, note);
    }
    if let Some(parent) = &entry.parent {
        line("branched off", &format!("{} after step {}", parent.run_id, grouped(parent.step)));
    }
    line("started", &date(entry.started_at_ms));
    line("folder", &entry.folder);

    line("", "");
    for figure in Figure::ALL {
        if let Some(value) = (figure.value)(summary) {
            line(figure.name, &(figure.show)(value));
        }
    }
    line("steps", &grouped(summary.steps));
    if let Some(speed) = summary.images_per_second {
        line("images a second", &grouped(speed.round() as u64));
    }
    if let Some(digest) = &summary.weights_sha256 {
        line("weights sha256", digest);
    }

    let started = &run.about.started;
    line("", "");
    line("preset", &format!("{}, {} parameters", entry.preset, grouped(started.parameters() as u64)));
    line("seed", &entry.seed.to_string());
    line("data", &format!("{}, {} images to train on", started.spec.data.source, grouped(started.train_images as u64)));
    line("optimizer", started.spec.optimizer.label());
    line("schedule", started.spec.schedule.name());
    for hyper in Hyper::ALL {
        line(hyper.label(), &state.hyper_text(hyper));
    }

    if !state.interventions.is_empty() {
        line("", "");
    }
    for (index, change) in state.interventions.iter().enumerate() {
        let (from, to) = (change.hyper.display(change.from), change.hyper.display(change.to));
        let by = change.by_text();
        let told = format!("step {}, epoch {}: {} {from} → {to}{by}", change.step, change.epoch, change.hyper.label());
        line(if index == 0 { "changed on the way" } else { "" }, &told);
    }

    line("", "");
    for (index, file) in checkpoints.iter().enumerate() {
        let name =
            format!("step {}, {} KB{}", file.step, grouped(file.bytes.div_ceil(1000)), if file.best { ", the best" } else { "" });
        line(if index == 0 { "checkpoints" } else { "" }, &name);
    }
    if checkpoints.is_empty() {
        line("checkpoints", "none");
    }
    // Empty values leave spaces behind.
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}
