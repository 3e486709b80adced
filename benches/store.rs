//! Runs on disk: opening a long log, and listing many runs with the real program.

#[path = "../tests/synthetic/mod.rs"]
mod synthetic;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use divan::Bencher;
use divan::counter::ItemsCount;
use mnist_tui::app::{App, AppOptions, Control, Key, KeyCode, Message};
use mnist_tui::protocol::{Event, Outcome, RunStarted};
use mnist_tui::run::store::{Recording, RunFolder};
use synthetic::Synthetic;

fn main() {
    divan::main();
}

/// An empty folder for runs.
fn runs_folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-{name}"));
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("old runs go");
    }
    folder
}

/// Records a made-up run of so many steps, as a training does.
fn record(root: &Path, run_id: &str, steps: u64) -> RunFolder {
    let epochs = steps as usize / 860 + 1;
    let run = Synthetic { steps, epochs, outcome: Some(Outcome::Completed), ..Synthetic::default() };
    let records = run.records();
    let Event::RunStarted(started) = &records[0].event else { panic!("the first event is another") };
    let started = RunStarted { run_id: run_id.into(), name: run_id.into(), ..(**started).clone() };
    let mut recording = Recording::create(root, &started, 3).expect("a folder");
    recording.append(&records).expect("written");
    recording.folder().clone()
}

/// From the file to everything that is shown of the run.
#[divan::bench(args = [10_000, 1_000_000], sample_count = 10)]
fn open(bencher: Bencher, steps: u64) {
    let root = runs_folder("open");
    let folder = record(&root, "long", steps);
    bencher.counter(ItemsCount::new(steps)).bench_local(|| {
        assert_eq!(folder.state().expect("a run").step, steps);
    });
    fs::remove_dir_all(root).expect("removed");
}

/// The key that goes back to the end of the epoch before, in a replay that stands at its end: everything is told again.
#[divan::bench(args = [10_000, 1_000_000], sample_count = 10)]
fn seek_back(bencher: Bencher, steps: u64) {
    let records = Synthetic { steps, epochs: steps as usize / 860 + 1, ..Synthetic::default() }.records();
    let (control, replay_speed) = (Control::Replaying, Some(1.0));
    let mut app = App::new(AppOptions { control, replay_speed, ..AppOptions::default() });
    app.update(Message::Records(records));
    app.update(Message::Key(Key::plain(KeyCode::End)));
    bencher.counter(ItemsCount::new(steps)).bench_local(|| app.update(Message::Key(Key::char('['))));
}

/// `mnist-tui runs list`, from its start to its end.
#[divan::bench(args = [1_000], sample_count = 10)]
fn list(bencher: Bencher, runs: usize) {
    let root = runs_folder("list");
    for number in 0..runs {
        record(&root, &format!("run-{number:04}"), 500);
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_mnist-tui"));
    command.args(["runs", "list", "--runs-dir"]).arg(&root).stdin(Stdio::null());
    bencher.counter(ItemsCount::new(runs)).bench_local(|| {
        let output = command.output().expect("the program starts");
        assert_eq!(output.stdout.iter().filter(|byte| **byte == b'\n').count(), runs + 1);
    });
    fs::remove_dir_all(root).expect("removed");
}
