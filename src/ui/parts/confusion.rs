//! The confusion matrix as a heat map.

use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use super::super::pen::{Pen, Piece, clip, columns};
use super::super::theme::Ramp;
use super::super::{Context, Role, number};
use super::{framed, title};
use crate::app::{ConfusionSource, Panel, Shows, Target};
use crate::protocol::ConfusionMatrix;
use crate::text::{Phrase, Text, Word};

const SHADES: [char; 5] = [' ', '░', '▒', '▓', '█'];
/// Colours of a ramp: enough to compare cells, few enough that a cell seldom changes its colour while it counts.
const LEVELS: f32 = 8.0;

pub fn draw(context: &Context, area: Rect, pen: &mut Pen) {
    let (app, palette) = (context.app, &context.palette);
    let run = app.run();
    let (source, matrix) = context.view.confusion.matrix(run);
    let (role, word) = of(source);
    let images = match source {
        ConfusionSource::Auto | ConfusionSource::Training if run.epoch > 0 => {
            Text::from(Phrase::OnTrainingInEpoch { epoch: run.epoch })
        }
        _ => word.into(),
    };
    let mut notes: Vec<Vec<Piece>> = vec![vec![(images.say(context.language()), palette.style(role))]];
    if let Some(matrix) = matrix.filter(|matrix| matrix.total() > 0) {
        let accuracy = number::percent(matrix.accuracy());
        notes.push(context.fact(&accuracy.clone(), palette.style(role), Phrase::Right { accuracy }));
    }
    let inside = framed(context, Panel::Confusion, area, pen, &[title(context, Panel::Confusion, Word::ConfusionTitle)], &notes);
    let Some(matrix) = matrix.filter(|matrix| matrix.total() > 0) else {
        return draw_nothing(context, images, inside, pen);
    };
    draw_matrix(context, matrix, Cells { scroll: context.view.confusion_scroll, ..Cells::default() }, (area, inside), pen);
}

/// The colour of these images, and what they are called.
pub fn of(source: ConfusionSource) -> (Role, Word) {
    match source {
        ConfusionSource::Validation => (Role::Validation, Word::OnValidation),
        ConfusionSource::Test => (Role::Test, Word::OnTest),
        ConfusionSource::Auto | ConfusionSource::Training => (Role::Training, Word::OnTraining),
    }
}

/// Says in the middle that these images have not been judged.
pub fn draw_nothing(context: &Context, images: Text, inside: Rect, pen: &mut Pen) {
    let text = context.say(Phrase::NotJudged { images: Box::new(images) });
    let x = inside.x + inside.width.saturating_sub(columns(&text)) / 2;
    pen.text(x, inside.y + inside.height / 2, inside.right().saturating_sub(x), &text, context.palette.style(Role::Muted));
}

/// Which cells are shown, and what stands in them.
#[derive(Clone, Copy, Default)]
pub struct Cells {
    /// The first row and column, where not all of them fit.
    pub scroll: (usize, usize),
    /// The cell that is looked at, which is always seen.
    pub looked_at: Option<(usize, usize)>,
    pub shows: Shows,
    /// Cells can be pointed at.
    pub pointable: bool,
}

/// Draws the matrix into its panel, on whose border the axes are named.
pub fn draw_matrix(context: &Context, matrix: &ConfusionMatrix, cells: Cells, (area, inside): (Rect, Rect), pen: &mut Pen) {
    if let Some(grid) = Grid::new(context, matrix, cells, inside) {
        grid.draw(context, pen);
        let axes = grid.axes(context);
        let room = area.width.saturating_sub(4);
        let style = context.palette.style(Role::Muted);
        pen.text_right(area.right().saturating_sub(2), area.bottom().saturating_sub(1), room, &axes, style);
    }
}

/// Where the cells stand, and which of them are seen.
struct Grid<'a> {
    matrix: &'a ConfusionMatrix,
    cells: Cells,
    /// What stands in the cells: where counts would run into each other, their parts of the row.
    shows: Shows,
    columns: Vec<u64>,
    area: Rect,
    labels: u16,
    /// Rows that the names above take: two where that shows more of them.
    heading: u16,
    cell: (u16, u16),
    /// The first class and how many: down, across.
    down: (usize, usize),
    across: (usize, usize),
}

