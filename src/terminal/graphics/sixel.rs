//! DEC's sixels: a picture in rows of six pixels, one colour after the other.

use std::fmt::Write;

use super::colors::Colors;

/// Pixels of a row of sixels, one above the other.
const ROWS: usize = 6;

/// Writes a picture where the cursor is, as large as this: width and height in pixels of the screen.
pub fn draw(sent: &mut String, colors: &Colors, (wide, high): (usize, usize)) {
    let (width, height) = (colors.width, colors.height());
    if wide * high * width * height == 0 {
        return;
    }
    // Writing to a string cannot fail. What no colour stands in stays what it was: here there is a colour everywhere.
    let _ = write!(sent, "\x1bP0;1;0q\"1;1;{wide};{high}");
    for (number, color) in colors.palette.iter().enumerate() {
        let [r, g, b] = color.map(|part| (u32::from(part) * 100 + 127) / 255);
        let _ = write!(sent, "#{number};2;{r};{g};{b}");
    }
    for top in (0..high).step_by(ROWS) {
        let rows = top..(top + ROWS).min(high);
        let row = |y: usize| &colors.pixels[y * height / high * width..][..width];
        let mut used = [false; 256];
        rows.clone().flat_map(row).for_each(|number| used[usize::from(*number)] = true);
        for number in (0..=u8::MAX).filter(|number| used[usize::from(*number)]) {
            let _ = write!(sent, "#{number}");
            let mut run = (0, 0);
            for x in 0..wide {
                let at = x * width / wide;
                let set = rows.clone().enumerate().filter(|(_, y)| row(*y)[at] == number);
                let sixel = set.fold(0u8, |sixel, (bit, _)| sixel | 1 << bit);
                if run.0 != sixel {
                    repeat(sent, run);
                    run = (sixel, 0);
                }
                run.1 += 1;
            }
            // Nothing more to the right needs no words.
            if run.0 != 0 {
                repeat(sent, run);
            }
            sent.push('$');
        }
        sent.push('-');
    }
    sent.push_str("\x1b\\");
}

/// Writes a sixel so many times.
fn repeat(sent: &mut String, (sixel, times): (u8, usize)) {
    let letter = char::from(b'?' + sixel);
    match times {
        0 => {}
        1..=3 => (0..times).for_each(|_| sent.push(letter)),
        _ => drop(write!(sent, "!{times}{letter}")),
    }
}
