//! Training images, each varied at random: differently in every epoch, and the same whenever that epoch is trained again.

use super::ImageSet;
use super::elastic::Elastic;
use super::random::{Purpose, even, stream};
use super::warp::Warp;
use crate::protocol::Augmentation;

/// Varies the training images of one epoch.
///
/// How an image is varied follows from the seed, the epoch and the image's place in its set alone: not from the batch it is
/// in, the thread that does it, or what was trained before. The strength is no part of the draw, so while it changes every
/// image goes further the same way.
#[derive(Clone, Copy, Debug)]
pub struct Augmenter {
    /// With the strength in it.
    recipe: Augmentation,
    seed: u64,
    epoch: u64,
    /// What comes in at the border, 0 to 1.
    border: f32,
}

impl Augmenter {
    /// Varies images `strength` times as much as the recipe says, in `epoch`, counted from 1. `None` when that leaves
    /// them as they are.
    pub fn new(recipe: Augmentation, strength: f64, seed: u64, epoch: usize) -> Option<Self> {
        let recipe = recipe.times(strength);
        (!recipe.is_none()).then_some(Self { recipe, seed, epoch: epoch as u64, border: 0.0 })
    }

    /// The same with another value than 0, black, for what comes in at the border.
    #[must_use]
    pub fn with_border(self, border: f32) -> Self {
        Self { border: border.clamp(0.0, 1.0), ..self }
    }

    /// Appends the image `index` of `set`, varied, to `out`: values from 0 to 1, row by row.
    pub fn append(&self, set: &ImageSet, index: u32, out: &mut Vec<f32>) {
        let [height, width, channels] = set.shape();
        let mut random = stream(self.seed, Purpose::Augmentation, self.epoch, index.into());
        let mut draw = |most: f64| f64::from(even(&mut random)) * most;
        let Augmentation { rotation, scale, shift, shear, elastic, mirror, brightness, contrast } = self.recipe;
        let rotation = draw(rotation);
        // As likely to be larger as to be smaller.
        let scale = (draw(scale.ln_1p())).exp();
        let shear = draw(shear);
        let shift = [draw(shift) as f32, draw(shift) as f32];
        let elastic = (elastic > 0.0).then(|| Elastic::draw(height, width, elastic as f32, &mut random));
        // After all others, so that these do not change with them.
        let mut draw = |most: f64| f64::from(even(&mut random)) * most;
        let is_mirrored = draw(0.5) + 0.5 < mirror.min(0.5);
        let (lighter, sharper) = (1.0 + draw(brightness.min(1.0)), 1.0 + draw(contrast.min(1.0)));
        let start = out.len();
        let warp = Warp::new(rotation, scale, shear, shift, elastic);
        warp.append(set.image(index as usize), set.shape(), self.border, out);
        let image = &mut out[start..];
        if is_mirrored {
            mirror_rows(image, width, channels);
        }
        if brightness > 0.0 || contrast > 0.0 {
            relight(image, lighter as f32, sharper as f32);
        }
    }
}

/// Turns the rows of an image round, pixel by pixel.
fn mirror_rows(image: &mut [f32], width: usize, channels: usize) {
    for row in image.chunks_exact_mut(width * channels) {
        for column in 0..width / 2 {
            for channel in 0..channels {
                row.swap(column * channels + channel, (width - 1 - column) * channels + channel);
            }
        }
    }
}

