//! A training set and a test set over the same classes.

use std::sync::{Arc, OnceLock};

use sha2::{Digest, Sha256};

use super::source::known::KNOWN;
use super::source::{self, Progress};
use super::{DataError, ImageSet, mnist, nothing, split};
use crate::protocol::{DataContent, DataSpec, Scaling};

/// A training set and a test set over the same classes.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// To train on, and to hold some out for validation.
    pub train: ImageSet,
    /// To judge with at the end.
    pub test: ImageSet,
    /// What the classes are called, in the order of their numbers.
    pub class_names: Vec<String>,
    /// What a person should know of how they were read: a sentence each.
    pub notes: Vec<String>,
    /// How many of the training images are not made of others by this program; they come first.
    pub(super) pictures: usize,
    sha256: Arc<OnceLock<String>>,
}

impl Dataset {
    /// The names under which data is known, each with what it is.
    pub const CHOICES: [(&str, &str); KNOWN.len()] = {
        let mut choices = [("", ""); KNOWN.len()];
        let mut at = 0;
        while at < KNOWN.len() {
            choices[at] = (KNOWN[at].name, KNOWN[at].about);
            at += 1;
        }
        choices
    };

    /// Images of the same shape.
    pub fn new(train: ImageSet, test: ImageSet, class_names: Vec<String>) -> Self {
        let pictures = train.len();
        Self { train, test, class_names, notes: Vec::new(), pictures, sha256: Arc::default() }
    }

    /// The same, with a digest that is known before the images are unpacked.
    pub(super) fn with_digest(self, sha256: &str) -> Self {
        Self { sha256: Arc::new(sha256.to_owned().into()), ..self }
    }

    /// The handwritten digits within the program.
    pub fn mnist() -> Self {
        mnist::load()
    }

    /// Loads the data that a recipe names. Of pictures without a folder for tests, `seed` says which of them are for tests.
    pub fn load(spec: &DataSpec, seed: u64) -> Result<Self, DataError> {
        Self::load_telling(spec, seed, &|_, _| ())
    }

    /// The same; how many of all files have been read is told as it goes on, from any thread.
    pub fn load_telling(spec: &DataSpec, seed: u64, progress: Progress) -> Result<Self, DataError> {
        let data = source::load(spec, seed, progress)?;
        if spec.nothing { nothing::with_nothing(data) } else { Ok(data) }
    }

    /// How many training images are divided into those to train on and those held out: the first so many, where there is a limit.
    /// Those that are made of others are not counted; they go with these.
    pub fn divisible(&self, limit: Option<usize>) -> usize {
        limit.map_or(self.pictures, |limit| limit.min(self.pictures))
    }

    /// The training images that a recipe trains on, and those that it holds out. What is made of others is on their side, and left
    /// out where they are on both. `None` where nothing would be left to train on.
    pub fn divided(&self, spec: &DataSpec, seed: u64) -> Option<(Vec<u32>, Vec<u32>)> {
        let images = self.divisible(spec.train_limit);
        let (mut train, mut validation) = split(images, spec.validation.of(images)?, seed);
        let mut is_held_out = vec![false; images];
        validation.iter().for_each(|index| is_held_out[*index as usize] = true);
        for (place, index) in (self.pictures as u32..self.train.len() as u32).enumerate() {
            match nothing::sources(place, self.pictures).map(|source| is_held_out.get(source as usize)) {
                [Some(false), Some(false)] => train.push(index),
                [Some(true), Some(true)] => validation.push(index),
                _ => {}
            }
        }
        Some((train, validation))
    }

    /// Unpacks what is not yet, both sets side by side.
    pub fn unpack(&self) {
        std::thread::scope(|scope| {
            scope.spawn(|| self.test.unpack());
            self.train.unpack();
        });
    }

    /// What there is: the shape, how many, and the digest over all of it.
    pub fn content(&self) -> DataContent {
        DataContent {
            sha256: self.sha256.get_or_init(|| digest(&self.train, &self.test)).clone(),
            image_shape: self.train.shape(),
            classes: self.class_names.len(),
            train: self.train.len(),
            test: self.test.len(),
        }
    }

