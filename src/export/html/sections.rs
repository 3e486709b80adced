//! The parts of a report that are about one run.

use std::fmt::Write;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::markdown::{impact, repeat_note};
use super::super::markup::{duration, escape, grouped, percent};
use super::super::mistakes::worst;
use super::super::picture::Picture;
use super::super::{ExportError, ExportedRun, recipe};
use crate::nn::greatest;
use crate::protocol::{ConfusionMatrix, Hyper};
use crate::run::RunState;

/// Mistakes that are shown.
const MISTAKES: usize = 27;
/// With more classes, cells have no room for numbers.
const NUMBERED: usize = 20;
/// With more classes, a table of them all is too much for a page.
const MOST_CLASSES: usize = 100;

/// The figures that matter most.
pub(super) fn tiles(state: &RunState) -> String {
    let summary = state.summary();
    let decimal = |value: f64| format!("{value:.4}");
    let epochs = if summary.epochs == 1 { "epoch" } else { "epochs" };
    let tiles = [
        ("test accuracy", summary.test_accuracy.map(percent)),
        ("your own digits", summary.own_digits.map(|[right, all]| format!("{right} of {all} right"))),
        ("its 95 % interval", summary.test_accuracy_interval.map(|[low, high]| format!("{} – {}", percent(low), percent(high)))),
        ("test images", summary.test_images.map(grouped)),
        ("test loss", summary.test_loss.map(decimal)),
        ("macro F1", summary.macro_f1.map(decimal)),
        ("validation accuracy", summary.validation_accuracy.map(percent)),
        ("steps", Some(grouped(summary.steps))),
        (epochs, Some(summary.epochs.to_string())),
        ("training time", Some(duration(summary.train_seconds))),
        ("images a second", summary.images_per_second.map(|speed| grouped(speed.round() as u64))),
    ];
    let mut text = String::from("<dl class=\"tiles\">");
    for (name, value) in tiles {
        if let Some(value) = value {
            let _ = write!(text, "<div><dt>{name}</dt><dd>{value}</dd></div>");
        }
    }
    text.push_str("</dl>\n");
    text
}

/// Everything else.
pub(super) fn all(run: &ExportedRun) -> Result<String, ExportError> {
    let state = &run.state;
    let mut text = String::new();
    let judged = [("test", state.tests.last()), ("validation", state.validations.last())];
    let judged = judged.into_iter().find_map(|(name, point)| Some((name, point?)));
    if let Some((name, point)) = judged {
        let matrix = &point.evaluation.confusion;
        let _ = write!(text, "<h2>What is taken for what</h2>\n<div class=\"pair\"><div class=\"card\">");
        confusion(&mut text, state, matrix);
        let _ = write!(
            text,
            "<p class=\"note\">Images of the {name} set: true classes in rows, predicted ones in columns.</p></div>"
        );
        classes(&mut text, state, matrix);
        text.push_str("</div>\n");
    }
    pictures(&mut text, run)?;
    text.push_str("<h2>How it was trained</h2>\n<div class=\"pair\">");
    hyperparameters(&mut text, state);
    network(&mut text, state);
    text.push_str("</div>\n");
    repeat(&mut text, state);
    Ok(text)
}

fn confusion(text: &mut String, state: &RunState, matrix: &ConfusionMatrix) {
    let classes = matrix.classes();
    if classes > MOST_CLASSES {
        let _ = write!(text, "<p>{classes} classes are too many for a table.</p>");
        return;
    }
    let numbered = classes <= NUMBERED;
    let names: Vec<String> = (0..classes).map(|class| escape(&state.class_name(class))).collect();
    let _ = write!(text, "<table class=\"confusion{}\"><tr><th></th>", if numbered { "" } else { " small" });
    names.iter().for_each(|name| text.push_str(&format!("<th>{}</th>", if numbered { name } else { "" })));
    text.push_str("</tr>");
    for (truth, name) in names.iter().enumerate() {
        let _ = write!(text, "<tr><th>{}</th>", if numbered { name } else { "" });
        let support = matrix.support(truth).max(1) as f64;
        for (predicted, said) in names.iter().enumerate() {
            let count = matrix.count(truth, predicted);
            if count == 0 {
                text.push_str("<td></td>");
                continue;
            }
            let part = count as f64 / support;
            // Mistakes are few, and every one of them should be seen.
            let (class, strength) = if truth == predicted { ("r", part * 80.0) } else { ("w", 12.0 + 68.0 * part.powf(0.5)) };
            let bold = if strength > 55.0 { " x" } else { "" };
            let number = if numbered { count.to_string() } else { String::new() };
            let _ = write!(
                text,
                "<td class=\"{class}{bold}\" style=\"--s:{strength:.0}%\" title=\"{name} taken for {said}: {count} ({})\">{number}</td>",
                percent(part)
            );
        }
        text.push_str("</tr>");
    }
    text.push_str("</table>");
}

