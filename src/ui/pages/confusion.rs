//! The confusion matrix, to look at closely: the matrix, the worst pairs, the classes.

use ratatui::layout::Rect;

use super::super::parts::confusion::{Cells, draw_matrix, draw_nothing, of};
use super::super::parts::thumbnails::{self, Thumbnail};
use super::super::pen::{Pen, Piece, columns};
use super::super::widgets;
use super::super::{Context, Role, number};
use crate::app::{Confusion, ConfusionSource, Part, Shown, Target, worst_pairs};
use crate::protocol::{Body, ConfusionMatrix, Split};
use crate::run::Turned;
use crate::text::{Phrase, Word};

/// From so many columns on, everything stands beside each other.
const WIDE: u16 = 76;
/// The matrix takes such a part of them.
const MATRIX_PART: u16 = 56;
/// From so many rows on, images of the cell that is looked at stand above everything else; they take so many.
const WITH_IMAGES: u16 = 30;
const IMAGES: u16 = 10;
/// The change of a recall since the judgement before is shown from half a tenth of a percent on.
const LEAST_CHANGE: f64 = 0.0005;

pub fn draw(context: &Context, page: &Confusion, body: Rect, pen: &mut Pen) {
    if body.is_empty() {
        return;
    }
    let shown = page.shown(context.app.run(), context.app.shared().moment);
    if body.width < WIDE {
        return draw_part(context, page, &shown, (page.focus, body), pen);
    }
    let matrix = Rect { width: body.width * MATRIX_PART / 100, ..body };
    let side = Rect { x: matrix.right(), width: body.width - matrix.width, ..body };
    draw_part(context, page, &shown, (Part::Matrix, matrix), pen);
    let side = if side.height >= WITH_IMAGES { draw_images(context, page, side, pen) } else { side };
    if side.height < 18 {
        let part = if page.focus == Part::Classes { Part::Classes } else { Part::Pairs };
        return draw_part(context, page, &shown, (part, side), pen);
    }
    // The classes as far as there is room for a few pairs.
    let classes = shown.matrix.map_or(10, ConfusionMatrix::classes).saturating_add(3);
    let rows = u16::try_from(classes).unwrap_or(u16::MAX).min(side.height - 8);
    let pairs = Rect { height: side.height - rows, ..side };
    draw_part(context, page, &shown, (Part::Pairs, pairs), pen);
    draw_part(context, page, &shown, (Part::Classes, Rect { y: pairs.bottom(), height: rows, ..side }), pen);
}

/// The images of the cell that is looked at; gives what is left below.
fn draw_images(context: &Context, page: &Confusion, area: Rect, pen: &mut Pen) -> Rect {
    let (run, palette) = (context.app.run(), &context.palette);
    let Some((_, places, known)) = page.images(context.app.shared()) else { return area };
    let (truth, predicted) = page.cell;
    let name = if truth == predicted {
        Phrase::TakenRight { class: run.class_name(truth) }
    } else {
        Phrase::TakenFor { truth: run.class_name(truth), predicted: run.class_name(predicted) }
    };
    let title: [Piece; 1] = [(context.say(name), palette.bold(Role::Text))];
    let muted = palette.style(Role::Muted);
    let notes: Vec<Vec<Piece>> = vec![vec![(number::count(places.len() as u64).into(), palette.style(Role::Text))]];
    let panel = Rect { height: IMAGES, ..area };
    let inside = widgets::panel(pen, panel, palette.style(Role::Border), &title, &notes);
    let inside = Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside };
    let shown = page.shown(run, context.app.shared().moment);
    let split = if shown.source == ConfusionSource::Test { Split::Test } else { Split::Validation };
    let back = shown.place.map_or(0, |(at, all)| all - at);
    let judged = run.courses(split).judged_before(back);
    match known.map(|known| &known.body) {
        Some(Body::Images { images }) => {
            let thumbnail = |(seen, place): (_, &u32)| {
                let sure = judged.and_then(|judged| judged.sureness.get(*place as usize)).copied().unwrap_or(0);
                Thumbnail { seen, text: number::whole_percent(f32::from(sure) / 255.0), role: Role::Muted }
            };
            thumbnails::draw(context, images.iter().zip(&places).map(thumbnail), inside, pen);
        }
        Some(Body::Nothing { why }) => {
            pen.text(inside.x, inside.y, inside.width, &context.say(super::why(*why)), muted);
        }
        _ => {}
    }
    Rect { y: panel.bottom(), height: area.height - panel.height, ..area }
}

