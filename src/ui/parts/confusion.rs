//! The confusion matrix as a heat map.

use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use super::super::pen::{Pen, Piece, clip, columns};
use super::super::theme::Ramp;
use super::super::{Context, Role, number};
use super::{framed, title};
use crate::app::{ConfusionSource, Panel};
use crate::protocol::ConfusionMatrix;
use crate::text::{Phrase, Text, Word};

const SHADES: [char; 5] = [' ', '░', '▒', '▓', '█'];
/// Colours of a ramp: enough to compare cells, few enough that a cell seldom changes its colour while it counts.
const LEVELS: f32 = 8.0;

pub fn draw(context: &Context, area: Rect, pen: &mut Pen) {
    let (app, palette) = (context.app, &context.palette);
    let run = app.run();
    let (source, matrix) = context.view.confusion.matrix(run);
    let (role, images) = match source {
        ConfusionSource::Validation => (Role::Validation, Text::from(Word::OnValidation)),
        ConfusionSource::Test => (Role::Test, Word::OnTest.into()),
        ConfusionSource::Auto | ConfusionSource::Training if run.epoch > 0 => {
            (Role::Training, Phrase::OnTrainingInEpoch { epoch: run.epoch }.into())
        }
        ConfusionSource::Auto | ConfusionSource::Training => (Role::Training, Word::OnTraining.into()),
    };
    let muted = palette.style(Role::Muted);
    let mut notes: Vec<Vec<Piece>> = vec![vec![(images.say(context.language()), palette.style(role))]];
    if let Some(matrix) = matrix.filter(|matrix| matrix.total() > 0) {
        let accuracy = number::percent(matrix.accuracy());
        notes.push(context.fact(&accuracy.clone(), palette.style(role), Phrase::Right { accuracy }));
    }
    let inside = framed(context, Panel::Confusion, area, pen, &[title(context, Panel::Confusion, Word::ConfusionTitle)], &notes);
    let Some(matrix) = matrix.filter(|matrix| matrix.total() > 0) else {
        let text = context.say(Phrase::NotJudged { images: Box::new(images) });
        let x = inside.x + inside.width.saturating_sub(columns(&text)) / 2;
        pen.text(x, inside.y + inside.height / 2, inside.width, &text, muted);
        return;
    };
    if let Some(grid) = Grid::new(context, matrix, inside) {
        grid.draw(context, pen);
        let axes = grid.axes(context);
        let room = area.width.saturating_sub(4);
        pen.text_right(area.right().saturating_sub(2), area.bottom().saturating_sub(1), room, &axes, muted);
    }
}

/// Where the cells stand, and which of them are seen.
struct Grid<'a> {
    matrix: &'a ConfusionMatrix,
    area: Rect,
    labels: u16,
    cell: (u16, u16),
    /// The first class and how many: down, across.
    down: (usize, usize),
    across: (usize, usize),
}

impl<'a> Grid<'a> {
    /// As large as fits; scrolled when even the smallest cells do not.
    fn new(context: &Context, matrix: &'a ConfusionMatrix, inside: Rect) -> Option<Self> {
        let classes = matrix.classes();
        let run = context.app.run();
        let widest = (0..classes).map(|class| columns(&run.class_name(class))).max().unwrap_or(1);
        let labels = widest.clamp(2, (inside.width / 4).max(2)) + 1;
        let width = inside.width.checked_sub(labels)?;
        let height = inside.height.checked_sub(1)?;
        let many = u16::try_from(classes).unwrap_or(u16::MAX).max(1);
        let wide = (width / many).clamp(2, 7);
        // Cells look square at about two columns a row.
        let high = (height / many).clamp(1, (wide / 2).clamp(1, 3));
        let seen = |room: u16, size: u16, scroll: usize| {
            let count = usize::from(room / size).min(classes);
            (scroll.min(classes - count), count)
        };
        let (row, column) = context.view.confusion_scroll;
        let (down, across) = (seen(height, high, row), seen(width, wide, column));
        if down.1 == 0 || across.1 == 0 {
            return None;
        }
        let used = (labels + across.1 as u16 * wide, 1 + down.1 as u16 * high);
        let x = inside.x + (inside.width - used.0) / 2;
        let y = inside.y + (inside.height - used.1) / 2;
        Some(Self { matrix, area: Rect { x, y, width: used.0, height: used.1 }, labels, cell: (wide, high), down, across })
    }

