//! Training images as they are varied now, in the place of the samples.

use ratatui::layout::Rect;

use super::super::pen::{Pen, Piece, columns};
use super::super::widgets::{Picture, rows_for, wrapped};
use super::super::{Context, Role};
use super::{framed, title};
use crate::app::Panel;
use crate::protocol::Hyper;
use crate::text::{Phrase, Word};

/// Columns of a picture, the widest first.
const WIDTHS: [u16; 4] = [28, 20, 14, 10];

/// Pictures side by side, each with its class below:
///
/// ```text
/// ╭─ Augmented ───────── strength 1 ─╮
/// │ ▀▀▀▀▀▀▀▀ ▀▀▀▀▀▀▀▀ ▀▀▀▀▀▀▀▀ ▀▀▀▀▀ │
/// │ true 7   true 1   true 3   true  │
/// ╰──────────────────────────────────╯
/// ```
pub fn draw(context: &Context, area: Rect, pen: &mut Pen) {
    let (app, palette) = (context.app, &context.palette);
    let run = app.run();
    let muted = palette.style(Role::Muted);
    let strength = run.hyperparameters.map_or(0.0, |hyper| hyper.augmentation);
    let mut notes: Vec<Vec<Piece>> = Vec::new();
    if strength > 0.0 {
        notes.push(vec![(context.say(Phrase::Strength { strength: Hyper::Augmentation.display(strength) }), muted)]);
    }
    let inner = Rect { width: area.width.saturating_sub(2), height: area.height.saturating_sub(2), ..area };
    let shape = run.started.as_ref().map_or([1; 3], |started| started.image_shape);
    let grid = |width: u16| (usize::from((inner.width + 1) / (width + 1)), usize::from(inner.height / (rows_for(width) + 1)));
    let holds = |width: &u16| grid(*width).0 * grid(*width).1;
    let widest = WIDTHS.into_iter().find(|width| holds(width) >= run.augmented.len().max(1));
    let width = widest.or_else(|| WIDTHS.into_iter().rev().max_by_key(holds).filter(|width| holds(width) > 0));
    let (across, down) = width.map_or((1, 1), grid);
    let pages = run.augmented.len().div_ceil(across * down).max(1);
    let page = context.view.sample_page.rem_euclid(isize::try_from(pages).unwrap_or(1)) as usize;
    if pages > 1 && width.is_some() {
        notes.insert(0, vec![(format!("{}/{pages}", page + 1).into(), muted)]);
    }
    let inside = framed(context, Panel::Samples, area, pen, &[title(context, Panel::Samples, Word::AugmentedTitle)], &notes);
    let text = match width {
        _ if strength == 0.0 => Some(Phrase::NotAugmented),
        _ if run.augmented.is_empty() => Some(Phrase::WithTheNextBatch),
        None => Some(Phrase::NoRoomForAPicture),
        Some(_) => None,
    };
    let (Some(width), None) = (width, &text) else {
        let text = text.map(|text| context.say(text)).unwrap_or_default();
        let lines = wrapped(&text, inside.width);
        let top = inside.y + inside.height.saturating_sub(lines.len() as u16) / 2;
        for (line, y) in lines.iter().zip(top..inside.bottom()) {
            let x = inside.x + inside.width.saturating_sub(columns(line)) / 2;
            pen.text(x, y, inside.width, line, muted);
        }
        return;
    };
    let high = rows_for(width) + 1;
    let many = across.min(run.augmented.len()) as u16;
    // What is left over goes between the pictures and to both sides.
    let spare = inside.width.saturating_sub(many * width);
    let between = (spare / (many + 1)).clamp(1, 4);
    let left = spare.saturating_sub(between * (many - 1)) / 2;
    for (i, sample) in run.augmented.iter().skip(page * across * down).take(across * down).enumerate() {
        let x = inside.x + left + (i % across) as u16 * (width + between);
        let y = inside.y + (i / across) as u16 * high;
        let place = Rect { x, y, width, height: high }.intersection(inside);
        let picture = Rect { height: rows_for(width), ..place }.intersection(inside);
        Picture { pixels: &sample.pixels, shape }.draw(picture, palette, context.ascii, pen);
        let name = run.class_name(sample.label);
        let truth: [Piece; 2] =
            [(format!("{} ", context.say(Word::True)).into(), muted), (name.into(), palette.bold(Role::Text))];
        pen.pieces(x, picture.bottom(), place.width, &truth);
    }
}
