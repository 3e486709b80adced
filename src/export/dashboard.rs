//! The dashboard as a picture: what a terminal shows, drawn so that it looks the same whatever fonts there are.
//!
//! Lines, blocks and the dots of charts become shapes; only letters, digits and signs are text.

use std::collections::BTreeMap;
use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

use super::ExportedRun;
use super::markup::escape;
use crate::ui::{Screenshot, ShotCell};

/// The size of a cell, twice as high as wide, so that the pixels of pictures are squares.
const WIDTH: usize = 9;
const HEIGHT: usize = 18;
/// Where letters stand in it.
const BASELINE: usize = 14;
/// Room around the cells.
const MARGIN: usize = 14;

/// The overview of a run.
pub(super) fn write(run: &ExportedRun) -> String {
    picture(&Screenshot::of(&run.state), &run.name())
}

/// What a terminal shows as an SVG picture with a title.
pub fn picture(shot: &Screenshot, name: &str) -> String {
    let mut layers = Layers::default();
    for (row, cells) in shot.cells.chunks(shot.columns).enumerate() {
        layers.add_grounds(cells, row, shot.ground);
        for (column, cell) in cells.iter().enumerate() {
            layers.add_shape(cell, column, row);
        }
        layers.add_words(cells, row);
    }
    let rows = shot.cells.len() / shot.columns;
    let (width, height) = (shot.columns * WIDTH + 2 * MARGIN, rows * HEIGHT + 2 * MARGIN);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\">\
         <title>The dashboard of {}</title>\n<style>text{{font:15px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;white-space:pre}}\
         .b{{font-weight:700}}.c{{text-anchor:middle}}.l{{fill:none}}.d{{fill:none;stroke-width:3.2;stroke-linecap:round}}</style>\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{}\"/>\n<g transform=\"translate({MARGIN} {MARGIN})\">\n",
        escape(name),
        Hex(shot.ground)
    );
    for (color, path) in &layers.areas {
        let _ = writeln!(svg, "<path fill=\"{}\" d=\"{path}\"/>", Hex(*color));
    }
    for ((color, weight), path) in &layers.lines {
        let _ = writeln!(svg, "<path class=\"l\" stroke=\"{}\" stroke-width=\"{weight}\" d=\"{path}\"/>", Hex(*color));
    }
    for (color, path) in &layers.dots {
        let _ = writeln!(svg, "<path class=\"d\" stroke=\"{}\" d=\"{path}\"/>", Hex(*color));
    }
    svg.push_str(&layers.text);
    svg.push_str("</g>\n</svg>\n");
    svg
}

/// Red, green and blue as SVG writes them.
struct Hex([u8; 3]);

impl std::fmt::Display for Hex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

/// Shapes of the same colour as one path each, the backgrounds below the rest, and text on top.
#[derive(Default)]
struct Layers {
    areas: Vec<([u8; 3], String)>,
    /// By colour and width.
    lines: BTreeMap<([u8; 3], &'static str), String>,
    dots: BTreeMap<[u8; 3], String>,
    text: String,
}

impl Layers {
    /// A rectangle in eighths of a cell's width and height.
    fn fill(&mut self, color: [u8; 3], cell: (usize, usize), from: (usize, usize), size: (usize, usize)) {
        let x = (cell.0 * WIDTH) as f64 + (from.0 * WIDTH) as f64 / 8.0;
        let y = (cell.1 * HEIGHT) as f64 + (from.1 * HEIGHT) as f64 / 8.0;
        let (width, height) = ((size.0 * WIDTH) as f64 / 8.0, (size.1 * HEIGHT) as f64 / 8.0);
        let rectangle = format!("M{x} {y}h{width}v{height}h-{width}z");
        match self.areas.last_mut() {
            Some((last, path)) if *last == color => path.push_str(&rectangle),
            _ => self.areas.push((color, rectangle)),
        }
    }

    /// What cells of a row stand on, neighbours of one colour together.
    fn add_grounds(&mut self, cells: &[ShotCell], row: usize, paper: [u8; 3]) {
        let mut column = 0;
        for stretch in cells.chunk_by(|a, b| a.ground == b.ground) {
            if stretch[0].ground != paper {
                self.fill(stretch[0].ground, (column, row), (0, 0), (8 * stretch.len(), 8));
            }
            column += stretch.len();
        }
    }

