//! Batch normalisation (Ioffe & Szegedy 2015) over the slices of a batch.
//!
//! Each slice of a batch is normalised by its own mean and variance (*ghost batch normalisation*, Hoffer et al. 2017):
//! the result depends neither on the threads nor on the batch size. Judging uses running means over the steps.

use pulp::{Arch, Simd};

use super::activation::{apply, multiply_derivative};
use crate::protocol::Activation;

const EPSILON: f32 = 1e-5;

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
        let inverse: Vec<f32> = variance.iter().map(|v| 1.0 / (v + EPSILON).sqrt()).collect();
        normalise(input, output, mean, &inverse, scale, shift);
        apply(&self.activation, output);
    }

    /// Normalises rows of channels by their own mean and variance, which are written to `statistics`.
    pub fn forward(&self, parameters: &[f32], input: &[f32], output: &mut [f32], statistics: &mut Vec<f32>) {
        let [scale, shift, ..] = self.four(parameters);
        statistics.clear();
        statistics.resize(2 * self.channels, 0.0);
        let (mean, variance) = statistics.split_at_mut(self.channels);
        moments(input, mean, variance);
        let inverse: Vec<f32> = variance.iter().map(|v| 1.0 / (v + EPSILON).sqrt()).collect();
        normalise(input, output, mean, &inverse, scale, shift);
        apply(&self.activation, output);
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
        multiply_derivative(self.activation, output, gradient);
        let (scale_gradient, rest) = parameter_gradient.split_at_mut(self.channels);
        let (shift_gradient, running) = rest.split_at_mut(self.channels);
        let mut sums = vec![0.0; 2 * self.channels];
        let (scale_sum, shift_sum) = sums.split_at_mut(self.channels);
        sum_gradients(input, gradient, mean, &inverse, scale_sum, shift_sum);
        let rows = (input.len() / self.channels) as f32;
        // dx = γ σ⁻¹ (dy − (Σ dy + x̂ Σ dy x̂) / n), written as dy · a + x · b + c with a, b, c for each channel.
        let factors: Vec<[f32; 3]> = (0..self.channels)
            .map(|i| {
                let a = scale[i] * inverse[i];
                let b = -a * inverse[i] * scale_sum[i] / rows;
                [a, b, -a * shift_sum[i] / rows - b * mean[i]]
            })
            .collect();
        spread_gradients(input, gradient, &factors, input_gradient);
        scale_gradient.iter_mut().zip(scale_sum).for_each(|(g, sum)| *g += *sum);
        shift_gradient.iter_mut().zip(shift_sum).for_each(|(g, sum)| *g += *sum);
        running.copy_from_slice(statistics);
    }

    fn four<'a>(&self, parameters: &'a [f32]) -> [&'a [f32]; 4] {
        let channels = self.channels;
        std::array::from_fn(|i| &parameters[i * channels..(i + 1) * channels])
    }
}

/// The mean and the variance of each channel over all rows.
#[pulp::with_simd(moments = Arch::new())]
#[inline(always)]
fn moments_with<'a, S: Simd>(_: S, rows: &'a [f32], mean: &'a mut [f32], variance: &'a mut [f32]) {
    let channels = mean.len();
    let count = (rows.len() / channels) as f32;
    for row in rows.chunks_exact(channels) {
        mean.iter_mut().zip(row).for_each(|(mean, x)| *mean += x);
    }
    mean.iter_mut().for_each(|mean| *mean /= count);
    for row in rows.chunks_exact(channels) {
        variance.iter_mut().zip(row).zip(mean.iter()).for_each(|((v, x), mean)| *v += (x - mean) * (x - mean));
    }
    variance.iter_mut().for_each(|v| *v /= count);
}

#[pulp::with_simd(normalise = Arch::new())]
#[inline(always)]
fn normalise_with<'a, S: Simd>(
    _: S,
    rows: &'a [f32],
    result: &'a mut [f32],
    mean: &'a [f32],
    inverse: &'a [f32],
    scale: &'a [f32],
    shift: &'a [f32],
) {
    let channels = mean.len();
    for (row, result) in rows.chunks_exact(channels).zip(result.chunks_exact_mut(channels)) {
        for i in 0..channels {
            result[i] = (row[i] - mean[i]) * inverse[i] * scale[i] + shift[i];
        }
    }
}

#[pulp::with_simd(sum_gradients = Arch::new())]
#[inline(always)]
fn sum_gradients_with<'a, S: Simd>(
    _: S,
    rows: &'a [f32],
    gradient: &'a [f32],
    mean: &'a [f32],
    inverse: &'a [f32],
    scale_sum: &'a mut [f32],
    shift_sum: &'a mut [f32],
) {
    let channels = mean.len();
    for (row, gradient) in rows.chunks_exact(channels).zip(gradient.chunks_exact(channels)) {
        for i in 0..channels {
            scale_sum[i] += gradient[i] * (row[i] - mean[i]) * inverse[i];
            shift_sum[i] += gradient[i];
        }
    }
}

#[pulp::with_simd(spread_gradients = Arch::new())]
#[inline(always)]
fn spread_gradients_with<'a, S: Simd>(
    _: S,
    rows: &'a [f32],
    gradient: &'a [f32],
    factors: &'a [[f32; 3]],
    result: &'a mut [f32],
) {
    let channels = factors.len();
    let each = rows.chunks_exact(channels).zip(gradient.chunks_exact(channels)).zip(result.chunks_exact_mut(channels));
    for ((row, gradient), result) in each {
        for i in 0..channels {
            let [a, b, c] = factors[i];
            result[i] = gradient[i] * a + row[i] * b + c;
        }
    }
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
        moments(&output, &mut mean, &mut variance);
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
