//! Disks that take no more: what there was stays, what cannot be written is said, and training goes on.
//!
//! A limit of the file size stands for a full disk, since anybody can have it. The system's signal is ignored, so that
//! writing fails as it does there; `tests/python/bad_disk.py` fills a real disk.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use mnist_tui::export::Format;
use mnist_tui::protocol::Event;
use portable_pty::CommandBuilder;
use serde_json::Value;

use crate::support::{Home, SHORT, Session};
use crate::training::Training;

const PROGRAM: &str = env!("CARGO_BIN_EXE_mnist-tui");

/// A shell's command that starts the program with files of at most so many blocks.
fn limited(blocks: usize) -> [String; 3] {
    ["-c".into(), format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\""), PROGRAM.into()]
}

fn run(command: &mut Command, home: &Home, arguments: &[&str]) -> Output {
    command.args(arguments).env_clear().envs(home.variables()).current_dir(home.path()).output().expect("the program starts")
}

/// Runs an export that fails, and gives its message.
#[track_caller]
fn failure(command: &mut Command, home: &Home, arguments: &[&str]) -> String {
    let output = run(command, home, &[&["export", "last"], arguments].concat());
    let message = String::from_utf8(output.stderr).expect("text");
    assert_eq!((output.status.code(), &output.stdout[..]), (Some(1), &b""[..]), "{arguments:?}: {message}");
    message
}

/// Everything in a folder: files with what is in them, folders with nothing.
fn tree(folder: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let mut tree = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path.clone());
            }
            tree.insert(path.clone(), fs::read(path).ok());
        }
    }
    tree
}

#[track_caller]
fn expect_unchanged(folder: &Path, before: &BTreeMap<PathBuf, Option<Vec<u8>>>) {
    let now = tree(folder);
    // Without what is in them, which nobody could read.
    assert!(now == *before, "before: {:?}\nnow: {:?}", before.keys(), now.keys());
}

#[test]
fn an_export_that_cannot_be_written_leaves_nothing_and_takes_nothing() {
    let home = Home::new();
    Training::start(&home, &[SHORT, &["--preset", "mlp"]].concat()).end();
    let folder = home.path().join("exports");
    fs::create_dir(&folder).expect("a folder");
    for format in Format::ALL {
        fs::write(folder.join(format.name()), "what was there").expect("written");
    }
    let before = tree(&folder);
    for format in Format::ALL {
        let name = format.name();
        let new = if format.is_folder() { "exports/new/run" } else { "exports/new" };
        let message = failure(Command::new("sh").args(limited(0)), &home, &["--format", name, "--output", new]);
        let part = "no file may be so large here; raise the limit (ulimit -f), or write elsewhere";
        assert!(message.contains(new) && message.contains(part), "{message}");
        expect_unchanged(&folder, &before);
        // Over what is there.
        let old = format!("exports/{name}");
        if !format.is_folder() {
            failure(Command::new("sh").args(limited(0)), &home, &["--format", name, "--output", &old, "--force"]);
        }
        // Below a file.
        let message = failure(&mut Command::new(PROGRAM), &home, &["--format", name, "--output", &format!("{old}/below/run")]);
        assert!(message.contains(&old), "{message}");
        expect_unchanged(&folder, &before);
    }
}

/// The first of two files is written, and then not kept alone.
#[test]
fn half_an_export_is_taken_back() {
    let home = Home::new();
    for (name, epochs) in [("short", "1"), ("long", "30")] {
        let images = ["--threads", "1", "--train-limit", "400", "--validation", "100"];
        Training::start(&home, &[&images[..], &["--preset", "mlp", "--name", name, "--epochs", epochs]].concat()).end();
    }
    let size = |run: &str| {
        let output = run_tensorboard(&mut Command::new(PROGRAM), &home, &[run], &format!("whole-{run}"));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let sizes = tree(&home.path().join(format!("whole-{run}"))).into_values().flatten().map(|bytes| bytes.len());
        sizes.max().expect("a file")
    };
    let (short, long) = (size("short"), size("long"));
    assert!(short + 4096 < long, "{short} {long}");
    // Blocks have 512 bytes in some shells and 1,024 in others.
    let blocks = short.div_ceil(512) + 1;
    assert!(blocks * 1024 < long, "{short} {long}");
    let before = tree(home.path());
    let output = run_tensorboard(Command::new("sh").args(limited(blocks)), &home, &["short", "long"], "both");
    let message = String::from_utf8(output.stderr).expect("text");
    assert!(output.status.code() == Some(1) && message.contains("both/long"), "{message}");
    expect_unchanged(home.path(), &before);
}

