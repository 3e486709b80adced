//! Runs that go on, branch off and are trained again.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::home::Home;

#[test]
fn a_run_that_goes_on_ends_like_one_that_never_stopped() {
    let home = Home::new("resume");
    let whole = home.train(&["--seed", "7", "--epochs", "2"]);
    let half = home.train(&["--seed", "7"]);
    assert_ne!(half["weights_sha256"], whole["weights_sha256"]);
    let resumed = home.resume(&["last", "--epochs", "2"]);
    assert_eq!(resumed["run_id"], half["run_id"]);
    assert_eq!((&resumed["weights_sha256"], &resumed["steps"]), (&whole["weights_sha256"], &whole["steps"]));
    assert_eq!(home.json(&["runs"]).as_array().map(Vec::len), Some(2));
}

/// Every file of the recorded runs, with what is in it.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let each =
        entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![(path.clone(), fs::read(path).expect("read"))] });
    let mut all: Vec<_> = each.collect();
    all.sort();
    all
}

#[test]
fn what_cannot_go_on_changes_nothing_and_says_how_it_could() {
    let home = Home::new("over");
    home.train(&["--name", "a", "--epochs", "2", "--seed", "3"]);
    let before = files(&home.runs());
    let named = home.path.join("named.toml");
    fs::write(&named, "[train]\noptimizer = \"sgd\"\n").expect("written");
    let named = named.display().to_string();
    for (arguments, variable, expected) in [
        (&["--resume", "a"][..], None, "is over: all its epochs are trained (2); --resume "),
        (&["--resume", "a", "--epochs", "1"], None, "--epochs 4 goes on, and --branch-from "),
        (&["--resume", "a", "--epochs", "3", "--save", "/no/such/x.safetensors"], None, "there is no folder /no/such"),
        (&["--branch-from", "a", "--save", "/no/such/x.safetensors"], None, "there is no folder /no/such"),
        (&["--resume", "a", "--epochs", "3", "--seed", "8"], None, "--seed 8: a run that goes on keeps"),
        (&["--branch-from", "a", "--preset", "seed"], None, "--preset seed: a run that goes on keeps"),
        (
            &["--resume", "a", "--epochs", "3", "--name", "b"],
            None,
            "--name b: a run that goes on keeps its name; `mnist-tui runs rename ",
        ),
        (
            &["--resume", "a", "--epochs", "3", "--config", &named],
            None,
            "named.toml:2: train.optimizer = \"sgd\": a run that goes on",
        ),
        (
            &["--resume", "a", "--epochs", "3"],
            Some(("TRAIN_SEED", "9")),
            "MNIST_TUI_TRAIN_SEED in the environment: train.seed = 9: a run",
        ),
        (&["--resume", "a", "--set", "train.min_delta=inf"], None, "train.min_delta must be a finite number, not inf"),
    ] {
        let mut command = home.command(&[&["--headless"], arguments].concat());
        let variable = variable.map(|(name, value)| (format!("MNIST_TUI_{name}"), value));
        let output = command.envs(variable).output().expect("the program starts");
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && message.contains(expected), "{arguments:?}: {message}");
        assert!(files(&home.runs()) == before, "{arguments:?} changed something");
    }
    // What is as it was recorded is no change, and what the environment asks for is done.
    let mut command = home.command(&["--headless", "--json", "--resume", "a", "--seed", "3", "--preset", "mlp", "--name", "a"]);
    let output = command.env("MNIST_TUI_TRAIN_EPOCHS", "3").output().expect("the program starts");
    let summary: Value = serde_json::from_slice(&output.stdout).expect("a summary");
    assert_eq!((&summary["epochs"], summary["interventions"].as_array().map(Vec::len)), (&3.into(), Some(1)));
    // What was told after the checkpoint stays.
    let shown = home.json(&["runs", "show", "a"]);
    let aside = shown["put_aside"].as_array().and_then(|paths| paths.first()?.as_str()).expect("put aside");
    assert!(fs::read_to_string(aside).expect("a log").contains("run_ended"), "{aside}");
}

