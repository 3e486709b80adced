//! The sizes in which a picture is looked at, so that what is looked for is as large as the network's images, and the places of
//! the windows in each.

use std::collections::BTreeSet;

use super::FindError;
use super::merge::Area;
use super::sums::Sums;
use crate::data::picture::{Fit, Picture, grey, resized};
use crate::data::{Sheet, SheetInk};

/// No level is longer, so that memory and time have an end.
const LONGEST: usize = 2_520;
/// Windows of digits are looked for from this part of the longer side on, others from that.
const SMALLEST: [f64; 2] = [1.0 / 56.0, 1.0 / 16.0];
/// The next size of windows is so many times the one before: of digits, and of others.
const STEPS: [f64; 2] = [1.15, 1.2];
/// No window is smaller than this part of the network's images unless somebody asks: there is little to be seen in it.
const LEAST: f64 = 0.5;
/// Windows are moved by this part of their size.
const STRIDE: f64 = 1.0 / 6.0;
/// Digits may stand so close to the edge that their windows go beyond it by this many pixels.
const BORDER: usize = 8;
/// A digit's box in its window of 28 pixels, within which its ink is weighed.
const BOX: usize = 20;
/// In which pixel of the window the centre of a digit's mass is, to the middle of it.
const CENTRE: f64 = 14.5;
/// Less ink than so many black pixels is no digit.
const LEAST_INK: f64 = 20.0;
/// Ink that is fainter than this part of black is none, and than so many times what differs where there is none.
const FAINT: (f32, f32) = (0.06, 5.0);
/// Pixels at the rim of a digit's window in which there is no ink of it.
const RIM: usize = 2;
/// This part of a window's ink in its rim says that it shows a part of something.
const MOST_IN_RIM: f32 = 0.1;
/// Windows whose values differ less, of 255, show nothing.
const LEAST_CONTRAST: f64 = 4.0;

/// A picture in a size.
pub(super) struct Level {
    size: [usize; 2],
    shape: [usize; 3],
    /// How many of the picture's pixels one of this is.
    scale: [f64; 2],
    kind: Kind,
    sums: Sums,
}

enum Kind {
    /// Pixels in the network's channels.
    Whole(Vec<u8>),
    /// Ink, with a border that has none.
    Ink(SheetInk),
}

/// All levels, from the smallest windows to those as large as the picture.
pub(super) fn of(
    picture: &Picture,
    shape: [usize; 3],
    is_ink: bool,
    smallest: Option<usize>,
) -> Result<impl Iterator<Item = Level>, FindError> {
    let size = [picture.height, picture.width];
    let widths = widths(size, shape, is_ink, smallest)?;
    let reduced = reduced(picture);
    let seen = if is_ink { Seen::Sheet(Sheet::new(reduced)) } else { Seen::Whole(reduced) };
    Ok(widths.into_iter().map(move |width| Level::new(&seen, size, shape, width)))
}

/// What levels are made of.
enum Seen {
    Whole(Picture),
    Sheet(Sheet),
}

/// The picture, no longer than any level.
fn reduced(picture: &Picture) -> Picture {
    let longest = picture.height.max(picture.width);
    let [height, width] = match longest > LONGEST {
        true => [picture.height, picture.width].map(|side| (side * LONGEST / longest).max(1)),
        false => return picture.clone(),
    };
    Picture { height, width, rgb: resized(picture, [height, width], Fit::Stretch) }
}

