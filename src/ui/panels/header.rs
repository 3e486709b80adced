//! The first rows: what runs, what it does, how far it is, how fast, how long still.

use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use super::super::pen::{Pen, Piece, width};
use super::super::{Context, Role, layout::Layout, number};
use crate::app::Page;
use crate::protocol::{Connection, Outcome, Phase};

pub fn draw(context: &Context, layout: &Layout, pen: &mut Pen) {
    let area = layout.header;
    if area.is_empty() {
        return;
    }
    let two_rows = area.height > 1;
    let left = left(context, area.width);
    let x = area.x + pen.pieces(area.x, area.y, area.width, &left);
    let mut facts = facts(context, two_rows);
    let gap = if two_rows { 3 } else { 2 };
    let room = area.right().saturating_sub(x + 1);
    // The least important go first; they are the last.
    let needed = |facts: &[Vec<Piece>]| facts.iter().map(|fact| width(fact) + gap).sum::<u16>();
    while needed(&facts) > room && facts.pop().is_some() {}
    let mut right = area.right().saturating_sub(1);
    // The most important stands at the right end, where the eye finds it again.
    for fact in &facts {
        right -= width(fact);
        pen.pieces(right, area.y, width(fact), fact);
        right -= gap;
    }
    if two_rows {
        let x = area.x + 1 + draw_pages(context, area, pen);
        draw_bar(context, Rect { x, y: area.y + 1, width: area.right().saturating_sub(x + 1), height: 1 }, pen);
    }
    draw_alert(context, layout.alert, pen);
}

/// The name and the state.
fn left<'a>(context: &Context<'a>, columns: u16) -> Vec<Piece<'a>> {
    let (app, palette) = (context.app, &context.palette);
    let run = app.run();
    let role = match (&run.ended, run.phase) {
        (Some(ended), _) if matches!(ended.outcome, Outcome::Failed { .. }) => Role::Bad,
        (Some(_), _) => Role::Good,
        (None, _) if run.diverged.is_some() => Role::Bad,
        (None, Some(Phase::Training)) => Role::Training,
        (None, _) => Role::Warning,
    };
    let mut pieces: Vec<Piece> = vec![(" ".into(), Style::new())];
    if app.is_alone() {
        pieces.push(("recorded runs".into(), palette.bold(Role::Text)));
        return pieces;
    }
    if let Some(started) = &run.started {
        let name = if started.name.is_empty() { &started.spec.preset } else { &started.name };
        if columns >= 60 || app.alert().is_none() && columns >= 30 {
            pieces.push((name.as_str().into(), palette.bold(Role::Text)));
            if columns >= 100 && started.spec.preset != *name {
                pieces.push((format!(" {}", started.spec.preset).into(), palette.style(Role::Muted)));
            }
            pieces.push(("  ".into(), Style::new()));
        }
    }
    pieces.push(("● ".into(), palette.style(role)));
    pieces.push((app.state_word().say(app.language()), palette.bold(role)));
    let lost = match app.connection() {
        _ if run.ended.is_some() => None,
        Some(Connection::Lost { retry_in }) => Some(format!("  connection lost, trying again in {retry_in} s")),
        Some(Connection::Gone { reason }) => Some(format!("  cut off: {reason}")),
        _ => None,
    };
    if let Some(lost) = lost {
        pieces.push((lost.into(), palette.bold(Role::Bad)));
    } else if let Some(word) = app.control().word().filter(|_| columns >= 40) {
        pieces.push((format!("  {}", word.say(app.language())).into(), palette.style(Role::Warning)));
    }
    pieces
}

