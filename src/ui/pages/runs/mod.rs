//! The page of runs: the list, one run, several side by side, and what lies over them.

mod apart;
mod charts;
mod compared;
mod list;
mod shown;

use ratatui::layout::Rect;

use super::super::pen::{Pen, Piece};
use super::super::{Context, Role, widgets};
use crate::app::RunsView;

pub fn draw(context: &Context, body: Rect, pen: &mut Pen) {
    let page = &context.app.pages().runs;
    match page.view() {
        RunsView::List => list::draw(context, body, pen),
        RunsView::Shown(run) => shown::draw(context, run, body, pen),
        RunsView::Compared(runs, _) if page.galleries().is_some() => {
            page.galleries().into_iter().for_each(|galleries| apart::draw(context, runs, galleries, body, pen));
        }
        RunsView::Compared(runs, comparison) => compared::draw(context, runs, comparison, body, pen),
    }
}

/// A panel of the page; the keys act on all of it.
fn framed(context: &Context, area: Rect, pen: &mut Pen, name: &str, notes: &[Vec<Piece>]) -> Rect {
    let palette = &context.palette;
    widgets::panel(pen, area, palette.style(Role::Focus), &[(name.into(), palette.bold(Role::Focus))], notes)
}
