//! However the dashboard is left, the terminal is as it was.

use rustix::process::Signal;

use crate::support::{ENDLESS, SHORT, Session, count, step};

#[test]
fn on_every_size_a_running_training_is_shown_and_left() {
    for (columns, rows) in [(120, 40), (80, 24), (40, 12)] {
        let mut session = Session::start(columns, rows, ENDLESS);
        let shown = session.wait_for("a curve and the state", |screen| {
            let contents = screen.contents();
            contents.contains("● training") && contents.chars().any(|c| ('\u{2801}'..='\u{28ff}').contains(&c))
        });
        assert_eq!(shown.lines().count(), usize::from(rows), "{shown}");
        for text in ["test  ● training", "Loss", "? help", "q quit"] {
            assert!(shown.replace("  net seed", "").contains(text), "{columns}x{rows}: no {text} in\n{shown}");
        }
        session.press("q");
        session.wait_for_text(&["Leave?", "quit at once"]);
        session.press("x");
        session.expect_left(0, "test left at step ");
    }
}

#[test]
fn a_signal_ends_the_program_with_its_code() {
    let signals = [
        (Signal::TERM, 143, "SIGTERM"),
        (Signal::INT, 130, "SIGINT"),
        (Signal::USR1, 138, "SIGUSR1"),
        (Signal::USR2, 140, "SIGUSR2"),
        (Signal::XCPU, 152, "SIGXCPU"),
    ];
    for (signal, code, name) in signals {
        let mut session = Session::start(120, 40, ENDLESS);
        session.wait_for("a step", |screen| step(&screen.contents()) > Some(0));
        session.signal(signal);
        let left = session.expect_left(code, "test left at step ");
        let run = session.home().ended_run();
        let kept = run.folder.checkpoints().expect("listed").last().expect("a checkpoint").0;
        assert!(left.contains(&format!(", by {name}; `mnist-tui --resume {}` goes on from step ", run.id())), "{left}");
        assert!(left.replace(',', "").ends_with(&format!("step {kept}")) && kept > 0, "{kept}: {left}");
    }
}

#[test]
fn ctrl_c_asks_and_a_second_one_leaves() {
    let mut session = Session::start(80, 24, ENDLESS);
    session.wait_for_text(&["● training"]);
    session.press("\x03");
    session.wait_for_text(&["Leave?"]);
    session.press("\x03");
    session.expect_left(0, "test left at step ");
}

#[test]
fn after_the_end_of_the_run_the_summary_stands_on_the_terminal() {
    let mut session = Session::start(80, 24, SHORT);
    session.wait_for_text(&["● completed"]);
    session.press("q");
    let left = session.expect_end(0);
    let lines: Vec<&str> = left.lines().collect();
    assert!(lines[0].starts_with("test completed: 1 epoch, 10 steps, "), "{left}");
    assert!(lines[1].starts_with("test accuracy "), "{left}");
    assert!(lines[2].contains(" of 10000 test images right; 95 % interval "), "{left}");
    assert!(lines[3].starts_with("weights sha256 "), "{left}");
}

#[test]
fn stopping_on_the_way_out_judges_and_leaves_the_summary() {
    let mut session = Session::start(80, 24, ENDLESS);
    session.wait_for_text(&["● training"]);
    session.press("q");
    session.wait_for_text(&["Leave?"]);
    session.press("s");
    let left = session.expect_end(0);
    assert!(left.starts_with("test stopped: ") && left.contains("test accuracy "), "{left}");
}

#[test]
fn the_training_can_go_on_with_progress_lines() {
    let mut session = Session::start(80, 24, ENDLESS);
    session.wait_for_text(&["● training"]);
    session.press("q");
    session.wait_for_text(&["Leave?"]);
    session.press("h");
    session.wait_for("a progress line", |screen| !screen.alternate_screen() && screen.contents().contains("/900 · "));
    session.expect_terminal_given_back();
    session.signal(Signal::INT);
    let left = session.expect_end(130);
    assert!(left.contains("test stopped: ") && left.contains("test accuracy "), "{left}");
}

#[test]
fn no_progress_line_is_wider_than_the_terminal() {
    for columns in [80, 60, 40] {
        let mut session = Session::start(columns, 24, &[ENDLESS, &["--headless"]].concat());
        let lines = |screen: &str| screen.lines().filter(|line| line.contains("/900")).map(str::to_owned).collect::<Vec<_>>();
        let written = |session: &Session| count(&session.bytes(), b"\r\x1b[K");
        session.wait_until("ten progress lines", || written(&session) > 10);
        assert_eq!(lines(&session.text()).len(), 1, "{columns}: {}", session.text());
        session.resize(columns / 2, 24);
        let before = written(&session);
        session.wait_until("ten more", || written(&session) > before + 10);
        assert_eq!(lines(&session.text()).len(), 1, "{columns}: {}", session.text());
        session.signal(Signal::USR1);
        assert_eq!(session.end().0, 138);
    }
}
