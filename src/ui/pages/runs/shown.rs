//! One run: everything about it, and its curves.

use ratatui::layout::Rect;

use super::super::super::pen::{Pen, columns};
use super::super::super::{Context, Role};
use super::{charts, framed};
use crate::app::LoadedRun;
use crate::run::store::facts;
use crate::text::Word;

/// Columns of the labels.
const LABELS: u16 = 21;

pub fn draw(context: &Context, run: &LoadedRun, body: Rect, pen: &mut Pen) {
    let palette = &context.palette;
    let wide = body.width >= 100;
    let text = Rect { width: if wide { body.width / 2 } else { body.width }, ..body };
    if wide {
        let beside = Rect { x: text.right(), width: body.width - text.width, ..body };
        charts::draw(context, std::slice::from_ref(run), beside, pen);
    }
    let facts = facts(&run.listed, &run.state, &run.checkpoints);
    let rows = usize::from(text.height.saturating_sub(2));
    let most = facts.len().saturating_sub(rows);
    let first = context.app.pages().runs.scroll().0.min(most);
    let more = match (first > 0, first < most) {
        (_, true) => vec![vec![(context.say(Word::MoreDown), palette.style(Role::Warning))]],
        (true, false) => vec![vec![(context.say(Word::MoreUp), palette.style(Role::Warning))]],
        (false, false) => Vec::new(),
    };
    let inside = framed(context, text, pen, run.listed.about.name(), &more);
    let labels = LABELS.min(inside.width / 3);
    for (y, (label, value)) in (inside.y..inside.bottom()).zip(facts.iter().skip(first)) {
        pen.text(inside.x + 1, y, labels.saturating_sub(1), label, palette.style(Role::Muted));
        let x = inside.x + 1 + labels;
        let room = inside.right().saturating_sub(x);
        // Of a path the end says most.
        let shown = if label == "folder" { tail(value, room) } else { value.clone() };
        pen.text(x, y, room, &shown, palette.style(Role::Text));
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
