//! Runs side by side: their curves over each other, where their recipes differ, and their figures.

use ratatui::layout::Rect;

use super::super::super::pen::{Pen, columns};
use super::super::super::{Context, Role};
use super::charts::{self, sign};
use super::framed;
use crate::app::LoadedRun;
use crate::run::{ComparedLine, Comparison};
use crate::text::{Phrase, Word};

/// The least and the most columns of a run.
const RUN: (u16, u16) = (11, 24);

pub fn draw(context: &Context, runs: &[LoadedRun], comparison: &Comparison, body: Rect, pen: &mut Pen) {
    let lines = comparison.lines();
    let wanted = lines.len() as u16 + 3;
    let chart_rows = if body.height >= 16 { (body.height - wanted.min(body.height)).max(body.height * 2 / 5) } else { 0 };
    if chart_rows > 0 {
        charts::draw(context, runs, Rect { height: chart_rows, ..body }, pen);
    }
    draw_table(context, runs, &lines, Rect { y: body.y + chart_rows, height: body.height - chart_rows, ..body }, pen);
}

fn draw_table(context: &Context, runs: &[LoadedRun], lines: &[ComparedLine], area: Rect, pen: &mut Pen) {
    let (palette, page) = (&context.palette, &context.app.pages().runs);
    let (down, selected) = (page.scroll().0, page.scroll().1.min(runs.len().saturating_sub(1)));
    let rows = usize::from(area.height.saturating_sub(3));
    let most = lines.len().saturating_sub(rows);
    let top = down.min(most);
    let room = area.width.saturating_sub(3);
    let widest = lines.iter().map(|line| columns(&line.label.say(context.language()))).max().unwrap_or(0);
    let labels = (widest + 2).min(room / 3);
    // As wide as the widest text of its column, but none so wide that its neighbours are not seen.
    let widths: Vec<u16> = (0..runs.len())
        .map(|run| {
            let cells = lines.iter().filter_map(|line| line.cells.get(run)).map(|(text, _)| columns(text) + 2);
            let widest = cells.chain([columns(runs[run].listed.about.name()) + 4]).max().unwrap_or(0) + 1;
            widest.clamp(RUN.0, RUN.1).min(room.saturating_sub(labels).max(1))
        })
        .collect();
    let fits = |from: usize| {
        let mut left = room.saturating_sub(labels);
        let fitting = widths[from..].iter().take_while(|width| {
            let fits = **width <= left;
            left = left.saturating_sub(**width);
            fits
        });
        fitting.count()
    };
    let from = (0..selected).find(|from| from + fits(*from) > selected).unwrap_or(selected);
    let shown = from..from + fits(from);
    let mut notes = Vec::new();
    if shown.len() < runs.len() {
        notes.push(vec![(
            context.say(Phrase::RunsShown { first: from + 1, last: shown.end, all: runs.len() }),
            palette.style(Role::Warning),
        )]);
    }
    if most > 0 {
        let arrow = if top < most { Word::MoreDown } else { Word::MoreUp };
        notes.push(vec![(context.say(arrow), palette.style(Role::Warning))]);
    }
    notes.push(vec![(context.say(Word::TheBest), palette.style(Role::Good))]);
    let inside = framed(context, area, pen, &context.say(Phrase::SideBySide { runs: runs.len() }), &notes);
    if inside.is_empty() {
        return;
    }
    let mut x = inside.x + 1 + labels;
    for run in shown.clone() {
        let (role, letter) = sign(run);
        // The legend of the charts, too: a line in the colour of each curve that is there.
        let hidden = page.is_hidden(run);
        let name = format!("{}{letter} {}", if hidden { "" } else { "━ " }, runs[run].listed.about.name());
        let style = if hidden { palette.style(Role::Muted) } else { palette.bold(role) };
        let style = if run == selected { style.patch(palette.style(Role::Selection)) } else { style };
        pen.text_right(x + widths[run], inside.y, widths[run] - 1, &clipped(&name, widths[run] - 1), style);
        x += widths[run];
    }
    for (y, line) in (inside.y + 1..inside.bottom()).zip(lines.iter().skip(top)) {
        pen.text(inside.x + 1, y, labels.saturating_sub(1), &line.label.say(context.language()), palette.style(Role::Muted));
        let mut x = inside.x + 1 + labels;
        for run in shown.clone() {
            if let Some((text, best)) = line.cells.get(run) {
                let style = if *best { palette.bold(Role::Good) } else { palette.style(Role::Text) };
                let text = clipped(text, widths[run].saturating_sub(3));
                pen.text_right(x + widths[run] - 2, y, widths[run] - 3, &text, style);
                if *best {
                    pen.put(x + widths[run] - 1, y, '*', style);
                }
            }
            x += widths[run];
        }
    }
}

/// A text that stands at the right, cut at its end.
fn clipped(text: &str, room: u16) -> String {
    if columns(text) <= room {
        return text.to_owned();
    }
    format!("{}…", super::super::super::pen::clip(text, room.saturating_sub(1)))
}
