//! Batch normalisation (Ioffe & Szegedy 2015) over the slices of a batch.
//!
//! Each slice of a batch is normalised by its own mean and variance (*ghost batch normalisation*, Hoffer et al. 2017):
//! the result depends neither on the threads nor on the batch size. Judging uses running means over the steps.

use pulp::{Arch, Simd};

use super::activation::{apply, multiply_derivative};
use crate::protocol::Activation;

const EPSILON: f32 = 1e-5;
/// Values that are worked on at a time, so that they stay in the processor's nearest memory from one loop to the next.
const TILE: usize = 4096;
/// Channels that are summed together, in registers.
const LANES: usize = 16;

/// A normalisation of `channels` channels, with the activation that follows. Its parameters are the scale γ, the shift β,
/// and the running mean and variance, each of one value a channel and in this order.
#[derive(Clone, Debug)]
pub(super) struct BatchNorm {
    pub channels: usize,
    pub activation: Activation,
}

impl BatchNorm {
    /// Normalises rows of channels by the running mean and variance.
    pub fn judge(&self, parameters: &[f32], input: &[f32], output: &mut [f32]) {
        let [scale, shift, mean, variance] = self.four(parameters);
        self.normalise(input, output, [mean, variance, scale, shift]);
    }

    /// Normalises rows of channels by their own mean and variance, which are written to `statistics`.
    pub fn forward(&self, parameters: &[f32], input: &[f32], output: &mut [f32], statistics: &mut Vec<f32>) {
        let [scale, shift, ..] = self.four(parameters);
        statistics.clear();
        statistics.resize(2 * self.channels, 0.0);
        let (mean, variance) = statistics.split_at_mut(self.channels);
        let rows = (input.len() / self.channels) as f32;
        let zeros = vec![0.0; self.channels];
        self.tiles(input).for_each(|rows| sum_distances(rows, &zeros, mean));
        mean.iter_mut().for_each(|mean| *mean /= rows);
        self.tiles(input).for_each(|rows| sum_squares(rows, mean, variance));
        variance.iter_mut().for_each(|variance| *variance /= rows);
        self.normalise(input, output, [mean, variance, scale, shift]);
    }

    fn normalise(&self, input: &[f32], output: &mut [f32], [mean, variance, scale, shift]: [&[f32]; 4]) {
        let a: Vec<f32> = variance.iter().zip(scale).map(|(v, scale)| scale / (v + EPSILON).sqrt()).collect();
        let b: Vec<f32> = (0..self.channels).map(|i| shift[i] - mean[i] * a[i]).collect();
        for (rows, results) in self.tiles(input).zip(output.chunks_mut(self.tile())) {
            scale_and_shift(rows, [&a, &b], results);
            apply(&self.activation, results);
        }
    }

    /// Sets `input_gradient` from `gradient`, that of the result, which is used up. The gradients of γ and β are added to
    /// `parameter_gradient`; in the places of the running values it gets the slice's own mean and variance.
    pub fn backward(
        &self,
        parameters: &[f32],
        [input, output, statistics]: [&[f32]; 3],
        gradient: &mut [f32],
        parameter_gradient: &mut [f32],
        input_gradient: &mut [f32],
    ) {
        let [scale, ..] = self.four(parameters);
        let (mean, variance) = statistics.split_at(self.channels);
        let inverse: Vec<f32> = variance.iter().map(|v| 1.0 / (v + EPSILON).sqrt()).collect();
        let (scale_gradient, rest) = parameter_gradient.split_at_mut(self.channels);
        let (shift_gradient, running) = rest.split_at_mut(self.channels);
        let zeros = vec![0.0; self.channels];
        let mut sums = [zeros.clone(), zeros.clone()];
        let [scale_sum, shift_sum] = &mut sums;
        for ((rows, results), gradient) in self.tiles(input).zip(self.tiles(output)).zip(gradient.chunks_mut(self.tile())) {
            multiply_derivative(self.activation, results, gradient);
            sum_distances(gradient, &zeros, shift_sum);
            sum_products(gradient, rows, mean, scale_sum);
        }
        scale_sum.iter_mut().zip(&inverse).for_each(|(sum, inverse)| *sum *= inverse);
        let rows = (input.len() / self.channels) as f32;
        // dx = γ σ⁻¹ (dy − (Σ dy + x̂ Σ dy x̂) / n), written as dy · a + x · b + c with a, b, c for each channel.
        let a: Vec<f32> = scale.iter().zip(&inverse).map(|(scale, inverse)| scale * inverse).collect();
        let b: Vec<f32> = (0..self.channels).map(|i| -a[i] * inverse[i] * scale_sum[i] / rows).collect();
        let c: Vec<f32> = (0..self.channels).map(|i| -a[i] * shift_sum[i] / rows - b[i] * mean[i]).collect();
        spread_gradients([gradient, input], [&a, &b, &c], input_gradient);
        scale_gradient.iter_mut().zip(scale_sum).for_each(|(g, sum)| *g += *sum);
        shift_gradient.iter_mut().zip(shift_sum).for_each(|(g, sum)| *g += *sum);
        running.copy_from_slice(statistics);
    }

