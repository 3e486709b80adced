//! The hyperparameters: their values, their ranges, and the changes under way.

use ratatui::layout::Rect;
use ratatui::style::Modifier;

use super::super::pen::{Pen, Piece};
use super::super::{Context, Role};
use super::{framed, title};
use crate::app::{Edit, Mode, Panel};
use crate::protocol::{Hyper, Optimizer};

/// Columns of the names.
const NAMES: u16 = 15;
/// Columns of a value with nothing under way.
const VALUES: u16 = 9;

pub fn draw(context: &Context, area: Rect, pen: &mut Pen) {
    let (app, palette) = (context.app, &context.palette);
    let run = app.run();
    let muted = palette.style(Role::Muted);
    let changes = run.interventions.len();
    let mut notes: Vec<Vec<Piece>> = Vec::new();
    if changes > 0 {
        notes.push(vec![(format!("{changes} changed").into(), palette.style(Role::Accent))]);
    }
    let inside = framed(context, Panel::Hypers, area, pen, &[title(context, Panel::Hypers, "Hyperparameters")], &notes);
    let Some(values) = run.hyperparameters else {
        pen.text(inside.x + 2, inside.y, inside.width.saturating_sub(2), "known when the run starts", muted);
        return;
    };
    let rows = (inside.y..inside.bottom()).zip(Hyper::ALL);
    for (y, hyper) in rows {
        draw_row(context, Rect { y, height: 1, ..inside }, hyper, values.get(hyper), pen);
    }
    let y = inside.y + Hyper::ALL.len() as u16;
    if let Some(started) = run.started.as_ref().filter(|_| y < inside.bottom()) {
        let name = match started.spec.optimizer {
            Optimizer::Adam => "Adam",
            Optimizer::AdamW => "AdamW",
            Optimizer::Sgd => "SGD, momentum 0.9",
        };
        let room = inside.width.saturating_sub(2);
        let used = pen.text(inside.x + 2, y, NAMES.min(room), "optimizer", muted).max(NAMES);
        pen.text(inside.x + 2 + used, y, room.saturating_sub(used), name, muted);
    }
}

fn draw_row(context: &Context, area: Rect, hyper: Hyper, value: f64, pen: &mut Pen) {
    let (app, palette) = (context.app, &context.palette);
    let selected = app.focus() == Panel::Hypers && app.hypers().selected() == hyper;
    if selected {
        pen.fill(area, ' ', palette.base().patch(palette.style(Role::Selection)));
        pen.put(area.x, area.y, '▸', palette.style(Role::Accent).patch(palette.style(Role::Selection)));
    }
    let on = |role: Role| if selected { palette.style(role).patch(palette.style(Role::Selection)) } else { palette.style(role) };
    let right = area.right();
    let x = area.x + 2;
    let name = pen.text(x, area.y, right.saturating_sub(x).min(NAMES), hyper.label(), on(Role::Text));
    let x = x + name.max(NAMES);
    let room = right.saturating_sub(x);
    if let Mode::Editing(edit) = app.mode()
        && edit.hyper() == hyper
    {
        draw_edit(context, Rect { x, width: room, ..area }, edit, pen);
        return;
    }
    let shown = hyper.display(value);
    let (least, greatest) = hyper.range();
    let range = format!("{} – {}", hyper.display(least), hyper.display(greatest));
    let mut pieces: Vec<Piece> = vec![(shown.into(), on(Role::Text).add_modifier(Modifier::BOLD))];
    if let Some(pending) = app.pending(hyper) {
        pieces.push((format!(" → {} …", hyper.display(pending)).into(), on(Role::Warning)));
        pen.pieces(x, area.y, room, &pieces);
    } else if let Some(reason) = app.hypers().refusal(hyper) {
        pieces.push((format!("  {reason}").into(), on(Role::Bad)));
        pen.pieces(x, area.y, room, &pieces);
    } else {
        let used = pen.pieces(x, area.y, room, &pieces).max(VALUES) + 1;
        let (x, room) = (x + used, room.saturating_sub(used));
        if range.chars().count() <= room.into() {
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
    let mut rest = behind.chars();
    let under = rest.next().map_or(" ".to_owned(), String::from);
    let pieces: [Piece; 3] =
        [(before.into(), style), (under.into(), style.add_modifier(Modifier::REVERSED)), (rest.as_str().into(), style)];
    let used = pen.pieces(area.x, area.y, area.width, &pieces).max(VALUES) + 1;
    if let Some(wrong) = wrong {
        pen.text(area.x + used, area.y, area.width.saturating_sub(used), &wrong, palette.style(Role::Bad));
    }
}
