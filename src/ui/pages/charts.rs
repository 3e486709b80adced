//! The charts: one large, the others small, and what stands at the cursor.

use ratatui::layout::Rect;

use super::super::parts::chart::{Chart, Drawn, OWN, TEST, VALIDATION};
use super::super::parts::thumbnails::{self, Thumbnail};
use super::super::parts::verdict;
use super::super::pen::{Pen, Piece, columns};
use super::super::widgets::{self, Across, Curve, Stroke};
use super::super::{Context, Role, number};
use crate::app::{Charts, Known, Measure};
use crate::protocol::{Body, Seen};
use crate::run::{EvaluationPoint, Unit};
use crate::text::{Phrase, Text, Word};

/// Columns of what stands at the cursor, from so many columns of the page on.
const SIDE: u16 = 28;
const WITH_SIDE: u16 = 100;
/// Columns that a small chart needs.
const SMALL: u16 = 36;
/// Rows of small charts, from so many rows of the page on.
const SMALL_ROWS: u16 = 9;
const WITH_SMALL: u16 = 18;

pub fn draw(context: &Context, page: &Charts, body: Rect, pen: &mut Pen) {
    if body.is_empty() {
        return;
    }
    let side = if body.width >= WITH_SIDE && body.height >= 12 { SIDE } else { 0 };
    let charts = Rect { width: body.width - side, ..body };
    let batch = page.batch(context.app.shared());
    let small = charts.height >= WITH_SMALL && !page.alone;
    let rows = match batch {
        Some(_) => (charts.height / 2).max(SMALL_ROWS).min(charts.height),
        None if small => (charts.height / 3).max(SMALL_ROWS),
        None => 0,
    };
    let large = Rect { height: charts.height - rows, ..charts };
    draw_chart(context, page, page.large, (large, side > 0), pen);
    if let Some(known) = batch {
        draw_batch(context, known, Rect { y: large.bottom(), height: rows, ..charts }, pen);
    } else if small {
        let others: Vec<Measure> = Measure::ALL.into_iter().filter(|measure| *measure != page.large).collect();
        let shown = usize::from((charts.width / SMALL).max(1)).min(others.len());
        let mut x = charts.x;
        for (place, measure) in others.into_iter().take(shown).enumerate() {
            let end = charts.x + (usize::from(charts.width) * (place + 1) / shown) as u16;
            let area = Rect { x, y: large.bottom(), width: end - x, height: rows };
            draw_chart(context, page, measure, (area, side > 0), pen);
            x = end;
        }
    }
    if side > 0 {
        draw_side(context, page, Rect { x: charts.right(), width: side, ..body }, pen);
    }
}

fn across(context: &Context, page: &Charts) -> Across {
    let run = context.app.run();
    let (from, to) = page.extent(run);
    let (from, reach) = (run.along(page.unit, from), run.along(page.unit, to));
    let is_usable = from.is_finite() && reach.is_finite() && reach > from;
    let (from, reach) = if is_usable { (from, reach) } else { (0.0, 1.0) };
    Across { unit: page.unit, from, reach }
}

fn draw_chart(context: &Context, page: &Charts, measure: Measure, (area, has_side): (Rect, bool), pen: &mut Pen) {
    let (run, palette) = (context.app.run(), &context.palette);
    let is_large = measure == page.large;
    let role = if is_large { Role::Focus } else { Role::Border };
    let title: [Piece; 1] = [(context.say(measure.name()), palette.bold(if is_large { Role::Focus } else { Role::Text }))];
    let inside = widgets::panel(pen, area, palette.style(role), &title, &legend(context, measure));
    let across = across(context, page);
    let step_at = |x: f64| run.step_at(page.unit, x);
    let step_at: Option<&dyn Fn(f64) -> f64> = if page.unit == Unit::Steps { None } else { Some(&step_at) };
    let each = measure.each(&run.steps);
    let curve =
        |role, stroke, memory| Curve { series: each, step_at, from: 0, style: palette.style(role), stroke, memory, letter: None };
    let (memory, is_noisy) = (page.memory(), matches!(measure, Measure::Loss | Measure::Accuracy));
    let curves = match measure {
        // Of noisy ones the least and the greatest of each column, too: nothing is lost at any zoom.
        Measure::Loss | Measure::Accuracy | Measure::GradientNorm => {
            vec![
                curve(Role::TrainingFaint, Stroke::Haze, None),
                curve(Role::Training, Stroke::Thick, Some(memory).filter(|memory| is_noisy && *memory > 0.0)),
            ]
        }
        Measure::LearningRate | Measure::Throughput | Measure::UpdateRatio => vec![curve(Role::Training, Stroke::Thick, None)],
    };
    let cursor = context.app.shared().moment.map(|_| run.along(page.unit, context.app.shared().looked_at() as f64 - 0.5));
    let mut chart = Chart { measure, across, curves, points: Vec::new(), marks: Vec::new(), cursor };
    chart.judgements(run, [Role::Validation, Role::Test, Role::Accent].map(|role| palette.style(role)));
    chart.changes(run);
    chart.draw(context, inside, pen);
    if is_large {
        let text = format!(" {} ", below(context, page, has_side));
        let room = inside.width.saturating_sub(3 + columns(&context.say(page.unit.name())) + 3);
        if columns(&text) <= room {
            pen.text(inside.x + 1, inside.bottom(), room, &text, palette.style(Role::Muted));
        }
    }
}

