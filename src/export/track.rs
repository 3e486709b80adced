//! What a chart shows: curves cut into stretches, and single points.

use crate::run::{EvaluationPoint, RunState, Series};

/// A curve has no more stretches than this, however many steps there are.
const STRETCHES: usize = 600;
/// A range looks at so many steps before and after its stretch, or it would be a second curve where stretches are short.
const AROUND: usize = 5;

/// Something on a chart, with its name in the legend.
pub(super) struct Track {
    pub label: String,
    /// The place of the track that stands for it in the legend, itself or another.
    pub group: usize,
    /// Its colour, counted.
    pub color: usize,
    pub kind: TrackKind,
}

/// How it is drawn.
pub(super) enum TrackKind {
    /// A line; with `band`, over the range from the least to the greatest value of each stretch.
    Curve { stretches: Vec<Stretch>, band: bool },
    /// Points with steps and values, joined by a line where that makes sense.
    Points { points: Vec<(u64, f64)>, joined: bool },
}

/// Some steps in a row.
pub(super) struct Stretch {
    /// The last of them.
    pub step: u64,
    /// The value that the line goes through.
    pub value: f64,
    /// The least and the greatest value of a step, here and a little around.
    pub range: (f64, f64),
}

impl Track {
    /// All values that it shows.
    pub fn values(&self) -> Box<dyn Iterator<Item = f64> + '_> {
        match &self.kind {
            TrackKind::Curve { stretches, .. } => Box::new(stretches.iter().map(|stretch| stretch.value)),
            TrackKind::Points { points, .. } => Box::new(points.iter().map(|(_, value)| *value)),
        }
    }

    /// The last step that it shows.
    pub fn steps(&self) -> u64 {
        match &self.kind {
            TrackKind::Curve { stretches, .. } => stretches.last().map_or(0, |stretch| stretch.step),
            TrackKind::Points { points, .. } => points.last().map_or(0, |(step, _)| *step),
        }
    }
}

/// The stretches of a series: the line goes through the mean of `line`, the range is that of `raw`, a
/// little beyond. Stretches with values
/// that are no numbers are left out.
pub(super) fn stretches(line: &Series, raw: &Series) -> Vec<Stretch> {
    let each = line.len().div_ceil(STRETCHES).max(1);
    let starts = (0..line.len()).step_by(each);
    let stretch = |from: usize| {
        let (line_stat, raw_stat) = (line.stat(from, from + each)?, raw.stat(from.saturating_sub(AROUND), from + each + AROUND)?);
        let step = (from + each).min(line.len()) as u64;
        let stretch = Stretch { step, value: line_stat.mean().into(), range: (raw_stat.min.into(), raw_stat.max.into()) };
        (stretch.value.is_finite() && stretch.range.0.is_finite() && stretch.range.1.is_finite()).then_some(stretch)
    };
    starts.filter_map(stretch).collect()
}

/// What judgements found, where it is a number.
pub(super) fn points(points: &[EvaluationPoint], value: impl Fn(&EvaluationPoint) -> f64) -> Vec<(u64, f64)> {
    points.iter().map(|point| (point.step, value(point))).filter(|(_, value)| value.is_finite()).collect()
}

/// The steps at which hyperparameters were changed, numbered as in tables.
pub(super) fn markers(state: &RunState) -> Vec<(u64, usize)> {
    state.interventions.iter().enumerate().map(|(index, change)| (change.step, index + 1)).collect()
}
