//! Everything about one run, in words.

use std::path::PathBuf;

use serde::Serialize;

use super::{Listed, RunFolder, StoreError};
use crate::protocol::{ConfusionMatrix, Hyper, Outcome, RunSpec, Schedule, Split};
use crate::run::text::{date, grouped, kilobytes};
use crate::run::{Figure, Intervention, RunState, Unit, calibration_error, reliability};
use crate::text::{FactLabel, Percent, Phrase, Text, Word};

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
    pub fn text(&self) -> Text {
        let (epoch, size) = ((self.epochs * 100.0).round() / 100.0, kilobytes(self.bytes));
        let text: Text = match self.validation_accuracy {
            Some(accuracy) => Phrase::JudgedCheckpoint { epoch, accuracy: Percent(accuracy), size }.into(),
            None => Phrase::Checkpoint { epoch, size }.into(),
        };
        if self.best { Phrase::BestCheckpoint { checkpoint: Box::new(text) }.into() } else { text }
    }
}

/// Lines of labels with what is to be said.
#[derive(Default)]
struct Facts(Vec<(Text, Text)>);

impl Facts {
    fn line(&mut self, label: FactLabel, value: impl Into<Text>) {
        self.0.push((label.into(), value.into()));
    }

    /// One line each, of which the first has the label.
    fn lines(&mut self, label: FactLabel, values: impl IntoIterator<Item = Text>) {
        let labels = std::iter::once(label.into()).chain(std::iter::repeat(Text::from("")));
        self.0.extend(labels.zip(values));
    }

    fn blank(&mut self) {
        self.0.push(("".into(), "".into()));
    }
}

/// Everything about a run: labels with what is to be said, and empty ones between groups. A label that is empty beside a
/// text belongs to the one above.
pub fn facts(run: &Listed, state: &RunState, checkpoints: &[CheckpointFile]) -> Vec<(Text, Text)> {
    let mut facts = Facts::default();
    what_it_is(&mut facts, run, state);
    facts.blank();
    figures(&mut facts, state);
    facts.blank();
    recipe(&mut facts, run, state);
    if !state.interventions.is_empty() {
        facts.blank();
        facts.lines(FactLabel::Changes, state.interventions.iter().map(changed));
    }
    facts.blank();
    let text =
        |file: &CheckpointFile| Phrase::CheckpointAt { step: grouped(file.step), checkpoint: Box::new(file.text()) }.into();
    facts.lines(FactLabel::Checkpoints, checkpoints.iter().map(text));
    if checkpoints.is_empty() {
        facts.line(FactLabel::Checkpoints, Word::Nothing);
    }
    facts.0
}

fn what_it_is(facts: &mut Facts, run: &Listed, state: &RunState) {
    let (about, started) = (&run.about, &run.about.started);
    facts.line(FactLabel::Name, about.name());
    facts.line(FactLabel::Id, run.id());
    facts.line(FactLabel::Status, Text::of_status(run.status()));
    if let Some(owner) = &run.trained_by {
        facts.line(FactLabel::TrainedBy, Text::of_owner(owner));
    }
    match state.ended.as_ref().map(|ended| &ended.outcome) {
        Some(Outcome::Failed { message }) => facts.line(FactLabel::Problem, message.clone()),
        Some(Outcome::StoppedEarly { reason }) => facts.line(FactLabel::Reason, reason.clone()),
        _ => {}
    }
    let advice = state.unread.first().map(|_| Phrase::Repair { id: run.id() }.into());
    let damage = run.damage.iter().chain(&state.unread).map(|text| text.as_str().into());
    facts.lines(FactLabel::Damaged, damage.chain(advice));
    if about.pinned {
        facts.line(FactLabel::Pinned, Word::Yes);
    }
    facts.lines(FactLabel::Note, about.note.lines().map(Text::from));
    if let Some(parent) = &started.parent {
        let after = Phrase::BranchedAfter { run: parent.run_id.clone(), step: grouped(parent.step) };
        facts.line(FactLabel::BranchedOff, after);
    }
    facts.line(FactLabel::Started, date(started.started_at_ms));
    facts.line(FactLabel::Folder, run.folder.path().display().to_string());
}

