//! A home folder with runs in it, and the program called there.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use serde_json::Value;

/// A home folder with runs in it.
pub struct Home {
    pub path: PathBuf,
}

/// A training in the background, killed when the test is over.
pub struct Training {
    pub child: Child,
}

impl Drop for Training {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Home {
    /// Empty, for the test of this name.
    pub fn new(test: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("runs-{test}"));
        if path.exists() {
            fs::remove_dir_all(&path).expect("an old home folder goes");
        }
        fs::create_dir_all(&path).expect("a home folder");
        Self { path }
    }

    /// With the runs `one` and `two`.
    pub fn with_two(test: &str) -> Self {
        let home = Self::new(test);
        home.train(&["--name", "one", "--seed", "1"]);
        home.train(&["--name", "two", "--seed", "2", "--lr", "0.002", "--epochs", "2"]);
        home
    }

    pub fn runs(&self) -> PathBuf {
        self.path.join("runs")
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mnist-tui"));
        command.args(arguments).env_clear().env("HOME", &self.path).env("XDG_CONFIG_HOME", &self.path).current_dir(&self.path);
        command.env("MNIST_TUI_RUNS_DIR", self.runs()).stdin(Stdio::null());
        command
    }

    pub fn call(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the program starts")
    }

    /// What a call that works prints.
    pub fn text(&self, arguments: &[&str]) -> String {
        let output = self.call(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }

    pub fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.text(&[arguments, &["--json"]].concat())).expect("JSON")
    }

    /// The exit code and the message of a call that fails.
    pub fn failure(&self, arguments: &[&str]) -> (i32, String) {
        let output = self.call(arguments);
        assert!(output.stdout.is_empty(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stdout));
        (output.status.code().expect("a code"), String::from_utf8(output.stderr).expect("text"))
    }

    /// Trains, one epoch unless the arguments say otherwise, and gives the summary.
    pub fn train(&self, arguments: &[&str]) -> Value {
        let tiny = ["--headless", "--preset", "mlp", "--train-limit", "2400", "--threads", "1"];
        let epochs: &[&str] = if arguments.contains(&"--epochs") { &[] } else { &["--epochs", "1"] };
        self.json(&[&tiny, epochs, arguments].concat())
    }

    /// Goes on with a run, and gives the summary.
    pub fn resume(&self, arguments: &[&str]) -> Value {
        self.json(&[&["--headless", "--resume"], arguments].concat())
    }

    /// Starts a training, and waits until a checkpoint has been written down.
    pub fn start(&self, arguments: &[&str]) -> Training {
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
    pub fn on_terminal(&self, arguments: &[&str], typed: &str) -> (String, u32) {
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

pub fn names(runs: &Value) -> Vec<&str> {
    runs.as_array().expect("an array").iter().map(|run| run["name"].as_str().expect("a name")).collect()
}