impl<'a> Grid<'a> {
    /// As large as fits; scrolled when even the smallest cells do not.
    fn new(context: &Context, matrix: &'a ConfusionMatrix, cells: Cells, inside: Rect) -> Option<Self> {
        let classes = matrix.classes();
        let run = context.app.run();
        let names: Vec<String> = (0..classes).map(|class| run.class_name(class)).collect();
        let widest = names.iter().map(|name| columns(name)).max().unwrap_or(1);
        let labels = widest.clamp(2, (inside.width / 4).max(2)) + 1;
        let width = inside.width.checked_sub(labels)?;
        let height = inside.height.checked_sub(1)?;
        let many = u16::try_from(classes).unwrap_or(u16::MAX).max(1);
        let wide = (width / many).clamp(2, (widest + 1).clamp(7, 12));
        // Cells look square at about two columns a row.
        let high = (height / many).clamp(1, (wide / 2).clamp(1, 3));
        let has_words = names.iter().any(|name| name.contains(' '));
        let heading = if has_words && (5..=widest).contains(&wide) && many * high < height { 2 } else { 1 };
        let height = height + 1 - heading;
        let seen = |room: u16, size: u16, scroll: usize| {
            let count = usize::from(room / size).min(classes);
            (scroll.min(classes - count), count)
        };
        let centred = |room: u16, size: u16, class: usize| class.saturating_sub(usize::from(room / size) / 2);
        let (row, column) = match cells.looked_at {
            Some((truth, predicted)) => (centred(height, high, truth), centred(width, wide, predicted)),
            None => cells.scroll,
        };
        let (down, across) = (seen(height, high, row), seen(width, wide, column));
        if down.1 == 0 || across.1 == 0 {
            return None;
        }
        let used = (labels + across.1 as u16 * wide, heading + down.1 as u16 * high);
        let x = inside.x + (inside.width - used.0) / 2;
        let y = inside.y + (inside.height - used.1) / 2;
        let area = Rect { x, y, width: used.0, height: used.1 };
        let crowds = |(_, _, count)| columns(&number::shortest(count)) >= wide;
        let shows = match cells.shows {
            Shows::Counts if wide < 5 && matrix.cells().any(crowds) => Shows::OfRow,
            shows => shows,
        };
        let columns = if shows == Shows::OfColumn { matrix.taken() } else { Vec::new() };
        Some(Self { matrix, cells, shows, columns, area, labels, heading, cell: (wide, high), down, across })
    }

    /// What a cell comes to: the part that its colour stands for, and its text from long to short.
    fn content(&self, truth: usize, predicted: usize) -> (f32, Vec<String>) {
        let count = self.matrix.count(truth, predicted);
        let whole = match self.shows {
            Shows::OfColumn => self.columns.get(predicted).copied().unwrap_or(0),
            Shows::Counts | Shows::OfRow => self.matrix.support(truth),
        };
        let part = count as f32 / whole.max(1) as f32;
        let texts = match self.shows {
            Shows::Counts => vec![count.to_string(), number::short(count), number::shortest(count)],
            Shows::OfRow | Shows::OfColumn => {
                // Never 100 for less.
                let percent = if part < 1.0 { (part * 100.0).min(if self.cell.0 >= 6 { 99.9 } else { 99.0 }) } else { 100.0 };
                let rounded = if percent.round() < 1.0 { String::new() } else { format!("{percent:.0}") };
                if self.cell.0 >= 6 { vec![format!("{percent:.1}"), rounded] } else { vec![rounded] }
            }
        };
        (part, texts)
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
        let axes = context.say(Phrase::Axes { truth, predicted });
        let numbers = match self.shows {
            Shows::Counts => return format!(" {axes} "),
            Shows::OfRow => Word::OfRow,
            Shows::OfColumn => Word::OfColumn,
        };
        format!(" {}  {axes} ", context.say(numbers))
    }

