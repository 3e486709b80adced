//! A box in which a text is typed.

use ratatui::layout::Rect;

use super::super::pen::Pen;
use super::super::{Context, Role};
use super::{WIDTH, draw_line, open};
use crate::app::Prompt;

pub fn draw(context: &Context, prompt: &Prompt, pen: &mut Pen) {
    let inside = open(context, prompt.title.clone(), (WIDTH, 2), pen);
    pen.text(inside.x, inside.y, inside.width, &context.say(prompt.hint), context.palette.style(Role::Muted));
    if inside.height > 1 {
        draw_line(context, &prompt.line, Rect { y: inside.y + 1, height: 1, ..inside }, pen);
    }
}
