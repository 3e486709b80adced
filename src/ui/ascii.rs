//! The dashboard and the progress lines for terminals that have ASCII only.

use ratatui::buffer::Buffer;

/// Replaces every character that is not ASCII by one that is, cell by cell.
pub fn translate(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        let symbol = cell.symbol();
        if !symbol.is_ascii()
            && let Some(character) = symbol.chars().next()
        {
            let plain = plain(character);
            cell.set_char(plain);
        }
    }
}

/// The text with every character that is not ASCII replaced by one that is.
pub fn text(text: &str) -> String {
    text.chars().map(|character| if character.is_ascii() { character } else { plain(character) }).collect()
}

fn plain(character: char) -> char {
    match character {
        '━' => '=',
        '─' | '–' | '╌' | '╺' | '╸' => '-',
        '│' | '┊' | '┃' | '‖' => '|',
        '╭' | '╮' | '╰' | '╯' | '┼' | '┤' | '├' | '┬' | '┴' | '└' => '+',
        '→' | '▸' | '›' | '▶' => '>',
        '←' | '‹' => '<',
        '↑' | '▲' => '^',
        '↓' => 'v',
        '…' => '~',
        '·' => '.',
        '●' | '◆' => 'o',
        '■' => '#',
        '✓' => '+',
        '✗' => 'x',
        '×' => 'x',
        '∞' => 'i',
        '░' | '▁' => '.',
        '▒' | '▂' => ':',
        '▃' => '-',
        '▄' => '=',
        '▅' => '+',
        '▆' => '*',
        '▓' | '▇' => '%',
        '█' => '#',
        '\u{a0}' => ' ',
        _ => '?',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_progress_stays_readable() {
        let line = "\r\x1b[Kepoch 1/5 · step 9 · lr 0.001 → 0.002, naïve";
        assert_eq!(text(line), "\r\x1b[Kepoch 1/5 . step 9 . lr 0.001 > 0.002, na?ve");
    }
}
