//! A few lines on what has the focus, at the lower edge of the page.

use ratatui::layout::Rect;

use super::super::pen::Pen;
use super::super::widgets::{panel, wrapped};
use super::super::{Context, Role};
use crate::app::Explained;

/// The most columns that are read with ease.
const WIDTH: u16 = 96;

pub fn draw(context: &Context, explained: &Explained, body: Rect, pen: &mut Pen) {
    let palette = &context.palette;
    let text = explained.text.say(context.language());
    let width = WIDTH.min(body.width);
    let lines: Vec<String> = text.lines().flat_map(|line| wrapped(line, width.saturating_sub(4))).collect();
    let height = (lines.len() as u16 + 2).min(body.height);
    let area = Rect { x: body.x + (body.width - width) / 2, y: body.bottom() - height, width, height };
    pen.hits.cover(pen.area(), area);
    pen.fill(area, ' ', palette.base());
    let title = [(explained.title.say(context.language()), palette.bold(Role::Focus))];
    let inside = panel(pen, area, palette.style(Role::Focus), &title, &[]);
    for (y, line) in (inside.y..inside.bottom()).zip(&lines) {
        pen.text(inside.x + 1, y, inside.width.saturating_sub(2), line, palette.style(Role::Text));
    }
}
