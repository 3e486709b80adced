//! An image alone in cells, for commands that print it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::palette::Palette;
use super::pen::Pen;
use super::widgets::Picture;
use super::{Charset, ColorDepth, Theme};

/// An image is drawn no wider, in cells.
const MOST_COLUMNS: u16 = 64;

/// An image `[height, width, channels]` in at most so many columns, two of its pixels in a cell where there are colours.
pub fn still(pixels: &[u8], shape: [usize; 3], columns: u16, theme: &Theme, (depth, charset): (ColorDepth, Charset)) -> Buffer {
    let [height, width, _] = shape.map(|side| side.max(1));
    let across = width.min(columns.clamp(1, MOST_COLUMNS).into());
    let rows = (height * across).div_ceil(width * 2).clamp(1, usize::from(MOST_COLUMNS));
    let area = Rect::new(0, 0, across as u16, rows as u16);
    let mut buffer = Buffer::empty(area);
    let palette = Palette::new(theme, depth);
    Picture { pixels, shape }.draw(area, &palette, charset == Charset::Ascii, &mut Pen::new(&mut buffer));
    buffer
}
