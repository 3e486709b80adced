//! A list to choose from.

use crate::app::row::{Row, Rows, row};
use crate::app::{Closing, Key, KeyCode, Label, Pages, Rank, Shared};

/// A list to choose from.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What is chosen.
    pub title: Label,
    /// The items.
    pub items: Vec<ChoiceItem>,
    /// The selected one.
    pub selected: usize,
    /// Who asked is told which was chosen.
    chosen: fn(&mut Pages, &mut Shared, usize),
}

/// Something that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChoiceItem {
    /// What it is called.
    pub name: String,
    /// A few words about it.
    pub text: String,
}

impl Choice {
    /// Of these items, one of which is selected.
    pub fn new(title: Label, items: Vec<ChoiceItem>, selected: usize, chosen: fn(&mut Pages, &mut Shared, usize)) -> Self {
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
        "up",
        "the item above",
        |_, _| Rank::Pair(0, "select", "choice.down"),
        |choice, _| choice.step(-1),
    ),
    row(
        "choice.down",
        &[Key::plain(KeyCode::Down), Key::char('j')],
        "down",
        "the item below",
        |_, _| Rank::Hidden,
        |choice, _| choice.step(1),
    ),
    row(
        "choice.take",
        &[Key::plain(KeyCode::Enter)],
        "choose",
        "take the selected item",
        |_, _| Rank::Footer(1),
        |_, shared| shared.close(Closing::Taken),
    ),
    row(
        "choice.cancel",
        &[Key::plain(KeyCode::Esc), Key::char('q')],
        "cancel",
        "do nothing",
        |_, _| Rank::Footer(2),
        |_, shared| shared.close(Closing::Cancelled),
    ),
];
