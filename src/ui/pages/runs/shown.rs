//! One run: everything about it, and its curves.

use std::borrow::Cow;

use ratatui::layout::Rect;

use super::super::super::pen::{Pen, columns};
use super::super::super::widgets::wrapped;
use super::super::super::{Context, Role};
use super::{charts, framed};
use crate::app::LoadedRun;
use crate::run::store::facts;
use crate::text::{FactLabel, Text, Word};

pub fn draw(context: &Context, run: &LoadedRun, body: Rect, pen: &mut Pen) {
    let palette = &context.palette;
    let wide = body.width >= 100;
    let text = Rect { width: if wide { body.width / 2 } else { body.width }, ..body };
    if wide {
        let beside = Rect { x: text.right(), width: body.width - text.width, ..body };
        charts::draw(context, std::slice::from_ref(run), beside, pen);
    }
    let facts = facts(&run.listed, &run.state, &run.checkpoints);
    let say = |text: &Text| text.say(context.language());
    let widest = facts.iter().map(|(label, _)| columns(&say(label))).max().unwrap_or(0);
    let labels = (widest + 2).min(text.width / 2);
    let room = text.width.saturating_sub(labels + 4);
    let mut lines: Vec<(Cow<str>, String)> = Vec::new();
    for (label, value) in &facts {
        let (value, mut label_of) = (say(value), Some(say(label)));
        // Of a path the end says most.
        let folder = *label == FactLabel::Folder.into();
        let rows = if folder { vec![tail(&value, room)] } else { wrapped(&value, room) };
        let rows = if rows.is_empty() { vec![String::new()] } else { rows };
        lines.extend(rows.into_iter().map(|row| (label_of.take().unwrap_or_default(), row)));
    }
    let rows = usize::from(text.height.saturating_sub(2));
    let most = lines.len().saturating_sub(rows);
    let first = context.app.pages().runs.scroll().0.min(most);
    let more = match (first > 0, first < most) {
        (_, true) => vec![vec![(context.say(Word::MoreDown), palette.style(Role::Warning))]],
        (true, false) => vec![vec![(context.say(Word::MoreUp), palette.style(Role::Warning))]],
        (false, false) => Vec::new(),
    };
    let inside = framed(context, text, pen, run.listed.about.name(), &more);
    for (y, (label, value)) in (inside.y..inside.bottom()).zip(lines.iter().skip(first)) {
        pen.text(inside.x + 1, y, labels, label, palette.style(Role::Muted));
        pen.text(inside.x + 1 + labels, y, room, value, palette.style(Role::Text));
    }
}

/// The end of a text that is too wide.
fn tail(text: &str, room: u16) -> String {
    if columns(text) <= room {
        return text.to_owned();
    }
    let ends = text.char_indices().map(|(at, _)| &text[at..]);
    let end = ends.into_iter().find(|end| columns(end) < room).unwrap_or_default();
    format!("…{end}")
}
