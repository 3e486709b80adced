//! The hyperparameters, at the right of any page.

use ratatui::layout::Rect;

use super::super::Context;
use super::super::parts::{View, hypers};
use super::super::pen::Pen;
use crate::app::Panel;
use crate::protocol::Hyper;

/// Columns of it.
const WIDTH: u16 = 48;

pub fn draw(context: &Context, body: Rect, pen: &mut Pen) {
    let (width, height) = (WIDTH.min(body.width), (Hyper::ALL.len() as u16 + 3).min(body.height));
    let area = Rect { x: body.right() - width, width, height, ..body };
    pen.hits.cover(pen.area(), area);
    pen.fill(area, ' ', context.palette.base());
    hypers::draw(&Context { view: View { focus: Some(Panel::Hypers), ..View::default() }, ..*context }, area, pen);
}
