//! Runs on disk as the commands show, export and remove them, and as they go on: with the real program.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use serde_json::Value;

/// A home folder with runs in it.
struct Home {
    path: PathBuf,
}

/// A training in the background, killed when the test is over.
struct Training {
    child: Child,
}

impl Drop for Training {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Home {
    /// Empty, for the test of this name.
    fn new(test: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("runs-{test}"));
        if path.exists() {
            fs::remove_dir_all(&path).expect("an old home folder goes");
        }
        fs::create_dir_all(&path).expect("a home folder");
        Self { path }
    }

    /// With the runs `one` and `two`.
    fn with_two(test: &str) -> Self {
        let home = Self::new(test);
        home.train(&["--name", "one", "--seed", "1"]);
        home.train(&["--name", "two", "--seed", "2", "--lr", "0.002", "--epochs", "2"]);
        home
    }

    fn runs(&self) -> PathBuf {
        self.path.join("runs")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mnist-tui"));
        command.args(arguments).env_clear().env("HOME", &self.path).env("XDG_CONFIG_HOME", &self.path).current_dir(&self.path);
        command.env("MNIST_TUI_RUNS_DIR", self.runs()).stdin(Stdio::null());
        command
    }

    fn call(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the program starts")
    }

    /// What a call that works prints.
    fn text(&self, arguments: &[&str]) -> String {
        let output = self.call(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.text(&[arguments, &["--json"]].concat())).expect("JSON")
    }

    /// The exit code and the message of a call that fails.
    fn failure(&self, arguments: &[&str]) -> (i32, String) {
        let output = self.call(arguments);
        assert!(output.stdout.is_empty(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stdout));
        (output.status.code().expect("a code"), String::from_utf8(output.stderr).expect("text"))
    }

    /// Trains, one epoch unless the arguments say otherwise, and gives the summary.
    fn train(&self, arguments: &[&str]) -> Value {
        let tiny = ["--headless", "--preset", "mlp", "--train-limit", "2400", "--threads", "1"];
        let epochs: &[&str] = if arguments.contains(&"--epochs") { &[] } else { &["--epochs", "1"] };
        self.json(&[&tiny, epochs, arguments].concat())
    }

    /// Goes on with a run, and gives the summary.
    fn resume(&self, arguments: &[&str]) -> Value {
        self.json(&[&["--headless", "--resume"], arguments].concat())
    }

    /// Starts a training, and waits until a checkpoint has been written down.
    fn start(&self, arguments: &[&str]) -> Training {
        let tiny = ["--headless", "--preset", "mlp", "--train-limit", "2400", "--threads", "1"];
        let mut command = self.command(&[&tiny, arguments].concat());
        let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the program starts");
        let mut training = Training { child };
        let mut lines = BufReader::new(training.child.stderr.take().expect("a pipe"));
        let mut line = String::new();
        loop {
            line.clear();
            assert_ne!(lines.read_line(&mut line).expect("a line"), 0, "the training ended too early");
            let entries = fs::read_dir(self.runs()).into_iter().flatten().flatten();
            let mut journals = entries.filter_map(|entry| fs::read_to_string(entry.path().join("events.jsonl")).ok());
            if journals.any(|journal| is_in_second_epoch(&journal)) {
                break;
            }
        }
        // Whoever trains must not be stopped by a full pipe.
        std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
        training
    }

