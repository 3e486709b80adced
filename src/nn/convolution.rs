//! Convolution with its bias, an optional max pooling and its activation, as one operation on a few images at a time.

use super::activation::{add_rows, apply, multiply_derivative};
use super::kernel::{Product, Run, Start};
use super::pool::{max_pool_row, max_pool_row_backward};
use crate::protocol::Activation;

/// The results of a convolution before pooling are made a band of rows at a time, of at most so many values, so that
/// they are pooled while they are in the processor's nearest memory.
const BAND_VALUES: usize = 8192;

/// A convolution layer over images `[height, width, channels_in]` with filters `[kernel, kernel, channels_in, filters]`,
/// stride 1 and no padding, followed by max pooling over `pool × pool` windows (1 for none) and the activation.
///
/// The activations rise everywhere, so the greatest of a window stays the greatest; pooling first saves most of them.
/// Pixels that no window reaches are never computed.
#[derive(Clone, Debug)]
pub(super) struct Convolution {
    input: [usize; 3],
    filters: usize,
    kernel: usize,
    pool: usize,
    activation: Activation,
    /// Width of the rows before pooling, as far as windows reach.
    raw_width: usize,
    /// Rows before pooling in a band: a multiple of `pool`.
    band_rows: usize,
    addresses: Addresses,
}

/// Where the kernel finds things, for the first band of an image.
#[derive(Clone, Debug)]
struct Addresses {
    /// Each pixel of a band, in the input.
    pixels: Vec<u32>,
    /// Each pixel of a band, among its results.
    results: Vec<u32>,
    /// The rows of a filter: in the input, against the weights.
    filter_rows: Vec<Run>,
    /// Each weight of a filter, in the input.
    weights_input: Vec<u32>,
    /// Each weight of a filter, in the weights.
    weights: Vec<u32>,
    /// The rows of a band: in the input, against the gradients of the results.
    band_rows: Vec<Run>,
    /// For each place in a filter, the pixels that its weights meet, in the input.
    shifted: Vec<Vec<u32>>,
}

/// What the backward pass reads and writes besides the gradient it is given.
pub(super) struct Backward<'a> {
    /// The images of the forward pass.
    pub input: &'a [f32],
    /// Its results.
    pub output: &'a [f32],
    /// The places its pooling chose.
    pub chosen: &'a [u8],
    /// The weights, transposed by [`Convolution::transpose`].
    pub transposed: &'a [f32],
    /// Set to the gradient of the input, when that is wanted.
    pub input_gradient: Option<&'a mut [f32]>,
    /// The gradient of the weights is added here.
    pub weight_gradient: &'a mut [f32],
    /// The gradient of the bias is added here.
    pub bias_gradient: &'a mut [f32],
}

impl Convolution {
    /// `None` when the filters or the pooling windows do not fit into the image.
    pub fn new(input: [usize; 3], filters: usize, kernel: usize, pool: usize, activation: Activation) -> Option<Self> {
        let [height, width, channels] = input;
        let reach = |size: usize| Some((size + 1).checked_sub(kernel)? / pool * pool).filter(|size| *size > 0);
        let (raw_height, raw_width) = (reach(height)?, reach(width)?);
        let band_rows = (BAND_VALUES / (raw_width * filters) / pool * pool).clamp(pool, raw_height);
        let at = |y: usize, x: usize| ((y * width + x) * channels) as u32;
        let band = || (0..band_rows).flat_map(|y| (0..raw_width).map(move |x| (y, x)));
        let row = kernel * channels;
        let places = || (0..kernel).flat_map(|y| (0..kernel).map(move |x| (y, x)));
        let addresses = Addresses {
            pixels: band().map(|(y, x)| at(y, x)).collect(),
            results: (0..band_rows * raw_width).map(|i| (i * filters) as u32).collect(),
            filter_rows: (0..kernel).map(|y| Run { a: at(y, 0), b: (y * row * filters) as u32, len: row as u32 }).collect(),
            weights_input: (0..kernel * row).map(|i| at(i / row, 0) + (i % row) as u32).collect(),
            weights: (0..kernel * row).map(|i| (i * filters) as u32).collect(),
            band_rows: (0..band_rows)
                .map(|y| Run { a: at(y, 0), b: (y * raw_width * filters) as u32, len: raw_width as u32 })
                .collect(),
            shifted: places().map(|(dy, dx)| band().map(|(y, x)| at(y + dy, x + dx)).collect()).collect(),
        };
        Some(Self { input, filters, kernel, pool, activation, raw_width, band_rows, addresses })
    }

