//! A class of pictures that show none of the others: parts of them, several at a time, too large, too small, and plain grounds.

use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::picture::{Picture, edge, grey, stretched};
use super::random::{Purpose, below, even, stream};
use super::{DataError, Dataset, ImageSet};

/// What the class is called.
pub const NOTHING: &str = "nothing";
/// One is made of so many pictures,
const EACH: usize = 3;
/// but of each, where these are few: what shows none of the classes has as many looks whatever there is to tell apart.
const FEW: usize = 1_000;
/// The second picture that one is made of is no further from the first.
const NEAR: usize = 32;
/// Edges whose values lie this close together are a ground of one value.
const FLAT: u8 = 16;

/// How many are made of so many pictures.
fn made_of(pictures: usize) -> usize {
    (pictures / EACH).max(pictures.min(FEW))
}

/// The two of so many pictures that the one at `place` among those of the class is made of.
pub(super) fn sources(place: usize, pictures: usize) -> [u32; 2] {
    let first = place * pictures / made_of(pictures);
    let (low, high) = (first.saturating_sub(NEAR), (first + NEAR).min(pictures - 1));
    let other = low + below(&mut stream(0, Purpose::Nothing, place as u64, 1), (high - low + 1) as u64) as usize;
    [first as u32, other as u32]
}

/// The data with this class behind the others. Each of its images follows from two pictures near each other in the same set, and
/// from its place: the same for every seed.
///
/// Fails where there is a class of this name.
pub(super) fn with_nothing(data: Dataset) -> Result<Dataset, DataError> {
    if data.class_names.iter().any(|name| name == NOTHING) {
        return Err(DataError::HasNothing);
    }
    let label = data.class_names.len() as u16;
    let pictures = data.train.len();
    let mut with = Dataset::new(added(&data.train, label), added(&data.test, label), data.class_names);
    with.class_names.push(NOTHING.into());
    (with.notes, with.pictures) = (data.notes, pictures);
    Ok(with)
}

/// A set with the images that are made of its own behind it.
fn added(set: &ImageSet, label: u16) -> ImageSet {
    let (set, made) = (set.clone(), made_of(set.len()));
    ImageSet::unpacked_later(set.shape(), set.len() + made, move || {
        let mut pixels: Vec<u8> = (0..set.len()).flat_map(|index| set.image(index)).copied().collect();
        let mut labels: Vec<u16> = (0..set.len()).map(|index| set.label(index) as u16).collect();
        pixels.par_extend((0..made).into_par_iter().flat_map_iter(|place| image(&set, place)));
        labels.resize(set.len() + made, label);
        (pixels, labels)
    })
}

/// The image of the class at this place, in the form of the set.
fn image(set: &ImageSet, place: usize) -> Vec<u8> {
    let shape = set.shape();
    let pictures = sources(place, set.len()).map(|index| picture(set.image(index as usize), shape));
    let mut random = Chance(stream(0, Purpose::Nothing, place as u64, 0));
    let mut canvas = Canvas::new(&pictures[0], &mut random);
    match random.of(10) {
        0..=1 => canvas.part(&pictures[0], &mut random),
        2..=3 => canvas.neighbours(&pictures, &mut random),
        4..=5 => canvas.too_large(&pictures[0], &mut random),
        6..=7 => canvas.too_small(&pictures, &mut random),
        _ => canvas.plain(&pictures[0], &mut random),
    }
    match shape[2] {
        1 => grey(&canvas.rgb),
        _ => canvas.rgb,
    }
}

/// An image as a picture; colours where it has three channels.
fn picture(image: &[u8], [height, width, channels]: [usize; 3]) -> Picture {
    let pixel = |pixel: &[u8]| if channels == 3 { [pixel[0], pixel[1], pixel[2]] } else { [pixel[0]; 3] };
    Picture { height, width, rgb: image.chunks_exact(channels).flat_map(pixel).collect() }
}

struct Chance(ChaCha8Rng);

