//! Convolution by 3 × 3 filters with fewer multiplications: the minimal filtering F(2 × 2, 3 × 3).
//!
//! A tile of 2 × 2 results comes from 4 × 4 pixels d and a filter g as `Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A`, where A, B and G only
//! add and halve: 16 multiplications in the place of 36 (Lavin & Gray 2016, section 4.1,
//! <https://arxiv.org/abs/1509.09308>). The 16 places of the tiles are planes; in each, sums over channels for many tiles
//! and filters are one matrix product. All of it is linear, so gradients take the same way back, through the transposed
//! matrices. Max pooling by 2 is the greatest value of a tile.

mod planes;

use std::ops::Range;

use self::planes::{
    pixels_to_planes, planes_to_pixels, planes_to_results, planes_to_weights, results_to_planes, weights_to_planes,
};
use super::{Backward, Filters, Geometry, transpose};
use crate::nn::buffer::Buffer;
use crate::nn::kernel::{Product, Run, Start};

/// The places in a tile of 4 × 4.
const PLACES: usize = 16;
/// Channels and filters come in groups of so many, which every processor's vectors divide.
const GROUP: usize = 16;
/// Values of all planes that are worked on at a time, so that they stay in a core's own memory.
const BLOCK_VALUES: usize = 1 << 16;

/// A convolution by 3 × 3 filters that move by one pixel, with no pooling or by 2.
#[derive(Clone, Debug)]
pub struct Winograd {
    geometry: Geometry,
    /// Tiles down and across an image.
    tiles: [usize; 2],
    /// The tiles that are worked on at a time.
    block: usize,
    /// Where the channels of each tile start in a plane.
    channel_rows: Vec<u32>,
    /// Where the filters of each tile, and of each channel, start in a plane.
    filter_rows: Vec<u32>,
    /// Each channel.
    channels: Vec<u32>,
    /// What sums start from.
    zeros: Vec<f32>,
}

impl Winograd {
    /// `None` when the filters are others, or nothing is gained.
    pub fn new(geometry: Geometry) -> Option<Self> {
        let Geometry { input: [_, _, channels], filters, kernel, stride, pool, raw } = geometry;
        let fits = kernel == 3 && stride == 1 && pool <= 2 && channels % GROUP == 0 && filters % GROUP == 0;
        let tiles = raw.map(|size| size.div_ceil(2));
        // Tiles reach over the border, and the sums around the products cost something, too: about what a quarter of the
        // multiplications does.
        let pays = tiles[0] * tiles[1] * PLACES * 4 <= raw[0] * raw[1] * kernel * kernel * 3;
        if !fits || !pays {
            return None;
        }
        let block = (BLOCK_VALUES / PLACES / (channels + filters)).max(1).next_multiple_of(12);
        let rows = |count: usize, step: usize| (0..count).map(|row| (row * step) as u32).collect();
        Some(Self {
            geometry,
            tiles,
            block,
            channel_rows: rows(block, channels),
            filter_rows: rows(block.max(channels), filters),
            channels: rows(channels, 1),
            zeros: vec![0.0; channels.max(filters)],
        })
    }

    /// From a plane to the next, of `rows` rows with `len` values. Distances that are powers of two would let the planes
    /// drive each other out of the nearest memory.
    fn plane(rows: usize, len: usize) -> usize {
        rows * len + GROUP
    }

    /// From a plane to the next, of pixels, of results, and of weights.
    fn planes(&self) -> [usize; 3] {
        let Geometry { input: [_, _, channels], filters, .. } = self.geometry;
        [Self::plane(self.block, channels), Self::plane(self.block, filters), Self::plane(channels, filters)]
    }

    /// The planes of the weights, and those of the weights with channels and filters exchanged.
    pub fn prepare(&self, weights: &[f32], prepared: &mut Filters) {
        let Geometry { input: [_, _, channels], filters, .. } = self.geometry;
        let plane = Self::plane(channels, filters);
        let mut turned = vec![0.0; weights.len()];
        transpose(weights, [channels, filters], &mut turned);
        for (weights, planes) in [(weights, &mut prepared.forward), (&turned, &mut prepared.backward)] {
            planes.resize(PLACES * plane, 0.0);
            weights_to_planes(weights, channels * filters, planes, plane);
        }
    }

    /// Blocks of the tiles of all images.
    fn blocks(&self, images: usize) -> impl Iterator<Item = Range<usize>> {
        let (block, all) = (self.block, images * self.tiles[0] * self.tiles[1]);
        (0..all).step_by(block).map(move |first| first..all.min(first + block))
    }

