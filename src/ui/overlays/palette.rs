//! Actions and hyperparameters, found by a few letters.

use ratatui::layout::Rect;

use super::super::pen::{Pen, columns};
use super::super::{Context, Role};
use super::{WIDE, draw_line, open};
use crate::app::{Palette, Target};
use crate::text::Word;

/// Lines that are shown at most.
const MOST: u16 = 16;

pub fn draw(context: &Context, found: &Palette, pen: &mut Pen) {
    let palette = &context.palette;
    let inside = open(context, Word::FindTitle, (WIDE, MOST.min(pen.area().height.saturating_sub(4))), pen);
    if inside.is_empty() {
        return;
    }
    draw_line(context, &found.line, Rect { height: 1, ..inside }, pen);
    let list = Rect { y: inside.y + 1, height: inside.height - 1, ..inside };
    pen.hits.set_rows(list.height);
    let (entries, selected, rows) = (found.shown(), found.selected(), usize::from(list.height));
    if entries.is_empty() {
        pen.text(list.x + 2, list.y, list.width.saturating_sub(2), &context.say(Word::NothingFound), palette.style(Role::Muted));
    }
    let first = selected.saturating_sub(rows / 2).min(entries.len().saturating_sub(rows));
    for (y, (place, entry)) in (list.y..list.bottom()).zip(entries.iter().enumerate().skip(first)) {
        let row = Rect { y, height: 1, ..list };
        pen.hits.add(row, Target::Item(place));
        let on = context.row(row, place == selected, pen);
        let note = columns(&entry.note);
        pen.text(row.x + 2, y, row.width.saturating_sub(note + 3), &entry.text, on(Role::Text));
        pen.text_right(row.right(), y, note, &entry.note, on(Role::Accent));
    }
}
