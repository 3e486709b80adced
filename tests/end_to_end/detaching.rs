//! The run outlives the terminal: it is sent to the background, or the terminal goes, and it trains on.

use std::process::{Command, Stdio};
use std::sync::OnceLock;

use rustix::process::Signal;

use crate::support::{ENDLESS, Home, Session, count, send_signal, step};

/// Arguments for a run that takes long enough to be left in the middle.
const SOME: &[&str] =
    &["--name", "test", "--seed", "7", "--threads", "1", "--train-limit", "5000", "--validation", "200", "--epochs", "8"];

/// The digest of the weights that nobody disturbed.
fn undisturbed() -> &'static str {
    static DIGEST: OnceLock<String> = OnceLock::new();
    DIGEST.get_or_init(|| {
        let home = Home::new();
        let mut command = Command::new(env!("CARGO_BIN_EXE_mnist-tui"));
        command.args(SOME).arg("--headless").env_clear().env("HOME", home.path());
        command.env("XDG_DATA_HOME", home.path()).env("TMPDIR", home.path());
        let status = command.stdout(Stdio::null()).stderr(Stdio::null()).stdin(Stdio::null()).status().expect("it runs");
        assert!(status.success());
        home.ended_run().summary.and_then(|summary| summary.weights_sha256).expect("a digest")
    })
}

/// Checks that the run is still trained, goes on to its end, and gets the weights of one that nobody disturbed.
#[track_caller]
fn expect_to_go_on(home: &Home) {
    assert!(home.trainer().is_some(), "it trains on");
    let run = home.ended_run();
    let summary = run.summary.expect("a summary");
    assert_eq!(summary.status, "completed");
    assert_eq!(summary.weights_sha256.as_deref(), Some(undisturbed()));
}

/// A session in the middle of its training.
fn training() -> Session {
    let session = Session::start(80, 24, SOME);
    session.wait_for_text(&["● training"]);
    session
}

#[test]
fn a_key_sends_the_run_to_the_background_and_gives_the_prompt_back() {
    for keys in ["d", "qd"] {
        let mut session = training();
        session.press(keys);
        let left = session.expect_end(0);
        let id = session.home().run().expect("a run").id();
        assert!(left.starts_with(&format!("run {id} goes on in the background, as process ")), "{left}");
        expect_to_go_on(session.home());
    }
}

#[test]
fn a_run_goes_on_when_its_terminal_is_closed() {
    let (code, home) = training().hang_up();
    assert_eq!(code, 129);
    expect_to_go_on(&home);
}

#[test]
fn a_hangup_alone_gives_the_terminal_back() {
    let mut session = training();
    session.signal(Signal::HUP);
    assert!(session.expect_end(129).contains("goes on in the background"));
    expect_to_go_on(session.home());
}

#[test]
fn a_run_goes_on_when_the_process_that_holds_its_place_is_killed() {
    let mut session = training();
    session.signal(Signal::KILL);
    session.end();
    expect_to_go_on(session.home());
}

#[test]
fn a_run_with_progress_lines_goes_on_without_its_terminal() {
    let mut session = training();
    session.press("qh");
    session.wait_for("the shell's screen", |screen| !screen.alternate_screen());
    let (code, home) = session.hang_up();
    assert_eq!(code, 129);
    expect_to_go_on(&home);
}

#[test]
fn when_the_training_is_killed_the_terminal_is_given_back() {
    let mut session = Session::start(80, 24, ENDLESS);
    session.wait_for_text(&["● training"]);
    send_signal(session.home().trainer().expect("a process"), Signal::KILL);
    assert!(session.expect_end(137).contains("--resume last"));
    assert_eq!(session.home().run().expect("a run").status(), "interrupted");
}

#[test]
fn a_run_in_the_background_is_stopped_by_a_signal_and_judged() {
    let mut session = Session::start(80, 24, ENDLESS);
    session.wait_for_text(&["● training"]);
    session.press("d");
    session.expect_end(0);
    send_signal(session.home().trainer().expect("a process"), Signal::TERM);
    let summary = session.home().ended_run().summary.expect("a summary");
    assert!(summary.status == "stopped" && summary.test_accuracy.is_some(), "{}", summary.status);
}

#[test]
fn a_run_can_start_in_the_background() {
    let home = Home::new();
    let start = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mnist-tui"));
        command.args(arguments).arg("--detach").env_clear().env("HOME", home.path());
        command.env("XDG_DATA_HOME", home.path()).env("TMPDIR", home.path());
        // Whoever reads to the end, as ssh does, waits for all who could still write.
        command.stdin(Stdio::null()).output().expect("it runs")
    };
    let output = start(SOME);
    assert_eq!(output.status.code(), Some(0));
    let id = home.run().expect("a run").id();
    assert_eq!(String::from_utf8_lossy(&output.stdout), format!("{id}\n"));
    assert!(String::from_utf8_lossy(&output.stderr).contains(&id));
    expect_to_go_on(&home);

    let output = start(&["--set", "train.learning_rat=1"]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(2), &[][..]), "{errors}");
    assert!(errors.starts_with("error: ") && errors.contains("train.learning_rate"), "{errors}");
}

#[test]
fn a_run_that_starts_in_the_background_leaves_the_terminal_alone() {
    let mut session = Session::start(80, 24, &[SOME, &["--detach"]].concat());
    let (code, bytes) = session.end();
    assert_eq!((code, count(&bytes, b"\x1b")), (0, 0), "{}", String::from_utf8_lossy(&bytes));
    session.expect_terminal_given_back();
    expect_to_go_on(session.home());
}

#[test]
fn in_the_background_a_batch_system_s_signal_leaves_a_checkpoint() {
    let mut session = Session::start(120, 40, ENDLESS);
    session.wait_for("a step", |screen| step(&screen.contents()) > Some(0));
    session.press("d");
    assert!(session.expect_end(0).contains("test is at step "));
    send_signal(session.home().trainer().expect("a process"), Signal::USR2);
    let run = session.home().ended_run();
    assert_eq!(run.status(), "interrupted");
    assert!(run.folder.checkpoints().expect("listed").last().is_some_and(|(step, _)| *step > 0), "no checkpoint");
}
