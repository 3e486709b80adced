//! Frames as bytes: only what changes from one cell to the next, and the whole frame in one write.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, Write, stdout};

use crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate};
use crossterm::{Command, cursor};
use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

use super::size::size;

/// What turns modifiers on and off; bold and dim are turned off together.
const MODIFIERS: [(Modifier, u8, u8); 5] = [
    (Modifier::BOLD, 1, 22),
    (Modifier::DIM, 2, 22),
    (Modifier::ITALIC, 3, 23),
    (Modifier::UNDERLINED, 4, 24),
    (Modifier::REVERSED, 7, 27),
];

/// How the next character will look.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Pen {
    pub foreground: Color,
    pub background: Color,
    pub modifiers: Modifier,
}

/// The screen of the terminal, which ratatui draws on.
///
/// ratatui's own backend goes from row to row, and says both colours whenever one of them changes: three times as many bytes.
/// And it clears the screen before it is drawn anew, which flickers: here everything is written over.
#[derive(Debug, Default)]
pub(super) struct Screen {
    /// What has not been sent yet.
    frame: String,
    /// Whether frames are marked as belonging together (DEC mode 2026).
    synchronized: bool,
    /// Where characters of two columns begin. What is written over half of one takes the other half along, so that the cells
    /// of a row where one comes or goes have to be written in their order.
    wide: BTreeSet<(u16, u16)>,
}

impl Screen {
    /// A screen on standard output.
    pub fn new(synchronized: bool) -> Self {
        Self { synchronized, ..Self::default() }
    }

    /// Adds a command to the frame.
    pub fn queue(&mut self, command: impl Command) {
        // Writing to a string cannot fail.
        let _ = command.write_ansi(&mut self.frame);
    }

    /// Adds what comes after the cells.
    pub fn add(&mut self, text: &str) {
        self.frame.push_str(text);
    }

    /// Sends the frame, nothing where nothing has changed; gives how many bytes it was.
    pub fn send(&mut self) -> io::Result<usize> {
        if self.frame.is_empty() {
            return Ok(0);
        }
        let mut whole = String::with_capacity(self.frame.len() + 16);
        // Writing to a string cannot fail.
        let _ = if self.synchronized { BeginSynchronizedUpdate.write_ansi(&mut whole) } else { Ok(()) };
        whole.push_str(&self.frame);
        let _ = if self.synchronized { EndSynchronizedUpdate.write_ansi(&mut whole) } else { Ok(()) };
        self.frame.clear();
        let mut output = stdout().lock();
        output.write_all(whole.as_bytes()).and_then(|()| output.flush())?;
        Ok(whole.len())
    }
}

impl Backend for Screen {
    type Error = io::Error;

    fn draw<'a, I: Iterator<Item = (u16, u16, &'a Cell)>>(&mut self, content: I) -> io::Result<()> {
        let columns = self.size()?.width;
        encode(&mut self.frame, columns, &mut self.wide, content);
        Ok(())
    }

    /// It was hidden when the terminal was taken over, and stays so.
    fn hide_cursor(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.queue(cursor::Show);
        Ok(())
    }

    /// The thread that reads keys would take the terminal's answer.
    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let Position { x, y } = position.into();
        self.queue(cursor::MoveTo(x, y));
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn clear_region(&mut self, _: ClearType) -> io::Result<()> {
        Ok(())
    }

    fn size(&self) -> io::Result<Size> {
        size(stdout()).map(Size::from).ok_or_else(|| io::Error::other("standard output is no terminal"))
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: self.size()?, pixels: Size::default() })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes cells, those that look the same one after the other: colours are longer than places. The terminal's pen is plain
/// before and after.
fn encode<'a>(
    frame: &mut String,
    columns: u16,
    wide: &mut BTreeSet<(u16, u16)>,
    cells: impl Iterator<Item = (u16, u16, &'a Cell)>,
) {
    let mut cells: Vec<_> = cells.collect();
    let mut in_order = BTreeSet::new();
    for (x, y, cell) in &cells {
        let is_wide = cell.symbol().width() > 1;
        let was_wide = wide.remove(&(*x, *y)) | x.checked_sub(1).is_some_and(|before| wide.remove(&(before, *y)));
        if is_wide {
            wide.insert((*x, *y));
        }
        if is_wide || was_wide {
            in_order.insert(*y);
        }
    }
    // The sort keeps the order of those that compare as equal: such rows come first, as they are.
    cells.sort_by_key(|(_, y, cell)| (!in_order.contains(y)).then(|| (rank(cell.bg), rank(cell.fg), cell.modifier.bits())));
    let mut pen = Pen::default();
    // Where the cursor is. Nobody knows after the last column.
    let mut cursor: Option<(u16, u16)> = None;
    for (x, y, cell) in cells {
        // Writing to a string cannot fail.
        let _ = match cursor {
            Some(at) if at == (x, y) => Ok(()),
            Some((before, row)) if row == y && before + 1 == x => frame.write_str("\x1b[C"),
            Some((before, row)) if row == y && before < x => write!(frame, "\x1b[{}C", x - before),
            _ => write!(frame, "\x1b[{};{}H", y + 1, x + 1),
        };
        let wanted = Pen { foreground: cell.fg, background: cell.bg, modifiers: cell.modifier };
        change(frame, pen, wanted);
        pen = wanted;
        frame.push_str(cell.symbol());
        let next = x.saturating_add(cell.symbol().width() as u16);
        cursor = (next < columns).then_some((next, y));
    }
    if pen != Pen::default() {
        frame.push_str("\x1b[m");
    }
}