fn classes(text: &mut String, state: &RunState, matrix: &ConfusionMatrix) {
    text.push_str(
        "<div class=\"card\"><table><tr><th>class</th><th>precision</th><th>recall</th><th>F1</th><th>images</th></tr>",
    );
    let figures = matrix.per_class();
    // From the worst class to full marks, so that small differences can be seen.
    let least = figures.iter().map(|figures| figures.f1).fold(1.0, f64::min);
    for (class, figures) in figures.iter().enumerate() {
        let length = if least < 1.0 { 15.0 + 85.0 * (figures.f1 - least) / (1.0 - least) } else { 100.0 };
        let _ = write!(
            text,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td class=\"bar\" style=\"--s:{length:.0}%\">{:.4}</td><td>{}</td></tr>",
            escape(&state.class_name(class)),
            percent(figures.precision),
            percent(figures.recall),
            figures.f1,
            grouped(figures.support)
        );
    }
    text.push_str("</table></div>");
}

/// The worst mistakes; where the network or the images are not there, the images that were watched.
fn pictures(text: &mut String, run: &ExportedRun) -> Result<(), ExportError> {
    let state = &run.state;
    let name = |class: usize| escape(&state.class_name(class));
    if let Some(mistakes) = worst(run, MISTAKES) {
        text.push_str("<h2>Worst mistakes</h2>\n<div class=\"card\"><div class=\"images\">");
        for mistake in &mistakes {
            let caption = format!("{} taken for {}", name(mistake.truth), name(mistake.predicted));
            let small = format!("{} sure", percent(mistake.confidence.into()));
            let title = format!("image {} of the test set", mistake.index);
            figure(text, &mistake.picture, state, [&caption, &small, &title])?;
        }
        let note =
            if mistakes.is_empty() { "There are none." } else { "Test images that the network got wrong, the surest first." };
        let when = run.network_step.map_or_else(String::new, |step| format!(" The network is that of step {}.", grouped(step)));
        let _ = writeln!(text, "</div><p class=\"note\">{note}{when}</p></div>");
        return Ok(());
    }
    let Some(shape) = state.started.as_ref().map(|started| started.image_shape) else { return Ok(()) };
    if state.samples.is_empty() || state.probabilities.is_empty() {
        return Ok(());
    }
    text.push_str("<h2>Samples</h2>\n<div class=\"card\"><div class=\"images\">");
    for (sample, row) in state.samples.iter().zip(&state.probabilities) {
        let said = greatest(row);
        let caption = if said == sample.label { name(said) } else { format!("{} taken for {}", name(sample.label), name(said)) };
        let small = format!("{} sure", percent(row.get(said).copied().unwrap_or(0.0).into()));
        figure(text, &Picture::of_image(&sample.pixels, shape), state, [&caption, &small, ""])?;
    }
    text.push_str("</div><p class=\"note\">Images that were watched while it trained; without a checkpoint, mistakes cannot be looked for.</p></div>\n");
    Ok(())
}

/// A picture with a caption, a second line below it, and a title.
fn figure(text: &mut String, picture: &Picture, state: &RunState, [caption, small, title]: [&str; 3]) -> Result<(), ExportError> {
    let grey = state.started.as_ref().is_some_and(|started| started.image_shape[2] == 1);
    let _ = write!(
        text,
        "<figure title=\"{title}\"><img{} alt=\"{caption}\" width=\"{}\" height=\"{}\" src=\"data:image/png;base64,{}\">\
         <figcaption>{caption}<small>{small}</small></figcaption></figure>",
        if grey { " class=\"grey\"" } else { "" },
        picture.width,
        picture.height,
        STANDARD.encode(picture.png()?)
    );
    Ok(())
}

