//! Charts of runs: what is on them, and their axes.

use super::ExportedRun;
use super::markup::grouped;
use super::track::{Stretch, Track, TrackKind, markers, points, stretches};
use crate::run::{EvaluationPoint, RunState, StepSeries};

/// A chart: tracks over steps.
pub(super) struct Chart {
    pub title: &'static str,
    pub scale: Scale,
    pub tracks: Vec<Track>,
    /// The greatest step.
    pub steps: u64,
    /// The least and the greatest value that there is room for.
    pub range: (f64, f64),
    /// Steps at which something was changed, with the number of the change.
    pub markers: Vec<(u64, usize)>,
}

/// How values become heights, and how they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scale {
    Linear,
    Log,
    /// Linear, in percent.
    Percent,
}

type StepColumn = fn(&StepSeries) -> Track;
type JudgedValue = fn(&EvaluationPoint) -> f64;

impl Chart {
    /// Loss, accuracy and learning rate: of one run with its ranges and judgements, of several over each other.
    pub fn all(runs: &[ExportedRun]) -> [Self; 3] {
        let titles = ExportedRun::titles(runs);
        let loss: StepColumn = |steps| Track::curve(stretches(&steps.loss_smooth, &steps.loss));
        let accuracy: StepColumn = |steps| Track::curve(stretches(&steps.accuracy_smooth, &steps.accuracy));
        let rate: StepColumn = |steps| Track::curve(stretches(&steps.learning_rate, &steps.learning_rate));
        let judged_loss: JudgedValue = |point| point.evaluation.loss;
        let judged_accuracy: JudgedValue = |point| point.evaluation.confusion.accuracy();
        [
            Self::new("Loss", Scale::Log, tracks(runs, &titles, loss, Some(judged_loss)), runs),
            Self::new("Accuracy", Scale::Percent, tracks(runs, &titles, accuracy, Some(judged_accuracy)), runs),
            Self::new("Learning rate", Scale::Linear, tracks(runs, &titles, rate, None), runs),
        ]
    }

    fn new(title: &'static str, scale: Scale, tracks: Vec<Track>, runs: &[ExportedRun]) -> Self {
        let steps = tracks.iter().map(Track::steps).max().unwrap_or(0).max(1);
        let values = || tracks.iter().flat_map(Track::values);
        let (least, greatest) = values().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), value| (a.min(value), b.max(value)));
        let (scale, range) = match scale {
            _ if least > greatest => (scale, if scale == Scale::Log { (0.1, 1.0) } else { (0.0, 1.0) }),
            // A loss of 0 has no place on a logarithmic axis.
            Scale::Log if least <= 0.0 => (Scale::Linear, (0.0, greatest.max(1e-3) * 1.05)),
            Scale::Log => (scale, (least / 1.25, greatest * 1.25)),
            Scale::Percent => (scale, (floor_of_accuracy(&tracks), 1.0)),
            Scale::Linear => (scale, (0.0, if greatest > 0.0 { greatest * 1.15 } else { 1.0 })),
        };
        let markers = if let [run] = runs { markers(&run.state) } else { Vec::new() };
        Self { title, scale, tracks, steps, range, markers }
    }

    /// Where a value lies between the bottom, 0, and the top, 1.
    pub fn height(&self, value: f64) -> f64 {
        let place = |value: f64| if self.scale == Scale::Log { value.max(1e-12).ln() } else { value };
        let (low, high) = (place(self.range.0), place(self.range.1));
        ((place(value) - low) / (high - low)).clamp(-0.2, 1.2)
    }

    /// Values that get a line across, with their names.
    pub fn ticks(&self) -> Vec<(f64, String)> {
        let (low, high) = self.range;
        match self.scale {
            Scale::Log => log_ticks(low, high).into_iter().map(|value| (value, number(value))).collect(),
            Scale::Linear => steps_between(low, high, 4).into_iter().map(|value| (value, number(value))).collect(),
            Scale::Percent => {
                let ticks = steps_between(low, high, 5);
                let digits = digits_of(&ticks);
                ticks.into_iter().map(|value| (value, format!("{:.digits$} %", value * 100.0))).collect()
            }
        }
    }

    /// Steps that get a mark, with their names.
    pub fn step_ticks(&self) -> Vec<(f64, String)> {
        let ticks = steps_between(0.0, self.steps as f64, 6).into_iter().filter(|step| step.fract() == 0.0);
        ticks.map(|step| (step, grouped(step as u64))).collect()
    }
}

impl Track {
    fn curve(stretches: Vec<Stretch>) -> Self {
        Self { label: String::new(), group: 0, color: 0, kind: TrackKind::Curve { stretches, band: false } }
    }
}