fn run_tensorboard(command: &mut Command, home: &Home, runs: &[&str], output: &str) -> Output {
    run(command, home, &[&["export"], runs, &["--format", "tensorboard", "--output", output]].concat())
}

#[test]
fn a_training_whose_disk_fills_ends_well_and_can_go_on() {
    let recipe = [
        "--headless",
        "--json",
        "--threads",
        "1",
        "--train-limit",
        "120",
        "--validation",
        "20",
        "--batch-size",
        "16",
        "--epochs",
        "200",
        "--set",
        "model.layers=[{kind='average-pool',size=7},{kind='flatten'},{kind='dense',units=10,activation='none'}]",
    ];
    let summary = |output: &Output| serde_json::from_slice::<Value>(&output.stdout).expect("a summary");
    let (home, undisturbed) = (Home::new(), Home::new());
    let expected = summary(&run(&mut Command::new(PROGRAM), &undisturbed, &recipe));

    let output = run(Command::new("sh").args(limited(100)), &home, &recipe);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("not recorded: ") && told.contains("events.jsonl: no file may be so large here"), "{told}");
    assert!(told.contains("error: what the run told last is not on the disk: "), "{told}");
    assert_eq!(summary(&output)["weights_sha256"], expected["weights_sha256"]);

    // What is there is whole, and the run goes on from it.
    let folder = home.run().expect("a run").folder;
    let log = fs::read(folder.path().join("events.jsonl")).expect("a log");
    let records = folder.records().expect("a log");
    assert_eq!(records.len(), log.split_inclusive(|byte| *byte == b'\n').count(), "every line is whole");
    assert!(!records.iter().any(|record| matches!(record.event, Event::RunEnded { .. })), "the log filled up");
    let resumed = run(&mut Command::new(PROGRAM), &home, &["--headless", "--json", "--resume", "last"]);
    let told = String::from_utf8_lossy(&resumed.stderr);
    assert_eq!(summary(&resumed)["weights_sha256"], expected["weights_sha256"], "{told}");
}

#[test]
fn a_training_that_cannot_be_recorded_says_so_and_ends_well() {
    let home = Home::new();
    fs::write(home.path().join("file"), "what was there").expect("written");
    let arguments = [&["--headless", "--runs-dir", "file/runs"], SHORT].concat();
    let output = run(&mut Command::new(PROGRAM), &home, &arguments);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && told.contains("not recorded: file/runs"), "{told}");
    assert!(!String::from_utf8_lossy(&output.stdout).contains("recorded as"), "it is not");
    assert_eq!(fs::read_to_string(home.path().join("file")).expect("a file"), "what was there");
}

#[test]
fn an_export_that_fails_on_the_page_of_runs_stops_no_training() {
    let home = Home::new();
    Training::start(&home, SHORT).end();
    let mut command = CommandBuilder::new("/bin/sh");
    command.args(limited(0));
    command.args([
        "--threads",
        "1",
        "--train-limit",
        "2000",
        "--validation",
        "100",
        "--epochs",
        "900",
        "--set",
        "runs.record=false",
    ]);
    let variables = home.variables();
    let mut session = Session::run(120, 40, command, &variables.each_ref().map(|(name, value)| (*name, value.as_str())));
    session.wait_for_text(&["● training"]);
    session.press("7");
    session.wait_for_text(&["by accuracy", "completed"]);
    session.press("e");
    session.wait_for_text(&["Export as"]);
    session.press("\r");
    session.wait_for_text(&["to this file"]);
    session.press("\r");
    session.wait_for_text(&["failed to write", "no file may be so large here"]);
    session.press("1");
    session.wait_for_text(&["Hyperparameters"]);
    let step = |session: &Session| crate::support::step(&session.text());
    let before = session.wait_for("the overview", |screen| crate::support::step(&screen.contents()).is_some());
    let before = crate::support::step(&before);
    session.wait_until("the next step", || step(&session) > before);
    session.press("qs");
    session.expect_end(0);
    assert_eq!(
        fs::read_dir(session.home().path()).expect("a folder").flatten().filter(|entry| entry.path().is_file()).count(),
        0
    );
}
