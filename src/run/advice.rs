//! What the measures of a layer say, and what to do about it.

use crate::protocol::LayerMeasure;

/// A step usually changes weights by a part between these (a rule of thumb of A. Karpathy's, about 1e-3).
pub const USUAL_UPDATE: (f32, f32) = (1e-4, 1e-2);
/// Before so many steps there is too little to tell.
const LEAST_STEPS: u64 = 50;
/// From such a part of silent units on they are worth a word.
const MANY_SILENT: f32 = 0.2;
/// Less gradient than this is as good as none.
const NO_GRADIENT: f32 = 1e-7;

/// What the measures of a layer say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Advice {
    /// There is too little to tell.
    TooEarly,
    /// Everything is as usual.
    Fine,
    /// The layer does not learn at all.
    Frozen,
    /// Nothing comes back through the layer to learn from.
    NoGradient,
    /// Weights change by more than usual.
    TooFast {
        /// By which part.
        ratio: f32,
    },
    /// Weights hardly change.
    TooSlow {
        /// By which part.
        ratio: f32,
    },
    /// Many units never fire.
    Silent {
        /// How many.
        count: u32,
        /// Of how many.
        all: u32,
    },
}

impl Advice {
    /// Of a layer after so many steps.
    pub fn of(layer: &LayerMeasure, step: u64) -> Self {
        let LayerMeasure { update_ratio: ratio, gradient_norm, silent, weight_norm, .. } = *layer;
        if step < LEAST_STEPS {
            return Self::TooEarly;
        }
        if weight_norm == 0.0 {
            return Self::Frozen;
        }
        if gradient_norm < NO_GRADIENT {
            return Self::NoGradient;
        }
        if ratio > USUAL_UPDATE.1 {
            return Self::TooFast { ratio };
        }
        if let Some((part, all)) = silent.filter(|(part, _)| *part >= MANY_SILENT) {
            return Self::Silent { count: (part * all as f32).round() as u32, all };
        }
        if ratio < USUAL_UPDATE.0 { Self::TooSlow { ratio } } else { Self::Fine }
    }

    /// Whether something should be done.
    pub fn is_warning(self) -> bool {
        matches!(self, Self::NoGradient | Self::TooFast { .. } | Self::TooSlow { .. } | Self::Silent { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_say_what_they_mean() {
        let layer = |weight_norm, gradient_norm, update_ratio, silent| LayerMeasure {
            weight_norm,
            gradient_norm,
            update_ratio,
            silent,
            ..LayerMeasure::default()
        };
        for (layer, step, expected) in [
            (layer(1.0, 1.0, 1.0, None), 49, Advice::TooEarly),
            (layer(1.0, 1.0, 1e-3, Some((0.1, 64))), 50, Advice::Fine),
            (layer(0.0, 0.0, 0.0, None), 50, Advice::Frozen),
            (layer(1.0, 0.0, 0.0, None), 50, Advice::NoGradient),
            (layer(1.0, 1.0, 0.02, Some((0.5, 64))), 50, Advice::TooFast { ratio: 0.02 }),
            (layer(1.0, 1.0, 1e-3, Some((0.25, 64))), 50, Advice::Silent { count: 16, all: 64 }),
            (layer(1.0, 1.0, 1e-5, None), 50, Advice::TooSlow { ratio: 1e-5 }),
        ] {
            assert_eq!(Advice::of(&layer, step), expected);
        }
    }
}
