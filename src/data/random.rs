//! The one source of chance: a stream of random numbers for each purpose, the same on every machine.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// What random numbers are for. The numbers are part of the key of a stream, so they never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Which training images are held out.
    Split = 1,
    /// The order of the images in an epoch.
    Order = 2,
    /// The parameters before the first step.
    Initialisation = 3,
    /// Which values a dropout layer sets to 0.
    Dropout = 4,
    /// How a training image is varied, by epoch and image.
    Augmentation = 5,
    /// Which values the runs of a sweep get.
    Sweep = 6,
    /// What shows none of the classes.
    Nothing = 7,
    /// Which images are looked at again and again, to see whether a change has helped.
    Probe = 8,
}

/// The random numbers for one purpose. `a` and `b` tell its parts apart (an epoch, a layer); the same four values give
/// the same stream, and different ones give streams that have nothing to do with each other.
pub fn stream(seed: u64, purpose: Purpose, a: u64, b: u64) -> ChaCha8Rng {
    let mut key = [0; 32];
    for (bytes, part) in key.chunks_exact_mut(8).zip([seed, purpose as u64, a, b]) {
        bytes.copy_from_slice(&part.to_le_bytes());
    }
    ChaCha8Rng::from_seed(key)
}

/// A number below `bound`, each equally likely (Lemire 2019), by arithmetic that is the same on every machine.
pub(super) fn below(random: &mut ChaCha8Rng, bound: u64) -> u64 {
    let threshold = bound.wrapping_neg() % bound;
    loop {
        let product = u128::from(random.next_u64()) * u128::from(bound);
        if product as u64 >= threshold {
            return (product >> 64) as u64;
        }
    }
}

/// A number from -1 to just below 1, each as likely: even steps of 2⁻²³, so that all of them are exact.
pub(super) fn even(random: &mut ChaCha8Rng) -> f32 {
    (random.next_u32() >> 8) as f32 / (1 << 23) as f32 - 1.0
}

/// Brings `values` into a random order, each equally likely (Fisher–Yates).
pub(super) fn shuffle(random: &mut ChaCha8Rng, values: &mut [u32]) {
    for last in (1..values.len()).rev() {
        let other = below(random, last as u64 + 1) as usize;
        values.swap(last, other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_the_key_makes_another_stream() {
        let keys = [
            (0, Purpose::Split, 0, 0),
            (1, Purpose::Split, 0, 0),
            (0, Purpose::Order, 0, 0),
            (0, Purpose::Split, 1, 0),
            (0, Purpose::Split, 0, 1),
        ];
        let mut first: Vec<u64> = keys.iter().map(|&(seed, purpose, a, b)| stream(seed, purpose, a, b).next_u64()).collect();
        first.sort_unstable();
        first.dedup();
        assert_eq!(first.len(), keys.len());
    }

    #[test]
    fn numbers_below_a_bound_are_spread_evenly() {
        let mut random = stream(0, Purpose::Order, 0, 0);
        let mut counts = [0; 6];
        for _ in 0..60_000 {
            counts[below(&mut random, 6) as usize] += 1;
        }
        assert!(counts.iter().all(|count| (9_600..10_400).contains(count)), "{counts:?}");
        assert_eq!(below(&mut random, 1), 0);
    }
}