/// What stands below the large chart: the place of the cursor where it stands nowhere else, and how curves are smoothed.
fn below(context: &Context, page: &Charts, has_side: bool) -> String {
    let (run, at) = (context.app.run(), context.app.shared().looked_at());
    let is_looked_at = context.app.shared().moment.is_some();
    if is_looked_at && !has_side {
        if let Some(effect) = page.effect(run, at) {
            let (change, loss) = (effect.change.text().say(context.language()), context.say(Word::LossFact));
            let (before, after) = (figure(effect.before), figure(effect.after));
            let impact = run.impacts.of(effect.number).map(|impact| context.say(verdict(impact.verdict, true).0));
            let impact = impact.map_or_else(String::new, |word| format!("  {word}"));
            return format!("{}: {change}  {loss} {before} → {after}{impact}", effect.number);
        }
        let step = context.say(Phrase::Step { at: number::count(at), of: String::new() });
        let epoch = format!("{:.2}", run.along(Unit::Epochs, at as f64));
        let epoch = context.say(Phrase::Epoch { at: epoch, of: String::new() });
        return format!("{step}  {epoch}  {}", number::duration(run.along(Unit::Time, at as f64)));
    }
    context
        .say(match page.memory() {
            0.0 => Phrase::NotSmoothed,
            memory => Phrase::SmoothedOver { steps: (1.0 / (1.0 - memory)).round() as u64 },
        })
        .into_owned()
}

/// The images of the step that is looked at, the worst first.
fn draw_batch(context: &Context, known: Option<&Known>, area: Rect, pen: &mut Pen) {
    let palette = &context.palette;
    let muted = palette.style(Role::Muted);
    let step = number::count(context.app.shared().looked_at());
    let title: [Piece; 1] = [(context.say(Phrase::BatchOf { step }), palette.bold(Role::Text))];
    let images = match known.map(|known| (&known.body, known.step)) {
        Some((Body::Images { images }, step)) => Some((images, step)),
        _ => None,
    };
    let mut notes: Vec<Vec<Piece>> = Vec::new();
    if let Some((images, step)) = images {
        let wrong = images.iter().filter(|seen| seen.label != seen.predicted).count();
        let text = context.say(Phrase::WrongOf { wrong, all: images.len(), step: number::count(step) });
        notes.push(vec![(text, muted)]);
    }
    let inside = widgets::panel(pen, area, palette.style(Role::Border), &title, &notes);
    let inside = Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside };
    let Some((images, _)) = images else {
        let text = context.say(known.and_then(Known::why).map_or(Word::Asking, super::why));
        pen.text(inside.x, inside.y, inside.width, &text, muted);
        return;
    };
    thumbnails::draw(context, images.iter().map(|seen| of_batch(context, seen)), inside, pen);
}

/// An image of a batch: what it is, what it is taken for where that is something else, and its loss.
fn of_batch<'a>(context: &Context, seen: &'a Seen) -> Thumbnail<'a> {
    let name = |class: Option<u16>| context.app.run().class_name(class.unwrap_or(0).into());
    let (text, role) = match seen.label == seen.predicted {
        true => (name(seen.label), Role::Muted),
        false => (format!("{}→{}", name(seen.label), name(seen.predicted)), Role::Bad),
    };
    Thumbnail { seen, text: format!("{text} {}", number::figure(seen.value.unwrap_or(0.0).into())), role }
}

/// A value, or a dash where there is none.
fn figure(value: Option<f64>) -> String {
    value.map_or("–".to_owned(), number::figure)
}

