//! Sweeps, with the real program: grids, random draws, and going on after an interruption.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// What keeps a run of a sweep short.
const TINY: [&str; 7] = ["sweep", "--preset", "mlp", "--train-limit", "2400", "--threads", "2"];

/// An empty home folder.
struct Home(PathBuf);

impl Home {
    fn new(test: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("sweeps-{test}"));
        if path.exists() {
            fs::remove_dir_all(&path).expect("an old home folder goes");
        }
        fs::create_dir_all(&path).expect("a home folder");
        Self(path)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mnist-tui"));
        command.args(arguments).env_clear().env("HOME", &self.0).env("LANG", "C.UTF-8").current_dir(&self.0);
        command.env("MNIST_TUI_RUNS_DIR", self.0.join("runs")).stdin(Stdio::null());
        command
    }

    fn sweep(&self, arguments: &[&str]) -> Output {
        self.command(&[&TINY, arguments].concat()).output().expect("the program starts")
    }

    /// The lines of `--json` of a sweep that works.
    fn trained(&self, arguments: &[&str]) -> Vec<Value> {
        let output = self.sweep(&[arguments, &["--json"]].concat());
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("JSON")
    }

    /// The commands of a sweep, without what is the same in all.
    fn commands(&self, arguments: &[&str]) -> Vec<String> {
        let output = self.sweep(&[arguments, &["--dry-run"]].concat());
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text").lines().map(str::to_owned).collect()
    }
}

fn ids(lines: &[Value]) -> BTreeSet<&str> {
    lines.iter().map(|line| line["run_id"].as_str().expect("an id")).collect()
}

#[test]
fn a_grid_is_trained_once_and_the_best_stands_first() {
    let home = Home::new("grid");
    let grid = ["--epochs", "1", "--lr", "1e-4,3e-3", "--batch-size", "32,64", "--jobs", "2"];
    let trained = home.trained(&grid);
    assert_eq!(ids(&trained).len(), 4);
    let accuracy = |line: &Value| line["validation_accuracy"].as_f64().expect("an accuracy");
    assert!(trained.is_sorted_by(|a, b| accuracy(a) >= accuracy(b)), "{trained:?}");
    assert!(accuracy(&trained[0]) > accuracy(&trained[3]));
    let values = |line: &Value| (line["values"]["train.learning_rate"].as_f64(), line["values"]["train.batch_size"].as_i64());
    assert_eq!(values(&trained[3]), (Some(1e-4), Some(64)), "the slowest learner of the four");
    for line in &trained {
        assert_eq!(line["status"], "completed");
        assert_eq!(line["best"], accuracy(line) == accuracy(&trained[0]));
    }
    assert_eq!(home.trained(&grid), trained, "nothing is trained a second time");

    let more = home.trained(&["--epochs", "1", "--lr", "1e-4,3e-3,1e-2", "--batch-size", "32,64"]);
    assert_eq!(more.len(), 6);
    assert!(ids(&more).is_superset(&ids(&trained)), "the runs that were there are part of a larger grid");

    let table = String::from_utf8(home.sweep(&grid).stdout).expect("text");
    assert_eq!(table.lines().filter(|line| line.contains("completed")).count(), 4, "{table}");
    assert!(table.lines().any(|line| line.contains("batch_size=32 lr=0.003") && line.contains('*')), "{table}");
}

#[test]
fn every_run_is_a_command_of_its_own() {
    let home = Home::new("commands");
    let all = home.commands(&["--lr", "1e-3,3e-3", "--vary", "train.momentum=0.8, 0.9", "--name", "it's"]);
    assert_eq!(all.len(), 4);
    assert!(all[1].starts_with("mnist-tui train --headless --threads 2 --name 'it'\\''s lr=0.001 momentum=0.9'"), "{}", all[1]);
    assert!(all[1].ends_with("--preset mlp --train-limit 2400 --lr 1e-3 --set train.momentum=0.9"), "{}", all[1]);
    let third = home.commands(&["--lr", "1e-3,3e-3", "--vary", "train.momentum=0.8,0.9", "--name", "it's", "--only", "3"]);
    assert_eq!(third, all[2..3]);
    // A switch has no value, which would be one word too many.
    let slow = home.commands(&["--lr", "1e-3,3e-3", "--low-bandwidth"]);
    assert!(slow[0].contains(" --low-bandwidth") && !slow[0].contains("true"), "{}", slow[0]);
}

