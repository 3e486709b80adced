//! Small pictures beside each other, each with a few words below.

use ratatui::layout::Rect;

use super::super::pen::{Pen, clip, columns};
use super::super::widgets::{Picture, rows_for};
use super::super::{Context, Role};
use crate::app::Alike;
use crate::protocol::Seen;
use crate::text::{Phrase, Word};

/// Columns of a small picture, where there is room for many and where there is not.
pub const THUMBNAILS: [u16; 2] = [14, 10];

/// A small picture.
pub struct Thumbnail<'a> {
    /// The image.
    pub seen: &'a Seen,
    /// What stands below.
    pub text: String,
    /// The colour of that.
    pub role: Role,
}

/// Draws as many as there is room for, row by row; only their words where there is none for pictures.
pub fn draw<'a>(context: &Context, all: impl Iterator<Item = Thumbnail<'a>>, area: Rect, pen: &mut Pen) {
    let shape = context.app.run().started.as_ref().map_or([0; 3], |started| started.image_shape);
    draw_shaped(context, shape, all, area, pen);
}

/// The same for images that need not be those of the run that is watched.
pub fn draw_shaped<'a>(
    context: &Context,
    shape: [usize; 3],
    all: impl Iterator<Item = Thumbnail<'a>>,
    area: Rect,
    pen: &mut Pen,
) {
    let palette = &context.palette;
    let Some(wide) = THUMBNAILS.into_iter().find(|wide| area.height > rows_for(*wide) && area.width >= *wide) else {
        let mut x = area.x;
        for Thumbnail { text, role, .. } in all {
            if area.height == 0 || x + columns(&text) > area.right() {
                return;
            }
            x += pen.text(x, area.y, area.right() - x, &text, palette.style(role)) + 1;
        }
        return;
    };
    let high = rows_for(wide) + 1;
    let (across, down) = ((area.width + 1) / (wide + 1), area.height / high);
    for (i, Thumbnail { seen, text, role }) in all.take(usize::from(across) * usize::from(down)).enumerate() {
        let (column, row) = (i as u16 % across, i as u16 / across);
        let place = Rect { x: area.x + column * (wide + 1), y: area.y + row * high, width: wide, height: rows_for(wide) };
        Picture { pixels: &seen.pixels.0, shape }.draw(place, palette, context.ascii, pen);
        let text = clip(&text, wide);
        pen.text(place.x + (wide - columns(text)) / 2, place.bottom(), wide, text, palette.style(role));
    }
}

/// The training images that are most like another, under their title, or what there is to say instead.
pub fn draw_alike(context: &Context, alike: Option<Alike>, (area, key): (Rect, String), pen: &mut Pen) {
    let muted = context.palette.style(Role::Muted);
    if area.height < 2 {
        return;
    }
    let Some(alike) = alike else {
        let text = context.say(Phrase::ShowsAlike { key });
        pen.text(area.x, area.y, area.width, &text, muted);
        return;
    };
    pen.text(area.x, area.y, area.width, &context.say(Word::MostLikeIt), muted);
    let rest = Rect { y: area.y + 1, height: area.height - 1, ..area };
    match alike {
        Ok(images) => {
            let run = context.app.run();
            let name = |seen: &Seen| run.class_name(seen.label.unwrap_or(0).into());
            draw(context, images.iter().map(|seen| Thumbnail { seen, text: name(seen), role: Role::Text }), rest, pen);
        }
        Err(reason) => {
            let text = context.say(reason.map_or(Word::Searching, super::super::pages::why));
            pen.text(rest.x, rest.y, rest.width, &text, muted);
        }
    }
}
