//! A chart of one value a step: every batch faint, the smoothed curve, judgements, and what a person changed.

use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use super::super::Marker;
use super::super::pen::{Pen, columns};
use super::axis::{Axis, step_ticks};
use crate::run::{Intervention, Series};

/// Braille dots by column and row of a cell.
const BRAILLE: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];
/// Quarters of a cell: left above 1, right above 2, left below 4, right below 8.
const QUARTERS: [char; 16] = [' ', '▘', '▝', '▀', '▖', '▌', '▞', '▛', '▗', '▚', '▐', '▜', '▄', '▙', '▟', '█'];

/// A chart.
pub struct Plot<'a> {
    /// The value of each step.
    pub each: &'a Series,
    /// The same, smoothed.
    pub smooth: &'a Series,
    /// Curves of other runs, behind.
    pub others: &'a [OtherCurve<'a>],
    /// Single measurements.
    pub points: &'a [PlotPoint],
    /// What a person changed, and when.
    pub marks: &'a [Intervention],
    /// The steps from the left end to the right end.
    pub steps: u64,
    /// The vertical axis.
    pub axis: Axis,
    /// What it is drawn with.
    pub marker: Marker,
}

/// The curve of another run.
#[derive(Clone, Copy)]
pub struct OtherCurve<'a> {
    /// The value of each step.
    pub series: &'a Series,
    /// From after this step on.
    pub from: u64,
    /// In this style.
    pub style: Style,
    /// It stands out.
    pub thick: bool,
    /// What stands at its end, and tells it apart where there are no colours.
    pub letter: Option<char>,
}

/// A single measurement.
#[derive(Clone, Copy, Debug)]
pub struct PlotPoint {
    /// After this step.
    pub step: u64,
    /// What was measured.
    pub value: f64,
    /// How it is shown.
    pub symbol: char,
    /// In this style.
    pub style: Style,
}

/// The styles of a chart.
#[derive(Clone, Copy, Debug)]
pub struct PlotStyles {
    /// Single batches.
    pub each: Style,
    /// The smoothed curve.
    pub smooth: Style,
    /// The axes.
    pub axis: Style,
    /// What stands at the axes.
    pub label: Style,
    /// The line of a change.
    pub mark: Style,
    /// The number of a change.
    pub badge: Style,
}

/// Dots of one cell, for both curves.
#[derive(Clone, Copy, Default)]
struct Dots {
    each: u8,
    smooth: u8,
}

/// The dots of a chart, `across` × `down` to a cell.
struct Raster {
    cells: Vec<Dots>,
    width: usize,
    across: usize,
    down: usize,
    rows: usize,
}

impl Raster {
    fn new(area: Rect, marker: Marker) -> Self {
        let (across, down) = match marker {
            Marker::Braille => (2, 4),
            Marker::Block => (2, 2),
            Marker::Dot | Marker::Ascii => (1, 1),
        };
        let width = usize::from(area.width);
        let cells = vec![Dots::default(); width * usize::from(area.height)];
        Self { cells, width, across, down, rows: usize::from(area.height) * down }
    }

    /// The row of dots, from above, for a height from 0 to 1.
    fn row(&self, height: f64) -> usize {
        ((1.0 - height) * (self.rows - 1) as f64).round() as usize
    }

    /// Sets the dots of a column from one row to another.
    fn fill(&mut self, column: usize, from: usize, to: usize, smooth: bool) {
        for row in from.min(to)..=from.max(to) {
            let (dx, dy) = (column % self.across, row % self.down);
            let bit = if self.down == 4 { BRAILLE[dx][dy] } else { 1 << (dy * self.across + dx) };
            if let Some(cell) = self.cells.get_mut(row / self.down * self.width + column / self.across) {
                *(if smooth { &mut cell.smooth } else { &mut cell.each }) |= bit;
            }
        }
    }
}