impl Chance {
    fn of(&mut self, choices: usize) -> usize {
        below(&mut self.0, choices as u64) as usize
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (f64::from(even(&mut self.0)) + 1.0) / 2.0 * (high - low)
    }

    /// Between two values, or as far on the other side of 0.
    fn either_way(&mut self, low: f64, high: f64) -> f64 {
        self.between(low, high) * [-1.0, 1.0][self.of(2)]
    }
}

/// What an image of the class is drawn on.
struct Canvas {
    height: usize,
    width: usize,
    rgb: Vec<u8>,
    /// The value of the ground, where pictures stand on one: what is drawn over another keeps what is further from it.
    ground: Option<[u8; 3]>,
}

impl Canvas {
    /// As large as a picture: empty in its ground, where it has one, or in any grey.
    fn new(picture: &Picture, random: &mut Chance) -> Self {
        let Picture { height, width, .. } = *picture;
        let ground = is_on_ground(picture).then(|| edge(picture));
        let fill = ground.unwrap_or_else(|| match random.of(2) {
            0 => edge(picture),
            _ => [random.of(256) as u8; 3],
        });
        Self { height, width, rgb: fill.repeat(height * width), ground }
    }

    /// Draws a picture at so many times the size of the canvas, its middle at these parts of the canvas.
    fn put(&mut self, picture: &Picture, times: f64, [down, across]: [f64; 2]) {
        let side = |length: usize| ((length as f64 * times).round() as usize).max(1);
        let (high, wide) = (side(self.height), side(self.width));
        let (rows, columns) = ((0.0, picture.height as f64), (0.0, picture.width as f64));
        let rgb = stretched(picture, rows, columns, [high, wide]);
        let corner = |part: f64, length: usize, side: usize| (part * length as f64 - side as f64 / 2.0).round() as isize;
        let (top, left) = (corner(down, self.height, high), corner(across, self.width, wide));
        let inside = |at: isize, length: usize| usize::try_from(at).ok().filter(|at| *at < length);
        for (at, pixel) in rgb.as_chunks::<3>().0.iter().enumerate() {
            let (row, column) = (top + (at / wide) as isize, left + (at % wide) as isize);
            if let (Some(row), Some(column)) = (inside(row, self.height), inside(column, self.width)) {
                let (ground, width) = (self.ground, self.width);
                let there = &mut self.rgb[(row * width + column) * 3..][..3];
                let is_further = ground.is_none_or(|ground| away(pixel, ground) > away(there, ground));
                if is_further {
                    there.copy_from_slice(pixel);
                }
            }
        }
    }

    /// A picture that is moved out by a third to two thirds, along one axis or both.
    fn part(&mut self, picture: &Picture, random: &mut Chance) {
        let (most, less) = (random.either_way(0.33, 0.67), random.either_way(0.0, 0.5));
        let moved = if random.of(2) == 0 { [most, less] } else { [less, most] };
        self.put(picture, random.between(0.8, 1.25), moved.map(|moved| 0.5 + moved));
    }

    /// Two pictures side by side or one above the other, with what is between them in the middle.
    fn neighbours(&mut self, pictures: &[Picture; 2], random: &mut Chance) {
        let (apart, first, times) = (random.between(0.7, 1.0), random.between(0.35, 0.65), random.between(0.8, 1.2));
        let aside = random.either_way(0.0, 0.2);
        let is_upright = random.of(2) == 0;
        for (picture, at) in pictures.iter().zip([-first, 1.0 - first]) {
            let along = 0.5 + at * apart * times;
            self.put(picture, times, if is_upright { [along, 0.5 + aside] } else { [0.5 + aside, along] });
        }
    }

