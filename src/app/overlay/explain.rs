//! A few lines on what has the focus.

use crate::app::row::{Row, Rows, row};
use crate::app::{Closing, Explained, Key, KeyCode, Rank};
use crate::text::{KeyHelp, KeyLabel};

impl Rows for Explained {
    fn rows(&self) -> &'static [Row<Self>] {
        EXPLAIN
    }
}

/// While something is explained.
pub const EXPLAIN: &[Row<Explained>] = &[row(
    "explain.close",
    &[Key::plain(KeyCode::Esc), Key::plain(KeyCode::Enter), Key::char('i'), Key::char('q')],
    KeyLabel::Close,
    KeyHelp::ExplainClose,
    |_, _| Rank::Footer(0),
    |_, shared| shared.close(Closing::Cancelled),
)];
