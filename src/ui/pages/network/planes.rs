//! Filters and activations, a picture each.

use ratatui::layout::Rect;

use super::super::super::pen::{Pen, columns};
use super::super::super::widgets::Heat;
use super::super::super::{Context, Role, number};
use crate::app::{LayerView, Network, Target};
use crate::protocol::{Bytes, Plane};
use crate::text::Phrase;

/// Columns of the smallest and of the largest picture.
const WIDTHS: [u16; 2] = [6, 28];
/// More columns than so many times its own a map does not get.
const LARGEST: u16 = 4;

pub fn draw(context: &Context, page: &Network, area: Rect, pen: &mut Pen) {
    let shared = context.app.shared();
    let Some((planes, from, total)) = page.planes(shared) else {
        // Where nothing is known yet, so much may come.
        set_grid((2, 2), pen);
        return;
    };
    let Some(first) = planes.first() else { return };
    if first.height == 1 && total == 1 {
        return draw_units(context, page, first, area, pen);
    }
    let signed = page.view(shared) == LayerView::Filters;
    let grid = Rect { height: area.height.saturating_sub(2), ..area };
    // A row of weights is drawn as a square of them.
    let arranged: Vec<Plane> = planes.iter().map(|plane| if plane.height == 1 { folded(plane) } else { plane.clone() }).collect();
    let (height, width) = (arranged[0].height, arranged[0].width);
    let high = |wide: u16| (wide * height).div_ceil(width.max(1)).div_ceil(2).max(1);
    let fit = |wide: u16| ((grid.width + 1) / (wide + 1), (grid.height + 1) / (high(wide) + 1));
    let most = width.saturating_mul(LARGEST).max(WIDTHS[0]);
    let holds = |wide: &u16| {
        let (across, down) = fit(*wide);
        *wide <= most && usize::from(across) * usize::from(down) >= total
    };
    // The largest at which all have room, or the smallest.
    let wide = (WIDTHS[0]..=WIDTHS[1]).rev().find(holds).unwrap_or(WIDTHS[0]);
    let (across, down) = (fit(wide).0.max(1), fit(wide).1.max(1));
    set_grid((down, across), pen);
    let looked_at = page.channel(shared);
    for (i, plane) in arranged.iter().take(usize::from(across) * usize::from(down)).enumerate() {
        let (column, row) = (i as u16 % across, i as u16 / across);
        let place = Rect { x: grid.x + column * (wide + 1), y: grid.y + row * (high(wide) + 1), width: wide, height: high(wide) };
        pen.hits.add(place, Target::Item(from + i));
        Heat { plane, signed }.draw(place, &context.palette, context.ascii, pen);
        if from + i == looked_at {
            let mark = Rect { y: place.bottom(), height: 1, ..place };
            (mark.x..mark.right()).for_each(|x| pen.put(x, mark.y, '▔', context.palette.style(Role::Focus)));
        }
    }
    draw_below(context, page, (planes, from, total), area, pen);
}

/// The values of the map that is looked at, and how many are empty.
fn draw_below(context: &Context, page: &Network, (planes, from, total): (&[Plane], usize, usize), area: Rect, pen: &mut Pen) {
    let (shared, palette) = (context.app.shared(), &context.palette);
    let y = area.bottom().saturating_sub(1);
    let looked_at = page.channel(shared).checked_sub(from).and_then(|place| planes.get(place));
    let range = looked_at.map(|plane| format!("{} … {}", number::figure(plane.low.into()), number::figure(plane.high.into())));
    let range = range.unwrap_or_default();
    pen.text(area.x, y, area.width, &range, palette.style(Role::Text));
    let empty = planes.iter().filter(|plane| plane.low == plane.high).count();
    if empty > 0 && page.view(shared) == LayerView::Activations {
        let text = context.say(Phrase::EmptyHere { count: empty, all: planes.len().min(total) });
        let room = area.width.saturating_sub(columns(&range) + 2);
        if columns(&text) <= room {
            pen.text_right(area.right(), y, room, &text, palette.style(Role::Muted));
        }
    }
}

/// How much is seen at once decides what is asked for, whatever has the focus.
fn set_grid((rows, across): (u16, u16), pen: &mut Pen) {
    pen.hits.set_rows(rows);
    pen.hits.set_columns(across);
}

/// A row of values as a square.
fn folded(plane: &Plane) -> Plane {
    let count = plane.values.0.len();
    let width = (1..).find(|width| width * width >= count).unwrap_or(1);
    let mut values = plane.values.0.clone();
    let height = count.div_ceil(width);
    // What is beyond the end is as much as nothing.
    let nothing = if plane.low < 0.0 && plane.high > plane.low { -plane.low / (plane.high - plane.low) * 255.0 } else { 0.0 };
    values.resize(width * height, nothing as u8);
    Plane { width: width as u16, height: height as u16, values: Bytes(values), ..*plane }
}

/// The values of units: bars with their classes where the units are these, a square of them else.
fn draw_units(context: &Context, page: &Network, plane: &Plane, area: Rect, pen: &mut Pen) {
    let (shared, palette, run) = (context.app.shared(), &context.palette, context.app.run());
    set_grid((2, 2), pen);
    let is_last = page.layer(shared) + 1 == Network::layers(shared).len();
    if !is_last || plane.values.0.len() > usize::from(area.height) {
        let square = folded(plane);
        let place = Rect { height: area.height.saturating_sub(2), ..area };
        Heat { plane: &square, signed: true }.draw(place, palette, context.ascii, pen);
        let silent = plane.values().filter(|value| *value == 0.0).count();
        let all = plane.values.0.len();
        let range = format!("{} … {}", number::figure(plane.low.into()), number::figure(plane.high.into()));
        pen.text(area.x, area.bottom().saturating_sub(1), area.width, &range, palette.style(Role::Text));
        let text = context.say(Phrase::EmptyHere { count: silent, all });
        let room = area.width.saturating_sub(columns(&range) + 2);
        if silent > 0 && columns(&text) <= room {
            pen.text_right(area.right(), area.bottom().saturating_sub(1), room, &text, palette.style(Role::Muted));
        }
        return;
    }
    let names = (0..run.classes()).map(|class| columns(&run.class_name(class))).max().unwrap_or(1).min(area.width / 3);
    let most = plane.low.abs().max(plane.high.abs()).max(f32::MIN_POSITIVE);
    let half = area.width.saturating_sub(names + 10) / 2;
    let middle = area.x + names + 1 + half;
    for (y, (class, value)) in (area.y..area.bottom()).zip(plane.values().enumerate()) {
        pen.text(area.x, y, names, &run.class_name(class), palette.style(Role::Text));
        let length = (value.abs() / most * f32::from(half)).round() as u16;
        let role = if value < 0.0 { Role::Bad } else { Role::Good };
        let bar = if value < 0.0 { middle - length..middle } else { middle + 1..middle + 1 + length };
        bar.for_each(|x| pen.put(x, y, '━', palette.style(role)));
        pen.put(middle, y, '│', palette.style(Role::Border));
        pen.text_right(area.right(), y, 8, &number::figure(value.into()), palette.style(Role::Text));
    }
}
