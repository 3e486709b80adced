//! Keys as words: single characters, or names.

use mnist_tui::app::{App, Effect, Key, KeyCode, Message};

/// The key of a word: `s`, `Enter`, `FarLeft` (with Shift), `^C`.
pub fn key(word: &str) -> Key {
    match word {
        "Space" => Key::char(' '),
        "Enter" => Key::plain(KeyCode::Enter),
        "Esc" => Key::plain(KeyCode::Esc),
        "Tab" => Key::plain(KeyCode::Tab),
        "BackTab" => Key { shift: true, ..Key::plain(KeyCode::BackTab) },
        "Up" => Key::plain(KeyCode::Up),
        "Down" => Key::plain(KeyCode::Down),
        "Left" => Key::plain(KeyCode::Left),
        "Right" => Key::plain(KeyCode::Right),
        "FarLeft" => Key { shift: true, ..Key::plain(KeyCode::Left) },
        "Back" => Key::plain(KeyCode::Backspace),
        "Home" => Key::plain(KeyCode::Home),
        "^C" => Key::ctrl('c'),
        "^L" => Key::ctrl('l'),
        "^Z" => Key::ctrl('z'),
        _ => Key::char(word.chars().next().expect("a word has a letter")),
    }
}

/// Presses keys, one after the other; what the app wants done.
#[allow(dead_code, reason = "some tests do something after each key")]
pub fn press(app: &mut App, keys: &str) -> Vec<Effect> {
    keys.split_whitespace().flat_map(|word| app.update(Message::Key(key(word)))).collect()
}
