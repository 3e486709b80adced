//! Pictures in pixels, for terminals that show more than characters.

use std::hash::{DefaultHasher, Hash, Hasher};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

/// A picture in pixels, which fills its cells whatever their size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plate {
    /// Its cells.
    pub area: Rect,
    /// Pixels of a row.
    pub width: usize,
    /// Red, green and blue, row by row.
    pub pixels: Vec<[u8; 3]>,
}

impl Plate {
    /// How many rows of pixels it has.
    pub fn height(&self) -> usize {
        self.pixels.len() / self.width.max(1)
    }
}

/// The plates of a frame, each with what its cells show where characters are all there is.
#[derive(Debug, Default)]
pub(super) struct Plates(Vec<(Plate, u64)>);

impl Plates {
    /// Takes a picture whose cells have just been drawn.
    pub fn add(&mut self, plate: Plate, buffer: &Buffer) {
        let cells = fingerprint(plate.area, buffer);
        self.0.push((plate, cells));
    }

    /// Empties the cells of all pictures but those that something was drawn over, which stay what characters make of them.
    ///
    /// An empty cell under a picture is not like any other: it is written anew when the picture goes.
    pub fn settle(self, buffer: &mut Buffer, ground: Style) -> Vec<Plate> {
        let whole = self.0.into_iter().filter(|(plate, cells)| fingerprint(plate.area, buffer) == *cells);
        let plates: Vec<Plate> = whole.map(|(plate, _)| plate).collect();
        for position in plates.iter().flat_map(|plate| plate.area.positions()) {
            if let Some(cell) = buffer.cell_mut(position) {
                cell.reset();
                cell.set_style(ground.add_modifier(Modifier::HIDDEN));
            }
        }
        plates
    }
}

/// What the cells of an area show, in short; what lies beyond the buffer shows nothing.
fn fingerprint(area: Rect, buffer: &Buffer) -> u64 {
    let mut hasher = DefaultHasher::new();
    area.positions().for_each(|position| buffer.cell(position).hash(&mut hasher));
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_that_something_lies_over_stays_in_characters() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 10, 4));
        let mut plates = Plates::default();
        for x in [0, 5] {
            let area = Rect::new(x, 0, 4, 2);
            area.positions().for_each(|position| _ = buffer[position].set_char('▀'));
            plates.add(Plate { area, width: 1, pixels: vec![[0; 3]; 1] }, &buffer);
        }
        buffer.set_string(7, 1, "x", Style::new());
        let plates = plates.settle(&mut buffer, Style::new());
        assert_eq!(plates.iter().map(|plate| plate.area.x).collect::<Vec<_>>(), [0]);
        let row = |y: u16| (0..10).map(|x| buffer[(x, y)].symbol().to_owned()).collect::<String>();
        assert_eq!((row(0), row(1)), ("     ▀▀▀▀ ".into(), "     ▀▀x▀ ".into()));
        assert!(buffer[(0, 0)] != buffer[(4, 0)], "no other empty cell is like one under a picture");
    }
}
