//! Curves of recorded runs over each other.

use ratatui::layout::Rect;

use super::super::super::pen::{Pen, Piece};
use super::super::super::widgets::{self, Across, Curve, Stroke};
use super::super::super::{Context, Role};
use super::super::chart::{Chart, Measure};
use crate::app::LoadedRun;

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
    draw_one(context, runs, Measure::Loss, first, pen);
    draw_one(context, runs, Measure::Accuracy, second, pen);
}

fn draw_one(context: &Context, runs: &[LoadedRun], measure: Measure, area: Rect, pen: &mut Pen) {
    let palette = &context.palette;
    let title: [Piece; 1] = [(measure.name().into(), palette.bold(Role::Text))];
    let note =
        vec![("━ training".into(), palette.style(Role::Muted)), ("  ◆ validation  ■ test".into(), palette.style(Role::Muted))];
    let inside = widgets::panel(pen, area, palette.style(Role::Border), &title, &[note]);
    let steps = runs.iter().map(|run| run.state.step).max().unwrap_or(0);
    let (curves, points, marks) = (Vec::new(), Vec::new(), Vec::new());
    let mut chart = Chart { measure, across: Across::steps(steps, Some(steps)), curves, points, marks };
    for (place, run) in runs.iter().enumerate() {
        let (role, letter) = sign(place);
        let (series, style) = (measure.smooth(&run.state.steps), palette.style(role));
        let letter = (runs.len() > 1).then_some(letter);
        chart.curves.push(Curve { series, step_at: None, from: 0, style, stroke: Stroke::Thick, letter });
        chart.judgements(&run.state, [style; 2]);
    }
    if let [run] = runs {
        chart.changes(&run.state);
    }
    chart.draw(context, inside, pen);
}
