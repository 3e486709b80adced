//! Convolution with its bias, an optional max pooling and its activation, as one operation on a few images at a time.

use super::activation::{add_rows, apply, multiply_derivative};
use super::kernel::{Product, Run, Start};
use super::learner::SLICE;
use super::pool::{max_pool_row, max_pool_row_backward};
use crate::protocol::Activation;

/// The results of a convolution before pooling are made a block at a time, of at most so many values, so that they are
/// pooled while they are in the processor's nearest memory.
const BLOCK_VALUES: usize = 8192;

/// A convolution layer over images `[height, width, channels_in]` with filters `[kernel, kernel, channels_in, filters]`,
/// no padding, followed by max pooling over `pool × pool` windows (1 for none) and the activation.
///
/// The activations rise everywhere, so the greatest of a window stays the greatest; pooling first saves most of them.
/// Pixels that no window reaches are never computed.
#[derive(Clone, Debug)]
pub(super) struct Convolution {
    input: [usize; 3],
    filters: usize,
    stride: usize,
    pool: usize,
    activation: Activation,
    /// Rows and columns before pooling, as far as windows reach.
    raw: [usize; 2],
    block: Block,
    addresses: Addresses,
}

/// What is worked on at a time: some rows of an image, or several small images.
#[derive(Clone, Copy, Debug)]
struct Block {
    images: usize,
    /// Rows before pooling, of each image: a multiple of the pooling.
    rows: usize,
}

/// Where the kernel finds things, for a whole block at the start of the input. A smaller block is a prefix of it.
#[derive(Clone, Debug)]
struct Addresses {
    /// Each pixel, in the input.
    pixels: Vec<u32>,
    /// Each pixel, among the results.
    results: Vec<u32>,
    /// The rows of a filter: in the input, against the weights.
    filter_rows: Vec<Run>,
    /// Each weight of a filter, in the input.
    weights_input: Vec<u32>,
    /// Each weight of a filter, in the weights.
    weights: Vec<u32>,
    /// The rows of pixels: in the input, against the gradients of the results.
    pixel_rows: Vec<Run>,
    /// For each place in a filter, how far behind a pixel the weights there meet the input.
    shifts: Vec<usize>,
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

/// Where a block of some images lies.
struct Place {
    /// Its first pixel, in the input.
    input: usize,
    /// Its first result, after pooling.
    output: usize,
    /// Rows of pixels in it, over all its images.
    rows: usize,
}

impl Convolution {
    /// `None` when the filters or the pooling windows do not fit into the image.
    pub fn new(
        input: [usize; 3],
        filters: usize,
        (kernel, stride): (usize, usize),
        pool: usize,
        activation: Activation,
    ) -> Option<Self> {
        if [filters, kernel, stride, pool].contains(&0) {
            return None;
        }
        let [height, width, channels] = input;
        let reach = |size: usize| Some((size.checked_sub(kernel)? / stride + 1) / pool * pool).filter(|size| *size > 0);
        let raw = [reach(height)?, reach(width)?];
        let rows = (BLOCK_VALUES / (raw[1] * filters) / pool * pool).clamp(pool, raw[0]);
        let images = if rows == raw[0] { (BLOCK_VALUES / (raw[0] * raw[1] * filters)).clamp(1, SLICE) } else { 1 };
        let at = |image: usize, y: usize, x: usize| (((image * height + y) * width + x) * channels) as u32;
        let pixel_rows = || (0..images).flat_map(|image| (0..rows).map(move |y| (image, y)));
        let pixels = || pixel_rows().flat_map(|(image, y)| (0..raw[1]).map(move |x| (image, y, x)));
        let places = || (0..kernel).flat_map(|y| (0..kernel).map(move |x| (y, x)));
        let row = kernel * channels;
        let row_len = raw[1] * filters;
        let run = |a, b: usize, len: usize| Run { a, b: b as u32, len: len as u32 };
        let addresses = Addresses {
            pixels: pixels().map(|(image, y, x)| at(image, y * stride, x * stride)).collect(),
            results: (0..images * rows * raw[1]).map(|i| (i * filters) as u32).collect(),
            filter_rows: (0..kernel).map(|y| run(at(0, y, 0), y * row * filters, row)).collect(),
            weights_input: (0..kernel * row).map(|i| at(0, i / row, 0) + (i % row) as u32).collect(),
            weights: (0..kernel * row).map(|i| (i * filters) as u32).collect(),
            pixel_rows: pixel_rows()
                .enumerate()
                .map(|(i, (image, y))| run(at(image, y * stride, 0), i * row_len, raw[1]))
                .collect(),
            shifts: places().map(|(dy, dx)| (dy * width + dx) * channels).collect(),
        };
        Some(Self { input, filters, stride, pool, activation, raw, block: Block { images, rows }, addresses })
    }

    /// Height, width and channels of the result.
    pub fn output(&self) -> [usize; 3] {
        [self.raw[0] / self.pool, self.raw[1] / self.pool, self.filters]
    }

