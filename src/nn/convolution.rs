//! Convolution with its bias, an optional max pooling and its activation, as one operation on a few images at a time.

mod direct;
mod winograd;

use self::direct::Direct;
use self::winograd::Winograd;
use super::activation::{add_rows, apply, multiply_derivative};
use super::buffer::Buffer;
use crate::protocol::Activation;

/// A convolution layer over images `[height, width, channels_in]` with filters `[kernel, kernel, channels_in, filters]`,
/// no padding, followed by max pooling over `pool × pool` windows (1 for none) and the activation.
///
/// The activations rise everywhere, so the greatest of a window stays the greatest; pooling first saves most of them.
/// Pixels that no window reaches are never computed.
#[derive(Clone, Debug)]
pub(super) struct Convolution {
    geometry: Geometry,
    activation: Activation,
    method: Method,
}

/// How the results before pooling come about.
#[derive(Clone, Debug)]
enum Method {
    Direct(Direct),
    Winograd(Winograd),
}

/// The sizes of a convolution and of its pooling.
#[derive(Clone, Copy, Debug)]
struct Geometry {
    /// Height, width and channels.
    input: [usize; 3],
    filters: usize,
    kernel: usize,
    stride: usize,
    pool: usize,
    /// Rows and columns before pooling, as far as windows reach.
    raw: [usize; 2],
}

/// The weights of a convolution as its two passes want them.
#[derive(Clone, Debug, Default)]
pub(super) struct Filters {
    forward: Vec<f32>,
    backward: Vec<f32>,
}

/// What the backward pass reads and writes besides the gradient it is given.
pub(super) struct Backward<'a> {
    /// The images of the forward pass.
    pub input: &'a [f32],
    /// Its results.
    pub output: &'a [f32],
    /// The places its pooling chose.
    pub chosen: &'a [u8],
    /// The weights, prepared by [`Convolution::prepare`].
    pub filters: &'a Filters,
    /// Set to the gradient of the input, when that is wanted.
    pub input_gradient: Option<&'a mut [f32]>,
    /// The gradient of the weights is added here.
    pub weight_gradient: &'a mut [f32],
    /// The gradient of the bias is added here.
    pub bias_gradient: &'a mut [f32],
}

impl Geometry {
    /// `None` when the filters or the pooling windows do not fit into the image.
    fn new(input: [usize; 3], filters: usize, (kernel, stride): (usize, usize), pool: usize) -> Option<Self> {
        if [filters, kernel, stride, pool].contains(&0) {
            return None;
        }
        let reach = |size: usize| Some((size.checked_sub(kernel)? / stride + 1) / pool * pool).filter(|size| *size > 0);
        let raw = [reach(input[0])?, reach(input[1])?];
        Some(Self { input, filters, kernel, stride, pool, raw })
    }

    /// Height, width and channels of the result.
    fn output(&self) -> [usize; 3] {
        [self.raw[0] / self.pool, self.raw[1] / self.pool, self.filters]
    }

    /// How many images these are.
    fn images(&self, input: &[f32]) -> usize {
        input.len() / self.input.iter().product::<usize>()
    }
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
        let geometry = Geometry::new(input, filters, (kernel, stride), pool)?;
        let method = Winograd::new(geometry).map_or_else(|| Method::Direct(Direct::new(geometry)), Method::Winograd);
        Some(Self { geometry, activation, method })
    }

    /// Height, width and channels of the result.
    pub fn output(&self) -> [usize; 3] {
        self.geometry.output()
    }

    /// Prepares the weights `[kernel, kernel, channels_in, filters]` for the two passes.
    pub fn prepare(&self, weights: &[f32], filters: &mut Filters) {
        match &self.method {
            Method::Direct(direct) => direct.prepare(weights, filters),
            Method::Winograd(winograd) => winograd.prepare(weights, filters),
        }
    }

    /// Computes the results of the images in `input` into `output` and, when there is pooling, the chosen places into
    /// `chosen`, which is as long as `output`.
    pub fn forward(
        &self,
        filters: &Filters,
        bias: &[f32],
        input: &[f32],
        output: &mut [f32],
        chosen: &mut [u8],
        scratch: &mut Buffer,
    ) {
        match &self.method {
            Method::Direct(direct) => direct.forward(filters, bias, input, output, chosen, scratch),
            Method::Winograd(winograd) => winograd.forward(filters, bias, input, output, chosen, scratch),
        }
        apply(&self.activation, output);
    }

    /// The gradients of everything that went into [`forward`](Self::forward), from `gradient`, that of its results,
    /// which is used up.
    pub fn backward(&self, gradient: &mut [f32], mut pass: Backward, scratch: &mut Buffer) {
        multiply_derivative(self.activation, pass.output, gradient);
        add_rows(gradient, pass.bias_gradient);
        if let Some(input_gradient) = pass.input_gradient.as_deref_mut() {
            input_gradient.fill(0.0);
        }
        match &self.method {
            Method::Direct(direct) => direct.backward(gradient, pass, scratch),
            Method::Winograd(winograd) => winograd.backward(gradient, pass, scratch),
        }
    }
}

