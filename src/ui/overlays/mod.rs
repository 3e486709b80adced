//! What lies over a page, one file each.

mod choice;
mod drawer;
mod explain;
mod help;
mod palette;
mod prompt;
mod question;
mod rewind;

use ratatui::layout::Rect;

use super::pen::{Pen, columns, typed};
use super::widgets::dialog;
use super::{Context, Role};
use crate::app::{Line, Overlay};
use crate::text::Text;

/// Columns of boxes.
const WIDTH: u16 = 72;
/// Columns of boxes in which keys stand with all that they do.
const WIDE: u16 = 98;

/// Draws what lies over the page.
pub fn draw(context: &Context, body: Rect, pen: &mut Pen) {
    for overlay in &context.app.shared().overlays {
        match overlay {
            // It is drawn in its place.
            Overlay::Edit(_) => {}
            Overlay::Prompt(prompt) => prompt::draw(context, prompt, pen),
            Overlay::Choice(choice) => choice::draw(context, choice, pen),
            Overlay::Question(question) => question::draw(context, question, pen),
            Overlay::Help(help) => help::draw(context, help, pen),
            Overlay::Explain(explained) => explain::draw(context, explained, body, pen),
            Overlay::Drawer(_) => drawer::draw(context, body, pen),
            Overlay::Rewind(rewind) => rewind::draw(context, rewind, pen),
            Overlay::Palette(palette) => palette::draw(context, palette, pen),
        }
    }
}

/// An empty box with a title, with as many columns and rows inside as there is room for.
fn open(context: &Context, title: impl Into<Text>, (width, rows): (u16, u16), pen: &mut Pen) -> Rect {
    let palette = &context.palette;
    let title = [(context.say(title), palette.bold(Role::Focus))];
    dialog(pen, width, rows + 2, palette.base(), palette.style(Role::Focus), &title)
}

/// A line that is being typed, with its cursor, which is always seen.
fn draw_line(context: &Context, line: &Line, area: Rect, pen: &mut Pen) {
    let (before, behind) = line.parts();
    let starts = before.char_indices().map(|(at, _)| at).chain([before.len()]);
    let start = starts.into_iter().find(|at| columns(&before[*at..]) < area.width).unwrap_or(before.len());
    let pieces = typed(&before[start..], behind, context.palette.bold(Role::Accent));
    pen.pieces(area.x, area.y, area.width, &pieces);
}
