//! A picture as few colours and the number of one for each pixel.

use std::collections::BTreeMap;

use png::{BitDepth, ColorType, Compression, Encoder, Filter};

use crate::ui::Plate;

/// As many as a number of eight bits can tell apart.
const MOST: usize = 256;

/// A picture of at most 256 colours.
#[derive(Debug, PartialEq, Eq)]
pub struct Colors {
    /// Red, green and blue of each.
    pub palette: Vec<[u8; 3]>,
    /// Which one a pixel has, row by row.
    pub pixels: Vec<u8>,
    /// Pixels of a row.
    pub width: usize,
}

impl Colors {
    /// The colours of a picture, made coarser until there are few enough.
    pub fn of(plate: &Plate) -> Self {
        let coarser = |bits: u32| {
            let mask = u8::MAX << bits;
            let color = move |pixel: &[u8; 3]| pixel.map(|part| (part & mask) | (!mask / 2));
            let mut numbers: BTreeMap<[u8; 3], u8> = plate.pixels.iter().map(|pixel| (color(pixel), 0)).collect();
            if numbers.len() > MOST {
                return None;
            }
            numbers.values_mut().enumerate().for_each(|(number, value)| *value = number as u8);
            let pixels = plate.pixels.iter().map(|pixel| numbers[&color(pixel)]).collect();
            Some(Self { palette: numbers.keys().copied().collect(), pixels, width: plate.width })
        };
        // Six bits less leave 64 colours at most.
        (0..=6).find_map(coarser).unwrap_or(Self { palette: Vec::new(), pixels: Vec::new(), width: 0 })
    }

    /// How many rows of pixels there are.
    pub fn height(&self) -> usize {
        self.pixels.len() / self.width.max(1)
    }

    /// The picture as PNG, its pixels as small as the colours allow.
    pub fn png(&self) -> Vec<u8> {
        let (bits, depth) = match self.palette.len() {
            0..=2 => (1, BitDepth::One),
            3..=4 => (2, BitDepth::Two),
            5..=16 => (4, BitDepth::Four),
            _ => (8, BitDepth::Eight),
        };
        let mut file = Vec::new();
        let mut encoder = Encoder::new(&mut file, self.width as u32, self.height() as u32);
        encoder.set_color(ColorType::Indexed);
        encoder.set_depth(depth);
        encoder.set_palette(self.palette.concat());
        encoder.set_compression(Compression::High);
        // Filters help where neighbours differ by little, and numbers of colours do not.
        encoder.set_filter(Filter::NoFilter);
        let packed: Vec<u8> = self.pixels.chunks(self.width.max(1)).flat_map(|row| pack(row, bits)).collect();
        // A picture in memory cannot fail to be written; one of no pixels is no PNG.
        let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(&packed));
        if written.is_ok() { file } else { Vec::new() }
    }
}

/// A row of numbers of so many bits, the first in the highest bits of the first byte.
fn pack(row: &[u8], bits: usize) -> impl Iterator<Item = u8> {
    row.chunks(8 / bits)
        .map(move |numbers| numbers.iter().enumerate().fold(0, |byte, (place, number)| byte | number << (8 - bits * (place + 1))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use ratatui::layout::Rect;

    fn plate() -> impl Strategy<Value = Plate> {
        let shades = prop_oneof![Just(2u8), Just(4), Just(16), Just(40), Just(255)];
        (1usize..20, 1usize..20, shades).prop_flat_map(|(width, height, shades)| {
            let pixel = (0..=shades).prop_map(|shade| [shade, shade.wrapping_mul(3), 200]);
            let area = Rect::new(0, 0, 4, 2);
            proptest::collection::vec(pixel, width * height).prop_map(move |pixels| Plate { area, width, pixels })
        })
    }

    proptest! {
        #[test]
        fn a_picture_comes_back_from_its_png(plate in plate()) {
            let file = Colors::of(&plate).png();
            let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
            decoder.set_transformations(png::Transformations::EXPAND);
            let mut reader = decoder.read_info().expect("a header");
            let mut pixels = vec![0; reader.output_buffer_size().expect("a small picture")];
            let info = reader.next_frame(&mut pixels).expect("pixels");
            prop_assert_eq!((info.width as usize, info.height as usize), (plate.width, plate.height()));
            prop_assert_eq!(pixels, plate.pixels.concat());
        }
    }

    #[test]
    fn too_many_colours_become_fewer_that_are_near() {
        let pixels: Vec<[u8; 3]> =
            (0..4096).map(|i| [(i % 16 * 17) as u8, (i / 16 % 16 * 17) as u8, (i / 256 * 17) as u8]).collect();
        let colors = Colors::of(&Plate { area: Rect::new(0, 0, 8, 4), width: 64, pixels: pixels.clone() });
        assert!((64..=256).contains(&colors.palette.len()), "{}", colors.palette.len());
        for (pixel, number) in pixels.iter().zip(&colors.pixels) {
            let near = colors.palette[usize::from(*number)];
            let far = pixel.iter().zip(near).map(|(a, b)| a.abs_diff(b)).max();
            assert!(far <= Some(64), "{pixel:?} became {near:?}");
        }
    }
}
