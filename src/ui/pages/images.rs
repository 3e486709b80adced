//! The gallery of judged images, and one of them to look at closely.

use ratatui::layout::Rect;

use super::super::parts::samples::draw_rows;
use super::super::parts::thumbnails::{THUMBNAILS, draw_alike};
use super::super::pen::{Pen, Piece, clip, columns};
use super::super::widgets::{self, Heat, Picture, rows_for};
use super::super::{Context, Role, number};
use crate::app::{Images, ImagesPart, ShownJudgement, Target};
use crate::protocol::{Among, JudgedImages, Split};
use crate::run::{Filter, Order};
use crate::text::{Phrase, Text, Word};

/// From so many columns on, the gallery and the image stand beside each other.
const WIDE: u16 = 72;
/// The image takes such a part of them, and at least so many columns.
const IMAGE_PART: (u16, u16) = (38, 34);
/// Columns of the large picture.
const LARGE: [u16; 3] = [28, 20, 14];
/// Columns of what stands beside it.
const BESIDE: u16 = 14;

pub fn draw(context: &Context, page: &Images, body: Rect, pen: &mut Pen) {
    if body.is_empty() {
        return;
    }
    let judgement = page.judgement(context.app.run(), context.app.shared().moment);
    if body.width < WIDE {
        return match page.focus {
            ImagesPart::Gallery => draw_gallery(context, page, &judgement, body, pen),
            ImagesPart::Image => draw_image(context, page, &judgement, body, pen),
        };
    }
    let (part, least) = IMAGE_PART;
    let width = (body.width * part / 100).max(least);
    let gallery = Rect { width: body.width - width, ..body };
    draw_image(context, page, &judgement, Rect { x: gallery.right(), width, ..body }, pen);
    draw_gallery(context, page, &judgement, gallery, pen);
}

/// A panel of the page.
fn framed(context: &Context, has_focus: bool, name: Text, notes: &[Vec<Piece>], area: Rect, pen: &mut Pen) -> Rect {
    let palette = &context.palette;
    let (border, role) = if has_focus { (Role::Focus, Role::Focus) } else { (Role::Border, Role::Text) };
    widgets::panel(pen, area, palette.style(border), &[(context.say(name), palette.bold(role))], notes)
}

/// The colour of a set of images, and what it is called.
pub fn set(among: Among) -> (Role, Word) {
    match among {
        Among::Training => (Role::Training, Word::OnTraining),
        Among::Validation => (Role::Validation, Word::OnValidation),
        Among::Test => (Role::Test, Word::OnTest),
    }
}

fn filter(filter: Filter) -> Word {
    match filter {
        Filter::Wrong => Word::FilterWrong,
        Filter::Unsure => Word::FilterUnsure,
        Filter::BecameWrong => Word::FilterBecameWrong,
        Filter::BecameRight => Word::FilterBecameRight,
        Filter::Forgotten => Word::FilterForgotten,
        Filter::NeverRight => Word::FilterNeverRight,
        Filter::All => Word::FilterAll,
    }
}

fn order(order: Order) -> Word {
    match order {
        Order::Worst => Word::OrderWorst,
        Order::LeastSure => Word::OrderLeastSure,
        Order::ByClass => Word::OrderByClass,
        Order::AsJudged => Word::OrderAsJudged,
        Order::Random => Word::OrderRandom,
    }
}

fn draw_gallery(context: &Context, page: &Images, judgement: &ShownJudgement, area: Rect, pen: &mut Pen) {
    let palette = &context.palette;
    let muted = palette.style(Role::Muted);
    let (role, images) = set(judgement.among);
    let mut notes: Vec<Vec<Piece>> = Vec::new();
    if let (Some(list), Some(judged)) = (page.list(), judgement.images) {
        let (shown, all) = (number::count(list.len() as u64), number::count(judged.len() as u64));
        notes.push(context.fact(&shown.clone(), palette.style(Role::Text), Phrase::SomeOf { shown, all }));
    }
    let epoch = context.say(Phrase::InEpoch { epoch: judgement.epoch() });
    notes.push(vec![(context.say(images), palette.style(role)), (format!(", {epoch}").into(), palette.style(role))]);
    let inside = framed(context, page.focus == ImagesPart::Gallery, Word::ImagesTitle.into(), &notes, area, pen);
    let (Some(list), Some(judged)) = (page.list(), judgement.images) else {
        let key = context.app.shared().keymap.shown("run.evaluate");
        return in_the_middle(context, Phrase::NotJudgedYet { key }.into(), inside, pen);
    };
    let choice = choice(context, page);
    pen.text(inside.x + 1, inside.y, inside.width.saturating_sub(1), &choice, muted);
    let grid = Rect { y: inside.y + 1, height: inside.height.saturating_sub(1), ..inside };
    if let Some(reason) = page.why() {
        return in_the_middle(context, super::why(reason).into(), grid, pen);
    }
    if list.is_empty() {
        return in_the_middle(context, Word::NoSuchImages.into(), grid, pen);
    }
    draw_grid(context, page, (judgement.among, judged), grid, pen);
}

