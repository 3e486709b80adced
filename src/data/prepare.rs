//! Bringing a drawn or photographed digit to the form in which the digits of MNIST are.

mod paper;
mod parts;
mod plane;
mod rules;
mod sheet;
mod strokes;

use super::picture::{Fit, Picture, grey, resized, stretched};
use plane::Plane;
pub use sheet::{Sheet, SheetInk};

/// The box that a digit of MNIST fits in, as a part of its image: 20 of 28 pixels (LeCun et al. 1998, section III.A).
const BOX: (usize, usize) = (20, 28);

/// Ink, 0 to 255, as `[height, width]`, in the form of an image `[height, width, channels]` of MNIST's kind: what is drawn is
/// brought to the box of 20 × 20 of 28 × 28 pixels, keeping its proportions and with grey at its edges, and its centre of mass to
/// the pixel behind the middle, as in all images of MNIST. Of nothing becomes nothing.
#[must_use]
pub fn centred(ink: &[u8], [height, width]: [usize; 2], shape: [usize; 3]) -> Vec<u8> {
    let mut image = vec![0; shape.iter().product()];
    let drawn = |row: usize, column: usize| ink.get(row * width + column).is_some_and(|ink| *ink > 0);
    let Some([top, bottom, left, right]) = extent([height, width], drawn) else { return image };
    let (high, wide) = (bottom - top, right - left);
    let side = (shape[0].min(shape[1]) * BOX.0 / BOX.1).max(1);
    let scaled = |length: usize| ((length * side) as f64 / high.max(wide) as f64).round().max(1.0) as usize;
    let size = [scaled(high), scaled(wide)];
    // What lies beyond it is no part of it, also where a value lies between two pixels.
    let rows = (top..bottom).flat_map(|row| &ink[row * width + left..row * width + right]);
    let picture = Picture { height: high, width: wide, rgb: rows.flat_map(|ink| [*ink; 3]).collect() };
    let digit = grey(&stretched(&picture, (0.0, high as f64), (0.0, wide as f64), size));
    let [down, across] = centre(&digit, size);
    // In all images of MNIST the centre is in the pixel below and to the right of the middle.
    let moved = |at: usize, centre: f64, length: usize| at as isize + (length as f64 / 2.0 - centre).ceil() as isize;
    for (i, ink) in digit.iter().enumerate() {
        let (row, column) = (moved(i / size[1], down, shape[0]), moved(i % size[1], across, shape[1]));
        let is_inside = |at: isize, length: usize| usize::try_from(at).ok().filter(|at| *at < length);
        if let (Some(row), Some(column)) = (is_inside(row, shape[0]), is_inside(column, shape[1])) {
            image[(row * shape[1] + column) * shape[2]..][..shape[2]].fill(*ink);
        }
    }
    image
}

/// The longer side of a picture while its digit is looked for: at most, and at least.
const SIDES: [usize; 2] = [400, 160];
/// Ink above this part of the darkest is looked at.
const INKED: f32 = 0.35;
/// Ink below the first part of what a digit usually has is none, and above the second it is all.
const FULL: [f32; 2] = [0.25, 0.85];
/// Less ink than this, of 255, is where a stroke has ended.
const FAINT: u8 = 24;

