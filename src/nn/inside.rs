//! A look into a network: what each layer makes of an image, by plain loops that show what the fast ones compute, and the
//! weights as they are.

use super::Network;
use super::activation::apply;
use super::batch_norm::BatchNorm;
use super::padding::Padding as Border;
use super::parameter::Layout;
use crate::protocol::{LayerSpec, Padding, Sum};

/// A layer's weights.
#[derive(Clone, Copy, Debug)]
pub struct Weights<'a> {
    /// Height, width and channels of what one filter or unit multiplies.
    pub inputs: [usize; 3],
    /// Filters or units.
    pub count: usize,
    values: &'a [f32],
}

impl Weights<'_> {
    /// What one filter or unit multiplies a channel of its input with, `[height, width]`.
    pub fn plane(&self, filter: usize, channel: usize) -> Vec<f32> {
        let [height, width, channels] = self.inputs;
        (0..height * width).map(|place| self.values[(place * channels + channel) * self.count + filter]).collect()
    }
}

/// A convolution's window.
#[derive(Clone, Copy)]
struct Window {
    kernel: usize,
    stride: usize,
    padding: Padding,
}

impl Window {
    /// The row and the column of its first value in an input `[height, width, channels]`, for a place of the result.
    fn corner(self, input: [usize; 3], [row, column]: [usize; 2]) -> [i32; 2] {
        let border = match self.padding {
            Padding::Same => Border::same(input, self.kernel, self.stride).before(),
            Padding::Valid => [0, 0],
        };
        let at = |place: usize, border: usize| (place * self.stride) as i32 - border as i32;
        [at(row, border[0]), at(column, border[1])]
    }

    /// The value of an input at a place of the window; `None` beyond the border.
    fn at(self, input: &[f32], [height, width, channels]: [usize; 3], corner: [i32; 2], [y, x]: [usize; 2]) -> Option<&[f32]> {
        let row = usize::try_from(corner[0] + y as i32).ok().filter(|row| *row < height)?;
        let column = usize::try_from(corner[1] + x as i32).ok().filter(|column| *column < width)?;
        Some(&input[(row * width + column) * channels..][..channels])
    }
}

impl Network {
    /// Height, width and channels of the images that it takes.
    pub fn image_shape(&self) -> [usize; 3] {
        self.image
    }

    /// What goes into the first layer for an image's bytes.
    fn first(&self, pixels: &[u8]) -> Vec<f32> {
        let mut values: Vec<f32> = pixels.iter().map(|byte| f32::from(*byte) / 255.0).collect();
        if let Some(scaling) = self.scaling() {
            scaling.apply(&mut values);
        }
        values
    }

    /// What each layer makes of an image, in the order of [`layers`](Self::layers), each after its activation and without
    /// chance: `[height, width, channels]` or `[units]`.
    ///
    /// # Panics
    /// When the image has another shape than the network was built for.
    pub fn look(&self, pixels: &[u8]) -> Vec<Vec<f32>> {
        assert_eq!(pixels.len(), self.image.iter().product::<usize>(), "an image of the network's shape");
        self.look_up_to(self.specs.len(), pixels)
    }

    fn look_up_to(&self, end: usize, pixels: &[u8]) -> Vec<Vec<f32>> {
        let first = self.first(pixels);
        let mut given: Vec<Vec<f32>> = Vec::with_capacity(end);
        for place in 0..end {
            let input = given.last().unwrap_or(&first);
            let result = self.pass(place, input);
            given.push(result);
        }
        given
    }

    /// The shape of what goes into a layer.
    fn input_shape(&self, place: usize) -> [usize; 3] {
        let shape = place.checked_sub(1).map_or(&self.image[..], |before| &self.layers()[before].output);
        <[usize; 3]>::try_from(shape).unwrap_or([1, 1, shape.iter().product()])
    }

    fn pass(&self, place: usize, input: &[f32]) -> Vec<f32> {
        let shape = self.input_shape(place);
        let output = &self.layers()[place].output;
        match self.specs[place] {
            LayerSpec::Conv { kernel, stride, padding, activation, .. } => {
                let mut result = self.convolve(place, input, Window { kernel, stride, padding });
                apply(&activation, &mut result);
                result
            }
            LayerSpec::Dense { activation, .. } => {
                let [weights, bias] = self.weights_and_bias(place);
                let mut result = bias.to_vec();
                for (value, row) in input.iter().zip(weights.chunks_exact(bias.len())) {
                    result.iter_mut().zip(row).for_each(|(sum, weight)| *sum += value * weight);
                }
                apply(&activation, &mut result);
                result
            }
            LayerSpec::MaxPool { size } => pool(input, shape, (output, size), f32::max, f32::NEG_INFINITY, 1.0),
            LayerSpec::AveragePool { size } => pool(input, shape, (output, size), |sum, x| sum + x, 0.0, (size * size) as f32),
            LayerSpec::BatchNorm { activation } => {
                let mut result = vec![0.0; input.len()];
                let values = self.values_of(place).concat();
                BatchNorm { channels: shape[2], activation }.judge(&values, input, &mut result);
                result
            }
            LayerSpec::Dropout { .. } | LayerSpec::Flatten => input.to_vec(),
        }
    }

