//! The page of runs: the list, one run, several side by side, and what lies over them.

mod charts;
mod compared;
mod dialogue;
mod list;
mod shown;

pub use dialogue::{draw_choice, draw_prompt, draw_question};

use ratatui::layout::Rect;

use super::super::pen::{Pen, Piece, columns};
use super::super::{Context, Role, widgets};
use crate::app::RunsView;

pub fn draw(context: &Context, body: Rect, pen: &mut Pen) {
    match context.app.runs().view() {
        RunsView::List => list::draw(context, body, pen),
        RunsView::Shown(run) => shown::draw(context, run, body, pen),
        RunsView::Compared(runs, comparison) => compared::draw(context, runs, comparison, body, pen),
    }
    draw_news(context, body, pen);
}

/// A panel of the page; the keys act on all of it.
fn framed(context: &Context, area: Rect, pen: &mut Pen, name: &str, notes: &[Vec<Piece>]) -> Rect {
    let palette = &context.palette;
    widgets::panel(pen, area, palette.style(Role::Focus), &[(name.into(), palette.bold(Role::Focus))], notes)
}

/// What came of the last request, on the lower border.
fn draw_news(context: &Context, body: Rect, pen: &mut Pen) {
    let (app, palette) = (context.app, &context.palette);
    let (text, role) = match (app.runs().problem(), app.notice()) {
        (Some(problem), _) => (format!(" ✗ {problem} "), Role::Bad),
        (None, Some(notice)) => (format!(" {notice} "), Role::Warning),
        (None, None) => return,
    };
    if body.height >= 2 {
        let room = body.width.saturating_sub(4);
        pen.text(body.x + 2, body.bottom() - 1, columns(&text).min(room), &text, palette.bold(role));
    }
}
