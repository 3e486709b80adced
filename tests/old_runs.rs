//! Runs of an older program, which wrote sentences and no codes, still open, replay, resume and export. What is in
//! `tests/fixtures` was written by the program at commit 8db26e5, but that looks at samples are left out of the single log.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use mnist_tui::protocol::{Outcome, Record};
use mnist_tui::run::RunState;
use mnist_tui::text::Language;
use serde_json::Value;

/// A run that stopped early, with its checkpoints.
const EARLY: &str = "mwwu4rfn25n";

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// What a replay of a log ends with.
fn replayed(log: &str) -> RunState {
    let mut state = RunState::default();
    for line in log.lines() {
        let record: Record = serde_json::from_str(line).expect(line);
        state.apply(&record);
    }
    state
}

#[test]
fn an_old_log_shows_its_sentences_in_every_language() {
    let state = replayed(&fs::read_to_string(fixture("logs/steered.jsonl")).expect("a fixture"));
    let said = |language| -> Vec<String> { state.log.iter().map(|line| line.text.say(language).into_owned()).collect() };
    let (english, chinese) = (said(Language::English), said(Language::Chinese));
    for line in [
        "steered started: ",
        "steered by ana@laptop",
        "paused",
        "learning rate 0.001 → 0.05 by ana@laptop",
        "refused: batch_size must be between 1 and 8192, not 0",
        "refused: the network has no dropout layers",
        "refused: epochs must be a whole number, not 2.5",
        "refused: the numbers are in order; there is nothing to go back from",
        "checkpoint taken",
        "resumed",
        "training stopped",
    ] {
        assert!(english.iter().any(|said| said.starts_with(line)), "{line}: {english:#?}");
    }
    for line in
        ["由 ana@laptop 操控", "学习率 0.001 → 0.05（ana@laptop）", "已拒绝：the network has no dropout layers", "训练已停止"]
    {
        assert!(chinese.iter().any(|said| said == line), "{line}: {chinese:#?}");
    }
    assert_eq!(state.ended.map(|ended| ended.outcome), Some(Outcome::Stopped));
}

#[test]
fn an_old_run_is_shown_exported_and_goes_on() {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("old-runs");
    if home.exists() {
        fs::remove_dir_all(&home).expect("an old home folder goes");
    }
    let (from, to) = (fixture("runs").join(EARLY), home.join("runs").join(EARLY));
    fs::create_dir_all(to.join("checkpoints")).expect("a folder");
    for folder in ["", "checkpoints"] {
        for entry in fs::read_dir(from.join(folder)).expect("a fixture") {
            let path = entry.expect("an entry").path();
            if path.is_file() {
                fs::copy(&path, to.join(folder).join(path.file_name().expect("a name"))).expect("copied");
            }
        }
    }
    let call = |arguments: &[&str]| -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mnist-tui"));
        command.args(arguments).env_clear().env("HOME", &home).env("MNIST_TUI_RUNS_DIR", home.join("runs")).current_dir(&home);
        let output = command.output().expect("the program starts");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    };
    let reason = "the validation loss has not fallen below the 0.6442 of epoch 3 for 1 epoch";
    assert!(call(&["runs", "show", EARLY]).contains(reason));
    let csv = call(&["export", EARLY, "--format", "csv", "--output", "-"]);
    assert_eq!(csv.lines().count(), 17, "a head and 16 steps: {csv}");
    let resume = ["--headless", "--json", "--resume", EARLY, "--epochs", "12", "--set", "train.patience=0"];
    let resumed: Value = serde_json::from_str(&call(&resume)).expect("JSON");
    assert_eq!((&resumed["status"], &resumed["steps"]), (&"completed".into(), &48.into()), "{resumed}");
}
