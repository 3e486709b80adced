//! Pictures made of pixels, and PNG files of them.

use super::ExportError;
use crate::protocol::ConfusionMatrix;

/// A picture of red, green and blue bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Picture {
    pub width: usize,
    pub height: usize,
    pixels: Vec<[u8; 3]>,
}

/// The digits 0 to 9, each five rows of three pixels.
const DIGITS: [[u8; 5]; 10] = [
    [0b111, 0b101, 0b101, 0b101, 0b111],
    [0b010, 0b110, 0b010, 0b010, 0b111],
    [0b111, 0b001, 0b111, 0b100, 0b111],
    [0b111, 0b001, 0b111, 0b001, 0b111],
    [0b101, 0b101, 0b111, 0b001, 0b001],
    [0b111, 0b100, 0b111, 0b001, 0b111],
    [0b111, 0b100, 0b111, 0b101, 0b111],
    [0b111, 0b001, 0b010, 0b010, 0b010],
    [0b111, 0b101, 0b111, 0b101, 0b111],
    [0b111, 0b101, 0b111, 0b001, 0b111],
];
/// The side of a confusion matrix's cell.
const CELL: usize = 40;
/// Pixels of a digit's pixel.
const DOT: usize = 2;
const PAPER: [u8; 3] = [250, 250, 248];
const RIGHT: [u8; 3] = [47, 158, 98];
const WRONG: [u8; 3] = [214, 69, 65];

impl Picture {
    /// A picture of one colour.
    pub fn new(width: usize, height: usize, color: [u8; 3]) -> Self {
        Self { width, height, pixels: vec![color; width * height] }
    }

    /// An image `[height, width, channels]` of a data set, one channel as grey; more than three are averaged.
    pub fn of_image(bytes: &[u8], [height, width, channels]: [usize; 3]) -> Self {
        let whole = height.checked_mul(width).and_then(|area| area.checked_mul(channels));
        if whole.is_none_or(|whole| whole > bytes.len()) {
            return Self::new(1, 1, [0; 3]);
        }
        let color = |pixel: &[u8]| match *pixel {
            [red, green, blue] => [red, green, blue],
            _ => [(pixel.iter().map(|byte| usize::from(*byte)).sum::<usize>() / pixel.len().max(1)) as u8; 3],
        };
        let mut pixels: Vec<[u8; 3]> = bytes.chunks(channels.max(1)).map(color).collect();
        pixels.resize(width * height, [0; 3]);
        Self { width, height, pixels }
    }

    /// Images in rows, in frames whose colour says whether they were told right.
    pub fn sheet(images: &[(Self, bool)]) -> Self {
        const ZOOM: usize = 2;
        let (width, height) = images.iter().fold((1, 1), |(w, h), (image, _)| (w.max(image.width), h.max(image.height)));
        let (cell_width, cell_height) = (width * ZOOM + 8, height * ZOOM + 8);
        let columns = images.len().clamp(1, 10);
        let mut sheet = Self::new(columns * cell_width, images.len().div_ceil(columns).max(1) * cell_height, PAPER);
        for (index, (image, right)) in images.iter().enumerate() {
            let (x, y) = (index % columns * cell_width, index / columns * cell_height);
            sheet.fill((x + 1, y + 1), (cell_width - 2, cell_height - 2), if *right { RIGHT } else { WRONG });
            for (place, color) in image.pixels.iter().enumerate() {
                let (column, row) = (place % image.width, place / image.width);
                sheet.fill((x + 4 + column * ZOOM, y + 4 + row * ZOOM), (ZOOM, ZOOM), *color);
            }
        }
        sheet
    }