/// Multiplies every value by `lighter`, and its distance from the mean by `sharper`; values stay from 0 to 1.
fn relight(image: &mut [f32], lighter: f32, sharper: f32) {
    let mean = image.iter().sum::<f32>() / image.len().max(1) as f32;
    image.iter_mut().for_each(|value| *value = ((mean + (*value - mean) * sharper) * lighter).clamp(0.0, 1.0));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOTHING: Augmentation = Augmentation::NONE;

    fn images(shape: [usize; 3], count: usize) -> ImageSet {
        let pixels = (0..count * shape.iter().product::<usize>()).map(|i| (i * 7919 % 251) as u8).collect();
        ImageSet::new(shape, pixels, vec![0; count], 1).expect("fitting lengths")
    }

    fn varied(augmenter: &Augmenter, set: &ImageSet, index: u32) -> Vec<f32> {
        let mut out = Vec::new();
        augmenter.append(set, index, &mut out);
        out
    }

    #[test]
    fn what_changes_nothing_is_nothing() {
        assert!(Augmenter::new(Augmentation::default(), 0.0, 1, 1).is_none());
        assert!(Augmenter::new(NOTHING, 2.0, 1, 1).is_none());
        assert!(Augmenter::new(Augmentation { shift: 1.0, ..NOTHING }, 0.5, 1, 1).is_some());
    }

    #[test]
    fn every_seed_epoch_and_image_is_varied_differently() {
        // The same image twice.
        let set = ImageSet::new([9, 9, 1], [images([9, 9, 1], 1).image(0); 2].concat(), vec![0; 2], 1).expect("fitting lengths");
        let all = [(0, 1, 0), (1, 1, 0), (0, 2, 0), (0, 1, 1)].map(|(seed, epoch, index)| {
            varied(&Augmenter::new(Augmentation::default(), 1.0, seed, epoch).expect("a change"), &set, index)
        });
        for (i, one) in all.iter().enumerate() {
            assert!(!all[..i].contains(one), "{i}");
        }
    }

    /// Ink is moved about, not made or lost: what is drawn keeps its weight on the average over many variations.
    #[test]
    fn the_ink_stays_about_the_same() {
        let disc = |i: i32| u8::from((i % 28 - 14).pow(2) + (i / 28 - 14).pow(2) < 49) * 200;
        let set = ImageSet::new([28, 28, 1], (0..784).map(disc).collect(), vec![0], 1).expect("fitting lengths");
        let ink: f32 = set.image(0).iter().map(|byte| f32::from(*byte) / 255.0).sum();
        let parts = [
            Augmentation { rotation: 30.0, ..NOTHING },
            Augmentation { scale: 0.2, ..NOTHING },
            Augmentation { shift: 4.0, ..NOTHING },
            Augmentation { shear: 20.0, ..NOTHING },
            Augmentation { elastic: 1.5, ..NOTHING },
            Augmentation::default(),
        ];
        for recipe in parts {
            let sums = (1..=200)
                .map(|epoch| varied(&Augmenter::new(recipe, 1.0, 3, epoch).expect("a change"), &set, 0).iter().sum::<f32>());
            let mean = sums.sum::<f32>() / 200.0;
            assert!((mean / ink - 1.0).abs() < 0.05, "{recipe:?}: {mean} of {ink}");
        }
    }

    #[test]
    fn pictures_are_mirrored_half_of_the_time_and_lit_otherwise() {
        let set = ImageSet::new([2, 3, 1], vec![40, 60, 200, 50, 60, 90], vec![0], 1).expect("fitting lengths");
        let plain: Vec<f32> = set.image(0).iter().map(|byte| f32::from(*byte) / 255.0).collect();
        let turned: Vec<f32> = plain.chunks_exact(3).flat_map(|row| row.iter().rev().copied()).collect();
        let of = |recipe, epoch| varied(&Augmenter::new(recipe, 1.0, 3, epoch).expect("a change"), &set, 0);
        let is_near = |one: &[f32], other: &[f32]| one.iter().zip(other).all(|(one, other)| (one - other).abs() < 1e-5);
        let mirrored = (1..=400).filter(|epoch| is_near(&of(Augmentation { mirror: 0.5, ..NOTHING }, *epoch), &turned)).count();
        assert!((160..=240).contains(&mirrored), "{mirrored} of 400");
        assert!((1..=20).any(|epoch| is_near(&of(Augmentation { mirror: 0.5, ..NOTHING }, epoch), &plain)));
        for epoch in 1..=20 {
            let lit = of(Augmentation { brightness: 0.2, ..NOTHING }, epoch);
            let factor = lit[0] / plain[0];
            assert!((0.8..=1.2).contains(&factor), "{factor}");
            assert!(lit.iter().zip(&plain).all(|(lit, plain)| (lit - (plain * factor).min(1.0)).abs() < 1e-5), "{lit:?}");
            let mean = |image: &[f32]| image.iter().sum::<f32>() / 6.0;
            let sharp = of(Augmentation { contrast: 0.2, ..NOTHING }, epoch);
            assert!((mean(&sharp) - mean(&plain)).abs() < 1e-5);
            let factor = (sharp[2] - sharp[0]) / (plain[2] - plain[0]);
            assert!((0.8..=1.2).contains(&factor), "{factor}");
        }
        let three = ImageSet::new([1, 2, 3], vec![1, 2, 3, 4, 5, 6], vec![0], 1).expect("fitting lengths");
        let recipe = Augmentation { mirror: 0.5, ..NOTHING };
        let all = (1..=20).map(|epoch| varied(&Augmenter::new(recipe, 1.0, 3, epoch).expect("a change"), &three, 0));
        let bytes = |image: Vec<f32>| image.iter().map(|value| (value * 255.0).round() as u8).collect::<Vec<_>>();
        assert!(all.map(bytes).any(|image| image == [4, 5, 6, 1, 2, 3]), "colours stay together");
    }

    /// Another variation would train other weights from the same recipe.
    #[test]
    fn the_variation_of_a_seed_never_changes() {
        let recipe = Augmentation { shift: 0.5, ..Augmentation::default() };
        let augmenter = Augmenter::new(recipe, 1.0, 7, 1).expect("a change");
        let bytes: Vec<u8> = varied(&augmenter, &images([4, 4, 1], 1), 0).iter().map(|value| (value * 255.0) as u8).collect();
        assert_eq!(bytes, [0, 0, 0, 0, 35, 171, 31, 67, 215, 153, 81, 70, 82, 76, 10, 0]);
    }

    proptest! {
        #[test]
        fn any_image_varied_in_any_way_is_an_image(
            shape in (1usize..12, 1usize..12, 1usize..5), seed: u64, epoch in 1usize..9, strength in 0.01..=2.0f64,
            parts in prop::collection::vec(prop_oneof![Just(0.0), 0.0..=1.0f64], Augmentation::RANGES.len()),
        ) {
            let set = images([shape.0, shape.1, shape.2], 3);
            let values = Augmentation::RANGES.iter().zip(parts).map(|((key, most, _), part)| ((*key).to_owned(), (part * most).into()));
            let recipe: Augmentation = serde_json::from_value(serde_json::Map::from_iter(values).into()).expect("a recipe");
            if let Some(augmenter) = Augmenter::new(recipe, strength, seed, epoch) {
                let one = varied(&augmenter, &set, 2);
                prop_assert_eq!(one.len(), shape.0 * shape.1 * shape.2);
                prop_assert!(one.iter().all(|value| (0.0..=1.0).contains(value)));
                prop_assert_eq!(one, varied(&augmenter, &set, 2));
            }
        }
    }
}
