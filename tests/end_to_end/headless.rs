//! The program without a dashboard: its results on standard output, its progress on standard error, its exit codes.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;

use rustix::process::Signal;
use serde_json::Value;

use crate::support::{DEADLINE, ENDLESS, Home, send_signal};

const PROGRAM: &str = env!("CARGO_BIN_EXE_mnist-tui");

/// Every key that the summary has at least.
const KEYS: [&str; 26] = [
    "schema_version",
    "run_id",
    "name",
    "status",
    "preset",
    "seed",
    "threads",
    "epochs",
    "steps",
    "images_seen",
    "train_seconds",
    "images_per_second",
    "seconds_to_target",
    "train_loss",
    "validation_loss",
    "validation_accuracy",
    "test_loss",
    "test_accuracy",
    "macro_precision",
    "macro_recall",
    "macro_f1",
    "per_class",
    "confusion_matrix",
    "weights_sha256",
    "hyperparameters",
    "interventions",
];

/// A run without a terminal. It is killed when this is dropped.
struct Run {
    child: Child,
    /// The lines of standard error, as they come.
    lines: Receiver<String>,
    output: Option<JoinHandle<String>>,
    _home: Home,
}

/// What a run left behind.
struct Ended {
    code: Option<i32>,
    output: String,
    progress: String,
}

impl Run {
    fn start(arguments: &[&str]) -> Self {
        Self::start_with(&mut Command::new(PROGRAM), arguments)
    }

    /// Starts a command with these arguments behind its own.
    fn start_with(command: &mut Command, arguments: &[&str]) -> Self {
        let home = Home::new();
        command.args(arguments).env_clear().env("HOME", home.path()).env("XDG_CONFIG_HOME", home.path());
        command.env("TMPDIR", home.path());
        command.current_dir(home.path()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let (mut stdout, stderr) = (child.stdout.take().expect("output"), child.stderr.take().expect("errors"));
        let output = std::thread::spawn(move || {
            let mut text = String::new();
            stdout.read_to_string(&mut text).expect("text on standard output");
            text
        });
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines() {
                // Nobody reads on when the test is over.
                let _ = sender.send(line.expect("text on standard error"));
            }
        });
        Self { child, lines, output: Some(output), _home: home }
    }

    /// Waits for a line of progress that begins like this.
    #[track_caller]
    fn wait_for(&self, start: &str) {
        while !self.lines.recv_timeout(DEADLINE).expect("a line of progress").starts_with(start) {}
    }

    /// Waits for the end.
    #[track_caller]
    fn end(mut self) -> Ended {
        let mut progress = String::new();
        loop {
            match self.lines.recv_timeout(DEADLINE) {
                Ok(line) => progress.push_str(&format!("{line}\n")),
                // Standard error is closed: the program ends.
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("the program goes on:\n{progress}"),
            }
        }
        let code = self.child.wait().expect("a status").code();
        let output = self.output.take().expect("not taken yet").join().expect("text on standard output");
        Ended { code, output, progress }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        // It fails after the program's end, as it should.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Ended {
    /// The summary, which must be alone on standard output.
    #[track_caller]
    fn summary(&self) -> Value {
        assert_eq!(self.output.matches('\n').count(), 1, "one line: {}", self.output);
        let summary: Value = serde_json::from_str(&self.output).expect("JSON");
        for key in KEYS {
            assert!(summary.get(key).is_some(), "no {key} in {summary}");
        }
        summary
    }
}

/// Arguments for the summary of a run of one epoch over 1,800 images, and some more.
fn small<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let mut arguments =
        vec!["--headless", "--json", "--epochs", "1", "--seed", "7", "--train-limit", "2000", "--validation", "200"];
    arguments.extend(more);
    arguments
}

#[test]
fn the_same_seed_gives_the_same_weights_whatever_the_threads() {
    let ended = ["1", "1", "2", "2"].map(|threads| Run::start(&small(&["--threads", threads])).end());
    let summaries = ended.each_ref().map(Ended::summary);
    for (ended, summary) in ended.iter().zip(&summaries) {
        assert_eq!(ended.code, Some(0), "{}", ended.progress);
        assert!(ended.progress.contains("epoch 1 done: loss "), "{}", ended.progress);
        assert_eq!(summary["weights_sha256"].as_str().map(str::len), Some(64));
        for same in ["weights_sha256", "confusion_matrix", "test_loss", "train_loss", "validation_loss"] {
            assert_eq!(summary[same], summaries[0][same], "{same}");
        }
    }
    let [first, _, third, _] = &summaries;
    assert_eq!([&first["threads"], &third["threads"]], [1, 2]);
    assert_eq!(first["status"], "completed");
    assert_eq!([&first["seed"], &first["epochs"], &first["steps"], &first["images_seen"]], [7, 1, 57, 1800]);
    let rows: Vec<Vec<u64>> = serde_json::from_value(first["confusion_matrix"].clone()).expect("counts");
    assert_eq!((rows.len(), rows.iter().flatten().sum::<u64>()), (10, 10_000), "every test image is counted once");
    let right = rows.iter().enumerate().map(|(class, row)| row[class]).sum::<u64>() as f64 / 10_000.0;
    assert_eq!(first["test_accuracy"].as_f64(), Some(right));
    assert!(right > 0.5, "it has learned: {right}");

    let other = Run::start(&small(&["--threads", "2", "--set", "train.seed=8"])).end();
    assert_eq!(other.summary()["weights_sha256"], first["weights_sha256"], "a flag overrules --set");
    let other =
        Run::start(&["--headless", "--json", "--epochs", "1", "--seed", "8", "--train-limit", "400", "--validation", "0"]);
    let other = other.end().summary();
    assert_ne!(other["weights_sha256"], first["weights_sha256"]);
    assert_eq!([&other["validation_loss"], &other["seconds_to_target"]], [&Value::Null, &Value::Null]);
}

