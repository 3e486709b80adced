//! One picture from a file: PNG, JPEG or PNM, told apart by their first bytes, upright and on white.

use std::io::Cursor;

use image::codecs::jpeg::JpegDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::pnm::PnmDecoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, Limits};
use thiserror::Error;

/// No picture has more pixels: 8,192 × 8,192.
const MOST_PIXELS: u64 = 1 << 26;
/// Nor needs decoding one more memory, in bytes.
const MOST_BYTES: u64 = 1 << 29;
/// Nothing packs more pixels into a byte: 8 of them are a byte, which Deflate makes smaller by a factor of 1,032.
const MOST_PIXELS_A_BYTE: u64 = 8 * 1032;

/// Pixels in red, green and blue, row by row, upright.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
    /// Three bytes a pixel.
    pub rgb: Vec<u8>,
}

/// Why bytes are no picture that can be used.
#[derive(Debug, Error)]
pub enum PictureError {
    /// Another kind of file.
    #[error("it is no PNG, JPEG or PNM picture")]
    Kind,
    /// It has too many pixels.
    #[error("its {width} × {height} pixels are too many; make it smaller")]
    TooLarge {
        /// Columns.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// It needs too much memory.
    #[error("it has too many pixels; make it smaller")]
    Memory,
    /// It says that it has more pixels than the file can hold.
    #[error("it says that it has {width} × {height} pixels, which {bytes} bytes cannot hold; it is cut short or damaged")]
    TooShort {
        /// Columns.
        width: u32,
        /// Rows.
        height: u32,
        /// Of the file.
        bytes: usize,
    },
    /// It ends before its last pixel.
    #[error("it is cut short")]
    CutShort,
    /// It cannot be decoded.
    #[error("it is damaged, or of a kind that is not read")]
    Decode(#[source] image::ImageError),
}

impl From<image::ImageError> for PictureError {
    fn from(error: image::ImageError) -> Self {
        if matches!(error, image::ImageError::Limits(_)) { Self::Memory } else { Self::Decode(error) }
    }
}

/// Whether bytes begin as a picture does that can be read.
pub fn is_picture(bytes: &[u8]) -> bool {
    matches!(
        bytes,
        [0x89, b'P', b'N', b'G', ..] | [0xff, 0xd8, 0xff, ..] | [b'P', b'1'..=b'7', b' ' | b'\n' | b'\r' | b'\t' | b'#', ..]
    )
}

/// Height and width of the picture in a file, upright. Only its header is read.
pub fn size(bytes: &[u8]) -> Result<[usize; 2], PictureError> {
    let (decoder, orientation) = decoder(bytes)?;
    let (width, height) = decoder.dimensions();
    let lies = matches!(
        orientation,
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH
    );
    Ok(if lies { [width as usize, height as usize] } else { [height as usize, width as usize] })
}

impl Picture {
    /// Decodes a file. It is turned as its EXIF data says, what is transparent is white, and values of 16 bits become 8.
    ///
    /// What it claims is held against limits, and against the file's length, before there is memory for it.
    pub fn decode(bytes: &[u8]) -> Result<Self, PictureError> {
        let (decoder, orientation) = decoder(bytes)?;
        let mut image = DynamicImage::from_decoder(decoder)?;
        image.apply_orientation(orientation);
        let (width, height) = (image.width() as usize, image.height() as usize);
        let rgb = if image.color().has_alpha() {
            let mut rgb = Vec::with_capacity(height * width * 3);
            for [red, green, blue, alpha] in image.into_rgba8().as_raw().as_chunks::<4>().0 {
                let alpha = u32::from(*alpha);
                let on_white = |part: u8| ((u32::from(part) * alpha + 255 * (255 - alpha) + 127) / 255) as u8;
                rgb.extend([*red, *green, *blue].map(on_white));
            }
            rgb
        } else {
            image.into_rgb8().into_raw()
        };
        Ok(Self { height, width, rgb })
    }
}

/// What decodes these bytes, and how the picture is to be turned then.
fn decoder(bytes: &[u8]) -> Result<(Box<dyn ImageDecoder + '_>, Orientation), PictureError> {
    let reader = Cursor::new(bytes);
    let limits = || {
        let mut limits = Limits::no_limits();
        limits.max_alloc = Some(MOST_BYTES);
        limits
    };
    let (mut decoder, most_a_byte): (Box<dyn ImageDecoder + '_>, u64) = match bytes {
        [0x89, b'P', b'N', b'G', ..] => (Box::new(PngDecoder::with_limits(reader, limits())?), MOST_PIXELS_A_BYTE),
        [0xff, 0xd8, 0xff, ..] if ends_early(bytes) => return Err(PictureError::CutShort),
        [0xff, 0xd8, 0xff, ..] => (Box::new(JpegDecoder::new(reader)?), MOST_PIXELS_A_BYTE),
        _ if is_picture(bytes) => (Box::new(PnmDecoder::new(reader)?), 8),
        _ => return Err(PictureError::Kind),
    };
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels > MOST_PIXELS || decoder.total_bytes() > MOST_BYTES {
        return Err(PictureError::TooLarge { width, height });
    }
    if pixels == 0 || pixels > most_a_byte.saturating_mul(bytes.len() as u64) {
        return Err(PictureError::TooShort { width, height, bytes: bytes.len() });
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    Ok((decoder, orientation))
}

/// Whether a JPEG file has no end after the start of its last scan: what is missing would be filled with grey.
fn ends_early(bytes: &[u8]) -> bool {
    let last = |marker: u8| bytes.windows(2).rposition(|pair| pair == [0xff, marker]);
    last(0xd9) < last(0xda)
}

/// How a picture of other proportions gets a size.
pub use crate::protocol::Fit;

/// Brings a picture to `[height, width]`: a pixel of the result is the mean of the area that it covers, or lies between the
/// nearest four where it covers less than a pixel.
#[must_use]
pub fn resized(picture: &Picture, [height, width]: [usize; 2], fit: Fit) -> Vec<u8> {
    let (from_height, from_width) = (picture.height as f64, picture.width as f64);
    let (down, across) = (from_height / height as f64, from_width / width as f64);
    match fit {
        Fit::Stretch => stretched(picture, (0.0, from_height), (0.0, from_width), [height, width]),
        Fit::Crop => {
            let scale = down.min(across);
            let middle = |from: f64, to: usize| ((from - to as f64 * scale) / 2.0, (from + to as f64 * scale) / 2.0);
            stretched(picture, middle(from_height, height), middle(from_width, width), [height, width])
        }
        Fit::Pad => {
            let scale = down.max(across);
            let side = |from: f64, most: usize| ((from / scale).round() as usize).clamp(1, most);
            let inner = [side(from_height, height), side(from_width, width)];
            let pixels = stretched(picture, (0.0, from_height), (0.0, from_width), inner);
            let mut out = edge(picture).repeat(height * width);
            let (top, left) = ((height - inner[0]) / 2, (width - inner[1]) / 2);
            for (row, line) in pixels.chunks_exact(inner[1] * 3).enumerate() {
                out[((top + row) * width + left) * 3..][..line.len()].copy_from_slice(line);
            }
            out
        }
    }
}

/// The mean colour of the outermost pixels.
pub(super) fn edge(picture: &Picture) -> [u8; 3] {
    let Picture { height, width, rgb } = picture;
    let (mut sums, mut count) = ([0u64; 3], 0);
    for (at, pixel) in rgb.as_chunks::<3>().0.iter().enumerate() {
        let (row, column) = (at / width, at % width);
        if row == 0 || column == 0 || row + 1 == *height || column + 1 == *width {
            sums.iter_mut().zip(pixel).for_each(|(sum, part)| *sum += u64::from(*part));
            count += 1;
        }
    }
    sums.map(|sum| ((sum + count / 2) / count.max(1)) as u8)
}

/// A part of a picture, rows and columns from and to, at another size.
pub(super) fn stretched(picture: &Picture, rows: (f64, f64), columns: (f64, f64), [height, width]: [usize; 2]) -> Vec<u8> {
    let Picture { height: from_height, width: from_width, rgb } = picture;
    let (rows, columns) = (parts(rows, *from_height, height), parts(columns, *from_width, width));
    // Along the rows first, as far as they are needed.
    let (first, last) = (rows.first().map_or(0, |part| part.0), rows.last().map_or(0, |part| part.0 + part.1.len()));
    let mut lines = vec![0.0f32; (last - first) * width * 3];
    for (line, row) in lines.chunks_exact_mut(width * 3).zip(first..) {
        let from = &rgb[row * from_width * 3..][..from_width * 3];
        for (pixel, (start, weights)) in line.as_chunks_mut::<3>().0.iter_mut().zip(&columns) {
            for (weight, from) in weights.iter().zip(from[start * 3..].as_chunks::<3>().0) {
                pixel.iter_mut().zip(from).for_each(|(sum, part)| *sum += weight * f32::from(*part));
            }
        }
    }
    let mut out = Vec::with_capacity(height * width * 3);
    let mut sums = vec![0.0f32; width * 3];
    for (start, weights) in &rows {
        sums.fill(0.0);
        for (weight, line) in weights.iter().zip(lines[(start - first) * width * 3..].chunks_exact(width * 3)) {
            sums.iter_mut().zip(line).for_each(|(sum, part)| *sum += weight * part);
        }
        out.extend(sums.iter().map(|sum| sum.round().clamp(0.0, 255.0) as u8));
    }
    out
}

/// For each of `to` places along an axis, the first of the `size` pixels that it is made of, and the weights of that and those
/// behind it, which sum to 1. The places divide the stretch from `start` to `end` evenly.
fn parts((start, end): (f64, f64), size: usize, to: usize) -> Vec<(usize, Vec<f32>)> {
    let step = (end - start) / to as f64;
    let place = |at: usize| {
        let (from, until) = (start + at as f64 * step, start + (at + 1) as f64 * step);
        let weight: Box<dyn Fn(usize) -> f64> = if step >= 1.0 {
            // How much of the pixel lies within.
            Box::new(move |pixel| (until.min(pixel as f64 + 1.0) - from.max(pixel as f64)).max(0.0))
        } else {
            let middle = ((from + until) / 2.0 - 0.5).clamp(0.0, size as f64 - 1.0);
            Box::new(move |pixel| (1.0 - (middle - pixel as f64).abs()).max(0.0))
        };
        let (low, high) = if step >= 1.0 { (from, until) } else { (from - 1.0, until + 1.0) };
        let low = (low.floor().max(0.0) as usize).min(size - 1);
        let high = (high.ceil().max(0.0) as usize).clamp(low + 1, size);
        let weights: Vec<f64> = (low..high).map(weight).collect();
        let sum: f64 = weights.iter().sum();
        (low, weights.into_iter().map(|weight| if sum > 0.0 { (weight / sum) as f32 } else { 0.0 }).collect())
    };
    (0..to).map(place).collect()
}

/// The pixels in grey, by the weights of Rec. 601.
#[must_use]
pub fn grey(rgb: &[u8]) -> Vec<u8> {
    let luma = |[red, green, blue]: &[u8; 3]| {
        ((299 * u32::from(*red) + 587 * u32::from(*green) + 114 * u32::from(*blue) + 500) / 1000) as u8
    };
    rgb.as_chunks::<3>().0.iter().map(luma).collect()
}

/// Whether no pixel has a colour.
pub fn is_grey(rgb: &[u8]) -> bool {
    rgb.as_chunks::<3>().0.iter().all(|[red, green, blue]| red == green && green == blue)
}

#[cfg(test)]
mod tests {
    use image::{ExtendedColorType, ImageEncoder, ImageFormat};
    use proptest::prelude::*;

    use super::*;

    fn png(width: u32, height: u32, color: ExtendedColorType, bytes: &[u8]) -> Vec<u8> {
        let mut file = Vec::new();
        image::codecs::png::PngEncoder::new(&mut file).write_image(bytes, width, height, color).expect("a picture");
        file
    }

    fn jpeg(width: u32, height: u32, color: ExtendedColorType, bytes: &[u8]) -> Vec<u8> {
        let mut file = Vec::new();
        image::codecs::jpeg::JpegEncoder::new_with_quality(&mut file, 100)
            .encode(bytes, width, height, color)
            .expect("a picture");
        file
    }

    /// A JPEG with an EXIF part that says how it is to be turned.
    fn turned(file: &[u8], orientation: u8) -> Vec<u8> {
        let tiff = [b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0", &[orientation, 0, 0, 0][..], &[0; 4]].concat();
        let exif = [&b"Exif\0\0"[..], &tiff].concat();
        let length = (exif.len() as u16 + 2).to_be_bytes();
        [&file[..2], &[0xff, 0xe1], &length, &exif, &file[2..]].concat()
    }

    #[test]
    fn every_kind_of_picture_is_the_same_pixels() {
        let red_blue = [255, 0, 0, 0, 0, 255];
        let mut palette = Vec::new();
        let mut encoder = png::Encoder::new(&mut palette, 2, 1);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_palette(&[0, 0, 255, 255, 0, 0][..]);
        encoder.write_header().and_then(|mut writer| writer.write_image_data(&[1, 0])).expect("a picture");
        let deep: Vec<u8> = red_blue.iter().flat_map(|part| [*part, *part]).collect();
        for (what, file) in [
            ("png", png(2, 1, ExtendedColorType::Rgb8, &red_blue)),
            ("png of 16 bits", png(2, 1, ExtendedColorType::Rgb16, &deep)),
            ("png with a palette", palette),
            ("ppm", b"P6 2 1 255\n\xff\0\0\0\0\xff".to_vec()),
            ("ppm in digits", b"P3\n# a comment\n2 1\n255\n255 0 0  0 0 255\n".to_vec()),
            ("ppm of 16 bits", b"P6 2 1 65535\n\xff\xff\0\0\0\0\0\0\0\0\xff\xff".to_vec()),
        ] {
            let picture = Picture::decode(&file).expect(what);
            assert_eq!(picture, Picture { height: 1, width: 2, rgb: red_blue.to_vec() }, "{what}");
            assert_eq!(size(&file).expect(what), [1, 2], "{what}");
        }
        let grey = Picture::decode(b"P5 2 1 255\n\x07\xc8").expect("pgm");
        assert_eq!(grey.rgb, [7, 7, 7, 200, 200, 200]);
        let bits = Picture::decode(b"P4 2 1\n\x40").expect("pbm");
        assert_eq!(bits.rgb, [255, 255, 255, 0, 0, 0], "1 is black");
    }

    #[test]
    fn what_is_transparent_is_white() {
        let file = png(3, 1, ExtendedColorType::Rgba8, &[0, 0, 0, 0, 200, 100, 0, 255, 0, 0, 0, 128]);
        let picture = Picture::decode(&file).expect("a picture");
        assert_eq!(picture.rgb, [255, 255, 255, 200, 100, 0, 127, 127, 127]);
        let file = png(1, 1, ExtendedColorType::La8, &[0, 0]);
        assert_eq!(Picture::decode(&file).expect("a picture").rgb, [255; 3]);
    }

    #[test]
    fn a_picture_is_turned_as_its_exif_data_says() {
        // Left dark, right light; 16 pixels wide, so that nothing runs over.
        let bytes: Vec<u8> = (0..16 * 8).map(|i| if i % 16 < 8 { 0 } else { 255 }).collect();
        let file = jpeg(16, 8, ExtendedColorType::L8, &bytes);
        for (orientation, size_then, dark_at) in [(1, [8, 16], 0), (3, [8, 16], 15), (6, [16, 8], 0), (8, [16, 8], 15)] {
            let file = turned(&file, orientation);
            assert_eq!(size(&file).expect("a picture"), size_then, "{orientation}");
            let picture = Picture::decode(&file).expect("a picture");
            assert_eq!([picture.height, picture.width], size_then, "{orientation}");
            let along = |at: usize| if size_then[0] == 8 { picture.rgb[at * 3] } else { picture.rgb[at * 8 * 3] };
            assert!(along(dark_at) < 20 && along(15 - dark_at) > 235, "{orientation}");
        }
    }

    #[test]
    fn what_is_no_picture_or_claims_too_much_is_refused() {
        let picture = jpeg(16, 16, ExtendedColorType::Rgb8, &[9; 768]);
        let file = png(2, 2, ExtendedColorType::L8, &[1; 4]);
        let mut huge = file.clone();
        huge[16..24].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
        let crc = crc32(&huge[12..29]);
        huge[29..33].copy_from_slice(&crc.to_be_bytes());
        for (bytes, words) in [
            (&b"GIF89a"[..], "it is no PNG"),
            (b"", "it is no PNG"),
            (b"P6 9000 9000 255\n\0", "pixels are too many"),
            (b"P5 8000 8000 255\n\0\0", "it says that it has 8000 × 8000 pixels, which 19 bytes cannot hold"),
            (b"P5 0 7 255\n", ""),
            (&huge, "its 65536 × 65536 pixels are too many"),
            (&picture[..picture.len() - 3], "it is cut short"),
            (&file[..file.len() / 2], "it is damaged"),
        ] {
            let error = Picture::decode(bytes).expect_err(words).to_string();
            assert!(error.contains(words), "{error}");
        }
    }

    /// The checksum of a part of a PNG file.
    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0u32, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
        })
    }

    /// Grey pixels.
    fn of(height: usize, width: usize, values: &[u8]) -> Picture {
        Picture { height, width, rgb: values.iter().flat_map(|value| [*value; 3]).collect() }
    }

    #[test]
    fn sizes_are_changed_by_area() {
        let shrunk = |picture: &Picture, size, fit| grey(&resized(picture, size, fit));
        let two = of(2, 4, &[0, 100, 20, 40, 200, 100, 60, 80]);
        assert_eq!(shrunk(&two, [1, 2], Fit::Stretch), [100, 50]);
        assert_eq!(shrunk(&two, [2, 4], Fit::Stretch), grey(&two.rgb), "its own size changes nothing");
        // Three pixels into two: the middle one counts half on each side.
        assert_eq!(shrunk(&of(1, 3, &[0, 90, 210]), [1, 2], Fit::Stretch), [30, 170]);
        assert_eq!(shrunk(&of(1, 2, &[0, 100]), [1, 4], Fit::Stretch), [0, 25, 75, 100]);
        assert_eq!(shrunk(&of(1, 4, &[9, 10, 20, 9]), [1, 1], Fit::Crop), [15], "half of each of the two in the middle");
        assert_eq!(shrunk(&of(2, 4, &[9, 10, 20, 9, 9, 10, 20, 9]), [2, 2], Fit::Crop), [10, 20, 10, 20]);
        assert_eq!(shrunk(&of(1, 2, &[10, 30]), [2, 2], Fit::Pad), [10, 30, 20, 20]);
    }

    proptest! {
        #[test]
        fn one_colour_stays_at_any_size(
            height in 1usize..40, width in 1usize..40, to_height in 1usize..40, to_width in 1usize..40, value: u8, fit in 0..3usize,
        ) {
            let picture = of(height, width, &vec![value; height * width]);
            let out = resized(&picture, [to_height, to_width], Fit::ALL[fit]);
            prop_assert_eq!(out, vec![value; to_height * to_width * 3]);
        }

        #[test]
        fn damaged_pictures_are_read_or_refused(which in 0..4usize, cut: prop::sample::Index, changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6)) {
            let bytes: Vec<u8> = (0..192).map(|i| (i * 37 % 256) as u8).collect();
            let mut file = match which {
                0 => png(8, 8, ExtendedColorType::Rgb8, &bytes),
                1 => jpeg(8, 8, ExtendedColorType::Rgb8, &bytes),
                2 => [&b"P6 8 8 255\n"[..], &bytes].concat(),
                _ => turned(&jpeg(8, 8, ExtendedColorType::L8, &bytes[..64]), 6),
            };
            for (at, byte) in &changes {
                let at = at.index(file.len());
                file[at] = *byte;
            }
            if changes.is_empty() {
                file.truncate(cut.index(file.len()));
            }
            let sized = size(&file);
            if let Ok(picture) = Picture::decode(&file) {
                prop_assert_eq!(sized.expect("what is decoded has a size"), [picture.height, picture.width]);
                prop_assert_eq!(picture.rgb.len(), picture.height * picture.width * 3);
            }
        }
    }
    // The formats that are compiled in.
    #[test]
    fn only_three_kinds_are_read() {
        let read: Vec<ImageFormat> = ImageFormat::all().filter(ImageFormat::reading_enabled).collect();
        assert_eq!(read, [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Pnm]);
    }
}
