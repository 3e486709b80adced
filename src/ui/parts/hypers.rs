//! The hyperparameters: their values, their ranges, and the changes under way.

use ratatui::layout::Rect;
use ratatui::style::Modifier;

use super::super::pen::{Pen, Piece, columns, typed};
use super::super::{Context, Role};
use super::{framed, title};
use crate::app::{Edit, Overlay, Panel, Target};
use crate::protocol::{Hyper, Schedule};
use crate::text::{Phrase, Word, say};
use crate::ui::number;

/// With no more rows than this the optimizer is left out.
const MANY: u16 = 10;
/// Columns of a value with nothing under way.
const VALUES: u16 = 9;

pub fn draw(context: &Context, area: Rect, pen: &mut Pen) {
    let (app, palette) = (context.app, &context.palette);
    let run = app.run();
    let muted = palette.style(Role::Muted);
    let changes = run.interventions.len();
    let rows = rows_for_hypers(area.height.saturating_sub(2));
    let first = first_row(rows, app.shared().hypers.selected());
    let mut notes: Vec<Vec<Piece>> = Vec::new();
    if let Some(hidden) = hidden(first, rows) {
        notes.push(vec![(context.say(hidden), muted)]);
    }
    if changes > 0 {
        notes.push(vec![(context.say(Phrase::Changed { count: changes }), palette.style(Role::Accent))]);
    }
    let inside = framed(context, Panel::Hypers, area, pen, &[title(context, Panel::Hypers, Word::HyperparametersTitle)], &notes);
    let Some(values) = run.hyperparameters else {
        pen.text(inside.x + 2, inside.y, inside.width.saturating_sub(2), &context.say(Word::KnownAtTheStart), muted);
        return;
    };
    let places = Hyper::ALL.iter().enumerate().skip(first);
    for (y, (place, hyper)) in (inside.y..inside.y + rows).zip(places) {
        let row = Rect { y, height: 1, ..inside };
        pen.hits.add(row, Target::Item(place));
        draw_row(context, row, *hyper, values.get(*hyper), pen);
    }
    let y = inside.y + rows;
    if let Some(started) = run.started.as_ref().filter(|_| y < inside.bottom()) {
        let name = match started.spec.schedule {
            Schedule::Constant => started.spec.optimizer.label().into(),
            schedule => {
                let optimizer = started.spec.optimizer.label();
                context.say(Phrase::OptimizerAndSchedule { optimizer, schedule: schedule.name() })
            }
        };
        let room = inside.width.saturating_sub(2);
        let names = names(context);
        let used = pen.text(inside.x + 2, y, names.min(room), &context.say(Word::Optimizer), muted).max(names);
        pen.text(inside.x + 2 + used, y, room.saturating_sub(used), &name, muted);
    }
}

/// So many of `rows` are for hyperparameters. Where there is some room, the optimizer has one.
fn rows_for_hypers(rows: u16) -> u16 {
    let most = Hyper::ALL.len() as u16;
    (if rows > MANY { rows - 1 } else { rows }).min(most)
}

/// Columns of the names, with one between them and the values.
fn names(context: &Context) -> u16 {
    let names = Hyper::ALL.iter().map(|hyper| columns(&say(hyper, context.language())));
    names.chain([columns(&context.say(Word::Optimizer))]).max().unwrap_or(0) + 1
}

/// The first hyperparameter shown where there is room for `rows` of them: the selected one stands in the middle, unless
/// that would leave rows empty.
fn first_row(rows: u16, selected: Hyper) -> usize {
    let selected = Hyper::ALL.iter().position(|hyper| *hyper == selected).unwrap_or(0);
    selected.saturating_sub(usize::from(rows) / 2).min(Hyper::ALL.len().saturating_sub(rows.into()))
}

