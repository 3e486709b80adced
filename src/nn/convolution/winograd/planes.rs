//! From pixels, results and weights to the planes of their tiles, and back.
//!
//! Loops count, and call nothing but what is inlined: a closure would be compiled for another processor than what calls it.
#![allow(clippy::needless_range_loop, reason = "y and x are the places in a tile")]

use std::ops::Range;

use pulp::{Arch, Simd};

use super::{GROUP, Winograd};

/// A matrix of the algorithm, named as in the paper, with `M` rows and `N` columns.
trait Matrix<const M: usize, const N: usize> {
    /// Multiplies a vector by it.
    fn times<S: Simd>(simd: S, vector: [S::f32s; N]) -> [S::f32s; M];
}

/// Bᵀ, for pixels.
struct PixelsToPlanes;
/// B.
struct PlanesToPixels;
/// Aᵀ, for results.
struct PlanesToResults;
/// A.
struct ResultsToPlanes;
/// G, for weights.
struct WeightsToPlanes;
/// Gᵀ.
struct PlanesToWeights;

impl Matrix<4, 4> for PixelsToPlanes {
    #[inline(always)]
    fn times<S: Simd>(simd: S, [a, b, c, d]: [S::f32s; 4]) -> [S::f32s; 4] {
        [simd.sub_f32s(a, c), simd.add_f32s(b, c), simd.sub_f32s(c, b), simd.sub_f32s(b, d)]
    }
}

impl Matrix<4, 4> for PlanesToPixels {
    #[inline(always)]
    fn times<S: Simd>(simd: S, [a, b, c, d]: [S::f32s; 4]) -> [S::f32s; 4] {
        [a, simd.add_f32s(simd.sub_f32s(b, c), d), simd.sub_f32s(simd.add_f32s(b, c), a), simd.neg_f32s(d)]
    }
}

impl Matrix<2, 4> for PlanesToResults {
    #[inline(always)]
    fn times<S: Simd>(simd: S, [a, b, c, d]: [S::f32s; 4]) -> [S::f32s; 2] {
        [simd.add_f32s(simd.add_f32s(a, b), c), simd.sub_f32s(simd.sub_f32s(b, c), d)]
    }
}

impl Matrix<4, 2> for ResultsToPlanes {
    #[inline(always)]
    fn times<S: Simd>(simd: S, [a, b]: [S::f32s; 2]) -> [S::f32s; 4] {
        [a, simd.add_f32s(a, b), simd.sub_f32s(a, b), simd.neg_f32s(b)]
    }
}

impl Matrix<4, 3> for WeightsToPlanes {
    #[inline(always)]
    fn times<S: Simd>(simd: S, [a, b, c]: [S::f32s; 3]) -> [S::f32s; 4] {
        let half = simd.splat_f32s(0.5);
        let (outer, inner) = (simd.mul_f32s(half, simd.add_f32s(a, c)), simd.mul_f32s(half, b));
        [a, simd.add_f32s(outer, inner), simd.sub_f32s(outer, inner), c]
    }
}

impl Matrix<3, 4> for PlanesToWeights {
    #[inline(always)]
    fn times<S: Simd>(simd: S, [a, b, c, d]: [S::f32s; 4]) -> [S::f32s; 3] {
        let half = simd.splat_f32s(0.5);
        let (sum, difference) = (simd.mul_f32s(half, simd.add_f32s(b, c)), simd.mul_f32s(half, simd.sub_f32s(b, c)));
        [simd.add_f32s(a, sum), difference, simd.add_f32s(sum, d)]
    }
}

/// `M v Mᵀ` for a matrix M and values v.
#[inline(always)]
fn both_sides<S: Simd, X: Matrix<M, N>, const M: usize, const N: usize>(simd: S, values: [[S::f32s; N]; N]) -> [[S::f32s; M]; M] {
    let zero = simd.splat_f32s(0.0);
    let (mut columns, mut sums) = ([[zero; N]; M], [[zero; M]; M]);
    for x in 0..N {
        let mut column = [zero; N];
        for y in 0..N {
            column[y] = values[y][x];
        }
        let column = X::times(simd, column);
        for y in 0..M {
            columns[y][x] = column[y];
        }
    }
    for y in 0..M {
        sums[y] = X::times(simd, columns[y]);
    }
    sums
}

