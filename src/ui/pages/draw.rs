//! The canvas, what the network gets of it, and what it says.

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::super::parts::samples::draw_rows;
use super::super::parts::thumbnails::draw_alike;
use super::super::pen::{Pen, Piece};
use super::super::theme::Ramp;
use super::super::widgets::{self, Heat, Picture, rows_for};
use super::super::{Context, Role, number};
use crate::app::{Draw, DrawPen, SIDE, Target};
use crate::text::{Phrase, Text, Word};

/// Columns of a pixel on the large canvas, where each has a row of its own.
const LARGE: u16 = 2 * SIDE as u16;
/// Columns of what stands beside the canvas, at least.
const BESIDE: u16 = 30;
/// Columns of the picture as the network gets it.
const PREPARED: u16 = 14;

pub fn draw(context: &Context, page: &Draw, body: Rect, pen: &mut Pen) {
    if body.is_empty() {
        return;
    }
    let side = SIDE as u16;
    let is_large = body.width >= LARGE + 2 + BESIDE && body.height >= side + 2;
    let columns = if is_large { LARGE } else { side };
    let canvas = Rect { width: (columns + 2).min(body.width), ..body };
    let beside = Rect { x: canvas.right(), width: body.width - canvas.width, ..body };
    draw_canvas(context, page, (is_large, body.width), canvas, pen);
    if beside.width >= 12 {
        draw_answer(context, page, beside, pen);
    }
}

fn framed(context: &Context, has_focus: bool, name: Text, notes: &[Vec<Piece>], area: Rect, pen: &mut Pen) -> Rect {
    let palette = &context.palette;
    let (border, role) = if has_focus { (Role::Focus, Role::Focus) } else { (Role::Border, Role::Text) };
    widgets::panel(pen, area, palette.style(border), &[(context.say(name), palette.bold(role))], notes)
}

fn draw_canvas(context: &Context, page: &Draw, (is_large, whole): (bool, u16), area: Rect, pen: &mut Pen) {
    let palette = &context.palette;
    let side = SIDE as u16;
    let (at, what) = page.pen();
    let word = match what {
        DrawPen::Up => Word::PenUp,
        DrawPen::Down => Word::PenDown,
        DrawPen::Eraser => Word::EraserDown,
    };
    let role = if what == DrawPen::Up { Role::Muted } else { Role::Accent };
    let mut notes = vec![vec![(context.say(word), palette.style(role))]];
    // Without room for it elsewhere.
    let answer = page.probabilities().and_then(|(probabilities, _)| crate::run::most_probable(probabilities));
    if let Some(class) = answer.filter(|_| area.width + 12 > whole) {
        let class = context.app.run().class_name(class);
        notes.insert(0, vec![(context.say(Phrase::SeenAs { class }), palette.style(Role::Accent))]);
    }
    let inside = framed(context, true, Word::CanvasTitle.into(), &notes, area, pen);
    let size = if is_large { (LARGE, side) } else { (side, side / 2) };
    let place = Rect { width: size.0, height: size.1, ..inside }.intersection(inside);
    pen.hits.add(place, Target::Canvas);
    let ink = page.canvas();
    if is_large {
        for (i, ink) in ink.iter().enumerate() {
            let (x, y) = (place.x + 2 * (i as u16 % side), place.y + i as u16 / side);
            let color = palette.ramp(Ramp::Picture, f32::from(*ink) / 255.0).filter(|_| !context.ascii);
            let symbol = match (color, ink) {
                (Some(_), _) => ' ',
                (None, 170..) => '#',
                (None, 90..) => '+',
                (None, 1..) => '.',
                (None, 0) => ' ',
            };
            let style = color.map_or(Style::new(), |color| Style::new().bg(palette.fit(color)));
            (x..x + 2).for_each(|x| pen.put(x, y, symbol, style));
        }
        let (x, y) = (place.x + 2 * at[1] as u16, place.y + at[0] as u16);
        for (x, symbol) in [(x, '['), (x + 1, ']')] {
            if let Some(cell) = pen.cell(x, y) {
                cell.set_char(symbol).set_fg(palette.style(Role::Focus).fg.unwrap_or_default());
            }
        }
    } else {
        Picture { pixels: ink, shape: [SIDE, SIDE, 1] }.draw(place, palette, context.ascii, pen);
        let (x, y) = (place.x + at[1] as u16, place.y + at[0] as u16 / 2);
        if (x < place.right() && y < place.bottom())
            && let Some(cell) = pen.cell(x, y)
        {
            cell.set_char(if at[0] % 2 == 0 { '▀' } else { '▄' }).set_style(palette.bold(Role::Focus));
        }
    }
    let rest = Rect { y: place.bottom(), height: inside.bottom().saturating_sub(place.bottom()), ..inside };
    if page.is_empty() {
        let key = context.app.shared().keymap.shown("draw.pen");
        let text = context.say(Phrase::HowToDraw { key });
        let lines = widgets::wrapped(&text, rest.width.saturating_sub(2).max(1));
        for (y, line) in (rest.y + u16::from(rest.height > 2)..rest.bottom()).zip(&lines) {
            pen.text(rest.x + 1, y, rest.width.saturating_sub(2), line, palette.style(Role::Muted));
        }
    }
}

