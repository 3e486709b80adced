//! Writing into a buffer without ever leaving it.

use super::Hits;
use super::plate::{Plate, Plates};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use unicode_width::UnicodeWidthChar;

pub use crate::text::columns;

/// Writes into a buffer; what does not fit is left out.
pub struct Pen<'a> {
    buffer: &'a mut Buffer,
    /// Where everything stands that can be pointed at.
    pub hits: Hits,
    /// The pictures in pixels, where the terminal takes them.
    pub plates: Option<Plates>,
}

/// Text in a style.
pub type Piece<'a> = (std::borrow::Cow<'a, str>, Style);

/// How many columns pieces of text take.
pub fn width(pieces: &[Piece]) -> u16 {
    pieces.iter().map(|(text, _)| columns(text)).sum()
}

/// What is being typed, before and behind the cursor, with the cursor.
pub fn typed<'a>(before: &'a str, behind: &'a str, style: Style) -> [Piece<'a>; 3] {
    let mut rest = behind.chars();
    let under = rest.next().map_or(" ".to_owned(), String::from);
    [(before.into(), style), (under.into(), style.add_modifier(Modifier::REVERSED)), (rest.as_str().into(), style)]
}

impl<'a> Pen<'a> {
    /// A pen for a buffer.
    pub fn new(buffer: &'a mut Buffer) -> Self {
        Self { buffer, hits: Hits::default(), plates: None }
    }

    /// Keeps a picture whose cells have just been drawn, where the terminal takes pixels.
    pub fn plate(&mut self, plate: impl FnOnce() -> Plate) {
        if let Some(plates) = &mut self.plates {
            plates.add(plate(), self.buffer);
        }
    }

    /// The whole buffer.
    pub fn area(&self) -> Rect {
        self.buffer.area
    }

    /// The cell at a place, if there is one.
    pub fn cell(&mut self, x: u16, y: u16) -> Option<&mut Cell> {
        self.buffer.cell_mut((x, y))
    }

    /// What is written at a place takes the second half of a wide character, which then goes as a whole.
    fn uncover(&mut self, x: u16, y: u16) {
        let before = x.checked_sub(1).and_then(|x| self.cell(x, y));
        if let Some(cell) = before.filter(|cell| columns(cell.symbol()) > 1) {
            cell.set_char(' ');
        }
    }

    /// Sets one character.
    pub fn put(&mut self, x: u16, y: u16, character: char, style: Style) {
        self.uncover(x, y);
        if let Some(cell) = self.cell(x, y) {
            cell.modifier = Modifier::empty();
            cell.set_char(character).set_style(style);
        }
    }

    /// Writes a text, cut with `…` when it is wider than `room`; gives the columns used.
    pub fn text(&mut self, x: u16, y: u16, room: u16, text: &str, style: Style) -> u16 {
        let area = self.buffer.area;
        if y < area.y || y >= area.bottom() || x < area.x || x >= area.right() || room == 0 {
            return 0;
        }
        self.uncover(x, y);
        let room = room.min(area.right() - x);
        for i in x..x + columns(text).min(room) {
            // Styles add up: without this, a title would be as dim as the border under it.
            self.buffer[(i, y)].modifier = Modifier::empty();
        }
        if columns(text) <= room {
            return self.buffer.set_stringn(x, y, text, room.into(), style).0 - x;
        }
        let (end, _) = self.buffer.set_stringn(x, y, clip(text, room - 1), (room - 1).into(), style);
        self.put(end, y, '…', style);
        end + 1 - x
    }

    /// Writes pieces one after the other; gives the columns used.
    pub fn pieces(&mut self, x: u16, y: u16, room: u16, pieces: &[Piece]) -> u16 {
        let mut used = 0;
        for (text, style) in pieces {
            used += self.text(x.saturating_add(used), y, room.saturating_sub(used), text, *style);
        }
        used
    }

    /// Writes a text that ends before `right`.
    pub fn text_right(&mut self, right: u16, y: u16, room: u16, text: &str, style: Style) {
        let used = columns(text).min(room);
        self.text(right.saturating_sub(used), y, used, text, style);
    }

    /// Fills a rectangle with a character.
    pub fn fill(&mut self, area: Rect, character: char, style: Style) {
        for y in area.y..area.bottom() {
            self.uncover(area.x, y);
            for x in area.x..area.right() {
                if let Some(cell) = self.cell(x, y) {
                    cell.reset();
                    cell.set_char(character).set_style(style);
                }
            }
        }
    }
}

/// As much of the start of a text as fits into so many columns.
pub fn clip(text: &str, room: u16) -> &str {
    let mut used = 0;
    for (at, character) in text.char_indices() {
        used += character.width().unwrap_or(0);
        if used > room.into() {
            return &text[..at];
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_would_obey_or_that_turns_text_around_is_drawn() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 12, 1));
        Pen::new(&mut buffer).text(0, 0, 12, "a\x1b[31m\u{9b}b\u{202e}c\n", Style::new());
        let drawn: String = buffer.content.iter().map(Cell::symbol).collect();
        assert_eq!(drawn.trim_end(), "a[31mbc");
    }

    #[test]
    fn no_half_of_a_wide_character_stays() {
        let area = Rect::new(0, 0, 8, 1);
        let with = |draw: fn(&mut Pen)| {
            let mut buffer = Buffer::empty(area);
            let mut pen = Pen::new(&mut buffer);
            pen.text(0, 0, 8, "学习率", Style::new());
            draw(&mut pen);
            buffer.content.iter().map(Cell::symbol).collect::<String>()
        };
        assert_eq!(with(|pen| pen.put(3, 0, '│', Style::new())), "学  │率   ");
        assert_eq!(with(|pen| pen.fill(Rect { x: 1, width: 2, ..pen.area() }, '.', Style::new())), " .. 率   ");
        assert_eq!(
            with(|pen| {
                pen.text(5, 0, 3, "ab", Style::new());
            }),
            "学 习  ab "
        );
        // What is cut is cut between two.
        assert_eq!(
            with(|pen| {
                pen.text(0, 0, 4, "学习率", Style::new());
            }),
            "学 … 率   "
        );
    }
}
