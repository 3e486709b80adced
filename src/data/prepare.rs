//! Bringing a drawn picture to the form in which the digits of MNIST are.

use super::picture::{Picture, grey, stretched};

/// The box that a digit of MNIST fits in, as a part of its image: 20 of 28 pixels (LeCun et al. 1998, section III.A).
const BOX: (usize, usize) = (20, 28);

/// Ink, 0 to 255, as `[height, width]`, in the form of an image `[height, width, channels]` of MNIST's kind: what is drawn is
/// brought to the box of 20 × 20 of 28 × 28 pixels, keeping its proportions and with grey at its edges, and its centre of mass to
/// the pixel behind the middle, as in all images of MNIST. Of nothing becomes nothing.
#[must_use]
pub fn centred(ink: &[u8], [height, width]: [usize; 2], shape: [usize; 3]) -> Vec<u8> {
    let mut image = vec![0; shape.iter().product()];
    let drawn = |row: usize, column: usize| ink.get(row * width + column).is_some_and(|ink| *ink > 0);
    let rows: Vec<usize> = (0..height).filter(|row| (0..width).any(|column| drawn(*row, column))).collect();
    let columns: Vec<usize> = (0..width).filter(|column| (0..height).any(|row| drawn(row, *column))).collect();
    let (Some((top, bottom)), Some((left, right))) = (ends(&rows), ends(&columns)) else { return image };
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

fn ends(places: &[usize]) -> Option<(usize, usize)> {
    Some((*places.first()?, places.last()? + 1))
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

    proptest! {
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