    fn convolve(&self, place: usize, input: &[f32], window: Window) -> Vec<f32> {
        let shape = self.input_shape(place);
        let [weights, bias] = self.weights_and_bias(place);
        let filters = bias.len();
        let mut result = Vec::with_capacity(self.layers()[place].output.iter().product());
        for row in 0..self.layers()[place].output[0] {
            for column in 0..self.layers()[place].output[1] {
                let corner = window.corner(shape, [row, column]);
                let mut sums = bias.to_vec();
                for (tap, weights) in weights.chunks_exact(shape[2] * filters).enumerate() {
                    let at = [tap / window.kernel, tap % window.kernel];
                    let Some(values) = window.at(input, shape, corner, at) else { continue };
                    for (value, weights) in values.iter().zip(weights.chunks_exact(filters)) {
                        sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += value * weight);
                    }
                }
                result.extend(sums);
            }
        }
        result
    }

    /// What the value at `[row, column, channel]` of a convolution's result is the sum of, for an image; `None` where there is
    /// no such convolution or value.
    pub fn sum(&self, place: usize, [row, column, filter]: [usize; 3], pixels: &[u8]) -> Option<Sum> {
        let LayerSpec::Conv { kernel, stride, padding, activation, .. } = *self.specs.get(place)? else { return None };
        let output = &self.layers()[place].output;
        if row >= output[0] || column >= output[1] || filter >= output[2] {
            return None;
        }
        let (shape, window) = (self.input_shape(place), Window { kernel, stride, padding });
        let corner = window.corner(shape, [row, column]);
        let input = self.look_up_to(place, pixels).pop().unwrap_or_else(|| self.first(pixels));
        let [weights, bias] = self.weights_and_bias(place);
        let weights: Vec<f32> = weights.iter().skip(filter).step_by(bias.len()).copied().collect();
        let nothing = vec![0.0; shape[2]];
        let taps = (0..kernel * kernel).map(|tap| [tap / kernel, tap % kernel]);
        let inputs: Vec<f32> =
            taps.flat_map(|at| window.at(&input, shape, corner, at).unwrap_or(&nothing).iter().copied()).collect();
        let bias = bias[filter];
        let before = bias + inputs.iter().zip(&weights).map(|(value, weight)| value * weight).sum::<f32>();
        let mut after = [before];
        apply(&activation, &mut after);
        Some(Sum { kernel, channels: shape[2], corner, inputs, weights, bias, before, after: after[0] })
    }

    /// The weights of a convolution or of a dense layer.
    pub fn weights(&self, place: usize) -> Option<Weights<'_>> {
        let name = &self.layers().get(place)?.name;
        let of = |layout: Layout| match layout {
            Layout::Filters { kernel, channels, filters } => Some(([kernel, kernel, channels], filters)),
            Layout::Dense { inputs, units } => Some((inputs, units)),
            Layout::Row { .. } => None,
        };
        self.parameters.iter().filter(|parameter| parameter.layer() == name).find_map(|parameter| {
            let (inputs, count) = of(parameter.layout)?;
            Some(Weights { inputs, count, values: &self.values()[parameter.range.clone()] })
        })
    }

    /// The parameters of a layer, tensor by tensor.
    fn values_of(&self, place: usize) -> Vec<&[f32]> {
        let name = &self.layers()[place].name;
        let own = self.parameters.iter().filter(|parameter| parameter.layer() == name);
        own.map(|parameter| &self.values()[parameter.range.clone()]).collect()
    }

    fn weights_and_bias(&self, place: usize) -> [&[f32]; 2] {
        match self.values_of(place)[..] {
            [weights, bias] => [weights, bias],
            _ => [&[], &[]],
        }
    }
}

