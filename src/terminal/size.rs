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
