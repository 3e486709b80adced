//! What can be done on the page of the network.

use super::{LayerView, Network, NetworkPart, next_image};
use crate::app::key::{c, k};
use crate::app::pages::now;
use crate::app::pages::panel::neighbour;
use crate::app::row::{Row, hidden, row};
use crate::app::{KeyCode, Rank, Shared};
use crate::protocol::LayerSpec;
use crate::text::{KeyHelp, KeyLabel};
use Rank::{Footer, Not, Pair};

fn has_weights(page: &Network, shared: &Shared) -> bool {
    let layer = Network::layers(shared).nth(page.layer(shared));
    layer.is_some_and(|(_, spec)| matches!(spec, LayerSpec::Conv { .. } | LayerSpec::Dense { .. }))
}

fn has_sums(page: &Network, shared: &Shared) -> bool {
    Network::layers(shared).nth(page.layer(shared)).is_some_and(|(_, spec)| matches!(spec, LayerSpec::Conv { .. }))
}

pub(super) const ROWS: &[Row<Network>] = &[
    row("network.up", &[k(KeyCode::Up), c('k')], KeyLabel::Up, KeyHelp::NetworkUp, hidden, |page, shared| page.go(shared, -1, 0)),
    row(
        "network.down",
        &[k(KeyCode::Down), c('j')],
        KeyLabel::Layer,
        KeyHelp::NetworkDown,
        |page, _| match page.focus {
            NetworkPart::Layers => Pair(20, KeyLabel::Layer, "network.up"),
            NetworkPart::Planes => Pair(20, KeyLabel::Down, "network.up"),
            NetworkPart::Image => Pair(20, KeyLabel::Image, "network.up"),
        },
        |page, shared| page.go(shared, 1, 0),
    ),
    row("network.left", &[k(KeyCode::Left), c('h')], KeyLabel::Left, KeyHelp::NetworkLeft, hidden, |page, shared| {
        page.go(shared, 0, -1)
    }),
    row("network.right", &[k(KeyCode::Right), c('l')], KeyLabel::Right, KeyHelp::NetworkRight, hidden, |page, shared| {
        page.go(shared, 0, 1)
    }),
    row(
        "network.activations",
        &[c('A')],
        KeyLabel::Activations,
        KeyHelp::NetworkActivations,
        |_, _| Footer(21),
        |page, _| page.look_at(LayerView::Activations),
    ),
    row(
        "network.filters",
        &[c('F')],
        KeyLabel::Filters,
        KeyHelp::NetworkFilters,
        |page, shared| if has_weights(page, shared) { Footer(22) } else { Not },
        |page, _| page.look_at(LayerView::Filters),
    ),
    row(
        "network.sum",
        &[c('P')],
        KeyLabel::OnePixel,
        KeyHelp::NetworkSum,
        |page, shared| if has_sums(page, shared) { Footer(23) } else { Not },
        |page, _| page.look_at(LayerView::Sum),
    ),
    row(
        "network.play",
        &[k(KeyCode::Enter)],
        KeyLabel::Play,
        KeyHelp::NetworkPlay,
        |page, shared| if page.view(shared) == LayerView::Sum { Footer(24) } else { Not },
        |page, shared| page.play(shared),
    ),
    row(
        "network.channel",
        &[c('f')],
        KeyLabel::NextMap,
        KeyHelp::NetworkChannel,
        |page, shared| if page.view(shared) == LayerView::Sum { Footer(25) } else { Rank::Hidden },
        |page, shared| page.channel = (page.channel(shared) + 1) % page.channels(shared).max(1),
    ),
    row(
        "network.input",
        &[c('c')],
        KeyLabel::InputChannel,
        KeyHelp::NetworkInput,
        |page, shared| {
            let shows = page.view(shared) == LayerView::Filters && page.inputs(shared) > 1;
            if shows { Footer(25) } else { Not }
        },
        |page, shared| page.input = (page.input(shared) + 1) % page.inputs(shared).max(1),
    ),
    row(
        "network.image",
        &[c('n')],
        KeyLabel::NextImage,
        KeyHelp::NetworkImage,
        |_, shared| if shared.run.samples.is_empty() { Not } else { Pair(26, KeyLabel::Image, "network.image-before") },
        |_, shared| next_image(shared, 1),
    ),
    row(
        "network.image-before",
        &[c('N')],
        KeyLabel::ImageBefore,
        KeyHelp::NetworkImageBefore,
        |_, shared| if shared.run.samples.is_empty() { Not } else { Rank::Hidden },
        |_, shared| next_image(shared, -1),
    ),
    row(
        "network.epoch-back",
        &[c('[')],
        KeyLabel::EpochBack,
        KeyHelp::NetworkEpochBack,
        |_, shared| if turns(shared) { Rank::Hidden } else { Not },
        |_, shared| turn(shared, false),
    ),
    row(
        "network.epoch-on",
        &[c(']')],
        KeyLabel::Epoch,
        KeyHelp::NetworkEpochOn,
        |_, shared| if turns(shared) { Pair(27, KeyLabel::Epoch, "network.epoch-back") } else { Not },
        |_, shared| turn(shared, true),
    ),
    now::<Network, 28>("network.now"),
    row(
        "network.part",
        &[k(KeyCode::Tab)],
        KeyLabel::Panel,
        KeyHelp::NetworkPart,
        |_, _| Footer(29),
        |page, _| page.focus = neighbour(&NetworkPart::ALL, page.focus, true),
    ),
    row("network.part-before", &[k(KeyCode::BackTab)], KeyLabel::PanelBefore, KeyHelp::NetworkPartBefore, hidden, |page, _| {
        page.focus = neighbour(&NetworkPart::ALL, page.focus, false)
    }),
];

/// A recorded run is sought through with these keys; of others there are moments where checkpoints are kept.
fn turns(shared: &Shared) -> bool {
    shared.replay.is_none() && !shared.run.checkpoints.is_empty()
}

/// The checkpoint before or after the moment that is looked at, on all pages; after the last one, now.
fn turn(shared: &mut Shared, forward: bool) {
    let at = shared.looked_at();
    let found = match forward {
        true => shared.run.checkpoints.range(at + 1..).next(),
        false => shared.run.checkpoints.range(..at).next_back(),
    };
    match found {
        Some((step, _)) => shared.moment = Some(*step),
        None if forward => shared.moment = None,
        None => {}
    }
}
