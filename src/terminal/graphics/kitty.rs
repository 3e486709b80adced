//! kitty's graphics protocol: <https://sw.kovidgoyal.net/kitty/graphics-protocol/>.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ratatui::layout::Rect;

/// At most so many characters of a picture in one command.
const CHUNK: usize = 4096;

/// Writes what takes all pictures away, with what the terminal keeps of them. It answers nothing (`q=2`).
pub fn clear(sent: &mut String) {
    sent.push_str("\x1b_Ga=d,d=A,q=2\x1b\\");
}

/// Writes what takes the picture of a number away.
pub fn remove(sent: &mut String, number: u32) {
    // Writing to a string cannot fail.
    let _ = write!(sent, "\x1b_Ga=d,d=I,i={number},q=2\x1b\\");
}

/// Writes what shows a PNG where the cursor is, instead of the one of the same number; the cursor stays.
pub fn place(sent: &mut String, number: u32, area: Rect, png: &[u8]) {
    let text = STANDARD.encode(png);
    let mut rest = text.as_str();
    let mut control = format!("a=T,f=100,i={number},p=1,c={},r={},C=1,q=2", area.width, area.height);
    while !rest.is_empty() {
        let (chunk, more) = rest.split_at(rest.len().min(CHUNK));
        rest = more;
        let _ = match (rest.is_empty(), control.is_empty()) {
            (true, false) => write!(sent, "\x1b_G{control};{chunk}\x1b\\"),
            (last, _) => {
                let comma = if control.is_empty() { "" } else { "," };
                write!(sent, "\x1b_G{control}{comma}m={};{chunk}\x1b\\", u8::from(!last))
            }
        };
        control.clear();
    }
}
