//! A row for each step, as RFC 4180 has it.

use super::ExportedRun;
use crate::run::{EvaluationPoint, RunState};

const COLUMNS: &str = "step,epoch,images_seen,seconds,loss,accuracy,learning_rate,batch,\
                       validation_loss,validation_accuracy,test_loss,test_accuracy";

/// All steps of all runs; with several, the name of the run stands before its steps.
pub(super) fn write(runs: &[ExportedRun]) -> String {
    let several = runs.len() > 1;
    let mut text = String::from(if several { "run," } else { "" });
    text.push_str(COLUMNS);
    text.push_str("\r\n");
    for (run, title) in runs.iter().zip(ExportedRun::titles(runs)) {
        let lead = if several { format!("{},", field(&title)) } else { String::new() };
        append(&mut text, &lead, &run.state);
    }
    text
}

fn append(text: &mut String, lead: &str, state: &RunState) {
    let steps = &state.steps;
    let mut images = 0.0;
    for (index, (epoch, seconds)) in moments(state).enumerate() {
        let value = |series: &crate::run::Series| series.get(index).map(number).unwrap_or_default();
        let step = index as u64 + 1;
        images += f64::from(steps.batch.get(index).unwrap_or(0.0));
        let fields = [
            step.to_string(),
            epoch.to_string(),
            images.to_string(),
            format!("{seconds:.4}"),
            value(&steps.loss),
            value(&steps.accuracy),
            value(&steps.learning_rate),
            value(&steps.batch),
            judged(&state.validations, step, |point| point.evaluation.loss),
            judged(&state.validations, step, |point| point.evaluation.confusion.accuracy()),
            judged(&state.tests, step, |point| point.evaluation.loss),
            judged(&state.tests, step, |point| point.evaluation.confusion.accuracy()),
        ];
        text.push_str(lead);
        text.push_str(&fields.join(","));
        text.push_str("\r\n");
    }
}

/// For each step its epoch, and the seconds of training until its end. A run tells of several steps at once, and they
/// are taken to have been equally long.
pub(super) fn moments(state: &RunState) -> impl Iterator<Item = (usize, f64)> {
    let (mut step, mut seconds) = (0, 0.0);
    let told = state.steps.told.iter().flat_map(move |told| {
        let (from, count, start) = (step, told.step.saturating_sub(step), seconds);
        (step, seconds) = (told.step, told.train_seconds);
        let each = (told.train_seconds - start) / count.max(1) as f64;
        (from..told.step).map(move |step| (told.epoch, start + (step - from + 1) as f64 * each))
    });
    // A damaged log may tell of more steps than it has.
    told.take(state.steps.loss.len())
}

/// What the newest judgement after this step found; empty when there was none.
fn judged(points: &[EvaluationPoint], step: u64, value: impl Fn(&EvaluationPoint) -> f64) -> String {
    let from = points.partition_point(|point| point.step < step);
    let at = points[from..].iter().take_while(|point| point.step == step).last();
    at.map(value).filter(|value| value.is_finite()).map(|value| value.to_string()).unwrap_or_default()
}

/// The shortest decimal that is read as the same number; empty when it is none.
fn number(value: f32) -> String {
    if value.is_finite() { value.to_string() } else { String::new() }
}

/// A text as a field: in quotes where it needs them.
fn field(text: &str) -> String {
    if text.contains([',', '"', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}
