//! A line of text while it is being typed.

/// A line of text while it is being typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    text: String,
    /// In bytes, between two characters.
    cursor: usize,
    /// The text is the old one, untouched: the first character typed replaces it.
    fresh: bool,
    /// So many characters at most.
    most: usize,
}

impl Line {
    /// Starts from `text`, which the first character typed replaces when it is `fresh`.
    pub fn new(text: String, fresh: bool, most: usize) -> Self {
        Self { cursor: text.len(), text, fresh, most }
    }

    /// What has been typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text before the cursor and the text behind it.
    pub fn parts(&self) -> (&str, &str) {
        self.text.split_at(self.cursor)
    }

    /// Types a character where the cursor is.
    pub fn insert(&mut self, character: char) {
        if self.fresh {
            self.text.clear();
            self.cursor = 0;
        }
        self.fresh = false;
        if self.text.chars().count() < self.most && !character.is_control() {
            self.text.insert(self.cursor, character);
            self.cursor += character.len_utf8();
        }
    }

    /// Deletes the character before the cursor.
    pub fn backspace(&mut self) {
        if self.cursor > 0 {
            self.step(false);
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
        let (before, behind) = self.parts();
        self.cursor = match (right, before.chars().next_back(), behind.chars().next()) {
            (true, _, Some(next)) => self.cursor + next.len_utf8(),
            (false, Some(last), _) => self.cursor - last.len_utf8(),
            _ => self.cursor,
        };
    }

    /// Moves the cursor to the start or the end.
    pub fn jump(&mut self, end: bool) {
        self.fresh = false;
        self.cursor = if end { self.text.len() } else { 0 };
    }
}
