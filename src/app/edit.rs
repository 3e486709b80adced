//! A value while it is being typed.

use crate::protocol::Hyper;

/// Longer than any number that makes sense here.
const MAX_LEN: usize = 16;

/// A value of a hyperparameter while it is being typed.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    hyper: Hyper,
    text: String,
    /// In bytes; the text is ASCII.
    cursor: usize,
    /// The text is the old value, untouched: the first character typed replaces it.
    fresh: bool,
}

impl Edit {
    /// Starts from the present value.
    pub fn new(hyper: Hyper, value: f64) -> Self {
        let text = hyper.display(value);
        Self { hyper, cursor: text.len(), text, fresh: true }
    }

    /// The hyperparameter.
    pub fn hyper(&self) -> Hyper {
        self.hyper
    }

    /// The text before the cursor and the text behind it.
    pub fn parts(&self) -> (&str, &str) {
        self.text.split_at(self.cursor)
    }

    /// The value that was typed, or what is wrong with it, for people.
    pub fn value(&self) -> Result<f64, String> {
        let value: f64 = self.text.parse().map_err(|_| "not a number; try 3e-4".to_owned())?;
        self.hyper.check(value).map_err(|error| match error {
            crate::protocol::HyperError::OutOfRange { min, max, .. } => {
                format!("{} to {}", self.hyper.display(min), self.hyper.display(max))
            }
            crate::protocol::HyperError::NotWhole { .. } => "whole numbers only".to_owned(),
        })
    }

    /// Types a character where the cursor is, when it can be part of a number.
    pub fn insert(&mut self, character: char) {
        if !matches!(character, '0'..='9' | '.' | 'e' | 'E' | '-' | '+') {
            return;
        }
        if self.fresh {
            self.text.clear();
            self.cursor = 0;
        }
        self.fresh = false;
        if self.text.len() < MAX_LEN {
            self.text.insert(self.cursor, character);
            self.cursor += 1;
        }
    }

    /// Deletes the character before the cursor.
    pub fn backspace(&mut self) {
        if self.cursor > 0 {
            self.cursor -= 1;
            self.delete();
        }
    }

    /// Deletes the character behind the cursor.
    pub fn delete(&mut self) {
        self.fresh = false;
        if self.cursor < self.text.len() {
            self.text.remove(self.cursor);
        }
    }

    /// Moves the cursor by one character.
    pub fn step(&mut self, right: bool) {
        self.fresh = false;
        self.cursor = if right { (self.cursor + 1).min(self.text.len()) } else { self.cursor.saturating_sub(1) };
    }

    /// Moves the cursor to the start or the end.
    pub fn jump(&mut self, end: bool) {
        self.fresh = false;
        self.cursor = if end { self.text.len() } else { 0 };
    }
}
