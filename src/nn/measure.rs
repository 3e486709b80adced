//! What is measured of the layers in a step now and then. Nothing of the training follows from it.

use std::time::Duration;

use super::gradient::Gradient;
use super::network::Network;
use super::slice::pieces;
use super::stack::{Times, Workspace};
use crate::protocol::{Activation, LayerMeasure, LayerSpec};

/// A unit is silent when it has not fired in so many batches that were measured, one after the other.
const SILENT_AFTER: u8 = 5;

/// For each layer, in how many measured batches each of its units has not fired since it did last; empty where nothing is told
/// of it.
#[derive(Debug, Default)]
pub(super) struct Silence {
    layers: Vec<Vec<u8>>,
    batches: u8,
}

impl Silence {
    /// Takes in which units fired in a batch.
    pub fn count(&mut self, fired: &[Vec<bool>]) {
        self.layers.resize_with(fired.len(), Vec::new);
        self.batches = self.batches.saturating_add(1).min(SILENT_AFTER);
        for (layer, fired) in self.layers.iter_mut().zip(fired) {
            layer.resize(fired.len(), 0);
            layer.iter_mut().zip(fired).for_each(|(silent, fired)| *silent = if *fired { 0 } else { silent.saturating_add(1) });
        }
    }

    /// The part of a layer's units that are silent, and how many it has.
    fn of(&self, place: usize) -> Option<(f32, u32)> {
        let layer = self.layers.get(place).filter(|layer| !layer.is_empty())?;
        let silent = layer.iter().filter(|silent| **silent >= self.batches).count();
        Some((silent as f32 / layer.len() as f32, layer.len() as u32))
    }
}

impl Network {
    /// For each layer, which of its maps or units gave anything for the images of the workspace; nothing where it is not ReLU
    /// that decides.
    pub(super) fn fired(&self, workspace: &Workspace) -> Vec<Vec<bool>> {
        let any = |values: &[f32], units: usize| {
            let mut fired = vec![false; units];
            values.chunks_exact(units.max(1)).for_each(|row| {
                fired.iter_mut().zip(row).for_each(|(fired, value)| *fired |= *value > 0.0);
            });
            fired
        };
        let mut stack = self.stack_layers().iter().zip(workspace.outputs()).filter(|(layer, _)| layer.learns());
        let mut dense = self.dense_outputs(workspace).into_iter();
        let mut fired = Vec::with_capacity(self.specs.len());
        for spec in self.specs.iter() {
            let (values, units, activation) = match spec {
                LayerSpec::Conv { activation, .. } | LayerSpec::BatchNorm { activation } => match stack.next() {
                    Some((layer, output)) => (output.to_vec(), layer.output()[2], *activation),
                    None => (Vec::new(), 0, Activation::None),
                },
                LayerSpec::Dense { units, activation } => (dense.next().unwrap_or_default(), *units, *activation),
                _ => (Vec::new(), 0, Activation::None),
            };
            fired.push(if activation == Activation::Relu { any(&values, units) } else { Vec::new() });
        }
        fired
    }

    /// What a step did to each layer with parameters: `before` are the parameters as they were.
    pub(super) fn measured(
        &self,
        (before, gradient): (&[f32], &Gradient),
        silence: &Silence,
        times: &Times,
    ) -> Vec<LayerMeasure> {
        let shares = self.shares(times);
        let mut measures = Vec::new();
        for (place, layer) in self.layers().iter().enumerate().filter(|(_, layer)| layer.parameters > 0) {
            let (mut weights, mut slope, mut update) = (0.0f64, 0.0f64, 0.0f64);
            let own = self.parameters.iter().filter(|parameter| parameter.layer() == layer.name && parameter.learns());
            for piece in own.flat_map(|parameter| pieces(&parameter.range)) {
                let (was, is) = (&before[piece.clone()], &self.values()[piece.clone()]);
                for ((was, is), gradient) in was.iter().zip(is).zip(gradient.of(&piece)) {
                    weights += f64::from(*was).powi(2);
                    update += f64::from(is - was).powi(2);
                    slope += f64::from(*gradient).powi(2);
                }
            }
            let (weights, update) = (weights.sqrt(), update.sqrt());
            measures.push(LayerMeasure {
                name: layer.name.clone(),
                weight_norm: bounded(weights),
                gradient_norm: bounded(slope.sqrt()),
                update_ratio: if weights > 0.0 { bounded(update / weights) } else { 0.0 },
                silent: silence.of(place),
                time_share: shares[place],
            });
        }
        measures
    }

    /// The part of the time that each layer took. That of the dense ones, which goes through the tape as a whole, is divided as
    /// their multiplications are.
    fn shares(&self, times: &Times) -> Vec<f32> {
        let whole = times.whole.as_secs_f64().max(f64::MIN_POSITIVE);
        let in_stack: f64 = times.stack.iter().map(Duration::as_secs_f64).sum();
        let multiplied =
            |place: usize| self.weights(place).map_or(0, |weights| weights.inputs.iter().product::<usize>() * weights.count);
        let is_dense = |spec: &LayerSpec| matches!(spec, LayerSpec::Dense { .. });
        let all = self.specs.iter().enumerate().filter(|(_, spec)| is_dense(spec)).map(|(place, _)| multiplied(place));
        let all = all.sum::<usize>().max(1) as f64;
        let mut learning = self.stack_layers().iter().zip(&times.stack).filter(|(layer, _)| layer.learns());
        let share = |(place, spec): (usize, &LayerSpec)| match spec {
            LayerSpec::Conv { .. } | LayerSpec::BatchNorm { .. } => {
                learning.next().map_or(0.0, |(_, time)| time.as_secs_f64() / whole)
            }
            LayerSpec::Dense { .. } => (1.0 - in_stack / whole).max(0.0) * multiplied(place) as f64 / all,
            _ => 0.0,
        };
        self.specs.iter().enumerate().map(share).map(|share| share.clamp(0.0, 1.0) as f32).collect()
    }
}

/// A number that can be written down: what is too large for it becomes the largest. JSON has no infinity.
fn bounded(value: f64) -> f32 {
    value.min(f32::MAX.into()) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_measure_can_be_written_down_and_read() {
        for value in [0.0, 1e-45, 3.5, 1e38, 4e38, 1e300, f64::INFINITY] {
            let measure = LayerMeasure { update_ratio: bounded(value), ..LayerMeasure::default() };
            let text = serde_json::to_string(&measure).expect("plain numbers");
            assert_eq!(serde_json::from_str::<LayerMeasure>(&text).ok(), Some(measure), "{value}: {text}");
        }
    }
}
