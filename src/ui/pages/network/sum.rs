//! What one value of a convolution is the sum of.

use ratatui::layout::Rect;

use super::super::super::pen::{Pen, columns};
use super::super::super::widgets::{self, Heat};
use super::super::super::{Context, Role, number};
use super::values;
use crate::app::Network;
use crate::protocol::{LayerSpec, Plane, Sum};
use crate::text::{Phrase, Word};

/// Columns of a number.
const NUMBER: u16 = 6;

/// A channel of the window, as numbers `[kernel, kernel]`.
struct Taps {
    inputs: Vec<f32>,
    weights: Vec<f32>,
    /// Which channel, of how many.
    channel: (usize, usize),
}

impl Taps {
    /// Of the channel that counts most.
    fn of(sum: &Sum) -> Self {
        let of = |values: &[f32], channel: usize| {
            values.iter().skip(channel).step_by(sum.channels.max(1)).copied().collect::<Vec<_>>()
        };
        let weight = |channel: &usize| {
            let (inputs, weights) = (of(&sum.inputs, *channel), of(&sum.weights, *channel));
            inputs.iter().zip(&weights).map(|(input, weight)| input * weight).sum::<f32>().abs()
        };
        let channel = (0..sum.channels).max_by(|a, b| weight(a).total_cmp(&weight(b))).unwrap_or(0);
        Self { inputs: of(&sum.inputs, channel), weights: of(&sum.weights, channel), channel: (channel, sum.channels) }
    }

    fn products(&self) -> Vec<f32> {
        self.inputs.iter().zip(&self.weights).map(|(input, weight)| input * weight).collect()
    }
}

pub fn draw(context: &Context, page: &Network, area: Rect, pen: &mut Pen) {
    let (shared, palette) = (context.app.shared(), &context.palette);
    let [height, width, _] = Network::shape(shared, page.layer(shared));
    // The map, with the value that is looked at.
    let (high, wide) = (area.height.saturating_sub(12), area.width);
    let scale = |wide: u16| (wide * height as u16).div_ceil((width as u16).max(1)).div_ceil(2);
    let wide = (1..=wide.min(56)).rev().find(|wide| scale(*wide) <= high).unwrap_or(0);
    let map = Rect { width: wide, height: scale(wide).min(high), ..area };
    let plane = page.planes(shared).and_then(|(planes, from, _)| planes.get(page.channel(shared).checked_sub(from)?));
    if let Some(plane) = plane {
        Heat { plane, signed: false }.draw(map, palette, context.ascii, pen);
        values(pen, map);
        let [row, column] = page.at(shared);
        mark(context, ([row as i32, column as i32], 1), [height, width], map, pen);
    }
    let rest = Rect { y: map.bottom() + 1, height: area.bottom().saturating_sub(map.bottom() + 1), ..area };
    if let Some(sum) = page.sum(shared) {
        draw_sum(context, page, sum, rest, pen);
    }
}

/// Marks a window on values of this height and width, which are drawn in an area.
pub fn mark(context: &Context, (corner, kernel): ([i32; 2], usize), [height, width]: [usize; 2], area: Rect, pen: &mut Pen) {
    let along = |at: i32, room: u16, of: usize| (f64::from(at.max(0)) * f64::from(room) / of.max(1) as f64).floor() as u16;
    let end = |at: i32| at + kernel as i32;
    let (left, right) = (along(corner[1], area.width, width), along(end(corner[1]), area.width, width));
    let (top, bottom) = (along(corner[0], area.height, height), along(end(corner[0]), area.height, height));
    for y in top..bottom.max(top + 1) {
        for x in left..right.max(left + 1) {
            if (x < area.width && y < area.height)
                && let Some(cell) = pen.cell(area.x + x, area.y + y)
            {
                // What lies below is seen through it.
                cell.set_char('▒').set_style(context.palette.bold(Role::Focus));
            }
        }
    }
}

fn draw_sum(context: &Context, page: &Network, sum: &Sum, area: Rect, pen: &mut Pen) {
    let (shared, palette) = (context.app.shared(), &context.palette);
    let taps = Taps::of(sum);
    let titles = [Word::OfTheInput, Word::OfTheFilter, Word::Products].map(|word| context.say(word));
    let parts = [taps.inputs.clone(), taps.weights.clone(), taps.products()];
    let signs = ["×", "=", ""];
    let kernel = sum.kernel as u16;
    let shows_numbers = 3 * (kernel * NUMBER + 3) <= area.width && kernel + 1 < area.height;
    let wide = if shows_numbers { kernel * NUMBER } else { (2 * kernel).min(area.width / 3) };
    for (i, (values, title)) in (0u16..).zip(parts.iter().zip(&titles)) {
        let x = area.x + i * (wide + 3);
        pen.text(x, area.y, wide + 2, title, palette.style(Role::Muted));
        let place = Rect { x, y: area.y + 1, width: wide, height: kernel }.intersection(area);
        if shows_numbers {
            draw_numbers(context, values, kernel, place, pen);
        } else {
            let plane = Plane::of(sum.kernel, sum.kernel, values);
            Heat { plane: &plane, signed: true }.draw(place, palette, context.ascii, pen);
        }
        let y = area.y + 1 + place.height / 2;
        pen.text(x + wide + 1, y, 1, signs[usize::from(i)], palette.style(Role::Muted));
    }
    let activation = match Network::layers(shared).nth(page.layer(shared)) {
        Some((_, LayerSpec::Conv { activation, .. })) => activation.label(),
        _ => None,
    };
    let figure = |value: f32| number::figure(value.into());
    let sum_of = Phrase::SumOf {
        count: sum.inputs.len(),
        sum: figure(sum.before - sum.bias),
        bias: figure(sum.bias),
        before: figure(sum.before),
    };
    let mut lines = vec![context.say(sum_of)];
    lines.extend(activation.map(|name| context.say(Phrase::AfterActivation { name, after: figure(sum.after) })));
    if let (channel, all @ 2..) = taps.channel {
        lines.insert(0, context.say(Phrase::StrongestChannel { number: channel + 1, all }));
    }
    // No number is cut.
    let lines = lines.iter().flat_map(|line| widgets::wrapped(line, area.width.max(1)));
    for (y, line) in (area.y + 2 + kernel..area.bottom()).zip(lines) {
        pen.text(area.x, y, area.width, &line, palette.style(Role::Text));
    }
}

fn draw_numbers(context: &Context, values: &[f32], kernel: u16, area: Rect, pen: &mut Pen) {
    for (i, value) in values.iter().enumerate() {
        let (row, column) = (i as u16 / kernel, i as u16 % kernel);
        let role = match value {
            _ if value.abs() < 0.005 => Role::Muted,
            _ if *value < 0.0 => Role::Bad,
            _ => Role::Good,
        };
        // No number is less than nothing by nothing.
        let text = format!("{value:.2}").replace("-0.00", "0.00");
        let y = area.y + row;
        if y < area.bottom() && columns(&text) < NUMBER {
            pen.text_right(area.x + (column + 1) * NUMBER - 1, y, NUMBER, &text, context.palette.style(role));
        }
    }
}