    /// Values in a tile: as many whole rows as fit.
    fn tile(&self) -> usize {
        (TILE / self.channels).max(1) * self.channels
    }

    fn tiles<'a>(&self, rows: &'a [f32]) -> impl Iterator<Item = &'a [f32]> {
        rows.chunks(self.tile())
    }

    fn four<'a>(&self, parameters: &'a [f32]) -> [&'a [f32]; 4] {
        let channels = self.channels;
        std::array::from_fn(|i| &parameters[i * channels..(i + 1) * channels])
    }
}

/// Adds a term for each row to the sum of each channel: of the values in `rows` at its place, and the channel's `mean`.
#[inline(always)]
fn add_terms<const K: usize>(rows: [&[f32]; K], means: &[f32], sums: &mut [f32], term: impl Fn([f32; K], f32) -> f32) {
    let channels = sums.len();
    for from in (0..channels).step_by(LANES) {
        let width = LANES.min(channels - from);
        let (mut lanes, mut mean) = ([0.0; LANES], [0.0; LANES]);
        mean[..width].copy_from_slice(&means[from..from + width]);
        for place in (from..rows[0].len()).step_by(channels) {
            if width == LANES {
                // Of a known length, so that the compiler makes vectors of them.
                let values = rows.map(|rows| &rows[place..][..LANES]);
                (0..LANES).for_each(|lane| lanes[lane] += term(values.map(|values| values[lane]), mean[lane]));
            } else {
                (0..width).for_each(|lane| lanes[lane] += term(rows.map(|rows| rows[place + lane]), mean[lane]));
            }
        }
        sums[from..from + width].iter_mut().zip(lanes).for_each(|(sum, lane)| *sum += lane);
    }
}

/// Adds each row's distances from the mean to `sums`.
#[pulp::with_simd(sum_distances = Arch::new())]
#[inline(always)]
fn sum_distances_with<'a, S: Simd>(_: S, rows: &'a [f32], mean: &'a [f32], sums: &'a mut [f32]) {
    add_terms([rows], mean, sums, |[x], mean| x - mean);
}

/// Adds the squares of each row's distances from the mean to `sums`.
#[pulp::with_simd(sum_squares = Arch::new())]
#[inline(always)]
fn sum_squares_with<'a, S: Simd>(_: S, rows: &'a [f32], mean: &'a [f32], sums: &'a mut [f32]) {
    add_terms([rows], mean, sums, |[x], mean| (x - mean) * (x - mean));
}

/// Adds the products of gradients and distances from the mean to `sums`.
#[pulp::with_simd(sum_products = Arch::new())]
#[inline(always)]
fn sum_products_with<'a, S: Simd>(_: S, gradient: &'a [f32], rows: &'a [f32], mean: &'a [f32], sums: &'a mut [f32]) {
    add_terms([gradient, rows], mean, sums, |[gradient, x], mean| gradient * (x - mean));
}

/// Sets each value of `results` to `formula`: of the values in `rows` at its place, and those of its channel.
#[inline(always)]
fn each_channel<const K: usize, const C: usize>(
    rows: [&[f32]; K],
    channels: [&[f32]; C],
    results: &mut [f32],
    formula: impl Fn([f32; K], [f32; C]) -> f32,
) {
    let width = channels[0].len();
    for (row, results) in results.chunks_exact_mut(width).enumerate() {
        let rows = rows.map(|rows| &rows[row * width..][..width]);
        let (blocks, rest) = results.as_chunks_mut::<LANES>();
        for (block, results) in blocks.iter_mut().enumerate() {
            // Of a known length, so that the compiler makes vectors of them, however few channels there are.
            let rows = rows.map(|row| &row[block * LANES..][..LANES]);
            let channels = channels.map(|channel| &channel[block * LANES..][..LANES]);
            *results = std::array::from_fn(|lane| formula(rows.map(|row| row[lane]), channels.map(|channel| channel[lane])));
        }
        for (place, result) in (width - rest.len()..).zip(rest) {
            *result = formula(rows.map(|row| row[place]), channels.map(|channel| channel[place]));
        }
    }
}

