//! Single images: what they are, and what the network takes them for.

use ratatui::layout::Rect;

use super::super::pen::{Pen, Piece, columns, width};
use super::super::widgets::{Picture, rows_for};
use super::super::{Context, Role, number};
use super::{framed, title};
use crate::app::Panel;
use crate::protocol::Sample;
use crate::run::most_probable;
use crate::text::{Phrase, Word};

/// Columns of a picture on a small card and on a large one.
const SMALL: u16 = 14;
const LARGE: u16 = 28;
/// From so many rows on, what is left below pictures is worth a list.
const LEAST_REST: u16 = 3;
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// How a sample is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Card {
    /// A large picture, and a bar to the right for every class.
    Large,
    /// A large picture, and everything else below it.
    Tall,
    /// A small picture, and everything else below it.
    Upright,
    /// A small picture, and everything else to the right.
    Lying,
    /// No picture.
    Line,
}

impl Card {
    /// Columns and rows, without gaps.
    fn size(self) -> (u16, u16) {
        match self {
            Self::Large => (LARGE + 22, rows_for(LARGE)),
            Self::Tall => (LARGE, rows_for(LARGE) + 3),
            Self::Upright => (SMALL, rows_for(SMALL) + 4),
            Self::Lying => (SMALL + 2 + 20, rows_for(SMALL)),
            Self::Line => (18, 1),
        }
    }

    /// Columns and rows between cards.
    fn gap(self) -> (u16, u16) {
        match self {
            Self::Large => (4, 1),
            Self::Tall | Self::Upright => (2, 1),
            Self::Lying => (3, 1),
            Self::Line => (2, 0),
        }
    }

    /// How many stand beside each other and below each other; `tight` gives up gaps for one more.
    fn grid(self, area: Rect) -> (usize, usize) {
        let ((width, height), (between, below)) = (self.size(), self.gap());
        let fit = |room: u16, size: u16, gap: u16| usize::from((room + gap) / (size + gap));
        let across = fit(area.width, width, between).max(fit(area.width, width, 1));
        (across, fit(area.height, height, below).max(fit(area.height, height, 0)))
    }

    /// The largest that shows all samples at once; else large ones if several have room, since the first are those to look at;
    /// else the one that shows most, with a picture if there is room.
    fn choose(area: Rect, samples: usize) -> Self {
        let shown = |card: &Self| {
            let (across, down) = card.grid(area);
            across * down
        };
        let pictures = [Self::Large, Self::Tall, Self::Upright, Self::Lying];
        if let Some(card) = pictures.into_iter().find(|card| shown(card) >= samples) {
            return card;
        }
        let large = [Self::Tall, Self::Large].into_iter().max_by_key(shown).filter(|card| shown(card) > 1);
        let small = || [Self::Lying, Self::Upright].into_iter().max_by_key(shown).filter(|card| shown(card) > 0);
        large.or_else(small).unwrap_or(Self::Line)
    }
}

