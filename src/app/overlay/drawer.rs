//! The hyperparameters, over any page.

use crate::app::global::steers;
use crate::app::key::{c, k};
use crate::app::row::{Row, Rows, hidden, row};
use crate::app::{Closing, KeyCode, Overlay, Rank, of_hyper};
use crate::text::{KeyHelp, KeyLabel};

/// The hyperparameters, over any page.
#[derive(Clone, Copy, Debug)]
pub struct Drawer;

impl Rows for Drawer {
    fn rows(&self) -> &'static [Row<Self>] {
        DRAWER
    }
}

/// While the drawer is open.
pub const DRAWER: &[Row<Drawer>] = &[
    row("drawer.up", &[k(KeyCode::Up), c('k')], KeyLabel::Up, KeyHelp::DrawerUp, hidden, |_, shared| shared.hypers.step(false)),
    row("drawer.down", &[k(KeyCode::Down), c('j')], KeyLabel::Down, KeyHelp::DrawerDown, hidden, |_, shared| {
        shared.hypers.step(true)
    }),
    row(
        "drawer.less",
        &[k(KeyCode::Left), c('h')],
        KeyLabel::Less,
        KeyHelp::DrawerLess,
        |_, shared| steers(shared, Rank::Hidden),
        |_, shared| shared.nudge(false),
    ),
    row(
        "drawer.more",
        &[k(KeyCode::Right), c('l')],
        KeyLabel::More,
        KeyHelp::DrawerMore,
        |_, shared| steers(shared, Rank::Pair(0, KeyLabel::Change, "drawer.less")),
        |_, shared| shared.nudge(true),
    ),
    row(
        "drawer.edit",
        &[k(KeyCode::Enter)],
        KeyLabel::TypeAValue,
        KeyHelp::DrawerEdit,
        |_, shared| steers(shared, Rank::Footer(1)),
        |_, shared| shared.edit(),
    ),
    row(
        "drawer.undo",
        &[c('u')],
        KeyLabel::Undo,
        KeyHelp::DrawerUndo,
        |_, shared| steers(shared, if shared.hypers.can_undo() { Rank::Footer(2) } else { Rank::Hidden }),
        |_, shared| shared.undo(),
    ),
    row(
        "drawer.explain",
        &[c('i')],
        KeyLabel::Explain,
        KeyHelp::DrawerExplain,
        |_, _| Rank::Footer(3),
        |_, shared| {
            let explained = of_hyper(shared.hypers.selected());
            shared.open(Overlay::Explain(explained));
        },
    ),
    row(
        "drawer.close",
        &[k(KeyCode::Esc), c('H'), c('q')],
        KeyLabel::Close,
        KeyHelp::DrawerClose,
        |_, _| Rank::Footer(4),
        |_, shared| shared.close(Closing::Cancelled),
    ),
];
