//! Charts of loss and accuracy: those of the overview, and what all charts of them have in common.

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::super::pen::{Pen, Piece, columns};
use super::super::widgets::{Across, Axis, Curve, Plot, PlotPoint, PlotStyles, Stroke};
use super::super::{Context, Role, number};
use super::{framed, title};
use crate::app::{Measure, Panel, Target};
use crate::protocol::{Evaluation, Hyper};
use crate::run::{EvaluationPoint, RunState, Series, StepSeries};
use crate::text::Word;

/// How judgements stand on the charts.
pub const VALIDATION: char = '◆';
pub const TEST: char = '■';
pub const OWN: char = '▲';
/// Columns of labels at the left of every chart (`99.99 %`), so that a step stands at the same place on all of them.
const GUTTER: u16 = 7;
/// Into so many stretches a curve is cut to see which losses are usual.
const STRETCHES: usize = 64;

/// What of a measure is drawn.
pub trait Drawn {
    fn name(self) -> Word;
    fn each(self, steps: &StepSeries) -> &Series;
    fn smooth(self, steps: &StepSeries) -> &Series;
    /// What a judgement says of it.
    fn of(self, evaluation: &Evaluation) -> Option<f64>;
    /// Whether judgements say something of it.
    fn has_judgements(self) -> bool;
    /// A value for people.
    fn show(self, value: f64) -> String;
    fn axis(self, log: bool, range: (f64, f64), rows: u16) -> Axis;
}

impl Drawn for Measure {
    fn name(self) -> Word {
        match self {
            Self::Loss => Word::LossTitle,
            Self::Accuracy => Word::AccuracyTitle,
            Self::LearningRate => Word::LearningRateTitle,
            Self::GradientNorm => Word::GradientNormTitle,
            Self::UpdateRatio => Word::UpdateRatioTitle,
            Self::Throughput => Word::ThroughputTitle,
        }
    }

    fn each(self, steps: &StepSeries) -> &Series {
        match self {
            Self::Loss => &steps.loss,
            Self::Accuracy => &steps.accuracy,
            Self::LearningRate => &steps.learning_rate,
            Self::GradientNorm => &steps.gradient_norm,
            Self::UpdateRatio => &steps.update_ratio,
            Self::Throughput => &steps.throughput,
        }
    }

    fn smooth(self, steps: &StepSeries) -> &Series {
        match self {
            Self::Loss => &steps.loss_smooth,
            Self::Accuracy => &steps.accuracy_smooth,
            other => other.each(steps),
        }
    }

    fn has_judgements(self) -> bool {
        matches!(self, Self::Loss | Self::Accuracy)
    }

    fn of(self, evaluation: &Evaluation) -> Option<f64> {
        match self {
            Self::Loss => Some(evaluation.loss),
            Self::Accuracy => Some(evaluation.confusion.accuracy()),
            Self::LearningRate | Self::GradientNorm | Self::Throughput | Self::UpdateRatio => None,
        }
    }

    fn show(self, value: f64) -> String {
        match self {
            Self::Loss | Self::GradientNorm | Self::UpdateRatio => number::figure(value),
            Self::Accuracy => number::percent(value),
            Self::LearningRate => Hyper::LearningRate.display(value),
            Self::Throughput => number::rate(value),
        }
    }

    fn axis(self, log: bool, (least, greatest): (f64, f64), rows: u16) -> Axis {
        match self {
            Self::Accuracy => Axis::accuracy(log, greatest, rows),
            // From nothing on, or equal speeds would look like a storm.
            Self::Throughput => Axis::loss(false, least, greatest, rows),
            Self::Loss | Self::LearningRate | Self::GradientNorm | Self::UpdateRatio => Axis::loss(log, least, greatest, rows),
        }
    }
}

/// What stands on a chart.
pub struct Chart<'a> {
    pub measure: Measure,
    pub across: Across,
    /// From the back to the front.
    pub curves: Vec<Curve<'a>>,
    pub points: Vec<PlotPoint>,
    /// Where a person changed something.
    pub marks: Vec<f64>,
    /// Where a person looks.
    pub cursor: Option<f64>,
}

