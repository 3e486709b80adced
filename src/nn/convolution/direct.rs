//! Convolution as it is written down, for every size of filter and every stride: one product with addresses.

use super::{Backward, Filters, Geometry, transpose};
use crate::nn::buffer::Buffer;
use crate::nn::kernel::{Product, Run, Start};
use crate::nn::pool::{max_pool_row, max_pool_row_backward};
use crate::nn::slice::SLICE;

/// The results of a convolution before pooling are made a block at a time, of at most so many values, so that they are
/// pooled while they are in the processor's nearest memory.
const BLOCK_VALUES: usize = 8192;

/// A convolution whose results before pooling are computed one by one.
#[derive(Clone, Debug)]
pub struct Direct {
    geometry: Geometry,
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

/// Where a block of some images lies.
struct Place {
    /// Its first pixel, in the input.
    input: usize,
    /// Its first result, after pooling.
    output: usize,
    /// Rows of pixels in it, over all its images.
    rows: usize,
}

impl Direct {
    pub fn new(geometry: Geometry) -> Self {
        let Geometry { input: [height, width, channels], filters, kernel, stride, pool, raw } = geometry;
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
        Self { geometry, block: Block { images, rows }, addresses }
    }

    /// The weights as they are, and those with channels and filters exchanged.
    pub fn prepare(&self, weights: &[f32], prepared: &mut Filters) {
        prepared.forward.clear();
        prepared.forward.extend_from_slice(weights);
        prepared.backward.resize(weights.len(), 0.0);
        transpose(weights, [self.geometry.input[2], self.geometry.filters], &mut prepared.backward);
    }

    /// Cuts images into blocks.
    fn blocks(&self, images: usize) -> impl Iterator<Item = Place> {
        let Geometry { input: [height, width, channels], filters, stride, pool, raw, .. } = self.geometry;
        let [_, out_width, _] = self.geometry.output();
        let image_len = height * width * channels;
        let out_len: usize = self.geometry.output().iter().product();
        let Block { images: most, rows } = self.block;
        (0..images).step_by(most).flat_map(move |image| {
            (0..raw[0]).step_by(rows).map(move |first| Place {
                input: image * image_len + first * stride * width * channels,
                output: image * out_len + first / pool * out_width * filters,
                rows: if most == 1 { rows.min(raw[0] - first) } else { rows * most.min(images - image) },
            })
        })
    }

    /// Values in a row before pooling.
    fn row_len(&self) -> usize {
        self.geometry.raw[1] * self.geometry.filters
    }

    pub fn forward(
        &self,
        prepared: &Filters,
        bias: &[f32],
        input: &[f32],
        output: &mut [f32],
        chosen: &mut [u8],
        scratch: &mut Buffer,
    ) {
        let Geometry { filters, pool, raw, .. } = self.geometry;
        let row_len = self.row_len();
        let pooled_row = row_len / pool;
        let scratch = scratch.resize(self.block.images * self.block.rows * row_len);
        for place in self.blocks(self.geometry.images(input)) {
            let pixels = place.rows * raw[1];
            let product = Product {
                a: &input[place.input..],
                a_rows: &self.addresses.pixels[..pixels],
                a_step: 1,
                b: &prepared.forward,
                b_step: filters,
                runs: &self.addresses.filter_rows,
                columns: filters,
            };
            let results = &self.addresses.results[..pixels];
            if pool == 1 {
                product.compute(Start::Row(bias), &mut output[place.output..][..place.rows * row_len], results);
                continue;
            }
            product.compute(Start::Row(bias), scratch, results);
            let windows = scratch.chunks_exact(pool * row_len).take(place.rows / pool);
            let targets =
                output[place.output..].chunks_exact_mut(pooled_row).zip(chosen[place.output..].chunks_exact_mut(pooled_row));
            for (rows, (pooled, chosen)) in windows.zip(targets) {
                max_pool_row(rows, raw[1], filters, pool, pooled, chosen);
            }
        }
    }

    pub fn backward(&self, gradient: &[f32], pass: Backward, scratch: &mut Buffer) {
        let Geometry { input: [_, _, channels], filters, stride, pool, raw, .. } = self.geometry;
        let row_len = self.row_len();
        let pooled_row = row_len / pool;
        let Backward { input, chosen, filters: prepared, mut input_gradient, weight_gradient, .. } = pass;
        let scratch = scratch.resize(self.block.images * self.block.rows * row_len);
        for place in self.blocks(self.geometry.images(input)) {
            let results: &[f32] = if pool == 1 {
                &gradient[place.output..][..place.rows * row_len]
            } else {
                let windows = scratch.chunks_exact_mut(pool * row_len).take(place.rows / pool);
                let sources =
                    gradient[place.output..].chunks_exact(pooled_row).zip(chosen[place.output..].chunks_exact(pooled_row));
                for (rows, (pooled, chosen)) in windows.zip(sources) {
                    max_pool_row_backward(pooled, chosen, filters, pool, rows, raw[1]);
                }
                &scratch[..place.rows * row_len]
            };
            Product {
                a: &input[place.input..],
                a_rows: &self.addresses.weights_input,
                a_step: channels * stride,
                b: results,
                b_step: filters,
                runs: &self.addresses.pixel_rows[..place.rows],
                columns: filters,
            }
            .compute(Start::Result, weight_gradient, &self.addresses.weights);
            let Some(input_gradient) = input_gradient.as_deref_mut() else { continue };
            let pixels = place.rows * raw[1];
            for (shift, weights) in self.addresses.shifts.iter().zip(prepared.backward.chunks_exact(channels * filters)) {
                Product {
                    a: results,
                    a_rows: &self.addresses.results[..pixels],
                    a_step: 1,
                    b: weights,
                    b_step: channels,
                    runs: &[Run { a: 0, b: 0, len: filters as u32 }],
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
