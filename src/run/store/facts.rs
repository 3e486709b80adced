//! Everything about one run, in words.

use std::path::PathBuf;

use serde::Serialize;

use super::{Listed, RunFolder, StoreError};
use crate::protocol::Hyper;
use crate::run::text::{date, grouped, percent};
use crate::run::{Figure, RunState, Unit};

/// A checkpoint on disk.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CheckpointFile {
    /// After this step.
    pub step: u64,
    /// After so many epochs, and parts of one.
    pub epochs: f64,
    /// The accuracy on the validation images there, where they were judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validation_accuracy: Option<f64>,
    /// How large its file is.
    pub bytes: u64,
    /// Its file.
    pub path: PathBuf,
    /// Whether the validation loss was the least there.
    pub best: bool,
}

impl RunFolder {
    /// The checkpoints, ascending, of a run whose events amount to `state`.
    pub fn checkpoint_files(&self, state: &RunState) -> Result<Vec<CheckpointFile>, StoreError> {
        let best = state.best_validation_step();
        let file = |(step, path): (u64, PathBuf)| {
            let bytes = path.metadata().map_or(0, |metadata| metadata.len());
            let epochs = state.along(Unit::Epochs, step as f64);
            let judged = state.validations.iter().rfind(|point| point.step == step);
            let validation_accuracy = judged.map(|point| point.evaluation.confusion.accuracy());
            CheckpointFile { step, epochs, validation_accuracy, bytes, path, best: best == Some(step) }
        };
        Ok(self.checkpoints()?.into_iter().map(file).collect())
    }
}

impl CheckpointFile {
    /// What there is to say of it besides its step.
    pub fn text(&self) -> String {
        let epochs = format!("epoch {}", (self.epochs * 100.0).round() / 100.0);
        let accuracy = self.validation_accuracy.map(|accuracy| format!("validation {}", percent(accuracy)));
        let size = format!("{} KB", grouped(self.bytes.div_ceil(1000)));
        let texts = [Some(epochs), accuracy, Some(size), self.best.then(|| "the best".to_owned())];
        texts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

/// Everything about a run: labels with what is to be said, and empty ones between groups. A label that is empty beside a
/// text belongs to the one above.
pub fn facts(run: &Listed, state: &RunState, checkpoints: &[CheckpointFile]) -> Vec<(String, String)> {
    let (about, summary) = (&run.about, state.summary());
    let started = &about.started;
    let mut facts = Vec::new();
    let mut line = |label: &str, value: &str| facts.push((label.to_owned(), value.to_owned()));
    line("name", about.name());
    line("id", &run.id());
    line("status", &run.status().replace('_', " "));
    let extra = [("being trained by", &run.trained_by), ("problem", &summary.error), ("reason", &summary.stop_reason)];
    extra.into_iter().filter_map(|(label, fact)| Some((label, fact.as_ref()?))).for_each(|(label, fact)| line(label, fact));
    let advice = state.unread.first().map(|_| repair(run));
    let damage = run.damage.iter().chain(&state.unread).chain(&advice);
    damage.enumerate().for_each(|(index, text)| line(if index == 0 { "damaged" } else { "" }, text));
    if about.pinned {
        line("pinned", "yes");
    }
    for (index, note) in about.note.lines().enumerate() {
        line(if index == 0 { "note" } else { "" }, note);
    }
    if let Some(parent) = &started.parent {
        line("branched off", &format!("{} after step {}", parent.run_id, grouped(parent.step)));
    }
    line("started", &date(started.started_at_ms));
    line("folder", &run.folder.path().display().to_string());

    line("", "");
    for figure in Figure::ALL {
        if let Some(value) = (figure.value)(&summary) {
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

    line("", "");
    line("preset", &format!("{}, {} parameters", started.spec.preset, grouped(started.parameters() as u64)));
    line("seed", &started.spec.seed.to_string());
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
        line(if index == 0 { "checkpoints" } else { "" }, &format!("step {}, {}", file.step, file.text()));
    }
    if checkpoints.is_empty() {
        line("checkpoints", "none");
    }
    facts
}

/// What to do about damaged lines.
fn repair(run: &Listed) -> String {
    format!("`mnist-tui runs repair {}` takes them out, and keeps them", run.id())
}