/// The widths of the windows of each level, in pixels of a picture of this size.
fn widths(
    [height, width]: [usize; 2],
    [high, wide, _]: [usize; 3],
    is_ink: bool,
    asked: Option<usize>,
) -> Result<Vec<f64>, FindError> {
    let longest = height.max(width) as f64;
    let finest = longest * wide.max(high) as f64 / LONGEST as f64;
    let kind = usize::from(!is_ink);
    let smallest = match asked {
        Some(asked) if (asked as f64) < finest => return Err(FindError::TooFine { asked, least: finest.ceil() as usize }),
        Some(asked) => (asked as f64).max(1.0),
        None => (longest * SMALLEST[kind]).max(LEAST * wide as f64).max(finest),
    };
    let largest = (width as f64).min(height as f64 * wide as f64 / high as f64);
    if smallest > largest {
        return Err(FindError::TooSmall { width, height, smallest: smallest.ceil() as usize });
    }
    Ok(std::iter::successors(Some(smallest), |width| Some(width * STEPS[kind])).take_while(|width| *width <= largest).collect())
}

impl Level {
    /// Of a picture that was of this size, with windows that are so many of its pixels wide.
    fn new(seen: &Seen, [height, width]: [usize; 2], shape: [usize; 3], window: f64) -> Self {
        let side = |side: usize, least: usize| ((side as f64 * shape[1] as f64 / window).round() as usize).max(least);
        let inner = [side(height, shape[0]), side(width, shape[1])];
        let scale = [height as f64 / inner[0] as f64, width as f64 / inner[1] as f64];
        match seen {
            Seen::Sheet(sheet) => {
                let (ink, size) = (bordered(sheet.ink(inner), inner), inner.map(|side| side + 2 * BORDER));
                let floor = 3.0 * ink.noise;
                let sums = Sums::of(size, |at| if ink.values[at] > floor { ink.values[at] } else { 0.0 });
                Self { size, shape, scale, kind: Kind::Ink(ink), sums }
            }
            Seen::Whole(picture) => {
                let rgb = resized(picture, inner, Fit::Stretch);
                let grey = grey(&rgb);
                let sums = Sums::of(inner, |at| f32::from(grey[at]));
                Self { size: inner, shape, scale, kind: Kind::Whole(if shape[2] == 3 { rgb } else { grey }), sums }
            }
        }
    }

    /// Where windows are, as row and column of their corners.
    pub fn places(&self) -> Vec<[usize; 2]> {
        let [rows, columns] = [0, 1].map(|axis| {
            let (last, stride) = (self.size[axis] - self.shape[axis], (self.shape[axis] as f64 * STRIDE).round() as usize);
            // The last one reaches the edge.
            (0..last).step_by(stride.max(1)).chain([last]).collect::<Vec<usize>>()
        });
        let all = rows.iter().flat_map(|row| columns.iter().map(move |column| [*row, *column]));
        match &self.kind {
            Kind::Whole(_) => all.filter(|place| self.has_contrast(*place)).collect(),
            Kind::Ink(_) => {
                let places: BTreeSet<[usize; 2]> = all.filter_map(|place| self.on_ink(place)).collect();
                places.into_iter().collect()
            }
        }
    }

    fn has_contrast(&self, [row, column]: [usize; 2]) -> bool {
        let [sum, _, _, squares] = self.sums.of_part([row, column], [self.shape[0], self.shape[1]]);
        let count = (self.shape[0] * self.shape[1]) as f64;
        (squares / count - (sum / count).powi(2)).max(0.0).sqrt() >= LEAST_CONTRAST
    }

    /// The window near `place` in which the ink's mass is where that of MNIST's images is, when there is ink.
    fn on_ink(&self, mut place: [usize; 2]) -> Option<[usize; 2]> {
        let margin = [0, 1].map(|axis| (self.shape[axis] - BOX) / 2);
        for _ in 0..3 {
            let corner = [place[0] + margin[0], place[1] + margin[1]];
            let [ink, down, across, _] = self.sums.of_part(corner, [BOX, BOX]);
            if ink < LEAST_INK * f64::from(FAINT.0) {
                return None;
            }
            let moved = [down / ink, across / ink].map(|centre| (centre - CENTRE).round());
            let next = [0, 1].map(|axis| moved[axis].clamp(0.0, (self.size[axis] - self.shape[axis]) as f64) as usize);
            if next == place {
                break;
            }
            place = next;
        }
        Some(place)
    }

