//! Text in lines.

use super::super::pen::{clip, columns};

/// The words of a text in lines of so many columns. What is wider than that, as a sentence in Chinese may be, is broken
/// between two characters.
pub fn wrapped(text: &str, room: u16) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        let mut rest = word;
        while columns(rest) > room {
            let part = clip(rest, room);
            if part.is_empty() {
                break;
            }
            lines.push(part.into());
            rest = &rest[part.len()..];
        }
        match lines.last_mut() {
            Some(line) if rest.len() == word.len() && columns(line) + 1 + columns(word) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(rest.into()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_between_words_or_within_wide_ones() {
        assert_eq!(wrapped("one two three", 13), ["one two three"]);
        assert_eq!(wrapped("one two three", 12), ["one two", "three"]);
        assert_eq!(wrapped("one two three", 3), ["one", "two", "thr", "ee"]);
        assert_eq!(wrapped("学习率越大", 6), ["学习率", "越大"]);
    }
}
