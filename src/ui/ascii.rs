//! The dashboard for terminals that have ASCII only.

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

fn plain(character: char) -> char {
    match character {
        '━' => '=',
        '─' | '–' | '╌' | '╺' | '╸' => '-',
        '│' | '┊' | '┃' => '|',
        '╭' | '╮' | '╰' | '╯' | '┼' | '┤' | '├' | '┬' | '┴' | '└' => '+',
        '→' | '▸' | '›' => '>',
        '←' | '‹' => '<',
        '↑' => '^',
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