    /// A block, a shade, dots or a line.
    fn add_shape(&mut self, cell: &ShotCell, column: usize, row: usize) {
        let (left, top) = ((column * WIDTH) as f64, (row * HEIGHT) as f64);
        let (middle, centre) = (left + WIDTH as f64 / 2.0, top + HEIGHT as f64 / 2.0);
        let (right, bottom) = (left + WIDTH as f64, top + HEIGHT as f64);
        match Shape::of(&cell.symbol) {
            Shape::Block(rectangles) => {
                rectangles.iter().for_each(|(from, size)| self.fill(cell.ink, (column, row), *from, *size));
            }
            Shape::Shade(part) => self.fill(mixed(cell, part), (column, row), (0, 0), (8, 8)),
            Shape::Dots(bits) => {
                let path = self.dots.entry(cell.ink).or_default();
                for (_, (x, y)) in DOTS.iter().enumerate().filter(|(bit, _)| bits & 1 << bit != 0) {
                    let (x, y) = (left + WIDTH as f64 * x, top + HEIGHT as f64 * y);
                    let _ = write!(path, "M{x} {y}h0");
                }
            }
            Shape::Line { weight, arms: [to_left, to_right, up, down] } => {
                let path = self.lines.entry((cell.ink, weight)).or_default();
                if to_left != to_right && up != down {
                    let (x, y) = (if to_left { left } else { right }, if up { top } else { bottom });
                    path.push_str(&format!("M{x} {centre}Q{middle} {centre} {middle} {y}"));
                    return;
                }
                if to_left || to_right {
                    let (from, to) = (if to_left { left } else { middle }, if to_right { right } else { middle });
                    path.push_str(&format!("M{from} {centre}H{to}"));
                }
                if up || down {
                    let (high, low) = (if up { top } else { centre }, if down { bottom } else { centre });
                    path.push_str(&format!("M{middle} {high}V{low}"));
                }
            }
            Shape::Dashes => {
                let path = self.lines.entry((cell.ink, THIN)).or_default();
                for part in 0..3 {
                    let _ = write!(path, "M{middle} {}v3", top + 1.5 + f64::from(part) * 6.0);
                }
            }
            Shape::Sign => {
                let class = if cell.bold { "class=\"b c\"" } else { "class=\"c\"" };
                let middle = left + (cell.symbol.width() * WIDTH) as f64 / 2.0;
                self.write(class, middle, row, cell.ink, &cell.symbol);
            }
            Shape::Letter => {}
        }
    }

    /// Words, those of one look and next to each other together.
    fn add_words(&mut self, cells: &[ShotCell], row: usize) {
        let is_letter = |cell: &ShotCell| !cell.symbol.trim().is_empty() && Shape::of(&cell.symbol) == Shape::Letter;
        let mut column = 0;
        for stretch in cells.chunk_by(|a, b| is_letter(a) && is_letter(b) && (a.ink, a.bold) == (b.ink, b.bold)) {
            if is_letter(&stretch[0]) {
                let text: String = stretch.iter().map(|cell| cell.symbol.as_str()).collect();
                let weight = if stretch[0].bold { "class=\"b\" " } else { "" };
                let attributes = format!("{weight}textLength=\"{}\"", stretch.len() * WIDTH);
                self.write(&attributes, (column * WIDTH) as f64, row, stretch[0].ink, &text);
            }
            column += stretch.len();
        }
    }

