//! A run is steered from the keyboard, and the dashboard follows what happens to the terminal.

use crate::support::{ENDLESS, Session, step};

const RIGHT: &str = "\x1b[C";

fn start() -> Session {
    let session = Session::start(120, 40, ENDLESS);
    session.wait_for_text(&["● training", "▸ learning rate   0.001 "]);
    session
}

/// Starts and pauses; the step at which it waits.
fn start_paused() -> (Session, u64) {
    let mut session = start();
    session.press(" ");
    let picture = session.wait_for_text(&["● paused"]);
    let at = step(&picture).expect("a step");
    (session, at)
}

/// Opens the list of keys and closes it: an answer that comes after everything asked for before.
fn look_at_help(session: &mut Session) -> String {
    session.press("?");
    session.wait_for_text(&["While it trains", "pause the training, or go on"]);
    session.press("\x1b");
    session.wait_for("the list to close", |screen| !screen.contents().contains("While it trains"))
}

fn leave(mut session: Session) {
    session.press("\x03");
    session.wait_for_text(&["Leave?"]);
    session.press("\x03");
    session.expect_left(0, "test left at step ");
}

#[test]
fn an_arrow_changes_the_learning_rate_and_leaves_a_mark() {
    let mut session = start();
    session.press(RIGHT);
    let picture = session.wait_for_text(&[
        "▸ learning rate   0.002 ",
        "1 learning rate 0.001 → 0.002",
        "Hyperparameters ────────────────────────── 1 changed",
    ]);
    // The marker of the change is a line through both charts with its number on top.
    let rows: Vec<Vec<char>> = picture.lines().map(|line| line.chars().collect()).collect();
    for chart in ["Loss", "Accuracy"] {
        let top = picture.lines().position(|line| line.contains(&format!("─ {chart} ─"))).expect("a chart");
        let mark = (1..57).find(|x| rows[top + 1][*x] == '1' && rows[top + 2][*x] == '┊' && rows[top + 3][*x] == '┊');
        assert!(mark.is_some(), "no marker on the chart of the {chart}:\n{picture}");
    }
    session.press("u");
    session.wait_for_text(&["▸ learning rate   0.001 ", "2 learning rate 0.002 → 0.001"]);
    leave(session);
}

#[test]
fn a_typed_value_is_set_and_one_out_of_range_is_refused() {
    let (mut session, at) = start_paused();
    session.press("\r");
    session.wait_for_text(&["Enter take", "Esc cancel"]);
    session.press("3e-4");
    session.wait_for_text(&["learning rate   3e-4"]);
    session.press("\r");
    session.wait_for_text(&["▸ learning rate   3e-4 ", "1 learning rate 0.001 → 3e-4"]);

    session.press("\r99");
    session.wait_for_text(&["learning rate   99 ", "1e-7 to 10"]);
    // Enter does not take it: the next key is typed behind it.
    session.press("\r9");
    session.wait_for_text(&["learning rate   999 ", "1e-7 to 10"]);
    session.press("\x1b");
    let picture = session.wait_for_text(&["▸ learning rate   3e-4 ", "1e-7 – 10", "q quit"]);
    assert!(picture.contains(" 1 changed ") && !picture.contains("→ 99"), "{picture}");
    assert_eq!(step(&picture), Some(at), "nothing was trained meanwhile");

    // The same for a value that only becomes wrong by being too small, or not a whole number.
    session.press("\x1b[B");
    session.wait_for_text(&["▸ batch size"]);
    session.press("\r1.5");
    session.wait_for_text(&["whole numbers only"]);
    session.press("\x1b");
    session.wait_for_text(&["▸ batch size      32 "]);
    leave(session);
}

#[test]
fn a_paused_run_waits_and_trains_single_steps() {
    let (mut session, at) = start_paused();
    assert_eq!(step(&look_at_help(&mut session)), Some(at), "a paused run does not go on");
    for done in 1..=3 {
        session.press("s");
        session.wait_for("one step", |screen| step(&screen.contents()).is_some_and(|step| step > at + done - 1));
        let picture = look_at_help(&mut session);
        assert_eq!(step(&picture), Some(at + done), "one step and no more");
        assert!(picture.contains("● paused"), "{picture}");
    }
    session.press(" ");
    session.wait_for("the run to go on", |screen| {
        let contents = screen.contents();
        contents.contains("● training") && step(&contents).is_some_and(|step| step > at + 3)
    });
    leave(session);
}

#[test]
fn the_dashboard_follows_the_size_of_the_terminal() {
    let mut session = start();
    for (columns, rows) in [(40, 12), (120, 40), (1, 1), (120, 40), (250, 80), (20, 5), (3, 2), (80, 24)] {
        session.resize(columns, rows);
        if columns >= 20 && rows >= 12 {
            session.wait_for(&format!("a picture of {columns}x{rows}"), |screen| {
                let contents = screen.contents();
                let lines: Vec<&str> = contents.lines().collect();
                let last = lines.last().copied().unwrap_or_default();
                lines.len() == usize::from(rows) && lines[0].contains(" ● ") && last.contains("? help")
            });
        }
    }
    session.press("\x03\x03");
    // The prompt is gone: it was cut off with everything else that did not fit.
    let (code, _) = session.end();
    assert_eq!(code, 0);
    session.expect_terminal_given_back();
}