/// Which images, in which order, in words.
fn choice(context: &Context, page: &Images) -> String {
    let run = context.app.run();
    let mut words = vec![context.say(filter(page.choice.filter)).into_owned()];
    match (page.choice.truth, page.choice.predicted) {
        (Some(truth), Some(predicted)) => {
            let (truth, predicted) = (run.class_name(truth), run.class_name(predicted));
            words.push(context.say(Phrase::TakenFor { truth, predicted }).into_owned());
        }
        (Some(class), None) => words.push(context.say(Phrase::OnlyClass { class: run.class_name(class) }).into_owned()),
        _ => {}
    }
    words.push(context.say(order(page.choice.order)).into_owned());
    words.join(" · ")
}

/// A text in the middle of an area.
pub fn in_the_middle(context: &Context, text: Text, area: Rect, pen: &mut Pen) {
    let lines = widgets::wrapped(&context.say(text), area.width.saturating_sub(2).max(1));
    let top = area.y + area.height.saturating_sub(lines.len() as u16) / 2;
    for (y, line) in (top..area.bottom()).zip(&lines) {
        let x = area.x + area.width.saturating_sub(columns(line)) / 2;
        pen.text(x, y, area.width, line, context.palette.style(Role::Muted));
    }
}

fn draw_grid(context: &Context, page: &Images, (among, judged): (Among, &JudgedImages), area: Rect, pen: &mut Pen) {
    let shape = context.app.run().started.as_ref().map_or([0; 3], |started| started.image_shape);
    let fits = |wide: &u16| area.height >= 3 * (rows_for(*wide) + 1) && area.width >= 3 * (*wide + 1);
    let wide = THUMBNAILS.into_iter().find(fits).unwrap_or(THUMBNAILS[1]);
    let high = rows_for(wide) + 1;
    let across = (area.width / (wide + 1)).max(1);
    // Without rows between them when that makes room for one more.
    let (airy, tight) = ((area.height + 1) / (high + 1), area.height / high);
    let (down, below) = if tight > airy { (tight, 0) } else { (airy.max(1), 1) };
    pen.hits.set_rows(down);
    pen.hits.set_columns(across);
    // What is left over goes between the pictures.
    let between = (area.width.saturating_sub(across * wide) / (across + 1)).clamp(1, 3);
    let left = area.width.saturating_sub(across * (wide + between) - between) / 2;
    let list = page.list().unwrap_or_default();
    for (i, place) in page.visible(usize::from(across) * usize::from(down)).enumerate() {
        let (column, row) = (i as u16 % across, i as u16 / across);
        let cell =
            Rect { x: area.x + left + column * (wide + between), y: area.y + row * (high + below), width: wide, height: high }
                .intersection(area);
        pen.hits.add(cell, Target::Item(place));
        let image = list[place];
        let picture = Rect { height: cell.height.saturating_sub(1), ..cell };
        if let Some(seen) = page.seen(among, image) {
            Picture { pixels: &seen.pixels.0, shape }.draw(picture, &context.palette, context.ascii, pen);
        }
        let caption = Rect { y: cell.y + cell.height.saturating_sub(1), height: 1, ..cell };
        draw_caption(context, judged, image as usize, place == page.cursor(), caption, pen);
    }
}

/// What an image is, what it was taken for, and how surely.
fn draw_caption(context: &Context, judged: &JudgedImages, image: usize, is_selected: bool, area: Rect, pen: &mut Pen) {
    let run = context.app.run();
    let (truth, predicted) = (judged.truth[image], judged.predicted[image]);
    let on = context.row(area, is_selected, pen);
    let sure = number::whole_percent(f32::from(judged.sureness[image]) / 255.0);
    let names = area.width.saturating_sub(columns(&sure) + 2);
    let (name, other) = (run.class_name(truth.into()), run.class_name(predicted.into()));
    let (text, role) = if truth == predicted {
        (clip(&name, names).to_owned(), Role::Good)
    } else {
        let half = names.saturating_sub(1) / 2;
        (format!("{}→{}", clip(&name, half.max(1)), clip(&other, half.max(1))), Role::Bad)
    };
    pen.text(area.x + 1, area.y, names, &text, on(role));
    pen.text_right(area.right(), area.y, columns(&sure), &sure, on(Role::Muted));
}