    fn draw(&self, context: &Context, pen: &mut Pen) {
        self.draw_names(context, pen);
        let Self { area, labels, heading, cell: (wide, high), .. } = *self;
        for (i, j) in (0..self.down.1).flat_map(|i| (0..self.across.1).map(move |j| (i, j))) {
            let (truth, predicted) = (self.down.0 + i, self.across.0 + j);
            let (x, y) = (area.x + labels + j as u16 * wide, area.y + heading + i as u16 * high);
            let cell = Rect { x, y, width: wide, height: high };
            if self.matrix.count(truth, predicted) == 0 {
                let middle = y + (high - 1) / 2;
                pen.put(x + wide / 2, middle, '·', context.palette.style(Role::Border));
            } else {
                draw_cell(context, cell, self.content(truth, predicted), truth == predicted, pen);
            }
            if self.cells.looked_at == Some((truth, predicted)) {
                self.mark(context, cell, pen);
            }
            if self.cells.pointable {
                pen.hits.add(cell, Target::Cell { truth, predicted });
            }
        }
    }

    /// Marks the cell that is looked at.
    fn mark(&self, context: &Context, cell: Rect, pen: &mut Pen) {
        let style = context.palette.bold(Role::Focus).add_modifier(Modifier::REVERSED);
        for (x, y) in (cell.x..cell.right()).flat_map(|x| (cell.y..cell.bottom()).map(move |y| (x, y))) {
            if let Some(cell) = pen.cell(x, y) {
                cell.set_style(style);
            }
        }
    }

    /// The names of the classes, above and at the left; those of the cell that is looked at stand out.
    fn draw_names(&self, context: &Context, pen: &mut Pen) {
        let (run, palette) = (context.app.run(), &context.palette);
        let muted = palette.style(Role::Muted);
        let Self { area, labels, heading, cell: (wide, high), .. } = *self;
        // Where names would run into each other, every other one is left out.
        let widest = (0..self.across.1).map(|i| columns(&run.class_name(self.across.0 + i))).max().unwrap_or(0);
        let every = if widest >= wide && heading == 1 { 2 } else { 1 };
        for i in (0..self.across.1).step_by(every) {
            let name = run.class_name(self.across.0 + i);
            let is_looked_at = self.cells.looked_at.is_some_and(|(_, predicted)| predicted == self.across.0 + i);
            let style = if is_looked_at { palette.bold(Role::Focus) } else { muted };
            let room = (wide * every as u16).saturating_sub(1);
            let words = name.split_once(' ').filter(|_| heading == 2);
            let (above, below) = words.unwrap_or(("", &name));
            for (y, line) in [(area.y, above), (area.y + heading - 1, below)] {
                let line = clip(line, room);
                let x = area.x + labels + i as u16 * wide + wide.saturating_sub(columns(line)) / 2;
                pen.text(x, y, area.right().saturating_sub(x), line, style);
            }
        }
        for i in 0..self.down.1 {
            let truth = self.down.0 + i;
            let y = area.y + heading + i as u16 * high;
            let name = run.class_name(truth);
            let is_looked_at = self.cells.looked_at.is_some_and(|(looked_at, _)| looked_at == truth);
            let style = if is_looked_at { palette.bold(Role::Focus) } else { muted };
            pen.text_right(area.x + labels - 1, y + (high - 1) / 2, labels - 1, clip(&name, labels - 1), style);
        }
    }
}

/// One cell: its colour says which part of its row it is, its text how many.
fn draw_cell(context: &Context, cell: Rect, (part, texts): (f32, Vec<String>), right: bool, pen: &mut Pen) {
    let palette = &context.palette;
    let middle = cell.y + (cell.height - 1) / 2;
    // Mistakes are rare: on this scale one in a thousand is seen, and one in ten stands out.
    let (ramp, heat) = if right { (Ramp::HeatRight, part) } else { (Ramp::HeatWrong, (1.0 + 1000.0 * part).ln() / 1001f32.ln()) };
    if let Some(color) = palette.ramp(ramp, (heat * LEVELS).round() / LEVELS) {
        // A number that fills its cell runs into the next one.
        let text = texts.iter().find(|text| columns(text) < cell.width).or(texts.last()).map_or("", String::as_str);
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