#[test]
fn more_random_draws_begin_with_the_same_ones() {
    let home = Home::new("random");
    let draws = |count| home.commands(&["--lr", "1e-4..1e-2", "--batch-size", "16..64", "--random", count]);
    let (few, many) = (draws("3"), draws("20"));
    assert_eq!((few.len(), many.len()), (3, 20));
    assert_eq!(few, many[..3]);
    let drawn = |flag: &str| -> Vec<f64> {
        let after = |line: &str| line.split(' ').skip_while(|word| *word != flag).nth(1).map(str::to_owned);
        many.iter().map(|line| after(line).and_then(|word| word.parse().ok()).expect("a number")).collect()
    };
    assert!(drawn("--lr").iter().all(|rate| (1e-4..=1e-2).contains(rate)));
    assert!(drawn("--lr").iter().any(|rate| *rate < 1e-3) && drawn("--lr").iter().any(|rate| *rate > 1e-3));
    assert!(drawn("--batch-size").iter().all(|size| (16.0..=64.0).contains(size) && size.fract() == 0.0));
}

#[test]
fn what_is_no_sweep_is_wrong_usage() {
    let home = Home::new("usage");
    let cases: [(&[&str], &str); 8] = [
        (&[], "nothing varies"),
        (&["--lr", "1e-4..1e-2"], "draw from it with --random N"),
        (&["--lr", "1e-2..1e-4", "--random", "2"], "the smaller one first"),
        (&["--lr", "1e-3,fast"], "fast"),
        (&["--vary", "train.momentun=0.8,0.9"], "did you mean"),
        (&["--lr", "1e-3", "--vary", "train.learning_rate=1e-3,1e-4"], "is given twice"),
        (&["--lr", "1e-3,1e-4", "--only", "3"], "the sweep has 2 runs"),
        (&["--lr", "1e-3,1e-4", "--set", "runs.record=false"], "leave it on"),
    ];
    for (arguments, expected) in cases {
        let output = home.sweep(arguments);
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {told}");
        assert!(told.contains(expected), "{arguments:?}: {told}");
    }
    assert!(!home.0.join("runs").exists(), "nothing was trained");
}

#[test]
fn an_interrupted_sweep_goes_on_with_the_same_runs() {
    let home = Home::new("interrupted");
    let grid = ["--lr", "1e-3,2e-3", "--epochs", "100"];
    let mut child =
        home.command(&[&TINY, &grid[..]].concat()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("a start");
    let mut told = BufReader::new(child.stderr.take().expect("a pipe")).lines();
    told.next().expect("a line").expect("what it is going to do");
    // The first run is in training when it has a record.
    let started =
        || fs::read_dir(home.0.join("runs")).into_iter().flatten().flatten().any(|run| run.path().join("run.json").exists());
    while !started() {
        std::thread::yield_now();
        assert!(child.try_wait().expect("a process").is_none(), "the sweep ended too early");
    }
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("a signal");
    let rest: Vec<String> = told.map_while(Result::ok).collect();
    assert_eq!(child.wait().expect("an end").code(), Some(143), "{rest:?}");
    assert!(rest.last().is_some_and(|line| line.contains("the same command goes on")), "{rest:?}");
    let left: Vec<_> = fs::read_dir(home.0.join("runs")).expect("runs").flatten().map(|run| run.file_name()).collect();
    assert_eq!(left.len(), 1, "no other run was started");

    let trained = home.trained(&grid);
    assert_eq!(trained.len(), 2);
    assert!(trained.iter().all(|line| line["status"] == "completed" && line["epochs"] == 100), "{trained:?}");
    assert!(ids(&trained).contains(left[0].to_str().expect("an id")), "it went on with the run that was there");
}
