//! Questions over the dashboard: how to leave, whether to stop.

use super::super::pen::{Pen, columns};
use super::super::widgets::dialog;
use super::super::{Context, Role};
use crate::app::{ACTIONS, Control, Key, When};

/// Columns of the boxes.
const WIDTH: u16 = 60;

pub fn draw_quit(context: &Context, pen: &mut Pen) {
    draw(context, "Leave?", "Meanwhile the training goes on.", When::Quitting, pen);
}

pub fn draw_stop(context: &Context, pen: &mut Pen) {
    draw(context, "Stop the training?", "The network is then judged on the test set.", When::Stopping, pen);
}

pub fn draw_take_over(context: &Context, pen: &mut Pen) {
    let text = match context.app.control() {
        Control::Observing { by: Some(by) } => format!("{by} steers, and will watch then."),
        _ => "Nobody steers at the moment.".into(),
    };
    draw(context, "Take over?", &text, When::TakingOver, pen);
}

fn draw(context: &Context, name: &str, text: &str, when: When, pen: &mut Pen) {
    let palette = &context.palette;
    let rows: Vec<_> = ACTIONS.iter().filter(|row| row.when == when).collect();
    let title = [(name.into(), palette.bold(Role::Focus))];
    let height = rows.len() as u16 + if pen.area().height >= 12 { 4 } else { 2 };
    let inside = dialog(pen, WIDTH, height, palette.base(), palette.style(Role::Focus), &title);
    let mut y = inside.y;
    if usize::from(inside.height) >= rows.len() + 2 {
        pen.text(inside.x, y, inside.width, text, palette.style(Role::Muted));
        y += 2;
    }
    let shown = |row: &crate::app::Binding| row.keys.first().map(Key::to_string).unwrap_or_default();
    let keys = rows.iter().map(|row| columns(&shown(row))).max().unwrap_or(0);
    for row in rows {
        if y >= inside.bottom() {
            return;
        }
        pen.text(inside.x + 1, y, inside.width.saturating_sub(1), &shown(row), palette.bold(Role::Accent));
        let x = inside.x + 1 + keys + 2;
        let room = inside.right().saturating_sub(x);
        let text = if columns(row.help) <= room { row.help } else { row.label };
        pen.text(x, y, room, text, palette.style(Role::Text));
        y += 1;
    }
}