impl Plot<'_> {
    /// Draws the chart with its axes.
    pub fn draw(&self, area: Rect, styles: &PlotStyles, pen: &mut Pen) {
        let gutter = self.axis.ticks.iter().map(|(_, label)| columns(label)).max().unwrap_or(0) + 1;
        let below = u16::from(area.height >= 4);
        if area.width < gutter + 4 || area.height == 0 {
            return;
        }
        let plot = Rect { x: area.x + gutter, y: area.y, width: area.width - gutter, height: area.height - below };
        self.draw_axes(area, plot, styles, pen);

        self.draw_others(plot, pen);
        let mut raster = Raster::new(plot, self.marker);
        self.trace(&mut raster, self.each, 0, false, false);
        self.trace(&mut raster, self.smooth, 0, true, true);
        for mark in self.marks {
            let x = self.column(plot, mark.step);
            (plot.y..plot.bottom()).for_each(|y| pen.put(x, y, '┊', styles.mark));
        }
        for (i, dots) in raster.cells.iter().enumerate() {
            let (bits, style) = if dots.smooth != 0 { (dots.smooth, styles.smooth) } else { (dots.each, styles.each) };
            if bits != 0 {
                let (x, y) = (plot.x + (i % raster.width) as u16, plot.y + (i / raster.width) as u16);
                pen.put(x, y, self.symbol(bits, dots.smooth != 0), style);
            }
        }
        for point in self.points.iter().filter(|point| point.step <= self.steps) {
            if let Some(height) = self.axis.height(point.value) {
                pen.put(self.column(plot, point.step), row_of(plot, height), point.symbol, point.style);
            }
        }
        for (i, mark) in self.marks.iter().enumerate() {
            // Where several stand in one column, the newest number is seen.
            let number = (i + 1).to_string();
            let x = self.column(plot, mark.step).min(plot.right().saturating_sub(columns(&number)));
            pen.text(x, plot.y, plot.right() - x, &number, styles.badge);
        }
    }

    fn draw_others(&self, plot: Rect, pen: &mut Pen) {
        for curve in self.others {
            let mut raster = Raster::new(plot, self.marker);
            self.trace(&mut raster, curve.series, curve.from, true, curve.thick);
            for (i, dots) in raster.cells.iter().enumerate().filter(|(_, dots)| dots.smooth != 0) {
                let (x, y) = (plot.x + (i % raster.width) as u16, plot.y + (i / raster.width) as u16);
                let symbol = match (self.marker, curve.letter) {
                    (Marker::Dot | Marker::Ascii, Some(letter)) => letter,
                    _ => self.symbol(dots.smooth, curve.letter.is_some()),
                };
                pen.put(x, y, symbol, curve.style);
            }
        }
        for curve in self.others {
            let height = curve.series.last().and_then(|value| self.axis.height(value.into()));
            if let (Some(letter), Some(height)) = (curve.letter, height) {
                let step = (curve.series.len() as u64).min(self.steps);
                pen.put(self.column(plot, step), row_of(plot, height), letter, curve.style.add_modifier(Modifier::BOLD));
            }
        }
    }

    fn draw_axes(&self, area: Rect, plot: Rect, styles: &PlotStyles, pen: &mut Pen) {
        for y in plot.y..plot.bottom() {
            pen.put(plot.x - 1, y, '│', styles.axis);
        }
        for (height, label) in &self.axis.ticks {
            let y = row_of(plot, *height);
            pen.text_right(plot.x - 1, y, plot.x - 1 - area.x, label, styles.label);
            pen.put(plot.x - 1, y, '┤', styles.axis);
        }
        if area.height == plot.height {
            return;
        }
        let mut free = area.x;
        for (column, label) in step_ticks(self.steps, plot.width) {
            let wide = columns(&label);
            let x = (plot.x + column).saturating_sub(wide / 2).clamp(area.x, plot.right().saturating_sub(wide));
            if x >= free && x + wide <= plot.right() {
                pen.text(x, plot.bottom(), wide, &label, styles.label);
                free = x + wide + 1;
            }
        }
        if free + 5 <= plot.right() {
            pen.text_right(plot.right(), plot.bottom(), 5, "steps", styles.axis);
        }
    }

    /// The column of a step, never outside.
    fn column(&self, plot: Rect, step: u64) -> u16 {
        let part = (step.saturating_sub(1) as f64 + 0.5) / self.steps as f64;
        plot.x + ((part * f64::from(plot.width)) as u16).min(plot.width - 1)
    }

    /// Traces a series: each column of dots from its least to its greatest value, joined to the column before.
    fn trace(&self, raster: &mut Raster, series: &Series, after: u64, smooth: bool, thick: bool) {
        let dots = raster.width * raster.across;
        let per_column = self.steps as f64 / dots as f64;
        let mut before: Option<usize> = None;
        for column in 0..dots {
            let start = column as f64 * per_column;
            if start >= series.len() as f64 {
                break;
            }
            if start < after as f64 {
                continue;
            }
            let stretch = if per_column < 1.0 {
                // Fewer steps than dots: a straight line from each to the next.
                between(series, start + per_column / 2.0 - 0.5).map(|value| (value, value))
            } else {
                let from = start as usize;
                let to = ((start + per_column) as usize).max(from + 1);
                series.stat(from, to).map(|stat| if smooth { (stat.mean(), stat.mean()) } else { (stat.min, stat.max) })
            };
            let heights = stretch.and_then(|(low, high)| Some((self.axis.height(low.into())?, self.axis.height(high.into())?)));
            let Some((low, high)) = heights else {
                before = None;
                continue;
            };
            let (mut bottom, mut top) = (raster.row(low), raster.row(high));
            let next = if smooth || per_column < 1.0 { Some(top) } else { None };
            if let Some(before) = before {
                // Reaches towards the column before, to just beside it.
                bottom = bottom.max(before.saturating_sub(1));
                top = top.min(before + 1);
            }
            // The smoothed curve is two dots thick where dots are small, so that it stands out from single batches.
            let thick = usize::from(thick && raster.down == 4 && bottom + 1 < raster.rows);
            raster.fill(column, top, bottom + thick, smooth);
            before = next;
        }
    }

    fn symbol(&self, bits: u8, smooth: bool) -> char {
        match (self.marker, smooth) {
            (Marker::Braille, _) => char::from_u32(0x2800 + u32::from(bits)).unwrap_or(' '),
            (Marker::Block, _) => QUARTERS[usize::from(bits) % QUARTERS.len()],
            (Marker::Dot, true) => '•',
            (Marker::Dot, false) => '·',
            (Marker::Ascii, true) => '*',
            (Marker::Ascii, false) => '.',
        }
    }
}

fn row_of(plot: Rect, height: f64) -> u16 {
    plot.y + ((1.0 - height) * f64::from(plot.height - 1)).round() as u16
}

/// The value of a series at a fraction of a step.
fn between(series: &Series, at: f64) -> Option<f32> {
    let at = at.clamp(0.0, series.len().checked_sub(1)? as f64);
    let (a, b) = (series.get(at as usize)?, series.get(at.ceil() as usize)?);
    Some(a + (b - a) * at.fract() as f32)
}