/// The digit in a picture, photographed or drawn, of any size, dark on light or light on dark, as an image of MNIST's kind
/// `[height, width, channels]`: without the paper, its lines and shadows, with strokes of about MNIST's width, and
/// [`centred`]. Nothing where there is no ink.
#[must_use]
pub fn digit(picture: &Picture, shape: [usize; 3]) -> Option<Vec<u8>> {
    let longest = picture.height.max(picture.width);
    if picture.height.min(picture.width) == 0 {
        return None;
    }
    let wanted = longest.clamp(SIDES[1], SIDES[0]);
    let size = [picture.height, picture.width].map(|side| ((side * wanted + longest / 2) / longest.max(1)).max(1));
    let grey = Plane::of_bytes(&grey(&resized(picture, size, Fit::Stretch)), size);
    let is_dark = paper::ink_is_dark(&grey);
    let found = |is_dark: bool| {
        let paper::Ink { plane: ink, noise } = rules::without_rules(paper::ink_of(&grey, is_dark));
        let least = (INKED * rules::strongest(&ink)).max(5.0 * noise);
        parts::digit_of(&ink, least).map(|(mask, is_along)| (ink, mask, is_along))
    };
    // Light that falls on a part of the picture alone may look like ink, but lies along its edge.
    let (ink, mask, _) = match found(is_dark) {
        Some(first) if !first.2 => first,
        first => found(!is_dark).filter(|second| !second.2).or(first)?,
    };
    // How much ink its strokes usually have, and what lies between that and none at their edges.
    let mut values: Vec<f32> =
        ink.values.iter().zip(&mask.values).filter(|(_, mask)| **mask > 0.0).map(|(ink, _)| *ink).collect();
    let usual = plane::quantile(&mut values, 0.7);
    let [none, full] = FULL.map(|part| part * usual);
    let full =
        ink.zip(&mask.greatest(2), |ink, mask| if mask > 0.0 { ((ink - none) / (full - none)).clamp(0.0, 1.0) } else { 0.0 });
    let digit = strokes::evened(&enlarged(&full)?);
    let bytes: Vec<u8> = digit.bytes().into_iter().map(|ink| if ink > FAINT { ink } else { 0 }).collect();
    Some(centred(&bytes, [digit.height, digit.width], shape))
}

/// What is inked, as large as strokes are looked at.
fn enlarged(ink: &Plane) -> Option<Plane> {
    let bytes = ink.bytes();
    let [top, bottom, left, right] = extent([ink.height, ink.width], |row, column| bytes[row * ink.width + column] > FAINT)?;
    let longest = (bottom - top).max(right - left);
    let [high, wide] = [bottom - top, right - left].map(|side| (side * strokes::SIDE).div_ceil(longest));
    let picture = Picture { height: ink.height, width: ink.width, rgb: bytes.iter().flat_map(|ink| [*ink; 3]).collect() };
    let inner = grey(&stretched(&picture, (top as f64, bottom as f64), (left as f64, right as f64), [high, wide]));
    let (height, width) = (high + 2 * strokes::ROOM, wide + 2 * strokes::ROOM);
    let mut large = vec![0; height * width];
    for (row, line) in inner.chunks_exact(wide).enumerate() {
        large[(row + strokes::ROOM) * width + strokes::ROOM..][..wide].copy_from_slice(line);
    }
    Some(Plane::of_bytes(&large, [height, width]))
}

/// The first row in which something is, that behind the last, and the same of columns.
fn extent([height, width]: [usize; 2], is_there: impl Fn(usize, usize) -> bool) -> Option<[usize; 4]> {
    let rows: Vec<usize> = (0..height).filter(|row| (0..width).any(|column| is_there(*row, column))).collect();
    let columns: Vec<usize> = (0..width).filter(|column| (0..height).any(|row| is_there(row, *column))).collect();
    Some([*rows.first()?, *rows.last()? + 1, *columns.first()?, *columns.last()? + 1])
}