    /// A part of a picture that is much too large, around any place of it; where it stands on a ground, one that is drawn.
    fn too_large(&mut self, picture: &Picture, random: &mut Chance) {
        let pixels = picture.rgb.as_chunks::<3>().0;
        let is_drawn = |pixel: &[u8; 3]| self.ground.is_none_or(|ground| away(pixel, ground) > 3 * u32::from(FLAT));
        let drawn: Vec<usize> = (0..pixels.len()).filter(|at| is_drawn(&pixels[*at])).collect();
        let at = if drawn.is_empty() { 0 } else { drawn[random.of(drawn.len())] };
        let times = random.between(1.3, 3.0);
        let middle = |place: usize, length: usize| 0.5 + (0.5 - (place as f64 + 0.5) / length as f64) * times;
        self.put(picture, times, [middle(at / picture.width, picture.height), middle(at % picture.width, picture.width)]);
    }

    /// Pictures that are much too small, alone or several.
    fn too_small(&mut self, pictures: &[Picture; 2], random: &mut Chance) {
        let times = random.between(0.3, 0.65);
        let corner = [(); 2].map(|()| random.between(0.0, 0.6));
        let (down, across) = [(1, 1), (1, 2), (2, 1), (2, 2), (3, 3)][random.of(5)];
        for (row, column) in (0..down).flat_map(|row| (0..across).map(move |column| (row, column))) {
            let at = |corner: f64, many: usize, place: usize| match many {
                1 => corner + times / 2.0,
                _ => 0.5 + (place as f64 - (many - 1) as f64 / 2.0) * times,
            };
            self.put(&pictures[(row + column) % 2], times, [at(corner[0], down, row), at(corner[1], across, column)]);
        }
    }

    /// A ground alone: of one value, lit from a side, noisy, or a picture of which nothing can be made out.
    fn plain(&mut self, picture: &Picture, random: &mut Chance) {
        let kind = random.of(4);
        if kind == 3 {
            let (rows, columns) = ((0.0, picture.height as f64), (0.0, picture.width as f64));
            let few = stretched(picture, rows, columns, [2, 2]);
            let few = Picture { height: 2, width: 2, rgb: few };
            self.rgb = stretched(&few, (0.0, 2.0), (0.0, 2.0), [self.height, self.width]);
        }
        let slope = if kind == 0 { [0.0; 2] } else { [(); 2].map(|()| random.either_way(0.0, 80.0)) };
        let noise = if kind == 2 { 4.0 * 2.0f64.powf(random.between(0.0, 5.0)) } else { random.between(0.0, 4.0) };
        for at in 0..self.height * self.width {
            let parts = [(at / self.width) as f64 / self.height as f64, (at % self.width) as f64 / self.width as f64];
            let light = slope.iter().zip(parts).map(|(slope, part)| slope * (part - 0.5)).sum::<f64>();
            let more = light + f64::from(even(&mut random.0)) * noise;
            self.rgb[at * 3..][..3].iter_mut().for_each(|value| *value = (f64::from(*value) + more).clamp(0.0, 255.0) as u8);
        }
    }
}

/// How far two colours are apart.
fn away(pixel: &[u8], ground: [u8; 3]) -> u32 {
    pixel.iter().zip(ground).map(|(a, b)| u32::from(a.abs_diff(b))).sum()
}