    /// Calls the program on a terminal 44 columns wide on which somebody types, and gives its screen and exit code.
    fn on_terminal(&self, arguments: &[&str], typed: &str) -> (String, u32) {
        let size = PtySize { rows: 24, cols: 44, ..PtySize::default() };
        let pair = native_pty_system().openpty(size).expect("a terminal");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_mnist-tui"));
        command.args(arguments);
        command.env_clear();
        command.env("HOME", &self.path);
        command.env("LANG", "C.UTF-8");
        command.env("MNIST_TUI_RUNS_DIR", self.runs());
        command.cwd(&self.path);
        let mut child = pair.slave.spawn_command(command).expect("the program starts");
        drop(pair.slave);
        let mut writer = pair.master.take_writer().expect("a writer");
        writer.write_all(typed.as_bytes()).expect("typed");
        let mut screen = Vec::new();
        // The end of a terminal is an error.
        let _ = pair.master.try_clone_reader().expect("a reader").read_to_end(&mut screen);
        (String::from_utf8_lossy(&screen).into_owned(), child.wait().expect("it ends").exit_code())
    }
}

/// Whether a checkpoint was taken after the first steps, and more steps have been told since.
fn is_in_second_epoch(journal: &str) -> bool {
    let lines: Vec<&str> = journal.lines().collect();
    let steps = |lines: &[&str]| lines.iter().any(|line| line.contains("steps_finished"));
    let saved = lines.iter().rposition(|line| line.contains("checkpoint_saved"));
    saved.is_some_and(|saved| steps(&lines[..saved]) && steps(&lines[saved..]))
}

fn names(runs: &Value) -> Vec<&str> {
    runs.as_array().expect("an array").iter().map(|run| run["name"].as_str().expect("a name")).collect()
}

#[test]
fn where_there_are_no_runs_it_says_so() {
    let home = Home::new("none");
    assert!(home.text(&["runs"]).contains("yet; `mnist-tui` trains one"));
    assert_eq!(home.json(&["runs", "list"]), serde_json::json!([]));
    let (code, message) = home.failure(&["runs", "show", "last"]);
    assert_eq!(code, 2);
    assert!(message.contains("there is no run last in") && message.contains("it holds no runs yet"), "{message}");
    assert!(!home.runs().exists(), "looking makes no folder");
}

#[test]
fn runs_are_listed_shown_and_compared() {
    let home = Home::with_two("list");
    let listed = home.json(&["runs"]);
    assert_eq!(names(&listed), ["one", "two"]);
    assert_eq!((&listed[0]["status"], &listed[0]["epochs"], &listed[1]["seed"]), (&"completed".into(), &1.into(), &2.into()));
    assert!(listed[1]["test_accuracy"].as_f64().expect("tested") > 0.5);
    for (arguments, expected) in [
        (&["--filter", "seed=1"][..], &["one"][..]),
        (&["--filter", "TW"], &["two"]),
        (&["--filter", "status=completed"], &["one", "two"]),
        (&["--filter", "preset=seed"], &[]),
        (&["--filter", "name=Two"], &["two"]),
        (&["--filter", "name=tw"], &[]),
        (&["--sort", "epochs"], &["one", "two"]),
        (&["--sort", "name", "--filter", "mlp"], &["one", "two"]),
    ] {
        assert_eq!(names(&home.json(&[&["runs", "list"], arguments].concat())), expected, "{arguments:?}");
    }
    let elsewhere = home.path.join("runs").display().to_string();
    let mut command = home.command(&["runs", "list", "--runs-dir", &elsewhere]);
    let table = String::from_utf8(command.env_remove("MNIST_TUI_RUNS_DIR").output().expect("runs").stdout).expect("text");
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines.len() == 3 && lines[0].starts_with("ID") && lines[2].contains("two"), "{table}");
    let (screen, _) = home.on_terminal(&["runs"], "");
    assert!(screen.lines().count() == 3 && screen.lines().all(|line| line.chars().count() <= 44), "{screen}");
    assert!(home.text(&["runs", "--filter", "nothing"]).contains("no run in"));

    let shown = home.json(&["runs", "show", "two"]);
    assert_eq!(shown["summary"]["weights_sha256"].as_str().map(str::len), Some(64));
    assert!(shown["checkpoints"].as_array().is_some_and(|files| !files.is_empty()), "{shown}");
    let text = home.text(&["runs", "show", "two"]);
    for part in ["test accuracy ", "learning rate         0.002\n", "optimizer             Adam\n", "checkpoints           step "]
    {
        assert!(text.contains(part), "{part}: {text}");
    }

    let compared = home.json(&["runs", "compare", "one", "two"]);
    assert_eq!(compared["recipe"], serde_json::json!([{ "key": "seed", "values": [1, 2] }]));
    let rate = serde_json::json!({ "key": "learning_rate", "start": [0.001, 0.002], "end": [0.001, 0.002] });
    assert_eq!(compared["hyperparameters"][0], rate);
    let accuracy = &compared["figures"][0];
    let values = [0, 1].map(|run: usize| accuracy["values"][run].as_f64().expect("a figure"));
    assert_eq!((&accuracy["key"], &accuracy["best"][0]), (&"test_accuracy".into(), &usize::from(values[1] > values[0]).into()));
    let text = home.text(&["runs", "compare", "one", "two"]);
    assert!(text.contains("learning rate ") && text.contains(" % *"), "{text}");
    assert_eq!(home.failure(&["runs", "compare", "one"]).0, 2);
}

