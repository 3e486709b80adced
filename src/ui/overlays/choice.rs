//! A list to choose from.

use ratatui::layout::Rect;

use super::super::pen::{Pen, columns};
use super::super::{Context, Role};
use super::{WIDTH, open};
use crate::app::{Choice, Target};
use crate::text::Text;

pub fn draw(context: &Context, choice: &Choice, pen: &mut Pen) {
    let palette = &context.palette;
    let rows = (choice.items.len() as u16).min(pen.area().height.saturating_sub(4));
    let inside = open(context, choice.title, (WIDTH, rows), pen);
    let say = |text: &Text| text.say(context.language());
    let names = choice.items.iter().map(|item| columns(&say(&item.name))).max().unwrap_or(0);
    let room = usize::from(inside.height);
    pen.hits.set_rows(inside.height);
    let first = choice.selected.saturating_sub(room / 2).min(choice.items.len().saturating_sub(room));
    for (y, (place, item)) in (inside.y..inside.bottom()).zip(choice.items.iter().enumerate().skip(first)) {
        pen.hits.add(Rect { y, height: 1, ..inside }, Target::Item(place));
        let selected = place == choice.selected;
        let on = |role| if selected { palette.style(role).patch(palette.style(Role::Selection)) } else { palette.style(role) };
        if selected {
            pen.fill(Rect { y, height: 1, ..inside }, ' ', palette.base().patch(palette.style(Role::Selection)));
            pen.put(inside.x, y, '▸', on(Role::Accent));
        }
        pen.text(inside.x + 2, y, inside.width.saturating_sub(2), &say(&item.name), on(Role::Text));
        let x = inside.x + 2 + names + 2;
        pen.text(x, y, inside.right().saturating_sub(x), &say(&item.text), on(Role::Muted));
    }
}