    /// Height, width and channels of the result.
    pub fn output(&self) -> [usize; 3] {
        let height = (self.input[0] + 1 - self.kernel) / self.pool;
        [height, self.raw_width / self.pool, self.filters]
    }

    /// How many weights there are; the biases are as many as the filters.
    pub fn weights(&self) -> usize {
        self.kernel * self.kernel * self.input[2] * self.filters
    }

    /// The bands of an image: the first row before pooling and the number of rows.
    fn bands(&self) -> impl Iterator<Item = (usize, usize)> {
        let (rows, band) = (self.output()[0] * self.pool, self.band_rows);
        (0..rows).step_by(band).map(move |first| (first, band.min(rows - first)))
    }

    /// Computes the results of the images in `input` into `output` and, when there is pooling, the chosen places into
    /// `chosen`, which is as long as `output`.
    pub fn forward(
        &self,
        weights: &[f32],
        bias: &[f32],
        input: &[f32],
        output: &mut [f32],
        chosen: &mut [u8],
        scratch: &mut Vec<f32>,
    ) {
        let [_, width, channels] = self.input;
        let image_len: usize = self.input.iter().product();
        let out_len: usize = self.output().iter().product();
        let row_len = self.raw_width * self.filters;
        scratch.resize(self.band_rows * row_len, 0.0);
        let images = input.chunks_exact(image_len).zip(output.chunks_exact_mut(out_len)).enumerate();
        for (index, (image, output)) in images {
            for (first, rows) in self.bands() {
                let pixels = rows * self.raw_width;
                let product = Product {
                    a: &image[first * width * channels..],
                    a_rows: &self.addresses.pixels[..pixels],
                    a_step: 1,
                    b: weights,
                    b_step: self.filters,
                    runs: &self.addresses.filter_rows,
                    columns: self.filters,
                };
                let results = &self.addresses.results[..pixels];
                if self.pool == 1 {
                    product.compute(Start::Row(bias), &mut output[first * row_len..][..rows * row_len], results);
                    continue;
                }
                product.compute(Start::Row(bias), scratch, results);
                let pooled_row = row_len / self.pool;
                let at = first / self.pool * pooled_row;
                let (output, chosen) = (&mut output[at..], &mut chosen[index * out_len + at..]);
                let bands = scratch.chunks_exact(self.pool * row_len).take(rows / self.pool);
                let targets = output.chunks_exact_mut(pooled_row).zip(chosen.chunks_exact_mut(pooled_row));
                for (rows, (pooled, chosen)) in bands.zip(targets) {
                    max_pool_row(rows, self.raw_width, self.filters, self.pool, pooled, chosen);
                }
            }
        }
        apply(&self.activation, output);
    }

    /// The weights by place in the filter, then output channel, then input channel, as the backward pass wants them.
    pub fn transpose(&self, weights: &[f32], transposed: &mut [f32]) {
        let (channels, filters) = (self.input[2], self.filters);
        let places = weights.chunks_exact(channels * filters).zip(transposed.chunks_exact_mut(channels * filters));
        for (from, to) in places {
            for (i, row) in from.chunks_exact(filters).enumerate() {
                for (o, weight) in row.iter().enumerate() {
                    to[o * channels + i] = *weight;
                }
            }
        }
    }