/// Writes what makes one pen another.
pub(super) fn change(frame: &mut String, from: Pen, to: Pen) {
    if from == to {
        return;
    }
    frame.push_str("\x1b[");
    let start = frame.len();
    let mut kept = from.modifiers;
    for (modifier, _, off) in MODIFIERS {
        if kept.contains(modifier) && !to.modifiers.contains(modifier) {
            add(frame, start, format_args!("{off}"));
            kept.remove(if off == 22 { Modifier::BOLD | Modifier::DIM } else { modifier });
        }
    }
    for (modifier, on, _) in MODIFIERS {
        if to.modifiers.contains(modifier) && !kept.contains(modifier) {
            add(frame, start, format_args!("{on}"));
        }
    }
    for (before, color, base) in [(from.foreground, to.foreground, 30), (from.background, to.background, 40)] {
        if before != color {
            add_color(frame, start, color, base);
        }
    }
    if frame.len() == start {
        // Nothing that shows.
        frame.truncate(start - 2);
    } else {
        frame.push('m');
    }
}

/// Adds a parameter to those that stand behind `start`.
fn add(frame: &mut String, start: usize, parameter: std::fmt::Arguments) {
    let separator = if frame.len() > start { ";" } else { "" };
    // Writing to a string cannot fail.
    let _ = write!(frame, "{separator}{parameter}");
}

/// Adds a colour; `base` is 30 for ink, 40 for the background.
fn add_color(frame: &mut String, start: usize, color: Color, base: u8) {
    match color {
        Color::Rgb(r, g, b) => add(frame, start, format_args!("{};2;{r};{g};{b}", base + 8)),
        Color::Indexed(index) => add(frame, start, format_args!("{};5;{index}", base + 8)),
        named => add(frame, start, format_args!("{}", base + ansi(named))),
    }
}

/// The place of a colour in an order of all.
fn rank(color: Color) -> u32 {
    match color {
        Color::Rgb(r, g, b) => u32::from_be_bytes([2, r, g, b]),
        Color::Indexed(index) => u32::from_be_bytes([1, 0, 0, index]),
        named => ansi(named).into(),
    }
}