/// The centre of mass, down and across, from the edge.
fn centre(ink: &[u8], [_, width]: [usize; 2]) -> [f64; 2] {
    let mut sums = [0.0; 3];
    for (at, ink) in ink.iter().enumerate() {
        let ink = f64::from(*ink);
        sums[0] += ink;
        sums[1] += ink * ((at / width) as f64 + 0.5);
        sums[2] += ink * ((at % width) as f64 + 0.5);
    }
    [1, 2].map(|along| if sums[0] > 0.0 { sums[along] / sums[0] } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SHAPE: [usize; 3] = [28, 28, 1];

    #[test]
    fn nothing_stays_nothing_and_colours_are_as_many_as_the_images_have() {
        assert_eq!(centred(&[0; 12], [3, 4], SHAPE), [0; 784]);
        assert_eq!(centred(&[], [0, 0], SHAPE), [0; 784]);
        let bar = centred(&[255; 8], [8, 1], [14, 14, 3]);
        assert_eq!(bar.len(), 14 * 14 * 3);
        assert!(bar.as_chunks::<3>().0.iter().all(|pixel| pixel[0] == pixel[1] && pixel[1] == pixel[2]));
        assert_eq!(
            bar.iter().filter(|ink| **ink == 255).count(),
            3 * 10,
            "as high as the box, and as thin as its proportions say"
        );
    }

    /// A grey picture of one value but for some pixels.
    fn picture([height, width]: [usize; 2], ground: u8, ink: u8, is_ink: impl Fn(usize, usize) -> bool) -> Picture {
        let pixel = |at: usize| if is_ink(at / width, at % width) { [ink; 3] } else { [ground; 3] };
        Picture { height, width, rgb: (0..height * width).flat_map(pixel).collect() }
    }

    #[test]
    fn an_upright_stroke_is_found_whatever_it_is_drawn_with_and_on() {
        for (ground, ink) in [(250, 10), (200, 150), (10, 240), (90, 130)] {
            for wide in [2, 12, 30] {
                let stroke = |row: usize, column: usize| (60..160).contains(&row) && (50..50 + wide).contains(&column);
                let lines = |row: usize, column: usize| row % 25 == 7 || column % 25 == 3;
                for (what, is_ink) in [("plain", false), ("squared", wide > 2)] {
                    let drawn =
                        picture([200, 220], ground, ink, |row, column| stroke(row, column) || is_ink && lines(row, column));
                    let Some(found) = digit(&drawn, SHAPE) else { panic!("{what}, {wide} wide: nothing") };
                    let inked = |row: usize, column: usize| found[row * 28 + column] > 127;
                    let rows = (0..28).filter(|row| (0..28).any(|column| inked(*row, column))).count();
                    let columns = (0..28).filter(|column| (0..28).any(|row| inked(row, *column))).count();
                    assert!((18..=20).contains(&rows) && (1..=6).contains(&columns), "{what}, {wide} wide: {rows} × {columns}");
                }
            }
        }
    }

    #[test]
    fn where_there_is_no_ink_there_is_no_digit() {
        for size in [[1, 1], [1, 500], [300, 2], [40, 60]] {
            assert_eq!(digit(&picture(size, 200, 0, |_, _| false), SHAPE), None, "{size:?}");
        }
        assert_eq!(digit(&Picture { height: 0, width: 3, rgb: Vec::new() }, SHAPE), None);
    }

    proptest! {
        #[test]
        fn any_picture_has_a_digit_of_the_shape_or_none(
            height in 1usize..40, width in 1usize..40, bytes in prop::collection::vec(any::<u8>(), 1600), levels in 1u8..=255,
        ) {
            let rgb = bytes[..height * width].iter().flat_map(|byte| [byte / levels * levels; 3]).collect();
            if let Some(found) = digit(&Picture { height, width, rgb }, [20, 24, 3]) {
                prop_assert_eq!(found.len(), 20 * 24 * 3);
            }
        }

        #[test]
        fn what_is_drawn_fits_the_box_and_its_mass_is_in_the_middle(
            place in (0usize..30, 0usize..30),
            size in (1usize..30, 1usize..30),
            ink in 60u8..=255,
        ) {
            let mut canvas = vec![0; 60 * 60];
            for (row, column) in (0..size.0).flat_map(|row| (0..size.1).map(move |column| (row, column))) {
                canvas[(place.0 + row) * 60 + place.1 + column] = ink;
            }
            let image = centred(&canvas, [60, 60], SHAPE);
            let [down, across] = centre(&image, [28, 28]);
            let is_there = |centre: f64| (14.0 - 1e-9..15.0 + 1e-9).contains(&centre);
            prop_assert!(is_there(down) && is_there(across), "{} {}", down, across);
            let rows: Vec<usize> = (0..28).filter(|row| image[row * 28..][..28].iter().any(|ink| *ink > 0)).collect();
            let columns: Vec<usize> = (0..28).filter(|column| (0..28).any(|row| image[row * 28 + column] > 0)).collect();
            prop_assert_eq!(rows.len().max(columns.len()), 20);
            // Where it was drawn makes no difference.
            let mut elsewhere = vec![0; 61 * 61];
            for row in 0..60 {
                elsewhere[(row + 1) * 61 + 1..][..60].copy_from_slice(&canvas[row * 60..][..60]);
            }
            prop_assert_eq!(centred(&elsewhere, [61, 61], SHAPE), image);
        }
    }
}