/// Exchanges channels and filters at each place of weights `[kernel, kernel, channels, filters]`.
fn transpose(weights: &[f32], [channels, filters]: [usize; 2], transposed: &mut [f32]) {
    let places = weights.chunks_exact(channels * filters).zip(transposed.chunks_exact_mut(channels * filters));
    for (from, to) in places {
        for (i, row) in from.chunks_exact(filters).enumerate() {
            for (o, weight) in row.iter().enumerate() {
                to[o * channels + i] = *weight;
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
        let ([_, width, channels], [out_height, out_width, filters]) = (c.geometry.input, c.output());
        let Geometry { kernel, stride, pool, .. } = c.geometry;
        let raw = |y: usize, x: usize, f: usize| {
            let mut sum = bias[f];
            for (dy, dx, i) in
                (0..kernel * kernel * channels).map(|k| (k / channels / kernel, k / channels % kernel, k % channels))
            {
                sum += input[((y * stride + dy) * width + x * stride + dx) * channels + i]
                    * weights[((dy * kernel + dx) * channels + i) * filters + f];
            }
            sum
        };
        let mut output = Vec::new();
        for (y, x, f) in
            (0..out_height * out_width * filters).map(|i| (i / filters / out_width, i / filters % out_width, i % filters))
        {
            let window = (0..pool * pool).map(|p| raw(y * pool + p / pool, x * pool + p % pool, f));
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

    fn activation() -> impl Strategy<Value = Activation> {
        prop_oneof![Just(Activation::Relu), Just(Activation::Sigmoid), Just(Activation::Tanh), Just(Activation::None)]
    }

    fn any_convolution() -> impl Strategy<Value = Convolution> {
        (1usize..10, 1usize..10, 1usize..4, 1usize..20, (1usize..4, 1usize..3), 1usize..4, activation()).prop_filter_map(
            "the filters fit",
            |(height, width, channels, filters, windows, pool, activation)| {
                Convolution::new([height, width, channels], filters, windows, pool, activation)
            },
        )
    }

    /// Those of 3 × 3 filters in great numbers, up to `most` pixels a side.
    fn by_winograd(most: usize) -> impl Strategy<Value = Convolution> {
        (4..=most, 4..=most, 1usize..4, 1usize..4, 1usize..3, activation())
            .prop_filter_map("it pays", |(height, width, channels, filters, pool, activation)| {
                Convolution::new([height, width, 16 * channels], 16 * filters, (3, 1), pool, activation)
            })
            .prop_filter("it pays", |convolution| matches!(convolution.method, Method::Winograd(_)))
    }

    /// Numbers between -1 and 1.
    fn numbers(seed: u64) -> impl FnMut(usize) -> Vec<f32> {
        let mut state = seed | 1;
        move |count| {
            let next = |_| {
                state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                (state >> 40) as f32 / (1u64 << 23) as f32 - 1.0
            };
            (0..count).map(next).collect()
        }
    }

    /// The results for some images, and the gradients of input, weights and bias from that of the results; those of the
    /// parameters are added to ones.
    fn both_ways(conv: &Convolution, [input, weights, bias, sent]: [&[f32]; 4]) -> [Vec<f32>; 4] {
        let (mut output, mut chosen, mut scratch) = (vec![0.0; sent.len()], vec![0; sent.len()], Buffer::default());
        // As another layer may have left it.
        scratch.resize(1 << 18).fill(f32::NAN);
        let mut filters = Filters::default();
        conv.prepare(weights, &mut filters);
        conv.forward(&filters, bias, input, &mut output, &mut chosen, &mut scratch);
        let mut gradients = [vec![9.0; input.len()], vec![1.0; weights.len()], vec![1.0; bias.len()]];
        let [input_gradient, weight_gradient, bias_gradient] = &mut gradients;
        let pass = Backward {
            input,
            output: &output,
            chosen: &chosen,
            filters: &filters,
            input_gradient: Some(input_gradient),
            weight_gradient,
            bias_gradient,
        };
        conv.backward(&mut sent.to_vec(), pass, &mut scratch);
        let [input, weights, bias] = gradients;
        [output, input, weights, bias]
    }

    /// Where it pays: not for the few pixels of a late layer, and not for one channel.
    #[test]
    fn the_method_follows_from_the_sizes() {
        for (input, filters, windows, pool, winograd) in [
            ([13, 13, 32], 64, (3, 1), 2, true),
            ([26, 26, 32], 32, (3, 1), 1, true),
            ([9, 9, 64], 64, (3, 1), 1, true),
            ([5, 5, 64], 64, (3, 1), 1, false),
            ([28, 28, 1], 32, (3, 1), 2, false),
            ([28, 28, 16], 24, (3, 1), 1, false),
            ([13, 13, 32], 64, (3, 2), 1, false),
            ([13, 13, 32], 64, (3, 1), 3, false),
            ([13, 13, 32], 64, (5, 1), 1, false),
        ] {
            let conv = Convolution::new(input, filters, windows, pool, Activation::Relu).expect("fits");
            assert_eq!(matches!(conv.method, Method::Winograd(_)), winograd, "{input:?} {filters} {windows:?} {pool}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        /// On small whole numbers nothing is rounded, so every value is the same, and of equal values the same is chosen. A whole
        /// slice of images goes through in several blocks.
        #[test]
        fn the_methods_agree(conv in by_winograd(16), images in 1usize..=16, seed: u64) {
            prop_assume!(matches!(conv.activation, Activation::Relu | Activation::None));
            let direct = Convolution { method: Method::Direct(Direct::new(conv.geometry)), ..conv.clone() };
            let mut random = numbers(seed);
            let mut whole = |count: usize| random(count).iter().map(|v| (v * 3.5).trunc()).collect::<Vec<f32>>();
            let (image, out): (usize, usize) = (conv.geometry.input.iter().product(), conv.output().iter().product());
            let Geometry { input: [_, _, channels], filters, .. } = conv.geometry;
            let (input, weights, bias, sent) = (whole(images * image), whole(9 * channels * filters), whole(filters), whole(images * out));
            let [ours, theirs] = [&conv, &direct].map(|conv| both_ways(conv, [&input, &weights, &bias, &sent]));
            prop_assert!(ours == theirs);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]
        /// Two images forward against the textbook, then all three gradients against finite differences of it.
        #[test]
        fn agrees_with_the_textbook_and_with_finite_differences(conv in prop_oneof![any_convolution(), by_winograd(6)], seed: u64) {
            let mut random = numbers(seed);
            let (image, out): (usize, usize) = (conv.geometry.input.iter().product(), conv.output().iter().product());
            let Geometry { input: [_, _, channels], filters, kernel, .. } = conv.geometry;
            let (input, weights, bias, sent) = (random(2 * image), random(kernel * kernel * channels * filters), random(filters), random(2 * out));
            let [output, gx, mut gw, mut gb] = both_ways(&conv, [&input, &weights, &bias, &sent]);
            gw.iter_mut().chain(&mut gb).for_each(|g| *g -= 1.0);
            let loss = |input: &[f64], weights: &[f64], bias: &[f64]| -> f64 {
                let results = input.chunks_exact(image).flat_map(|image| naive(&conv, image, weights, bias));
                results.zip(&sent).map(|(y, s)| y * f64::from(*s)).sum()
            };
            let (wide_input, wide_weights, wide_bias) = (wide(&input), wide(&weights), wide(&bias));
            let expected = wide_input.chunks_exact(image).flat_map(|image| naive(&conv, image, &wide_weights, &wide_bias));
            for (ours, theirs) in output.iter().zip(expected) {
                prop_assert!((f64::from(*ours) - theirs).abs() < 1e-4, "{ours} against {theirs}");
            }
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
