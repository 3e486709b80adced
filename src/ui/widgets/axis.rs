//! The axes of charts: round ticks, and scales that rarely move.

use super::super::number;
use super::super::pen::columns;
use crate::run::{Unit, reach};

/// The best error that an accuracy axis shows: finer differences are not seen on any test set.
const LEAST_ERROR: f64 = 1e-4;
/// The least and the greatest loss on an axis.
const LOSS_RANGE: (f64, f64) = (1e-6, 1e6);

/// How values become heights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scale {
    Linear,
    /// log₁₀ of the value.
    Log,
    /// −log₁₀ of what is missing to 1.
    Error,
}

/// Accuracies below this have the lowest row of an axis to themselves: ten classes guessed at are not none right.
const FOOT: f64 = 0.1;

/// A vertical axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    scale: Scale,
    /// The height from which on the scale holds; below, accuracies up to [`FOOT`] rise evenly.
    foot: f64,
    /// The values at that height and at the top, scaled.
    low: f64,
    high: f64,
    /// Heights from 0 to 1, with what stands there.
    pub ticks: Vec<(f64, String)>,
}

impl Axis {
    /// An axis of `rows` rows for losses from `least` to `greatest`.
    pub fn loss(log: bool, least: f64, greatest: f64, rows: u16) -> Self {
        let greatest = if greatest.is_finite() { greatest.clamp(LOSS_RANGE.0, LOSS_RANGE.1) } else { 1.0 };
        if log {
            let least = if least.is_finite() { least.clamp(LOSS_RANGE.0, greatest) } else { greatest / 10.0 };
            let low = round_125(least, false);
            let high = round_up(greatest).max(low * 2.0);
            let axis = Self { scale: Scale::Log, foot: 0.0, low: low.log10(), high: high.log10(), ticks: Vec::new() };
            axis.with_ticks(low, high, rows, |value| if value < 1e-3 { format!("{value:e}") } else { value.to_string() })
        } else {
            let step = step_125(greatest / f64::from((rows / 3).clamp(1, 5)));
            let count = (greatest / step).ceil().max(1.0);
            let places = (-step.log10().floor()).max(0.0) as usize;
            let ticks = (0..=count as usize).map(|i| (i as f64 / count, format!("{:.places$}", i as f64 * step))).collect();
            Self { scale: Scale::Linear, foot: 0.0, low: 0.0, high: count * step, ticks }
        }
    }

    /// An axis of `rows` rows for accuracies of which the best is `best`.
    pub fn accuracy(log: bool, best: f64, rows: u16) -> Self {
        let row = 1.0 / f64::from(rows.saturating_sub(1).max(2));
        if log {
            let error = if best.is_finite() { (1.0 - best).clamp(LEAST_ERROR, 0.1) } else { 0.1 };
            let error = round_125(error, false).max(LEAST_ERROR);
            let (low, high) = (-(1.0 - FOOT).log10(), -error.log10());
            let axis = Self { scale: Scale::Error, foot: row, low, high, ticks: Vec::new() };
            axis.with_ticks(error, 1.0, rows, |error| format!("{} %", ((1.0 - error) * 1e6).round() / 1e4))
        } else {
            let parts = match rows {
                0..=4 => 1,
                5..=8 => 2,
                9..=15 => 4,
                _ => 5,
            };
            let mut axis = Self { scale: Scale::Linear, foot: row.max(FOOT), low: FOOT, high: 1.0, ticks: Vec::new() };
            let parts = (0..=parts).map(|i| (f64::from(i) / f64::from(parts), format!("{} %", 100 * i / parts)));
            axis.ticks = parts.filter_map(|(part, label)| Some((axis.height(part)?, label))).collect();
            axis
        }
    }

    /// Whether a value lies clearly above the axis, which shows losses as far as they matter.
    pub fn is_below(&self, value: f64) -> bool {
        self.foot == 0.0 && self.scaled(value) > self.high + (self.high - self.low) / 20.0
    }

    /// Columns of its widest label.
    pub fn label_columns(&self) -> u16 {
        self.ticks.iter().map(|(_, label)| columns(label)).max().unwrap_or(0)
    }

    fn scaled(&self, value: f64) -> f64 {
        match self.scale {
            Scale::Linear => value,
            Scale::Log => value.max(LOSS_RANGE.0).log10(),
            Scale::Error => -(1.0 - value).max(LEAST_ERROR / 10.0).log10(),
        }
    }