/// The values at the step that is looked at, in the colours of the curves.
fn legend<'a>(context: &Context<'a>, measure: Measure) -> Vec<Vec<Piece<'a>>> {
    let (run, palette, at) = (context.app.run(), &context.palette, context.app.shared().looked_at());
    let (each, smooth) = measure.at(run, at);
    let value = smooth.or(each).map(|value| measure.show(value.into()));
    let judged = |points: &[EvaluationPoint]| {
        let point = points.iter().rev().find(|point| point.step <= at)?;
        Some(measure.show(measure.of(&point.evaluation)?))
    };
    let entries = [
        ('━', Role::Training, Word::OfTraining, value),
        (VALIDATION, Role::Validation, Word::OfValidation, judged(&run.validations)),
        (TEST, Role::Test, Word::OfTest, judged(&run.tests)),
        (OWN, Role::Accent, Word::OfOwn, judged(&run.own).filter(|_| measure == Measure::Accuracy)),
    ];
    let entry = |(symbol, role, name, value): (char, Role, Word, Option<String>)| {
        let name = if measure.has_judgements() { format!(" {}", context.say(name)) } else { String::new() };
        Some(vec![(format!("{symbol} {}", value?).into(), palette.style(role)), (name.into(), palette.style(Role::Muted))])
    };
    let legend: Vec<_> = entries.into_iter().filter_map(entry).collect();
    if legend.is_empty() && run.step > 0 {
        return vec![vec![(context.say(Word::NotRecorded), palette.style(Role::Muted))]];
    }
    legend
}

/// Everything that is known of the step that is looked at, and of the change beside it.
fn draw_side(context: &Context, page: &Charts, area: Rect, pen: &mut Pen) {
    let (run, palette, at) = (context.app.run(), &context.palette, context.app.shared().looked_at());
    let has_cursor = context.app.shared().moment.is_some();
    let title = context.say(if has_cursor { Word::AtTheCursor } else { Word::AtTheNewest });
    let inside = widgets::panel(pen, area, palette.style(Role::Border), &[(title, palette.bold(Role::Text))], &[]);
    let along = |unit| run.along(unit, at as f64);
    let show = |measure: Measure, value: Option<f32>| value.map_or("–".to_owned(), |value| measure.show(value.into()));
    let (loss, loss_smooth) = Measure::Loss.at(run, at);
    let (accuracy, accuracy_smooth) = Measure::Accuracy.at(run, at);
    let single = |measure: Measure| show(measure, measure.at(run, at).0);
    let plain = |(name, value): (Text, String)| Some((name, value, Role::Text));
    let mut lines: Vec<Option<(Text, String, Role)>> = vec![
        plain((Word::StepFact.into(), number::count(at))),
        plain((Word::EpochFact.into(), format!("{:.2}", along(Unit::Epochs)))),
        plain((Word::ImagesFact.into(), number::count(along(Unit::Images).max(0.0) as u64))),
        plain((Word::TimeFact.into(), number::duration(along(Unit::Time)))),
        None,
        plain((Word::LossFact.into(), show(Measure::Loss, loss))),
        plain((Word::Smoothed.into(), show(Measure::Loss, loss_smooth))),
        plain((Word::AccuracyFact.into(), show(Measure::Accuracy, accuracy))),
        plain((Word::Smoothed.into(), show(Measure::Accuracy, accuracy_smooth))),
        None,
        plain((Word::RateFact.into(), single(Measure::LearningRate))),
        plain((Word::GradientFact.into(), single(Measure::GradientNorm))),
        plain((Word::UpdateFact.into(), single(Measure::UpdateRatio))),
        plain((Word::SpeedFact.into(), single(Measure::Throughput))),
    ];
    if let Some(effect) = page.effect(run, at).filter(|_| has_cursor) {
        let shown = |value| effect.change.hyper.display(value);
        lines.extend([
            None,
            plain((Phrase::ChangeNumber { number: effect.number }.into(), number::count(effect.change.step))),
            plain((Text::from(effect.change.hyper), String::new())),
            plain((Text::from(""), format!("{} → {}", shown(effect.change.from), shown(effect.change.to)))),
        ]);
        lines.extend(card(context, effect.number).into_iter().map(Some));
        lines.extend([plain((Word::Before.into(), figure(effect.before))), plain((Word::After.into(), figure(effect.after)))]);
    }
    for (y, line) in (inside.y..inside.bottom()).zip(lines) {
        let Some((name, value, role)) = line else { continue };
        pen.text(inside.x + 1, y, inside.width.saturating_sub(2), &context.say(name), palette.style(Role::Muted));
        pen.text_right(inside.right().saturating_sub(1), y, inside.width.saturating_sub(2), &value, palette.style(role));
    }
}

/// What came of a change, as it is said beside its marker.
fn card(context: &Context, number: usize) -> Vec<(Text, String, Role)> {
    let run = context.app.run();
    let Some(impact) = run.impacts.of(number) else { return Vec::new() };
    let (word, role) = verdict(impact.verdict, false);
    let name = match impact.changes {
        [first, last] if first < last => Phrase::EffectOfChanges { first, last }.into(),
        _ => Word::EffectFact.into(),
    };
    let mut lines = vec![(name, context.say(word).into_owned(), role)];
    if let Some(measured) = impact.measured {
        lines.push((Word::EffectInterval.into(), measured.interval_text(), role));
        if run.started.as_ref().is_some_and(|started| started.validation_images == 0) {
            lines.push((Word::EffectOnTraining.into(), String::new(), Role::Muted));
        }
    }
    lines
}