    /// The gradients of everything that went into [`forward`](Self::forward), from `gradient`, that of its results,
    /// which is used up.
    pub fn backward(&self, gradient: &mut [f32], pass: Backward, scratch: &mut Vec<f32>) {
        let [_, width, channels] = self.input;
        let image_len: usize = self.input.iter().product();
        let out_len: usize = self.output().iter().product();
        let row_len = self.raw_width * self.filters;
        let Backward { input, output, chosen, transposed, mut input_gradient, weight_gradient, bias_gradient } = pass;
        scratch.resize(self.band_rows * row_len, 0.0);
        multiply_derivative(self.activation, output, gradient);
        add_rows(gradient, bias_gradient);
        if let Some(input_gradient) = input_gradient.as_deref_mut() {
            input_gradient.fill(0.0);
        }
        for (index, (image, gradient)) in input.chunks_exact(image_len).zip(gradient.chunks_exact(out_len)).enumerate() {
            for (first, rows) in self.bands() {
                let raw: &[f32] = if self.pool == 1 {
                    &gradient[first * row_len..][..rows * row_len]
                } else {
                    let pooled_row = row_len / self.pool;
                    let at = first / self.pool * pooled_row;
                    let (gradient, chosen) = (&gradient[at..], &chosen[index * out_len + at..]);
                    let bands = scratch.chunks_exact_mut(self.pool * row_len).take(rows / self.pool);
                    let sources = gradient.chunks_exact(pooled_row).zip(chosen.chunks_exact(pooled_row));
                    for (rows, (pooled, chosen)) in bands.zip(sources) {
                        max_pool_row_backward(pooled, chosen, self.filters, self.pool, rows, self.raw_width);
                    }
                    &scratch[..rows * row_len]
                };
                Product {
                    a: &image[first * width * channels..],
                    a_rows: &self.addresses.weights_input,
                    a_step: channels,
                    b: raw,
                    b_step: self.filters,
                    runs: &self.addresses.band_rows[..rows],
                    columns: self.filters,
                }
                .compute(Start::Result, weight_gradient, &self.addresses.weights);
                let Some(input_gradient) = input_gradient.as_deref_mut() else { continue };
                let target = &mut input_gradient[index * image_len + first * width * channels..(index + 1) * image_len];
                let pixels = rows * self.raw_width;
                for (shifted, weights) in self.addresses.shifted.iter().zip(transposed.chunks_exact(channels * self.filters)) {
                    Product {
                        a: raw,
                        a_rows: &self.addresses.results[..pixels],
                        a_step: 1,
                        b: weights,
                        b_step: channels,
                        runs: &[Run { a: 0, b: 0, len: self.filters as u32 }],
                        columns: channels,
                    }
                    .compute(Start::Result, target, &shifted[..pixels]);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Convolution, pooling and activation of one image written down as in a textbook, in double precision.
    fn naive(c: &Convolution, input: &[f64], weights: &[f64], bias: &[f64]) -> Vec<f64> {
        let ([_, width, channels], [out_height, out_width, filters]) = (c.input, c.output());
        let raw = |y: usize, x: usize, f: usize| {
            let mut sum = bias[f];
            for (dy, dx, i) in
                (0..c.kernel * c.kernel * channels).map(|k| (k / channels / c.kernel, k / channels % c.kernel, k % channels))
            {
                sum += input[((y + dy) * width + x + dx) * channels + i]
                    * weights[((dy * c.kernel + dx) * channels + i) * filters + f];
            }
            sum
        };
        let mut output = Vec::new();
        for (y, x, f) in
            (0..out_height * out_width * filters).map(|i| (i / filters / out_width, i / filters % out_width, i % filters))
        {
            let window = (0..c.pool * c.pool).map(|p| raw(y * c.pool + p / c.pool, x * c.pool + p % c.pool, f));
            let greatest = window.fold(f64::NEG_INFINITY, f64::max);
            output.push(match c.activation {
                Activation::Relu => greatest.max(0.0),
                Activation::Sigmoid => 1.0 / (1.0 + (-greatest).exp()),
                Activation::Tanh => greatest.tanh(),
                Activation::None => greatest,
            });
        }
        output
    }

    fn wide(values: &[f32]) -> Vec<f64> {
        values.iter().map(|v| f64::from(*v)).collect()
    }

    fn geometry() -> impl Strategy<Value = (Convolution, u64)> {
        let activation =
            prop_oneof![Just(Activation::Relu), Just(Activation::Sigmoid), Just(Activation::Tanh), Just(Activation::None)];
        (1usize..10, 1usize..10, 1usize..4, 1usize..20, 1usize..4, 1usize..4, activation, any::<u64>()).prop_filter_map(
            "the filters fit",
            |(height, width, channels, filters, kernel, pool, activation, seed)| {
                Some((Convolution::new([height, width, channels], filters, kernel, pool, activation)?, seed))
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]
        /// Two images forward against the textbook, then all three gradients against finite differences of it.
        #[test]
        fn agrees_with_the_textbook_and_with_finite_differences((conv, seed) in geometry()) {
            let mut state = seed | 1;
            let mut random = |n: usize| -> Vec<f32> {
                (0..n).map(|_| {
                    state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                    (state >> 40) as f32 / (1u64 << 23) as f32 - 1.0
                }).collect()
            };
            let (image, out): (usize, usize) = (conv.input.iter().product(), conv.output().iter().product());
            let (input, weights, bias, sent) = (random(2 * image), random(conv.weights()), random(conv.filters), random(2 * out));
            let (mut output, mut chosen, mut scratch) = (vec![0.0; 2 * out], vec![0; 2 * out], Vec::new());
            conv.forward(&weights, &bias, &input, &mut output, &mut chosen, &mut scratch);
            let loss = |input: &[f64], weights: &[f64], bias: &[f64]| -> f64 {
                let results = input.chunks_exact(image).flat_map(|image| naive(&conv, image, weights, bias));
                results.zip(&sent).map(|(y, s)| y * f64::from(*s)).sum()
            };
            let (wide_input, wide_weights, wide_bias) = (wide(&input), wide(&weights), wide(&bias));
            let expected = wide_input.chunks_exact(image).flat_map(|image| naive(&conv, image, &wide_weights, &wide_bias));
            for (ours, theirs) in output.iter().zip(expected) {
                prop_assert!((f64::from(*ours) - theirs).abs() < 1e-4, "{ours} against {theirs}");
            }
            let mut transposed = vec![0.0; weights.len()];
            conv.transpose(&weights, &mut transposed);
            // Gradients of parameters are added to what is there, that of the input is set.
            let (mut gx, mut gw, mut gb) = (vec![9.0; input.len()], vec![1.0; weights.len()], vec![1.0; bias.len()]);
            let pass = Backward {
                input: &input, output: &output, chosen: &chosen, transposed: &transposed,
                input_gradient: Some(&mut gx), weight_gradient: &mut gw, bias_gradient: &mut gb,
            };
            conv.backward(&mut sent.clone(), pass, &mut scratch);
            gw.iter_mut().chain(&mut gb).for_each(|g| *g -= 1.0);
            for (place, gradient) in [gx, gw, gb].iter().enumerate() {
                for i in (0..gradient.len()).step_by(gradient.len() / 7 + 1) {
                    let difference = |step: f64| {
                        let mut at = [wide_input.clone(), wide_weights.clone(), wide_bias.clone()];
                        at[place][i] += step;
                        loss(&at[0], &at[1], &at[2])
                    };
                    let (up, down, here) = (difference(1e-6), difference(-1e-6), difference(0.0));
                    let slope = (up - down) / 2e-6;
                    // At a kink (another pixel becomes the greatest) there is no one slope.
                    let smooth = ((up - here) - (here - down)).abs() < 1e-9;
                    prop_assert!(!smooth || (slope - f64::from(gradient[i])).abs() < 2e-3 * (1.0 + slope.abs()), "{place} {i}: {} against {slope}", gradient[i]);
                }
            }
        }
    }
}