    /// A confusion matrix: true classes go down, predicted ones to the right; with counts where there is room.
    pub fn of_confusion(matrix: &ConfusionMatrix) -> Self {
        let classes = matrix.classes().max(1);
        let cell = if classes <= 20 { CELL } else { (800 / classes).max(2) };
        let mut picture = Self::new(classes * cell, classes * cell, PAPER);
        for (truth, predicted) in (0..classes).flat_map(|t| (0..classes).map(move |p| (t, p))) {
            let (count, support) = (matrix.count(truth, predicted), matrix.support(truth).max(1));
            let part = count as f64 / support as f64;
            // Mistakes are few, and every one of them should be seen.
            let (ink, strength) = if truth == predicted { (RIGHT, part) } else { (WRONG, part.powf(0.35)) };
            let color = std::array::from_fn(|i| mix(PAPER[i], ink[i], strength));
            let (x, y) = (predicted * cell, truth * cell);
            picture.fill((x, y), (cell - 1, cell - 1), color);
            if cell == CELL && count > 0 {
                picture.number(count, (x, y), if strength > 0.5 { [255; 3] } else { [40, 44, 52] });
            }
        }
        picture
    }

    /// Writes a number into the middle of a cell; one that is too long is left out.
    fn number(&mut self, number: u64, (x, y): (usize, usize), color: [u8; 3]) {
        let text = number.to_string();
        let width = text.len() * 4 * DOT - DOT;
        if width > CELL {
            return;
        }
        let (left, top) = (x + (CELL - width) / 2, y + (CELL - 5 * DOT) / 2);
        for (place, digit) in text.bytes().enumerate() {
            for (row, bits) in DIGITS[usize::from(digit - b'0')].iter().enumerate() {
                for column in (0..3).filter(|column| bits >> (2 - column) & 1 == 1) {
                    self.fill((left + (place * 4 + column) * DOT, top + row * DOT), (DOT, DOT), color);
                }
            }
        }
    }

    /// Fills a rectangle; what lies outside the picture is left out.
    fn fill(&mut self, (x, y): (usize, usize), (width, height): (usize, usize), color: [u8; 3]) {
        for row in self.pixels.chunks_exact_mut(self.width.max(1)).skip(y).take(height) {
            row.iter_mut().skip(x).take(width).for_each(|pixel| *pixel = color);
        }
    }

    /// The picture as a PNG file.
    pub fn png(&self) -> Result<Vec<u8>, ExportError> {
        let grey = self.pixels.iter().all(|[red, green, blue]| red == green && green == blue);
        let bytes: Vec<u8> =
            if grey { self.pixels.iter().map(|pixel| pixel[0]).collect() } else { self.pixels.as_flattened().to_vec() };
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, self.width as u32, self.height as u32);
        encoder.set_color(if grey { png::ColorType::Grayscale } else { png::ColorType::Rgb });
        encoder.set_depth(png::BitDepth::Eight);
        encoder.write_header()?.write_image_data(&bytes)?;
        Ok(file)
    }
}

fn mix(from: u8, to: u8, part: f64) -> u8 {
    (f64::from(from) + (f64::from(to) - f64::from(from)) * part.clamp(0.0, 1.0)).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_png_holds_the_pixels() {
        for (picture, color) in [
            (Picture::of_image(&[0, 100, 200, 255], [2, 2, 1]), png::ColorType::Grayscale),
            (Picture::of_image(&[1, 2, 3, 4, 5, 6], [1, 2, 3]), png::ColorType::Rgb),
        ] {
            let file = picture.png().expect("a file");
            let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().expect("a header");
            let mut pixels = vec![0; reader.output_buffer_size().expect("small")];
            let frame = reader.next_frame(&mut pixels).expect("pixels");
            assert_eq!((frame.width as usize, frame.height as usize), (picture.width, picture.height));
            assert_eq!(frame.color_type, color);
            let expected: Vec<u8> =
                picture.pixels.iter().flat_map(|p| if color == png::ColorType::Rgb { p.to_vec() } else { vec![p[0]] }).collect();
            assert_eq!(pixels, expected);
        }
    }

    #[test]
    fn pictures_of_any_number_of_classes_and_images_are_made() {
        for classes in [0, 1, 10, 21, 1000] {
            let mut matrix = ConfusionMatrix::new(classes);
            (0..classes).for_each(|class| matrix.add(class, class / 2));
            assert!(Picture::of_confusion(&matrix).width > 0);
        }
        let image = Picture::of_image(&[7; 6], [2, 3, 1]);
        for count in [0, 1, 11] {
            let sheet = Picture::sheet(&vec![(image.clone(), true); count]);
            assert!(sheet.width > 0 && sheet.height > 0);
        }
    }
}