    /// How high a value stands, 0 at the bottom and 1 at the top; never outside. `None` for what is not a number.
    pub fn height(&self, value: f64) -> Option<f64> {
        let height = if self.foot > 0.0 && value < FOOT {
            value / FOOT * self.foot
        } else {
            self.foot + (1.0 - self.foot) * (self.scaled(value) - self.low) / (self.high - self.low)
        };
        (!height.is_nan()).then(|| height.clamp(0.0, 1.0))
    }

    /// The finest set of round ticks whose labels do not crowd.
    fn with_ticks(mut self, low: f64, high: f64, rows: u16, label: impl Fn(f64) -> String) -> Self {
        let decades = || (low.log10().floor() as i32..=high.log10().ceil() as i32).rev();
        let is_error = self.scale == Scale::Error;
        let height = |value: f64| self.height(if is_error { 1.0 - value } else { value }).unwrap_or(0.0);
        let set = |mantissas: &'static [u8], every: i32| -> Vec<(f64, f64)> {
            let values = decades().filter(|e| e.rem_euclid(every) == 0).flat_map(|e| mantissas.iter().map(move |m| power(*m, e)));
            let inside = values.filter(|value| (low * (1.0 - 1e-9)..=high * (1.0 + 1e-9)).contains(value));
            let mut set: Vec<_> = inside.map(|value| (height(value), value)).collect();
            set.sort_by(|a, b| a.0.total_cmp(&b.0));
            set
        };
        let span = f64::from(rows.saturating_sub(1));
        let fits = |(set, apart): &(Vec<(f64, f64)>, f64)| {
            set.len() > 1 && set.windows(2).all(|pair| (pair[1].0 - pair[0].0) * span >= *apart)
        };
        // 3 is nearly the middle of a decade; 97 % would not look like the middle of anything.
        let threes = if self.scale == Scale::Log { set(&[3, 1], 1) } else { Vec::new() };
        let coarse = [set(&[5, 1], 1), threes, set(&[1], 1), set(&[1], 2), set(&[1], 3)];
        let candidates = std::iter::once((set(&[5, 2, 1], 1), 1.9)).chain(coarse.map(|set| (set, 1.4)));
        let ends = || vec![(height(low), low), (height(high), high)];
        let chosen = candidates.into_iter().find(fits).map_or_else(ends, |(set, _)| set);
        self.ticks = chosen.into_iter().map(|(height, value)| (height, label(value))).collect();
        self
    }
}

/// `mantissa` · 10^`exponent`, as exact as the number is written.
fn power(mantissa: u8, exponent: i32) -> f64 {
    if exponent < 0 { f64::from(mantissa) / 10f64.powi(-exponent) } else { f64::from(mantissa) * 10f64.powi(exponent) }
}

/// The next of 1, 2, 5 · 10ⁿ above or below a positive value, or the value itself.
fn round_125(value: f64, up: bool) -> f64 {
    let decade = value.log10().floor() as i32;
    let mut steps = (decade - 1..=decade + 1).flat_map(|e| [1, 2, 5].map(|m| power(m, e)));
    let found =
        if up { steps.find(|step| *step >= value * (1.0 - 1e-9)) } else { steps.rfind(|step| *step <= value * (1.0 + 1e-9)) };
    found.unwrap_or(value)
}

/// Up to the next number with one digit that is not 0.
fn round_up(value: f64) -> f64 {
    let unit = power(1, value.log10().floor() as i32);
    (value / unit * (1.0 - 1e-9)).ceil() * unit
}

fn step_125(value: f64) -> f64 {
    round_125(value.max(1e-9), true)
}

/// A horizontal axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Across {
    /// What it counts.
    pub unit: Unit,
    /// What stands at its left end.
    pub from: f64,
    /// What stands at its right end; more than at the left.
    pub reach: f64,
}

impl Across {
    /// An axis of steps: 20, 50, 100, … up to what is planned, so that it rarely moves.
    pub fn steps(step: u64, planned: Option<u64>) -> Self {
        Self { unit: Unit::Steps, from: 0.0, reach: reach(step, planned) as f64 }
    }

    /// Round values with room between their labels: column, label.
    pub fn ticks(&self, columns: u16) -> Vec<(u16, String)> {
        let label = |value: f64| match self.unit {
            Unit::Steps | Unit::Images => number::count(value.round() as u64),
            Unit::Epochs => ((value * 1e3).round() / 1e3).to_string(),
            Unit::Time => number::duration(value.round()),
        };
        let widest = crate::text::columns(&label(self.reach.max(1.0))) + 5;
        let span = self.reach - self.from;
        let rough = span / f64::from((columns / widest).max(1));
        let step = match self.unit {
            Unit::Steps | Unit::Images => step_125(rough.max(1.0)).round(),
            Unit::Epochs => step_125(rough),
            Unit::Time => SECONDS.into_iter().find(|step| *step >= rough).unwrap_or_else(|| (rough / 86_400.0).ceil() * 86_400.0),
        };
        let first = (self.from / step * (1.0 - 1e-9)).ceil().max(0.0) as u64;
        let all = (first..=(self.reach / step * (1.0 + 1e-9)) as u64).map(|i| i as f64 * step);
        let column = |value: f64| ((value - self.from) / span * f64::from(columns.saturating_sub(1))).round() as u16;
        all.map(|value| (column(value), label(value))).collect()
    }