/// The number of a colour with a name, above 30 or 40.
fn ansi(color: Color) -> u8 {
    match color {
        Color::Rgb(..) | Color::Indexed(_) | Color::Reset => 9,
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 60,
        Color::LightRed => 61,
        Color::LightGreen => 62,
        Color::LightYellow => 63,
        Color::LightBlue => 64,
        Color::LightMagenta => 65,
        Color::LightCyan => 66,
        Color::White => 67,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    /// What is sent for the difference of two pictures.
    fn sent(screen: &mut Screen, before: &Buffer, after: &Buffer) -> String {
        encode(&mut screen.frame, after.area.width, &mut screen.wide, before.diff(after).into_iter());
        std::mem::take(&mut screen.frame)
    }

    #[test]
    fn only_what_changes_is_sent() {
        let area = Rect::new(0, 0, 12, 2);
        let base = Buffer::empty(area);
        let red = Style::new().fg(Color::Red).bg(Color::Rgb(1, 2, 3));
        type Change = fn(&mut Buffer, Style);
        let cases: [(&str, Change, &str); 8] = [
            ("nothing", |_, _| {}, ""),
            ("plain text", |buffer, _| buffer.set_string(2, 1, "ab", Style::new()), "\x1b[2;3Hab"),
            ("one style", |buffer, red| buffer.set_string(2, 0, "ab", red), "\x1b[1;3H\x1b[31;48;2;1;2;3mab\x1b[m"),
            (
                "another ink on the same background",
                |buffer, red| {
                    buffer.set_string(2, 0, "a", red);
                    buffer.set_string(3, 0, "b", red.fg(Color::White));
                },
                "\x1b[1;3H\x1b[31;48;2;1;2;3ma\x1b[97mb\x1b[m",
            ),
            (
                "one style at a time",
                |buffer, red| {
                    buffer.set_string(0, 0, "aXb", red);
                    buffer.set_string(1, 0, "c", Style::reset());
                },
                "\x1b[1;2Hc\x1b[1;1H\x1b[31;48;2;1;2;3ma\x1b[Cb\x1b[m",
            ),
            (
                "gaps",
                |buffer, _| {
                    buffer.set_string(0, 0, "a", Style::new());
                    buffer.set_string(2, 0, "b", Style::new());
                    buffer.set_string(8, 0, "c", Style::new());
                },
                "\x1b[1;1Ha\x1b[Cb\x1b[5Cc",
            ),
            (
                "a new row after the last column",
                |buffer, _| {
                    buffer.set_string(11, 0, "a", Style::new());
                    buffer.set_string(0, 1, "b", Style::new());
                },
                "\x1b[1;12Ha\x1b[2;1Hb",
            ),
            (
                "bold after dim",
                |buffer, _| {
                    buffer.set_string(0, 0, "a", Style::new().add_modifier(Modifier::BOLD | Modifier::REVERSED));
                    buffer.set_string(1, 0, "b", Style::new().add_modifier(Modifier::DIM));
                },
                "\x1b[1;2H\x1b[2mb\x1b[1;1H\x1b[22;1;7ma\x1b[m",
            ),
        ];
        for (name, change, expected) in cases {
            let mut after = base.clone();
            change(&mut after, red);
            assert_eq!(sent(&mut Screen::default(), &base, &after), expected, "{name}");
        }
    }

    fn style() -> impl Strategy<Value = Style> {
        let color = || {
            prop_oneof![
                Just(Color::Reset),
                Just(Color::Red),
                Just(Color::LightCyan),
                Just(Color::Indexed(208)),
                any::<(u8, u8, u8)>().prop_map(|(r, g, b)| Color::Rgb(r, g, b)),
            ]
        };
        let modifiers = proptest::sample::subsequence(MODIFIERS.map(|(modifier, ..)| modifier).to_vec(), 0..=5);
        let modifiers = modifiers.prop_map(|modifiers| modifiers.into_iter().fold(Modifier::empty(), Modifier::union));
        (color(), color(), modifiers).prop_map(|(fg, bg, modifiers)| Style::new().fg(fg).bg(bg).add_modifier(modifiers))
    }

    fn picture(text: &'static str) -> impl Strategy<Value = Buffer> {
        let piece = (0u16..20, 0u16..5, text, style());
        proptest::collection::vec(piece, 0..12).prop_map(|pieces| {
            let mut buffer = Buffer::empty(Rect::new(0, 0, 20, 5));
            for (x, y, text, style) in pieces {
                buffer.set_string(x, y, text, style);
            }
            // Nothing stands on the other half of a wide character.
            for place in 0..buffer.content.len() {
                let whole = place % 20 < 19 && buffer.content[place + 1].symbol() == " ";
                match buffer.content[place].symbol().width() {
                    2 if whole => buffer.content[place + 1] = Cell::default(),
                    2 => buffer.content[place] = Cell::default(),
                    _ => {}
                }
            }
            // The terminal of the tests is either bold or dim.
            let both = Modifier::BOLD | Modifier::DIM;
            buffer.content.iter_mut().filter(|cell| cell.modifier.contains(both)).for_each(|cell| cell.modifier -= both);
            buffer
        })
    }

    /// Pictures, and whether there are wide characters on them.
    fn pictures() -> impl Strategy<Value = (bool, Vec<Buffer>)> {
        any::<bool>().prop_flat_map(|wide| {
            let text = if wide { "[a-c ]{0,2}[学习率]{1,3}[a-c]?" } else { "[ -~]{1,6}|─[a-z⣿]{1,3}" };
            (Just(wide), proptest::collection::vec(picture(text), 1..4))
        })
    }

    /// The colour that the terminal of the tests sees.
    fn seen(color: Color) -> vt100::Color {
        match color {
            Color::Reset => vt100::Color::Default,
            Color::Red => vt100::Color::Idx(1),
            Color::LightCyan => vt100::Color::Idx(14),
            Color::Indexed(index) => vt100::Color::Idx(index),
            Color::Rgb(r, g, b) => vt100::Color::Rgb(r, g, b),
            other => panic!("{other} is not among the colours of the test"),
        }
    }

    #[test]
    fn a_wide_character_costs_its_row_and_no_other() {
        let area = Rect::new(0, 0, 12, 2);
        let rainbow = |buffer: &mut Buffer| {
            for (x, y) in (0..12).flat_map(|x| [(x, 0), (x, 1)]) {
                let color = if x % 2 == 0 { Color::Rgb(9, 9, 9) } else { Color::Rgb(8, 8, 8) };
                buffer.set_string(x, y, "x", Style::new().bg(color));
            }
        };
        let (base, mut plain, mut wide) = (Buffer::empty(area), Buffer::empty(area), Buffer::empty(area));
        rainbow(&mut plain);
        rainbow(&mut wide);
        wide.set_string(0, 0, "学", Style::new());
        let mut screen = Screen::default();
        let few = sent(&mut Screen::default(), &base, &plain).len();
        let first = sent(&mut screen, &base, &wide).len();
        assert!(first > few && first < 2 * few, "{first} bytes, {few} without the wide character");
        let gone = sent(&mut screen, &wide, &plain);
        assert!(gone.len() < 60, "what has not changed is not sent: {gone:?}");
        assert_eq!(sent(&mut screen, &base, &plain).len(), few, "a row is as before when the wide character has gone");
    }

    proptest! {
        /// A terminal that gets one picture after the other shows the last one.
        #[test]
        fn a_terminal_shows_what_was_drawn((wide, pictures) in pictures()) {
            let mut terminal = vt100::Parser::new(5.try_into().expect("rows"), 20.try_into().expect("columns"), 0);
            let mut before = Buffer::empty(Rect::new(0, 0, 20, 5));
            let mut screen = Screen::default();
            for after in pictures {
                terminal.process(sent(&mut screen, &before, &after).as_bytes());
                for y in 0..5 {
                    for x in 0..20 {
                        if x > 0 && after[(x - 1, y)].symbol().width() > 1 {
                            continue;
                        }
                        let (expected, found) = (&after[(x, y)], terminal.screen().cell(y, x).expect("a cell"));
                        let text = if found.has_contents() { found.contents() } else { " " };
                        prop_assert_eq!(text, expected.symbol(), "{},{}", x, y);
                        if wide {
                            // How the other half of a character looks that is gone differs from terminal to terminal.
                            continue;
                        }
                        let colors = (found.fgcolor(), found.bgcolor());
                        prop_assert_eq!(colors, (seen(expected.fg), seen(expected.bg)), "{},{}", x, y);
                        let modifiers = (found.bold(), found.dim(), found.italic(), found.underline(), found.inverse());
                        let has = |modifier| expected.modifier.contains(modifier);
                        let wanted = (has(Modifier::BOLD), has(Modifier::DIM), has(Modifier::ITALIC), has(Modifier::UNDERLINED), has(Modifier::REVERSED));
                        prop_assert_eq!(modifiers, wanted, "{},{}", x, y);
                    }
                }
                before = after;
            }
        }
    }
}
