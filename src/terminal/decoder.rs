//! What the bytes from a terminal mean: keys, pastes and the focus, in the forms that the common terminals send them in.
//!
//! A terminal that is far away sends a key in pieces, and whatever stands between may let a long time pass from one to the
//! next. So nothing depends on what comes in one read: bytes wait until they mean something, and only Escape, which begins
//! most other keys, needs a clock ([`Decoder::patience`]).

use std::time::Duration;

use super::input::Input;
use crate::app::{Key, KeyCode, Pointer};

/// So long after Escape the rest of another key may come. Connections with a round trip of 100 ms are common, and those of a
/// train or a satellite take twice as long; whoever presses Escape to take something back hardly sees it.
const AFTER_ESCAPE: Duration = Duration::from_millis(250);
/// So long after the start of a sequence that nobody types by hand.
const IN_SEQUENCE: Duration = Duration::from_secs(1);
/// A paste whose end was lost is over after so long.
const IN_PASTE: Duration = Duration::from_secs(5);
/// More than this of a paste is of no use anywhere, in bytes.
const LONGEST_PASTE: usize = 1 << 20;
/// No sequence is as long, in bytes.
const LONGEST_SEQUENCE: usize = 256;

const PASTE_ENDS: &[u8] = b"\x1b[201~";

/// Makes inputs of bytes.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    /// What means nothing yet.
    waiting: Vec<u8>,
    /// What has been pasted so far.
    paste: Option<Vec<u8>>,
}

/// What the start of some bytes is.
enum Start {
    /// Not enough to tell.
    Unfinished,
    /// So many bytes, which mean something or nothing.
    Input(usize, Option<Input>),
    /// The start of a paste, in so many bytes.
    Paste(usize),
}

impl Decoder {
    /// What these bytes mean, together with those that wait.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Input> {
        let mut inputs = Vec::new();
        self.waiting.extend_from_slice(bytes);
        loop {
            if self.paste.is_some() {
                match self.paste_on() {
                    Some(input) => inputs.push(input),
                    None => return inputs,
                }
            }
            match start(&self.waiting) {
                Start::Unfinished => return inputs,
                Start::Paste(length) => {
                    self.waiting.drain(..length);
                    self.paste = Some(Vec::new());
                }
                Start::Input(length, input) => {
                    self.waiting.drain(..length);
                    inputs.extend(input);
                }
            }
        }
    }

    /// How long the rest of what waits may take to come; `None` while nothing waits.
    pub fn patience(&self) -> Option<Duration> {
        match &self.waiting[..] {
            _ if self.paste.is_some() => Some(IN_PASTE),
            [] => None,
            [0x1b] | [0x1b, _] => Some(AFTER_ESCAPE),
            _ => Some(IN_SEQUENCE),
        }
    }

    /// What waits means this, when nothing more has come.
    pub fn settle(&mut self) -> Vec<Input> {
        let waiting = std::mem::take(&mut self.waiting);
        if let Some(mut pasted) = self.paste.take() {
            pasted.extend(waiting);
            return vec![paste(&pasted)];
        }
        match waiting[..] {
            // Somebody typed them, however quickly.
            [0x1b] => vec![Input::Key(Key::plain(KeyCode::Esc))],
            [0x1b, 0x1b] => vec![Input::Key(Key::plain(KeyCode::Esc)); 2],
            [0x1b, character] if character.is_ascii_graphic() => {
                vec![Input::Key(Key::plain(KeyCode::Esc)), Input::Key(Key::char(character.into()))]
            }
            _ => Vec::new(),
        }
    }

    /// Takes what has come of a paste; all of it when its end is there.
    fn paste_on(&mut self) -> Option<Input> {
        let end = self.waiting.windows(PASTE_ENDS.len()).position(|window| window == PASTE_ENDS);
        // The last bytes may be the start of its end.
        let length = end.unwrap_or(self.waiting.len().saturating_sub(PASTE_ENDS.len() - 1));
        let pasted = self.paste.get_or_insert_default();
        pasted.extend(self.waiting.drain(..length));
        pasted.truncate(LONGEST_PASTE);
        end?;
        self.waiting.drain(..PASTE_ENDS.len());
        self.paste.take().map(|pasted| paste(&pasted))
    }
}

fn paste(bytes: &[u8]) -> Input {
    Input::Paste(String::from_utf8_lossy(bytes).into_owned())
}

/// What `bytes` begin with.
fn start(bytes: &[u8]) -> Start {
    match bytes {
        [] | [0x1b] => Start::Unfinished,
        [0x1b, b'[', rest @ ..] => sequence(2, rest),
        [0x1b, b'O', rest @ ..] => application(rest),
        // Alt with a key that is a sequence by itself, as rxvt sends it.
        [0x1b, 0x1b] => Start::Unfinished,
        [0x1b, 0x1b, b'[' | b'O', ..] => with_alt(&bytes[1..]),
        [0x1b, 0x1b, ..] => Start::Input(1, Some(Input::Key(Key::plain(KeyCode::Esc)))),
        [0x1b, ..] => with_alt(&bytes[1..]),
        _ => character(bytes),
    }
}