#[test]
fn a_new_run_starts_from_the_parameters_of_another() {
    let home = Home::new("init");
    let first = home.train(&["--name", "one", "--epochs", "2"]);
    let last = first["steps"].as_u64().expect("steps");
    let ends_with = |from: &str| home.train(&["--init-from", from, "--freeze", "dense"])["weights_sha256"].clone();
    // A run that learns nothing ends with what it started from.
    assert_eq!(ends_with("one"), first["weights_sha256"]);
    assert_eq!(ends_with(&format!("one@{last}")), first["weights_sha256"]);
    assert_eq!(ends_with("last"), first["weights_sha256"]);
    assert_ne!(ends_with("one@0"), first["weights_sha256"]);
    fs::write(home.path.join("torch.pt"), b"PK\x03\x04").expect("written");
    for (from, expected) in [
        ("nobody", "cannot start from nobody: there is no such file, and no such run"),
        ("no/such.safetensors", "cannot start from no/such.safetensors: there is no such file"),
        ("one@7", "has no checkpoint of step 7; it has some of the steps 0, "),
        ("torch.pt", "cannot start from torch.pt: it is a zip file, as torch.save writes them"),
    ] {
        let (code, message) = home.failure(&["--headless", "--preset", "mlp", "--init-from", from]);
        assert!(code == 2 && message.contains(expected), "{message}");
    }
}

#[test]
fn a_damaged_run_is_seen_and_can_be_repaired() {
    let home = Home::new("damaged");
    let id = home.train(&["--name", "one"])["run_id"].as_str().expect("an id").to_owned();
    let folder = home.runs().join(&id);
    let (about, log) = (folder.join("run.json"), folder.join("events.jsonl"));
    let whole = fs::read_to_string(&about).expect("there");
    fs::write(&about, whole.replace("\"min_delta\": 0.0", "\"min_delta\": null")).expect("written");
    let listed = home.json(&["runs"]);
    assert_eq!((&listed[0]["status"], &listed[0]["name"]), (&"damaged".into(), &"one".into()));
    assert!(listed[0]["damage"].as_str().is_some_and(|damage| damage.contains("run.json is damaged")), "{listed}");
    assert!(home.text(&["runs"]).contains("damaged"));
    assert!(home.text(&["runs", "show", "one"]).contains(&format!("`mnist-tui runs repair {id}`")));
    assert_eq!(home.json(&["runs", "prune", "--keep", "0", "--yes"])["kept"], 1, "it is not moved away unseen");
    // A line in its log, too.
    let lines: Vec<String> = fs::read_to_string(&log).expect("a log").lines().map(str::to_owned).collect();
    let broken: Vec<&str> = lines.iter().enumerate().map(|(at, line)| if at == 4 { &line[1..] } else { line }).collect();
    fs::write(&log, broken.join("\n") + "\n").expect("written");
    let text = home.text(&["runs", "repair", "one"]);
    assert!(text.contains("run.json is written anew") && text.contains("1 damaged line taken out"), "{text}");
    assert_eq!(home.text(&["runs", "repair", "one"]), format!("{id} is not damaged\n"));
    let listed = home.json(&["runs"]);
    assert_eq!((&listed[0]["status"], &listed[0]["epochs"]), (&"completed".into(), &1.into()));
    assert_eq!(home.json(&["runs", "show", "one"])["put_aside"].as_array().map(Vec::len), Some(2));
    assert_eq!(home.resume(&["one", "--epochs", "2"])["epochs"], 2);
}

/// With a schedule, more epochs move the next step in it: the rate is the one of the step, whatever else is changed.
#[test]
fn a_rate_and_more_epochs_together_give_that_rate() {
    let home = Home::new("resume-rate");
    home.train(&["--set", "schedule.kind=cosine"]);
    let resumed = home.resume(&["last", "--lr", "0.004", "--epochs", "2"]);
    let rate = resumed["interventions"].as_array().and_then(|all| all.last()).expect("changed");
    assert_eq!((&rate["hyper"], &rate["to"]), (&"learning_rate".into(), &0.004.into()));
    let csv = home.text(&["export", "last", "--format", "csv", "--output", "-"]);
    let column = csv.lines().next().and_then(|head| head.split(',').position(|name| name == "learning_rate")).expect("a column");
    let first = rate["step"].as_u64().expect("a step").to_string();
    let row = csv.lines().find(|line| line.split(',').next() == Some(&first)).expect("a row");
    assert_eq!(row.split(',').nth(column), Some("0.004"), "{row}");
}

#[test]
fn a_run_that_was_killed_goes_on_and_ends_with_the_same_weights() {
    let home = Home::new("kill");
    let recipe = ["--seed", "3", "--epochs", "100"];
    let mut training = home.start(&recipe);
    training.child.kill().expect("killed");
    training.child.wait().expect("gone");
    let left = home.json(&["runs"]);
    assert_eq!(left[0]["status"], "interrupted");
    let resumed = home.resume(&[left[0]["run_id"].as_str().expect("an id")]);
    let undisturbed = home.train(&recipe);
    assert_eq!((&resumed["status"], &resumed["steps"]), (&"completed".into(), &undisturbed["steps"]));
    assert_eq!(resumed["weights_sha256"], undisturbed["weights_sha256"]);
}

