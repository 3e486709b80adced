//! What happened, the newest at the bottom.

use ratatui::layout::Rect;

use super::super::pen::{Pen, Piece, columns};
use super::super::{Context, Role, number};
use super::{framed, title, verdict};
use crate::app::Panel;
use crate::protocol::Split;
use crate::run::LogKind;
use crate::text::{Phrase, Word};

pub fn draw(context: &Context, area: Rect, pen: &mut Pen) {
    let (app, palette) = (context.app, &context.palette);
    let log = &app.run().log;
    let muted = palette.style(Role::Muted);
    let rows = usize::from(area.height.saturating_sub(2));
    // Scrolled up at most until the oldest stands at the top.
    let scroll = context.view.events_scroll.min(log.len().saturating_sub(rows));
    let end = log.len() - scroll;
    let lines = &log[end.saturating_sub(rows)..end];
    let mut notes: Vec<Vec<Piece>> = Vec::new();
    if scroll > 0 {
        notes.push(vec![(context.say(Phrase::MoreBelow { count: scroll }), palette.style(Role::Warning))]);
    }
    let inside = framed(context, Panel::Events, area, pen, &[title(context, Panel::Events, Word::EventsTitle)], &notes);
    let clock = lines.iter().map(|line| columns(&elapsed(line.at_ms))).max().unwrap_or(0);
    let steps = lines.iter().map(|line| columns(&number::count(line.step))).max().unwrap_or(0);
    for (y, line) in (inside.y..inside.bottom()).zip(lines) {
        let right = inside.right();
        let mut x = inside.x + 1;
        pen.text_right(x + clock, y, clock, &elapsed(line.at_ms), muted);
        x += clock + 2;
        if inside.width >= 56 {
            pen.text_right(x + steps, y, steps, &number::count(line.step), muted);
            x += steps + 2;
        }
        let role = match line.kind {
            LogKind::Progress => Role::Text,
            LogKind::Intervention(_) => Role::Accent,
            LogKind::Judgement(Split::Test) => Role::Test,
            LogKind::Judgement(Split::Validation) => Role::Validation,
            LogKind::Problem => Role::Bad,
        };
        if let LogKind::Intervention(mark) = line.kind {
            x += pen.text(x, y, right.saturating_sub(x), &mark.to_string(), palette.badge()) + 1;
        }
        x += pen.text(x, y, right.saturating_sub(x), &line.text.say(context.language()), palette.style(role));
        if let LogKind::Intervention(mark) = line.kind
            && let Some(impact) = app.run().impacts.of(mark).filter(|impact| impact.measured.is_some())
        {
            let (word, role) = verdict(impact.verdict, true);
            pen.text(x, y, right.saturating_sub(x), &format!(" · {}", context.say(word)), palette.style(role));
        }
    }
}

fn elapsed(at_ms: u64) -> String {
    number::duration(at_ms as f64 / 1000.0)
}
