//! Keys as terminals far away and near send them: in pieces, in other forms than xterm's, and on a terminal without a size.

use std::time::{Duration, Instant};

use crate::support::{ENDLESS, Session};

/// So long a slow line holds back the rest of a key.
const BETWEEN: Duration = Duration::from_millis(120);

/// Types, with a pause before every piece but the first.
fn press_in_pieces(session: &mut Session, pieces: &[&[u8]]) {
    for (place, piece) in pieces.iter().enumerate() {
        let begun = Instant::now();
        session.wait_until("the next piece", || place == 0 || begun.elapsed() >= BETWEEN);
        session.press(piece);
    }
}

fn paused() -> Session {
    let mut session = Session::start(120, 40, ENDLESS);
    session.wait_for_text(&["● training", "▸ learning rate   0.001 "]);
    session.press(" ");
    session.wait_for_text(&["● paused"]);
    session
}

fn leave(mut session: Session) {
    session.press("\x03");
    session.wait_for_text(&["Leave?"]);
    session.press("\x03");
    session.expect_end(0);
}

#[test]
fn keys_in_pieces_are_the_same_keys_where_one_types() {
    let mut session = paused();
    session.press("\r3e-4");
    session.wait_for_text(&["learning rate   3e-4 ", "Esc cancel"]);
    press_in_pieces(&mut session, &[b"\x1b", b"[D", b"5"]);
    session.wait_for_text(&["learning rate   3e-54 ", "Esc cancel"]);
    press_in_pieces(&mut session, &[b"\x1b[", b"1;5", b"D1"]);
    session.wait_for_text(&["learning rate   3e-154 ", "Esc cancel"]);
    press_in_pieces(&mut session, &[b"\x1b", b"O", b"H2"]);
    session.wait_for_text(&["learning rate   23e-154 ", "Esc cancel"]);
    press_in_pieces(&mut session, &[b"\x1b[8", b"~", b"6"]);
    session.wait_for_text(&["learning rate   23e-1546 ", "Esc cancel"]);
    // Bracketed, and the bracket is cut.
    press_in_pieces(&mut session, &[b"\x15\x1b[20", b"0~0.0", b"5\x1b[2", b"01~"]);
    session.wait_for_text(&["learning rate   0.05 ", "Esc cancel"]);
    // Escape by itself takes it all back, and so does one with another key right behind it.
    session.press("\x1b");
    session.wait_for_text(&["▸ learning rate   0.001 ", "q quit"]);
    session.press("\r7\x1bq");
    session.wait_for_text(&["Leave?"]);
    press_in_pieces(&mut session, &[b"\x1b", b"[A"]);
    session.press("\x1b");
    session.wait_for_text(&["▸ learning rate   0.001 ", "q quit"]);
    leave(session);
}

#[test]
fn a_filter_survives_an_arrow_in_pieces() {
    let mut session = paused();
    session.press("7");
    session.wait_for_text(&["/ filter"]);
    session.press("/tset");
    session.wait_for_text(&["tset"]);
    press_in_pieces(&mut session, &[b"\x1b", b"b", b"x"]);
    session.wait_for_text(&["xtset"]);
    press_in_pieces(&mut session, &[b"\x0b\xc3", b"\xa9\xe5\xad", b"\xa6"]);
    session.wait_for_text(&["xé学"]);
    session.press("\x1b");
    session.wait_for("the filter to close", |screen| !screen.contents().contains("xé学"));
    leave(session);
}

#[test]
fn a_terminal_without_a_size_is_taken_for_one_of_80_by_24() {
    for (columns, rows) in [(0, 0), (0, 24), (80, 0)] {
        let mut session = Session::start(columns, rows, ENDLESS);
        let shown = session.wait_for_text(&["● training", "Loss", "q quit"]);
        assert_eq!(shown.lines().count(), 24, "{columns}x{rows}: {shown}");
        session.resize(120, 40);
        session.wait_for("the whole of the screen", |screen| {
            screen.contents().lines().count() == 40 && screen.contents().contains("q quit")
        });
        session.press("\x03");
        session.wait_for_text(&["Leave?"]);
        session.press("\x03");
        session.expect_end(0);
    }
}