impl Chart<'_> {
    /// Adds the judgements of a run, on its validation images and on the test set.
    pub fn judgements(&mut self, run: &RunState, [validation, test, own]: [Style; 3]) {
        let judged = [(&run.own, OWN, own), (&run.validations, VALIDATION, validation), (&run.tests, TEST, test)];
        // A loss on a few digits says nothing beside that on thousands.
        let is_shown = |symbol: char| symbol != OWN || self.measure == Measure::Accuracy;
        for (judged, symbol, style) in judged.into_iter().filter(|(_, symbol, _)| is_shown(*symbol)) {
            let point = |judged: &EvaluationPoint| {
                let x = run.along(self.across.unit, judged.step as f64 - 0.5);
                let value = self.measure.of(&judged.evaluation).filter(|value| value.is_finite())?;
                Some(PlotPoint { x, value, symbol, style })
            };
            self.points.extend(judged.iter().filter_map(point));
        }
    }

    /// Adds where a person changed something.
    pub fn changes(&mut self, run: &RunState) {
        let unit = self.across.unit;
        self.marks.extend(run.interventions.iter().map(|change| run.along(unit, change.step as f64 - 0.5)));
    }

    /// Draws it into its border, in which the unit of the horizontal axis stands.
    pub fn draw(&self, context: &Context, inside: Rect, pen: &mut Pen) {
        let (palette, log) = (&context.palette, context.app.shared().view.log_scale);
        let styles = PlotStyles {
            axis: palette.style(Role::Border),
            label: palette.style(Role::Muted),
            mark: palette.style(Role::Muted),
            badge: palette.badge(),
            cursor: palette.style(Role::Focus),
        };
        let plot = Plot {
            curves: &self.curves,
            points: &self.points,
            marks: &self.marks,
            cursor: self.cursor,
            across: self.across,
            axis: self.measure.axis(log, self.range(log), inside.height.saturating_sub(1)),
            marker: context.marker,
            halves: palette.has_ramps(),
        };
        let plot_area = plot.draw(inside, GUTTER, &styles, pen);
        pen.hits.add(plot_area, Target::Chart(self.measure));
        let unit = format!(" {} ", context.say(self.across.unit.name()));
        pen.text_right(inside.right().saturating_sub(1), inside.bottom(), inside.width.saturating_sub(2), &unit, styles.label);
        if self.curves.iter().all(|curve| curve.series.is_empty()) && self.points.is_empty() && inside.height > 1 {
            let text = context.say(Word::WaitingForABatch);
            let x = inside.x + inside.width.saturating_sub(columns(&text)) / 2 + 2;
            pen.text(x, inside.y + inside.height / 2, inside.right().saturating_sub(x), &text, palette.style(Role::Muted));
        }
    }

    /// The least and the greatest value to show. Single batches count at the top of a linear axis only: on a logarithmic
    /// one, a batch without a mistake would squeeze everything else.
    fn range(&self, log: bool) -> (f64, f64) {
        let (mut lows, mut highs, mut now) = (Vec::new(), Vec::new(), 0.0_f64);
        for curve in &self.curves {
            let haze = curve.stroke == Stroke::Haze;
            let step_at = |x: f64| curve.step_at.map_or(x, |step_at| step_at(x)).max(0.0) as usize;
            let from = step_at(self.across.from).max(curve.from as usize);
            let to = step_at(self.across.reach).saturating_add(1).min(curve.series.len());
            let size = to.saturating_sub(from).div_ceil(STRETCHES).max(1);
            for stat in (from..to).step_by(size).filter_map(|at| curve.series.stat(at, (at + size).min(to))) {
                if !haze {
                    lows.push(f64::from(stat.min));
                }
                if !(haze && log) {
                    highs.push(f64::from(stat.max));
                }
            }
            now = now.max(curve.series.last().filter(|_| !haze && to == curve.series.len()).map_or(0.0, f64::from));
        }
        for point in self.points.iter().filter(|point| self.across.contains(point.x)) {
            lows.push(point.value);
            highs.push(point.value);
        }
        highs.retain(|value| value.is_finite());
        let greatest = match self.measure {
            Measure::Loss | Measure::GradientNorm | Measure::UpdateRatio => usual(&mut highs, now, if log { 100.0 } else { 4.0 }),
            Measure::Accuracy | Measure::LearningRate | Measure::Throughput => highs.iter().copied().reduce(f64::max),
        };
        let least = lows.into_iter().filter(|value| value.is_finite()).fold(f64::INFINITY, f64::min);
        greatest.map_or((0.1, 1.0), |greatest| (least.min(greatest), greatest))
    }
}