    /// Appends the window at a place as the network takes it, and gives how much of it stands alone, 0 to 1; not where there is
    /// nothing on it.
    pub fn append(&self, [row, column]: [usize; 2], out: &mut Vec<u8>) -> Option<f32> {
        let [high, wide, channels] = self.shape;
        let row_of = |line: usize| (row + line) * self.size[1] + column;
        match &self.kind {
            Kind::Whole(pixels) => {
                (0..high).for_each(|line| out.extend(&pixels[row_of(line) * channels..][..wide * channels]));
                Some(1.0)
            }
            Kind::Ink(ink) => {
                let lines = (0..high).flat_map(|line| &ink.values[row_of(line)..][..wide]).copied();
                append_ink(lines.collect(), ink.noise, out)?;
                Some(self.alone(&out[out.len() - high * wide..]))
            }
        }
    }

    /// How much of a window of ink stands alone: a digit of MNIST's ends before its image does, and a part of one does not.
    fn alone(&self, window: &[u8]) -> f32 {
        let [high, wide, _] = self.shape;
        let is_rim = |at: usize| {
            let (row, column) = (at / wide, at % wide);
            row.min(column).min(high - 1 - row).min(wide - 1 - column) < RIM
        };
        let all: f32 = window.iter().map(|ink| f32::from(*ink)).sum();
        let rim: f32 = window.iter().enumerate().filter(|(at, _)| is_rim(*at)).map(|(_, ink)| f32::from(*ink)).sum();
        (1.0 - rim / (MOST_IN_RIM * all.max(1.0))).max(0.0)
    }

    /// The part of the picture that the window at a place shows.
    pub fn area(&self, [row, column]: [usize; 2]) -> Area {
        let border = if matches!(self.kind, Kind::Ink(_)) { BORDER as f64 } else { 0.0 };
        let [down, across] = self.scale;
        Area {
            left: (column as f64 - border) * across,
            top: (row as f64 - border) * down,
            width: self.shape[1] as f64 * across,
            height: self.shape[0] as f64 * down,
        }
    }
}

/// Appends ink of any strength as strong as MNIST's is; not where there is none.
fn append_ink(window: Vec<f32>, noise: f32, out: &mut Vec<u8>) -> Option<()> {
    let strongest = window.iter().copied().fold(0.0, f32::max);
    if strongest < (FAINT.1 * noise).max(FAINT.0) {
        return None;
    }
    let mut inked: Vec<f32> = window.iter().copied().filter(|ink| *ink >= 0.35 * strongest).collect();
    let at = (inked.len() - 1) * 7 / 10;
    let usual = *inked.select_nth_unstable_by(at, f32::total_cmp).1;
    let [none, full] = [(0.15 * usual).max(2.0 * noise), 0.9 * usual];
    out.extend(window.iter().map(|ink| (((ink - none) / (full - none)).clamp(0.0, 1.0) * 255.0) as u8));
    Some(())
}

