//! A few images at which a network is looked at again and again while it learns.

use std::ops::Range;

use super::random::{Purpose, shuffle, stream};

/// The images are looked at in so many parts, one after the other. The loss wavers from step to step by a fifth and more, and a few
/// images say little of others: so that a part at a time tells most of both, for what it costs.
const PARTS: usize = 16;
/// So many images at most belong to a part: a slice for each of two threads.
const MOST: usize = 32;
/// But so many, where there are as many.
const LEAST: usize = 4;
/// Of so many training images one belongs to a part: small sets have few steps, and all parts are looked at often enough all the same.
const SHARE: usize = 600;
/// So many images are trained on for each that is looked at. Looking takes a third of the time of training, so that this is
/// about a sixtieth of a run, reckoned by how fast images are judged.
const TRAINED_FOR_EACH: usize = 20;

/// The images, and how often they are looked at: what follows from the sizes and the seed, and from no clock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Probe {
    /// Their places in the training set.
    images: Vec<u32>,
    /// Images of a part.
    size: usize,
}

impl Probe {
    /// Of the images held out, where there are any, else of those trained on.
    pub fn of(train: &[u32], validation: &[u32], seed: u64) -> Self {
        let mut images = if validation.is_empty() { train } else { validation }.to_vec();
        shuffle(&mut stream(seed, Purpose::Probe, 0, 0), &mut images);
        let size = (train.len() / SHARE).clamp(LEAST, MOST).min(images.len().div_ceil(PARTS));
        images.truncate(size * PARTS);
        Self { images, size }
    }

    /// How many parts there are.
    pub fn parts(&self) -> usize {
        self.images.len().div_ceil(self.size.max(1))
    }

    /// The images of a part, by their places in the training set.
    pub fn part(&self, part: usize) -> &[u32] {
        self.images.chunks(self.size.max(1)).nth(part).unwrap_or_default()
    }

    /// The parts that are looked at after a step before which `before` images were trained on, and after which `after` were; none
    /// of them twice.
    pub fn due(&self, before: u64, after: u64) -> impl Iterator<Item = usize> + use<> {
        let (parts, every) = (self.parts() as u64, (self.size * TRAINED_FOR_EACH).max(1) as u64);
        let turns = |images: u64| if parts == 0 { 0 } else { images / every };
        let turns: Range<u64> = turns(before).max(turns(after).saturating_sub(parts))..turns(after);
        turns.map(move |turn| (turn % parts) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_that_nothing_is_learnt_from_are_looked_at_in_turn() {
        let (train, validation): (Vec<u32>, Vec<u32>) = (0..60_000).partition(|image| image % 12 > 0);
        let probe = Probe::of(&train, &validation, 3);
        assert_eq!(probe, Probe::of(&train, &validation, 3));
        assert_ne!(probe, Probe::of(&train, &validation, 4));
        let mut images: Vec<u32> = (0..probe.parts()).flat_map(|part| probe.part(part).to_vec()).collect();
        assert!(images.iter().all(|image| image % 12 == 0));
        images.sort_unstable();
        images.dedup();
        assert_eq!((images.len(), probe.parts()), (512, 16));
        for batch in [1, 7, 64, 3_000] {
            let steps = (0..200_000_u64).step_by(batch).map(|before| (before, before + batch as u64));
            let looks: Vec<usize> = steps.flat_map(|(before, after)| probe.due(before, after)).collect();
            let wanted = 200_000 / (32 * TRAINED_FOR_EACH);
            assert!((wanted - 1..=wanted + 5).contains(&looks.len()), "{} looks at batches of {batch}", looks.len());
            assert!(looks.iter().zip((0..16).cycle()).all(|(part, wanted)| *part == wanted));
        }
        assert_eq!(probe.due(0, 50_000).count(), 16, "a look at each is enough");
    }

    #[test]
    fn small_sets_have_what_there_is() {
        for (train, validation, parts, images) in
            [(100, 30, 15, 30), (100, 5, 5, 5), (10, 0, 10, 10), (0, 0, 0, 0), (6_000, 900, 16, 160)]
        {
            let [train, validation] = [train, validation].map(|count| (0..count).collect::<Vec<u32>>());
            let probe = Probe::of(&train, &validation, 0);
            let all: usize = (0..probe.parts()).map(|part| probe.part(part).len()).sum();
            assert_eq!((probe.parts(), all), (parts, images), "{}", train.len());
            assert!(probe.due(0, 1_000_000).count() <= parts);
        }
    }
}
