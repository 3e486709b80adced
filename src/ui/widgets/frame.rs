//! Boxes: the panels of the dashboard and the dialogs over them.

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::super::pen::{Pen, Piece, width};

/// Draws a border with a title and notes at its right end; gives the area inside. Where notes do not fit, each keeps
/// only its first piece; where that is still too much, the last ones go.
pub fn panel(pen: &mut Pen, area: Rect, border: Style, title: &[Piece], notes: &[Vec<Piece>]) -> Rect {
    if area.width < 2 || area.height < 2 {
        return Rect { width: 0, height: 0, ..area };
    }
    let (right, bottom) = (area.right() - 1, area.bottom() - 1);
    for x in area.x + 1..right {
        pen.put(x, area.y, '─', border);
        pen.put(x, bottom, '─', border);
    }
    for y in area.y + 1..bottom {
        pen.put(area.x, y, '│', border);
        pen.put(right, y, '│', border);
    }
    for (x, y, corner) in [(area.x, area.y, '╭'), (right, area.y, '╮'), (area.x, bottom, '╰'), (right, bottom, '╯')] {
        pen.put(x, y, corner, border);
    }
    let used = spaced(pen, area.x + 2, area.y, area.width.saturating_sub(4), title);
    let room = area.width.saturating_sub(used + 4);
    let needed = |notes: &[&[Piece]]| notes.iter().map(|note| width(note) + 3).sum::<u16>();
    let mut shown: Vec<&[Piece]> = notes.iter().map(Vec::as_slice).collect();
    if needed(&shown) > room {
        shown = notes.iter().filter_map(|note| note.get(..1)).collect();
    }
    while needed(&shown) > room && shown.pop().is_some() {}
    let mut x = right.saturating_sub(needed(&shown));
    for note in shown {
        x += spaced(pen, x, area.y, width(note) + 2, note) + 1;
    }
    Rect { x: area.x + 1, y: area.y + 1, width: area.width - 2, height: area.height - 2 }
}

/// Pieces with a blank before and behind.
fn spaced(pen: &mut Pen, x: u16, y: u16, room: u16, pieces: &[Piece]) -> u16 {
    if room < 3 || pieces.is_empty() {
        return 0;
    }
    pen.put(x, y, ' ', Style::new());
    let used = pen.pieces(x + 1, y, room - 2, pieces);
    pen.put(x + 1 + used, y, ' ', Style::new());
    used + 2
}

/// Draws a box of at most this size in the middle of everything; gives the area inside, with a margin.
pub fn dialog(pen: &mut Pen, columns: u16, rows: u16, base: Style, border: Style, title: &[Piece]) -> Rect {
    let all = pen.area();
    let (width, height) = (columns.min(all.width), rows.min(all.height));
    let area = Rect { x: all.x + (all.width - width) / 2, y: all.y + (all.height - height) / 2, width, height };
    pen.hits.cover(all, area);
    pen.fill(area, ' ', base);
    let inside = panel(pen, area, border, title, &[]);
    Rect { x: inside.x + u16::from(inside.width > 2), width: inside.width.saturating_sub(2), ..inside }
}
