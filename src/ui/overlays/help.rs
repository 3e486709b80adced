//! The list of keys.

use ratatui::layout::Rect;

use super::super::pen::{Pen, columns};
use super::super::{Context, Role};
use super::{WIDE, draw_line, open};
use crate::app::{Help, HelpLine, Target};
use crate::text::Word;

pub fn draw(context: &Context, help: &Help, pen: &mut Pen) {
    let palette = &context.palette;
    let lines = help.lines();
    let keys = lines.iter().map(|line| if let HelpLine::Row(row) = line { columns(&row.keys_text()) } else { 0 }).max();
    let searched = help.is_searching || !help.search.text().is_empty();
    // As high as there is room, so that it stands still while lines are looked for.
    let rows = pen.area().height.saturating_sub(4);
    let mut inside = open(context, Word::KeysTitle, (WIDE, rows), pen);
    if searched && inside.height > 1 {
        pen.text(inside.x, inside.y, 2, "/", palette.style(Role::Muted));
        draw_line(context, &help.search, Rect { x: inside.x + 1, width: inside.width.saturating_sub(1), ..inside }, pen);
        inside = Rect { y: inside.y + 1, height: inside.height - 1, ..inside };
    }
    pen.hits.set_rows(inside.height);
    let most = lines.len().saturating_sub(inside.height.into());
    let scroll = help.scroll.min(most);
    for (y, (place, line)) in (inside.y..inside.bottom()).zip(lines.iter().enumerate().skip(scroll)) {
        match line {
            HelpLine::Heading(text) => {
                pen.text(inside.x, y, inside.width, &context.say(*text), palette.bold(Role::Text));
            }
            HelpLine::Row(row) => {
                pen.hits.add(Rect { y, height: 1, ..inside }, Target::Item(place));
                pen.text(inside.x + 1, y, inside.width.saturating_sub(1), &row.keys_text(), palette.bold(Role::Accent));
                let x = inside.x + keys.unwrap_or(0) + 3;
                let room = inside.right().saturating_sub(x);
                let help = context.say(row.help);
                let text = if columns(&help) <= room { help } else { context.say(row.label) };
                pen.text(x, y, room, &text, palette.style(Role::Text));
            }
            HelpLine::Blank => {}
        }
    }
    let more = match (scroll > 0, scroll < most) {
        (_, true) => Word::MoreDown,
        (true, false) => Word::MoreUp,
        (false, false) => return,
    };
    let more = format!(" {} ", context.say(more));
    pen.text_right(inside.right(), inside.bottom(), columns(&more), &more, palette.style(Role::Warning));
}
