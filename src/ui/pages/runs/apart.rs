//! The images on which only one of two compared runs is right, as two galleries.

use ratatui::layout::Rect;

use super::super::super::parts::thumbnails::{self, THUMBNAILS, Thumbnail};
use super::super::super::pen::{Pen, Piece};
use super::super::super::widgets::{self, rows_for};
use super::super::super::{Context, Role, number};
use super::super::images::{in_the_middle, set};
use super::super::why;
use super::charts::sign;
use crate::app::{Galleries, LoadedRun};
use crate::protocol::Split;
use crate::run::Apart;
use crate::text::{Phrase, Word};

/// From so many columns on the galleries stand beside each other.
const WIDE: u16 = 60;

pub fn draw(context: &Context, runs: &[LoadedRun], galleries: &Galleries, body: Rect, pen: &mut Pen) {
    let Some(apart) = &galleries.apart else {
        let inside = super::framed(context, body, pen, &context.say(Word::OnlyOneIsRight), &[]);
        return in_the_middle(context, Word::NoSameImages.into(), inside, pen);
    };
    let areas = if body.width >= WIDE {
        let left = Rect { width: body.width / 2, ..body };
        [left, Rect { x: left.right(), width: body.width - left.width, ..body }]
    } else {
        let above = Rect { height: body.height / 2, ..body };
        [above, Rect { y: above.bottom(), height: body.height - above.height, ..body }]
    };
    for (side, area) in areas.into_iter().enumerate() {
        draw_gallery(context, runs, (galleries, apart), side, area, pen);
    }
}

/// The images on which only one of the two is right, each with what the other takes it for.
fn draw_gallery(
    context: &Context,
    runs: &[LoadedRun],
    (galleries, apart): (&Galleries, &Apart),
    side: usize,
    area: Rect,
    pen: &mut Pen,
) {
    let palette = &context.palette;
    let [right, wrong] = [side, 1 - side].map(|side| galleries.pair[side]);
    let (role, letter) = sign(right);
    let only = &apart.only[side];
    let (shown, all) = (number::count(only.len() as u64), number::count(apart.images as u64));
    let (of_set, images) = set(apart.among);
    let notes: [Vec<Piece>; 2] = [
        context.fact(&shown.clone(), palette.style(Role::Text), Phrase::SomeOf { shown, all }),
        vec![(context.say(images), palette.style(of_set))],
    ];
    let run = format!("{letter} {}", runs[right].listed.about.name());
    let title = [(context.say(Phrase::OnlyRunIsRight { run }), palette.bold(role))];
    let inside = widgets::panel(pen, area, palette.style(Role::Focus), &title, &notes);
    if let Some(reason) = galleries.why() {
        return in_the_middle(context, why(reason).into(), inside, pen);
    }
    if only.is_empty() {
        return in_the_middle(context, Word::NoSuchImages.into(), inside, pen);
    }
    let (wide, high) = (THUMBNAILS[0], rows_for(THUMBNAILS[0]) + 1);
    let across = ((inside.width + 1) / (wide + 1)).max(1);
    pen.hits.set_rows((inside.height / high).max(1));
    pen.hits.set_columns(across);
    let split = if apart.among == crate::protocol::Among::Test { Split::Test } else { Split::Validation };
    let judged = runs[wrong].state.courses(split).judged_before(0);
    let from = galleries.skipped(across.into());
    let shown = only.iter().skip(from).filter_map(|place| {
        let (seen, judged) = (galleries.seen(*place)?, judged?);
        let at = *place as usize;
        let name = |class: u16| runs[wrong].state.class_name(class.into());
        let sure = number::whole_percent(f32::from(judged.sureness[at]) / 255.0);
        let text = format!("{}→{} {sure}", name(judged.truth[at]), name(judged.predicted[at]));
        Some(Thumbnail { seen, text, role: Role::Bad })
    });
    let shape = runs[right].state.started.as_ref().map_or([0; 3], |started| started.image_shape);
    let spare = inside.width.saturating_sub(across * (wide + 1) - 1) / 2;
    let grid = Rect { x: inside.x + spare, width: inside.width - spare, ..inside };
    thumbnails::draw_shaped(context, shape, shown, grid, pen);
}
