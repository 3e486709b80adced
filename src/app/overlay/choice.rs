//! A list to choose from.

use crate::app::row::{Row, Rows, row};
use crate::app::{Closing, Key, KeyCode, Pages, Rank, Shared};
use crate::text::{KeyHelp, KeyLabel, Text, Word};

/// A list to choose from.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What is chosen.
    pub title: Word,
    /// The items.
    pub items: Vec<ChoiceItem>,
    /// The selected one.
    pub selected: usize,
    /// Who asked is told which was chosen.
    chosen: fn(&mut Pages, &mut Shared, usize),
}

/// Something that can be chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct ChoiceItem {
    /// What it is called.
    pub name: Text,
    /// A few words about it.
    pub text: Text,
}

impl Choice {
    /// Of these items, one of which is selected.
    pub fn new(title: Word, items: Vec<ChoiceItem>, selected: usize, chosen: fn(&mut Pages, &mut Shared, usize)) -> Self {
        Self { title, items, selected, chosen }
    }

    pub(super) fn taken(&self, pages: &mut Pages, shared: &mut Shared) {
        if self.selected < self.items.len() {
            (self.chosen)(pages, shared, self.selected);
        }
    }

    /// An item was pressed: it is selected, and then taken.
    pub(super) fn press(&mut self, item: usize, shared: &mut Shared) {
        if std::mem::replace(&mut self.selected, item) == item {
            shared.close(Closing::Taken);
        }
    }

    /// Selects the item so many further down.
    pub(super) fn step(&mut self, by: isize) {
        self.selected = self.selected.saturating_add_signed(by).min(self.items.len().saturating_sub(1));
    }
}

impl Rows for Choice {
    fn rows(&self) -> &'static [Row<Self>] {
        CHOICE
    }
}

/// While something is chosen from a list.
pub const CHOICE: &[Row<Choice>] = &[
    row(
        "choice.up",
        &[Key::plain(KeyCode::Up), Key::char('k')],
        KeyLabel::Up,
        KeyHelp::ChoiceUp,
        |_, _| Rank::Pair(0, KeyLabel::Select, "choice.down"),
        |choice, _| choice.step(-1),
    ),
    row(
        "choice.down",
        &[Key::plain(KeyCode::Down), Key::char('j')],
        KeyLabel::Down,
        KeyHelp::ChoiceDown,
        |_, _| Rank::Hidden,
        |choice, _| choice.step(1),
    ),
    row(
        "choice.take",
        &[Key::plain(KeyCode::Enter)],
        KeyLabel::Choose,
        KeyHelp::ChoiceTake,
        |_, _| Rank::Footer(1),
        |_, shared| shared.close(Closing::Taken),
    ),
    row(
        "choice.cancel",
        &[Key::plain(KeyCode::Esc), Key::char('q')],
        KeyLabel::Cancel,
        KeyHelp::ChoiceCancel,
        |_, _| Rank::Footer(2),
        |_, shared| shared.close(Closing::Cancelled),
    ),
];