fn hyperparameters(text: &mut String, state: &RunState) {
    text.push_str("<div class=\"stack\"><div class=\"card\"><h3>Hyperparameters</h3><table>");
    for hyper in Hyper::ALL {
        let _ = write!(text, "<tr><td>{}</td><td>{}</td></tr>", hyper.label(), escape(&state.hyper_text(hyper)));
    }
    if let Some(started) = &state.started {
        let rows = [("optimizer", started.spec.optimizer.label()), ("schedule", started.spec.schedule.name())];
        for (name, value) in rows {
            let _ = write!(text, "<tr><td>{name}</td><td>{}</td></tr>", escape(value));
        }
    }
    text.push_str("</table></div>");
    if !state.interventions.is_empty() {
        text.push_str("<div class=\"card\"><h3>Changed on the way</h3><table><tr><th></th><th>step</th><th>epoch</th><th class=\"l\">what</th><th>from</th><th>to</th><th class=\"l\">what came of it</th></tr>");
        for (index, change) in state.interventions.iter().enumerate() {
            let _ = write!(
                text,
                "<tr><td>{}</td><td>{}</td><td>{}</td><td class=\"l\">{}</td><td>{}</td><td>{}</td><td class=\"l\">{}</td></tr>",
                index + 1,
                grouped(change.step),
                change.epoch,
                escape(&format!("{}{}", change.hyper.label(), change.by_text())),
                change.hyper.display(change.from),
                change.hyper.display(change.to),
                escape(&impact(state, index + 1))
            );
        }
        let note = "What came of a change: by how much the loss on some images that are not trained on differs from what it was \
                    and from where it was going, with a confidence of 99 %.";
        let _ = write!(text, "</table><p class=\"note\">{note}</p></div>");
    }
    text.push_str("</div>");
}

fn network(text: &mut String, state: &RunState) {
    let Some(started) = state.started.as_ref().filter(|started| !started.layers.is_empty()) else { return };
    text.push_str("<div class=\"card\"><h3>Network</h3><table><tr><th>layer</th><th>output</th><th>parameters</th></tr>");
    for layer in &started.layers {
        let shape: Vec<String> = layer.output.iter().map(usize::to_string).collect();
        let parameters = if layer.parameters == 0 { "–".to_owned() } else { grouped(layer.parameters as u64) };
        let _ = write!(text, "<tr><td>{}</td><td>{}</td><td>{parameters}</td></tr>", escape(&layer.name), shape.join(" × "));
    }
    let _ = write!(text, "<tr><td>all</td><td></td><td>{}</td></tr></table>", grouped(started.parameters() as u64));
    let images = [started.train_images, started.validation_images, started.test_images].map(|images| grouped(images as u64));
    let _ = write!(
        text,
        "<p class=\"note\">{}: {} images to train on, {} held out for validation, {} to test.</p></div>",
        escape(&started.spec.data.source),
        images[0],
        images[1],
        images[2]
    );
}

fn repeat(text: &mut String, state: &RunState) {
    let Some(started) = &state.started else { return };
    let summary = state.summary();
    let _ = write!(
        text,
        "<h2>Repeat it</h2>\n<div class=\"card\"><pre>{}</pre><p>{}</p>",
        // Lines of the command stay lines.
        recipe::command(&started.spec).split('\n').map(escape).collect::<Vec<_>>().join("\n"),
        escape(&repeat_note(state))
    );
    if let Some(digest) = &summary.weights_sha256 {
        let _ = write!(text, "<p>SHA-256 of the parameters: <code>{}</code></p>", escape(digest));
    }
    let _ = writeln!(
        text,
        "<p class=\"note\">Run {} with mnist-tui {} on {} threads.</p></div>",
        escape(&summary.run_id),
        escape(&summary.program_version),
        summary.threads
    );
}
