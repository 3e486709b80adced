//! Dropout (Srivastava et al. 2014), scaled while training so that judging needs no change.

use pulp::{Arch, Simd};
use rand_chacha::rand_core::RngCore;

use crate::data::{Purpose, stream};

/// Where a slice stands in a run: all that its random choices depend on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chance {
    pub seed: u64,
    /// The step, counted from 1.
    pub step: u64,
    /// The slice of the step's batch.
    pub slice: u64,
    /// The rates of dropout layers are multiplied by this.
    pub dropout: f32,
}

/// A rate that leaves something, however far it is turned up.
const HIGHEST_RATE: f32 = 0.95;

impl Chance {
    /// For each value 0 or 1 / (1 − rate), drawn for the dropout layer number `layer`.
    pub fn mask(&self, layer: usize, rate: f32, mask: &mut [f32]) {
        let rate = (rate * self.dropout).clamp(0.0, HIGHEST_RATE);
        let mut random = stream(self.seed, Purpose::Dropout, self.step, self.slice << 16 | layer as u64);
        let threshold = (rate * 65_536.0) as u16;
        let kept = 1.0 / (1.0 - rate);
        let mut bytes = [0; 128];
        for values in mask.chunks_mut(bytes.len() / 2) {
            random.fill_bytes(&mut bytes);
            for (value, pair) in values.iter_mut().zip(bytes.chunks_exact(2)) {
                *value = if u16::from_le_bytes([pair[0], pair[1]]) < threshold { 0.0 } else { kept };
            }
        }
    }
}

/// Multiplies each value by its place in the mask.
#[pulp::with_simd(multiply = Arch::new())]
#[inline(always)]
pub(super) fn multiply_with<'a, S: Simd>(_: S, values: &'a [f32], mask: &'a [f32], result: &'a mut [f32]) {
    for ((result, value), mask) in result.iter_mut().zip(values).zip(mask) {
        *result = value * mask;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_keep_the_mean_and_depend_on_nothing_but_their_place() {
        let chance = Chance { seed: 3, step: 7, slice: 2, dropout: 1.0 };
        let draw = |chance: Chance, layer, rate| {
            let mut mask = vec![9.0; 20_000];
            chance.mask(layer, rate, &mut mask);
            mask
        };
        let mask = draw(chance, 0, 0.25);
        let dropped = mask.iter().filter(|value| **value == 0.0).count();
        assert!((4_700..5_300).contains(&dropped), "{dropped}");
        assert!(mask.iter().all(|value| *value == 0.0 || (*value - 1.0 / 0.75).abs() < 1e-6));
        assert_eq!(mask, draw(chance, 0, 0.25));
        for other in [Chance { seed: 4, ..chance }, Chance { step: 8, ..chance }, Chance { slice: 3, ..chance }] {
            assert_ne!(mask, draw(other, 0, 0.25));
        }
        assert_ne!(mask, draw(chance, 1, 0.25));
        assert!(draw(Chance { dropout: 0.0, ..chance }, 0, 0.25).iter().all(|value| *value == 1.0));
        assert!(draw(Chance { dropout: 2.0, ..chance }, 0, 0.9).iter().any(|value| *value > 0.0), "something is always left");
    }
}