    fn write(&mut self, attributes: &str, x: f64, row: usize, ink: [u8; 3], text: &str) {
        let y = row * HEIGHT + BASELINE;
        let _ = writeln!(self.text, "<text {attributes} x=\"{x}\" y=\"{y}\" fill=\"{}\">{}</text>", Hex(ink), escape(text));
    }
}

fn mixed(cell: &ShotCell, part: f64) -> [u8; 3] {
    [0, 1, 2].map(|i| {
        let (ink, ground) = (f64::from(cell.ink[i]), f64::from(cell.ground[i]));
        (ground + (ink - ground) * part).round() as u8
    })
}

/// A place or a size in eighths of a cell.
type Eighths = (usize, usize);

/// Where a braille character has its dots, by bit (Unicode 16.0, "Braille Patterns"), as parts of the cell.
const DOTS: [(f64, f64); 8] =
    [(0.25, 0.125), (0.25, 0.375), (0.25, 0.625), (0.75, 0.125), (0.75, 0.375), (0.75, 0.625), (0.25, 0.875), (0.75, 0.875)];
/// The widths of lines.
const THIN: &str = "1.2";
const THICK: &str = "2.8";

/// How a character is drawn.
#[derive(Clone, Debug, PartialEq)]
enum Shape {
    /// Rectangles: their places and sizes.
    Block(Vec<(Eighths, Eighths)>),
    /// The ink over the ground, so much of it.
    Shade(f64),
    /// The bits of a braille character.
    Dots(u32),
    /// From the middle to the left, to the right, up, down.
    Line { weight: &'static str, arms: [bool; 4] },
    /// A dashed line from top to bottom.
    Dashes,
    /// A sign that a font may lack or have in another width: it stands in the middle of its cell.
    Sign,
    /// A letter, a digit or the like.
    Letter,
}

impl Shape {
    fn of(symbol: &str) -> Self {
        const LEFT: usize = 1;
        const RIGHT: usize = 2;
        const UP: usize = 4;
        const DOWN: usize = 8;
        let line = |weight, bits: usize| Self::Line { weight, arms: [LEFT, RIGHT, UP, DOWN].map(|bit| bits & bit != 0) };
        let mut characters = symbol.chars();
        let character = characters.next().unwrap_or(' ');
        if characters.next().is_some() {
            return Self::Sign;
        }
        let code = u32::from(character);
        match character {
            '\u{2800}'..='\u{28ff}' => Self::Dots(code - 0x2800),
            '▁'..='█' => {
                let height = (code - 0x2580) as usize;
                Self::Block(vec![((0, 8 - height), (8, height))])
            }
            '▀' => Self::Block(vec![((0, 0), (8, 4))]),
            '▉'..='▏' => Self::Block(vec![((0, 0), ((0x2590 - code) as usize, 8))]),
            '▐' => Self::Block(vec![((4, 0), (4, 8))]),
            '▖'..='▟' => {
                // Bits: upper left, upper right, lower left, lower right.
                let quarters = [4, 8, 1, 13, 9, 7, 11, 2, 6, 14][(code - 0x2596) as usize];
                let corners = [(0, 0), (4, 0), (0, 4), (4, 4)].into_iter().enumerate();
                Self::Block(corners.filter(|(bit, _)| quarters & 1 << bit != 0).map(|(_, from)| (from, (4, 4))).collect())
            }
            '░' => Self::Shade(0.25),
            '▒' => Self::Shade(0.5),
            '▓' => Self::Shade(0.75),
            '─' | '╌' => line(THIN, LEFT | RIGHT),
            '━' => line(THICK, LEFT | RIGHT),
            '│' => line(THIN, UP | DOWN),
            '┃' => line(THICK, UP | DOWN),
            '┊' => Self::Dashes,
            '╭' | '┌' => line(THIN, RIGHT | DOWN),
            '╮' | '┐' => line(THIN, LEFT | DOWN),
            '╰' | '└' => line(THIN, RIGHT | UP),
            '╯' | '┘' => line(THIN, LEFT | UP),
            '├' => line(THIN, RIGHT | UP | DOWN),
            '┤' => line(THIN, LEFT | UP | DOWN),
            '┬' => line(THIN, LEFT | RIGHT | DOWN),
            '┴' => line(THIN, LEFT | RIGHT | UP),
            '┼' => line(THIN, LEFT | RIGHT | UP | DOWN),
            ' '..='~' | '\u{a0}'..='\u{24f}' | '–' | '…' => Self::Letter,
            _ => Self::Sign,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Eight rows of eight parts of the cell, `#` where the character has ink.
    fn drawn(character: char) -> String {
        let Shape::Block(rectangles) = Shape::of(&character.to_string()) else { panic!("{character} is no block") };
        let inked = |x, y| {
            rectangles
                .iter()
                .any(|((left, top), (width, height))| (*left..left + width).contains(&x) && (*top..top + height).contains(&y))
        };
        let row = |y| (0..8).map(|x| if inked(x, y) { '#' } else { '.' }).collect::<String>();
        [0, 3, 4, 7].map(row).join("/")
    }

    #[test]
    fn blocks_are_drawn_where_unicode_has_them() {
        let cases = [
            ('▀', "########/########/......../........"),
            ('▄', "......../......../########/########"),
            ('▁', "......../......../......../########"),
            ('▇', "......../########/########/########"),
            ('█', "########/########/########/########"),
            ('▌', "####..../####..../####..../####...."),
            ('▏', "#......./#......./#......./#......."),
            ('▐', "....####/....####/....####/....####"),
            ('▖', "......../......../####..../####...."),
            ('▝', "....####/....####/......../........"),
            ('▚', "####..../####..../....####/....####"),
            ('▞', "....####/....####/####..../####...."),
            ('▙', "####..../####..../########/########"),
            ('▛', "########/########/####..../####...."),
            ('▜', "########/########/....####/....####"),
            ('▟', "....####/....####/########/########"),
        ];
        for (character, expected) in cases {
            assert_eq!(drawn(character), expected, "{character}");
        }
    }

    /// A row of cells.
    fn row(text: &str) -> Screenshot {
        let cell = |c: char| ShotCell { symbol: c.into(), ink: [255, 0, 0], ground: [0, 0, 0], bold: false };
        Screenshot { columns: text.chars().count(), cells: text.chars().map(cell).collect(), ground: [0, 0, 0] }
    }

    #[test]
    fn words_are_text_and_the_rest_is_shapes() {
        let svg = picture(&row("a<b ⢁─╯◆漢"), "x & y");
        for part in [
            "<title>The dashboard of x &amp; y</title>",
            "textLength=\"27\" x=\"0\" y=\"14\" fill=\"#ff0000\">a&lt;b</text>",
            // The dots at the top left and at the bottom right.
            "d=\"M38.25 2.25h0M42.75 15.75h0\"",
            "d=\"M45 9H54M54 9Q58.5 9 58.5 0\"",
            "<text class=\"c\" x=\"67.5\" y=\"14\" fill=\"#ff0000\">◆</text>",
            // As wide as two cells.
            "<text class=\"c\" x=\"81\" y=\"14\" fill=\"#ff0000\">漢</text>",
        ] {
            assert!(svg.contains(part), "{part} is not in {svg}");
        }
    }
}
