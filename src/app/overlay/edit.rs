//! A value while it is being typed.

use crate::app::row::{Row, Rows, row};
use crate::app::{Closing, Key, KeyCode, Line, Rank, Shared};
use crate::protocol::{Hyper, HyperError};
use crate::text::{KeyHelp, KeyLabel, Phrase};

/// Longer than any number that makes sense here.
const MAX_LEN: usize = 16;

/// A value of a hyperparameter while it is being typed.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    hyper: Hyper,
    line: Line,
}

impl Edit {
    /// Starts from the present value.
    pub fn new(hyper: Hyper, value: f64) -> Self {
        Self { hyper, line: Line::new(hyper.display(value), true, MAX_LEN) }
    }

    /// The hyperparameter.
    pub fn hyper(&self) -> Hyper {
        self.hyper
    }

    /// The text before the cursor and the text behind it.
    pub fn parts(&self) -> (&str, &str) {
        self.line.parts()
    }

    /// The value that was typed, or what is wrong with it, for people.
    pub fn value(&self) -> Result<f64, Phrase> {
        let value: f64 = self.line.text().parse().map_err(|_| Phrase::NotANumber)?;
        self.hyper.check(value).map_err(|error| match error {
            HyperError::OutOfRange { min, max, .. } => {
                Phrase::Between { min: self.hyper.display(min), max: self.hyper.display(max) }
            }
            HyperError::NotWhole { .. } => Phrase::WholeOnly,
        })
    }

    /// What a key does to the value, as [`Line::key`] has it; gives whether it did anything. A character is typed when it can be
    /// part of a number; many people's decimal point is a comma.
    pub(super) fn key(&mut self, key: Key) -> bool {
        match key.code {
            KeyCode::Char(',') if key == Key::char(',') => self.line.key(Key::char('.')),
            KeyCode::Char(character) if key == Key::char(character) => {
                matches!(character, '0'..='9' | '.' | 'e' | 'E' | '-' | '+') && self.line.key(key)
            }
            _ => self.line.key(key),
        }
    }

    /// Types what was pasted, as far as it can be part of a number, and says whether all of it can.
    pub(super) fn paste(&mut self, text: &str) -> bool {
        text.trim().chars().filter(|character| !self.key(Key::char(*character))).count() == 0
    }

    /// Asks for the value.
    pub(super) fn taken(&self, shared: &mut Shared) {
        if let Ok(value) = self.value() {
            shared.set(self.hyper, value);
        }
    }
}

impl Rows for Edit {
    fn rows(&self) -> &'static [Row<Self>] {
        EDIT
    }
}

/// While a value is typed.
pub const EDIT: &[Row<Edit>] = &[
    row(
        "edit.take",
        &[Key::plain(KeyCode::Enter)],
        KeyLabel::Take,
        KeyHelp::EditTake,
        |_, _| Rank::Footer(0),
        // A wrong value stays, with what is wrong beside it.
        |edit, shared| {
            if edit.value().is_ok() {
                shared.close(Closing::Taken);
            }
        },
    ),
    row(
        "edit.cancel",
        &[Key::plain(KeyCode::Esc)],
        KeyLabel::Cancel,
        KeyHelp::EditCancel,
        |_, _| Rank::Footer(1),
        |_, shared| shared.close(Closing::Cancelled),
    ),
];