fn draw_part(context: &Context, page: &Confusion, shown: &Shown, (part, area): (Part, Rect), pen: &mut Pen) {
    let palette = &context.palette;
    let has_focus = page.focus == part;
    let (role, name) = (
        if has_focus { Role::Focus } else { Role::Border },
        match part {
            Part::Matrix => Word::ConfusionTitle,
            Part::Pairs => Word::WorstPairsTitle,
            Part::Classes => Word::ClassesTitle,
        },
    );
    let title: [Piece; 1] = [(context.say(name), palette.bold(if has_focus { Role::Focus } else { Role::Text }))];
    let notes = if part == Part::Matrix { notes(context, shown) } else { Vec::new() };
    let inside = widgets::panel(pen, area, palette.style(role), &title, &notes);
    let Some(matrix) = shown.matrix.filter(|matrix| matrix.total() > 0) else {
        return draw_nothing(context, of(shown.source).1.into(), inside, pen);
    };
    match part {
        Part::Matrix => {
            let rows = below(context, page, (matrix, shown.turned), inside, pen);
            let inside = Rect { height: inside.height - rows, ..inside };
            let cells = Cells { looked_at: Some(page.cell), shows: page.shows, pointable: true, ..Cells::default() };
            draw_matrix(context, matrix, cells, (area, inside), pen);
        }
        Part::Pairs => draw_pairs(context, page, matrix, inside, pen),
        Part::Classes => draw_classes(context, page, (matrix, shown.before), inside, pen),
    }
}

/// Which images, when, and how many of them were right.
fn notes<'a>(context: &Context<'a>, shown: &Shown) -> Vec<Vec<Piece<'a>>> {
    let palette = &context.palette;
    let (role, images) = of(shown.source);
    let mut when = format!(", {}", context.say(Phrase::InEpoch { epoch: shown.epoch }));
    if let Some((at, all)) = shown.place.filter(|(at, all)| at < all) {
        when.push_str(&format!(" ({at}/{all})"));
    }
    let mut notes: Vec<Vec<Piece>> = vec![vec![(format!("{}{when}", context.say(images)).into(), palette.style(role))]];
    if let Some(matrix) = shown.matrix.filter(|matrix| matrix.total() > 0) {
        let accuracy = number::percent(matrix.accuracy());
        notes.push(context.fact(&accuracy.clone(), palette.style(role), Phrase::Right { accuracy }));
    }
    notes
}

/// What the cell that is looked at comes to, and what became of single images, in the last rows of the panel; gives how many.
fn below(
    context: &Context,
    page: &Confusion,
    (matrix, turned): (&ConfusionMatrix, Option<Turned>),
    inside: Rect,
    pen: &mut Pen,
) -> u16 {
    if inside.height < 8 {
        return 0;
    }
    let (run, palette) = (context.app.run(), &context.palette);
    let (truth, predicted) = page.cell;
    let count = matrix.count(truth, predicted);
    let name = if truth == predicted {
        Phrase::TakenRight { class: run.class_name(truth) }
    } else {
        Phrase::TakenFor { truth: run.class_name(truth), predicted: run.class_name(predicted) }
    };
    let part = number::percent(count as f64 / matrix.support(truth).max(1) as f64);
    let pieces: [Piece; 3] = [
        (format!("{}  ", context.say(name)).into(), palette.bold(Role::Focus)),
        (number::count(count).into(), palette.bold(Role::Text)),
        (format!("  {part} {}", context.say(Word::OfRow).trim_start_matches("% ")).into(), palette.style(Role::Muted)),
    ];
    let room = inside.width.saturating_sub(2);
    let Some(Turned { became_wrong: wrong, became_right: right, forgotten, .. }) = turned.filter(|_| inside.height >= 14) else {
        pen.pieces(inside.x + 1, inside.bottom() - 1, room, &pieces);
        return 1;
    };
    pen.pieces(inside.x + 1, inside.bottom() - 2, room, &pieces);
    let long = context.say(Phrase::SinceBefore { wrong, right, forgotten });
    let text = if columns(&long) <= room { long } else { context.say(Phrase::SinceBeforeShort { wrong, right, forgotten }) };
    pen.text(inside.x + 1, inside.bottom() - 1, room, &text, palette.style(Role::Muted));
    2
}