/// Sets each result to a · x + b, with a and b for each channel.
#[pulp::with_simd(scale_and_shift = Arch::new())]
#[inline(always)]
fn scale_and_shift_with<'a, S: Simd>(_: S, rows: &'a [f32], factors: [&'a [f32]; 2], results: &'a mut [f32]) {
    each_channel([rows], factors, results, |[x], [a, b]| x * a + b);
}

/// Sets each result to dy · a + x · b + c, with a, b and c for each channel.
#[pulp::with_simd(spread_gradients = Arch::new())]
#[inline(always)]
fn spread_gradients_with<'a, S: Simd>(_: S, rows: [&'a [f32]; 2], factors: [&'a [f32]; 3], results: &'a mut [f32]) {
    each_channel(rows, factors, results, |[gradient, x], [a, b, c]| gradient * a + x * b + c);
}

#[cfg(test)]
mod tests {
    use super::*;

    const NORM: BatchNorm = BatchNorm { channels: 3, activation: Activation::Tanh };

    fn values(n: usize, seed: f32) -> Vec<f32> {
        (0..n).map(|i| (i as f32 * 1.7 + seed).sin() * 2.0 + 0.5).collect()
    }

    #[test]
    fn results_have_the_asked_mean_and_deviation() {
        let plain = BatchNorm { activation: Activation::None, ..NORM };
        let parameters = [[2.0; 3], [0.5; 3], [0.0; 3], [1.0; 3]].concat();
        let (input, mut output, mut statistics) = (values(300, 1.0), vec![0.0; 300], Vec::new());
        plain.forward(&parameters, &input, &mut output, &mut statistics);
        let (mut mean, mut variance) = ([0.0; 3], [0.0; 3]);
        sum_distances(&output, &[0.0; 3], &mut mean);
        mean.iter_mut().for_each(|mean| *mean /= 100.0);
        sum_squares(&output, &mean, &mut variance);
        variance.iter_mut().for_each(|variance| *variance /= 100.0);
        assert!(mean.iter().all(|m| (m - 0.5).abs() < 1e-4) && variance.iter().all(|v| (v - 4.0).abs() < 1e-3));
        // Judging with the slice's own statistics as the running ones gives the same.
        let mut judged = vec![0.0; 300];
        let parameters = [&parameters[..6], &statistics[..]].concat();
        plain.judge(&parameters, &input, &mut judged);
        assert!(judged.iter().zip(&output).all(|(a, b)| (a - b).abs() < 1e-5));
    }

    #[test]
    fn gradients_agree_with_finite_differences() {
        let (input, sent) = (values(60, 2.0), values(60, 5.0));
        let parameters = [values(3, 0.3), values(3, 0.9), vec![0.0; 3], vec![1.0; 3]].concat();
        let loss = |input: &[f32], parameters: &[f32]| -> f64 {
            let (mut output, mut statistics) = (vec![0.0; 60], Vec::new());
            NORM.forward(parameters, input, &mut output, &mut statistics);
            output.iter().zip(&sent).map(|(y, s)| f64::from(*y) * f64::from(*s)).sum()
        };
        let (mut output, mut statistics) = (vec![0.0; 60], Vec::new());
        NORM.forward(&parameters, &input, &mut output, &mut statistics);
        let (mut parameter_gradient, mut input_gradient) = (vec![0.0; 12], vec![0.0; 60]);
        NORM.backward(
            &parameters,
            [&input, &output, &statistics],
            &mut sent.clone(),
            &mut parameter_gradient,
            &mut input_gradient,
        );
        assert_eq!(parameter_gradient[6..], statistics, "running values get the slice's own");
        for i in 0..66 {
            let difference = |step: f32| {
                let (mut input, mut parameters) = (input.clone(), parameters.clone());
                if i < 60 {
                    input[i] += step
                } else {
                    parameters[i - 60] += step
                }
                loss(&input, &parameters)
            };
            let slope = (difference(1e-2) - difference(-1e-2)) / 2e-2;
            let ours = f64::from(if i < 60 { input_gradient[i] } else { parameter_gradient[i - 60] });
            assert!((slope - ours).abs() < 5e-3 * (1.0 + slope.abs()), "{i}: {ours} against {slope}");
        }
    }
}