/// The values of a tile at its place in each plane.
#[inline(always)]
fn load_planes<S: Simd, const N: usize>(simd: S, planes: &[f32], plane: usize, at: usize) -> [[S::f32s; N]; N] {
    let mut values = [[simd.splat_f32s(0.0); N]; N];
    for y in 0..N {
        for x in 0..N {
            values[y][x] = load::<S>(planes, (y * N + x) * plane + at);
        }
    }
    values
}

/// Puts the values of a tile at its place in each plane.
#[inline(always)]
fn store_planes<S: Simd>(values: [[S::f32s; 4]; 4], planes: &mut [f32], plane: usize, at: usize) {
    for y in 0..4 {
        for x in 0..4 {
            store::<S>(planes, (y * 4 + x) * plane + at, values[y][x]);
        }
    }
}

/// A vector of the processor's from a place on.
#[inline(always)]
fn load<S: Simd>(values: &[f32], from: usize) -> S::f32s {
    S::as_simd_f32s(&values[from..from + S::F32_LANES]).0[0]
}

#[inline(always)]
fn store<S: Simd>(values: &mut [f32], from: usize, vector: S::f32s) {
    S::as_mut_simd_f32s(&mut values[from..from + S::F32_LANES]).0[0] = vector;
}

#[pulp::with_simd(pixels_to_planes = Arch::new())]
#[inline(always)]
pub(super) fn pixels_to_planes_with<'a, S: Simd>(
    simd: S,
    this: &'a Winograd,
    input: &'a [f32],
    tiles: Range<usize>,
    planes: &'a mut [f32],
) {
    let ([plane, ..], channels) = (this.planes(), this.geometry.input[2]);
    for (row, tile) in tiles.enumerate() {
        let pixels = this.pixels_of(tile);
        for from in (0..channels).step_by(S::F32_LANES) {
            let mut values = [[simd.splat_f32s(0.0); 4]; 4];
            for y in 0..4 {
                for x in 0..4 {
                    if let Some(pixel) = pixels.at(y, x) {
                        values[y][x] = load::<S>(input, pixel + from);
                    }
                }
            }
            store_planes::<S>(both_sides::<S, PixelsToPlanes, 4, 4>(simd, values), planes, plane, row * channels + from);
        }
    }
}

/// The gradients of each tile's pixels, which are added to what is there: tiles overlap.
#[pulp::with_simd(planes_to_pixels = Arch::new())]
#[inline(always)]
pub(super) fn planes_to_pixels_with<'a, S: Simd>(
    simd: S,
    this: &'a Winograd,
    planes: &'a [f32],
    tiles: Range<usize>,
    gradient: &'a mut [f32],
) {
    let ([plane, ..], channels) = (this.planes(), this.geometry.input[2]);
    for (row, tile) in tiles.enumerate() {
        let pixels = this.pixels_of(tile);
        for from in (0..channels).step_by(S::F32_LANES) {
            let values = load_planes::<S, 4>(simd, planes, plane, row * channels + from);
            let sums = both_sides::<S, PlanesToPixels, 4, 4>(simd, values);
            for y in 0..4 {
                for x in 0..4 {
                    if let Some(pixel) = pixels.at(y, x) {
                        let before = load::<S>(gradient, pixel + from);
                        store::<S>(gradient, pixel + from, simd.add_f32s(before, sums[y][x]));
                    }
                }
            }
        }
    }
}