/// What the network gets, what it takes it for, where it looks, and what it finds like it.
fn draw_answer(context: &Context, page: &Draw, area: Rect, pen: &mut Pen) {
    let (run, palette) = (context.app.run(), &context.palette);
    let muted = palette.style(Role::Muted);
    let answer = page.probabilities();
    let note = answer.map(|(_, step)| vec![(context.say(Phrase::AsOfStep { step: number::count(step) }), muted)]);
    let name: Text = match answer.map(|(probabilities, _)| crate::run::most_probable(probabilities)) {
        Some(Some(class)) => Phrase::SeenAs { class: run.class_name(class) }.into(),
        _ => Word::AnswerTitle.into(),
    };
    let inside = framed(context, false, name, &note.into_iter().collect::<Vec<_>>(), area, pen);
    let inside = Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside };
    if let Some(reason) = page.why() {
        pen.text(inside.x, inside.y, inside.width, &context.say(super::why(reason)), muted);
        return;
    }
    let bars = Rect { height: inside.height.min(run.classes() as u16), ..inside };
    draw_rows(context, None, answer.map_or(&[], |(probabilities, _)| probabilities), bars, pen);
    let below = Rect { y: bars.bottom() + 1, height: inside.bottom().saturating_sub(bars.bottom() + 1), ..inside };
    let rows = rows_for(PREPARED);
    if below.height <= rows || page.is_empty() {
        return;
    }
    let (left, right) = (Rect { width: PREPARED, ..below }, Rect { x: below.x + PREPARED + 2, width: PREPARED, ..below });
    pen.text(left.x, left.y, PREPARED + 1, &context.say(Word::AsTheNetworkGetsIt), muted);
    let under = |place: Rect| Rect { y: place.y + 1, height: rows, ..place };
    let shape = run.started.as_ref().map_or([0; 3], |started| started.image_shape);
    if let Some(pixels) = page.prepared(context.app.shared()) {
        Picture { pixels: &pixels, shape }.draw(under(left), palette, context.ascii, pen);
    }
    if right.right() <= inside.right() {
        pen.text(right.x, right.y, PREPARED, &context.say(Word::WhereItLooks), muted);
        if let Some(plane) = page.occlusion() {
            Heat { plane, signed: true }.draw(under(right), palette, context.ascii, pen);
        }
    }
    let rest = Rect { y: below.y + rows + 2, height: below.height.saturating_sub(rows + 2), ..below };
    let key = context.app.shared().keymap.shown("draw.alike");
    draw_alike(context, page.alike(context.app.shared()), (rest, key), pen);
}
