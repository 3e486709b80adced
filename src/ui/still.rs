//! An image alone in cells, for commands that print it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::palette::Palette;
use super::pen::Pen;
use super::widgets::Picture;
use super::{Charset, ColorDepth, Role, Theme};

/// An image is drawn no wider, in cells.
const MOST_COLUMNS: u16 = 64;
/// Nor is one in which something is marked.
const MOST_MARKED: u16 = 160;
/// Corners, lines across and lines down of a mark.
const FRAMES: [[char; 6]; 2] = [['┌', '┐', '└', '┘', '─', '│'], ['+', '+', '+', '+', '-', '|']];

/// An image `[height, width, channels]` in at most so many columns, two of its pixels in a cell where there are colours.
pub fn still(pixels: &[u8], shape: [usize; 3], columns: u16, theme: &Theme, look: (ColorDepth, Charset)) -> Buffer {
    drawn(pixels, shape, [columns.min(MOST_COLUMNS), MOST_COLUMNS], theme, look)
}

/// The same, larger, with a numbered frame around each of these parts: left, top, width and height in pixels.
pub fn marked(
    pixels: &[u8],
    shape: [usize; 3],
    marks: &[[i64; 4]],
    columns: u16,
    theme: &Theme,
    (depth, charset): (ColorDepth, Charset),
) -> Buffer {
    let mut buffer = drawn(pixels, shape, [columns.min(MOST_MARKED), MOST_MARKED], theme, (depth, charset));
    let area = buffer.area;
    let palette = Palette::new(theme, depth);
    let [corner, right_corner, low, low_right, across, down] = FRAMES[usize::from(charset == Charset::Ascii)];
    let mut pen = Pen::new(&mut buffer);
    let cell = |at: i64, of: usize, cells: u16| {
        let cells = i64::from(cells);
        (at.clamp(0, of as i64) * cells / of.max(1) as i64).clamp(0, cells - 1) as u16
    };
    // The picture stays behind the frame; a pipe gets characters alone.
    let (style, badge) = match depth {
        ColorDepth::None => (Style::new(), Style::new()),
        _ => (Style { bg: None, ..palette.bold(Role::Accent) }, palette.badge()),
    };
    for (number, [left, top, width, height]) in (1..).zip(marks) {
        let (x, right) = (cell(*left, shape[1], area.width), cell(left.saturating_add(width - 1), shape[1], area.width));
        let (y, bottom) = (cell(*top, shape[0], area.height), cell(top.saturating_add(height - 1), shape[0], area.height));
        (x..=right).for_each(|x| [y, bottom].iter().for_each(|y| pen.put(x, *y, across, style)));
        (y..=bottom).for_each(|y| [x, right].iter().for_each(|x| pen.put(*x, y, down, style)));
        for (x, y, corner) in [(x, y, corner), (right, y, right_corner), (x, bottom, low), (right, bottom, low_right)] {
            pen.put(x, y, corner, style);
        }
        pen.text(x, y, area.width.saturating_sub(x), &number.to_string(), badge);
    }
    buffer
}

/// An image in at most so many columns and rows.
fn drawn(
    pixels: &[u8],
    shape: [usize; 3],
    [columns, most]: [u16; 2],
    theme: &Theme,
    (depth, charset): (ColorDepth, Charset),
) -> Buffer {
    let [height, width, _] = shape.map(|side| side.max(1));
    let across = width.min(columns.max(1).into());
    let rows = (height * across).div_ceil(width * 2).clamp(1, usize::from(most));
    let area = Rect::new(0, 0, across as u16, rows as u16);
    let mut buffer = Buffer::empty(area);
    let palette = Palette::new(theme, depth);
    Picture { pixels, shape }.draw(area, &palette, charset == Charset::Ascii, &mut Pen::new(&mut buffer));
    buffer
}