/// The results of each tile with the bias, pooled.
#[pulp::with_simd(planes_to_results = Arch::new())]
#[inline(always)]
pub(super) fn planes_to_results_with<'a, S: Simd>(
    simd: S,
    this: &'a Winograd,
    planes: &'a [f32],
    bias: &'a [f32],
    tiles: Range<usize>,
    output: &'a mut [f32],
    chosen: &'a mut [u8],
) {
    let ([_, plane, _], filters) = (this.planes(), this.geometry.filters);
    for (row, tile) in tiles.enumerate() {
        let results = this.results_of(tile);
        for from in (0..filters).step_by(S::F32_LANES) {
            let values = load_planes::<S, 4>(simd, planes, plane, row * filters + from);
            let sums = both_sides::<S, PlanesToResults, 2, 4>(simd, values);
            let bias = load::<S>(bias, from);
            if this.geometry.pool == 1 {
                for y in 0..2 {
                    for x in 0..2 {
                        if let Some(result) = results.at(y, x) {
                            store::<S>(output, result + from, simd.add_f32s(sums[y][x], bias));
                        }
                    }
                }
                continue;
            }
            let (mut best, mut at) = (sums[0][0], simd.splat_u32s(0));
            for place in 1..4 {
                let sum = sums[place / 2][place % 2];
                // What is not a number counts as the greatest, as in other poolings.
                let nan = simd.not_m32s(simd.equal_f32s(sum, sum));
                let greater = simd.or_m32s(simd.greater_than_f32s(sum, best), nan);
                best = simd.select_f32s(greater, sum, best);
                at = simd.select_u32s(greater, simd.splat_u32s(place as u32), at);
            }
            store::<S>(output, tile * filters + from, simd.add_f32s(best, bias));
            let mut places = [0; GROUP];
            S::as_mut_simd_u32s(&mut places).0[0] = at;
            let chosen = &mut chosen[tile * filters + from..][..S::F32_LANES];
            chosen.iter_mut().zip(places).for_each(|(chosen, place)| *chosen = place as u8);
        }
    }
}

/// The way back of [`planes_to_results`].
#[pulp::with_simd(results_to_planes = Arch::new())]
#[inline(always)]
pub(super) fn results_to_planes_with<'a, S: Simd>(
    simd: S,
    this: &'a Winograd,
    gradient: &'a [f32],
    chosen: &'a [u8],
    tiles: Range<usize>,
    planes: &'a mut [f32],
) {
    let ([_, plane, _], filters) = (this.planes(), this.geometry.filters);
    let zero = simd.splat_f32s(0.0);
    for (row, tile) in tiles.enumerate() {
        let results = this.results_of(tile);
        for from in (0..filters).step_by(S::F32_LANES) {
            let mut values = [[zero; 2]; 2];
            if this.geometry.pool == 1 {
                for y in 0..2 {
                    for x in 0..2 {
                        if let Some(result) = results.at(y, x) {
                            values[y][x] = load::<S>(gradient, result + from);
                        }
                    }
                }
            } else {
                let mut places = [0; GROUP];
                let chosen = &chosen[tile * filters + from..][..S::F32_LANES];
                places.iter_mut().zip(chosen).for_each(|(place, chosen)| *place = (*chosen).into());
                let (at, sent) = (S::as_simd_u32s(&places).0[0], load::<S>(gradient, tile * filters + from));
                for place in 0..4 {
                    let is_chosen = simd.equal_u32s(at, simd.splat_u32s(place as u32));
                    values[place / 2][place % 2] = simd.select_f32s(is_chosen, sent, zero);
                }
            }
            store_planes::<S>(both_sides::<S, ResultsToPlanes, 4, 2>(simd, values), planes, plane, row * filters + from);
        }
    }
}

/// Weights of `len` values at each place.
#[pulp::with_simd(weights_to_planes = Arch::new())]
#[inline(always)]
pub(super) fn weights_to_planes_with<'a, S: Simd>(simd: S, weights: &'a [f32], len: usize, planes: &'a mut [f32], plane: usize) {
    for from in (0..len).step_by(S::F32_LANES) {
        let values = load_planes::<S, 3>(simd, weights, len, from);
        store_planes::<S>(both_sides::<S, WeightsToPlanes, 4, 3>(simd, values), planes, plane, from);
    }
}

/// Their gradients, which are added to what is there.
#[pulp::with_simd(planes_to_weights = Arch::new())]
#[inline(always)]
pub(super) fn planes_to_weights_with<'a, S: Simd>(simd: S, planes: &'a [f32], plane: usize, len: usize, gradient: &'a mut [f32]) {
    for from in (0..len).step_by(S::F32_LANES) {
        let sums = both_sides::<S, PlanesToWeights, 3, 4>(simd, load_planes::<S, 4>(simd, planes, plane, from));
        for place in 0..9 {
            let before = load::<S>(gradient, place * len + from);
            store::<S>(gradient, place * len + from, simd.add_f32s(before, sums[place / 3][place % 3]));
        }
    }
}
