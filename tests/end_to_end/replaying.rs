//! A recorded run is played, sought through and left.

use std::process::{Command, Stdio};

use crate::support::{ENDLESS, Home, SHORT, Session, count, step};
use crate::training::Training;

fn replay(home: &Home, columns: u16, rows: u16, arguments: &[&str]) -> Session {
    Session::start_in(home, columns, rows, &[&["replay", "last"], arguments].concat())
}

/// The last step that is recorded, as the row above the keys tells.
fn last_step(screen: &str) -> Option<u64> {
    let row = screen.lines().rev().nth(1)?;
    let (_, all) = row.split_once("step ")?.1.split_once('/')?;
    all.trim().replace(',', "").parse().ok()
}

#[test]
fn a_finished_run_is_played_and_sought_through() {
    let home = Home::new();
    Training::start(&home, SHORT).end();
    let mut session = replay(&home, 80, 24, &["--speed", "2"]);
    session.wait_for_text(&["● completed  replay", "■ end 2×", "step 10/10", "Space play again"]);
    session.press(",");
    session.wait_for_text(&["‖ paused", "● training  replay", "Space play"]);
    session.press("x");
    session.wait_for_text(&["a recorded run cannot be changed"]);
    session.press("g");
    session.wait_for_text(&["‖ paused", "step 0/10"]);
    session.press("G");
    session.wait_for_text(&["■ end", "step 10/10"]);
    session.press("+");
    session.wait_for_text(&["■ end 5×"]);
    session.press(" ");
    session.wait_for("that it plays from the start again", |screen| !screen.contents().contains("■ end"));
    session.wait_for_text(&["■ end 5×"]);
    session.press("q");
    session.expect_left(0, "test left at step ");
}

#[test]
fn a_run_that_is_being_trained_goes_on_while_it_is_played() {
    let home = Home::new();
    let _training = Training::start(&home, ENDLESS);
    let recorded = || {
        let mut runs = std::fs::read_dir(home.path().join("mnist-tui/runs")).into_iter().flatten().flatten();
        runs.any(|run| std::fs::metadata(run.path().join("events.jsonl")).is_ok_and(|events| events.len() > 0))
    };
    while !recorded() {
        std::thread::yield_now();
    }
    let mut session = replay(&home, 120, 40, &["--speed", "100"]);
    let mut first = None;
    session.wait_for("that more is recorded", |screen| {
        let last = last_step(&screen.contents()).filter(|last| *last > 0);
        first = first.or(last);
        last > first
    });
    session.wait_for("that it is shown", |screen| step(&screen.contents()) > first);
    session.press("q");
    session.expect_left(0, "test left at step ");
}

#[test]
fn without_a_terminal_it_says_so() {
    let home = Home::new();
    Training::start(&home, SHORT).end();
    let mut command = Command::new(env!("CARGO_BIN_EXE_mnist-tui"));
    command.args(["replay", "last"]).env_clear().envs(home.variables());
    let output = command.stdin(Stdio::null()).output().expect("the program starts");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("error: there is no terminal to draw on; "), "{output:?}");
}

/// On a terminal that can do no more than a typewriter.
fn typed(home: &Home, arguments: &[&str]) -> (u32, String) {
    let variables = home.variables();
    let environment: Vec<_> = variables.iter().map(|(name, value)| (*name, value.as_str())).chain([("TERM", "dumb")]).collect();
    let mut session = Session::start_with(80, 24, arguments, &environment);
    let (code, bytes) = session.end();
    assert_eq!(count(&bytes, b"\x1b"), 0);
    (code, String::from_utf8_lossy(&bytes).into_owned())
}

#[test]
fn where_nothing_can_be_drawn_there_are_lines() {
    let home = Home::new();
    Training::start(&home, SHORT).end();
    let (code, text) = typed(&home, &["replay", "last", "--speed", "100"]);
    assert!(code == 0 && text.contains("epoch 1 done") && text.contains("test completed: 1 epoch"), "{code}: {text}");
    let (code, text) = typed(&home, &["runs", "browse"]);
    assert!(code == 0 && text.contains("completed") && text.contains("test"), "{code}: {text}");
}

#[test]
fn what_cannot_be_read_is_named_before_it_is_played() {
    let home = Home::new();
    Training::start(&home, SHORT).end();
    let log = home.ended_run().folder.path().join("events.jsonl");
    let text = std::fs::read_to_string(&log).expect("a log");
    let (first, rest) = text.split_once('\n').expect("lines");
    std::fs::write(&log, format!("{first}\n{{broken\n{rest}")).expect("written");
    let (code, text) = typed(&home, &["replay", "last", "--speed", "100"]);
    assert!(code == 0 && text.contains("warning: ") && text.contains("line 2 is damaged"), "{code}: {text}");
    let mut session = replay(&home, 120, 40, &["--speed", "100"]);
    session.wait_for_text(&["● completed  replay"]);
    session.press("q");
    let (code, bytes) = session.end();
    assert!(code == 0 && count(&bytes, b"line 2 is damaged") == 1);
}
