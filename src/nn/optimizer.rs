//! What turns gradients into steps. dfdx's optimizers hide their moments, which could then be neither saved nor resumed.

use pulp::{Arch, Simd};

use crate::protocol::{Hyperparameters, Optimizer};

/// How much of the mean squared gradient Adam keeps (Kingma & Ba 2015, algorithm 1).
const BETA2: f32 = 0.999;
/// The same for RMSprop; PyTorch's default.
const ALPHA: f32 = 0.99;
/// Keeps divisors from being zero; PyTorch's default.
const EPSILON: f32 = 1e-8;

/// An optimizer and what it remembers of earlier steps.
#[derive(Clone, Debug)]
pub(super) struct OptimizerState {
    pub kind: Optimizer,
    /// Steps taken.
    pub steps: u64,
    /// For each parameter, the mean gradient (Adam) or the velocity (the others).
    pub first: Vec<f32>,
    /// For each parameter, the mean squared gradient (Adam, RMSprop).
    pub second: Vec<f32>,
}

/// One step's arithmetic, the same for every parameter.
#[derive(Clone, Copy, Debug)]
pub(super) struct Update {
    kind: Optimizer,
    rate: f32,
    decay: f32,
    momentum: f32,
    /// Gradients are multiplied by it first: below 1 where they are clipped.
    scale: f32,
    /// 1 − β₁ᵗ and 1 − β₂ᵗ.
    corrections: (f32, f32),
}

impl OptimizerState {
    pub fn new(kind: Optimizer, parameters: usize) -> Self {
        Self { kind, steps: 0, first: vec![0.0; parameters], second: vec![0.0; parameters] }
    }

    /// Begins the next step, on gradients that are to be multiplied by `scale`.
    pub fn begin(&mut self, hyper: &Hyperparameters, scale: f32) -> Update {
        self.steps += 1;
        let momentum = hyper.momentum as f32;
        let correction = |beta: f32| (1.0 - f64::from(beta).powf(self.steps as f64)) as f32;
        Update {
            kind: self.kind,
            rate: hyper.learning_rate as f32,
            decay: hyper.weight_decay as f32,
            momentum,
            scale,
            corrections: (correction(momentum), correction(BETA2)),
        }
    }
}

impl Update {
    /// The same with so many times the learning rate.
    pub fn times(self, factor: f32) -> Self {
        Self { rate: self.rate * factor, ..self }
    }

    /// Changes some parameters by their gradients. Slices are of equal length; `decays` says whether weight decay
    /// applies to them.
    pub fn apply(&self, values: &mut [f32], gradients: &[f32], first: &mut [f32], second: &mut [f32], decays: bool) {
        update(self, values, gradients, first, second, decays);
    }

    #[inline(always)]
    fn apply_inline(&self, values: &mut [f32], gradients: &[f32], first: &mut [f32], second: &mut [f32], decays: bool) {
        let decay = if decays { self.decay } else { 0.0 };
        let (rate, momentum, scale) = (self.rate, self.momentum, self.scale);
        let moments = first.iter_mut().zip(second);
        let each = values.iter_mut().zip(gradients).zip(moments);
        match self.kind {
            Optimizer::Adam => each.for_each(|((value, g), moments)| *value -= self.adam(scale * g + decay * *value, moments)),
            Optimizer::AdamW => {
                let keep = 1.0 - rate * decay;
                each.for_each(|((value, g), moments)| *value = *value * keep - self.adam(scale * g, moments));
            }
            Optimizer::Sgd => each.for_each(|((value, g), (velocity, _))| {
                *velocity = momentum * *velocity + (scale * g + decay * *value);
                *value -= rate * *velocity;
            }),
            Optimizer::Nesterov => each.for_each(|((value, g), (velocity, _))| {
                let g = scale * g + decay * *value;
                *velocity = momentum * *velocity + g;
                *value -= rate * (g + momentum * *velocity);
            }),
            Optimizer::RmsProp => each.for_each(|((value, g), (velocity, square))| {
                let g = scale * g + decay * *value;
                *square = ALPHA * *square + (1.0 - ALPHA) * g * g;
                *velocity = momentum * *velocity + g / (square.sqrt() + EPSILON);
                *value -= rate * *velocity;
            }),
        }
    }

    /// The step of one parameter (Kingma & Ba 2015, algorithm 1).
    #[inline(always)]
    fn adam(&self, g: f32, (mean, square): (&mut f32, &mut f32)) -> f32 {
        *mean = self.momentum * *mean + (1.0 - self.momentum) * g;
        *square = BETA2 * *square + (1.0 - BETA2) * g * g;
        let (first, second) = self.corrections;
        self.rate * (*mean / first) / ((*square / second).sqrt() + EPSILON)
    }
}