#[test]
fn runs_are_renamed_annotated_and_pinned() {
    let home = Home::with_two("edit");
    assert_eq!(home.json(&["runs", "rename", "one", "two"])["name"], "two");
    let (code, message) = home.failure(&["runs", "pin", "two"]);
    assert_eq!(code, 2);
    assert!(message.contains("two could be") && message.contains("write more of the id"), "{message}");
    let id = home.json(&["runs"])[0]["run_id"].as_str().expect("an id").to_owned();
    assert_eq!(home.text(&["runs", "rename", &id, "first one"]), format!("{id} is now called first one\n"));
    assert_eq!(home.json(&["runs", "note", "first one", "wide\nand slow"])["note"], "wide\nand slow");
    assert_eq!(home.json(&["runs", "pin", &id])["pinned"], true);
    let text = home.text(&["runs", "show", &id]);
    let said = "pinned                yes\nnote                  wide\n                      and slow\n";
    assert!(text.starts_with("name                  first one\n") && text.contains(said), "{text}");
    assert_eq!(home.json(&["runs", "unpin", &id])["pinned"], false);
    for name in ["", "last", "a\u{1b}[31m"] {
        let (code, message) = home.failure(&["runs", "rename", &id, name]);
        assert!(code == 2 && message.starts_with("error: a run cannot be called") && !message.contains('\u{1b}'), "{message}");
    }
}

#[test]
fn runs_are_exported() {
    let home = Home::with_two("export");
    for (format, file) in [
        ("json", "one.json"),
        ("csv", "one.csv"),
        ("markdown", "one.md"),
        ("html", "one.html"),
        ("svg", "one.svg"),
        ("dashboard", "one-dashboard.svg"),
        ("safetensors", "one.safetensors"),
        ("onnx", "one.onnx"),
    ] {
        assert_eq!(home.text(&["export", "one", "--format", format]), format!("wrote {file}\n"));
        assert!(home.path.join(file).metadata().is_ok_and(|metadata| metadata.len() > 500), "{file}");
    }
    let written = home.text(&["export", "one", "two", "--format", "tensorboard", "--output", "board"]);
    assert_eq!(written.lines().filter(|line| line.starts_with("wrote board/")).count(), 2, "{written}");
    let html = fs::read_to_string(home.path.join("one.html")).expect("a report");
    assert!(html.contains("data:image/png"), "the worst mistakes are shown");
    // The weights are those that the run ended with: a run that starts from them and learns nothing ends with them.
    let weights = home.train(&["--init-from", "one.safetensors", "--freeze", "dense"])["weights_sha256"].clone();
    assert_eq!(weights, home.json(&["runs", "show", "one"])["summary"]["weights_sha256"]);

    let printed = home.text(&["export", "two", "--format", "json", "--output", "-"]);
    assert_eq!(serde_json::from_str::<Value>(&printed).expect("JSON")["name"], "two");
    let (code, message) = home.failure(&["export", "one", "--format", "csv"]);
    assert_eq!((code, message.as_str()), (1, "error: one.csv exists already; --force overwrites it\n"));
    home.text(&["export", "one", "--format", "csv", "--force"]);
    assert_eq!(home.failure(&["export", "one", "--format", "tensorboard", "--output", "-"]).0, 2);
    assert_eq!(home.failure(&["export", "three", "--format", "csv"]).0, 2);
    assert_eq!(home.failure(&["export", "one", "two", "--format", "onnx"]).0, 1);
}