#[test]
fn a_signal_stops_the_training_and_leaves_its_results() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let long = ["--headless", "--json", "--threads", "1", "--epochs", "900", "--train-limit", "2000", "--validation", "200"];
        let run = Run::start(&long);
        run.wait_for("epoch 1 done");
        send_signal(run.child.id(), signal);
        let ended = run.end();
        assert_eq!(ended.code, Some(code), "{}", ended.progress);
        let summary = ended.summary();
        assert_eq!(summary["status"], "stopped");
        assert!(summary["test_accuracy"].as_f64().is_some() && summary["epochs"].as_u64() >= Some(1), "{summary}");
        assert!(ended.progress.contains("training stopped"), "{}", ended.progress);
    }
}

#[test]
fn a_batch_system_s_signal_leaves_a_checkpoint_and_a_line_at_once() {
    for (signal, code, name) in [(Signal::USR1, 138, "SIGUSR1"), (Signal::USR2, 140, "SIGUSR2"), (Signal::XCPU, 152, "SIGXCPU")] {
        let run = Run::start(&[ENDLESS, &["--headless", "--json"]].concat());
        run.wait_for("epoch 1");
        send_signal(run.child.id(), signal);
        let ended = run.end();
        assert_eq!((ended.code, ended.output.as_str()), (Some(code), ""), "{}", ended.progress);
        let last = ended.progress.lines().last().unwrap_or_default();
        assert!(last.starts_with("test left at step ") && last.contains(&format!(", by {name}; ")), "{last}");
        assert!(last.contains("goes on from step ") && !last.ends_with("step 0"), "{last}");
    }
}

#[test]
fn where_the_locale_is_not_utf_8_everything_is_plain() {
    let mut command = Command::new(PROGRAM);
    command.args(["--name", "größe"]);
    let ended = Run::start_with(&mut command, &["--epochs", "1", "--train-limit", "400", "--validation", "100"]).end();
    assert_eq!(ended.code, Some(0), "{}", ended.progress);
    assert!(ended.progress.is_ascii() && ended.output.is_ascii(), "{}{}", ended.progress, ended.output);
    assert!(ended.output.contains("completed"), "{}", ended.output);
}

#[test]
fn nothing_left_to_train_on_is_a_wrong_setting() {
    let ended = Run::start(&["--headless", "--validation", "2000", "--train-limit", "2000"]).end();
    assert_eq!((ended.code, ended.output.as_str()), (Some(2), ""));
    assert!(ended.progress.starts_with("error: ") && ended.progress.contains("data.validation"), "{}", ended.progress);
}

#[test]
fn the_accuracy_asked_for_ends_the_run() {
    let target = ["--until-test-accuracy", "0.5", "--epochs", "50", "--train-limit", "6000", "--validation", "200"];
    let ended = Run::start(&[&["--headless", "--json", "--threads", "1"], &target[..]].concat()).end();
    assert_eq!(ended.code, Some(0), "{}", ended.progress);
    let summary = ended.summary();
    assert_eq!(summary["status"], "target_reached");
    assert!(summary["test_accuracy"].as_f64() >= Some(0.5), "{summary}");
    assert_eq!(summary["seconds_to_target"], summary["train_seconds"]);
    assert!(summary["epochs"].as_u64() < Some(50), "{summary}");
}

#[test]
fn without_a_terminal_the_summary_for_people_is_printed() {
    let ended = Run::start(&["--name", "test", "--epochs", "1", "--train-limit", "400", "--validation", "100"]).end();
    assert_eq!(ended.code, Some(0), "{}", ended.progress);
    assert!(ended.output.starts_with("test completed: 1 epoch, 10 steps, "), "{}", ended.output);
    assert!(ended.progress.starts_with("test started: "), "{}", ended.progress);
    assert!(!ended.progress.contains('\x1b') && !ended.output.contains('\x1b'), "nothing but text");
}

#[test]
fn what_nohup_protects_survives_a_hangup() {
    let arguments = ["--name", "test", "--threads", "1", "--epochs", "2", "--train-limit", "4000", "--validation", "200"];
    let script = "trap '' HUP; exec \"$0\" \"$@\"";
    let run = Run::start_with(Command::new("/bin/sh").args(["-c", script, PROGRAM]), &arguments);
    run.wait_for("test started");
    send_signal(run.child.id(), Signal::HUP);
    let ended = run.end();
    assert_eq!(ended.code, Some(0), "{}", ended.progress);
    let run = Run::start(ENDLESS);
    run.wait_for("test started");
    // Whoever protects these tests from it protects what they start.
    let (signal, code) = if is_hangup_ignored() { (Signal::TERM, 143) } else { (Signal::HUP, 129) };
    send_signal(run.child.id(), signal);
    assert_eq!(run.end().code, Some(code));
}

/// Whether this process was started like by `nohup`.
fn is_hangup_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 1)
}
