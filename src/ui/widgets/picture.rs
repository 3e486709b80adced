//! A training image in character cells.

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::super::Plate;
use super::super::palette::Palette;
use super::super::pen::Pen;
use super::super::theme::Ramp;

/// Ink from none to full, where cells have no colours.
const ASCII_INK: &[u8; 10] = b" .:-=+*#%@";
const UNICODE_INK: [char; 5] = [' ', '░', '▒', '▓', '█'];
/// A plate has at most so many pixels in a cell, across and down.
const FINEST: [usize; 2] = [8, 16];
/// Shades of grey on a plate: a small one has few, which take few bytes.
const SHADES: [f32; 2] = [15.0, 63.0];
/// What is small, in pixels.
const SMALL: usize = 32 * 32;

/// At most so many pixels are looked at, in each direction, for one dot: a photograph is not read whole every frame.
const LOOKS: usize = 4;

/// An image: `height × width × channels` bytes, row by row.
#[derive(Clone, Copy)]
pub struct Picture<'a> {
    /// Its bytes.
    pub pixels: &'a [u8],
    /// Height, width, channels.
    pub shape: [usize; 3],
}

/// Rows of cells for a picture as wide as this, two pixels to a row.
pub fn rows_for(columns: u16) -> u16 {
    columns / 2
}

impl Picture<'_> {
    /// Draws the picture as large as it fits, in its own proportions.
    pub fn draw(&self, area: Rect, palette: &Palette, ascii: bool, pen: &mut Pen) {
        let [height, width, channels] = self.shape;
        let whole = height.checked_mul(width).and_then(|area| area.checked_mul(channels));
        if area.is_empty() || whole.is_none_or(|whole| whole == 0 || self.pixels.len() < whole) {
            return;
        }
        let (wide, high) = (usize::from(area.width), usize::from(area.height) * 2);
        let scale = (wide as f64 / width as f64).min(high as f64 / height as f64);
        let across = ((width as f64 * scale).round() as usize).clamp(1, wide);
        let down = ((height as f64 * scale).round() as usize).clamp(1, high);
        let left = area.x + ((wide - across) / 2) as u16;
        for row in 0..down.div_ceil(2) {
            for column in 0..across {
                let above = self.pixel(column, 2 * row, across, down);
                let below = if 2 * row + 1 < down { self.pixel(column, 2 * row + 1, across, down) } else { [0.0; 3] };
                let (x, y) = (left + column as u16, area.y + row as u16);
                match (self.color(above, palette), self.color(below, palette)) {
                    // Where the picture ends in the middle of a cell, the rest of the cell is no part of it.
                    (Some(above), _) if !ascii && 2 * row + 1 >= down => {
                        pen.put(x, y, '▀', Style::new().fg(palette.fit(above)));
                    }
                    (Some(above), Some(below)) if !ascii => {
                        let style = Style::new().fg(palette.fit(above)).bg(palette.fit(below));
                        pen.put(x, y, '▀', style);
                    }
                    _ => {
                        let ink = [above, below].iter().flatten().sum::<f32>() / 6.0;
                        let of = |levels: usize| ((ink * levels as f32) as usize).min(levels - 1);
                        let symbol =
                            if ascii { char::from(ASCII_INK[of(ASCII_INK.len())]) } else { UNICODE_INK[of(UNICODE_INK.len())] };
                        pen.put(x, y, symbol, Style::new());
                    }
                }
            }
        }
        let area = Rect { x: left, width: across as u16, height: down.div_ceil(2) as u16, ..area };
        pen.plate(|| self.plate(area, palette));
    }

    /// The picture in its own pixels, or in as many as the cells can show.
    fn plate(&self, area: Rect, palette: &Palette) -> Plate {
        let [height, width, _] = self.shape;
        let (across, down) = (width.min(usize::from(area.width) * FINEST[0]), height.min(usize::from(area.height) * FINEST[1]));
        let shades = SHADES[usize::from(across * down > SMALL)];
        let pixels = (0..down).flat_map(|y| (0..across).map(move |x| (x, y))).map(|(x, y)| {
            let value = self.pixel(x, y, across, down);
            let value = if self.shape[2] >= 3 { value } else { value.map(|part| (part * shades).round() / shades) };
            self.color(value, palette).unwrap_or_default()
        });
        Plate { area, width: across, pixels: pixels.collect() }
    }

    /// Grey images take the theme's ink, coloured ones keep their colours.
    fn color(&self, value: [f32; 3], palette: &Palette) -> Option<[u8; 3]> {
        let ink = palette.ramp(Ramp::Picture, value[0])?;
        Some(if self.shape[2] >= 3 { value.map(|part| (part * 255.0) as u8) } else { ink })
    }

    /// The mean of the pixels under one dot of `across` × `down`, each channel from 0 to 1.
    fn pixel(&self, column: usize, row: usize, across: usize, down: usize) -> [f32; 3] {
        let [height, width, channels] = self.shape;
        let looks = |at: usize, of: usize, size: usize| {
            let (from, to) = (at * size / of, ((at + 1) * size).div_ceil(of).min(size));
            (from..to.max(from + 1)).step_by((to - from).div_ceil(LOOKS).max(1))
        };
        let (mut sum, mut count) = ([0.0; 3], 0.0);
        for y in looks(row, down, height) {
            for x in looks(column, across, width) {
                let at = (y * width + x) * channels;
                for (i, part) in sum.iter_mut().enumerate() {
                    let channel = if channels >= 3 { i } else { 0 };
                    *part += f32::from(self.pixels.get(at + channel).copied().unwrap_or(0)) / 255.0;
                }
                count += 1.0;
            }
        }
        sum.map(|part| part / count)
    }
}
