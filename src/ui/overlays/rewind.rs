//! The moments that a run can be taken back to, and the learning rate with which it goes on.

use ratatui::layout::Rect;
use ratatui::style::Modifier;

use super::super::pen::{Pen, Piece, columns};
use super::super::{Context, Role, number};
use super::{WIDTH, open};
use crate::app::{Rate, Rewind, Target};
use crate::protocol::Hyper;
use crate::text::{Phrase, Word};

pub fn draw(context: &Context, rewind: &Rewind, pen: &mut Pen) {
    let rows = (rewind.ways.len() as u16).min(pen.area().height.saturating_sub(6).max(1));
    let inside = open(context, Word::RewindTitle, (WIDTH, rows + 2), pen);
    let list = Rect { height: inside.height.saturating_sub(2).max(1), ..inside };
    draw_ways(context, rewind, list, pen);
    let y = inside.bottom().saturating_sub(1);
    if y > list.bottom() {
        draw_rate(context, rewind, Rect { y, height: 1, ..inside }, pen);
    }
}

fn draw_ways(context: &Context, rewind: &Rewind, list: Rect, pen: &mut Pen) {
    let palette = &context.palette;
    let names = rewind.ways.iter().map(|way| columns(&context.say(way.name.clone()))).max().unwrap_or(0);
    let steps: Vec<String> = rewind.ways.iter().map(|way| number::count(way.step)).collect();
    let digits = steps.iter().map(|step| step.len()).max().unwrap_or(0);
    let room = usize::from(list.height);
    pen.hits.set_rows(list.height);
    let first = rewind.selected.saturating_sub(room / 2).min(rewind.ways.len().saturating_sub(room));
    for (y, (place, way)) in (list.y..list.bottom()).zip(rewind.ways.iter().enumerate().skip(first)) {
        let row = Rect { y, height: 1, ..list };
        pen.hits.add(row, Target::Item(place));
        let selected = place == rewind.selected;
        let on = |role| if selected { palette.style(role).patch(palette.style(Role::Selection)) } else { palette.style(role) };
        if selected {
            pen.fill(row, ' ', palette.base().patch(palette.style(Role::Selection)));
            pen.put(list.x, y, '▸', on(Role::Accent));
        }
        pen.text(list.x + 2, y, list.width.saturating_sub(2), &context.say(way.name.clone()), on(Role::Text));
        let step = context.say(Phrase::Step { at: format!("{:>digits$}", steps[place]), of: String::new() });
        let mut facts: Vec<Piece> = vec![(step, on(Role::Muted))];
        if let Some((loss, accuracy)) = way.judged {
            let facts_of = format!("  {} {}  {}", context.say(Word::LossFact), number::figure(loss), number::percent(accuracy));
            facts.push((facts_of.into(), on(Role::Validation)));
        }
        let x = list.x + 2 + names + 3;
        pen.pieces(x, y, list.right().saturating_sub(x), &facts);
    }
}

/// What the learning rate will be, and why.
fn draw_rate(context: &Context, rewind: &Rewind, row: Rect, pen: &mut Pen) {
    let palette = &context.palette;
    let (muted, bold) = (palette.style(Role::Muted), palette.bold(Role::Accent));
    let now = Hyper::LearningRate.display(rewind.now);
    let name = context.say(crate::text::Text::from(Hyper::LearningRate));
    let mut pieces: Vec<Piece> = vec![(format!("{name}  ").into(), palette.style(Role::Text))];
    match rewind.rate() {
        Rate::Halved(rate) => {
            pieces.push((format!("◂ {} ▸", Hyper::LearningRate.display(rate)).into(), bold));
            pieces.push((format!("  {}", context.say(Phrase::HalfOf { rate: now })).into(), muted));
        }
        Rate::AsThen(rate) => {
            pieces.push((format!("◂ {} ▸", Hyper::LearningRate.display(rate)).into(), bold));
            pieces.push((format!("  {}", context.say(Phrase::AsItWasThen { rate: now })).into(), muted));
        }
        Rate::Typed(edit) => {
            let (before, behind) = edit.parts();
            let mut rest = behind.chars();
            let under = rest.next().map_or(" ".to_owned(), String::from);
            pieces.push((before.to_owned().into(), bold));
            pieces.push((under.into(), bold.add_modifier(Modifier::REVERSED)));
            pieces.push((rest.as_str().to_owned().into(), bold));
            let (text, style) = match edit.value() {
                Ok(_) => (context.say(Word::AsTyped), muted),
                Err(problem) => (context.say(problem), palette.style(Role::Bad)),
            };
            pieces.push((format!("  {text}").into(), style));
        }
    }
    pen.pieces(row.x + 2, row.y, row.width.saturating_sub(2), &pieces);
}
