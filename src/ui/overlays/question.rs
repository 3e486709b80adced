//! A question, and its answers.

use ratatui::layout::Rect;

use super::super::pen::{Pen, columns};
use super::super::widgets::dialog;
use super::super::{Context, Role};
use crate::app::{Key, Question, Row, Target};

/// Columns of the boxes.
const WIDTH: u16 = 60;

pub fn draw(context: &Context, question: &Question, pen: &mut Pen) {
    let palette = &context.palette;
    let rows = question.answers;
    let title = [(context.say(question.title), palette.bold(Role::Focus))];
    let height = rows.len() as u16 + if pen.area().height >= 12 { 4 } else { 2 };
    let inside = dialog(pen, WIDTH, height, palette.base(), palette.style(Role::Focus), &title);
    let mut y = inside.y;
    if usize::from(inside.height) >= rows.len() + 2 {
        pen.text(inside.x, y, inside.width, &question.text.say(context.language()), palette.style(Role::Muted));
        y += 2;
    }
    let keymap = &context.app.shared().keymap;
    let shown = |row: &Row<Question>| keymap.keys(row.id, row.keys).first().map(Key::to_string).unwrap_or_default();
    let keys = rows.iter().map(|row| columns(&shown(row))).max().unwrap_or(0);
    for row in rows {
        if y >= inside.bottom() {
            return;
        }
        pen.hits.add(Rect { y, height: 1, ..inside }, Target::Row(row.id));
        pen.text(inside.x + 1, y, inside.width.saturating_sub(1), &shown(row), palette.bold(Role::Accent));
        let x = inside.x + 1 + keys + 2;
        let room = inside.right().saturating_sub(x);
        let help = context.say(row.help);
        let text = if columns(&help) <= room { help } else { context.say(row.label) };
        pen.text(x, y, room, &text, palette.style(Role::Text));
        y += 1;
    }
}