pub fn draw(context: &Context, area: Rect, pen: &mut Pen) {
    let (app, palette) = (context.app, &context.palette);
    let run = app.run();
    let inner = Rect { width: area.width.saturating_sub(2), height: area.height.saturating_sub(2), ..area };
    let card = Card::choose(inner, run.samples.len());
    let (across, down) = card.grid(inner);
    let pictures = across * down;
    let (rest, lines) = rest(card, down, inner);
    let a_page = (pictures + lines).max(1);
    let pages = run.samples.len().div_ceil(a_page).max(1);
    let page = context.view.sample_page.rem_euclid(isize::try_from(pages).unwrap_or(1)) as usize;
    let right =
        run.samples.iter().zip(&run.probabilities).filter(|(sample, row)| most_probable(row) == Some(sample.label)).count();
    let muted = palette.style(Role::Muted);
    let mut notes: Vec<Vec<Piece>> = Vec::new();
    if !run.probabilities.is_empty() {
        notes.push(vec![(context.say(Phrase::RightOf { right, all: run.samples.len() }), muted)]);
    }
    if pages > 1 {
        notes.insert(0, vec![(format!("{}/{pages}", page + 1).into(), muted)]);
    }
    let inside = framed(context, Panel::Samples, area, pen, &[title(context, Panel::Samples, Word::SamplesTitle)], &notes);
    if run.samples.is_empty() {
        let text = context.say(Word::NoSamplesYet);
        let x = inside.x + inside.width.saturating_sub(columns(&text)) / 2;
        pen.text(x, inside.y + inside.height / 2, inside.width, &text, muted);
        return;
    }
    let (wide, height) = card.size();
    let many = across.min(run.samples.len()) as u16;
    // What is left over goes between the cards and to both sides.
    let spare = inside.width.saturating_sub(many * wide);
    let between = (spare / (many + 1)).max(1);
    let left = spare.saturating_sub(between * many.saturating_sub(1)) / 2;
    let below = (inside.height.saturating_sub(down as u16 * height) / (down.max(1) as u16)).min(card.gap().1);
    let mut indices = run.sample_order.places().iter().copied().skip(page * a_page);
    for (i, index) in indices.by_ref().take(pictures).enumerate() {
        let x = inside.x + left + (i % across.max(1)) as u16 * (wide + between);
        let y = inside.y + (i / across.max(1)) as u16 * (height + below);
        let place = Rect { x, y, width: wide, height }.intersection(inside);
        let probabilities = run.probabilities.get(index).map_or(&[][..], Vec::as_slice);
        draw_card(context, card, &run.samples[index], probabilities, place, pen);
    }
    // The list stands below the pictures, from their left edge on.
    let (line, gap) = (Card::Line.size().0, Card::Line.gap().0);
    for (i, index) in indices.take(lines).enumerate() {
        let (column, row) = ((i / usize::from(rest.height)) as u16, (i % usize::from(rest.height)) as u16);
        let place = Rect { x: rest.x + left + column * (line + gap), y: rest.y + row, width: line, height: 1 };
        let probabilities = run.probabilities.get(index).map_or(&[][..], Vec::as_slice);
        draw_line(context, &run.samples[index], probabilities, place.intersection(inside), pen);
    }
}

/// What is left below large pictures, and how many more samples are told there in a line each.
fn rest(card: Card, down: usize, inner: Rect) -> (Rect, usize) {
    let used = down as u16 * (card.size().1 + card.gap().1);
    // `inner` has the size of what is inside the border, and begins at the border.
    let rest = Rect { x: inner.x + 1, y: inner.y + 1 + used, height: inner.height.saturating_sub(used), ..inner };
    if !matches!(card, Card::Large | Card::Tall) || rest.height < LEAST_REST {
        return (rest, 0);
    }
    let across = (rest.width + Card::Line.gap().0) / (Card::Line.size().0 + Card::Line.gap().0);
    (rest, usize::from(across) * usize::from(rest.height))
}

fn draw_card(context: &Context, card: Card, sample: &Sample, probabilities: &[f32], area: Rect, pen: &mut Pen) {
    let shape = context.app.run().started.as_ref().map_or([0; 3], |started| started.image_shape);
    let picture = |columns: u16, pen: &mut Pen| {
        let place = Rect { width: columns, height: rows_for(columns), ..area }.intersection(area);
        Picture { pixels: &sample.pixels, shape }.draw(place, &context.palette, context.ascii, pen);
    };
    let beside = |columns: u16| Rect { x: area.x + columns + 2, width: area.width.saturating_sub(columns + 2), ..area };
    match card {
        Card::Large => {
            picture(LARGE, pen);
            let place = beside(LARGE);
            draw_verdict(context, sample, probabilities, place, pen);
            let rest = Rect { y: place.y + 3, height: place.height.saturating_sub(3), ..place };
            draw_rows(context, Some(sample.label), probabilities, rest.intersection(area), pen);
        }
        Card::Tall => {
            picture(LARGE, pen);
            let place = Rect { y: area.y + rows_for(LARGE), height: area.height.saturating_sub(rows_for(LARGE)), ..area };
            draw_verdict_in_a_row(context, sample, probabilities, Rect { height: 1, ..place }, pen);
            let bars = Rect { y: place.y + 1, height: 1, ..place };
            draw_bars(context, sample, probabilities, bars.intersection(area), 2, pen);
        }
        Card::Upright => {
            picture(SMALL, pen);
            let place = Rect { y: area.y + rows_for(SMALL), height: area.height.saturating_sub(rows_for(SMALL)), ..area };
            draw_verdict(context, sample, probabilities, place, pen);
            let bars = Rect { y: place.y + 2, height: 1, ..place };
            draw_bars(context, sample, probabilities, bars.intersection(area), 1, pen);
        }
        Card::Lying => {
            picture(SMALL, pen);
            let place = beside(SMALL);
            draw_verdict(context, sample, probabilities, place, pen);
            let bars = Rect { y: place.y + 2, height: place.height.saturating_sub(3), ..place };
            draw_bars(context, sample, probabilities, bars.intersection(area), 2, pen);
        }
        Card::Line => draw_line(context, sample, probabilities, area, pen),
    }
}

