//! What can stand in the hole of a text.

use std::fmt::{self, Display, Formatter};

use super::{Language, Text};

/// What can stand in the hole of a text: it may be said differently in each language.
pub trait Said {
    /// Writes it in a language, with the width and precision of the hole.
    fn said(&self, language: Language, to: &mut Formatter<'_>) -> fmt::Result;
}

/// Something in a language.
pub(super) struct In<'a, T>(pub &'a T, pub Language);

impl<T: Said> Display for In<'_, T> {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        self.0.said(self.1, to)
    }
}

/// What is written in the same way everywhere.
macro_rules! same_everywhere {
    ($($type:ty),*) => {$(
        impl Said for $type {
            fn said(&self, _language: Language, to: &mut Formatter<'_>) -> fmt::Result {
                Display::fmt(self, to)
            }
        }
    )*};
}
same_everywhere!(usize, u64, u32, f64, char, String, &'static str);

impl Said for Text {
    fn said(&self, language: Language, to: &mut Formatter<'_>) -> fmt::Result {
        to.pad(&self.say(language))
    }
}

impl<T: Said> Said for Box<T> {
    fn said(&self, language: Language, to: &mut Formatter<'_>) -> fmt::Result {
        (**self).said(language, to)
    }
}

/// Whether a text has a hole; one without values must have none.
pub(super) const fn has_hole(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'{' {
            return true;
        }
        at += 1;
    }
    false
}
