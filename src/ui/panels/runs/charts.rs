//! Curves of recorded runs over each other.

use ratatui::layout::Rect;

use super::super::super::pen::{Pen, Piece};
use super::super::super::widgets::{self, Axis, OtherCurve, Plot, PlotPoint, steps_shown};
use super::super::super::{Context, Role};
use super::super::chart::plot_styles;
use crate::app::LoadedRun;
use crate::run::{Intervention, Series};

/// The colours of runs, in their order; as many as can be compared.
const ROLES: [Role; 8] =
    [Role::Training, Role::Validation, Role::Test, Role::Good, Role::Bad, Role::Warning, Role::Accent, Role::Text];

/// The colour of the run at this place, and its letter.
pub fn sign(place: usize) -> (Role, char) {
    (ROLES[place % ROLES.len()], char::from(b'a' + (place % ROLES.len()) as u8))
}

/// The loss and the accuracy of runs, beside each other or below.
pub fn draw(context: &Context, runs: &[LoadedRun], area: Rect, pen: &mut Pen) {
    let wide = area.width >= 80;
    let first = if wide {
        Rect { width: area.width / 2, ..area }
    } else {
        Rect { height: if area.height >= 16 { area.height / 2 } else { area.height }, ..area }
    };
    let second = if wide {
        Rect { x: first.right(), width: area.width - first.width, ..area }
    } else {
        Rect { y: first.bottom(), height: area.height - first.height, ..area }
    };
    draw_one(context, runs, true, first, pen);
    draw_one(context, runs, false, second, pen);
}

fn draw_one(context: &Context, runs: &[LoadedRun], is_loss: bool, area: Rect, pen: &mut Pen) {
    let (palette, log) = (&context.palette, context.app.log_scale());
    let title: [Piece; 1] = [(if is_loss { "Loss" } else { "Accuracy" }.into(), palette.bold(Role::Text))];
    let note =
        vec![("━ training".into(), palette.style(Role::Muted)), ("  ◆ validation  ■ test".into(), palette.style(Role::Muted))];
    let inside = widgets::panel(pen, area, palette.style(Role::Border), &title, &[note]);
    let mut points = Vec::new();
    let mut curves = Vec::new();
    for (place, run) in runs.iter().enumerate() {
        let (role, letter) = sign(place);
        let (state, style) = (&run.state, palette.style(role));
        let series = if is_loss { &state.steps.loss_smooth } else { &state.steps.accuracy_smooth };
        curves.push(OtherCurve { series, from: 0, style, thick: true, letter: (runs.len() > 1).then_some(letter) });
        for (symbol, judged) in [('◆', &state.validations), ('■', &state.tests)] {
            points.extend(judged.iter().map(|point| {
                let value = if is_loss { point.evaluation.loss } else { point.evaluation.confusion.accuracy() };
                PlotPoint { step: point.step, value, symbol, style }
            }));
        }
    }
    // A long curve hides nothing of a short one.
    curves.sort_by_key(|curve| std::cmp::Reverse(curve.series.len()));
    let stats = curves.iter().filter_map(|curve| curve.series.stat(0, curve.series.len()));
    let ends = stats.flat_map(|stat| [f64::from(stat.min), f64::from(stat.max)]);
    let values = ends.chain(points.iter().map(|point| point.value)).filter(|value| value.is_finite());
    let (least, greatest) =
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    let (least, greatest) = if least <= greatest { (least, greatest) } else { (0.1, 1.0) };
    let rows = inside.height.saturating_sub(1);
    let steps = runs.iter().map(|run| run.state.step).max().unwrap_or(0);
    let none = Series::default();
    let marks: &[Intervention] = match runs {
        [run] => &run.state.interventions,
        _ => &[],
    };
    let plot = Plot {
        each: &none,
        smooth: &none,
        others: &curves,
        points: &points,
        marks,
        steps: steps_shown(steps, Some(steps)),
        axis: if is_loss { Axis::loss(log, least, greatest, rows) } else { Axis::accuracy(log, greatest, rows) },
        marker: context.marker,
    };
    plot.draw(inside, &plot_styles(palette), pen);
}
