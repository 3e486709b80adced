//! One process trains, others watch and steer it.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use rustix::process::Signal;

use crate::support::{ENDLESS, Home, Session, answer, send_signal, step};

const RIGHT: &str = "\x1b[C";

/// A run that trains on one terminal, and a home that others share with it.
fn start(home: &Home) -> Session {
    let session = Session::start_in(home, 120, 40, ENDLESS);
    session.wait_for_text(&["● training"]);
    session
}

/// The dashboard on the run of this home. Whoever runs these tests may train something too; then it is asked which run is meant.
fn attach(home: &Home, arguments: &[&str]) -> Session {
    let mut session = Session::start_in(home, 120, 40, &[&["attach"], arguments].concat());
    let screen = session.wait_for("the run, or a choice of runs", |screen| {
        let contents = screen.contents();
        contents.contains("● training") || contents.contains("which one?")
    });
    if screen.contains("which one?") {
        let process = format!("process {} ", home.trainer().expect("a process"));
        let line = screen.lines().find(|line| line.contains(&process));
        session.press(format!("{}\n", line.and_then(|line| line.split_whitespace().next()).expect("a number")));
    }
    session.wait_for_text(&["● training"]);
    session
}

fn end(mut session: Session) {
    session.press("\x03");
    session.wait_for_text(&["Leave?"]);
    session.press("\x03");
    session.end();
}

#[test]
fn the_wheel_is_taken_over_and_everybody_sees_it() {
    let home = Home::new();
    let mut trainer = start(&home);
    let mut watcher = attach(&home, &["test"]);
    watcher.wait_for_text(&["watching", "T take over", "true "]);
    watcher.press(RIGHT);
    watcher.wait_for_text(&["the terminal it was started on steers: T takes over"]);
    watcher.press("T");
    watcher.wait_for_text(&["Take over?"]);
    watcher.press("y");
    watcher.wait_for_text(&["you steer", "steered by "]);
    watcher.press(RIGHT);
    watcher.wait_for_text(&["▸ learning rate   0.002 ", "learning rate 0.001 → 0.002 by "]);
    trainer.wait_for_text(&["▸ learning rate   0.002 ", "learning rate 0.001 → 0.002 by ", "watching"]);
    trainer.press("Ty");
    trainer.wait_for_text(&["steered from where it was started again"]);
    watcher.wait_for_text(&["took over; T takes back"]);
    watcher.press("q");
    let left = watcher.expect_end(0);
    assert!(left.starts_with("test left at step ") && left.contains("; whoever trains it goes on."), "{left}");
    trainer.press(RIGHT);
    trainer.wait_for_text(&["▸ learning rate   0.005 "]);
    end(trainer);
    let shown = Command::new(env!("CARGO_BIN_EXE_mnist-tui")).args(["runs", "show", "last"]).envs(home.variables()).output();
    let shown = String::from_utf8(shown.expect("runs show").stdout).expect("text");
    assert!(shown.contains("learning rate 0.001 → 0.002 by ") || shown.contains("learning rate 0.001 > 0.002 by "), "{shown}");
}

#[test]
fn read_only_never_steers() {
    let home = Home::new();
    let trainer = start(&home);
    let mut watcher = attach(&home, &["--read-only"]);
    watcher.press("T ");
    let picture = watcher.wait_for_text(&["read-only: attach without --read-only to steer"]);
    assert!(!picture.contains("Take over?") && picture.contains("● training  read-only"), "{picture}");
    watcher.press("q");
    watcher.expect_end(0);
    end(trainer);
}

#[test]
fn a_run_that_slept_or_was_killed_comes_back_by_itself() {
    let home = Home::new();
    let _trainer = start(&home);
    let watcher = attach(&home, &[]);
    let process = home.trainer().expect("a process");
    send_signal(process, Signal::STOP);
    let stat = || std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    watcher.wait_until("the trainer to stop", || stat().contains(") T "));
    let asleep = step(&watcher.text()).expect("a step");
    send_signal(process, Signal::CONT);
    watcher.wait_for("the run to go on", |screen| step(&screen.contents()).is_some_and(|step| step > asleep + 50));
    send_signal(process, Signal::KILL);
    let lost = watcher.wait_for_text(&["connection lost, trying again in "]);
    assert!(step(&lost).is_some_and(|step| step > asleep), "what was seen stays:\n{lost}");
    let again = Session::start_in(&home, 80, 24, &["--resume", "last"]);
    again.wait_for_text(&["● training"]);
    watcher.wait_for_text(&["● training  watching", "training resumed after step"]);
    end(again);
    let mut watcher = watcher;
    watcher.wait_for_text(&["connection lost"]);
    watcher.press("q");
    watcher.expect_end(0);
}

