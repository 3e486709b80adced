//! Inside the network: its layers, what is shown of one, and the image that goes through.

mod layers;
mod planes;
mod sum;

use ratatui::layout::Rect;

use super::super::parts::samples::draw_rows;
use super::super::pen::{Pen, Piece};
use super::super::widgets::{self, Picture, rows_for};
use super::super::{Context, Role, number};
use crate::app::{LayerView, Network, NetworkPart, Target};
use crate::text::{Phrase, Text, Word};

/// From so many columns on, everything stands beside each other.
const WIDE: u16 = 76;
/// The layers take such a part of them, and at least so many columns.
const LAYERS_PART: (u16, u16) = (40, 36);
/// Rows of the image, where it is small and where it is large.
const IMAGE: [u16; 2] = [12, 16];
/// From so many rows on, the image is large.
const TALL: u16 = 34;

pub fn draw(context: &Context, page: &Network, body: Rect, pen: &mut Pen) {
    if body.is_empty() {
        return;
    }
    if body.width < WIDE {
        return match page.focus {
            NetworkPart::Layers => layers::draw(context, page, body, pen),
            NetworkPart::Planes => draw_planes(context, page, body, pen),
            NetworkPart::Image => draw_image(context, page, body, pen),
        };
    }
    let (part, least) = LAYERS_PART;
    let wide = (body.width * part / 100).max(least);
    let left = Rect { width: wide, ..body };
    let image = if body.height >= TALL { IMAGE[1] } else { IMAGE[0] };
    // Where there is little room, the layers are listed, and what has the focus is shown.
    if body.height < image + 10 {
        let right = Rect { x: left.right(), width: body.width - wide, ..body };
        if page.focus == NetworkPart::Image {
            draw_image(context, page, right, pen);
        } else {
            draw_planes(context, page, right, pen);
        }
        return layers::draw(context, page, left, pen);
    }
    let above = Rect { height: body.height - image, ..left };
    layers::draw(context, page, above, pen);
    draw_image(context, page, Rect { y: above.bottom(), height: image, ..left }, pen);
    draw_planes(context, page, Rect { x: left.right(), width: body.width - wide, ..body }, pen);
}

/// A panel of the page.
fn framed(context: &Context, has_focus: bool, name: Text, notes: &[Vec<Piece>], area: Rect, pen: &mut Pen) -> Rect {
    let palette = &context.palette;
    let (border, role) = if has_focus { (Role::Focus, Role::Focus) } else { (Role::Border, Role::Text) };
    widgets::panel(pen, area, palette.style(border), &[(context.say(name), palette.bold(role))], notes)
}

fn muted<'a>(context: &Context<'a>, text: impl Into<Text>) -> Vec<Piece<'a>> {
    vec![(context.say(text), context.palette.style(Role::Muted))]
}

/// What is shown of the layer that is looked at.
fn draw_planes(context: &Context, page: &Network, area: Rect, pen: &mut Pen) {
    let shared = context.app.shared();
    let view = page.view(shared);
    let name = match view {
        LayerView::Activations => Word::ActivationsTitle,
        LayerView::Filters => Word::FiltersTitle,
        LayerView::Sum => Word::SumTitle,
    };
    let layer = Network::layers(shared).nth(page.layer(shared)).map(|(shape, _)| shape.name.clone()).unwrap_or_default();
    let mut notes = vec![vec![(layer.into(), context.palette.bold(Role::Accent))]];
    let [height, width, channels] = Network::shape(shared, page.layer(shared));
    let number = page.channel(shared) + 1;
    if view != LayerView::Activations || [height, width] != [1, 1] {
        notes.push(muted(context, Phrase::MapOf { number, all: channels }));
    }
    let inputs = page.inputs(shared);
    if view == LayerView::Filters && inputs > 1 {
        notes.push(muted(context, Phrase::ForInput { number: page.input(shared) + 1, all: inputs }));
    }
    if view == LayerView::Sum {
        let [row, column] = page.at(shared);
        notes.push(muted(context, Phrase::WindowAt { row, column }));
    }
    if let Some(step) = page.step() {
        notes.push(muted(context, Phrase::AsOfStep { step: number::count(step) }));
    }
    let inside = framed(context, page.focus == NetworkPart::Planes, name.into(), &notes, area, pen);
    let inside = Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside };
    if let Some(reason) = page.why() {
        let lines = widgets::wrapped(&context.say(super::why(reason)), inside.width.max(1));
        for (y, line) in (inside.y..inside.bottom()).zip(&lines) {
            pen.text(inside.x, y, inside.width, line, context.palette.style(Role::Muted));
        }
        return;
    }
    match view {
        LayerView::Sum => sum::draw(context, page, inside, pen),
        _ => planes::draw(context, page, inside, pen),
    }
}

/// The image that goes through the network, and what it is taken for.
fn draw_image(context: &Context, page: &Network, area: Rect, pen: &mut Pen) {
    let (run, palette) = (context.app.run(), &context.palette);
    let name: Text = match page.image() {
        Some((seen, _)) if seen.label.is_some() => Phrase::ImageNumber { index: number::count(seen.index.into()) }.into(),
        _ => Word::ImageTitle.into(),
    };
    let mut notes: Vec<Vec<Piece>> = Vec::new();
    if let Some((seen, _)) = page.image()
        && let Some(predicted) = seen.predicted
    {
        let predicted = usize::from(predicted);
        let (phrase, role) = match seen.label.map(usize::from) {
            Some(truth) if truth == predicted => (Phrase::TakenRight { class: run.class_name(truth) }, Role::Good),
            Some(truth) => (Phrase::TakenFor { truth: run.class_name(truth), predicted: run.class_name(predicted) }, Role::Bad),
            None => (Phrase::SeenAs { class: run.class_name(predicted) }, Role::Accent),
        };
        notes.push(vec![(context.say(phrase), palette.style(role))]);
    }
    let inside = framed(context, page.focus == NetworkPart::Image, name, &notes, area, pen);
    let Some((seen, probabilities)) = page.image() else { return };
    let inside = Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside };
    let shape = run.started.as_ref().map_or([0; 3], |started| started.image_shape);
    let wide = [28, 20, 14].into_iter().find(|wide| rows_for(*wide) <= inside.height && *wide + 16 <= inside.width).unwrap_or(14);
    let place = Rect { width: wide, height: rows_for(wide), ..inside }.intersection(inside);
    Picture { pixels: &seen.pixels.0, shape }.draw(place, palette, context.ascii, pen);
    frame(context, page, place, pen);
    let bars = Rect { x: inside.x + wide + 2, width: inside.width.saturating_sub(wide + 2), ..inside };
    let bars = Rect { height: bars.height.min(run.classes() as u16), ..bars };
    draw_rows(context, seen.label.map(usize::from), probabilities, bars, pen);
}

/// Marks the window of the first layer on the picture, while one value is looked at.
fn frame(context: &Context, page: &Network, place: Rect, pen: &mut Pen) {
    let shared = context.app.shared();
    if page.view(shared) != LayerView::Sum || page.layer(shared) != 0 {
        return;
    }
    let (Some(sum), [height, width, _]) = (page.sum(shared), Network::input_shape(shared, 0)) else { return };
    sum::mark(context, (sum.corner, sum.kernel), [height, width], place, pen);
}

/// A place of a map was pointed at.
fn values(pen: &mut Pen, area: Rect) {
    pen.hits.add(area, Target::Values);
}