/// The greatest value that is less than `times` the usual: than nine of ten, or than the newest. What is above was a spike.
fn usual(values: &mut [f64], now: f64, times: f64) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let greatest = *values.last()?;
    let usual = values[values.len() * 9 / 10].max(if now.is_finite() { now } else { 0.0 });
    let most = if usual > 0.0 { usual * times } else { greatest };
    values.iter().copied().rfind(|value| *value <= most)
}

/// One of the two charts of the overview.
pub fn draw_overview(context: &Context, panel: Panel, measure: Measure, area: Rect, pen: &mut Pen) {
    let (run, palette) = (context.app.run(), &context.palette);
    let (each, smooth) = (measure.each(&run.steps), measure.smooth(&run.steps));
    let curve = |series, role, stroke| Curve {
        series,
        step_at: None,
        from: 0,
        style: palette.style(role),
        stroke,
        memory: None,
        letter: None,
    };
    // What the run branched off, from there on: dim, because it is not what is trained.
    let branch = run.started.as_ref().and_then(|started| started.parent.as_ref());
    let parent = branch
        .zip(context.app.shared().parent.as_deref())
        .map(|(branch, parent)| Curve { from: branch.step, ..curve(measure.smooth(&parent.steps), Role::Muted, Stroke::Thin) });
    let mean = Curve { style: palette.bold(Role::Training), ..curve(smooth, Role::Training, Stroke::Thick) };
    let longest = run.step.max(parent.map_or(0, |parent| parent.series.len() as u64));
    let mut chart = Chart {
        measure,
        across: Across::steps(longest, run.steps_planned()),
        curves: [Some(curve(each, Role::TrainingFaint, Stroke::Haze)), parent, Some(mean)].into_iter().flatten().collect(),
        points: Vec::new(),
        marks: Vec::new(),
        cursor: context.app.shared().moment.map(|step| step as f64 - 0.5),
    };
    chart.judgements(run, [Role::Validation, Role::Test, Role::Accent].map(|role| palette.style(role)));
    chart.changes(run);
    let legend = legend(context, measure, smooth, parent.is_some());
    let inside = framed(context, panel, area, pen, &[title(context, panel, measure.name())], &legend);
    chart.draw(context, inside, pen);
}

/// The newest values, in the colours of the curves; the most important first.
fn legend<'a>(context: &Context<'a>, measure: Measure, smooth: &Series, parent: bool) -> Vec<Vec<Piece<'a>>> {
    let (run, palette) = (context.app.run(), &context.palette);
    let measured = |points: &[EvaluationPoint]| points.last().and_then(|point| measure.of(&point.evaluation));
    let entries = [
        ('━', Role::Training, Word::OfTraining, smooth.last().map(f64::from)),
        (VALIDATION, Role::Validation, Word::OfValidation, measured(&run.validations)),
        (TEST, Role::Test, Word::OfTest, measured(&run.tests)),
    ];
    let entry = |(symbol, role, name, value): (char, Role, Word, Option<f64>)| {
        let text = format!("{symbol} {}", measure.show(value?));
        Some(vec![(text.into(), palette.style(role)), (format!(" {}", context.say(name)).into(), palette.style(Role::Muted))])
    };
    let parent = parent.then(|| vec![(format!("━ {}", context.say(Word::Parent)).into(), palette.style(Role::Muted))]);
    entries.into_iter().filter_map(entry).chain(parent).collect()
}

#[cfg(test)]
mod tests {
    use super::usual;

    #[test]
    fn an_axis_ends_below_a_spike_but_not_below_what_goes_on() {
        let falling: Vec<f64> = (0..60).map(|i| 2.3 / f64::from(1 + i)).collect();
        for (spike, now, times, expected) in [
            (&[][..], 0.04, 100.0, 2.3),
            (&[900.0][..], 0.04, 100.0, 2.3),
            (&[900.0, 900.0][..], 900.0, 100.0, 900.0),
            (&[][..], 0.04, 4.0, 2.3 / 2.0),
            (&[f64::MAX][..], f64::INFINITY, 100.0, 2.3),
        ] {
            let mut values = [&falling, spike].concat();
            assert_eq!(usual(&mut values, now, times), Some(expected), "{spike:?} {now} {times}");
        }
        assert_eq!(usual(&mut [], 1.0, 4.0), None);
        assert_eq!(usual(&mut [0.0, 0.0, 3.0], 0.0, 4.0), Some(3.0));
    }
}
