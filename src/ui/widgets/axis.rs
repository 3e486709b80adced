//! The axes of charts: round ticks, and scales that rarely move.

use super::super::number;

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

/// A vertical axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    scale: Scale,
    /// The values at the bottom and at the top, scaled.
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
            let axis = Self { scale: Scale::Log, low: low.log10(), high: high.log10(), ticks: Vec::new() };
            axis.with_ticks(low, high, rows, |value| if value < 1e-3 { format!("{value:e}") } else { value.to_string() })
        } else {
            let step = step_125(greatest / f64::from((rows / 3).clamp(1, 5)));
            let count = (greatest / step).ceil().max(1.0);
            let places = (-step.log10().floor()).max(0.0) as usize;
            let ticks = (0..=count as usize).map(|i| (i as f64 / count, format!("{:.places$}", i as f64 * step))).collect();
            Self { scale: Scale::Linear, low: 0.0, high: count * step, ticks }
        }
    }

    /// An axis of `rows` rows for accuracies of which the best is `best`.
    pub fn accuracy(log: bool, best: f64, rows: u16) -> Self {
        if log {
            let error = if best.is_finite() { (1.0 - best).clamp(LEAST_ERROR, 0.1) } else { 0.1 };
            let low = round_125(error, false).max(LEAST_ERROR);
            let axis = Self { scale: Scale::Error, low: 0.0, high: -low.log10(), ticks: Vec::new() };
            axis.with_ticks(low, 1.0, rows, |error| format!("{} %", ((1.0 - error) * 1e6).round() / 1e4))
        } else {
            let parts = match rows {
                0..=4 => 1,
                5..=8 => 2,
                9..=15 => 4,
                _ => 5,
            };
            let ticks = (0..=parts).map(|i| (f64::from(i) / f64::from(parts), format!("{} %", 100 * i / parts))).collect();
            Self { scale: Scale::Linear, low: 0.0, high: 1.0, ticks }
        }
    }

    /// How high a value stands, 0 at the bottom and 1 at the top; never outside. `None` for what is not a number.
    pub fn height(&self, value: f64) -> Option<f64> {
        let scaled = match self.scale {
            Scale::Linear => value,
            Scale::Log => value.max(LOSS_RANGE.0).log10(),
            Scale::Error => -(1.0 - value).max(LEAST_ERROR / 10.0).log10(),
        };
        (!scaled.is_nan()).then(|| ((scaled - self.low) / (self.high - self.low)).clamp(0.0, 1.0))
    }

    /// The finest set of round ticks whose labels do not crowd.
    fn with_ticks(mut self, low: f64, high: f64, rows: u16, label: impl Fn(f64) -> String) -> Self {
        let decades = || (low.log10().floor() as i32..=high.log10().ceil() as i32).rev();
        let height = |value: f64| {
            let scaled = if self.scale == Scale::Error { -value.log10() } else { value.log10() };
            (scaled - self.low) / (self.high - self.low)
        };
        let set = |mantissas: &'static [u8], every: i32| -> Vec<(f64, f64)> {
            let values = decades().filter(|e| e.rem_euclid(every) == 0).flat_map(|e| mantissas.iter().map(move |m| power(*m, e)));
            let mut set: Vec<_> = values.map(|value| (height(value), value)).collect();
            set.retain(|(height, _)| (-1e-9..=1.0 + 1e-9).contains(height));
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

/// How many steps the horizontal axis shows: 20, 50, 100, … up to what is planned, so that it rarely moves.
pub fn steps_shown(step: u64, planned: Option<u64>) -> u64 {
    let round = step_125(step.max(20) as f64).round() as u64;
    planned.map_or(round, |planned| round.min(planned.max(step))).max(1)
}

/// Round steps up to `max`, with room between their labels: column, label.
pub fn step_ticks(max: u64, columns: u16) -> Vec<(u16, String)> {
    let widest = number::count(max).len() as u16 + 5;
    let most = f64::from((columns / widest).max(1));
    let step = step_125((max as f64 / most).max(1.0)).round() as u64;
    (0..=max / step.max(1))
        .map(|i| {
            let value = i * step;
            ((value as f64 / max as f64 * f64::from(columns.saturating_sub(1))).round() as u16, number::count(value))
        })
        .collect()
}

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
            (Axis::accuracy(true, 0.991, 16), vec!["0 %", "50 %", "80 %", "90 %", "95 %", "98 %", "99 %", "99.5 %"]),
            (Axis::accuracy(true, 0.991, 6), vec!["0 %", "90 %", "99 %"]),
            (Axis::accuracy(true, 1.0, 9), vec!["0 %", "90 %", "99 %", "99.9 %", "99.99 %"]),
        ] {
            assert_eq!(labels(&axis), expected);
        }
    }

    #[test]
    fn the_horizontal_axis_grows_in_jumps() {
        for (step, planned, expected) in [
            (0, None, 20),
            (21, None, 50),
            (1_234, Some(4_300), 2_000),
            (2_001, Some(4_300), 4_300),
            (4_300, Some(4_300), 4_300),
            (5_000, Some(4_300), 5_000),
            (3, Some(4), 4),
            (0, Some(0), 1),
        ] {
            assert_eq!(steps_shown(step, planned), expected, "{step} of {planned:?}");
        }
    }
}
