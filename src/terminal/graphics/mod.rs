//! Pictures by the terminal's own graphics: which it has, and what is sent so that it shows the pictures of a frame.

mod colors;
mod kitty;
mod sixel;

use std::collections::BTreeSet;
use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::capabilities::Lookup;
use crate::config::Graphics;
use crate::ui::Plate;
use colors::Colors;

/// The names of terminals and of what they show pictures by, without being asked: as `TERM` or `TERM_PROGRAM` has them, or
/// `LC_TERMINAL`, which travels over ssh. Others that could are not known by their names.
const KNOWN: [(&str, Protocol); 10] = [
    ("xterm-kitty", Protocol::Kitty),
    ("kitty", Protocol::Kitty),
    ("xterm-ghostty", Protocol::Kitty),
    ("ghostty", Protocol::Kitty),
    ("iTerm.app", Protocol::Iterm2),
    ("iTerm2", Protocol::Iterm2),
    ("WezTerm", Protocol::Iterm2),
    ("rio", Protocol::Iterm2),
    ("foot", Protocol::Sixel),
    ("mlterm", Protocol::Sixel),
];

/// A way in which terminals take pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    /// kitty's graphics protocol: pictures lie over the cells and have numbers.
    Kitty,
    /// iTerm2's inline images, which stand in cells.
    Iterm2,
    /// DEC's sixels, which stand in cells, pixel by pixel.
    Sixel,
}

/// How the terminal shows pictures; `None` for half-blocks. Neither tmux nor GNU screen knows where a picture stands that it
/// hands on.
pub(super) fn protocol(asked: Graphics, lookup: Lookup) -> Option<Protocol> {
    if lookup("TMUX").or_else(|| lookup("STY")).is_some() {
        return None;
    }
    match asked {
        Graphics::Kitty => Some(Protocol::Kitty),
        Graphics::Iterm2 => Some(Protocol::Iterm2),
        Graphics::Sixel => Some(Protocol::Sixel),
        Graphics::Blocks => None,
        Graphics::Auto => {
            let names: Vec<String> = ["TERM", "TERM_PROGRAM", "LC_TERMINAL"].iter().filter_map(|name| lookup(name)).collect();
            let is = |known: &str| names.iter().any(|name| is_kind(name, known));
            KNOWN.iter().find(|(known, _)| is(known)).map(|(_, protocol)| *protocol)
        }
    }
}

/// Whether a terminal's name is this one, with something about how it differs: `foot` or `foot-extra`.
fn is_kind(name: &str, kind: &str) -> bool {
    let start = name.get(..kind.len()).filter(|start| start.eq_ignore_ascii_case(kind));
    start.is_some() && !name[kind.len()..].starts_with(char::is_alphanumeric)
}

/// The pictures that the terminal shows.
#[derive(Debug)]
pub(super) struct Gallery {
    protocol: Protocol,
    shown: Vec<Shown>,
    /// Nothing is known of what the terminal shows.
    forgot: bool,
}

/// A picture that the terminal shows.
#[derive(Debug)]
struct Shown {
    number: u32,
    plate: Plate,
}

impl Gallery {
    /// Shows nothing yet.
    pub fn new(protocol: Protocol) -> Self {
        Self { protocol, shown: Vec::new(), forgot: false }
    }

    /// Takes for granted nothing of what the terminal shows.
    pub fn forget(&mut self) {
        self.shown.clear();
        self.forgot = true;
    }

    /// What is sent, after the cells of the frame, so that the terminal shows these pictures and no others; `cell` is the size
    /// of a cell in pixels.
    pub fn show(&mut self, plates: Vec<Plate>, cell: (u16, u16)) -> String {
        let mut sent = String::new();
        if std::mem::take(&mut self.forgot) && self.protocol == Protocol::Kitty {
            kitty::clear(&mut sent);
        }
        // The cells of what goes are written by now: only pictures that lie over cells have to be taken away.
        let stays = |shown: &Shown| plates.iter().any(|plate| plate.area == shown.plate.area);
        let (mut kept, gone): (Vec<_>, Vec<_>) = std::mem::take(&mut self.shown).into_iter().partition(stays);
        if self.protocol == Protocol::Kitty {
            gone.iter().for_each(|shown| kitty::remove(&mut sent, shown.number));
        }
        let mut numbers: BTreeSet<u32> = kept.iter().map(|shown| shown.number).collect();
        for plate in plates {
            let before = kept.iter().position(|shown| shown.plate.area == plate.area).map(|place| kept.swap_remove(place));
            if let Some(same) = before.as_ref().filter(|shown| shown.plate == plate) {
                self.shown.push(Shown { number: same.number, plate });
                continue;
            }
            let free = || (1..).find(|number| numbers.insert(*number)).unwrap_or_default();
            let number = before.map_or_else(free, |shown| shown.number);
            self.protocol.place(&mut sent, number, &plate, cell);
            self.shown.push(Shown { number, plate });
        }
        sent
    }
}

impl Protocol {
    /// Writes what shows a picture in its cells.
    fn place(self, sent: &mut String, number: u32, plate: &Plate, cell: (u16, u16)) {
        let area = plate.area;
        // Writing to a string cannot fail.
        let _ = write!(sent, "\x1b[{};{}H", area.y + 1, area.x + 1);
        let colors = Colors::of(plate);
        match self {
            Self::Kitty => kitty::place(sent, number, area, &colors.png()),
            Self::Iterm2 => {
                let file = colors.png();
                let _ = write!(
                    sent,
                    "\x1b]1337;File=inline=1;size={};width={};height={};preserveAspectRatio=0;doNotMoveCursor=1:{}\x07",
                    file.len(),
                    area.width,
                    area.height,
                    STANDARD.encode(file),
                );
            }
            Self::Sixel => sixel::draw(sent, &colors, (usize::from(area.width * cell.0), usize::from(area.height * cell.1))),
        }
    }
}

#[cfg(test)]
mod tests;
