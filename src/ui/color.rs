//! Colours: reading them, mixing them, and the nearest one that a terminal has.

use ratatui::style::Color;

use super::ColorDepth;

/// The sixteen ANSI colours with the values that xterm gives them.
const ANSI: [(Color, [u8; 3]); 16] = [
    (Color::Black, [0, 0, 0]),
    (Color::Red, [205, 0, 0]),
    (Color::Green, [0, 205, 0]),
    (Color::Yellow, [205, 205, 0]),
    (Color::Blue, [0, 0, 238]),
    (Color::Magenta, [205, 0, 205]),
    (Color::Cyan, [0, 205, 205]),
    (Color::Gray, [229, 229, 229]),
    (Color::DarkGray, [127, 127, 127]),
    (Color::LightRed, [255, 0, 0]),
    (Color::LightGreen, [0, 255, 0]),
    (Color::LightYellow, [255, 255, 0]),
    (Color::LightBlue, [92, 92, 255]),
    (Color::LightMagenta, [255, 0, 255]),
    (Color::LightCyan, [0, 255, 255]),
    (Color::White, [255, 255, 255]),
];

/// The levels of the 6 × 6 × 6 cube in the 256 colours.
const CUBE: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// The colour of red, green and blue.
pub fn rgb([r, g, b]: [u8; 3]) -> Color {
    Color::Rgb(r, g, b)
}

/// A colour as a theme writes it: `#rrggbb`, an ANSI name such as `light-blue`, or `default`, the terminal's own.
pub fn parse(text: &str) -> Option<Color> {
    match text.strip_prefix('#') {
        Some(digits) => {
            let value = u32::from_str_radix(digits, 16).ok().filter(|_| digits.len() == 6 && digits.is_ascii())?;
            let [_, r, g, b] = value.to_be_bytes();
            Some(Color::Rgb(r, g, b))
        }
        None if text == "default" => Some(Color::Reset),
        None => text.parse().ok().filter(|color| ANSI.iter().any(|(ansi, _)| ansi == color)),
    }
}

/// Red, green and blue of a colour; `None` for the terminal's own.
pub fn parts(color: Color) -> Option<[u8; 3]> {
    match color {
        Color::Rgb(r, g, b) => Some([r, g, b]),
        Color::Indexed(index) => Some(match usize::from(index) {
            named @ 0..16 => ANSI[named].1,
            cube @ 16..232 => [36, 6, 1].map(|step| CUBE[(cube - 16) / step % 6]),
            gray => [(8 + 10 * (gray - 232)) as u8; 3],
        }),
        other => ANSI.iter().find(|(ansi, _)| *ansi == other).map(|(_, parts)| *parts),
    }
}

/// How bright a colour looks, 0 to 1 (ITU-R BT.709, on the values as they are).
pub fn brightness([r, g, b]: [u8; 3]) -> f32 {
    (0.2126 * f32::from(r) + 0.7152 * f32::from(g) + 0.0722 * f32::from(b)) / 255.0
}

/// The colour at `at`, 0 to 1, on a ramp of evenly spaced stops.
pub fn on_ramp(stops: &[[u8; 3]], at: f32) -> Option<[u8; 3]> {
    let last = stops.len().checked_sub(1)?;
    let place = at.clamp(0.0, 1.0) * last as f32;
    let below = (place as usize).min(last);
    let (a, b) = (stops[below], stops[(below + 1).min(last)]);
    let part = place - below as f32;
    Some([0, 1, 2].map(|i| (f32::from(a[i]) + (f32::from(b[i]) - f32::from(a[i])) * part).round() as u8))
}

/// The nearest colour that a terminal of this depth has; the terminal's own where it has none.
pub fn nearest(color: Color, depth: ColorDepth) -> Color {
    match (color, depth) {
        (_, ColorDepth::None) => Color::Reset,
        (Color::Rgb(r, g, b), ColorDepth::Ansi256) => Color::Indexed(nearest_256([r, g, b])),
        (Color::Rgb(r, g, b), ColorDepth::Ansi16) => nearest_16([r, g, b]),
        _ => color,
    }
}

fn distance(a: [u8; 3], b: [u8; 3]) -> u32 {
    // Eyes see green best and blue least.
    let weights = [3, 6, 2];
    (0..3).map(|i| weights[i] * u32::from(a[i].abs_diff(b[i])).pow(2)).sum()
}

fn nearest_256(color: [u8; 3]) -> u8 {
    let level = |value: u8| (0..6).min_by_key(|i| CUBE[*i].abs_diff(value)).unwrap_or(0);
    let [r, g, b] = color.map(level);
    let cube = [CUBE[r], CUBE[g], CUBE[b]];
    let mean = color.iter().map(|v| u16::from(*v)).sum::<u16>() / 3;
    let step = (mean.saturating_sub(3) / 10).min(23) as u8;
    if distance(color, [8 + 10 * step; 3]) < distance(color, cube) { 232 + step } else { (16 + 36 * r + 6 * g + b) as u8 }
}

/// By hue where there is one, because a pale blue is nearer to grey than to blue in every sum of squares.
fn nearest_16(color: [u8; 3]) -> Color {
    let [r, g, b] = color.map(i32::from);
    let (max, min) = (r.max(g).max(b), r.min(g).min(b));
    if max - min < 40 {
        return match (max + min) / 2 {
            0..=50 => Color::Black,
            51..=140 => Color::DarkGray,
            141..=215 => Color::Gray,
            _ => Color::White,
        };
    }
    if max < 64 {
        return Color::Black;
    }
    // Which of the three are on, judged from the middle between the strongest and the weakest.
    let middle = min + (max - min) * 55 / 100;
    let bright = max > 205;
    let on = (usize::from(r >= middle)) + 2 * usize::from(g >= middle) + 4 * usize::from(b >= middle);
    ANSI[if bright { on + 8 } else { on }].0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_as_themes_write_them() {
        for (text, expected) in [
            ("#0a14ff", Some(Color::Rgb(10, 20, 255))),
            ("#0a14f", None),
            ("#é0a14", None),
            ("light-blue", Some(Color::LightBlue)),
            ("default", Some(Color::Reset)),
            ("rebeccapurple", None),
            ("17", None),
            ("", None),
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
    }

    #[test]
    fn hues_survive_few_colours() {
        for (color, in_256, in_16) in [
            ([255, 255, 255], 231, Color::White),
            ([0, 0, 0], 16, Color::Black),
            ([118, 118, 118], 243, Color::DarkGray),
            ([108, 182, 255], 75, Color::LightBlue),
            ([255, 107, 107], 203, Color::LightRed),
            ([127, 216, 143], 114, Color::LightGreen),
            ([255, 180, 84], 215, Color::LightYellow),
        ] {
            assert_eq!((nearest_256(color), nearest_16(color)), (in_256, in_16), "{color:?}");
        }
    }

    #[test]
    fn a_ramp_goes_through_its_stops() {
        let stops = [[0, 0, 0], [100, 0, 0], [100, 200, 0]];
        for (at, expected) in
            [(0.0, [0, 0, 0]), (0.25, [50, 0, 0]), (0.5, [100, 0, 0]), (1.0, [100, 200, 0]), (7.0, [100, 200, 0])]
        {
            assert_eq!(on_ramp(&stops, at), Some(expected));
        }
        assert_eq!(on_ramp(&[], 0.5), None);
        assert_eq!(on_ramp(&stops, f32::NAN), Some([0, 0, 0]));
    }
}
