//! The moments that a run can be taken back to, and the learning rate with which it goes on.

use ratatui::layout::Rect;

use super::super::pen::{Pen, Piece, columns, typed};
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
    let names = rewind.ways.iter().map(|way| columns(&context.say(way.name.clone()))).max().unwrap_or(0);
    let steps: Vec<String> = rewind.ways.iter().map(|way| number::count(way.step)).collect();
    let digits = steps.iter().map(|step| step.len()).max().unwrap_or(0);
    let room = usize::from(list.height);
    pen.hits.set_rows(list.height);
    let first = rewind.selected.saturating_sub(room / 2).min(rewind.ways.len().saturating_sub(room));
    for (y, (place, way)) in (list.y..list.bottom()).zip(rewind.ways.iter().enumerate().skip(first)) {
        let row = Rect { y, height: 1, ..list };
        pen.hits.add(row, Target::Item(place));
        let on = context.row(row, place == rewind.selected, pen);
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
    let name = context.say(Hyper::LearningRate);
    let mut pieces: Vec<Piece> = vec![(format!("{name}  ").into(), palette.style(Role::Text))];
    let turned = |rate, why: Phrase| {
        let rate = format!("◂ {} ▸", Hyper::LearningRate.display(rate));
        [(rate.into(), bold), (format!("  {}", context.say(why)).into(), muted)]
    };
    match rewind.rate() {
        Rate::Halved(rate) => pieces.extend(turned(rate, Phrase::HalfOf { rate: now })),
        Rate::AsThen(rate) => pieces.extend(turned(rate, Phrase::AsItWasThen { rate: now })),
        Rate::Typed(edit) => {
            let (before, behind) = edit.parts();
            pieces.extend(typed(before, behind, bold));
            let (text, style) = match edit.value() {
                Ok(_) => (context.say(Word::AsTyped), muted),
                Err(problem) => (context.say(problem), palette.style(Role::Bad)),
            };
            pieces.push((format!("  {text}").into(), style));
        }
    }
    pen.pieces(row.x + 2, row.y, row.width.saturating_sub(2), &pieces);
}