/// The most important first.
fn facts<'a>(context: &Context<'a>, bar_below: bool) -> Vec<Vec<Piece<'a>>> {
    let (run, palette) = (context.app.run(), &context.palette);
    let (text, muted) = (palette.style(Role::Text), palette.style(Role::Muted));
    let fact = |value: String, unit: &'static str| vec![(value.into(), text), (unit.into(), muted)];
    let named =
        |name: &'static str, value: String, of: String| vec![(name.into(), muted), (value.into(), text), (of.into(), muted)];
    let mut facts = Vec::new();
    let Some(hyper) = run.hyperparameters else { return facts };
    if !bar_below {
        facts.push(fact(percent(context), ""));
    }
    if run.ended.is_some() {
        if let Some(test) = run.tests.last() {
            let accuracy = number::percent(test.evaluation.confusion.accuracy());
            facts.push(vec![("test accuracy ".into(), muted), (accuracy.into(), palette.bold(Role::Test))]);
        }
        facts.push(fact(number::duration(run.train_seconds), " of training"));
    } else if let Some(seconds) = run.seconds_left() {
        facts.push(fact(number::duration(seconds), " left"));
    }
    facts.push(named("epoch ", number::count(run.epoch as u64), format!("/{}", number::count(hyper.epochs as u64))));
    let planned = run.steps_planned().filter(|_| run.ended.is_none());
    let of = planned.map_or(String::new(), |planned| format!("/{}", number::count(planned)));
    facts.push(named("step ", number::count(run.step), of));
    if let Some(rate) = run.images_per_second() {
        facts.push(fact(number::rate(rate), if bar_below { " images/s" } else { " img/s" }));
    }
    facts
}

fn percent(context: &Context) -> String {
    format!("{} %", (context.app.run().progress() * 100.0).floor())
}

/// The pages with their keys, the open one bright; gives the columns used.
fn draw_pages(context: &Context, area: Rect, pen: &mut Pen) -> u16 {
    let palette = &context.palette;
    if area.width < 76 {
        return 0;
    }
    let mut pieces: Vec<Piece> = Vec::new();
    for (number, page) in (1..).zip(Page::ALL) {
        let style = if page == context.app.page() { palette.bold(Role::Text) } else { palette.style(Role::Muted) };
        pieces.push((format!("{number} ").into(), palette.style(Role::Accent)));
        pieces.push((format!("{}   ", page.name().say(context.app.language())).into(), style));
    }
    pen.pieces(area.x + 1, area.y + 1, area.width.saturating_sub(2), &pieces)
}

/// A thin bar with a notch where each epoch ends, and the part that is done.
fn draw_bar(context: &Context, area: Rect, pen: &mut Pen) {
    let (run, palette) = (context.app.run(), &context.palette);
    if context.app.is_alone() {
        return;
    }
    let columns = area.width.saturating_sub(6);
    let done = (run.progress() * f64::from(columns)).round() as u16;
    let epochs = run.hyperparameters.map_or(0, |hyper| hyper.epochs as u64);
    let notches = epochs > 1 && epochs <= u64::from(columns) / 4;
    for i in 0..columns {
        // A cell has a notch when an epoch ends in it.
        let end = |i: u16| u64::from(i) * epochs / u64::from(columns);
        let notch = notches && i + 1 < columns && end(i) != end(i + 1);
        let (symbol, role) = match (i < done, notch) {
            (true, _) => ('━', Role::Training),
            (false, true) => ('┼', Role::Border),
            (false, false) => ('─', Role::Border),
        };
        pen.put(area.x + i, area.y, symbol, palette.style(role));
    }
    pen.text_right(area.right(), area.y, 5, &percent(context), palette.style(Role::Text));
}

fn draw_alert(context: &Context, area: Rect, pen: &mut Pen) {
    let Some(alert) = context.app.alert() else { return };
    let style = context.palette.bold(Role::Bad).add_modifier(Modifier::REVERSED);
    pen.fill(Rect { height: area.height.min(1), ..area }, ' ', style);
    pen.text(area.x + 1, area.y, area.width.saturating_sub(2), &format!("✗ {alert}"), style);
    if area.height > 1 {
        let hint = if !context.app.control().steers() {
            ""
        } else if context.app.failure().is_some() {
            "What was learned until then is still here to look at. q leaves."
        } else {
            "b goes back to the last epoch's end with half the learning rate; or lower it, then Space goes on."
        };
        pen.text(area.x + 1, area.y + 1, area.width.saturating_sub(2), hint, context.palette.style(Role::Muted));
    }
}
