//! Max pooling over windows that do not overlap.

use std::ops::RangeInclusive;

use pulp::{Arch, Simd};

/// Channels that are looked at together: enough for the widest vectors, and the compiler makes vector code of it.
const LANES: usize = 16;

/// A max pooling layer over images `[height, width, channels]` by windows of `size × size`; a rest at the border that
/// fills no window is left out.
#[derive(Clone, Debug)]
pub(super) struct MaxPool {
    input: [usize; 3],
    size: usize,
}

impl MaxPool {
    /// The sizes that windows may have: the places in a window are counted by a byte.
    pub const SIZES: RangeInclusive<usize> = 1..=15;

    /// `None` when no window fits into the image.
    pub fn new(input: [usize; 3], size: usize) -> Option<Self> {
        (Self::SIZES.contains(&size) && input[0] >= size && input[1] >= size).then_some(Self { input, size })
    }

    /// Height, width and channels of the result.
    pub fn output(&self) -> [usize; 3] {
        [self.input[0] / self.size, self.input[1] / self.size, self.input[2]]
    }

    /// Pools the images in `input` into `output`, and the places of the greatest values into `chosen`.
    pub fn forward(&self, input: &[f32], output: &mut [f32], chosen: &mut [u8]) {
        let ([_, width, channels], [_, out_width, _]) = (self.input, self.output());
        let out_row = out_width * channels;
        let targets = output.chunks_exact_mut(out_row).zip(chosen.chunks_exact_mut(out_row));
        for (index, (pooled, chosen)) in targets.enumerate() {
            max_pool_row(&input[self.row_start(index)..], width, channels, self.size, pooled, chosen);
        }
    }

    /// Sets the gradient of the input from that of the results.
    pub fn backward(&self, gradient: &[f32], chosen: &[u8], input_gradient: &mut [f32]) {
        let ([_, width, channels], [_, out_width, _]) = (self.input, self.output());
        let out_row = out_width * channels;
        input_gradient.fill(0.0);
        let sources = gradient.chunks_exact(out_row).zip(chosen.chunks_exact(out_row));
        for (index, (pooled, chosen)) in sources.enumerate() {
            max_pool_row_backward(pooled, chosen, channels, self.size, &mut input_gradient[self.row_start(index)..], width);
        }
    }

    /// Where the windows of the `index`-th row of results start, counted over all images.
    fn row_start(&self, index: usize) -> usize {
        let ([height, width, channels], [out_height, ..]) = (self.input, self.output());
        ((index / out_height) * height + index % out_height * self.size) * width * channels
    }
}

/// Pools one row of windows: `size` rows of `row_width` pixels become one row. `chosen` gets the place of each greatest
/// value in its window, counted row by row; of equal values the first is taken. What is not a number counts as the greatest, so
/// that it is not lost.
///
/// Shapes: `rows` `[size, row_width, channels]` (the last row may be cut off behind its last window), `pooled` and
/// `chosen` `[width, channels]`.
#[pulp::with_simd(max_pool_row = Arch::new())]
#[inline(always)]
pub(super) fn max_pool_row_with<'a, S: Simd>(
    _: S,
    rows: &'a [f32],
    row_width: usize,
    channels: usize,
    size: usize,
    pooled: &'a mut [f32],
    chosen: &'a mut [u8],
) {
    let windows = pooled.chunks_exact_mut(channels).zip(chosen.chunks_exact_mut(channels));
    for (window, (pooled, chosen)) in windows.enumerate() {
        let pixel = |place: usize| ((place / size) * row_width + window * size + place % size) * channels;
        let whole = channels / LANES * LANES;
        for from in (0..whole).step_by(LANES) {
            let mut best = [f32::NEG_INFINITY; LANES];
            let mut at = [0u32; LANES];
            for place in 0..size * size {
                let values = &rows[pixel(place) + from..][..LANES];
                for lane in 0..LANES {
                    let greater = values[lane] > best[lane] || values[lane].is_nan();
                    best[lane] = if greater { values[lane] } else { best[lane] };
                    at[lane] = if greater { place as u32 } else { at[lane] };
                }
            }
            pooled[from..from + LANES].copy_from_slice(&best);
            chosen[from..from + LANES].iter_mut().zip(at).for_each(|(chosen, at)| *chosen = at as u8);
        }
        for channel in whole..channels {
            let value = |place: usize| rows[pixel(place) + channel];
            let is_greater = |place, best| value(place) > value(best) || value(place).is_nan();
            let best = (1..size * size).fold(0, |best, place| if is_greater(place, best) { place } else { best });
            pooled[channel] = value(best);
            chosen[channel] = best as u8;
        }
    }
}

/// The way back of [`max_pool_row`]: each gradient goes to the place that was chosen, and zero to the others of its
/// window. Pixels outside the windows are left as they are.
#[pulp::with_simd(max_pool_row_backward = Arch::new())]
#[inline(always)]
pub(super) fn max_pool_row_backward_with<'a, S: Simd>(
    _: S,
    pooled: &'a [f32],
    chosen: &'a [u8],
    channels: usize,
    size: usize,
    rows: &'a mut [f32],
    row_width: usize,
) {
    for (window, (pooled, chosen)) in pooled.chunks_exact(channels).zip(chosen.chunks_exact(channels)).enumerate() {
        let pixel = |place: usize| ((place / size) * row_width + window * size + place % size) * channels;
        let whole = channels / LANES * LANES;
        for from in (0..whole).step_by(LANES) {
            let mut at = [0u32; LANES];
            at.iter_mut().zip(&chosen[from..from + LANES]).for_each(|(at, chosen)| *at = (*chosen).into());
            let mut gradients = [0.0; LANES];
            gradients.copy_from_slice(&pooled[from..from + LANES]);
            for place in 0..size * size {
                let sent: [f32; LANES] = std::array::from_fn(|lane| if at[lane] == place as u32 { gradients[lane] } else { 0.0 });
                rows[pixel(place) + from..][..LANES].copy_from_slice(&sent);
            }
        }
        for channel in whole..channels {
            for place in 0..size * size {
                let is_chosen = usize::from(chosen[channel]) == place;
                rows[pixel(place) + channel] = if is_chosen { pooled[channel] } else { 0.0 };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In every channel, of those in vectors and of the rest, and at every place of the window.
    #[test]
    fn what_is_not_a_number_is_not_lost() {
        let channels = 2 * LANES + 3;
        let pool = MaxPool::new([2, 2, channels], 2).expect("it fits");
        for place in 0..4 {
            for channel in 0..channels {
                let mut input: Vec<f32> = (0..4 * channels).map(|i| (i % 7) as f32).collect();
                input[place * channels + channel] = f32::NAN;
                let (mut output, mut chosen) = (vec![0.0; channels], vec![0; channels]);
                pool.forward(&input, &mut output, &mut chosen);
                assert_eq!(output.iter().position(|value| value.is_nan()), Some(channel), "place {place}");
                assert_eq!(usize::from(chosen[channel]), place);
            }
        }
    }
}
