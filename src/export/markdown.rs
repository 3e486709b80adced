//! A report to paste into a pull request or homework.

use std::borrow::Cow;
use std::fmt::Write;

use super::ExportedRun;
use super::markup::{date, grouped, percent, plain};
use super::recipe;
use crate::protocol::Hyper;
use crate::run::{Comparison, Figure, RunState, Summary};
use crate::text::Language;

/// A report on runs; of several, a comparison first.
pub(super) fn write(runs: &[ExportedRun]) -> String {
    let titles = ExportedRun::titles(runs);
    let mut text = String::new();
    let several = runs.len() > 1;
    if several {
        let _ = writeln!(text, "# {} runs\n", runs.len());
        compare(&mut text, runs, &titles);
    }
    for (run, title) in runs.iter().zip(&titles) {
        let level = if several { "##" } else { "#" };
        let _ = writeln!(text, "{}{level} {}\n", if several { "\n" } else { "" }, plain(title));
        report(&mut text, &run.state, &format!("{level}#"));
    }
    text
}

/// What is compared, and for each run its text and whether it is the best.
type Row = (Cow<'static, str>, Vec<(String, bool)>);

/// Figures of runs in rows, as texts, the best of each marked.
pub(super) fn comparison(runs: &[ExportedRun]) -> Vec<Row> {
    let compared = Comparison::of(&runs.iter().map(|run| &run.state).collect::<Vec<_>>());
    let figures = compared.figures.iter().map(|row| {
        let cells = (0..runs.len()).map(|run| (row.text(run).unwrap_or_else(|| "–".into()), row.is_best(run)));
        (row.figure.name.say(Language::English), cells.collect())
    });
    let mut rows: Vec<Row> = figures.collect();
    for (hyper, texts) in compared.hyperparameters {
        rows.push((hyper.label().into(), texts.into_iter().map(|text| (text, false)).collect()));
    }
    rows
}

fn compare(text: &mut String, runs: &[ExportedRun], titles: &[String]) {
    let names: Vec<String> = titles.iter().map(|title| plain(title)).collect();
    let _ = writeln!(text, "| | {} |\n|---|{}", names.join(" | "), "---:|".repeat(names.len()));
    for (name, cells) in comparison(runs) {
        let cells: Vec<String> = cells.into_iter().map(|(cell, best)| if best { format!("**{cell}**") } else { cell }).collect();
        let _ = writeln!(text, "| {name} | {} |", cells.join(" | "));
    }
}

fn report(text: &mut String, state: &RunState, level: &str) {
    let summary = state.summary();
    let started = state.started.as_deref();
    let mut facts = vec![format!("{}, {}", plain(&summary.preset), summary.status.replace('_', " "))];
    if let Some(started) = started {
        facts.push(format!("started {}", date(started.started_at_ms)));
        facts.push(format!("{} parameters", grouped(started.parameters() as u64)));
        facts.push(format!("seed {}", summary.seed));
    }
    let _ = writeln!(text, "{}.", facts.join(" · "));
    if let Some(problem) = summary.error.as_ref().or(summary.stop_reason.as_ref()) {
        let _ = writeln!(text, "\n> {}", plain(problem));
    }
    let _ = writeln!(text, "\n| figure | |\n|---|---:|");
    for figure in &Figure::ALL {
        if let Some(value) = (figure.value)(&summary) {
            let _ = writeln!(text, "| {} | {} |", figure.name.say(Language::English), (figure.show)(value));
        }
    }
    let _ = writeln!(text, "| steps | {} |", grouped(summary.steps));
    if let Some(speed) = summary.images_per_second {
        let _ = writeln!(text, "| images a second | {} |", grouped(speed.round() as u64));
    }

    let _ = writeln!(text, "\n{level} Hyperparameters\n\n| hyperparameter | value |\n|---|---:|");
    for hyper in Hyper::ALL {
        let _ = writeln!(text, "| {} | {} |", hyper.label(), state.hyper_text(hyper));
    }
    if let Some(started) = started {
        let _ = writeln!(text, "| optimizer | {} |", started.spec.optimizer.label());
        let _ = writeln!(text, "| schedule | {} |", started.spec.schedule.name());
        if !started.layers.is_empty() {
            let _ = writeln!(text, "\n{level} Network\n\n| layer | output | parameters |\n|---|---|---:|");
            for layer in &started.layers {
                let shape: Vec<String> = layer.output.iter().map(usize::to_string).collect();
                let _ =
                    writeln!(text, "| {} | {} | {} |", plain(&layer.name), shape.join(" × "), grouped(layer.parameters as u64));
            }
        }
    }
    interventions(text, state, level);
    if !summary.per_class.is_empty() {
        let _ = writeln!(
            text,
            "\n{level} Classes on the test set\n\n| class | precision | recall | F1 | images |\n|---|---:|---:|---:|---:|"
        );
        for class in &summary.per_class {
            let figures = &class.figures;
            let (precision, recall) = (percent(figures.precision), percent(figures.recall));
            let _ = writeln!(
                text,
                "| {} | {precision} | {recall} | {:.4} | {} |",
                plain(&class.class),
                figures.f1,
                grouped(figures.support)
            );
        }
    }
    repeat(text, state, &summary, level);
}

fn interventions(text: &mut String, state: &RunState, level: &str) {
    if state.interventions.is_empty() {
        return;
    }
    let _ = writeln!(
        text,
        "\n{level} Changed on the way\n\n| | step | epoch | what | from | to | what came of it |\n|---|---:|---:|---|---:|---:|---|"
    );
    for (index, change) in state.interventions.iter().enumerate() {
        let (from, to) = (change.hyper.display(change.from), change.hyper.display(change.to));
        let what = format!("{}{}", change.hyper.label(), plain(&change.by_text()));
        let impact = impact(state, index + 1);
        let _ = writeln!(text, "| {} | {} | {} | {what} | {from} | {to} | {impact} |", index + 1, change.step, change.epoch);
    }
}

/// What came of a change, where something can come of it.
pub(super) fn impact(state: &RunState, number: usize) -> String {
    state.impacts.of(number).map_or_else(|| "–".to_owned(), |impact| impact.text())
}

fn repeat(text: &mut String, state: &RunState, summary: &Summary, level: &str) {
    let Some(started) = &state.started else { return };
    let _ = writeln!(text, "\n{level} Repeat it\n\n```sh\n{}\n```\n", recipe::command(&started.spec));
    let _ = writeln!(text, "{}", repeat_note(state));
    if let Some(digest) = &summary.weights_sha256 {
        let _ = writeln!(text, "\nSHA-256 of the parameters: `{digest}`");
    }
    let _ = writeln!(text, "\nMade by mnist-tui {} with {} training threads.", summary.program_version, summary.threads);
}

/// What else has to be known to repeat a run.
pub(super) fn repeat_note(state: &RunState) -> String {
    let same = "The same kind of processor gives the same parameters, bit for bit, with any number of threads.";
    match &state.started {
        Some(started) if !state.interventions.is_empty() => format!(
            "This is the recipe at the start; `mnist-tui runs reproduce {}` also makes the changes on the way, each at its step. {same}",
            started.run_id
        ),
        _ => same.to_owned(),
    }
}