fn figures(facts: &mut Facts, state: &RunState) {
    let summary = state.summary();
    for figure in Figure::ALL {
        if let Some(value) = (figure.value)(&summary) {
            facts.line(figure.name, (figure.show)(value));
        }
        if let Some(test) = state.tests.last().filter(|_| figure.name == FactLabel::TestAccuracy) {
            judged(facts, state, &test.evaluation.confusion);
        }
    }
    facts.line(FactLabel::Steps, grouped(summary.steps));
    if let Some(speed) = summary.images_per_second {
        facts.line(FactLabel::ImagesASecond, grouped(speed.round() as u64));
    }
    if let Some(digest) = summary.weights_sha256 {
        facts.line(FactLabel::Weights, digest);
    }
}

/// What the test figures are worth: how sure they are, what comes without learning, and whether they were chosen by.
fn judged(facts: &mut Facts, state: &RunState, test: &ConfusionMatrix) {
    let percent = |part: f64| format!("{:.2} %", part * 100.0);
    if let Some([low, high]) = test.accuracy_interval() {
        facts.line(FactLabel::Interval, format!("{:.2} – {}", low * 100.0, percent(high)));
    }
    let trained = if state.train_confusion.total() > 0 { &state.train_confusion } else { test };
    if let Some(often) = (0..test.classes()).rev().max_by_key(|class| trained.support(*class)) {
        let share = percent(test.support(often) as f64 / test.total().max(1) as f64);
        facts.line(FactLabel::WithoutLearning, Phrase::AlwaysClass { share, class: state.class_name(often) });
    }
    if let Some(images) = state.courses(Split::Test).judged_before(0) {
        let is_right = images.truth.iter().zip(&images.predicted).map(|(truth, predicted)| truth == predicted);
        let sure = images.sureness.iter().map(|sureness| f64::from(*sureness) / 255.0);
        facts.line(FactLabel::CalibrationError, format!("{:.4}", calibration_error(&reliability(sure.zip(is_right)))));
    }
    if let Some(started) = &state.started {
        facts.line(FactLabel::ChosenBy, chosen_by(&started.spec));
    }
}

/// Which images had a say in which parameters were taken.
pub fn chosen_by(spec: &RunSpec) -> Word {
    let follows = spec.hyperparameters.patience > 0 || matches!(spec.schedule, Schedule::Plateau { .. });
    match (spec.until_test_accuracy, follows) {
        (Some(_), _) => Word::TestImagesChose,
        (None, true) => Word::ValidationImagesChose,
        (None, false) => Word::NoImagesChose,
    }
}

fn recipe(facts: &mut Facts, run: &Listed, state: &RunState) {
    let (started, spec) = (&run.about.started, &run.about.started.spec);
    let parameters = grouped(started.parameters() as u64);
    facts.line(FactLabel::Preset, Phrase::ParametersOf { preset: spec.preset.clone(), parameters });
    facts.line(FactLabel::Seed, spec.seed.to_string());
    let images = grouped(started.train_images as u64);
    facts.line(FactLabel::Data, Phrase::TrainedOn { data: spec.data.source.clone(), images });
    facts.line(FactLabel::Optimizer, spec.optimizer.label());
    facts.line(FactLabel::Schedule, spec.schedule.name());
    for hyper in Hyper::ALL {
        let no_dropout = hyper == Hyper::Dropout && !spec.has_dropout();
        let value = if no_dropout { Word::NoDropoutLayers.into() } else { Text::from(state.hyper_text(hyper)) };
        facts.0.push((hyper.into(), value));
    }
}

fn changed(change: &Intervention) -> Text {
    Phrase::ChangedAt { step: change.step, epoch: change.epoch, change: change.text() }.into()
}
