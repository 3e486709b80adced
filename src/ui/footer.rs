//! The last row: the keys that matter now.

use ratatui::layout::Rect;

use super::layout::Layout;
use super::pen::{Pen, Piece, width};
use super::{Context, Role};
use crate::app::{Key, Offer, Rank, RowId, Target};

/// An action, and how it is shown.
type Item = (RowId, Vec<Piece<'static>>);

/// Draws them; gives where they stand.
pub fn draw(context: &Context, layout: &Layout, pen: &mut Pen) -> Vec<(Rect, Target)> {
    let area = layout.footer;
    if area.is_empty() {
        return Vec::new();
    }
    let room = area.width.saturating_sub(2);
    let items = wanted(context, layout.panels.len() == 1);
    // Help and quit stand at the end and always stay; of the others, what still fits.
    let (others, last) = items.split_at(items.len().saturating_sub(2));
    let needed = |items: &[Item]| items.iter().map(|(_, item)| width(item) + 2).sum::<u16>();
    let mut left = (room + 2).saturating_sub(needed(last));
    let fitting = others.iter().filter(|(_, item)| {
        let fits = width(item) + 2 <= left;
        left -= if fits { width(item) + 2 } else { 0 };
        fits
    });
    let mut x = area.x + 1;
    let mut places = Vec::new();
    for (id, item) in fitting.chain(last) {
        let used = pen.pieces(x, area.y, room.saturating_sub(x - area.x - 1), item);
        places.push((Rect { x, width: used, ..area }, Target::Row(id)));
        x += used + 2;
    }
    places
}

/// What matters now, the most important first; help and quit at the end.
fn wanted(context: &Context, narrow: bool) -> Vec<Item> {
    let offers = context.app.offers();
    let order = |offer: &Offer| match offer.rank {
        Rank::Footer(order) | Rank::As(order, _) | Rank::Pair(order, ..) => Some(order),
        Rank::Narrow(order, otherwise) => Some(if narrow { order } else { otherwise }),
        Rank::Not | Rank::Refused | Rank::Hidden => None,
    };
    let mut wanted: Vec<(u8, &Offer)> = offers.iter().filter_map(|offer| Some((order(offer)?, offer))).collect();
    wanted.sort_by_key(|(order, _)| *order);
    wanted.into_iter().filter_map(|(_, offer)| item(context, &offers, offer)).collect()
}

/// The keys of an action and its word; nothing when it has no key.
fn item(context: &Context, offers: &[Offer], offer: &Offer) -> Option<Item> {
    let palette = &context.palette;
    let key = offer.keys.first()?;
    let shown = |offer: &Offer| match offer.rank {
        Rank::Pair(_, _, contrary) => {
            // In the order of the rows, which is that of the keys on a keyboard.
            let both = offers.iter().filter(|other| other.id == offer.id || other.id == contrary);
            both.filter_map(|other| other.keys.first()).map(Key::to_string).collect::<Vec<_>>().join(" ")
        }
        _ => key.to_string(),
    };
    let pieces = vec![
        (shown(offer).into(), palette.bold(Role::Accent)),
        (" ".into(), palette.style(Role::Muted)),
        (context.say(offer.label), palette.style(Role::Muted)),
    ];
    Some((offer.id, pieces))
}