/// The script that the documentation shows.
#[test]
fn ten_lines_of_python_read_the_loss() {
    let documentation = include_str!("../../docs/protocol.md");
    let script = documentation.split("```python\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a script");
    let home = Home::new();
    let trainer = start(&home);
    let mut command = Command::new("python3");
    command.args(["-u", "-c", script]).envs(home.variables()).stdout(Stdio::piped());
    let Ok(mut python) = command.spawn() else {
        eprintln!("skipped: there is no python3");
        return end(trainer);
    };
    let lines: Vec<String> =
        BufReader::new(python.stdout.take().expect("its output")).lines().take(3).map(|line| line.expect("a line")).collect();
    python.kill().and_then(|()| python.wait()).expect("it is ended");
    for (step, line) in (1..).zip(&lines) {
        let (number, loss) = line.split_once(' ').expect("a step and a loss");
        assert!(number.parse() == Ok(step) && loss.parse::<f64>().is_ok_and(|loss| loss > 0.0), "{lines:?}");
    }
    assert_eq!(lines.len(), 3);
    end(trainer);
}

#[test]
fn a_run_that_is_not_there_is_said_to_be_so() {
    let home = Home::new();
    let (code, told) = answer(&home, &["attach", "nowhere"]);
    assert!(code == Some(2) && told.starts_with("error: no run "), "{told}");
    let short = ["--headless", "--name", "over", "--train-limit", "200", "--validation", "50", "--epochs", "1"];
    assert_eq!(answer(&home, &short).0, Some(0));
    let (code, told) = answer(&home, &["attach", "over"]);
    assert!(code == Some(2) && told.contains("is not being trained now; `mnist-tui --resume "), "{told}");
}

#[test]
fn a_run_in_the_background_waits_for_somebody_when_numbers_go_wrong() {
    let home = Home::new();
    // Without an activation that cuts them off, numbers grow until they are infinite.
    let layers =
        "model.layers=[{kind='flatten'},{kind='dense',units=64,activation='none'},{kind='dense',units=10,activation='none'}]";
    let wild = ["--optimizer", "sgd", "--lr", "10", "--set", layers, "--detach"];
    Session::start_in(&home, 80, 24, &[ENDLESS, &wild].concat()).end();
    let mut watcher = Session::start_in(&home, 120, 40, &["attach", "test"]);
    watcher.wait_for_text(&["● diverged", "no step made"]);
    watcher.press("b");
    watcher.wait_for_text(&["Go back to", "the start", "half of the 10 of now"]);
    watcher.press("\r");
    watcher.wait_for_text(&["learning rate 10 → 5"]);
    watcher.press("q");
    watcher.expect_end(0);
    send_signal(home.trainer().expect("a process"), Signal::TERM);
    home.ended_run();
}

/// As at a logout, and as cron, sudo and a container start programs: without the folder that others know.
#[test]
fn a_run_is_found_wherever_its_socket_is() {
    let home = Home::new();
    let trainer = start(&home);
    // The system removes it with everything in it.
    std::fs::remove_dir_all(home.path().join("run")).expect("removed");
    let mut watcher = Session::start_in(&home, 120, 40, &["attach", "test"]);
    watcher.wait_for_text(&["● training", "watching"]);
    watcher.press("q");
    watcher.expect_end(0);
    let nowhere = home.path().join("nowhere");
    let nowhere = nowhere.to_str().expect("a path in UTF-8");
    let variables = home.variables();
    let mut environment = variables.each_ref().map(|(name, value)| (*name, value.as_str()));
    environment[3].1 = nowhere;
    let mut watcher = Session::start_with(120, 40, &["attach", "test"], &environment);
    watcher.wait_for_text(&["● training", "watching"]);
    watcher.press("q");
    watcher.expect_end(0);
    end(trainer);
}

#[test]
fn of_several_runs_one_is_chosen() {
    let home = Home::new();
    let trainers = ["one", "two"].map(|name| {
        let trainer = Session::start_in(&home, 120, 40, &[&["--name", name, "--runs-dir", name], &ENDLESS[2..]].concat());
        trainer.wait_for_text(&["● training"]);
        trainer
    });
    // Whoever runs these tests may train something too.
    let (code, told) = answer(&home, &["attach"]);
    let line_of = |name: &str| told.lines().any(|line| line.starts_with("  mnist-tui attach ") && line.ends_with(name));
    assert!(code == Some(2) && line_of("/one") && line_of("/two"), "{told}");
    let mut watcher = Session::start_in(&home, 120, 40, &["attach"]);
    let choices = watcher.wait_for_text(&["several runs are being trained:", "/one", "/two", "which one?"]);
    let second = choices.lines().find(|line| line.trim_end().ends_with("/two")).and_then(|line| line.split_whitespace().next());
    watcher.press(format!("700\n{}\n", second.expect("a number")));
    watcher.wait_for_text(&["● training", "watching", "one"]);
    watcher.press("q");
    watcher.end();
    trainers.into_iter().for_each(end);
}