/// How many hyperparameters stand above and below those that are shown.
fn hidden(first: usize, rows: u16) -> Option<Phrase> {
    let below = Hyper::ALL.len().saturating_sub(first + usize::from(rows));
    match (first, below) {
        (0, 0) => None,
        (0, below) => Some(Phrase::MoreDown { count: below }),
        (above, 0) => Some(Phrase::MoreUp { count: above }),
        (above, below) => Some(Phrase::MoreUpAndDown { above, below }),
    }
}

fn draw_row(context: &Context, area: Rect, hyper: Hyper, value: f64, pen: &mut Pen) {
    let app = context.app;
    let selected = context.view.focus == Some(Panel::Hypers) && app.shared().hypers.selected() == hyper;
    let on = context.row(area, selected, pen);
    // What cannot be changed from here stands back.
    let text = if app.shared().control.steers() || app.run().ended.is_some() { Role::Text } else { Role::Muted };
    let right = area.right();
    let x = area.x + 2;
    let names = names(context);
    let name = pen.text(x, area.y, right.saturating_sub(x).min(names), &say(&hyper, context.language()), on(text));
    let x = x + name.max(names);
    let room = right.saturating_sub(x);
    let mut edits =
        app.shared().overlays.iter().filter_map(|overlay| if let Overlay::Edit(edit) = overlay { Some(edit) } else { None });
    if let Some(edit) = edits.next_back().filter(|edit| edit.hyper() == hyper) {
        draw_edit(context, Rect { x, width: room, ..area }, edit, pen);
        return;
    }
    let no_dropout = hyper == Hyper::Dropout && app.run().started.as_ref().is_some_and(|started| !started.spec.has_dropout());
    if no_dropout {
        let role = app.shared().hypers.refusal(hyper).map_or(Role::Muted, |_| Role::Bad);
        pen.text(x, area.y, room, &context.say(Word::NoDropoutLayers), on(role));
        return;
    }
    let shown = hyper.display(value);
    let (least, greatest) = hyper.range();
    let range = format!("{} – {}", hyper.display(least), hyper.display(greatest));
    let mut pieces: Vec<Piece> = vec![(shown.into(), on(text).add_modifier(Modifier::BOLD))];
    if let Some(pending) = app.shared().requests.pending(hyper) {
        pieces.push((format!(" → {} …", hyper.display(pending)).into(), on(Role::Warning)));
        pen.pieces(x, area.y, room, &pieces);
    } else if let Some(reason) = app.shared().hypers.refusal(hyper) {
        pieces.push((format!("  {}", say(reason, context.language())).into(), on(Role::Bad)));
        pen.pieces(x, area.y, room, &pieces);
    } else {
        if let Some(rate) = app.run().scheduled_rate().filter(|_| hyper == Hyper::LearningRate) {
            let now = context.say(Phrase::Now { rate: number::figure(rate) });
            let base = format!("{} · ", number::figure(value));
            // Where there is room for one of them, it is the rate that counts.
            let fits = columns(&base) + columns(&now) <= room;
            pieces = vec![(now, on(Role::Text).add_modifier(Modifier::BOLD))];
            if fits {
                pieces.insert(0, (base.into(), on(Role::Text)));
            }
        }
        let used = pen.pieces(x, area.y, room, &pieces);
        let (x, room) = (x + VALUES + 1, room.saturating_sub(VALUES + 1));
        // Ranges stand below each other or not at all.
        if used <= VALUES && columns(&range) <= room {
            pen.text(x, area.y, room, &range, on(Role::Muted));
        }
    }
}

/// The text with its cursor, and what is wrong with it.
fn draw_edit(context: &Context, area: Rect, edit: &Edit, pen: &mut Pen) {
    let palette = &context.palette;
    let (before, behind) = edit.parts();
    let wrong = edit.value().err();
    let style = palette.bold(if wrong.is_some() { Role::Bad } else { Role::Accent });
    let used = pen.pieces(area.x, area.y, area.width, &typed(before, behind, style)).max(VALUES) + 1;
    if let Some(wrong) = wrong {
        pen.text(area.x + used, area.y, area.width.saturating_sub(used), &context.say(wrong), palette.style(Role::Bad));
    }
}
