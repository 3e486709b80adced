//! The pages, one file or folder each.

mod charts;
mod confusion;
mod draw;
mod images;
mod network;
mod overview;
mod runs;

use super::Context;
use super::layout::Layout;
use super::pen::Pen;
use crate::app::{PageId, Pages, Panel};
use crate::protocol::Unanswered;
use crate::text::Word;

/// The panel that has the focus, and whether it stands alone.
pub fn focus(pages: &Pages) -> (Panel, bool) {
    (pages.overview.focus, pages.overview.zoomed)
}

/// Draws the open page.
pub fn draw(context: &Context, layout: &Layout, pen: &mut Pen) {
    let pages = context.app.pages();
    match pages.open() {
        PageId::Overview => overview::draw(context, &pages.overview, layout, pen),
        PageId::Charts => charts::draw(context, &pages.charts, layout.body, pen),
        PageId::Confusion => confusion::draw(context, &pages.confusion, layout.body, pen),
        PageId::Draw => draw::draw(context, &pages.draw, layout.body, pen),
        PageId::Images => images::draw(context, &pages.images, layout.body, pen),
        PageId::Network => network::draw(context, &pages.network, layout.body, pen),
        PageId::Runs => runs::draw(context, layout.body, pen),
    }
}

/// Why something cannot be shown.
pub fn why(why: Unanswered) -> Word {
    match why {
        Unanswered::NoSuchLayer => Word::WhyNoLayer,
        Unanswered::NoSuchImage => Word::WhyNoImage,
        Unanswered::WrongShape => Word::WhyWrongShape,
        Unanswered::NoCheckpoint => Word::WhyNoCheckpoint,
        Unanswered::NoImages => Word::WhyNoImages,
        Unanswered::Older | Unanswered::Other => Word::WhyOlder,
        Unanswered::Replaced | Unanswered::Busy | Unanswered::TooMany => Word::WhyBusy,
    }
}
