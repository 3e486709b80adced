//! What a run may be called, wherever somebody says so.

/// The name without the spaces around it, when a run can be called that; otherwise why not.
pub fn run_name(name: &str) -> Result<&str, &'static str> {
    match name.trim() {
        "last" => Err("that means the newest run"),
        name if name.contains(char::is_control) => Err("it has control characters"),
        name if name.contains(is_hidden) => Err("it has characters that cannot be seen or that turn the text around them"),
        name if name.chars().all(|c| c.is_whitespace() || is_joint(c)) => Err("it would have no name"),
        name => Ok(name),
    }
}

/// Whether a character cannot be seen, or turns the direction of the text around it. Of such a name nobody can tell what it is.
pub fn is_hidden(character: char) -> bool {
    matches!(character,
        // Soft hyphen, Arabic letter mark, Mongolian vowel separator, line and paragraph separators.
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{2028}' | '\u{2029}'
        // Spaces of no width, marks, embeddings, overrides and isolates of direction, invisible operators.
        | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        // Fillers of Hangul and a blank of braille, which look like nothing.
        | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{2800}'
        // A byte order mark, annotations, tags.
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Whether a character only says how those beside it are joined or drawn, as within emoji and in Persian.
fn is_joint(character: char) -> bool {
    matches!(character, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_can_be_seen_are_names() {
        for name in
            ["a", " two words ", "数字", "naïve", "👩\u{200d}🔬 lab", "❤\u{fe0f}", "نام\u{200c}ها", "wide@938", "x\u{301}"]
        {
            assert_eq!(run_name(name), Ok(name.trim()), "{name:?}");
        }
        for name in [
            "",
            "  ",
            "\u{a0}",
            "last",
            " last ",
            "a\tb",
            "a\u{1b}[31m",
            "\u{200b}",
            "a\u{202e}b",
            "\u{200d}\u{fe0f}",
            "\u{2800}",
        ] {
            assert!(run_name(name).is_err(), "{name:?}");
        }
    }
}
