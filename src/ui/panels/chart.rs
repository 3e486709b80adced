//! The two charts: loss and accuracy over the steps.

use ratatui::layout::Rect;

use super::super::palette::Palette;
use super::super::pen::{Pen, Piece};
use super::super::widgets::{Axis, OtherCurve, Plot, PlotPoint, PlotStyles, steps_shown};
use super::super::{Context, Role, number};
use super::{framed, title};
use crate::app::Panel;
use crate::protocol::Evaluation;
use crate::run::{EvaluationPoint, RunState, Series};

/// How judgements stand on the charts.
const VALIDATION: char = '◆';
const TEST: char = '■';

pub fn draw_loss(context: &Context, area: Rect, pen: &mut Pen) {
    let steps = &context.app.run().steps;
    let chart = Chart {
        panel: Panel::Loss,
        name: "Loss",
        each: &steps.loss,
        smooth: &steps.loss_smooth,
        parent: parent_curve(context, |run| &run.steps.loss_smooth),
        measure: |evaluation| evaluation.loss,
        show: number::figure,
        axis: |log, (least, greatest), rows| Axis::loss(log, least, greatest, rows),
    };
    chart.draw(context, area, pen);
}

pub fn draw_accuracy(context: &Context, area: Rect, pen: &mut Pen) {
    let steps = &context.app.run().steps;
    let chart = Chart {
        panel: Panel::Accuracy,
        name: "Accuracy",
        each: &steps.accuracy,
        smooth: &steps.accuracy_smooth,
        parent: parent_curve(context, |run| &run.steps.accuracy_smooth),
        measure: |evaluation| evaluation.confusion.accuracy(),
        show: number::percent,
        axis: |log, (_, best), rows| Axis::accuracy(log, best, rows),
    };
    chart.draw(context, area, pen);
}

/// What the run branched off, from there on: dim, because it is not what is trained.
fn parent_curve<'a>(context: &Context<'a>, series: fn(&RunState) -> &Series) -> Option<OtherCurve<'a>> {
    let from = context.app.run().started.as_ref()?.parent.as_ref()?.step;
    let series = series(context.app.parent()?);
    Some(OtherCurve { series, from, style: context.palette.style(Role::Muted), thick: false, letter: None })
}

/// How plots look on every chart.
pub(super) fn plot_styles(palette: &Palette) -> PlotStyles {
    PlotStyles {
        each: palette.style(Role::TrainingFaint),
        smooth: palette.bold(Role::Training),
        axis: palette.style(Role::Border),
        label: palette.style(Role::Muted),
        mark: palette.style(Role::Muted),
        badge: palette.badge(),
    }
}

/// One of the two charts.
struct Chart<'a> {
    panel: Panel,
    name: &'static str,
    each: &'a Series,
    smooth: &'a Series,
    /// The run that it branched off.
    parent: Option<OtherCurve<'a>>,
    /// What a judgement says of it.
    measure: fn(&Evaluation) -> f64,
    /// A value for people.
    show: fn(f64) -> String,
    /// Its axis: logarithmic or not, the least and the greatest value, the rows.
    axis: fn(bool, (f64, f64), u16) -> Axis,
}

impl Chart<'_> {
    fn draw(&self, context: &Context, area: Rect, pen: &mut Pen) {
        let (run, palette) = (context.app.run(), &context.palette);
        let inside = framed(context, self.panel, area, pen, &[title(context, self.panel, self.name)], &self.legend(context));
        let of = |points: &[EvaluationPoint], symbol, role| {
            let style = palette.style(role);
            points
                .iter()
                .map(|point| PlotPoint { step: point.step, value: (self.measure)(&point.evaluation), symbol, style })
                .filter(|point| point.value.is_finite())
                .collect::<Vec<_>>()
        };
        let mut points = of(&run.validations, VALIDATION, Role::Validation);
        points.extend(of(&run.tests, TEST, Role::Test));
        let log = context.app.log_scale();
        let plot = Plot {
            each: self.each,
            smooth: self.smooth,
            axis: (self.axis)(log, self.range(log, &points), inside.height.saturating_sub(1)),
            others: self.parent.as_slice(),
            points: &points,
            marks: &run.interventions,
            steps: steps_shown(run.step.max(self.parent.map_or(0, |parent| parent.series.len() as u64)), run.steps_planned()),
            marker: context.marker,
        };
        plot.draw(inside, &plot_styles(palette), pen);
        if self.each.is_empty() && points.is_empty() && inside.height > 1 {
            let text = "waiting for the first batch…";
            let x = inside.x + inside.width.saturating_sub(text.len() as u16) / 2 + 2;
            pen.text(x, inside.y + inside.height / 2, inside.right().saturating_sub(x), text, palette.style(Role::Muted));
        }
    }

    /// The least and the greatest value to show. Single batches count at the top of a linear axis only: on a logarithmic
    /// one, a batch without a mistake would squeeze everything else.
    fn range(&self, log: bool, points: &[PlotPoint]) -> (f64, f64) {
        let all = [self.smooth, self.each].map(|series| series.stat(0, series.len()));
        let smooth = all[0].map(|stat| (f64::from(stat.min), f64::from(stat.max)));
        let each = all[1].filter(|_| !log).map(|stat| (f64::INFINITY, f64::from(stat.max)));
        let points = points.iter().map(|point| (point.value, point.value));
        let values = smooth.into_iter().chain(each).chain(points);
        let range = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), (l, h)| {
            (if l.is_finite() { low.min(l) } else { low }, if h.is_finite() { high.max(h) } else { high })
        });
        if range.1.is_finite() { (range.0.min(range.1), range.1) } else { (0.1, 1.0) }
    }

    /// The newest values, in the colours of the curves; the most important first.
    fn legend<'a>(&self, context: &Context<'a>) -> Vec<Vec<Piece<'a>>> {
        let (run, palette) = (context.app.run(), &context.palette);
        let measured = |points: &[EvaluationPoint]| points.last().map(|point| (self.measure)(&point.evaluation));
        let entries = [
            ('━', Role::Training, " training", self.smooth.last().map(f64::from)),
            (VALIDATION, Role::Validation, " validation", measured(&run.validations)),
            (TEST, Role::Test, " test", measured(&run.tests)),
        ];
        let entry = |(symbol, role, name, value): (char, Role, &'static str, Option<f64>)| {
            let text = format!("{symbol} {}", (self.show)(value?));
            Some(vec![(text.into(), palette.style(role)), (name.into(), palette.style(Role::Muted))])
        };
        let parent = self.parent.as_ref().map(|_| vec![("━ parent".into(), palette.style(Role::Muted))]);
        entries.into_iter().filter_map(entry).chain(parent).collect()
    }
}
