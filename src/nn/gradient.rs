//! The gradient of a batch: summed up over its slices, looked at, and measured.

use std::ops::Range;

use pulp::{Arch, Simd};
use rayon::prelude::*;

use super::activation::add_scaled;

/// Sums of squares are kept in so many lanes, which are added up at the end of each piece.
const LANES: usize = 16;

/// The gradient of a batch, in the order of the parameters. Whatever the number of threads, it is the same to the bit.
#[derive(Debug, Default)]
pub(super) struct Gradient {
    values: Vec<f32>,
    /// The lengths of the pieces, squared, where they were asked for.
    squares: Vec<f64>,
}

impl Gradient {
    /// The sum over the slices of a batch, each gradient times its weight; `pieces` are what one thread works on at a
    /// time, one after the other, and together everything. Measures it when `measured`.
    ///
    /// Fails with the first place at which it is not finite.
    pub fn sum(&mut self, slices: &[(f32, &[f32])], pieces: &[Range<usize>], measured: bool) -> Result<(), usize> {
        self.values.resize(pieces.last().map_or(0, |piece| piece.end), 0.0);
        let mut jobs = Vec::with_capacity(pieces.len());
        let mut rest = &mut self.values[..];
        for piece in pieces {
            let (values, behind) = rest.split_at_mut(piece.len());
            rest = behind;
            jobs.push((piece.clone(), values));
        }
        let add = |(piece, sum): (Range<usize>, &mut [f32])| {
            sum.fill(0.0);
            slices.iter().for_each(|(weight, gradient)| add_scaled(*weight, &gradient[piece.clone()], sum));
            (greatest_bits(sum) < f32::INFINITY.to_bits(), if measured { sum_of_squares(sum) } else { 0.0 })
        };
        let (finite, squares): (Vec<bool>, Vec<f64>) = jobs.into_par_iter().map(add).unzip();
        self.squares = squares;
        let Some(wrong) = finite.iter().position(|finite| !finite) else { return Ok(()) };
        let piece = pieces[wrong].clone();
        Err(piece.clone().find(|i| !self.values[*i].is_finite()).unwrap_or(piece.start))
    }

    /// The part of it that belongs to a piece.
    pub fn of(&self, piece: &Range<usize>) -> &[f32] {
        &self.values[piece.clone()]
    }

    /// What it has to be multiplied by so that its norm over the pieces that are `counted` is at most `greatest`, as
    /// PyTorch's `clip_grad_norm_` does; 1 for a `greatest` of 0.
    pub fn clip(&self, greatest: f64, counted: impl Fn(usize) -> bool) -> f32 {
        if greatest == 0.0 {
            return 1.0;
        }
        let squares = self.squares.iter().enumerate().filter(|(piece, _)| counted(*piece));
        let norm = squares.map(|(_, square)| square).sum::<f64>().sqrt();
        (greatest / (norm + 1e-6)).min(1.0) as f32
    }
}

/// The greatest bits without the sign: from those of infinity on, some value is not finite.
#[pulp::with_simd(greatest_bits = Arch::new())]
#[inline(always)]
fn greatest_bits_with<S: Simd>(_: S, values: &[f32]) -> u32 {
    values.iter().fold(0, |greatest, value| greatest.max(value.to_bits() & (u32::MAX >> 1)))
}

#[pulp::with_simd(sum_of_squares = Arch::new())]
#[inline(always)]
fn sum_of_squares_with<S: Simd>(_: S, values: &[f32]) -> f64 {
    let mut lanes = [0.0; LANES];
    for chunk in values.chunks(LANES) {
        lanes.iter_mut().zip(chunk).for_each(|(lane, value)| *lane += f64::from(*value) * f64::from(*value));
    }
    lanes.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces() -> Vec<Range<usize>> {
        vec![0..40, 40..41, 41..100]
    }

    #[test]
    fn it_is_the_weighted_sum_of_the_slices() {
        let (a, b): (Vec<f32>, Vec<f32>) = (0..100).map(|i| (i as f32, -3.0 * i as f32)).unzip();
        let mut gradient = Gradient::default();
        // Twice: nothing may be left of the batch before.
        for _ in 0..2 {
            assert_eq!(gradient.sum(&[(0.75, &a), (0.25, &b)], &pieces(), false), Ok(()));
        }
        assert_eq!(gradient.of(&(40..41)), [0.0]);
        assert_eq!(gradient.sum(&[(0.5, &a)], &pieces(), false), Ok(()));
        assert_eq!(gradient.of(&(98..100)), [49.0, 49.5]);
    }

    /// PyTorch 2.15: `clip_grad_norm_` to 1 makes [3, 4, 12], whose norm is 13, [0.2308, 0.3077, 0.9231].
    #[test]
    fn it_is_clipped_as_in_pytorch() {
        let mut values = vec![0.0; 100];
        (values[3], values[40], values[99]) = (3.0, 4.0, 12.0);
        let mut gradient = Gradient::default();
        assert_eq!(gradient.sum(&[(1.0, &values)], &pieces(), true), Ok(()));
        assert!((gradient.clip(1.0, |_| true) * 3.0 - 0.2308).abs() < 5e-5);
        assert!((gradient.clip(2.5, |piece| piece != 2) - 0.5).abs() < 1e-6);
        assert_eq!((gradient.clip(14.0, |_| true), gradient.clip(0.0, |_| true)), (1.0, 1.0));
    }

    #[test]
    fn the_first_place_that_is_not_finite_is_found() {
        for wrong in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            for at in [0, 39, 40, 77] {
                let mut values = vec![f32::MAX; 100];
                values[at] = wrong;
                values[99] = wrong;
                assert_eq!(Gradient::default().sum(&[(1.0, &values)], &pieces(), false), Err(at));
            }
        }
    }
}
