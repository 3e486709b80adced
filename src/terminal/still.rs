//! An image among the lines that a command prints.

use std::io::{IsTerminal, stdout};

use ratatui::buffer::Buffer;

use super::capabilities::{charset, color_depth, environment};
use super::columns;
use super::screen::{Pen, change};
use crate::config::{ColorMode, UiConfig};
use crate::ui::{Charset, ColorDepth, Theme, marked, still};

/// An image `[height, width, channels]` in lines of cells, with colours where standard output is a terminal that has some.
pub fn picture(config: &UiConfig, pixels: &[u8], shape: [usize; 3]) -> String {
    lines(config, |columns, theme, look| still(pixels, shape, columns, theme, look))
}

/// The same with a numbered frame around each of these parts: left, top, width and height in pixels.
pub fn marked_picture(config: &UiConfig, pixels: &[u8], shape: [usize; 3], marks: &[[i64; 4]]) -> String {
    lines(config, |columns, theme, look| marked(pixels, shape, marks, columns, theme, look))
}

/// What is drawn in so many columns, as lines.
fn lines(config: &UiConfig, draw: impl FnOnce(u16, &Theme, (ColorDepth, Charset)) -> Buffer) -> String {
    let depth = match stdout().is_terminal() || config.color != ColorMode::Auto {
        true => color_depth(config, &environment),
        false => ColorDepth::None,
    };
    let theme = Theme::builtin().into_iter().find(|theme| theme.name() == config.theme).unwrap_or_else(Theme::plain);
    let columns = columns().map_or(u16::MAX, |columns| columns.min(u16::MAX.into()) as u16);
    let cells = draw(columns, &theme, (depth, charset(config, &environment)));
    let mut text = String::new();
    for row in cells.content.chunks(usize::from(cells.area.width.max(1))) {
        let mut pen = Pen::default();
        for cell in row {
            let wanted = Pen { foreground: cell.fg, background: cell.bg, modifiers: cell.modifier };
            change(&mut text, pen, wanted);
            pen = wanted;
            text.push_str(cell.symbol());
        }
        if pen != Pen::default() {
            text.push_str("\x1b[m");
        }
        text.truncate(text.trim_end_matches(' ').len());
        text.push('\n');
    }
    text
}