    /// What stands on which axis; where not all of it is seen, from where to where.
    fn axes(&self, context: &Context) -> String {
        let range = |(from, count): (usize, usize)| {
            if count == self.matrix.classes() {
                return String::new();
            }
            let name = |class| context.app.run().class_name(class);
            format!("{} – {} ", name(from), name(from + count - 1))
        };
        let (truth, predicted) = (range(self.down), range(self.across));
        format!(" {} ", context.say(Phrase::Axes { truth, predicted }))
    }

    fn draw(&self, context: &Context, pen: &mut Pen) {
        let (run, palette) = (context.app.run(), &context.palette);
        let muted = palette.style(Role::Muted);
        let Self { area, labels, cell: (wide, high), .. } = *self;
        // Where names would run into each other, every other one is left out.
        let widest = (0..self.across.1).map(|i| columns(&run.class_name(self.across.0 + i))).max().unwrap_or(0);
        let every = if widest >= wide { 2 } else { 1 };
        for i in (0..self.across.1).step_by(every) {
            let name = run.class_name(self.across.0 + i);
            let name = clip(&name, (wide * every as u16).saturating_sub(1));
            let x = area.x + labels + i as u16 * wide + wide.saturating_sub(columns(name)) / 2;
            pen.text(x, area.y, (area.right()).saturating_sub(x), name, muted);
        }
        for i in 0..self.down.1 {
            let truth = self.down.0 + i;
            let y = area.y + 1 + i as u16 * high;
            let name = run.class_name(truth);
            pen.text_right(area.x + labels - 1, y + (high - 1) / 2, labels - 1, clip(&name, labels - 1), muted);
            let support = self.matrix.support(truth).max(1);
            for j in 0..self.across.1 {
                let predicted = self.across.0 + j;
                let cell = Rect { x: area.x + labels + j as u16 * wide, y, width: wide, height: high };
                draw_cell(context, cell, self.matrix.count(truth, predicted), support, truth == predicted, pen);
            }
        }
    }
}

/// One cell: its colour says which part of its row it is, its number how many.
fn draw_cell(context: &Context, cell: Rect, count: u64, support: u64, right: bool, pen: &mut Pen) {
    let palette = &context.palette;
    let middle = cell.y + (cell.height - 1) / 2;
    if count == 0 {
        pen.put(cell.x + cell.width / 2, middle, '·', palette.style(Role::Border));
        return;
    }
    let part = count as f32 / support as f32;
    // Mistakes are rare: on this scale one in a thousand is seen, and one in ten stands out.
    let (ramp, heat) = if right { (Ramp::HeatRight, part) } else { (Ramp::HeatWrong, (1.0 + 1000.0 * part).ln() / 1001f32.ln()) };
    let texts = [count.to_string(), number::short(count), number::shortest(count)];
    if let Some(color) = palette.ramp(ramp, (heat * LEVELS).round() / LEVELS) {
        // A number that fills its cell runs into the next one.
        let text = texts.iter().find(|text| columns(text) < cell.width).unwrap_or(&texts[2]);
        let style = palette.on(color);
        pen.fill(cell, ' ', style);
        if columns(text) <= cell.width {
            pen.text(cell.x + (cell.width - columns(text)) / 2, middle, cell.width, text, style);
        }
        return;
    }
    let style = if right { Style::new() } else { palette.style(Role::Bad).remove_modifier(Modifier::UNDERLINED) };
    let shade = SHADES[((heat * SHADES.len() as f32) as usize).clamp(1, SHADES.len() - 1)];
    // Its first column says which part; a number stands behind it where all of it does.
    let text = texts.iter().find(|text| columns(text) < cell.width);
    let shaded = if text.is_some() { 1 } else { cell.width.max(2) - 1 };
    pen.fill(Rect { width: shaded, ..cell }, shade, style);
    if let Some(text) = text {
        pen.text_right(cell.right(), middle, cell.width - 1, text, style);
    }
}
