//! Zeros around images, so that a convolution keeps their size.

/// A border of zeros around images `[height, width, channels]`.
#[derive(Clone, Debug)]
pub(super) struct Padding {
    input: [usize; 3],
    /// Rows above and below.
    rows: [usize; 2],
    /// Columns to the left and to the right.
    columns: [usize; 2],
}

impl Padding {
    /// What a convolution needs for ⌈size / stride⌉ results a side; an odd zero goes below and to the right, as in
    /// TensorFlow's "same".
    pub fn same(input: [usize; 3], kernel: usize, stride: usize) -> Self {
        let around = |size: usize| {
            let needed = ((size.div_ceil(stride) - 1) * stride + kernel).saturating_sub(size);
            [needed / 2, needed.div_ceil(2)]
        };
        Self { input, rows: around(input[0]), columns: around(input[1]) }
    }

    /// Height, width and channels of the result.
    pub fn output(&self) -> [usize; 3] {
        let [height, width, channels] = self.input;
        [height + self.rows.iter().sum::<usize>(), width + self.columns.iter().sum::<usize>(), channels]
    }

    /// Rows above and columns to the left of an image.
    pub fn before(&self) -> [usize; 2] {
        [self.rows[0], self.columns[0]]
    }

    /// The rows of an image, in the input and in the result, for each image.
    fn rows(&self, images: usize) -> impl Iterator<Item = (usize, usize)> {
        let ([height, width, channels], [out_height, out_width, _]) = (self.input, self.output());
        (0..images * height).map(move |row| {
            let out_row = row / height * out_height + self.rows[0] + row % height;
            (row * width * channels, (out_row * out_width + self.columns[0]) * channels)
        })
    }

    /// Puts zeros around the images in `input`.
    pub fn forward(&self, input: &[f32], output: &mut [f32]) {
        let [height, width, channels] = self.input;
        output.fill(0.0);
        for (from, to) in self.rows(input.len() / (height * width * channels)) {
            output[to..to + width * channels].copy_from_slice(&input[from..from + width * channels]);
        }
    }

    /// Sets the gradient of the input from that of the result.
    pub fn backward(&self, gradient: &[f32], input_gradient: &mut [f32]) {
        let [height, width, channels] = self.input;
        for (to, from) in self.rows(input_gradient.len() / (height * width * channels)) {
            input_gradient[to..to + width * channels].copy_from_slice(&gradient[from..from + width * channels]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_tensorflow() {
        // size, kernel, stride → zeros before and after
        for (size, kernel, stride, expected) in
            [(5, 3, 1, [1, 1]), (5, 2, 1, [0, 1]), (6, 3, 2, [0, 1]), (7, 3, 2, [1, 1]), (5, 1, 1, [0, 0]), (4, 1, 3, [0, 0])]
        {
            let padding = Padding::same([size, 9, 1], kernel, stride);
            assert_eq!(padding.rows, expected, "{size} {kernel} {stride}");
            let padded = padding.output()[0];
            assert_eq!((padded - kernel) / stride + 1, size.div_ceil(stride), "{size} {kernel} {stride}");
        }
    }

    #[test]
    fn the_way_back_undoes_the_way_there() {
        let padding = Padding::same([3, 2, 2], 3, 1);
        let input: Vec<f32> = (1..=24).map(|v| v as f32).collect();
        let mut output = vec![7.0; 2 * padding.output().iter().product::<usize>()];
        padding.forward(&input, &mut output);
        assert_eq!(output.iter().sum::<f32>(), input.iter().sum::<f32>());
        assert_eq!(&output[..8], &[0.0; 8]);
        let mut back = vec![0.0; 24];
        padding.backward(&output, &mut back);
        assert_eq!(back, input);
    }
}