fn bordered(ink: SheetInk, [height, width]: [usize; 2]) -> SheetInk {
    let wide = width + 2 * BORDER;
    let mut values = vec![0.0; (height + 2 * BORDER) * wide];
    for (row, line) in ink.values.chunks_exact(width).enumerate() {
        values[(row + BORDER) * wide + BORDER..][..width].copy_from_slice(line);
    }
    SheetInk { values, ..ink }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture that gets lighter to the right and down, again and again.
    fn shaded([height, width]: [usize; 2]) -> Picture {
        let rgb = (0..height * width).flat_map(|at| [((at / width * 5 + at % width * 3) % 256) as u8; 3]).collect();
        Picture { height, width, rgb }
    }

    #[test]
    fn windows_of_each_size_reach_every_place_of_the_picture() {
        for (size, shape) in [([90, 120], [28, 28, 1]), ([200, 64], [20, 12, 3]), ([64, 53], [64, 53, 1])] {
            let picture = shaded(size);
            let mut widths = Vec::new();
            for level in of(&picture, shape, false, None).expect("windows") {
                let places = level.places();
                let areas: Vec<Area> = places.iter().map(|place| level.area(*place)).collect();
                widths.push(areas[0].width);
                let most = (areas[0].width * STRIDE * 1.5).max(2.0 * level.scale[1]);
                for point in 0..100 {
                    let [y, x] = [size[0] * (point / 10) / 10, size[1] * (point % 10) / 10].map(|at| at as f64 + 0.5);
                    let holds = |area: &Area| {
                        (area.left..=area.left + area.width).contains(&x) && (area.top..=area.top + area.height).contains(&y)
                    };
                    assert!(areas.iter().any(holds), "{size:?}: {x} {y}");
                }
                let mut lefts: Vec<f64> = areas.iter().map(|area| area.left).collect();
                lefts.sort_by(f64::total_cmp);
                assert!(lefts.windows(2).all(|pair| pair[1] - pair[0] <= most), "{size:?} {most}: {lefts:?}");
                let right = areas.iter().map(|area| area.left + area.width).fold(0.0, f64::max);
                assert!((right - size[1] as f64).abs() < 1e-6, "the last reaches the edge");
                let mut pixels = Vec::new();
                assert!(level.append(places[0], &mut pixels).is_some() && pixels.len() == shape.iter().product::<usize>());
            }
            assert!(widths.windows(2).all(|pair| pair[1] / pair[0] < 1.3), "{widths:?}");
            let largest = (size[1] as f64).min(size[0] as f64 * shape[1] as f64 / shape[0] as f64);
            assert!(widths.last().is_some_and(|last| last * 1.3 > largest), "{widths:?}");
        }
    }

    #[test]
    fn no_level_is_larger_than_memory_has_room_for() {
        for size in [[1, 67_000_000], [8_192, 8_192], [1_000, 60_000], [40, 30], [14, 14], [1, 1]] {
            for (shape, is_ink) in [([28, 28, 1], true), ([64, 53, 3], false), ([256, 256, 1], false)] {
                for asked in [None, Some(1), Some(1_000)] {
                    let Ok(widths) = widths(size, shape, is_ink, asked) else { continue };
                    let longest = size[0].max(size[1]) as f64 * shape[1] as f64 / widths[0];
                    assert!(longest <= LONGEST as f64 + 1.0, "{size:?} {shape:?} {asked:?}: {longest}");
                }
            }
        }
    }

    #[test]
    fn windows_lie_on_ink_as_images_of_mnist_do_and_blank_ones_are_passed_over() {
        let blank = Picture { height: 60, width: 80, rgb: vec![230; 60 * 80 * 3] };
        for is_ink in [true, false] {
            let levels = of(&blank, [28, 28, 1], is_ink, None).expect("windows");
            assert_eq!(levels.map(|level| level.places().len()).sum::<usize>(), 0, "{is_ink}");
        }
        // A bar of 4 by 18 pixels with its centre at (30, 40), seen at its own size.
        let mut picture = blank.clone();
        for (row, column) in (21..39).flat_map(|row| (38..42).map(move |column| (row, column))) {
            picture.rgb[(row * 80 + column) * 3..][..3].fill(20);
        }
        let level = of(&picture, [28, 28, 1], true, Some(28)).expect("windows").next().expect("one");
        let places = level.places();
        assert!(!places.is_empty());
        let area = level.area(places[places.len() / 2]);
        assert!((area.left + CENTRE - 40.0).abs() <= 1.0 && (area.top + CENTRE - 30.0).abs() <= 1.0, "{area:?}");
        let mut pixels = Vec::new();
        let alone = level.append(places[places.len() / 2], &mut pixels).expect("ink");
        assert!(alone > 0.99 && pixels.iter().filter(|ink| **ink > 200).count().abs_diff(72) < 24, "{alone}");
    }
}
