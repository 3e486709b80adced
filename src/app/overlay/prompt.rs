//! A text that is being typed in a box.

use crate::app::row::{Row, Rows, row};
use crate::app::{Closing, Key, KeyCode, Line, Pages, Rank, Shared};
use crate::text::{KeyHelp, KeyLabel, Text, Word};

/// Longer than names, notes and paths that make sense.
const LONGEST: usize = 400;

/// A text that is being typed in a box.
#[derive(Clone, Debug)]
pub struct Prompt {
    /// What for.
    pub title: Text,
    /// What can be typed.
    pub hint: Word,
    /// The text.
    pub line: Line,
    /// Who asked is told what is typed.
    told: fn(&mut Pages, &mut Shared, Typed),
}

/// What is typed.
#[derive(Clone, Copy, Debug)]
pub enum Typed<'a> {
    /// So far.
    Now(&'a str),
    /// In the end.
    Done(&'a str),
    /// Nothing, after all.
    Cancelled,
}

impl Prompt {
    /// Starts from a text, which the first character typed replaces when it is `fresh`.
    pub fn new(title: Text, hint: Word, text: String, fresh: bool, told: fn(&mut Pages, &mut Shared, Typed)) -> Self {
        Self { title, hint, line: Line::new(text, fresh, LONGEST), told }
    }

    /// Types what `change` types; gives whether it did.
    pub(super) fn typed(&mut self, change: impl FnOnce(&mut Line) -> bool, pages: &mut Pages, shared: &mut Shared) -> bool {
        let is_typed = change(&mut self.line);
        if is_typed {
            (self.told)(pages, shared, Typed::Now(self.line.text().trim()));
        }
        is_typed
    }

    pub(super) fn closed(&self, how: Closing, pages: &mut Pages, shared: &mut Shared) {
        let typed = match how {
            Closing::Taken => Typed::Done(self.line.text().trim()),
            Closing::Cancelled => Typed::Cancelled,
        };
        (self.told)(pages, shared, typed);
    }
}

impl Rows for Prompt {
    fn rows(&self) -> &'static [Row<Self>] {
        PROMPT
    }
}

/// While a text is typed.
pub const PROMPT: &[Row<Prompt>] = &[
    row(
        "prompt.take",
        &[Key::plain(KeyCode::Enter)],
        KeyLabel::Take,
        KeyHelp::PromptTake,
        |_, _| Rank::Footer(0),
        |_, shared| shared.close(Closing::Taken),
    ),
    row(
        "prompt.cancel",
        &[Key::plain(KeyCode::Esc)],
        KeyLabel::Cancel,
        KeyHelp::PromptCancel,
        |_, _| Rank::Footer(1),
        |_, shared| shared.close(Closing::Cancelled),
    ),
];