/// The key behind an Escape that stands for Alt.
fn with_alt(bytes: &[u8]) -> Start {
    match start(bytes) {
        Start::Input(length, Some(Input::Key(key))) => Start::Input(1 + length, Some(Input::Key(Key { alt: true, ..key }))),
        Start::Input(length, input) => Start::Input(1 + length, input),
        Start::Paste(length) => Start::Paste(1 + length),
        Start::Unfinished => Start::Unfinished,
    }
}

/// A character, typed alone or with Control.
fn character(bytes: &[u8]) -> Start {
    let key = match bytes[0] {
        0 => Key::ctrl(' '),
        b'\t' => Key::plain(KeyCode::Tab),
        b'\r' | b'\n' => Key::plain(KeyCode::Enter),
        // Half of the terminals send one for Backspace, the others the other.
        0x08 | 0x7f => Key::plain(KeyCode::Backspace),
        byte @ ..0x1b => Key::ctrl((byte - 1 + b'a').into()),
        byte @ 0x1b..0x20 => Key::ctrl((byte + 0x40).into()),
        _ => {
            let length = match bytes[0] {
                ..0x80 => 1,
                0xc2..0xe0 => 2,
                0xe0..0xf0 => 3,
                0xf0..0xf5 => 4,
                // No character begins like this.
                _ => return Start::Input(1, None),
            };
            let whole = &bytes[..length.min(bytes.len())];
            match std::str::from_utf8(whole) {
                Ok(text) => text.chars().next().map_or(Key::plain(KeyCode::Esc), Key::char),
                Err(error) if error.error_len().is_none() => return Start::Unfinished,
                Err(_) => return Start::Input(1, None),
            }
        }
    };
    let length = match key.code {
        KeyCode::Char(character) if !key.ctrl => character.len_utf8(),
        _ => 1,
    };
    Start::Input(length, Some(Input::Key(key)))
}

/// What stands behind `ESC O`: arrows and the keypad in application mode. An old form has modifiers before the last byte.
fn application(rest: &[u8]) -> Start {
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b';').count();
    let Some(last) = rest.get(digits) else { return unfinished(rest) };
    let key = match last {
        b'A'..=b'H' | b'a'..=b'd' => directed(*last),
        b'M' => Some(Key::plain(KeyCode::Enter)),
        b'I' => Some(Key::plain(KeyCode::Tab)),
        b'X' => Some(Key::char('=')),
        b'j'..=b'y' => Some(Key::char((last - 0x40).into())),
        0x20..0x7f => None,
        // Not a sequence: Alt-O was typed, and then this.
        _ => return Start::Input(2, Some(Input::Key(Key { alt: true, ..Key::char('O') }))),
    };
    // rxvt has small letters for arrows with Control.
    let ctrl = matches!(last, b'a'..=b'd');
    let modifiers = number(rest[..digits].split(|byte| *byte == b';').next_back().unwrap_or_default());
    let key = key.map(|key| modified(Key { ctrl, ..key }, modifiers));
    Start::Input(2 + digits + 1, key.map(Input::Key))
}

/// A control sequence whose parameters are at the start of `rest`, behind `before` bytes.
fn sequence(before: usize, rest: &[u8]) -> Start {
    // The Linux console's function keys have a letter of their own behind a second bracket.
    if let [b'[', ..] = rest {
        return if rest.len() < 2 { Start::Unfinished } else { Start::Input(before + 2, None) };
    }
    let parameters = rest.iter().take_while(|byte| matches!(byte, 0x30..0x40)).count();
    let between = rest[parameters..].iter().take_while(|byte| matches!(byte, 0x20..0x30)).count();
    // rxvt ends with `$` where Shift was held.
    let is_shifted =
        between > 0 && rest[parameters] == b'$' && rest[..parameters].iter().all(u8::is_ascii_digit) && parameters > 0;
    let end = if is_shifted { parameters } else { parameters + between };
    let Some(last) = rest.get(end) else { return unfinished(rest) };
    if !matches!(last, 0x24 | 0x40..0x7f) {
        // It was broken off; what broke it off is something of its own.
        return Start::Input(before + end, None);
    }
    let length = before + end + 1;
    match (&rest[..parameters], last) {
        (b"200", b'~') => Start::Paste(length),
        (b"", b'I') => Start::Input(length, Some(Input::Focus(true))),
        (b"", b'O') => Start::Input(length, Some(Input::Focus(false))),
        ([b'<', place @ ..], b'M' | b'm') => Start::Input(length, mouse(place, *last == b'M')),
        (parameters, last) if is_shifted || between == 0 => Start::Input(length, key(parameters, *last).map(Input::Key)),
        _ => Start::Input(length, None),
    }
}

