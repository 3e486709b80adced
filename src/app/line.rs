//! A line of text while it is being typed.

use super::{Key, KeyCode};

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
    /// What was last cut out.
    cut: String,
}

impl Line {
    /// Starts from `text`, which the first character typed replaces when it is `fresh`.
    pub fn new(text: String, fresh: bool, most: usize) -> Self {
        Self { cursor: text.len(), text, fresh, most, cut: String::new() }
    }

    /// What has been typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text before the cursor and the text behind it.
    pub fn parts(&self) -> (&str, &str) {
        self.text.split_at(self.cursor)
    }

    /// What a key does to a line, as in shells and most programs: characters are typed; the arrows, Home, End, Delete and
    /// Backspace with and without Control or Alt; and Emacs' keys. `false` when it is none for a line.
    pub fn key(&mut self, key: Key) -> bool {
        let (word, plain) = (key.ctrl || key.alt, !key.ctrl && !key.alt);
        match key.code {
            KeyCode::Char(character) if plain => self.insert(character),
            KeyCode::Char(character) if key.ctrl && !key.alt => match character {
                'a' => self.jump(false),
                'e' => self.jump(true),
                'b' => self.step(false),
                'f' => self.step(true),
                'h' => self.backspace(),
                'd' => self.delete(),
                'w' => self.cut_to(self.word(false, |character| !character.is_whitespace())),
                'u' => self.cut_to(0),
                'k' => self.cut_to(self.text.len()),
                'y' => self.cut.clone().chars().for_each(|character| self.insert(character)),
                _ => return false,
            },
            KeyCode::Char('b') if !key.ctrl => self.move_to(self.word(false, char::is_alphanumeric)),
            KeyCode::Char('f') if !key.ctrl => self.move_to(self.word(true, char::is_alphanumeric)),
            KeyCode::Char('d') if !key.ctrl => self.cut_to(self.word(true, char::is_alphanumeric)),
            KeyCode::Left if word => self.move_to(self.word(false, char::is_alphanumeric)),
            KeyCode::Right if word => self.move_to(self.word(true, char::is_alphanumeric)),
            KeyCode::Backspace if word => self.cut_to(self.word(false, char::is_alphanumeric)),
            KeyCode::Delete if word => self.cut_to(self.word(true, char::is_alphanumeric)),
            KeyCode::Left => self.step(false),
            KeyCode::Right => self.step(true),
            KeyCode::Home => self.jump(false),
            KeyCode::End => self.jump(true),
            KeyCode::Backspace => self.backspace(),
            KeyCode::Delete => self.delete(),
            _ => return false,
        }
        true
    }

    /// Where the word at the cursor begins or ends, or the next one in that direction.
    fn word(&self, right: bool, belongs: impl Fn(char) -> bool) -> usize {
        let (before, behind) = self.parts();
        let is_outside = |character: char| !belongs(character);
        if right {
            let word = behind.trim_start_matches(is_outside);
            self.text.len() - word.trim_start_matches(&belongs).len()
        } else {
            before.trim_end_matches(is_outside).trim_end_matches(&belongs).len()
        }
    }

    fn move_to(&mut self, place: usize) {
        self.fresh = false;
        self.cursor = place;
    }

    /// Cuts out what is between the cursor and a place.
    fn cut_to(&mut self, place: usize) {
        self.fresh = false;
        let (start, end) = (self.cursor.min(place), self.cursor.max(place));
        self.cut = self.text.drain(start..end).collect();
        self.cursor = start;
    }

