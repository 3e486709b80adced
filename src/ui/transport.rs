//! Where a recorded run stands that is played: the speed, the time, a bar with a notch where each epoch ends, the step.

use ratatui::layout::Rect;

use super::pen::{Pen, Piece, width};
use super::{Context, Role, number};
use crate::text::{Phrase, Word};

/// A bar of fewer columns tells nothing.
const SHORTEST_BAR: u16 = 8;

pub fn draw(context: &Context, area: Rect, pen: &mut Pen) {
    let Some(replay) = context.app.shared().replay.as_ref().filter(|_| !area.is_empty()) else { return };
    let palette = &context.palette;
    let (text, muted) = (palette.style(Role::Text), palette.style(Role::Muted));
    let (symbol, word, role) = match (replay.is_at_end(), replay.is_playing()) {
        (true, _) => ('■', Word::AtTheEnd, Role::Good),
        (false, true) => ('▶', Word::Playing, Role::Training),
        (false, false) => ('‖', Word::Paused, Role::Warning),
    };
    let (at, length) = replay.position();
    let time = |duration: std::time::Duration| number::duration(duration.as_secs_f64());
    let left: Vec<Piece> = vec![
        (format!("{symbol} {}", context.say(word)).into(), palette.bold(role)),
        (format!(" {}×", replay.speed()).into(), text),
        (format!("  {}", time(at)).into(), text),
        (format!(" / {}", time(length)).into(), muted),
    ];
    let (at, of) = (number::count(context.app.run().step), format!("/{}", number::count(replay.last_step())));
    let right = context.fact(&at.clone(), text, Phrase::Step { at, of });
    let x = area.x + 1 + pen.pieces(area.x + 1, area.y, area.width.saturating_sub(2), &left) + 2;
    let end = area.right().saturating_sub(1);
    // The step is in the header too: it goes first where there is little room.
    let right = if x + SHORTEST_BAR + 2 + width(&right) <= end { right } else { Vec::new() };
    pen.pieces(end.saturating_sub(width(&right)), area.y, width(&right), &right);
    let columns = end.saturating_sub(x + width(&right) + if right.is_empty() { 0 } else { 2 });
    if columns < SHORTEST_BAR {
        return;
    }
    let column = |part: f64| (part * f64::from(columns - 1)).round() as u16;
    let here = column(replay.part());
    let ends: Vec<u16> = replay.epoch_ends().map(column).collect();
    let notches = ends.len() <= usize::from(columns) / 4;
    for i in 0..columns {
        let (symbol, role) = match (i == here, i < here, notches && ends.contains(&i)) {
            (true, ..) => ('●', Role::Accent),
            (_, true, _) => ('━', Role::Training),
            (_, _, true) => ('┼', Role::Border),
            _ => ('─', Role::Border),
        };
        pen.put(x + i, area.y, symbol, palette.style(role));
    }
}
