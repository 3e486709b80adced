//! The panels of the overview, one file each, and what lies over them.

mod augmented;
mod chart;
mod confusion;
mod events;
mod footer;
mod header;
mod help;
mod hypers;
mod question;
mod runs;
mod samples;
mod transport;

use ratatui::layout::Rect;

use super::layout::Layout;
use super::pen::{Pen, Piece};
use super::{Context, Role, widgets};
use crate::app::{Mode, Page, Panel, SampleView};

/// Draws everything.
pub fn draw(context: &Context, layout: &Layout, pen: &mut Pen) {
    header::draw(context, layout, pen);
    transport::draw(context, layout.transport, pen);
    if context.app.page() == Page::Runs {
        runs::draw(context, layout.body, pen);
    }
    let panels = layout.panels.iter().filter(|_| context.app.page() == Page::Overview);
    for (panel, area) in panels {
        match panel {
            Panel::Loss => chart::draw_overview(context, chart::Measure::Loss, *area, pen),
            Panel::Accuracy => chart::draw_overview(context, chart::Measure::Accuracy, *area, pen),
            Panel::Hypers => hypers::draw(context, *area, pen),
            Panel::Confusion => confusion::draw(context, *area, pen),
            Panel::Samples if context.app.sample_view() == SampleView::Augmented => augmented::draw(context, *area, pen),
            Panel::Samples => samples::draw(context, *area, pen),
            Panel::Events => events::draw(context, *area, pen),
        }
    }
    footer::draw(context, layout, pen);
    match context.app.mode() {
        Mode::Help(scroll) => help::draw(context, *scroll, pen),
        Mode::Quitting => question::draw_quit(context, pen),
        Mode::Stopping => question::draw_stop(context, pen),
        Mode::TakingOver => question::draw_take_over(context, pen),
        Mode::Typing(prompt) => runs::draw_prompt(context, prompt, pen),
        Mode::Choosing(choice) => runs::draw_choice(context, choice, pen),
        Mode::Confirming(question) => runs::draw_question(context, question, pen),
        Mode::Watching | Mode::Editing(_) | Mode::Browsing | Mode::Looking => {}
    }
}

/// A panel's border, its title and the notes at the right of it; gives the area inside.
fn framed(context: &Context, panel: Panel, area: Rect, pen: &mut Pen, title: &[Piece], notes: &[Vec<Piece>]) -> Rect {
    let role = if context.app.focus() == panel { Role::Focus } else { Role::Border };
    widgets::panel(pen, area, context.palette.style(role), title, notes)
}

/// The name of a panel, as a title.
fn title<'a>(context: &Context, panel: Panel, name: &'a str) -> Piece<'a> {
    let role = if context.app.focus() == panel { Role::Focus } else { Role::Text };
    (name.into(), context.palette.bold(role))
}
