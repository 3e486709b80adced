//! Telling ink from what it stands on: paper or a board, lit unevenly, of any brightness.

use super::plane::{Plane, quantile};

/// Nothing that is wider than this part of the picture's shorter side is a stroke.
const WIDEST: f64 = 0.3;
/// Where values lie this evenly around their mean, the edge of the picture says which of them are the ground.
const EVEN: f64 = 0.25;
/// How far around a value others are that it is compared with: these parts of the picture's shorter side.
const AROUND: [usize; 2] = [10, 5];

/// How much ink there is on each pixel.
pub(super) struct Ink {
    /// From 0, none, to about 1.
    pub plane: Plane,
    /// How much the values differ where there is none.
    pub noise: f32,
}

/// The ink of a grey picture. Dark ink darkens its ground by a part of what comes from it, whatever light falls on it.
pub(super) fn ink_of(grey: &Plane, is_dark: bool) -> Ink {
    let grey = grey.mean(1);
    let side = if is_dark { grey.clone() } else { grey.map(|value| 1.0 - value) };
    let radius = ((side.height.min(side.width) as f64 * WIDEST / 2.0) as usize).max(1);
    let ground = side.closed(radius);
    let ink = match is_dark {
        true => side.zip(&ground, |value, ground| 1.0 - value / ground.max(0.05)),
        false => side.zip(&ground, |value, ground| ground - value),
    };
    // Closing finds the brightest of a ground that is never quite even.
    let base = ink.quantile(0.5);
    let mut away: Vec<f32> = ink.values.iter().map(|value| (value - base).abs()).collect();
    let noise = (1.5 * quantile(&mut away, 0.5)).max(0.004);
    Ink { plane: ink.map(|value| (value - base).max(0.0)), noise }
}

/// Ink is what there is less of: values far from the mean around them are on its side.
pub(super) fn ink_is_dark(grey: &Plane) -> bool {
    let grey = grey.mean(1);
    let side = grey.height.min(grey.width);
    let skew = AROUND.map(|part| skew(&grey, side / part)).iter().sum::<f64>() / AROUND.len() as f64;
    if skew.abs() > EVEN {
        return skew < 0.0;
    }
    let is_edge = |at: &usize| {
        let (row, column) = (at / grey.width, at % grey.width);
        row == 0 || column == 0 || row + 1 == grey.height || column + 1 == grey.width
    };
    let mut edge: Vec<f32> = (0..grey.values.len()).filter(is_edge).map(|at| grey.values[at]).collect();
    quantile(&mut edge, 0.5) >= (grey.quantile(0.02) + grey.quantile(0.98)) / 2.0
}

/// To which side the values lie further from the mean around them.
fn skew(grey: &Plane, radius: usize) -> f64 {
    let around = grey.mean(radius.max(1));
    let differences = || grey.values.iter().zip(&around.values).map(|(value, around)| f64::from(value - around));
    let count = grey.values.len().max(1) as f64;
    let mean = differences().sum::<f64>() / count;
    let moment = |power: i32| differences().map(|value| (value - mean).powi(power)).sum::<f64>() / count;
    moment(3) / moment(2).max(1e-12).powf(1.5)
}