/// The prediction as ✓ or ✗, the class, and how sure the network is.
fn prediction<'a>(context: &Context, sample: &Sample, probabilities: &[f32], room: u16) -> Vec<Piece<'a>> {
    let Some(class) = most_probable(probabilities) else {
        return vec![("…".into(), context.palette.style(Role::Muted))];
    };
    let (mark, style) = if class == sample.label {
        ("✓ ", context.palette.style(Role::Good))
    } else {
        ("✗ ", context.palette.bold(Role::Bad))
    };
    let sure = format!("{:>4.0} %", probabilities[class] * 100.0);
    let name = context.app.run().class_name(class);
    let wide = usize::from(room.saturating_sub(2 + columns(&sure)));
    let name = super::super::pen::clip(&name, wide as u16).to_owned();
    let pad = wide.min(2).saturating_sub(usize::from(columns(&name)));
    vec![(mark.into(), style), (name.into(), style), (format!("{:pad$}{sure}", "").into(), style)]
}

/// One row: what it is, what it is taken for; where names are too long for that, only the latter of one that is right.
fn draw_verdict_in_a_row(context: &Context, sample: &Sample, probabilities: &[f32], area: Rect, pen: &mut Pen) {
    let verdict = prediction(context, sample, probabilities, area.width);
    let name = context.app.run().class_name(sample.label);
    let mut at_right =
        |verdict: &[Piece]| pen.pieces(area.right().saturating_sub(width(verdict)), area.y, width(verdict), verdict);
    if columns(&context.say(Word::True)) + columns(&name) + 2 + width(&verdict) <= area.width {
        at_right(&verdict);
        draw_truth(context, sample, area, pen);
    } else if most_probable(probabilities) == Some(sample.label) {
        pen.pieces(area.x, area.y, area.width, &verdict);
    } else {
        // What it is taken for has a mark and a percentage beside it, and so a little more of the row.
        let verdict = prediction(context, sample, probabilities, area.width / 2 + 2);
        at_right(&verdict);
        pen.text(area.x, area.y, area.width.saturating_sub(width(&verdict) + 1), &name, context.palette.bold(Role::Text));
    }
}

/// Two rows: what it is, what it is taken for.
fn draw_verdict(context: &Context, sample: &Sample, probabilities: &[f32], area: Rect, pen: &mut Pen) {
    draw_truth(context, sample, area, pen);
    if area.height > 1 {
        pen.pieces(area.x, area.y + 1, area.width, &prediction(context, sample, probabilities, area.width));
    }
}

fn draw_truth(context: &Context, sample: &Sample, area: Rect, pen: &mut Pen) {
    let palette = &context.palette;
    let name = context.app.run().class_name(sample.label);
    let truth: [Piece; 2] =
        [(format!("{} ", context.say(Word::True)).into(), palette.style(Role::Muted)), (name.into(), palette.bold(Role::Text))];
    pen.pieces(area.x, area.y, area.width, &truth);
}

