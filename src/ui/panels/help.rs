//! The list of keys.

use super::super::pen::{Pen, columns};
use super::super::widgets::dialog;
use super::super::{Context, Role};
use crate::app::{ACTIONS, Binding, When};

/// Columns of the box.
const WIDTH: u16 = 72;

/// A line of the list.
enum Line {
    Heading(&'static str),
    Row(&'static Binding),
    Blank,
}

pub fn draw(context: &Context, scroll: usize, pen: &mut Pen) {
    let palette = &context.palette;
    let mut lines = Vec::new();
    for (when, heading) in When::ALL {
        lines.extend([Line::Blank, Line::Heading(heading)]);
        lines.extend(ACTIONS.iter().filter(|row| row.when == when).map(Line::Row));
    }
    lines.remove(0);
    let keys = ACTIONS.iter().map(|row| columns(&row.keys_text())).max().unwrap_or(0);
    let title = [("Keys".into(), palette.bold(Role::Focus))];
    let rows = (lines.len() as u16 + 2).min(pen.area().height.saturating_sub(2));
    let inside = dialog(pen, WIDTH, rows, palette.base(), palette.style(Role::Focus), &title);
    let most = lines.len().saturating_sub(inside.height.into());
    let scroll = scroll.min(most);
    for (y, line) in (inside.y..inside.bottom()).zip(&lines[scroll..]) {
        match line {
            Line::Heading(text) => {
                pen.text(inside.x, y, inside.width, text, palette.bold(Role::Text));
            }
            Line::Row(row) => {
                pen.text(inside.x + 1, y, inside.width.saturating_sub(1), &row.keys_text(), palette.bold(Role::Accent));
                let x = inside.x + keys + 3;
                let room = inside.right().saturating_sub(x);
                let text = if columns(row.help) <= room { row.help } else { row.label };
                pen.text(x, y, room, text, palette.style(Role::Text));
            }
            Line::Blank => {}
        }
    }
    let more = match (scroll > 0, scroll < most) {
        (_, true) => "↓ more",
        (true, false) => "↑ more",
        (false, false) => return,
    };
    pen.text_right(inside.right(), inside.bottom(), 8, &format!(" {more} "), palette.style(Role::Warning));
}
