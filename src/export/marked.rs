//! A picture with boxes and words in it, as a PNG file.

use std::io::{self, Cursor};

use super::letters::{self, letter};
use crate::data::picture::Picture;

/// The colours of boxes, one after the other: told apart with every common colour blindness (Okabe & Ito 2008).
const COLORS: [[u8; 3]; 4] = [[0xe6, 0x9f, 0x00], [0x00, 0x9e, 0x73], [0xd5, 0x5e, 0x00], [0x56, 0xb4, 0xe9]];
/// Boxes and letters are so many pixels thick for each thousand that the picture has on its longer side, and one more.
const THICK: usize = 1_000;

/// A part of a picture, and what is to be said of it.
#[derive(Clone, Debug)]
pub struct Mark {
    /// Left, top, width and height in pixels; parts outside the picture are not seen.
    pub area: [i64; 4],
    /// Beside it; only what has a letter in the small font is written.
    pub label: String,
}

/// The picture with a box and a word for each mark.
pub fn marked(picture: &Picture, marks: &[Mark]) -> io::Result<Vec<u8>> {
    let mut canvas = Canvas { picture: picture.clone(), thick: 1 + (picture.height.max(picture.width) / THICK) as i64 };
    for (mark, color) in marks.iter().zip(COLORS.iter().cycle()) {
        canvas.frame(mark.area, *color);
    }
    // Words are over all boxes.
    for (mark, color) in marks.iter().zip(COLORS.iter().cycle()) {
        canvas.word(mark, *color);
    }
    let Picture { height, width, rgb } = canvas.picture;
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(Cursor::new(&mut file), width as u32, height as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(&rgb).and_then(|()| writer.finish()));
    written.map_err(io::Error::other)?;
    Ok(file)
}

struct Canvas {
    picture: Picture,
    thick: i64,
}

impl Canvas {
    /// Fills a part with a colour, as far as it is inside.
    fn fill(&mut self, [left, top, width, height]: [i64; 4], color: [u8; 3]) {
        let Picture { height: rows, width: columns, rgb } = &mut self.picture;
        let inside = |from: i64, length: i64, most: usize| {
            let clamp = |at: i64| at.clamp(0, most as i64) as usize;
            clamp(from)..clamp(from.saturating_add(length))
        };
        let across = inside(left, width, *columns);
        for row in inside(top, height, *rows) {
            rgb[(row * *columns + across.start) * 3..(row * *columns + across.end) * 3].as_chunks_mut().0.fill(color);
        }
    }

    fn frame(&mut self, [left, top, width, height]: [i64; 4], color: [u8; 3]) {
        let thick = self.thick;
        self.fill([left, top, width, thick], color);
        self.fill([left, top + height - thick, width, thick], color);
        self.fill([left, top, thick, height], color);
        self.fill([left + width - thick, top, thick, height], color);
    }

    /// Black letters on the colour of the box, above it, or in it where there is no room above.
    fn word(&mut self, mark: &Mark, color: [u8; 3]) {
        let thick = self.thick;
        let [left, top, ..] = mark.area;
        let letters: Vec<_> = mark.label.chars().map(letter).collect();
        let (step, high) = ((letters::WIDTH as i64 + 1) * thick, (letters::HEIGHT as i64 + 2) * thick);
        let wide = step * letters.len() as i64 + thick;
        let top = if top >= high { top - high } else { top.max(0) };
        let left = left.min(self.picture.width as i64 - wide).max(0);
        self.fill([left, top, wide, high], color);
        for (place, letter) in (0..).zip(letters) {
            for (row, column) in letter {
                let (x, y) = (left + thick + place * step + column as i64 * thick, top + thick + row as i64 * thick);
                self.fill([x, y, thick, thick], [0; 3]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_a_box_and_a_word_and_stays_within_the_picture() {
        let picture = Picture { height: 40, width: 60, rgb: vec![255; 40 * 60 * 3] };
        let read = |marks: &[Mark]| Picture::decode(&marked(&picture, marks).expect("a file")).expect("a picture");
        assert_eq!(read(&[]), picture);
        let one = read(&[Mark { area: [10, 12, 20, 15], label: "1".into() }]);
        let at = |row: usize, column: usize| &one.rgb[(row * 60 + column) * 3..][..3];
        for (row, column) in [(12, 10), (12, 29), (26, 10), (26, 29), (20, 10), (20, 29)] {
            assert_eq!(at(row, column), COLORS[0], "{row} {column}");
        }
        for (row, column) in [(13, 11), (27, 10), (12, 30), (25, 28), (4, 10)] {
            assert_eq!(at(row, column), [255; 3], "{row} {column}");
        }
        let black = one.rgb.as_chunks::<3>().0.iter().filter(|pixel| **pixel == [0; 3]).count();
        assert_eq!(black, letter('1').count(), "the word is there");
        for area in [[-50, -50, 500, 500], [1000, 1000, 9, 9], [i64::MAX / 2, 0, i64::MAX / 2, 1], [0, 0, 0, 0]] {
            assert_eq!(read(&[Mark { area, label: "much too long a word for it, é".into() }]).rgb.len(), picture.rgb.len());
        }
    }
}