    /// What brings the training images to mean 0 and deviation 1, channel by channel.
    pub fn scaling(&self) -> Scaling {
        let channels = self.train.shape()[2];
        // Counted in whole numbers, so that no order of adding makes a difference.
        let mut counts = vec![[0u64; 256]; channels];
        for index in 0..self.train.len() {
            for pixel in self.train.image(index).chunks_exact(channels) {
                counts.iter_mut().zip(pixel).for_each(|(counts, byte)| counts[usize::from(*byte)] += 1);
            }
        }
        let moment = |counts: &[u64; 256], of: &dyn Fn(f64) -> f64| {
            let all = counts.iter().sum::<u64>().max(1) as f64;
            counts.iter().enumerate().map(|(byte, count)| of(byte as f64 / 255.0) * (*count as f64 / all)).sum::<f64>()
        };
        let mean: Vec<f64> = counts.iter().map(|counts| moment(counts, &|value| value)).collect();
        let squares = counts.iter().zip(&mean).map(|(counts, mean)| moment(counts, &|value| (value - mean).powi(2)));
        let deviation = squares.map(|square| (square.sqrt() as f32).max(Scaling::LEAST)).collect();
        Scaling { mean: mean.into_iter().map(|mean| mean as f32).collect(), deviation }
    }
}

/// SHA-256 over the shape, then of each set the number of its images, their labels, and their pixels; numbers are
/// little-endian, of 8 bytes, labels of 2.
fn digest(train: &ImageSet, test: &ImageSet) -> String {
    let mut digest = Sha256::new();
    let number = |number: usize| (number as u64).to_le_bytes();
    train.shape().iter().for_each(|length| digest.update(number(*length)));
    for set in [train, test] {
        digest.update(number(set.len()));
        (0..set.len()).for_each(|index| digest.update((set.label(index) as u16).to_le_bytes()));
        (0..set.len()).for_each(|index| digest.update(set.image(index)));
    }
    mnist::hex(&digest.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(shape: [usize; 3], pixels: &[u8], labels: &[u16]) -> ImageSet {
        ImageSet::new(shape, pixels.to_vec(), labels.to_vec(), 3).expect("fitting lengths")
    }

    /// The digest stands in recipes.
    #[test]
    fn the_digest_is_over_shape_labels_and_pixels() {
        let train = set([1, 2, 1], &[1, 2, 3, 4], &[0, 2]);
        let test = set([1, 2, 1], &[5, 6], &[1]);
        let names = || vec!["a".to_owned(); 3];
        let of = |train: &ImageSet, test: &ImageSet| Dataset::new(train.clone(), test.clone(), names()).content().sha256;
        let bytes = [
            &[1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0][..],
            &[2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1, 2, 3, 4],
            &[1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 5, 6],
        ]
        .concat();
        let expected = of(&train, &test);
        assert_eq!(expected, mnist::hex(&Sha256::digest(bytes)));
        for (other_train, other_test) in [
            (set([2, 1, 1], &[1, 2, 3, 4], &[0, 2]), test.clone()),
            (set([1, 2, 1], &[1, 2, 3, 4], &[1, 2]), test.clone()),
            (set([1, 2, 1], &[1, 2, 3, 5], &[0, 2]), test.clone()),
            (train.clone(), set([1, 2, 1], &[5, 7], &[1])),
        ] {
            assert_ne!(of(&other_train, &other_test), expected);
        }
    }

    #[test]
    fn the_digest_of_the_digits_within_the_program_is_known_before_they_are_unpacked() {
        let data = Dataset::mnist();
        assert_eq!(data.content().sha256, digest(&data.train, &data.test));
    }

    #[test]
    fn scaled_images_have_mean_0_and_deviation_1() {
        let data = Dataset::new(set([1, 2, 1], &[0, 51, 102, 255], &[0, 1]), set([1, 2, 1], &[], &[]), Vec::new());
        let scaling = data.scaling();
        // 0, 0.2, 0.4 and 1: the mean is 0.4, the mean square of what is left 0.56 / 4.
        assert!((scaling.mean[0] - 0.4).abs() < 1e-6 && (scaling.deviation[0] - 0.14f32.sqrt()).abs() < 1e-6, "{scaling:?}");
        let flat = Dataset::new(set([1, 1, 3], &[9, 0, 255], &[0]), set([1, 1, 3], &[], &[]), Vec::new());
        assert!(flat.scaling().fits(3), "a channel that is the same everywhere can be divided by something");
    }
}
