//! A chart of series: single batches as a haze, curves, judgements, and what a person changed.

use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use super::super::Marker;
use super::super::pen::{Pen, columns};
use super::axis::{Across, Axis};
use crate::run::Series;

/// Braille dots by column and row of a cell.
const BRAILLE: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];
/// Quarters of a cell: left above 1, right above 2, left below 4, right below 8.
const QUARTERS: [char; 16] = [' ', '▘', '▝', '▀', '▖', '▌', '▞', '▛', '▗', '▚', '▐', '▜', '▄', '▙', '▟', '█'];

/// A chart.
pub struct Plot<'a> {
    /// From the back to the front.
    pub curves: &'a [Curve<'a>],
    /// Single measurements.
    pub points: &'a [PlotPoint],
    /// Where a person changed something, in order.
    pub marks: &'a [f64],
    /// A place on the horizontal axis that a person looks at.
    pub cursor: Option<f64>,
    /// The horizontal axis.
    pub across: Across,
    /// The vertical axis.
    pub axis: Axis,
    /// What it is drawn with.
    pub marker: Marker,
    /// Points are drawn at their true height where half a cell can be; otherwise their symbols tell them apart.
    pub halves: bool,
}

/// A series on a chart.
#[derive(Clone, Copy)]
pub struct Curve<'a> {
    /// The value of each step.
    pub series: &'a Series,
    /// Which step, and which part of one, was made at a place of the horizontal axis; without, it counts steps.
    pub step_at: Option<&'a dyn Fn(f64) -> f64>,
    /// From after this step on.
    pub from: u64,
    /// In this style.
    pub style: Style,
    /// How it is drawn.
    pub stroke: Stroke,
    /// How much of the past each step weighs against it, 0 to 1: a smoothed curve. Without, the values are shown as they are.
    pub memory: Option<f64>,
    /// What stands at its end, and tells it apart where there are no colours. Curves with letters share the cells in which
    /// they meet, so that none hides another.
    pub letter: Option<char>,
}

/// How a curve is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stroke {
    /// The least and the greatest value of each column, and every other dot between.
    Haze,
    /// The mean of each column.
    Thin,
    /// The same, and it stands out.
    Thick,
}

/// An exponential moving average over steps, without the pull of its start, in which steps of one column count as equal.
struct Smooth {
    memory: f64,
    value: f64,
    weight: f64,
}

impl Smooth {
    /// So many times the length of its memory is looked back.
    const REACH: f64 = 6.0;

    /// As it is before a step of the series.
    fn before(series: &Series, step: f64, memory: f64) -> Self {
        let mut smooth = Self { memory, value: 0.0, weight: 0.0 };
        let length = 1.0 / (1.0 - memory).max(1e-6);
        let start = (step - Self::REACH * length).max(0.0);
        let stride = ((step - start) / 64.0).max(1.0);
        let mut at = start;
        while at + stride <= step {
            smooth.over(series, at, at + stride);
            at += stride;
        }
        smooth
    }

    /// After the steps from one place to another; what it is then.
    fn over(&mut self, series: &Series, from: f64, to: f64) -> Option<f32> {
        let value = if to - from < 1.0 {
            between(series, (from + to) / 2.0 - 0.5)?
        } else {
            series.stat(from as usize, (to as usize).max(from as usize + 1))?.mean()
        };
        if value.is_finite() {
            let kept = self.memory.powf(to - from);
            self.value = kept * self.value + (1.0 - kept) * f64::from(value);
            self.weight = kept * self.weight + (1.0 - kept);
        }
        (self.weight > 0.0).then(|| (self.value / self.weight) as f32)
    }
}

/// A single measurement.
#[derive(Clone, Copy, Debug)]
pub struct PlotPoint {
    /// Where it stands on the horizontal axis.
    pub x: f64,
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
    /// The axes.
    pub axis: Style,
    /// What stands at the axes.
    pub label: Style,
    /// The line of a change.
    pub mark: Style,
    /// The number of a change.
    pub badge: Style,
    /// The line where a person looks.
    pub cursor: Style,
}

/// The dots of a curve, `across` × `down` to a cell.
struct Raster {
    cells: Vec<u8>,
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
        let cells = vec![0; width * usize::from(area.height)];
        Self { cells, width, across, down, rows: usize::from(area.height) * down }
    }

    /// The row of dots, from above, for a height from 0 to 1.
    fn row(&self, height: f64) -> usize {
        ((1.0 - height) * (self.rows - 1) as f64).round() as usize
    }

    /// Sets the dots of a column from one row to another; as a haze only every other one of those between.
    fn fill(&mut self, column: usize, (from, to): (usize, usize), haze: bool) {
        for row in from..=to {
            if haze && row != from && row != to && (row + column) % 2 == 1 {
                continue;
            }
            let (dx, dy) = (column % self.across, row % self.down);
            let bit = if self.down == 4 { BRAILLE[dx][dy] } else { 1 << (dy * self.across + dx) };
            if let Some(cell) = self.cells.get_mut(row / self.down * self.width + column / self.across) {
                *cell |= bit;
            }
        }
    }
}