/// Whether a picture stands on a ground of one value, as digits do.
fn is_on_ground(picture: &Picture) -> bool {
    let ground = edge(picture);
    let Picture { height, width, rgb } = picture;
    let is_edge = |at: usize| {
        let (row, column) = (at / width, at % width);
        row == 0 || column == 0 || row + 1 == *height || column + 1 == *width
    };
    let pixels = rgb.as_chunks::<3>().0.iter().enumerate().filter(|(at, _)| is_edge(*at));
    let (mut near, mut all) = (0, 0);
    for (_, pixel) in pixels {
        all += 1;
        near += usize::from(away(pixel, ground) <= 3 * u32::from(FLAT));
    }
    // A stroke may go out of the picture.
    near * 10 >= all * 9
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{DataSpec, Holdout};

    /// Images of which each has a value of its own, in every second pixel: no two sets share one.
    fn set(first: u8, count: u8, shape: [usize; 3]) -> ImageSet {
        let length = shape.iter().product::<usize>();
        let pixels =
            (first..first + count).flat_map(|value| (0..length).map(move |at| if at % 2 == 0 { value } else { 255 - value }));
        ImageSet::new(shape, pixels.collect(), (0..count).map(|at| u16::from(at % 2)).collect(), 2).expect("fitting")
    }

    fn data(count: u8) -> Dataset {
        Dataset::new(set(0, count, [8, 6, 1]), set(100, 9, [8, 6, 1]), vec!["a".into(), "b".into()])
    }

    #[test]
    fn the_class_is_the_last_and_the_same_every_time() {
        let (with, again) = (with_nothing(data(60)).expect("no such class"), with_nothing(data(60)).expect("no such class"));
        assert_eq!(with.class_names, ["a", "b", NOTHING]);
        let made = made_of(60);
        assert_eq!((with.train.len(), with.test.len()), (60 + made, 9 + made_of(9)));
        assert!((0..60).all(|index| with.train.image(index) == data(60).train.image(index) && with.train.label(index) < 2));
        assert!((60..60 + made).all(|index| with.train.label(index) == 2));
        assert_eq!(with.content(), again.content());
        assert_ne!(with.content().sha256, data(60).content().sha256);
        let named = Dataset::new(data(60).train, data(60).test, vec!["a".into(), NOTHING.into()]);
        let error = with_nothing(named).expect_err("there is one").to_string();
        assert!(error.starts_with("data.nothing = true: there is a class named nothing already"), "{error}");
    }

    #[test]
    fn no_test_picture_makes_a_training_picture_and_the_other_way_round() {
        let with = with_nothing(data(60)).expect("no such class");
        let other_test = Dataset::new(data(60).train, set(200, 9, [8, 6, 1]), data(60).class_names);
        assert_eq!(with_nothing(other_test).expect("no such class").train, with.train);
        let other_train = Dataset::new(set(150, 60, [8, 6, 1]), data(60).test, data(60).class_names);
        assert_eq!(with_nothing(other_train).expect("no such class").test, with.test);
    }

    #[test]
    fn what_is_made_of_held_out_pictures_is_held_out_and_nothing_is_made_of_both() {
        let with = with_nothing(data(90)).expect("no such class");
        for (validation, limit) in [(0, None), (20, None), (20, Some(50)), (49, Some(50))] {
            let spec = DataSpec { validation: Holdout::Count(validation), train_limit: limit, ..DataSpec::default() };
            let (train, held_out) = with.divided(&spec, 3).expect("some are left");
            let is_held_out = |index: u32| held_out.contains(&index);
            assert_eq!(held_out.iter().filter(|index| **index < 90).count(), validation);
            assert_eq!(train.iter().filter(|index| **index < 90).count(), limit.unwrap_or(90) - validation);
            for index in train.iter().chain(&held_out).filter(|index| **index >= 90) {
                for source in sources(*index as usize - 90, 90) {
                    assert!((source as usize) < limit.unwrap_or(90));
                    assert_eq!(is_held_out(source), is_held_out(*index), "{index} of {source}");
                }
            }
            let are_some = |indices: &[u32]| indices.iter().any(|index| *index >= 90);
            assert!(are_some(if validation == 49 { &held_out } else { &train }), "most have both on one side");
        }
        let nothing_left = DataSpec { validation: Holdout::Count(90), ..DataSpec::default() };
        assert_eq!(with.divided(&nothing_left, 3), None);
    }

    #[test]
    fn images_of_every_shape_have_the_class() {
        for shape in [[1, 1, 1], [28, 28, 1], [5, 9, 3], [64, 48, 3]] {
            let data = Dataset::new(set(0, 30, shape), set(200, 0, shape), vec!["a".into(), "b".into()]);
            let with = with_nothing(data).expect("no such class");
            assert_eq!((with.train.image(with.train.len() - 1).len(), with.test.len()), (shape.iter().product(), 0));
        }
        let empty = with_nothing(data(0)).expect("no such class");
        assert!(empty.train.is_empty());
    }
}
