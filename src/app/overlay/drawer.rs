//! The hyperparameters, over any page.

use crate::app::global::steers;
use crate::app::row::{Row, Rows, hidden, row};
use crate::app::{Closing, Key, KeyCode, Overlay, Rank, of_hyper};

/// The hyperparameters, over any page.
#[derive(Clone, Copy, Debug)]
pub struct Drawer;

impl Rows for Drawer {
    fn rows(&self) -> &'static [Row<Self>] {
        DRAWER
    }
}

const fn c(character: char) -> Key {
    Key::char(character)
}

const fn k(code: KeyCode) -> Key {
    Key::plain(code)
}

/// While the drawer is open.
pub const DRAWER: &[Row<Drawer>] = &[
    row("drawer.up", &[k(KeyCode::Up), c('k')], "up", "select the value above", hidden, |_, shared| shared.hypers.step(false)),
    row("drawer.down", &[k(KeyCode::Down), c('j')], "down", "select the value below", hidden, |_, shared| {
        shared.hypers.step(true)
    }),
    row(
        "drawer.less",
        &[k(KeyCode::Left), c('h')],
        "less",
        "less of the selected value",
        |_, shared| steers(shared, Rank::Hidden),
        |_, shared| shared.nudge(false),
    ),
    row(
        "drawer.more",
        &[k(KeyCode::Right), c('l')],
        "more",
        "more of the selected value",
        |_, shared| steers(shared, Rank::Pair(0, "change", "drawer.less")),
        |_, shared| shared.nudge(true),
    ),
    row(
        "drawer.edit",
        &[k(KeyCode::Enter)],
        "type a value",
        "type a new value for the selected one",
        |_, shared| steers(shared, Rank::Footer(1)),
        |_, shared| shared.edit(),
    ),
    row(
        "drawer.undo",
        &[c('u')],
        "undo",
        "take the last change back",
        |_, shared| steers(shared, if shared.hypers.can_undo() { Rank::Footer(2) } else { Rank::Hidden }),
        |_, shared| shared.undo(),
    ),
    row(
        "drawer.explain",
        &[c('i')],
        "explain",
        "what the selected value is",
        |_, _| Rank::Footer(3),
        |_, shared| {
            let explained = of_hyper(shared.hypers.selected());
            shared.open(Overlay::Explain(explained));
        },
    ),
    row(
        "drawer.close",
        &[k(KeyCode::Esc), c('H'), c('q')],
        "close",
        "close the drawer",
        |_, _| Rank::Footer(4),
        |_, shared| shared.close(Closing::Cancelled),
    ),
];
