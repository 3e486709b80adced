//! How large the terminal is.

use std::os::fd::AsFd;

use rustix::termios::tcgetwinsize;

/// What a terminal is taken for that does not say how large it is, as the oldest were.
const UNKNOWN: (u16, u16) = (80, 24);

/// The columns and rows of the terminal that `output` leads to; `None` where it is none. A container's terminal may have a
/// size of 0 until somebody looks at it.
pub(super) fn size(output: impl AsFd) -> Option<(u16, u16)> {
    tcgetwinsize(output).ok().map(|size| known(size.ws_col, size.ws_row))
}

/// Pixels of a cell, across and down, of a terminal that does not say.
const USUAL_CELL: (u16, u16) = (10, 20);

/// The size of a cell in pixels, as the terminal that `output` leads to says.
pub(super) fn cell(output: impl AsFd) -> (u16, u16) {
    let size = tcgetwinsize(output).ok();
    let part = |pixels: u16, cells: u16| pixels.checked_div(cells).filter(|part| *part > 0);
    let parts = size.and_then(|size| part(size.ws_xpixel, size.ws_col).zip(part(size.ws_ypixel, size.ws_row)));
    parts.unwrap_or(USUAL_CELL)
}

fn known(columns: u16, rows: u16) -> (u16, u16) {
    (if columns == 0 { UNKNOWN.0 } else { columns }, if rows == 0 { UNKNOWN.1 } else { rows })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_does_not_say_is_what_the_oldest_had() {
        let cases = [((120, 40), (120, 40)), ((0, 0), (80, 24)), ((0, 50), (80, 50)), ((132, 0), (132, 24)), ((1, 1), (1, 1))];
        for ((columns, rows), expected) in cases {
            assert_eq!(known(columns, rows), expected, "{columns}x{rows}");
        }
    }
}
