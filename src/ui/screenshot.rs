//! The dashboard as it looks on a terminal, for pictures of it.

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};

use super::{Charset, ColorDepth, Look, Marker, Theme, color, paint};
use crate::app::{App, AppOptions, Panel};
use crate::run::RunState;
use crate::text::columns;

/// The size of the terminal that the picture of a run is taken of.
const COLUMNS: u16 = 120;
const ROWS: u16 = 40;

/// The cells of a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Screenshot {
    /// How many cells a row has.
    pub columns: usize,
    /// Row by row.
    pub cells: Vec<ShotCell>,
    /// Red, green and blue of what everything stands on.
    pub ground: [u8; 3],
}

/// A cell of a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShotCell {
    /// What stands in it; empty or blank where nothing does.
    pub symbol: String,
    /// Red, green and blue of that.
    pub ink: [u8; 3],
    /// Red, green and blue behind it.
    pub ground: [u8; 3],
    /// Whether it is bold.
    pub bold: bool,
}

impl Screenshot {
    /// The overview of a run, in the default theme.
    pub fn of(run: &RunState) -> Self {
        let options = AppOptions { log_scale: true, focus: Panel::Loss, ..AppOptions::default() };
        let themes = Theme::builtin();
        let look = Look { themes, depth: ColorDepth::TrueColor, charset: Charset::Unicode, marker: Marker::Braille };
        Self::of_app(&App::of(run.clone(), options), &look, (COLUMNS, ROWS))
    }

    /// The dashboard as it is, on a terminal of so many columns and rows.
    pub fn of_app(app: &App, look: &Look, (columns, rows): (u16, u16)) -> Self {
        let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
        paint(app, look, None, &mut buffer);
        let theme = look.themes.get(app.shared().view.theme).or(look.themes.first());
        let ground = theme.and_then(|theme| color::parts(theme.background())).unwrap_or_default();
        Self { columns: columns.into(), cells: buffer.content.iter().map(|cell| shot(cell, ground)).collect(), ground }
    }

    /// The characters alone, a line a row, without blanks at its end.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for row in self.cells.chunks(self.columns.max(1)) {
            let mut covered = 0;
            let mut line = String::new();
            for (place, cell) in row.iter().enumerate().map(|(place, cell)| (place as u16, cell)) {
                // What a wide character covers is a part of it.
                if place < covered {
                    continue;
                }
                covered = place + columns(&cell.symbol);
                line.push_str(if cell.symbol.is_empty() { " " } else { &cell.symbol });
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

fn shot(cell: &Cell, paper: [u8; 3]) -> ShotCell {
    let parts = |color: Color, own: [u8; 3]| color::parts(color).unwrap_or(own);
    let (mut ink, mut ground) = (parts(cell.fg, paper.map(|value| !value)), parts(cell.bg, paper));
    if cell.modifier.contains(Modifier::REVERSED) {
        std::mem::swap(&mut ink, &mut ground);
    }
    if cell.modifier.contains(Modifier::DIM) {
        ink = [0, 1, 2].map(|part| ink[part].midpoint(ground[part]));
    }
    ShotCell { symbol: cell.symbol().to_owned(), ink, ground, bold: cell.modifier.contains(Modifier::BOLD) }
}
