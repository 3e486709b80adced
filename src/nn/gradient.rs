//! The gradient of a batch: summed up over its slices, looked at, and measured.

use std::ops::Range;

use pulp::{Arch, Simd};
use rayon::prelude::*;

use super::activation::add_scaled;

/// Sums of squares are kept in so many lanes, which are added up at the end of each piece.
const LANES: usize = 16;

/// Gradients, parameters and moments of a run that makes sense are far below this.
pub(super) const MOST: f32 = 1e17;

/// The gradient of a batch, in the order of the parameters. Whatever the number of threads, it is the same to the bit.
#[derive(Debug, Default)]
pub(super) struct Gradient {
    values: Vec<f32>,
    /// The lengths of the pieces, squared, where they were asked for.
    squares: Vec<f64>,
}

impl Gradient {
    /// Starts the sum over a batch's slices, of so many parameters.
    pub fn clear(&mut self, len: usize) {
        self.values.clear();
        self.values.resize(len, 0.0);
    }

    /// Adds some slices, each gradient times its weight, one after the other; `pieces` are what one thread works on at a time,
    /// and together everything.
    pub fn add(&mut self, slices: &[(f32, &[f32])], pieces: &[Range<usize>]) {
        let mut jobs = Vec::with_capacity(pieces.len());
        let mut rest = &mut self.values[..];
        for piece in pieces {
            let (values, behind) = rest.split_at_mut(piece.len());
            rest = behind;
            jobs.push((piece, values));
        }
        jobs.into_par_iter().for_each(|(piece, sum)| {
            slices.iter().for_each(|(weight, gradient)| add_scaled(*weight, &gradient[piece.clone()], sum));
        });
    }

    /// Looks at the sum, and measures it when `measured`.
    ///
    /// Fails with the first place at which it is [not usable](is_usable).
    pub fn look(&mut self, pieces: &[Range<usize>], measured: bool) -> Result<(), usize> {
        let look = |piece: &Range<usize>| {
            let sum = &self.values[piece.clone()];
            (is_usable(sum), if measured { sum_of_squares(sum) } else { 0.0 })
        };
        let (usable, squares): (Vec<bool>, Vec<f64>) = pieces.par_iter().map(look).unzip();
        self.squares = squares;
        let Some(wrong) = usable.iter().position(|usable| !usable) else { return Ok(()) };
        let piece = pieces[wrong].clone();
        Err(piece.clone().find(|i| !is_usable(&self.values[*i..=*i])).unwrap_or(piece.start))
    }

    /// The part of it that belongs to a piece.
    pub fn of(&self, piece: &Range<usize>) -> &[f32] {
        &self.values[piece.clone()]
    }

    /// Its norm over the pieces that are `counted`, where it was measured.
    pub fn norm(&self, counted: impl Fn(usize) -> bool) -> f64 {
        let squares = self.squares.iter().enumerate().filter(|(piece, _)| counted(*piece));
        squares.map(|(_, square)| square).sum::<f64>().sqrt()
    }

    /// What it has to be multiplied by so that its norm over the pieces that are `counted` is at most `greatest`, as
    /// PyTorch's `clip_grad_norm_` does; 1 for a `greatest` of 0.
    pub fn clip(&self, greatest: f64, counted: impl Fn(usize) -> bool) -> f32 {
        if greatest == 0.0 {
            return 1.0;
        }
        (greatest / (self.norm(counted) + 1e-6)).min(1.0) as f32
    }
}

/// Whether steps can be made with these values: all are finite, and so small that whatever a step makes of them is finite,
/// too, squares included.
pub(super) fn is_usable(values: &[f32]) -> bool {
    greatest_bits(values) < MOST.to_bits()
}

/// The greatest bits without the sign, which rise with the value; those of infinity and of what is not a number are the
/// greatest.
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

    fn sum(gradient: &mut Gradient, slices: &[(f32, &[f32])], measured: bool) -> Result<(), usize> {
        gradient.clear(100);
        // In two waves, where there are two.
        slices.chunks(1).for_each(|wave| gradient.add(wave, &pieces()));
        gradient.look(&pieces(), measured)
    }

    #[test]
    fn it_is_the_weighted_sum_of_the_slices() {
        let (a, b): (Vec<f32>, Vec<f32>) = (0..100).map(|i| (i as f32, -3.0 * i as f32)).unzip();
        let mut gradient = Gradient::default();
        // Twice: nothing may be left of the batch before.
        for _ in 0..2 {
            assert_eq!(sum(&mut gradient, &[(0.75, &a), (0.25, &b)], false), Ok(()));
        }
        assert_eq!(gradient.of(&(40..41)), [0.0]);
        assert_eq!(sum(&mut gradient, &[(0.5, &a)], false), Ok(()));
        assert_eq!(gradient.of(&(98..100)), [49.0, 49.5]);
    }

    /// PyTorch 2.15: `clip_grad_norm_` to 1 makes [3, 4, 12], whose norm is 13, [0.2308, 0.3077, 0.9231].
    #[test]
    fn it_is_clipped_as_in_pytorch() {
        let mut values = vec![0.0; 100];
        (values[3], values[40], values[99]) = (3.0, 4.0, 12.0);
        let mut gradient = Gradient::default();
        assert_eq!(sum(&mut gradient, &[(1.0, &values)], true), Ok(()));
        assert!((gradient.clip(1.0, |_| true) * 3.0 - 0.2308).abs() < 5e-5);
        assert!((gradient.clip(2.5, |piece| piece != 2) - 0.5).abs() < 1e-6);
        assert_eq!((gradient.clip(14.0, |_| true), gradient.clip(0.0, |_| true)), (1.0, 1.0));
    }

    #[test]
    fn the_first_place_that_is_not_usable_is_found() {
        for wrong in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, MOST, -f32::MAX] {
            for at in [0, 39, 40, 77] {
                let mut values = vec![-MOST / 1.01; 100];
                values[at] = wrong;
                values[99] = wrong;
                assert_eq!(sum(&mut Gradient::default(), &[(1.0, &values)], false), Err(at));
            }
        }
    }
}