fn draw_image(context: &Context, page: &Images, judgement: &ShownJudgement, area: Rect, pen: &mut Pen) {
    let (run, palette) = (context.app.run(), &context.palette);
    let chosen = page.selected().zip(judgement.images);
    let seen = page.selected().and_then(|image| page.seen(judgement.among, image));
    let name: Text = match seen {
        Some(seen) => Phrase::ImageNumber { index: number::count(seen.index.into()) }.into(),
        None => Word::ImageTitle.into(),
    };
    let notes: Vec<Vec<Piece>> = page
        .probabilities()
        .map(|(_, step)| context.say(Phrase::AsOfStep { step: number::count(step) }))
        .map(|text| vec![(text, palette.style(Role::Muted))])
        .into_iter()
        .collect();
    let inside = framed(context, page.focus == ImagesPart::Image, name, &notes, area, pen);
    let inside = Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside };
    let Some((image, judged)) = chosen else { return };
    let image = image as usize;
    let (truth, predicted) = (usize::from(judged.truth[image]), usize::from(judged.predicted[image]));
    let verdict = if truth == predicted {
        Phrase::TakenRight { class: run.class_name(truth) }
    } else {
        Phrase::TakenFor { truth: run.class_name(truth), predicted: run.class_name(predicted) }
    };
    let sure = number::whole_percent(f32::from(judged.sureness[image]) / 255.0);
    let pieces: [Piece; 2] = [
        (context.say(verdict), palette.bold(if truth == predicted { Role::Good } else { Role::Bad })),
        (format!(", {}", context.say(Phrase::Sure { sure })).into(), palette.style(Role::Text)),
    ];
    pen.pieces(inside.x, inside.y, inside.width, &pieces);
    let rest = Rect { y: inside.y + 1, height: inside.height.saturating_sub(1), ..inside };
    let arranged = Arranged::of(rest);
    let shape = run.started.as_ref().map_or([0; 3], |started| started.image_shape);
    if let Some(seen) = seen {
        Picture { pixels: &seen.pixels.0, shape }.draw(arranged.picture, palette, context.ascii, pen);
    }
    if let Some(area) = arranged.looks {
        draw_occlusion(context, page, area, pen);
    }
    let bottom = draw_verdicts(context, page, (truth, image), judgement, arranged.beside, pen);
    let y = bottom.max(arranged.pictures_end());
    let (shared, under) = (context.app.shared(), Rect { y, height: rest.bottom().saturating_sub(y), ..rest });
    draw_alike(context, page.alike(shared), (under, shared.keymap.shown("images.alike")), pen);
}

/// Where everything of an image stands.
struct Arranged {
    picture: Rect,
    /// Where the network looks, under its title.
    looks: Option<Rect>,
    /// The bars and the course.
    beside: Rect,
}

impl Arranged {
    /// The picture as large as there is room for it with what belongs to it: where the network looks to the right of it, else
    /// below it, else not at all.
    fn of(area: Rect) -> Self {
        let below = |wide: &u16| *wide + 2 + BESIDE <= area.width && 2 * rows_for(*wide) < area.height;
        let alone = |wide: &u16| *wide + 2 + BESIDE <= area.width && rows_for(*wide) <= area.height;
        let all = LARGE[0];
        let (wide, place) = if 2 * (all + 2) + BESIDE <= area.width && rows_for(all) < area.height {
            (all, Some((all + 2, 0)))
        } else if let Some(wide) = LARGE.into_iter().find(below) {
            (wide, Some((0, rows_for(wide))))
        } else {
            (LARGE.into_iter().find(alone).unwrap_or(LARGE[2]), None)
        };
        let picture = Rect { width: wide, height: rows_for(wide), ..area };
        let looks = place.map(|(x, y)| Rect { x: area.x + x, y: area.y + y, width: wide, height: rows_for(wide) + 1 });
        let x = looks.map_or(picture, |looks| looks.union(picture)).right() + 2;
        let beside = Rect { x, width: area.right().saturating_sub(x), ..area };
        Self { picture: picture.intersection(area), looks, beside: beside.intersection(area) }
    }

    fn pictures_end(&self) -> u16 {
        self.looks.map_or(self.picture, |looks| looks.union(self.picture)).bottom()
    }
}

/// Where the network looks.
fn draw_occlusion(context: &Context, page: &Images, area: Rect, pen: &mut Pen) {
    let title = context.say(Word::WhereItLooks);
    pen.text(area.x, area.y, area.width, &title, context.palette.style(Role::Muted));
    let heat = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    if let Some(plane) = page.occlusion() {
        Heat { plane, signed: true }.draw(heat, &context.palette, context.ascii, pen);
    }
}

/// How probable the network finds each class, and the image's course over the judgements; gives the first row below.
fn draw_verdicts(
    context: &Context,
    page: &Images,
    (truth, image): (usize, usize),
    judgement: &ShownJudgement,
    area: Rect,
    pen: &mut Pen,
) -> u16 {
    let (run, palette) = (context.app.run(), &context.palette);
    let split = if judgement.among == Among::Test { Split::Test } else { Split::Validation };
    let course: Vec<bool> = run.courses(split).course(image, judgement.back).collect();
    let rows = if course.len() > 1 { 3 } else { 0 };
    let bars = Rect { height: area.height.saturating_sub(rows).min(run.classes() as u16), ..area };
    if let Some((probabilities, _)) = page.probabilities() {
        draw_rows(context, Some(truth), probabilities, bars, pen);
    }
    if rows > 0 && area.height > rows {
        let y = bars.bottom() + 1;
        pen.text(area.x, y, area.width, &context.say(Word::ItsCourse), palette.style(Role::Muted));
        let last = course.len().saturating_sub(area.width.into());
        for (x, right) in (area.x..).zip(&course[last..]) {
            let (mark, role) = if *right { ('✓', Role::Good) } else { ('✗', Role::Bad) };
            pen.put(x, y + 1, mark, palette.style(role));
        }
    }
    bars.bottom() + rows
}
