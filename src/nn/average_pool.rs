//! Average pooling over windows that do not overlap.

use super::activation::add_scaled;

/// An average pooling layer over images `[height, width, channels]` by windows of `size × size`; a rest at the border
/// that fills no window is left out.
#[derive(Clone, Debug)]
pub(super) struct AveragePool {
    input: [usize; 3],
    size: usize,
}

impl AveragePool {
    /// `None` when no window fits into the image.
    pub fn new(input: [usize; 3], size: usize) -> Option<Self> {
        (size > 0 && input[0] >= size && input[1] >= size).then_some(Self { input, size })
    }

    /// Height, width and channels of the result.
    pub fn output(&self) -> [usize; 3] {
        [self.input[0] / self.size, self.input[1] / self.size, self.input[2]]
    }

    /// Pools the images in `input` into `output`.
    pub fn forward(&self, input: &[f32], output: &mut [f32]) {
        output.fill(0.0);
        for (from, to) in self.windows(output.len()) {
            let channels = self.input[2];
            add_scaled(1.0 / (self.size * self.size) as f32, &input[from..from + channels], &mut output[to..to + channels]);
        }
    }

    /// Sets the gradient of the input from that of the results.
    pub fn backward(&self, gradient: &[f32], input_gradient: &mut [f32]) {
        input_gradient.fill(0.0);
        for (to, from) in self.windows(gradient.len()) {
            let channels = self.input[2];
            add_scaled(
                1.0 / (self.size * self.size) as f32,
                &gradient[from..from + channels],
                &mut input_gradient[to..to + channels],
            );
        }
    }

    /// Each pixel of each window, and the result it goes to, for images with so many results in all.
    fn windows(&self, results: usize) -> impl Iterator<Item = (usize, usize)> {
        let ([height, width, channels], [out_height, out_width, _]) = (self.input, self.output());
        let size = self.size;
        (0..results / channels).flat_map(move |result| {
            let (row, column) = (result / out_width, result % out_width);
            let top = row / out_height * height + row % out_height * size;
            (0..size * size).map(move |place| {
                let pixel = (top + place / size) * width + column * size + place % size;
                (pixel * channels, result * channels)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_means_and_gradients_are_spread_evenly() {
        // Two images of 3 × 5 pixels with 2 channels; the third row and the fifth column fill no window.
        let pool = AveragePool::new([3, 5, 2], 2).expect("windows fit");
        let input: Vec<f32> = (0..60).map(|v| v as f32).collect();
        let mut output = vec![9.0; 8];
        pool.forward(&input, &mut output);
        // The first window has the pixels 0, 1, 5 and 6, of the values 0, 2, 10 and 12 in the first channel.
        assert_eq!(output, [6.0, 7.0, 10.0, 11.0, 36.0, 37.0, 40.0, 41.0]);
        let mut back = vec![9.0; 60];
        pool.backward(&[4.0; 8], &mut back);
        assert_eq!((back.iter().sum::<f32>(), back[0], back[8], back[20]), (32.0, 1.0, 0.0, 0.0));
        assert!(AveragePool::new([3, 5, 2], 4).is_none() && AveragePool::new([3, 5, 2], 0).is_none());
    }
}