/// [`Update::apply`] in the processor's widest vectors.
#[pulp::with_simd(update = Arch::new())]
#[inline(always)]
fn update_with<'a, S: Simd>(
    _: S,
    update: &'a Update,
    values: &'a mut [f32],
    gradients: &'a [f32],
    first: &'a mut [f32],
    second: &'a mut [f32],
    decays: bool,
) {
    update.apply_inline(values, gradients, first, second, decays);
}

#[cfg(test)]
mod tests {
    use super::Optimizer::{Adam, AdamW, Nesterov, RmsProp, Sgd};
    use super::*;

    /// Three weights, then two biases.
    const START: [f32; 5] = [0.5, -0.3, 1.2, 0.1, -0.7];
    /// Their gradients in each step.
    const GRADIENTS: [[f32; 5]; 5] = [
        [-0.763, -0.375, -0.327, -0.805, -0.05],
        [-0.305, -0.49, -0.805, -0.356, 0.586],
        [0.884, -0.048, 0.07, -0.789, -0.16],
        [-0.15, 0.94, 0.168, 0.138, 0.858],
        [-0.028, 0.455, -0.696, 1.345, -0.056],
    ];

    /// A run of an optimizer: with this weight decay, the parameters after each step.
    type Run = (Optimizer, f64, [[f32; 5]; 5]);

    /// Made with PyTorch 2.15, 32-bit floats on the processor: `SGD(lr=0.01, momentum=0.9)`, the same with
    /// `nesterov=True`, `Adam(lr=0.01)`, `AdamW(lr=0.01)` and `RMSprop(lr=0.01, momentum=0.9)`, each with two groups of
    /// parameters, the weights with this `weight_decay` and the biases with 0; for each row of [`GRADIENTS`], `.grad` was
    /// set to it and `step()` called.
    fn of_pytorch() -> [Run; 10] {
        [
            (
                Sgd,
                0.0,
                [
                    [0.50763, -0.29625, 1.2032701, 0.10805, -0.6995],
                    [0.517547, -0.287975, 1.2142631, 0.118855, -0.70491],
                    [0.5176323, -0.2800475, 1.2234567, 0.1364695, -0.708179],
                    [0.5192091, -0.2823128, 1.230051, 0.1509426, -0.7197011],
                    [0.5209082, -0.2889015, 1.2429459, 0.1505183, -0.729511],
                ],
            ),
            (
                Sgd,
                0.1,
                [
                    [0.50713, -0.29595, 1.20207, 0.10805, -0.6995],
                    [0.5160899, -0.2871091, 1.210781, 0.118855, -0.70491],
                    [0.5147977, -0.2783851, 1.2167101, 0.1364695, -0.708179],
                    [0.5146199, -0.2796552, 1.2191495, 0.1509426, -0.7197011],
                    [0.5142252, -0.2850685, 1.2270858, 0.1505183, -0.729511],
                ],
            ),
            (
                Nesterov,
                0.0,
                [
                    [0.514497, -0.292875, 1.206213, 0.115295, -0.69905],
                    [0.5264723, -0.2805275, 1.2241567, 0.1285795, -0.709779],
                    [0.517709, -0.2729128, 1.231731, 0.1523225, -0.7111211],
                    [0.5206281, -0.2843515, 1.235986, 0.1639683, -0.730071],
                    [0.5224373, -0.2948314, 1.2545514, 0.1501365, -0.7383399],
                ],
            ),
            (
                Nesterov,
                0.1,
                [
                    [0.513547, -0.292305, 1.203933, 0.115295, -0.69905],
                    [0.5241416, -0.2791592, 1.2186172, 0.1285795, -0.709779],
                    [0.513602, -0.2705585, 1.2220262, 0.1523225, -0.7111211],
                    [0.5144182, -0.2808472, 1.2213072, 0.1639683, -0.730071],
                    [0.5138198, -0.2900018, 1.2341753, 0.1501365, -0.7383399],
                ],
            ),
            (
                Adam,
                0.0,
                [
                    [0.51, -0.29, 1.21, 0.11, -0.69],
                    [0.5189847, -0.2800185, 1.2194154, 0.1191385, -0.6968451],
                    [0.5190299, -0.2718303, 1.2261567, 0.1286626, -0.7002729],
                    [0.519784, -0.2730004, 1.2304779, 0.1357369, -0.706637],
                    [0.520547, -0.2759632, 1.2367194, 0.135608, -0.7117185],
                ],
            ),
            (
                Adam,
                0.1,
                [
                    [0.51, -0.29, 1.21, 0.11, -0.69],
                    [0.51881, -0.2800114, 1.2190627, 0.1191385, -0.6968451],
                    [0.5181211, -0.2716081, 1.2241706, 0.1286626, -0.7002729],
                    [0.5180315, -0.272272, 1.2259399, 0.1357369, -0.706637],
                    [0.5178483, -0.2747323, 1.2303463, 0.135608, -0.7117185],
                ],
            ),
            (
                AdamW,
                0.0,
                [
                    [0.51, -0.29, 1.21, 0.11, -0.69],
                    [0.5189847, -0.2800185, 1.2194154, 0.1191385, -0.6968451],
                    [0.5190299, -0.2718303, 1.2261567, 0.1286626, -0.7002729],
                    [0.519784, -0.2730004, 1.2304779, 0.1357369, -0.706637],
                    [0.520547, -0.2759632, 1.2367194, 0.135608, -0.7117185],
                ],
            ),
            (
                AdamW,
                0.1,
                [
                    [0.5095, -0.2897, 1.2088001, 0.11, -0.69],
                    [0.5179753, -0.2794288, 1.2170067, 0.1191385, -0.6968451],
                    [0.5175025, -0.2709612, 1.222531, 0.1286626, -0.7002729],
                    [0.5177391, -0.2718603, 1.2256297, 0.1357369, -0.706637],
                    [0.5179843, -0.2745513, 1.2306455, 0.135608, -0.7117185],
                ],
            ),
            (
                RmsProp,
                0.0,
                [
                    [0.6, -0.2, 1.3000001, 0.2, -0.6000002],
                    [0.7272791, -0.0304402, 1.4827136, 0.3306153, -0.6096419],
                    [0.7682692, 0.1299726, 1.6390796, 0.5152574, -0.5919447],
                    [0.8176078, 0.1905241, 1.7606878, 0.6697233, -0.6578059],
                    [0.864347, 0.2072621, 1.932421, 0.7333599, -0.7117235],
                ],
            ),
            (
                RmsProp,
                0.1,
                [
                    [0.6, -0.2, 1.3, 0.2, -0.6000002],
                    [0.7226431, -0.0315371, 1.4856464, 0.3306153, -0.6096419],
                    [0.7542074, 0.1279644, 1.6230083, 0.5152574, -0.5919447],
                    [0.7887812, 0.1887262, 1.7054915, 0.6697233, -0.6578059],
                    [0.8156737, 0.2051739, 1.8346827, 0.7333599, -0.7117235],
                ],
            ),
        ]
    }

