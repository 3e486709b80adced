//! Curves of recorded runs over each other.

use ratatui::layout::Rect;

use super::super::super::parts::chart::{Chart, Drawn};
use super::super::super::pen::{Pen, Piece};
use super::super::super::widgets::{self, Across, Curve, Stroke};
use super::super::super::{Context, Role};
use crate::app::{LoadedRun, Measure};
use crate::run::Unit;
use crate::text::Word;

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
    let (palette, page) = (&context.palette, &context.app.pages().runs);
    let title: [Piece; 1] = [(context.say(measure.name()), palette.bold(Role::Text))];
    let [training, validation, test] = [Word::OfTraining, Word::OfValidation, Word::OfTest].map(|word| context.say(word));
    let note = vec![
        (format!("━ {training}").into(), palette.style(Role::Muted)),
        (format!("  ◆ {validation}  ■ {test}").into(), palette.style(Role::Muted)),
    ];
    let inside = widgets::panel(pen, area, palette.style(Role::Border), &title, &[note]);
    let unit = page.unit();
    let shown = || runs.iter().enumerate().filter(|(place, _)| runs.len() == 1 || !page.is_hidden(*place));
    let step_at: Vec<_> = runs.iter().map(|run| move |x: f64| run.state.step_at(unit, x)).collect();
    let reach = shown().map(|(_, run)| run.state.along(unit, run.state.step as f64)).fold(0.0, f64::max);
    let across = if unit == Unit::Steps {
        Across::steps(reach as u64, Some(reach as u64))
    } else {
        Across { unit, from: 0.0, reach: if reach > 0.0 { reach } else { 1.0 } }
    };
    let mut chart = Chart { measure, across, curves: Vec::new(), points: Vec::new(), marks: Vec::new(), cursor: None };
    for (place, run) in shown() {
        let (role, letter) = sign(place);
        let (series, style) = (measure.smooth(&run.state.steps), palette.style(role));
        let letter = (runs.len() > 1).then_some(letter);
        let step_at: Option<&dyn Fn(f64) -> f64> = Some(&step_at[place]);
        chart.curves.push(Curve { series, step_at, from: 0, style, stroke: Stroke::Thick, memory: None, letter });
        chart.judgements(&run.state, [style; 3]);
    }
    if let [run] = runs {
        chart.changes(&run.state);
    }
    chart.draw(context, inside, pen);
}