    /// How far along it something stands: 0 at its left end, 1 at its right.
    pub fn part(&self, x: f64) -> f64 {
        (x - self.from) / (self.reach - self.from)
    }

    /// What stands so far along it.
    pub fn at(&self, part: f64) -> f64 {
        self.from + part * (self.reach - self.from)
    }

    /// Whether something stands on it.
    pub fn contains(&self, x: f64) -> bool {
        (self.from..=self.reach).contains(&x)
    }
}

/// Steps of an axis of seconds.
const SECONDS: [f64; 15] =
    [1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 10_800.0, 43_200.0];

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|(_, label)| label.as_str()).collect()
    }

    #[test]
    fn ticks_are_few_and_round() {
        for (axis, expected) in [
            (Axis::loss(false, 0.01, 2.3, 10), vec!["0", "1", "2", "3"]),
            (Axis::loss(false, 0.01, 2.58, 16), vec!["0", "1", "2", "3"]),
            (Axis::loss(false, 0.0, f64::NAN, 4), vec!["0", "1"]),
            (Axis::loss(true, 0.031, 2.3, 10), vec!["0.03", "0.1", "0.3", "1", "3"]),
            (Axis::loss(true, 0.0, f64::INFINITY, 10), vec!["1e-6", "1e-5", "1e-4", "0.001", "0.01", "0.1", "1"]),
            (Axis::accuracy(false, 0.5, 10), vec!["0 %", "25 %", "50 %", "75 %", "100 %"]),
            (Axis::accuracy(true, 0.991, 16), vec!["0 %", "50 %", "90 %", "95 %", "99 %", "99.5 %"]),
            (Axis::accuracy(true, 0.991, 6), vec!["0 %", "90 %", "99 %"]),
            (Axis::accuracy(true, 1.0, 9), vec!["0 %", "90 %", "99 %", "99.9 %", "99.99 %"]),
        ] {
            assert_eq!(labels(&axis), expected);
        }
    }

    #[test]
    fn the_horizontal_axis_grows_in_jumps() {
        for (step, planned, expected) in [
            (0, None, 20.0),
            (21, None, 50.0),
            (1_234, Some(4_300), 2_000.0),
            (2_001, Some(4_300), 4_300.0),
            (4_300, Some(4_300), 4_300.0),
            (5_000, Some(4_300), 5_000.0),
            (3, Some(4), 4.0),
            (0, Some(0), 1.0),
        ] {
            assert_eq!(Across::steps(step, planned).reach, expected, "{step} of {planned:?}");
        }
    }

    #[test]
    fn every_unit_has_round_ticks() {
        for (unit, reach, expected) in [
            (Unit::Steps, 4_300.0, vec!["0", "1,000", "2,000", "3,000", "4,000"]),
            (Unit::Epochs, 2.0, vec!["0", "0.5", "1", "1.5", "2"]),
            (Unit::Images, 110_000.0, vec!["0", "50,000", "100,000"]),
            (Unit::Time, 95.0, vec!["0:00", "0:30", "1:00", "1:30"]),
        ] {
            let ticks = Across { unit, from: 0.0, reach }.ticks(50);
            assert_eq!(ticks.into_iter().map(|(_, label)| label).collect::<Vec<_>>(), expected);
        }
    }

    /// Ten classes guessed at are not none right, however low the chart is.
    #[test]
    fn a_tenth_right_never_stands_on_the_row_of_none() {
        for rows in 3..40 {
            for axis in [Axis::accuracy(false, 0.5, rows), Axis::accuracy(true, 0.5, rows), Axis::accuracy(true, 0.9999, rows)] {
                let row = |value| axis.height(value).map(|height| (height * f64::from(rows - 1)).round());
                assert_eq!(row(0.0), Some(0.0));
                assert!(row(0.1) >= Some(1.0), "{rows} rows: {axis:?}");
                let heights = (0..=100).map(|i| axis.height(f64::from(i) / 100.0));
                assert!(heights.is_sorted(), "{rows} rows: {axis:?}");
            }
        }
    }
}