fn tracks(runs: &[ExportedRun], titles: &[String], column: StepColumn, judged: Option<JudgedValue>) -> Vec<Track> {
    let mut tracks = Vec::new();
    for (index, (run, title)) in runs.iter().zip(titles).enumerate() {
        let state: &RunState = &run.state;
        let several = runs.len() > 1;
        let mut curve = column(&state.steps);
        curve.label = if several { title.clone() } else { "training".into() };
        curve.color = index;
        curve.group = tracks.len();
        let group = curve.group;
        if let TrackKind::Curve { band, .. } = &mut curve.kind {
            *band = !several && judged.is_some();
        }
        tracks.push(curve);
        let Some(value) = judged else { continue };
        for (color, (name, found)) in [("validation", &state.validations), ("test", &state.tests)].into_iter().enumerate() {
            let points = points(found, value);
            if !points.is_empty() {
                // Several runs share the legend: a name for each, and its judgements in its colour.
                let (label, group, color) =
                    if several { (format!("{title}, {name}"), group, index) } else { (name.to_owned(), tracks.len(), color + 1) };
                tracks.push(Track { label, group, color, kind: TrackKind::Points { points, joined: name == "validation" } });
            }
        }
    }
    tracks
}

/// The least accuracy that there is room for: what the curves reach soon, since the interesting part is near 100 %.
fn floor_of_accuracy(tracks: &[Track]) -> f64 {
    let lows = tracks.iter().filter_map(|track| match &track.kind {
        TrackKind::Curve { stretches, .. } => {
            let late = stretches.iter().skip(stretches.len() / 20);
            late.map(|stretch| stretch.value).reduce(f64::min)
        }
        TrackKind::Points { points, .. } => points.iter().map(|(_, value)| *value).reduce(f64::min),
    });
    let low = lows.reduce(f64::min).unwrap_or(0.0);
    // A twentieth of the room below, and never so little that noise looks like news.
    (1.0 - ((1.0 - low) * 1.05).max(0.01)).max(0.0)
}

/// About `count` round values from `low` to `high`: multiples of 1, 2 or 5 times a power of ten.
fn steps_between(low: f64, high: f64, count: usize) -> Vec<f64> {
    let rough = (high - low) / count as f64;
    if rough.is_nan() || rough <= 0.0 || rough.is_infinite() {
        return vec![low];
    }
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * power).find(|step| *step >= rough * 0.999).unwrap_or(rough);
    let first = (low / step - 1e-9).ceil() as i64;
    let last = (high / step + 1e-9).floor() as i64;
    (first..=last).map(|number| number as f64 * step).collect()
}

/// Powers of ten from `low` to `high`, with their doubles and fives where there are few.
fn log_ticks(low: f64, high: f64) -> Vec<f64> {
    let decades = (high / low).log10();
    let factors: &[f64] = if decades <= 1.2 {
        &[1.0, 2.0, 3.0, 5.0, 7.0]
    } else if decades <= 3.0 {
        &[1.0, 2.0, 5.0]
    } else {
        &[1.0]
    };
    let powers = low.log10().floor() as i32..=high.log10().ceil() as i32;
    let values = powers.flat_map(|power| factors.iter().map(move |factor| factor * 10f64.powi(power)));
    values.filter(|value| (low..=high).contains(value)).collect()
}

/// Digits after the point that tell percentages apart.
fn digits_of(ticks: &[f64]) -> usize {
    let gap = ticks.windows(2).map(|pair| (pair[1] - pair[0]) * 100.0).reduce(f64::min).unwrap_or(1.0);
    if gap >= 1.0 {
        0
    } else if gap >= 0.1 {
        1
    } else {
        2
    }
}

/// A number in four significant digits at most.
pub(super) fn number(value: f64) -> String {
    let rounded: f64 = format!("{value:.3e}").parse().unwrap_or(value);
    let small = rounded != 0.0 && rounded.abs() < 1e-3;
    if small || rounded.abs() >= 1e6 { format!("{rounded:e}") } else { format!("{rounded}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round() {
        assert_eq!(steps_between(0.0, 1719.0, 6), [0.0, 500.0, 1000.0, 1500.0]);
        assert_eq!(steps_between(0.0, 1.0, 4), [0.0, 0.5, 1.0]);
        assert_eq!(steps_between(3.0, 3.0, 4), [3.0]);
        assert_eq!(log_ticks(0.04, 2.5).into_iter().map(number).collect::<Vec<_>>(), ["0.05", "0.1", "0.2", "0.5", "1", "2"]);
        assert_eq!(log_ticks(1e-6, 10.0).len(), 8);
        assert_eq!([0.0, 0.001, 0.00012, 1234.5678, 2e7].map(number), ["0", "0.001", "1.2e-4", "1235", "2e7"]);
    }
}
