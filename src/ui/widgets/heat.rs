//! Values as a picture in character cells.

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::super::Plate;
use super::super::palette::Palette;
use super::super::pen::Pen;
use super::super::theme::Ramp;
use crate::protocol::Plane;

/// What stands for values where cells have no colours, from the least to the greatest.
const ASCII_INK: &[u8; 8] = b" .:-=+*#";
const UNICODE_INK: [char; 5] = [' ', '░', '▒', '▓', '█'];

/// So many steps of colour: enough to see shapes, few enough that a cell seldom changes while the network learns.
const LEVELS: f32 = 8.0;
/// A plate has at least about so many pixels, in the longer direction.
const FEW: usize = 32;
/// Less than this part of the greatest value is none.
const NOTHING: f32 = 0.04;

/// Values as a picture.
#[derive(Clone, Copy)]
pub struct Heat<'a> {
    /// The values.
    pub plane: &'a Plane,
    /// Values below 0 have colours of their own; else the least value is empty, and the greatest full.
    pub signed: bool,
}

/// The nearest step of colour.
fn level(part: f32) -> f32 {
    (part * LEVELS).round() / LEVELS
}

impl Heat<'_> {
    /// The colours of a value, from 0 to 1 between the least and the greatest, and how far it is along them.
    fn shade(&self, part: f32) -> (Ramp, f32) {
        let Plane { low, high, .. } = *self.plane;
        if !self.signed {
            return (Ramp::Picture, level(part));
        }
        let (value, most) = (low + part * (high - low), low.abs().max(high.abs()));
        let part = if most > 0.0 { value.abs() / most } else { 0.0 };
        match part {
            ..=NOTHING => (Ramp::Picture, 0.0),
            _ if value < 0.0 => (Ramp::HeatWrong, level(part)),
            _ => (Ramp::HeatRight, level(part)),
        }
    }

    /// Draws the values as large as they fit, in their own proportions, two to a row of cells.
    pub fn draw(&self, area: Rect, palette: &Palette, ascii: bool, pen: &mut Pen) {
        let (height, width) = (usize::from(self.plane.height), usize::from(self.plane.width));
        if area.is_empty() || height * width == 0 || self.plane.values.0.len() < height * width {
            return;
        }
        let (wide, high) = (usize::from(area.width), usize::from(area.height) * 2);
        let scale = (wide as f64 / width as f64).min(high as f64 / height as f64);
        let across = ((width as f64 * scale).round() as usize).clamp(1, wide);
        let down = ((height as f64 * scale).round() as usize).clamp(1, high);
        let value = |column: usize, row: usize| {
            let (x, y) = ((column * width / across).min(width - 1), (row * height / down).min(height - 1));
            self.shade(f32::from(self.plane.values.0[y * width + x]) / 255.0)
        };
        for row in 0..down.div_ceil(2) {
            for column in 0..across {
                let above = value(column, 2 * row);
                let below = if 2 * row + 1 < down { value(column, 2 * row + 1) } else { (Ramp::Picture, 0.0) };
                let (x, y) = (area.x + column as u16, area.y + row as u16);
                match (palette.ramp(above.0, above.1), palette.ramp(below.0, below.1)) {
                    (Some(above), _) if !ascii && 2 * row + 1 >= down => {
                        pen.put(x, y, '▀', Style::new().fg(palette.fit(above)));
                    }
                    (Some(above), Some(below)) if !ascii => {
                        pen.put(x, y, '▀', Style::new().fg(palette.fit(above)).bg(palette.fit(below)));
                    }
                    _ => {
                        let part = (above.1 + below.1) / 2.0;
                        let of = |levels: usize| ((part * levels as f32) as usize).min(levels - 1);
                        let ink =
                            if ascii { char::from(ASCII_INK[of(ASCII_INK.len())]) } else { UNICODE_INK[of(UNICODE_INK.len())] };
                        pen.put(x, y, ink, Style::new());
                    }
                }
            }
        }
        let area = Rect { width: across as u16, height: down.div_ceil(2) as u16, ..area };
        pen.plate(|| self.plate(area, palette));
    }

    /// The values in pixels, several for each where they are few: terminals make pixels run into each other.
    fn plate(&self, area: Rect, palette: &Palette) -> Plate {
        let (height, width) = (usize::from(self.plane.height), usize::from(self.plane.width));
        let times = FEW.div_ceil(height.max(width)).max(1);
        let pixels = (0..height * times).flat_map(|y| (0..width * times).map(move |x| (x / times, y / times)));
        let pixels = pixels.map(|(x, y)| {
            let (ramp, part) = self.shade(f32::from(self.plane.values.0[y * width + x]) / 255.0);
            palette.ramp(ramp, part).unwrap_or_default()
        });
        Plate { area, width: width * times, pixels: pixels.collect() }
    }
}
