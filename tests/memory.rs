//! A long run needs no more memory than a short one, and loses nothing: its older records are read from the disk.
//!
//! `STEPS=10000000 cargo test --release --test memory -- --nocapture` measures a run of ten million steps.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use mnist_tui::config::Config;
use mnist_tui::link::connect;
use mnist_tui::protocol::{ConfusionMatrix, Event, RunStarted, StepsFinished};
use mnist_tui::run::RunState;
use mnist_tui::run::store::Recording;
use mnist_tui::train::Port;

/// Steps told at once: as many as a small network with batches of one makes in an eighth of a second.
const TOGETHER: u64 = 1250;
/// Whatever is waited for has come by then.
const DEADLINE: Duration = Duration::from_secs(60);

fn started() -> RunStarted {
    RunStarted {
        run_id: "long".into(),
        name: "long".into(),
        spec: Config::default().run_spec(10).expect("the default recipe"),
        threads: 1,
        started_at_ms: 0,
        class_names: (0..10).map(|class| class.to_string()).collect(),
        image_shape: [28, 28, 1],
        train_images: 55_000,
        validation_images: 0,
        test_images: 10_000,
        parent: None,
        layers: Vec::new(),
    }
}

/// A loss that nobody can guess, and a peak at one step.
fn loss(step: u64) -> f32 {
    if step == 77_777 { 1e6 } else { 0.1 + (step.wrapping_mul(2_654_435_761) % 10_007) as f32 / 1e4 }
}

fn told(first_step: u64) -> Event {
    let steps = first_step..first_step + TOGETHER;
    let count = steps.clone().count();
    let mut confusion = ConfusionMatrix::new(10);
    (0..count).for_each(|i| confusion.add(i % 10, i * 7 % 10));
    Event::StepsFinished(Box::new(StepsFinished {
        first_step,
        epoch: 1 + (first_step / 55_000) as usize,
        loss: steps.map(loss).collect(),
        correct: vec![1; count],
        batch: vec![1; count],
        learning_rate: vec![1e-3; count],
        gradient_norm: None,
        images_seen: first_step + TOGETHER - 1,
        train_seconds: first_step as f64 / 1e4,
        confusion,
        probed: Vec::new(),
    }))
}

/// Megabytes of memory that this process has; nothing where the system does not tell.
fn memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? >> 10)
}

#[test]
fn a_long_run_needs_no_more_memory_than_a_short_one_and_loses_no_peak() {
    let steps: u64 = std::env::var("STEPS").ok().and_then(|steps| steps.parse().ok()).unwrap_or(2_000_000);
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("memory-{}", std::process::id()));
    let (mut link, mut port) = connect(Vec::new());
    let recording = Recording::create(&root, &started(), 1).expect("a recording");
    let folder = recording.folder().clone();
    let recorder = port.record(recording).expect("a thread");
    port.emit(Event::RunStarted(Box::new(started())));
    let (mut state, mut most, before) = (RunState::default(), 0, memory());
    for first_step in (1..=steps).step_by(TOGETHER as usize) {
        port.emit(told(first_step));
        while let Some(records) = link.some() {
            records.iter().for_each(|record| state.apply(record));
        }
        if first_step % 50_000 < TOGETHER {
            // A training is slower than this, and the disk keeps up with it.
            let (deadline, length) = (Instant::now() + DEADLINE, folder.path().join("events.jsonl"));
            let size = || fs::metadata(&length).map_or(0, |file| file.len());
            while size() < (first_step - first_step % 50_000) * 16 {
                assert!(Instant::now() < deadline, "nothing is written");
                std::thread::yield_now();
            }
            most = most.max(memory().unwrap_or(0));
        }
    }
    assert_eq!(recorder.finish(), [""; 0]);
    println!("{steps} steps: at first {before:?} MB, at most {most} MB, then {:?} MB", memory());
    assert!(most < 200, "{most} MB");

    // Whoever comes later is told every step, from the disk.
    assert_eq!((state.step, state.steps.loss.len() as u64), (steps, steps));
    let peak = |from: usize, to: usize| state.steps.loss.stat(from, to).map(|stat| stat.max);
    assert_eq!((peak(0, steps as usize), peak(70_000, 80_000), peak(77_776, 77_777)), (Some(1e6), Some(1e6), Some(1e6)));
    assert!(peak(steps as usize / 2, steps as usize).is_some_and(|peak| peak < 2.0));
    let state = folder.lossless_state().expect("a log");
    assert!((1..=steps).all(|step| state.steps.loss.get(step as usize - 1) == Some(loss(step))), "every step is in an export");
    fs::remove_dir_all(root).expect("removed");
}
