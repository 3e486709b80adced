//! Back to the shell with Ctrl-Z, and to the dashboard with `fg`; and the screen drawn again.

use rustix::process::Signal;

use crate::support::{ENDLESS, Session, count};

/// Starts, pauses and gives the picture, which then stays as it is.
fn paused() -> (Session, String) {
    let mut session = Session::start(120, 40, ENDLESS);
    session.wait_for_text(&["● training", "images/s"]);
    session.press(" ");
    let picture = session.wait_for_text(&["● paused", "Space resume"]);
    (session, picture)
}

/// Checks that the program is stopped and the terminal free, continues it, and checks that the same picture comes back.
fn expect_stop_and_return(session: &Session, picture: &str) {
    session.wait_until("a stopped process", || session.process_state() == Some('T'));
    session.wait_for("the shell's screen", |screen| !screen.alternate_screen());
    session.expect_terminal_given_back();
    session.signal_job(Signal::CONT);
    session.wait_for("the same picture", |screen| screen.alternate_screen() && screen.contents() == picture);
}

#[test]
fn ctrl_z_stops_the_program_and_fg_brings_the_dashboard_back() {
    let (mut session, picture) = paused();
    for _ in 0..2 {
        session.press("\x1a");
        expect_stop_and_return(&session, &picture);
    }
    session.press(" ");
    session.wait_for_text(&["● training"]);
    session.press("q");
    session.wait_for_text(&["Leave?"]);
    session.press("x");
    session.expect_left(0, "test left at step ");
}

#[test]
fn a_stop_signal_from_outside_does_the_same() {
    let (mut session, picture) = paused();
    session.signal_job(Signal::TSTP);
    expect_stop_and_return(&session, &picture);
    session.signal(Signal::TERM);
    session.expect_left(143, "test left at step ");
}

#[test]
fn ctrl_l_draws_everything_again() {
    let (mut session, picture) = paused();
    let panels = |session: &Session| count(&session.bytes(), "Hyperparameters".as_bytes());
    let before = panels(&session);
    session.press("\x0c");
    session.wait_until("another whole picture", || panels(&session) > before);
    session.wait_for("the same picture", |screen| screen.contents() == picture);
    session.press("\x03\x03");
    session.expect_left(0, "test left at step ");
}