fn draw_line(context: &Context, sample: &Sample, probabilities: &[f32], area: Rect, pen: &mut Pen) {
    let name = context.app.run().class_name(sample.label);
    let name = super::super::pen::clip(&name, area.width / 3).to_owned();
    let used = columns(&name) + 1;
    pen.text(area.x, area.y, area.width, &name, context.palette.bold(Role::Text));
    let room = area.width.saturating_sub(used);
    pen.pieces(area.x + used, area.y, room, &prediction(context, sample, probabilities, room));
}

/// The true class is good, a wrong prediction bad, the others neither; where the truth is not known, the prediction stands out.
fn class_role(class: usize, truth: Option<usize>, probabilities: &[f32]) -> Role {
    if truth == Some(class) {
        Role::Good
    } else if most_probable(probabilities) == Some(class) {
        if truth.is_some() { Role::Bad } else { Role::Accent }
    } else {
        Role::Muted
    }
}

/// Upright bars, `step` columns a class, with the classes below; where there are too many, the most probable ones in words.
fn draw_bars(context: &Context, sample: &Sample, probabilities: &[f32], area: Rect, step: u16, pen: &mut Pen) {
    let palette = &context.palette;
    if probabilities.is_empty() || area.is_empty() {
        return;
    }
    if probabilities.len() > usize::from(area.width / step) {
        draw_rows(context, Some(sample.label), probabilities, Rect { height: area.height + 1, ..area }, pen);
        return;
    }
    let left = area.x + area.width.saturating_sub(probabilities.len() as u16 * step) / 2 * u16::from(step == 1);
    for (class, probability) in probabilities.iter().enumerate() {
        let x = left + class as u16 * step;
        let role = class_role(class, Some(sample.label), probabilities);
        // In eighths of a row.
        let full = (probability.clamp(0.0, 1.0) * f32::from(area.height) * 8.0).round() as u16;
        for row in 0..area.height {
            let eighths = full.saturating_sub(row * 8).min(8);
            if eighths > 0 {
                pen.put(x, area.bottom() - 1 - row, BARS[usize::from(eighths) - 1], palette.style(role));
            }
        }
        let name = context.app.run().class_name(class);
        let digit = (class % 10).to_string();
        let name = if columns(&name) == 1 { &name } else { &digit };
        let role = if probability.is_finite() && most_probable(probabilities) == Some(class) { role } else { Role::Muted };
        pen.text(x, area.bottom(), 1, name, palette.style(role));
    }
}

/// A lying bar a class; the most probable ones first where there are more classes than rows.
pub fn draw_rows(context: &Context, truth: Option<usize>, probabilities: &[f32], area: Rect, pen: &mut Pen) {
    let palette = &context.palette;
    let mut classes: Vec<usize> = (0..probabilities.len()).collect();
    if classes.len() > usize::from(area.height) {
        classes.sort_by(|a, b| probabilities[*b].total_cmp(&probabilities[*a]));
        classes.truncate(area.height.into());
    }
    let run = context.app.run();
    let widest = classes.iter().map(|class| columns(&run.class_name(*class))).max().unwrap_or(0);
    let names = widest.min(area.width / 2);
    let bar = area.width.saturating_sub(names + 7);
    for (row, class) in classes.into_iter().enumerate() {
        let y = area.y + row as u16;
        let role = class_role(class, truth, probabilities);
        pen.text(area.x, y, names, &run.class_name(class), palette.style(role));
        let probability = probabilities[class].clamp(0.0, 1.0);
        let length = (probability * f32::from(bar)).round() as u16;
        (0..length).for_each(|i| pen.put(area.x + names + 1 + i, y, '━', palette.style(role)));
        if probability >= 0.005 {
            pen.text_right(area.right(), y, 5, &number::whole_percent(probability), palette.style(role));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_grow_where_there_is_room() {
        for (columns, rows, expected) in [
            (59, 17, Card::Tall),
            (59, 12, Card::Upright),
            (50, 54, Card::Large),
            (118, 36, Card::Tall),
            (38, 8, Card::Lying),
            (20, 3, Card::Line),
        ] {
            assert_eq!(Card::choose(Rect::new(0, 0, columns, rows), 30), expected, "{columns} x {rows}");
        }
    }
}
