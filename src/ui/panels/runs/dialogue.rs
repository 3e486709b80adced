//! What lies over the page of runs: a line to type, a list to choose from, a question.

use ratatui::layout::Rect;
use ratatui::style::Modifier;

use super::super::super::pen::{Pen, Piece, columns};
use super::super::super::widgets::dialog;
use super::super::super::{Context, Role};
use crate::app::{ACTIONS, Choice, Prompt, PromptKind, Question, When};

/// Columns of the boxes.
const WIDTH: u16 = 72;

fn open(context: &Context, title: &str, rows: u16, pen: &mut Pen) -> Rect {
    let palette = &context.palette;
    dialog(pen, WIDTH, rows + 2, palette.base(), palette.style(Role::Focus), &[(title.into(), palette.bold(Role::Focus))])
}

pub fn draw_prompt(context: &Context, prompt: &Prompt, pen: &mut Pen) {
    let palette = &context.palette;
    let (title, hint) = match &prompt.kind {
        PromptKind::Filter { .. } => ("Filter".to_owned(), "only runs with this: a part of a name, seed=7, status=running"),
        PromptKind::Rename(_) => ("Rename".to_owned(), "the new name"),
        PromptKind::Note(_) => ("Note".to_owned(), "nothing takes the note away"),
        PromptKind::Export(_, format) if format.is_folder() => (format!("Export as {}", format.name()), "to this folder"),
        PromptKind::Export(_, format) => (format!("Export as {}", format.name()), "to this file"),
    };
    let inside = open(context, &title, 2, pen);
    pen.text(inside.x, inside.y, inside.width, hint, palette.style(Role::Muted));
    if inside.height < 2 {
        return;
    }
    let (before, behind) = prompt.line.parts();
    // The cursor is always seen.
    let starts = before.char_indices().map(|(at, _)| at).chain([before.len()]);
    let start = starts.into_iter().find(|at| columns(&before[*at..]) < inside.width).unwrap_or(before.len());
    let mut rest = behind.chars();
    let under = rest.next().map_or(" ".to_owned(), String::from);
    let style = palette.bold(Role::Accent);
    let pieces: [Piece; 3] =
        [(before[start..].into(), style), (under.into(), style.add_modifier(Modifier::REVERSED)), (rest.as_str().into(), style)];
    pen.pieces(inside.x, inside.y + 1, inside.width, &pieces);
}

pub fn draw_choice(context: &Context, choice: &Choice, pen: &mut Pen) {
    let palette = &context.palette;
    let rows = (choice.items.len() as u16).min(pen.area().height.saturating_sub(4));
    let inside = open(context, choice.title, rows, pen);
    let texts: Vec<(String, String)> = choice.items.iter().map(|item| item.texts()).collect();
    let names = texts.iter().map(|(name, _)| columns(name)).max().unwrap_or(0);
    let room = usize::from(inside.height);
    let first = choice.selected.saturating_sub(room / 2).min(texts.len().saturating_sub(room));
    for (y, (place, (name, text))) in (inside.y..inside.bottom()).zip(texts.iter().enumerate().skip(first)) {
        let selected = place == choice.selected;
        let on = |role| if selected { palette.style(role).patch(palette.style(Role::Selection)) } else { palette.style(role) };
        if selected {
            pen.fill(Rect { y, height: 1, ..inside }, ' ', palette.base().patch(palette.style(Role::Selection)));
            pen.put(inside.x, y, '▸', on(Role::Accent));
        }
        pen.text(inside.x + 2, y, inside.width.saturating_sub(2), name, on(Role::Text));
        let x = inside.x + 2 + names + 2;
        pen.text(x, y, inside.right().saturating_sub(x), text, on(Role::Muted));
    }
}

pub fn draw_question(context: &Context, question: &Question, pen: &mut Pen) {
    let palette = &context.palette;
    let rows: Vec<_> = ACTIONS.iter().filter(|row| row.when == When::Confirming).collect();
    let inside = open(context, question.title, 2 + rows.len() as u16, pen);
    pen.text(inside.x, inside.y, inside.width, &question.text, palette.style(Role::Text));
    for (y, row) in (inside.y + 2..inside.bottom()).zip(rows) {
        let keys = row.keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        pen.text(inside.x + 1, y, inside.width, &keys, palette.bold(Role::Accent));
        pen.text(inside.x + 10, y, inside.width.saturating_sub(10), row.help, palette.style(Role::Text));
    }
}