/// What of a curve lies above the chart: cells of the highest row, and the greatest value with its column.
#[derive(Default)]
struct Above {
    columns: Vec<u16>,
    greatest: Option<(f32, u16)>,
}

impl Plot<'_> {
    /// Draws the chart with its axes, with `gutter` columns for the labels of the vertical one; gives the area between them.
    pub fn draw(&self, area: Rect, gutter: u16, styles: &PlotStyles, pen: &mut Pen) -> Rect {
        let gutter = gutter.max(self.axis.label_columns()) + 1;
        let below = u16::from(area.height >= 4);
        if area.width < gutter + 4 || area.height == 0 {
            return Rect { width: 0, height: 0, ..area };
        }
        let plot = Rect { x: area.x + gutter, y: area.y, width: area.width - gutter, height: area.height - below };
        self.draw_axes(area, plot, styles, pen);
        let groups = self.groups(plot);
        for (x, _) in &groups {
            (plot.y..plot.bottom()).for_each(|y| pen.put(*x, y, '┊', styles.mark));
        }
        if let Some(cursor) = self.cursor.filter(|cursor| self.across.contains(*cursor)) {
            let x = self.column(plot, cursor);
            (plot.y..plot.bottom()).for_each(|y| pen.put(x, y, '│', styles.cursor));
        }
        self.draw_curves(plot, pen);
        for point in self.points.iter().filter(|point| self.across.contains(point.x)) {
            if let Some(height) = self.axis.height(point.value) {
                self.draw_point(plot, point, height, pen);
            }
        }
        for (x, badge) in groups {
            pen.text(x, plot.y, plot.right() - x, &badge, styles.badge);
        }
        plot
    }

    /// Columns and badges of marks: the number of one, or how many touch each other.
    fn groups(&self, plot: Rect) -> Vec<(u16, String)> {
        let mut groups: Vec<(u16, usize, usize)> = Vec::new();
        let badge =
            |first: usize, last: usize| if first == last { (first + 1).to_string() } else { format!("×{}", last + 1 - first) };
        for (i, mark) in self.marks.iter().enumerate().filter(|(_, mark)| self.across.contains(**mark)) {
            let x = self.column(plot, *mark);
            match groups.last_mut() {
                Some((from, first, last)) if x <= *from + columns(&badge(*first, *last)) => *last = i,
                _ => groups.push((x, i, i)),
            }
        }
        let placed = groups.into_iter().map(|(x, first, last)| {
            let badge = badge(first, last);
            (x.min(plot.right().saturating_sub(columns(&badge))), badge)
        });
        placed.collect()
    }

    /// A point as a block of half a cell, or as its symbol.
    fn draw_point(&self, plot: Rect, point: &PlotPoint, height: f64, pen: &mut Pen) {
        let x = self.column(plot, point.x);
        let halves = (1.0 - height) * f64::from(2 * plot.height - 1);
        match self.marker {
            Marker::Braille | Marker::Block if self.halves => {
                let half = halves.round() as u16;
                pen.put(x, plot.y + half / 2, if half.is_multiple_of(2) { '▀' } else { '▄' }, point.style);
            }
            _ => pen.put(x, row_of(plot, height), point.symbol, point.style),
        }
    }

    fn draw_curves(&self, plot: Rect, pen: &mut Pen) {
        let mut above = Vec::new();
        let rasters: Vec<Raster> = self
            .curves
            .iter()
            .map(|curve| {
                let mut raster = Raster::new(plot, self.marker);
                above.push((self.trace(plot, &mut raster, curve), curve.style));
                raster
            })
            .collect();
        for i in 0..usize::from(plot.width) * usize::from(plot.height) {
            let (column, row) = (i % usize::from(plot.width), i / usize::from(plot.width));
            let there = || self.curves.iter().zip(&rasters).filter(|(_, raster)| raster.cells[i] != 0);
            let equals = there().filter(|(curve, _)| curve.letter.is_some()).count();
            // Those that meet here take turns from column to column, and their dots stand together.
            let shown = if equals > 0 {
                there().filter(|(curve, _)| curve.letter.is_some()).nth(column % equals)
            } else {
                there().next_back()
            };
            let Some((curve, raster)) = shown else { continue };
            let bits =
                if equals > 1 { there().map(|(_, raster)| raster.cells[i]).fold(0, |a, b| a | b) } else { raster.cells[i] };
            pen.put(plot.x + column as u16, plot.y + row as u16, self.symbol(bits, curve), curve.style);
        }
        for (above, style) in above {
            above.columns.iter().for_each(|x| pen.put(*x, plot.y, '▲', style));
            if let Some((value, x)) = above.greatest {
                let text = super::super::number::figure(value.into());
                let x = (x + 1).min(plot.right().saturating_sub(columns(&text)));
                pen.text(x, plot.y, columns(&text), &text, style);
            }
        }
        for curve in self.curves {
            let place = self.end_of(curve);
            if let (Some(letter), Some((at, height))) = (curve.letter, place) {
                let style = curve.style.add_modifier(Modifier::BOLD);
                pen.put(self.column(plot, at), row_of(plot, height), letter, style);
            }
        }
    }

    /// Where a curve ends, as far as it is shown: on the horizontal axis, and how high.
    fn end_of(&self, curve: &Curve) -> Option<(f64, f64)> {
        let steps = curve.series.len() as f64;
        let (mut low, mut high) = (self.across.from, self.across.reach);
        if step_at(curve, high) > steps {
            for _ in 0..40 {
                let middle = (low + high) / 2.0;
                if step_at(curve, middle) >= steps { high = middle } else { low = middle }
            }
        }
        Some((high, self.axis.height(curve.series.last()?.into())?))
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
        for (column, label) in self.across.ticks(plot.width) {
            let wide = columns(&label);
            let x = (plot.x + column).saturating_sub(wide / 2).clamp(area.x, plot.right().saturating_sub(wide));
            if x >= free && x + wide <= plot.right() {
                pen.text(x, plot.bottom(), wide, &label, styles.label);
                free = x + wide + 1;
            }
        }
    }

    /// The column of a place on the horizontal axis, never outside.
    fn column(&self, plot: Rect, x: f64) -> u16 {
        plot.x + ((self.across.part(x) * f64::from(plot.width)) as u16).min(plot.width - 1)
    }

    /// Traces a series, each column of dots joined to the column before. Values above the axis are marked at its edge.
    fn trace(&self, plot: Rect, raster: &mut Raster, curve: &Curve) -> Above {
        let (series, haze) = (curve.series, curve.stroke == Stroke::Haze);
        let dots = raster.width * raster.across;
        let mut above = Above::default();
        let mut before: Option<usize> = None;
        let mut smooth = curve.memory.map(|memory| Smooth::before(series, step_at(curve, self.across.from), memory));
        for column in 0..dots {
            let place = |column: usize| step_at(curve, self.across.at(column as f64 / dots as f64)).max(0.0);
            let (start, end) = (place(column), place(column + 1));
            if start >= series.len() as f64 {
                break;
            }
            if start < curve.from as f64 {
                continue;
            }
            let few = end - start < 1.0;
            let stretch = if let Some(smooth) = &mut smooth {
                smooth.over(series, start, end).map(|value| (value, value))
            } else if few {
                // Fewer steps than dots: a straight line from each to the next.
                between(series, (start + end) / 2.0 - 0.5).map(|value| (value, value))
            } else {
                let from = start as usize;
                let stat = series.stat(from, (end as usize).max(from + 1));
                stat.map(|stat| if haze { (stat.min, stat.max) } else { (stat.mean(), stat.mean()) })
            };
            let stretch = stretch.filter(|(low, high)| {
                if self.axis.is_below((*high).into()) {
                    let x = plot.x + (column / raster.across) as u16;
                    above.columns.push(x);
                    if above.greatest.is_none_or(|(value, _)| *high > value) {
                        above.greatest = Some((*high, x));
                    }
                }
                !self.axis.is_below((*low).into())
            });
            let heights = stretch.and_then(|(low, high)| Some((self.axis.height(low.into())?, self.axis.height(high.into())?)));
            let Some((low, high)) = heights else {
                before = None;
                continue;
            };
            let (mut bottom, mut top) = (raster.row(low), raster.row(high));
            let next = if !haze || few { Some(top) } else { None };
            if let Some(before) = before {
                // Reaches towards the column before, to just beside it.
                bottom = bottom.max(before.saturating_sub(1));
                top = top.min(before + 1);
            }
            // A thick curve is two dots thick where dots are small, so that it stands out from single batches.
            let thick = usize::from(curve.stroke == Stroke::Thick && raster.down == 4 && bottom + 1 < raster.rows);
            raster.fill(column, (top, bottom + thick), haze);
            before = next;
        }
        above
    }

    fn symbol(&self, bits: u8, curve: &Curve) -> char {
        match (self.marker, curve.stroke) {
            (Marker::Braille, _) => char::from_u32(0x2800 + u32::from(bits)).unwrap_or(' '),
            (Marker::Block, _) => QUARTERS[usize::from(bits) % QUARTERS.len()],
            (Marker::Dot | Marker::Ascii, _) if curve.letter.is_some() => curve.letter.unwrap_or(' '),
            (Marker::Dot, Stroke::Thick) => '•',
            (Marker::Dot, _) => '·',
            (Marker::Ascii, Stroke::Thick) => '*',
            (Marker::Ascii, _) => '.',
        }
    }
}

fn step_at(curve: &Curve, x: f64) -> f64 {
    curve.step_at.map_or(x, |step_at| step_at(x))
}

fn row_of(plot: Rect, height: f64) -> u16 {
    plot.y + ((1.0 - height) * f64::from(plot.height - 1)).round() as u16
}

/// The value of a series at a fraction of a step.
fn between(series: &Series, at: f64) -> Option<f32> {
    let at = at.clamp(0.0, series.len().checked_sub(1)? as f64);
    let (a, b) = (series.about(at as usize)?, series.about(at.ceil() as usize)?);
    Some(a + (b - a) * at.fract() as f32)
}
