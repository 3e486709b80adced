//! A list to choose from.

use ratatui::layout::Rect;

use super::super::pen::{Pen, columns};
use super::super::{Context, Role};
use super::{WIDTH, open};
use crate::app::{Choice, Target};
use crate::text::Text;

pub fn draw(context: &Context, choice: &Choice, pen: &mut Pen) {
    let rows = (choice.items.len() as u16).min(pen.area().height.saturating_sub(4));
    let inside = open(context, choice.title, (WIDTH, rows), pen);
    let say = |text: &Text| text.say(context.language());
    let names = choice.items.iter().map(|item| columns(&say(&item.name))).max().unwrap_or(0);
    let room = usize::from(inside.height);
    pen.hits.set_rows(inside.height);
    let first = choice.selected.saturating_sub(room / 2).min(choice.items.len().saturating_sub(room));
    for (y, (place, item)) in (inside.y..inside.bottom()).zip(choice.items.iter().enumerate().skip(first)) {
        let row = Rect { y, height: 1, ..inside };
        pen.hits.add(row, Target::Item(place));
        let on = context.row(row, place == choice.selected, pen);
        pen.text(inside.x + 2, y, inside.width.saturating_sub(2), &say(&item.name), on(Role::Text));
        let x = inside.x + 2 + names + 2;
        pen.text(x, y, inside.right().saturating_sub(x), &say(&item.text), on(Role::Muted));
    }
}