    pub fn forward(
        &self,
        filters: &Filters,
        bias: &[f32],
        input: &[f32],
        output: &mut [f32],
        chosen: &mut [u8],
        scratch: &mut Buffer,
    ) {
        let [pixel_plane, result_plane, weight_plane] = self.planes();
        let [pixels, results, _] = self.split(scratch);
        let Geometry { input: [_, _, channels], filters: columns, .. } = self.geometry;
        for tiles in self.blocks(self.geometry.images(input)) {
            let count = tiles.len();
            pixels_to_planes(self, input, tiles.clone(), pixels);
            let planes = pixels.chunks_exact(pixel_plane).zip(results.chunks_exact_mut(result_plane));
            for ((pixels, results), weights) in planes.zip(filters.forward.chunks_exact(weight_plane)) {
                let product = Product {
                    a: pixels,
                    a_rows: &self.channel_rows[..count],
                    a_step: 1,
                    b: weights,
                    b_step: columns,
                    runs: &[Run { a: 0, b: 0, len: channels as u32 }],
                    columns,
                };
                product.compute(Start::Row(&self.zeros), results, &self.filter_rows[..count]);
            }
            planes_to_results(self, results, bias, tiles, output, chosen);
        }
    }

    pub fn backward(&self, gradient: &[f32], pass: Backward, scratch: &mut Buffer) {
        let Geometry { input: [_, _, channels], filters: columns, .. } = self.geometry;
        let Backward { input, chosen, filters, mut input_gradient, weight_gradient, .. } = pass;
        let [pixel_plane, result_plane, weight_plane] = self.planes();
        let [pixels, results, weights] = self.split(scratch);
        weights.fill(0.0);
        for tiles in self.blocks(self.geometry.images(input)) {
            let count = tiles.len();
            pixels_to_planes(self, input, tiles.clone(), pixels);
            results_to_planes(self, gradient, chosen, tiles.clone(), results);
            let planes = pixels.chunks_exact(pixel_plane).zip(results.chunks_exact(result_plane));
            for ((pixels, results), weights) in planes.zip(weights.chunks_exact_mut(weight_plane)) {
                let product = Product {
                    a: pixels,
                    a_rows: &self.channels,
                    a_step: channels,
                    b: results,
                    b_step: columns,
                    runs: &[Run { a: 0, b: 0, len: count as u32 }],
                    columns,
                };
                product.compute(Start::Result, weights, &self.filter_rows[..channels]);
            }
            let Some(input_gradient) = input_gradient.as_deref_mut() else { continue };
            let planes = results.chunks_exact(result_plane).zip(pixels.chunks_exact_mut(pixel_plane));
            for ((results, pixels), weights) in planes.zip(filters.backward.chunks_exact(weight_plane)) {
                let product = Product {
                    a: results,
                    a_rows: &self.filter_rows[..count],
                    a_step: 1,
                    b: weights,
                    b_step: channels,
                    runs: &[Run { a: 0, b: 0, len: columns as u32 }],
                    columns: channels,
                };
                product.compute(Start::Row(&self.zeros), pixels, &self.channel_rows[..count]);
            }
            planes_to_pixels(self, pixels, tiles, input_gradient);
        }
        planes_to_weights(weights, weight_plane, channels * columns, weight_gradient);
    }

    /// The planes of pixels, of results, and of weights.
    fn split<'s>(&self, scratch: &'s mut Buffer) -> [&'s mut [f32]; 3] {
        let [pixels, results, weights] = self.planes().map(|plane| PLACES * plane);
        let (pixel_planes, rest) = scratch.resize(pixels + results + weights).split_at_mut(pixels);
        let (result_planes, weight_planes) = rest.split_at_mut(results);
        [pixel_planes, result_planes, weight_planes]
    }

    /// Of the tile's pixels, 4 × 4 unless the border cuts it.
    fn pixels_of(&self, tile: usize) -> Patch {
        let [height, width, channels] = self.geometry.input;
        self.patch(tile, [height, width], channels)
    }

    /// Of the tile's results before pooling, 2 × 2 unless the border cuts it.
    fn results_of(&self, tile: usize) -> Patch {
        self.patch(tile, self.geometry.raw, self.geometry.filters)
    }

    /// Of images with so many values a pixel.
    fn patch(&self, tile: usize, [height, width]: [usize; 2], values: usize) -> Patch {
        let [down, across] = self.tiles;
        let (image, top, left) = (tile / (down * across), tile / across % down * 2, tile % across * 2);
        Patch { start: (image * height + top) * width + left, width, rows: height - top, columns: width - left, values }
    }
}

/// Where a tile lies in images.
#[derive(Clone, Copy)]
struct Patch {
    /// Its first pixel.
    start: usize,
    /// From a row of pixels to the next.
    width: usize,
    /// To the border.
    rows: usize,
    columns: usize,
    /// Of each pixel.
    values: usize,
}

impl Patch {
    /// Where the values of a pixel of the tile start, unless it lies beyond the border.
    #[inline(always)]
    fn at(self, y: usize, x: usize) -> Option<usize> {
        (y < self.rows && x < self.columns).then_some((self.start + y * self.width + x) * self.values)
    }
}