/// Windows side by side, each brought to one value a channel.
fn pool(
    input: &[f32],
    [_, width, channels]: [usize; 3],
    (output, size): (&[usize], usize),
    fold: impl Fn(f32, f32) -> f32,
    start: f32,
    divisor: f32,
) -> Vec<f32> {
    let mut result = Vec::with_capacity(output.iter().product());
    for (row, column) in (0..output[0]).flat_map(|row| (0..output[1]).map(move |column| (row, column))) {
        for channel in 0..channels {
            let window = (0..size * size).map(|i| (row * size + i / size, column * size + i % size));
            let values = window.map(|(y, x)| input[(y * width + x) * channels + channel]);
            result.push(values.fold(start, &fold) / divisor);
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::data::ImageSet;
    use crate::protocol::Activation::{None as Plain, Relu, Sigmoid, Tanh};
    use crate::protocol::{LayerSpec as L, Scaling};

    fn conv(filters: usize, kernel: usize, stride: usize, padding: Padding, activation: crate::protocol::Activation) -> L {
        L::Conv { filters, kernel, stride, padding, activation }
    }

    /// Networks with every kind of layer.
    fn networks() -> Vec<Network> {
        let end = [L::Flatten, L::Dense { units: 7, activation: Tanh }, L::Dense { units: 3, activation: Plain }];
        let fronts = [
            vec![conv(4, 3, 1, Padding::Valid, Relu), L::MaxPool { size: 2 }, conv(5, 3, 1, Padding::Same, Sigmoid)],
            vec![conv(16, 3, 1, Padding::Same, Relu), conv(16, 3, 1, Padding::Valid, Relu), L::MaxPool { size: 2 }],
            vec![conv(3, 4, 2, Padding::Same, Plain), L::BatchNorm { activation: Relu }, L::Dropout { rate: 0.5 }],
            vec![L::AveragePool { size: 2 }, conv(3, 3, 1, Padding::Valid, Tanh), L::MaxPool { size: 4 }],
            vec![],
        ];
        let build = |front: Vec<L>| {
            let layers = [&front[..], &end].concat();
            let scaling = Scaling { mean: vec![0.2, 0.4], deviation: vec![0.5, 0.3] };
            Network::new(&layers, [12, 13, 2], 3, 5).expect("fits").scaled(Some(&scaling))
        };
        fronts.into_iter().map(build).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn the_plain_loops_come_to_what_the_fast_ones_do(pixels in proptest::collection::vec(0u8..=255, 12 * 13 * 2)) {
            let set = ImageSet::new([12, 13, 2], pixels.clone(), vec![0], 3).expect("fits");
            for network in networks() {
                let looked = network.look(&pixels);
                for (values, layer) in looked.iter().zip(network.layers()) {
                    prop_assert_eq!(values.len(), layer.output.iter().product::<usize>(), "{}", layer.name);
                }
                let logits = looked.last().expect("layers");
                let greatest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                let powers: Vec<f32> = logits.iter().map(|logit| (logit - greatest).exp()).collect();
                let sum: f32 = powers.iter().sum();
                for (power, probability) in powers.iter().zip(&network.probabilities(&set, &[0])[0]) {
                    prop_assert!((power / sum - probability).abs() < 1e-4, "{} {}", power / sum, probability);
                }
                let hidden = network.hidden(&set, &[0]).remove(0);
                let before_last = &looked[looked.len() - 2];
                prop_assert_eq!(hidden.len(), before_last.len());
                for (one, other) in hidden.iter().zip(before_last) {
                    prop_assert!((one - other).abs() < 1e-4, "{} {}", one, other);
                }
            }
        }

        #[test]
        fn one_value_is_the_sum_that_is_told(
            pixels in proptest::collection::vec(0u8..=255, 12 * 13 * 2),
            at in (0usize..12, 0usize..13, 0usize..16),
        ) {
            for network in networks() {
                let looked = network.look(&pixels);
                for (place, layer) in network.layers().iter().enumerate() {
                    let sum = network.sum(place, [at.0, at.1, at.2], &pixels);
                    let is_there = layer.name.starts_with("conv")
                        && [at.0, at.1, at.2].iter().zip(&layer.output).all(|(at, length)| at < length);
                    prop_assert_eq!(sum.is_some(), is_there, "{}", layer.name);
                    let Some(sum) = sum else { continue };
                    prop_assert_eq!(sum.inputs.len(), sum.kernel * sum.kernel * sum.channels);
                    let value = looked[place][(at.0 * layer.output[1] + at.1) * layer.output[2] + at.2];
                    prop_assert!((sum.after - value).abs() < 1e-4, "{} {}", sum.after, value);
                }
            }
        }
    }

    #[test]
    fn weights_are_planes_of_what_they_multiply() {
        let network = &networks()[0];
        let first = network.weights(0).expect("a convolution");
        assert_eq!(
            (first.inputs, first.count, network.weights(1).is_none(), network.weights(99).is_none()),
            ([3, 3, 2], 4, true, true)
        );
        // [kernel, kernel, channels, filters]
        let values = network.values();
        assert_eq!(first.plane(3, 1), (0..9).map(|tap| values[(tap * 2 + 1) * 4 + 3]).collect::<Vec<_>>());
        let dense = network.weights(4).expect("a dense layer");
        assert_eq!((dense.inputs, dense.count, dense.plane(0, 0).len()), ([5, 5, 5], 7, 25));
    }
}
