//! What turns gradients into steps. dfdx's optimizers hide their moments, which could then be neither saved nor resumed.

use pulp::{Arch, Simd};

use crate::protocol::{Hyperparameters, Optimizer};

const BETA1: f32 = 0.9;
const BETA2: f32 = 0.999;
const EPSILON: f32 = 1e-8;
const MOMENTUM: f32 = 0.9;

/// An optimizer and what it remembers of earlier steps.
#[derive(Clone, Debug)]
pub(super) struct OptimizerState {
    kind: Optimizer,
    /// Steps taken.
    pub steps: u64,
    /// For each parameter, the mean gradient (Adam) or the velocity (SGD).
    pub first: Vec<f32>,
    /// For each parameter, the mean squared gradient (Adam only).
    pub second: Vec<f32>,
}

/// One step's arithmetic, the same for every parameter.
#[derive(Clone, Copy, Debug)]
pub(super) struct Update {
    kind: Optimizer,
    rate: f32,
    decay: f32,
    /// 1 − β₁ᵗ and 1 − β₂ᵗ.
    corrections: (f32, f32),
}

impl OptimizerState {
    pub fn new(kind: Optimizer, parameters: usize) -> Self {
        Self { kind, steps: 0, first: vec![0.0; parameters], second: vec![0.0; parameters] }
    }

    /// Begins the next step.
    pub fn begin(&mut self, hyper: &Hyperparameters) -> Update {
        self.steps += 1;
        let correction = |beta: f32| (1.0 - f64::from(beta).powf(self.steps as f64)) as f32;
        Update {
            kind: self.kind,
            rate: hyper.learning_rate as f32,
            decay: hyper.weight_decay as f32,
            corrections: (correction(BETA1), correction(BETA2)),
        }
    }
}

impl Update {
    /// Changes some parameters by their gradients. Slices are of equal length; `decays` says whether weight decay
    /// applies to them.
    pub fn apply(&self, values: &mut [f32], gradients: &[f32], first: &mut [f32], second: &mut [f32], decays: bool) {
        update(self, values, gradients, first, second, decays);
    }

    #[inline(always)]
    fn apply_inline(&self, values: &mut [f32], gradients: &[f32], first: &mut [f32], second: &mut [f32], decays: bool) {
        let decay = if decays { self.decay } else { 0.0 };
        let moments = first.iter_mut().zip(second);
        let each = values.iter_mut().zip(gradients).zip(moments);
        match self.kind {
            Optimizer::Adam => each.for_each(|((value, g), moments)| *value -= self.adam(g + decay * *value, moments)),
            Optimizer::AdamW => {
                let keep = 1.0 - self.rate * decay;
                each.for_each(|((value, g), moments)| *value = *value * keep - self.adam(*g, moments));
            }
            Optimizer::Sgd => each.for_each(|((value, g), (velocity, _))| {
                *velocity = MOMENTUM * *velocity + (g + decay * *value);
                *value -= self.rate * *velocity;
            }),
        }
    }

    /// The step of one parameter (Kingma & Ba 2015, algorithm 1).
    #[inline(always)]
    fn adam(&self, g: f32, (mean, square): (&mut f32, &mut f32)) -> f32 {
        *mean = BETA1 * *mean + (1.0 - BETA1) * g;
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