    /// Cuts images into blocks.
    fn blocks(&self, images: usize) -> impl Iterator<Item = Place> {
        let ([_, width, channels], [_, out_width, _]) = (self.input, self.output());
        let image_len: usize = self.input.iter().product();
        let out_len: usize = self.output().iter().product();
        let Block { images: most, rows } = self.block;
        (0..images).step_by(most).flat_map(move |image| {
            (0..self.raw[0]).step_by(rows).map(move |first| Place {
                input: image * image_len + first * self.stride * width * channels,
                output: image * out_len + first / self.pool * out_width * self.filters,
                rows: if most == 1 { rows.min(self.raw[0] - first) } else { rows * most.min(images - image) },
            })
        })
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
        let row_len = self.raw[1] * self.filters;
        let pooled_row = row_len / self.pool;
        scratch.resize(self.block.images * self.block.rows * row_len, 0.0);
        for place in self.blocks(input.len() / self.input.iter().product::<usize>()) {
            let pixels = place.rows * self.raw[1];
            let product = Product {
                a: &input[place.input..],
                a_rows: &self.addresses.pixels[..pixels],
                a_step: 1,
                b: weights,
                b_step: self.filters,
                runs: &self.addresses.filter_rows,
                columns: self.filters,
            };
            let results = &self.addresses.results[..pixels];
            if self.pool == 1 {
                product.compute(Start::Row(bias), &mut output[place.output..][..place.rows * row_len], results);
                continue;
            }
            product.compute(Start::Row(bias), scratch, results);
            let windows = scratch.chunks_exact(self.pool * row_len).take(place.rows / self.pool);
            let targets =
                output[place.output..].chunks_exact_mut(pooled_row).zip(chosen[place.output..].chunks_exact_mut(pooled_row));
            for (rows, (pooled, chosen)) in windows.zip(targets) {
                max_pool_row(rows, self.raw[1], self.filters, self.pool, pooled, chosen);
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
        let channels = self.input[2];
        let row_len = self.raw[1] * self.filters;
        let pooled_row = row_len / self.pool;
        let Backward { input, output, chosen, transposed, mut input_gradient, weight_gradient, bias_gradient } = pass;
        scratch.resize(self.block.images * self.block.rows * row_len, 0.0);
        multiply_derivative(self.activation, output, gradient);
        add_rows(gradient, bias_gradient);
        if let Some(input_gradient) = input_gradient.as_deref_mut() {
            input_gradient.fill(0.0);
        }
        for place in self.blocks(input.len() / self.input.iter().product::<usize>()) {
            let raw: &[f32] = if self.pool == 1 {
                &gradient[place.output..][..place.rows * row_len]
            } else {
                let windows = scratch.chunks_exact_mut(self.pool * row_len).take(place.rows / self.pool);
                let sources =
                    gradient[place.output..].chunks_exact(pooled_row).zip(chosen[place.output..].chunks_exact(pooled_row));
                for (rows, (pooled, chosen)) in windows.zip(sources) {
                    max_pool_row_backward(pooled, chosen, self.filters, self.pool, rows, self.raw[1]);
                }
                &scratch[..place.rows * row_len]
            };
            Product {
                a: &input[place.input..],
                a_rows: &self.addresses.weights_input,
                a_step: channels * self.stride,
                b: raw,
                b_step: self.filters,
                runs: &self.addresses.pixel_rows[..place.rows],
                columns: self.filters,
            }
            .compute(Start::Result, weight_gradient, &self.addresses.weights);
            let Some(input_gradient) = input_gradient.as_deref_mut() else { continue };
            let pixels = place.rows * self.raw[1];
            for (shift, weights) in self.addresses.shifts.iter().zip(transposed.chunks_exact(channels * self.filters)) {
                Product {
                    a: raw,
                    a_rows: &self.addresses.results[..pixels],
                    a_step: 1,
                    b: weights,
                    b_step: channels,
                    runs: &[Run { a: 0, b: 0, len: self.filters as u32 }],
                    columns: channels,
                }
                .compute(
                    Start::Result,
                    &mut input_gradient[place.input + shift..],
                    &self.addresses.pixels[..pixels],
                );
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
        let kernel = c.addresses.filter_rows.len();
        let raw = |y: usize, x: usize, f: usize| {
            let mut sum = bias[f];
            for (dy, dx, i) in
                (0..kernel * kernel * channels).map(|k| (k / channels / kernel, k / channels % kernel, k % channels))
            {
                sum += input[((y * c.stride + dy) * width + x * c.stride + dx) * channels + i]
                    * weights[((dy * kernel + dx) * channels + i) * filters + f];
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
        (1usize..10, 1usize..10, 1usize..4, 1usize..20, (1usize..4, 1usize..3), 1usize..4, activation, any::<u64>())
            .prop_filter_map("the filters fit", |(height, width, channels, filters, windows, pool, activation, seed)| {
                Some((Convolution::new([height, width, channels], filters, windows, pool, activation)?, seed))
            })
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
            let (input, weights, bias, sent) = (random(2 * image), random(conv.addresses.weights.len() * conv.filters), random(conv.filters), random(2 * out));
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