/// What the mouse did, as xterm's mode 1006 tells it: button, column, row. The middle button stays the
/// terminal's.
fn mouse(parameters: &[u8], is_down: bool) -> Option<Input> {
    let mut numbers = parameters.split(|byte| *byte == b';').map(number);
    let (button, x, y) = (numbers.next()?, numbers.next()?, numbers.next()?);
    // Shift, Alt and Control have a bit each.
    let how = match (button & !0b1_1100, is_down) {
        (0, true) => Pointer::Press,
        (0, false) => Pointer::Release,
        (32, true) => Pointer::Drag,
        (2, true) | (34, true) => Pointer::Erase,
        (64, true) => Pointer::Wheel(-1),
        (65, true) => Pointer::Wheel(1),
        _ => return None,
    };
    let from_zero = |place: u32| u16::try_from(place).ok()?.checked_sub(1);
    Some(Input::Point { x: from_zero(x)?, y: from_zero(y)?, how })
}

/// A sequence that is not finished, unless it is longer than any.
fn unfinished(rest: &[u8]) -> Start {
    if rest.len() < LONGEST_SEQUENCE { Start::Unfinished } else { Start::Input(2 + rest.len(), None) }
}

/// The key of a control sequence, if it is one that the dashboard knows and that was not let go of.
fn key(parameters: &[u8], last: u8) -> Option<Key> {
    let mut parameters = parameters.split(|byte| *byte == b';');
    let mut codes = parameters.next().unwrap_or_default().split(|byte| *byte == b':').map(number);
    let code = codes.next().unwrap_or(0);
    let mut held = parameters.next().unwrap_or_default().split(|byte| *byte == b':').map(number);
    let modifiers = held.next().unwrap_or(0);
    if held.next() == Some(3) {
        return None;
    }
    let key = match last {
        b'A'..=b'H' => directed(last),
        // rxvt's arrows with Shift.
        b'a'..=b'd' => directed(last).map(|key| Key { shift: true, ..key }),
        b'Z' => Some(Key::plain(KeyCode::BackTab)),
        // xterm's form of any key, when it has been told to use it.
        b'~' if code == 27 => return parameters.next().map(number).and_then(|code| typed(code, None, modifiers)),
        b'~' => numbered(code),
        b'$' => numbered(code).map(|key| Key { shift: true, ..key }),
        b'^' => numbered(code).map(|key| Key { ctrl: true, ..key }),
        b'@' => numbered(code).map(|key| Key { ctrl: true, shift: true, ..key }),
        b'u' => return typed(code, codes.next().filter(|shifted| *shifted > 0), modifiers),
        _ => None,
    };
    key.map(|key| modified(key, modifiers))
}

/// Arrows and their neighbours, by the last letter.
fn directed(last: u8) -> Option<Key> {
    Some(Key::plain(match last.to_ascii_uppercase() {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'H' => KeyCode::Home,
        b'F' => KeyCode::End,
        _ => return None,
    }))
}

/// Keys by their number: the VT220's, and those of rxvt and the Linux console.
fn numbered(code: u32) -> Option<Key> {
    Some(Key::plain(match code {
        1 | 7 => KeyCode::Home,
        3 => KeyCode::Delete,
        4 | 8 => KeyCode::End,
        5 => KeyCode::PageUp,
        6 => KeyCode::PageDown,
        _ => return None,
    }))
}

/// A key by the character that it types, or by its number in kitty's protocol.
fn typed(code: u32, shifted: Option<u32>, modifiers: u32) -> Option<Key> {
    const KEYPAD: [KeyCode; 10] = [
        KeyCode::Left,
        KeyCode::Right,
        KeyCode::Up,
        KeyCode::Down,
        KeyCode::PageUp,
        KeyCode::PageDown,
        KeyCode::Home,
        KeyCode::End,
        KeyCode::Esc,
        KeyCode::Delete,
    ];
    let code = match code {
        8 | 127 => KeyCode::Backspace,
        9 => KeyCode::Tab,
        13 | 57414 => KeyCode::Enter,
        27 => KeyCode::Esc,
        57399..=57408 => KeyCode::Char(char::from_digit(code - 57399, 10)?),
        57409..=57413 => KeyCode::Char(['.', '/', '*', '-', '+'][code as usize - 57409]),
        57415 => KeyCode::Char('='),
        // Insert does nothing here.
        57425 => return None,
        57417..=57426 => KEYPAD[code as usize - 57417],
        57344..=63743 => return None,
        code => KeyCode::Char(char::from_u32(code).filter(|character| !character.is_control())?),
    };
    let key = modified(Key::plain(code), modifiers);
    let KeyCode::Char(character) = code else { return Some(key) };
    let character = match shifted.and_then(char::from_u32) {
        Some(shifted) if key.shift => shifted,
        _ if key.ctrl => character.to_ascii_lowercase(),
        _ if key.shift => character.to_uppercase().next().unwrap_or(character),
        _ => character,
    };
    Some(Key { code: KeyCode::Char(character), shift: false, ..key })
}

/// The key with what was held: a number that counts from 1, with a bit each for Shift, Alt, Control and Meta.
fn modified(key: Key, modifiers: u32) -> Key {
    let held = modifiers.saturating_sub(1);
    Key { shift: key.shift || held & 1 > 0, alt: key.alt || held & 0b1010 > 0, ctrl: key.ctrl || held & 4 > 0, ..key }
}

/// A number among parameters; 0 where none stands.
fn number(digits: &[u8]) -> u32 {
    std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests;