#[test]
fn runs_are_removed_to_the_trash() {
    let home = Home::with_two("remove");
    let (code, message) = home.failure(&["runs", "remove", "one"]);
    assert!(code == 1 && message.contains("--yes goes ahead without asking"), "{message}");
    let (screen, code) = home.on_terminal(&["runs", "remove", "one"], "\n");
    assert!(code == 1 && screen.contains("[y/N]") && screen.contains("nothing was removed"), "{screen}");
    assert_eq!(names(&home.json(&["runs"])), ["one", "two"]);
    let id = home.json(&["runs"])[0]["run_id"].as_str().expect("an id").to_owned();
    let (screen, code) = home.on_terminal(&["runs", "remove", "one"], "y\n");
    let place = home.runs().join(".trash").join(&id);
    assert!(code == 0 && screen.contains(&format!("{id} is now in ")), "{screen}");
    assert!(place.join("run.json").is_file() && place.join("checkpoints").is_dir());
    assert_eq!(names(&home.json(&["runs"])), ["two"]);
    // What was moved can be moved back, and removed again beside another.
    fs::create_dir(home.runs().join(".trash").join("x")).expect("a folder");
    fs::rename(&place, home.runs().join(&id)).expect("moved back");
    fs::create_dir(&place).expect("a folder");
    let removed = home.json(&["runs", "remove", "one", &id, "--yes"]);
    assert_eq!(removed.as_array().map(Vec::len), Some(1), "{removed}");
    assert_eq!(removed[0]["moved_to"], home.runs().join(format!(".trash/{id}-2")).display().to_string());
}

#[test]
fn old_runs_are_pruned() {
    let home = Home::with_two("prune");
    home.train(&["--name", "three", "--epochs", "3"]);
    home.text(&["runs", "pin", "one"]);
    let spare = home.json(&["runs", "prune", "--checkpoints", "--dry-run"]);
    let number = spare["deleted"].as_array().expect("files").len();
    assert!(number > 0 && spare["bytes"].as_u64() > Some(100_000), "{spare}");
    assert_eq!(home.json(&["runs", "prune", "--checkpoints", "--yes"])["deleted"].as_array().map(Vec::len), Some(number));
    assert!(home.json(&["runs", "show", "three"])["checkpoints"].as_array().expect("files").len() <= 2);
    assert_eq!(home.json(&["runs", "prune", "--checkpoints", "--yes"])["bytes"], 0);

    assert_eq!(home.json(&["runs", "prune"])["kept"], 3, "there is nothing to ask");
    assert_eq!(home.json(&["runs", "prune", "--keep", "1", "--dry-run"])["removed"].as_array().map(Vec::len), Some(1));
    assert_eq!(home.failure(&["runs", "prune", "--keep", "1"]).0, 1);
    assert_eq!(names(&home.json(&["runs"])), ["one", "two", "three"]);
    home.text(&["runs", "prune", "--keep", "1", "--yes"]);
    assert_eq!(names(&home.json(&["runs"])), ["one", "three"]);
}

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
    let (code, message) = home.failure(&["--headless", "--resume", "last", "--seed", "8"]);
    assert!(code == 2 && message.contains("--seed 8: a run that goes on keeps"), "{message}");
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
