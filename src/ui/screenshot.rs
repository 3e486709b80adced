//! The dashboard as it looks on a terminal, for pictures of it.

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};

use super::{Charset, ColorDepth, Look, Marker, Theme, color, paint};
use crate::app::{App, AppOptions, Panel};
use crate::run::RunState;

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
        let mut buffer = Buffer::empty(Rect::new(0, 0, COLUMNS, ROWS));
        paint(&App::of(run.clone(), options), &look, &mut buffer);
        let ground = look.themes.first().and_then(|theme| color::parts(theme.background())).unwrap_or_default();
        Self { columns: COLUMNS.into(), cells: buffer.content.iter().map(|cell| shot(cell, ground)).collect(), ground }
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