fn draw_pairs(context: &Context, page: &Confusion, matrix: &ConfusionMatrix, inside: Rect, pen: &mut Pen) {
    let (run, palette) = (context.app.run(), &context.palette);
    let pairs = worst_pairs(matrix);
    let Some(most) = pairs.first().map(|pair| pair.count) else {
        let text = context.say(Word::NothingConfused);
        pen.text(inside.x + 2, inside.y, inside.width.saturating_sub(2), &text, palette.style(Role::Muted));
        return;
    };
    let names: Vec<String> =
        pairs.iter().map(|pair| format!("{} → {}", run.class_name(pair.truth), run.class_name(pair.predicted))).collect();
    let digits = columns(&number::count(most));
    // A name that is cut says less than a bar does, and than a part does.
    let longest = names.iter().map(|name| columns(name)).max().unwrap_or(0);
    let (margins, part) = (5, 9);
    let has_part = longest + digits + margins + part <= inside.width;
    let wide = longest.min(inside.width.saturating_sub(digits + margins + if has_part { part } else { 0 }));
    let selected = pairs.iter().position(|pair| (pair.truth, pair.predicted) == page.cell);
    let room = usize::from(inside.height);
    pen.hits.set_rows(inside.height);
    let first = selected.unwrap_or(0).saturating_sub(room / 2).min(pairs.len().saturating_sub(room));
    for (y, (place, pair)) in (inside.y..inside.bottom()).zip(pairs.iter().enumerate().skip(first)) {
        let row = Rect { y, height: 1, ..inside };
        pen.hits.add(row, Target::Item(place));
        let on = context.row(row, Some(place) == selected, pen);
        pen.text(inside.x + 2, y, wide, &names[place], on(Role::Text));
        let x = inside.x + 2 + wide + 2;
        pen.text_right(x + digits, y, digits, &number::count(pair.count), on(Role::Text));
        if !has_part {
            continue;
        }
        let part = pair.count as f64 / matrix.support(pair.truth).max(1) as f64;
        let percent = format!("{:>8}", number::percent(part));
        let used = pen.text(x + digits + 1, y, inside.right().saturating_sub(x + digits + 1), &percent, on(Role::Muted));
        let start = x + digits + 1 + used + 2;
        let bar = inside.right().saturating_sub(start + 1);
        let length = (f64::from(bar) * pair.count as f64 / most as f64).round() as u16;
        (start..start + length.min(bar)).for_each(|x| pen.put(x, y, '━', on(Role::Bad)));
    }
}

fn draw_classes(
    context: &Context,
    page: &Confusion,
    (matrix, before): (&ConfusionMatrix, Option<&ConfusionMatrix>),
    inside: Rect,
    pen: &mut Pen,
) {
    let (run, palette) = (context.app.run(), &context.palette);
    let (classes, earlier) = (matrix.per_class(), before.map(ConfusionMatrix::per_class));
    let name = |class: usize| run.class_name(class);
    let heads = [Word::Precision, Word::Recall, Word::F1, Word::Counts].map(|word| context.say(word));
    let widths = [9, 9, 6, 6].into_iter().zip(&heads).map(|(least, head)| columns(head).max(least)).collect::<Vec<u16>>();
    let change = 9;
    let figures = widths.iter().map(|width| width + 1).sum::<u16>();
    let room = inside.width.saturating_sub(figures + 2);
    let longest = (0..classes.len()).map(|class| columns(&name(class))).max().unwrap_or(1);
    let has_change = room > longest + change && earlier.is_some();
    // Figures without a name say nothing: two of them have to do where there is no room for all.
    let least = inside.width.saturating_sub(widths[0] + widths[1] + 5).min(longest);
    let label = longest.min(room.saturating_sub(if has_change { change } else { 0 })).max(least).max(1);
    let ends = widths.iter().scan(inside.x + 2 + label, |x, width| {
        *x += width + 1;
        Some(*x)
    });
    // A number is never cut: what does not fit is left out.
    let ends: Vec<u16> = ends.filter(|end| *end < inside.right()).collect();
    for (head, end) in heads.iter().zip(&ends) {
        pen.text_right(*end, inside.y, columns(head), head, palette.style(Role::Muted));
    }
    let rows = Rect { y: inside.y + 1, height: inside.height.saturating_sub(1), ..inside };
    let first = page.cell.0.saturating_sub(usize::from(rows.height) / 2).min(classes.len().saturating_sub(rows.height.into()));
    for (y, (class, figures)) in (rows.y..rows.bottom()).zip(classes.iter().enumerate().skip(first)) {
        let row = Rect { y, height: 1, ..inside };
        pen.hits.add(row, Target::Class(class));
        let on = context.row(row, class == page.cell.0, pen);
        pen.text(inside.x + 2, y, label, &name(class), on(Role::Text));
        let texts = [
            number::percent(figures.precision),
            number::percent(figures.recall),
            format!("{:.3}", figures.f1),
            number::count(figures.support),
        ];
        for (text, end) in texts.iter().zip(&ends) {
            pen.text_right(*end, y, columns(text), text, on(Role::Text));
        }
        let was = earlier.as_ref().and_then(|earlier| earlier.get(class)).filter(|_| has_change);
        let by = was.map_or(0.0, |was| figures.recall - was.recall);
        if by.abs() >= LEAST_CHANGE {
            let (sign, role) = if by > 0.0 { ('▲', Role::Good) } else { ('▼', Role::Bad) };
            let text = format!("{sign} {:+.1}", by * 100.0);
            pen.text_right(inside.right().saturating_sub(1), y, columns(&text), &text, on(role));
        }
    }
}
