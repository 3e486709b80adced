//! What of a run is on the disk when it is over, with real training, threads and files.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use mnist_tui::config::Config;
use mnist_tui::data::{Dataset, ImageSet};
use mnist_tui::export::{ExportedRun, Format};
use mnist_tui::link::{Link, Recorder, Update, connect};
use mnist_tui::protocol::{Activation, Command, Event, Holdout, LayerSpec, Phase, Request, RequestId, RunSpec};
use mnist_tui::run::RunState;
use mnist_tui::run::store::{Recording, RunFolder};
use mnist_tui::train::{Job, JobOptions, spawn};

/// A folder for runs, removed at the end.
struct Runs(PathBuf);

impl Runs {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("recording-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }
}

impl Drop for Runs {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Images of 2 × 2 pixels, on which a step takes microseconds.
fn dataset() -> Dataset {
    let set = |count: usize| {
        let pixels = (0..4 * count).map(|i| (i * 89 % 251) as u8).collect();
        ImageSet::new([2, 2, 1], pixels, (0..count).map(|i| (i % 3) as u16).collect(), 3).expect("images")
    };
    Dataset::new(set(84), set(10), ["a", "b", "c"].map(str::to_owned).to_vec())
}

fn recipe(seed: u64, epochs: usize) -> RunSpec {
    let mut spec = Config::default().run_spec(3).expect("the default recipe");
    spec.layers = vec![LayerSpec::Flatten, LayerSpec::Dense { units: 3, activation: Activation::None }];
    spec.seed = seed;
    spec.data.validation = Holdout::Count(20);
    spec.hyperparameters.epochs = epochs;
    spec
}

/// A run that trains and is recorded.
struct Trained {
    link: Link,
    state: RunState,
    recorder: Recorder,
    folder: RunFolder,
}

impl Trained {
    fn start(runs: &Runs, spec: RunSpec, before: impl FnOnce(&RunFolder)) -> Self {
        let job = Job::prepare(spec, dataset(), JobOptions { threads: 1, ..JobOptions::default() }).expect("a job");
        let recording = Recording::create(&runs.0, job.started(), 3).expect("a recording");
        let folder = recording.folder().clone();
        before(&folder);
        let (link, mut port) = connect(Vec::new());
        let recorder = port.record(recording).expect("a thread");
        spawn(job, port).expect("a thread");
        Self { link, state: RunState::default(), recorder, folder }
    }

    fn send(&self, command: Command) {
        self.link.send(Request { id: RequestId { client: 0, number: 1 }, command });
    }

    /// Follows it until an event comes that fits.
    async fn until(&mut self, fits: impl Fn(&Event) -> bool) {
        loop {
            let Update::Records(records) = self.link.updates().await else { continue };
            records.iter().for_each(|record| self.state.apply(record));
            if records.iter().any(|record| fits(&record.event)) {
                return;
            }
        }
    }

    async fn end(&mut self) {
        if self.state.ended.is_none() {
            self.until(|event| matches!(event, Event::RunEnded { .. })).await;
        }
    }
}

#[tokio::test]
async fn the_last_checkpoint_is_on_the_disk_when_the_run_is_over() {
    let runs = Runs::new();
    for seed in 0..12 {
        let mut run = Trained::start(&runs, recipe(seed, 20), |_| {});
        run.end().await;
        let (state, folder) = (run.state, run.folder);
        assert_eq!(run.recorder.finish(), [""; 0]);
        assert_eq!(folder.checkpoints().expect("a folder").last().map(|(step, _)| *step), Some(state.step), "seed {seed}");
        assert_eq!(folder.state().expect("a log").ended, state.ended);
        assert_eq!(folder.summary().expect("readable").expect("there").steps, state.step);
    }
}

/// A file where the folder of the checkpoints was.
fn block(folder: &RunFolder) {
    let checkpoints = folder.path().join("checkpoints");
    fs::remove_dir_all(&checkpoints).and_then(|()| fs::write(checkpoints, "")).expect("replaced");
}

fn unblock(folder: &RunFolder) {
    let checkpoints = folder.path().join("checkpoints");
    fs::remove_file(&checkpoints).and_then(|()| fs::create_dir(checkpoints)).expect("replaced");
}

#[tokio::test]
async fn a_checkpoint_that_could_not_be_written_is_tried_again() {
    let runs = Runs::new();
    let mut run = Trained::start(&runs, recipe(1, 3), block);
    run.until(|event| matches!(event, Event::CheckpointFailed { .. })).await;
    run.end().await;
    unblock(&run.folder);
    let (state, folder) = (run.state, run.folder);
    assert_eq!(run.recorder.finish(), [""; 0]);
    assert_eq!(folder.checkpoints().expect("a folder").last().map(|(step, _)| *step), Some(state.step));
}

#[tokio::test]
async fn what_is_not_on_the_disk_is_said() {
    let runs = Runs::new();
    let mut run = Trained::start(&runs, recipe(1, 900), block);
    run.send(Command::Pause);
    run.until(|event| matches!(event, Event::PhaseChanged { phase: Phase::Paused, .. })).await;
    run.send(Command::Step);
    run.until(|event| matches!(event, Event::StepsFinished(_))).await;
    run.send(Command::Checkpoint);
    run.until(|event| matches!(event, Event::CheckpointTaken { answers: Some(_), .. })).await;
    let asked = run.state.step;
    run.send(Command::Step);
    run.until(|event| matches!(event, Event::StepsFinished(_))).await;
    run.send(Command::Stop);
    run.end().await;
    let (last, lost) = (run.state.step, run.recorder.finish());
    assert!(last > asked);
    for step in [asked, last] {
        let line = format!("the checkpoint of step {step} is not on the disk: ");
        assert!(lost.iter().any(|lost| lost.starts_with(&line)), "{line}: {lost:?}");
    }
    assert!(lost.len() <= 4, "as many as may wait: {lost:?}");
}

#[tokio::test]
async fn older_parameters_are_not_exported_under_newer_figures() {
    let runs = Runs::new();
    let mut run = Trained::start(&runs, recipe(1, 4), |_| {});
    run.end().await;
    let Trained { state, recorder, folder, .. } = run;
    recorder.finish();
    let figures = |format| ExportedRun::load(&folder, format).expect("a run");
    assert_eq!(figures(Format::Safetensors).state.summary(), state.summary());
    let (newest, path) = folder.checkpoints().expect("a folder").pop().expect("a checkpoint");
    assert_eq!(newest, state.step);
    fs::remove_file(path).expect("removed");
    let (older, _) = folder.checkpoints().expect("a folder").pop().expect("an older one");
    for format in [Format::Safetensors, Format::Onnx] {
        let summary = figures(format).state.summary();
        assert_eq!((summary.steps, summary.epochs as u64, summary.test_accuracy), (older, older / 2, None));
        assert_eq!(summary.weights_sha256, None, "that is the end's");
    }
    assert_eq!(figures(Format::Json).state.step, state.step, "figures alone are all of them");
}