    /// Types a text that was pasted, as one line without what surrounds it.
    pub fn paste(&mut self, text: &str) {
        for (place, line) in text.trim().lines().enumerate() {
            (if place > 0 { " " } else { "" }).chars().chain(line.chars()).for_each(|character| self.insert(character));
        }
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
    fn backspace(&mut self) {
        if self.cursor > 0 {
            self.step(false);
            self.delete();
        }
    }

    /// Deletes the character behind the cursor.
    fn delete(&mut self) {
        self.fresh = false;
        if self.cursor < self.text.len() {
            self.text.remove(self.cursor);
        }
    }

    /// Moves the cursor by one character.
    fn step(&mut self, right: bool) {
        self.fresh = false;
        let (before, behind) = self.parts();
        self.cursor = match (right, before.chars().next_back(), behind.chars().next()) {
            (true, _, Some(next)) => self.cursor + next.len_utf8(),
            (false, Some(last), _) => self.cursor - last.len_utf8(),
            _ => self.cursor,
        };
    }

    /// Moves the cursor to the start or the end.
    fn jump(&mut self, end: bool) {
        self.move_to(if end { self.text.len() } else { 0 });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn k(code: KeyCode) -> Key {
        Key::plain(code)
    }

    const fn alt(character: char) -> Key {
        Key { alt: true, ..Key::char(character) }
    }

    const fn ctrl(code: KeyCode) -> Key {
        Key { ctrl: true, ..k(code) }
    }

    #[test]
    fn keys_edit_a_line_as_they_do_in_a_shell() {
        let start = "lr=3e-4 学习率 done";
        let alt_backspace = Key { alt: true, ..k(KeyCode::Backspace) };
        // What is pressed, and what stands before the cursor and behind it.
        let cases: &[(&[Key], &str, &str)] = &[
            (&[Key::ctrl('a')], "", start),
            (&[k(KeyCode::Home), Key::ctrl('e')], start, ""),
            (&[Key::ctrl('b'), k(KeyCode::Left)], "lr=3e-4 学习率 do", "ne"),
            (&[k(KeyCode::Home), Key::ctrl('f'), k(KeyCode::Right)], "lr", "=3e-4 学习率 done"),
            (&[alt('b')], "lr=3e-4 学习率 ", "done"),
            (&[ctrl(KeyCode::Left), alt('b')], "lr=3e-4 ", "学习率 done"),
            (&[k(KeyCode::Home), alt('f')], "lr", "=3e-4 学习率 done"),
            (&[k(KeyCode::Home), ctrl(KeyCode::Right), ctrl(KeyCode::Right)], "lr=3e", "-4 学习率 done"),
            (&[Key::ctrl('w')], "lr=3e-4 学习率 ", ""),
            (&[Key::ctrl('w'), Key::ctrl('w'), Key::ctrl('w')], "", ""),
            (&[alt_backspace, alt_backspace, alt_backspace], "lr=3e-", ""),
            (&[k(KeyCode::Home), alt('d')], "", "=3e-4 学习率 done"),
            (&[k(KeyCode::Home), ctrl(KeyCode::Delete), Key::ctrl('d')], "", "3e-4 学习率 done"),
            (&[k(KeyCode::Backspace), Key::ctrl('h')], "lr=3e-4 学习率 do", ""),
            (&[alt('b'), Key::ctrl('u')], "", "done"),
            (&[alt('b'), Key::ctrl('k')], "lr=3e-4 学习率 ", ""),
            (&[Key::ctrl('u'), Key::ctrl('y'), Key::char('!')], "lr=3e-4 学习率 done!", ""),
            (&[Key::ctrl('w'), k(KeyCode::Home), Key::ctrl('y')], "done", "lr=3e-4 学习率 "),
            (&[k(KeyCode::Delete), Key::ctrl('y'), alt('f'), Key::ctrl('k')], start, ""),
        ];
        for (keys, before, behind) in cases {
            let mut line = Line::new(start.into(), false, 80);
            assert!(keys.iter().all(|key| line.key(*key)), "{keys:?}");
            assert_eq!(line.parts(), (*before, *behind), "{keys:?}");
        }
        let mut line = Line::new(start.into(), true, 80);
        for key in [k(KeyCode::Enter), k(KeyCode::Up), alt('x'), Key::ctrl('g')] {
            assert!(!line.key(key), "{key}");
        }
        line.paste(" a\rb\nc\t\n");
        assert_eq!(line.text(), "ab c");
    }
}