#[test]
fn a_run_that_is_being_trained_belongs_to_one_process() {
    let home = Home::new("lock");
    let training = home.start(&["--epochs", "1000", "--name", "busy"]);
    let owner = format!("process {} on ", training.child.id());
    let listed = home.json(&["runs", "list", "--filter", "status=running"]);
    assert!(listed[0]["trained_by"].as_str().is_some_and(|by| by.starts_with(&owner)), "{listed}");
    for arguments in [&["--headless", "--resume", "busy"][..], &["runs", "remove", "busy", "--yes"]] {
        let (code, message) = home.failure(arguments);
        assert_eq!(code, 1, "{message}");
        assert!(message.contains(&format!("is being trained by {owner}")), "{message}");
    }
    assert_eq!(home.json(&["runs", "prune", "--keep", "0", "--yes"])["kept"], 1);
    assert_eq!(home.json(&["runs", "rename", "busy", "renamed"])["status"], "running");
    assert_eq!(home.text(&["export", "renamed", "--format", "csv"]), "wrote renamed.csv\n");
}

#[test]
fn a_run_can_be_trained_again() {
    let home = Home::new("reproduce");
    let first = home.train(&["--name", "first", "--epochs", "2"]);
    // Gone on with, and changed on the way.
    home.resume(&["first", "--epochs", "3", "--lr", "0.002"]);
    let reproduction = home.json(&["runs", "reproduce", "first"]);
    assert_eq!(reproduction["same"], true, "{reproduction}");
    assert_ne!(reproduction["weights_sha256"], first["weights_sha256"]);
    let again = reproduction["reproduced_as"].as_str().expect("it is recorded");
    assert_eq!(home.json(&["runs", "show", again])["name"], "first-again");
    assert_eq!(home.json(&["runs", "show", again])["steps"], reproduction["recorded_steps"]);

    // A log that says something else.
    let journal = home.runs().join(again).join("events.jsonl");
    let text = fs::read_to_string(&journal).expect("a log");
    let digest = reproduction["weights_sha256"].as_str().expect("a digest");
    fs::write(&journal, text.replace(digest, &"0".repeat(64))).expect("written");
    let output = home.call(&["runs", "reproduce", again]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("other weights\n"));

    // And one that does not say how the run ended.
    let lines: Vec<&str> = text.lines().filter(|line| !line.contains("run_ended")).collect();
    fs::write(&journal, lines.join("\n") + "\n").expect("written");
    let (code, message) = home.failure(&["runs", "reproduce", again]);
    assert_eq!(code, 1);
    assert!(message.contains("it has not ended; go on with it first"), "{message}");
}

#[test]
fn a_branch_goes_on_from_a_checkpoint_of_another_run() {
    let home = Home::new("branch");
    let trunk = home.train(&["--name", "trunk", "--epochs", "2"]);
    let log = || fs::read(home.runs().join(trunk["run_id"].as_str().expect("an id")).join("events.jsonl")).expect("a log");
    let before = log();
    let step = trunk["steps"].as_u64().expect("a number") / 2;
    let from = format!("trunk@{step}");
    let branch = |arguments: &[&str]| home.json(&[&["--headless", "--branch-from"], arguments].concat());

    let same = branch(&[&from]);
    assert_eq!(same["weights_sha256"], trunk["weights_sha256"], "nothing was changed");
    assert_eq!(same["name"], format!("trunk-from-{step}"));
    assert_ne!(same["run_id"], trunk["run_id"]);
    let other = branch(&[&from, "--name", "other", "--lr", "0.01"]);
    assert_ne!(other["weights_sha256"], trunk["weights_sha256"]);
    assert_eq!(other["interventions"][0]["step"], step + 1);
    // From the end of a run that is over, for longer.
    let longer = branch(&["other", "--epochs", "3", "--name", "longer"]);
    assert_eq!(longer["steps"].as_u64(), Some(step * 3));
    assert_eq!(log(), before, "the other run is as it was");

    let parent = |run: &str| home.json(&["runs", "show", run])["parent"].clone();
    assert_eq!((&parent("other")["run_id"], &parent("other")["step"]), (&trunk["run_id"], &Value::from(step)));
    assert_eq!(parent("longer")["run_id"], other["run_id"]);
    assert_eq!(parent("trunk"), Value::Null);
    assert!(home.text(&["runs", "show", "other"]).contains("branched off"));
    // Its log has the whole course.
    assert_eq!(home.json(&["runs", "reproduce", "longer"])["same"], true);

    let (code, message) = home.failure(&["--headless", "--branch-from", "trunk@7"]);
    assert_eq!(code, 2);
    assert!(message.contains("has no checkpoint of step 7; it has some of the steps 0, "), "{message}");
    assert_eq!(home.failure(&["--headless", "--branch-from", "nobody"]).0, 2);
}
