//! Keys as the dashboard understands them, whatever terminal they came from.

use std::fmt;
use std::str::FromStr;

/// Which key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyCode {
    /// A character, as typed: `?` is `?`, not Shift and `/`.
    Char(char),
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// Tab.
    Tab,
    /// Shift-Tab.
    BackTab,
    /// Backspace.
    Backspace,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// Delete.
    Delete,
}

/// A key and what was held with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// Which key.
    pub code: KeyCode,
    /// Control was held.
    pub ctrl: bool,
    /// Alt was held.
    pub alt: bool,
    /// Shift was held; means nothing for characters, which carry it in themselves.
    pub shift: bool,
}

impl Key {
    /// A key by itself.
    pub const fn plain(code: KeyCode) -> Self {
        Self { code, ctrl: false, alt: false, shift: false }
    }

    /// A character by itself.
    pub const fn char(character: char) -> Self {
        Self::plain(KeyCode::Char(character))
    }

    /// A character with Control.
    pub const fn ctrl(character: char) -> Self {
        Self { code: KeyCode::Char(character), ctrl: true, alt: false, shift: false }
    }

    /// The same key without what makes no difference to a binding: Shift on a character or on Shift-Tab.
    pub fn normal(self) -> Self {
        match self.code {
            KeyCode::Char(_) | KeyCode::BackTab => Self { shift: false, ..self },
            KeyCode::Tab if self.shift => Self { code: KeyCode::BackTab, shift: false, ..self },
            _ => self,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (held, name) in [(self.ctrl, "Ctrl-"), (self.alt, "Alt-"), (self.shift, "Shift-")] {
            if held {
                f.write_str(name)?;
            }
        }
        match self.code {
            KeyCode::Char(' ') => f.write_str("Space"),
            KeyCode::Char(c) if self.ctrl => write!(f, "{}", c.to_ascii_uppercase()),
            KeyCode::Char(c) => write!(f, "{c}"),
            KeyCode::Enter => f.write_str("Enter"),
            KeyCode::Esc => f.write_str("Esc"),
            KeyCode::Tab => f.write_str("Tab"),
            KeyCode::BackTab => f.write_str("Shift-Tab"),
            KeyCode::Backspace => f.write_str("Backspace"),
            KeyCode::Up => f.write_str("↑"),
            KeyCode::Down => f.write_str("↓"),
            KeyCode::Left => f.write_str("←"),
            KeyCode::Right => f.write_str("→"),
            KeyCode::Home => f.write_str("Home"),
            KeyCode::End => f.write_str("End"),
            KeyCode::PageUp => f.write_str("PgUp"),
            KeyCode::PageDown => f.write_str("PgDn"),
            KeyCode::Delete => f.write_str("Del"),
        }
    }
}

/// Keys with names, as they are written first.
const NAMED: [(KeyCode, &str); 16] = [
    (KeyCode::Char(' '), "Space"),
    (KeyCode::Enter, "Enter"),
    (KeyCode::Esc, "Esc"),
    (KeyCode::Tab, "Tab"),
    (KeyCode::Backspace, "Backspace"),
    (KeyCode::Up, "Up"),
    (KeyCode::Down, "Down"),
    (KeyCode::Left, "Left"),
    (KeyCode::Right, "Right"),
    (KeyCode::Home, "Home"),
    (KeyCode::End, "End"),
    (KeyCode::PageUp, "PgUp"),
    (KeyCode::PageDown, "PgDn"),
    (KeyCode::PageUp, "PageUp"),
    (KeyCode::PageDown, "PageDown"),
    (KeyCode::Delete, "Del"),
];

impl Key {
    /// The names of keys that are no characters.
    pub fn names() -> Vec<&'static str> {
        NAMED.iter().map(|(_, name)| *name).collect()
    }
}

impl FromStr for Key {
    type Err = ();

    /// Reads a key as people write it: `x`, `Space`, `ctrl-x`, `Shift-Tab`.
    fn from_str(text: &str) -> Result<Self, ()> {
        let mut key = Self::plain(KeyCode::Enter);
        let mut rest = text;
        while let Some((held, behind)) = rest.split_once('-').filter(|(_, behind)| !behind.is_empty()) {
            match held.to_ascii_lowercase().as_str() {
                "ctrl" => key.ctrl = true,
                "alt" => key.alt = true,
                "shift" => key.shift = true,
                _ => return Err(()),
            }
            rest = behind;
        }
        let mut characters = rest.chars();
        let named = NAMED.iter().find(|(code, name)| name.eq_ignore_ascii_case(rest) || Self::plain(*code).to_string() == rest);
        key.code = match (named, characters.next(), characters.next()) {
            (Some((code, _)), ..) => *code,
            // Terminals tell Ctrl with small letters.
            (None, Some(character), None) if key.ctrl => KeyCode::Char(character.to_ascii_lowercase()),
            (None, Some(character), None) if !character.is_control() => KeyCode::Char(character),
            _ => return Err(()),
        };
        Ok(key.normal())
    }
}

/// A character, in a table of keys.
pub(super) const fn c(character: char) -> Key {
    Key::char(character)
}

/// A key without a character, in a table of keys.
pub(super) const fn k(code: KeyCode) -> Key {
    Key::plain(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_read_as_it_is_written() {
        let plain = NAMED.iter().map(|(code, _)| Key::plain(*code)).chain("a?-é".chars().map(Key::char));
        for key in plain.chain([Key::ctrl('x'), Key::plain(KeyCode::BackTab)]) {
            assert_eq!(key.to_string().parse(), Ok(key));
        }
        for (text, key) in [("shift-tab", Key::plain(KeyCode::BackTab)), ("ctrl-X", Key::ctrl('x')), ("page", Key::char('p'))] {
            assert_eq!(text.parse::<Key>().ok(), Some(key).filter(|_| text != "page"), "{text}");
        }
    }
}