    fn train(kind: Optimizer, scale: f32, hyper: &Hyperparameters) -> Vec<[f32; 5]> {
        let mut state = OptimizerState::new(kind, 5);
        let mut values = START;
        let step = |gradients: &[f32; 5]| {
            let update = state.begin(hyper, scale);
            for (range, decays) in [(0..3, true), (3..5, false)] {
                let (first, second) = (&mut state.first[range.clone()], &mut state.second[range.clone()]);
                update.apply(&mut values[range.clone()], &gradients[range], first, second, decays);
            }
            values
        };
        GRADIENTS.iter().map(step).collect()
    }

    #[test]
    fn steps_agree_with_pytorch() {
        for (kind, weight_decay, expected) in of_pytorch() {
            let hyper = Hyperparameters { learning_rate: 0.01, weight_decay, ..Hyperparameters::default() };
            for (step, (values, expected)) in train(kind, 1.0, &hyper).iter().zip(expected).enumerate() {
                let close = values.iter().zip(expected).all(|(value, expected)| (value - expected).abs() <= 1e-6);
                assert!(close, "{kind:?}, weight decay {weight_decay}, step {}: {values:?} against {expected:?}", step + 1);
            }
        }
    }

    #[test]
    fn momentum_is_used_and_gradients_are_scaled() {
        for kind in [Adam, AdamW, Sgd, Nesterov, RmsProp] {
            let plain = Hyperparameters { learning_rate: 0.01, momentum: 0.0, ..Hyperparameters::default() };
            let heavy = Hyperparameters { momentum: 0.5, ..plain };
            assert_ne!(train(kind, 1.0, &plain), train(kind, 1.0, &heavy), "{kind:?}");
        }
        let hyper = Hyperparameters { learning_rate: 0.01, momentum: 0.0, ..Hyperparameters::default() };
        let first = train(Sgd, 0.5, &hyper)[0];
        assert!((first[0] - (0.5 + 0.01 * 0.5 * 0.763)).abs() < 1e-7);
    }
}
