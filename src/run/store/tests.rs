//! Runs on disk, torn and whole.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;

use super::*;
use crate::config::Config;
use crate::protocol::{CheckpointReason, Event, Record, RunStarted, StepsFinished};

/// An empty folder, removed at the end.
struct Temporary(PathBuf);

impl Temporary {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("mnist-tui-store-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn started(run_id: &str, name: &str, started_at_ms: u64) -> RunStarted {
    RunStarted {
        run_id: run_id.into(),
        name: name.into(),
        spec: Config::default().run_spec(2).expect("the default recipe"),
        threads: 1,
        started_at_ms,
        class_names: vec!["a".into(), "b".into()],
        image_shape: [1, 1, 1],
        train_images: 8,
        validation_images: 2,
        test_images: 2,
        parent: None,
        layers: Vec::new(),
    }
}

fn record(at_ms: u64, event: Event) -> Arc<Record> {
    Arc::new(Record { at_ms, event })
}

/// One step, and a checkpoint after it.
fn step_and_checkpoint(step: u64, reason: CheckpointReason) -> Vec<Arc<Record>> {
    let steps = StepsFinished { first_step: step, epoch: 1, loss: vec![0.1], learning_rate: vec![1e-3], ..Default::default() };
    let steps = StepsFinished { correct: vec![1], batch: vec![2], train_seconds: 0.1 + 0.2 * step as f64, ..steps };
    let taken = Event::CheckpointTaken { step, epoch: 1, reason, answers: None };
    vec![record(step, Event::StepsFinished(Box::new(steps))), record(step, taken)]
}

/// A run of so many steps, with a checkpoint of a byte after each.
fn recorded(root: &std::path::Path, id: &str, steps: u64, keep: usize) -> RunFolder {
    let started = started(id, &format!("name-{id}"), steps);
    let mut recording = Recording::create(root, &started, keep).expect("a new folder");
    recording.append(&[record(0, Event::RunStarted(Box::new(started)))]).expect("written");
    for step in 1..=steps {
        let reason = if step == 2 { CheckpointReason::Asked } else { CheckpointReason::Epoch };
        recording.append(&step_and_checkpoint(step, reason)).expect("written");
        recording.keep(step, &[step as u8]).expect("written");
    }
    recording.folder().clone()
}

fn steps_of(folder: &RunFolder) -> Vec<u64> {
    folder.checkpoints().into_iter().map(|(step, _)| step).collect()
}

/// The log may have room where the figures have none.
#[test]
fn what_was_told_stands_in_the_log_once_though_the_figures_cannot_be_written() {
    let root = Temporary::new();
    let started = started("a", "one", 1);
    let mut recording = Recording::create(&root.0, &started, 2).expect("a recording");
    let folder = recording.folder().clone();
    recording.append(&[record(0, Event::RunStarted(Box::new(started)))]).expect("written");
    // In the place of the file.
    let in_the_way = folder.path().join("summary.json");
    fs::create_dir(&in_the_way).expect("a folder");
    let finished = Event::EpochFinished { epoch: 1, step: 1, train_loss: 0.1, train_accuracy: 0.5 };
    recording.append(&[record(1, finished)]).expect("the log can be written");
    for _ in 0..2 {
        recording.sum_up_when_due().expect_err("a folder is in the way");
    }
    fs::remove_dir(in_the_way).expect("removed");
    recording.sum_up_when_due().expect("written");
    assert_eq!(folder.records().expect("a log").len(), 2);
    assert_eq!(folder.summary().expect("figures").map(|summary| summary.epochs), Some(1));
}

#[test]
fn the_newest_checkpoints_stay_and_those_asked_for() {
    let root = Temporary::new();
    assert_eq!(steps_of(&recorded(&root.0, "r", 7, 3)), [2, 5, 6, 7]);
    assert_eq!(steps_of(&recorded(&root.0, "s", 7, 1)), [2, 7]);
}

#[test]
fn a_run_goes_on_after_its_newest_whole_checkpoint() {
    let root = Temporary::new();
    let folder = recorded(&root.0, "r", 7, 3);
    // The newest is damaged.
    let (recording, bytes, history) = Recording::resume(&folder, 3, |bytes| bytes != [7]).expect("one is whole");
    assert_eq!((bytes, history.len()), (Some(vec![6]), 1 + 6 * 2));
    assert_eq!(steps_of(&folder), [2, 5, 6], "what comes after it will come otherwise");
    assert_eq!(folder.records().expect("readable"), history);
    let error = Recording::resume(&folder, 3, |_| true).expect_err("one process at a time").to_string();
    let owner = format!("process {} on", std::process::id());
    assert!(error.contains("is being trained by") && error.contains(&owner), "{error}");
    assert!(folder.trained_by().expect("somebody").contains(&owner));
    drop(recording);
    assert_eq!(folder.trained_by(), None);
    let none = Recording::resume(&folder, 3, |_| false).expect_err("none is whole");
    assert!(matches!(none, StoreError::NoCheckpoint { .. }), "{none}");
    assert!(Recording::resume(&folder, 3, |_| true).is_ok(), "the lock was given back");
}

#[test]
fn a_run_killed_before_its_first_checkpoint_starts_again() {
    let root = Temporary::new();
    let folder = recorded(&root.0, "r", 1, 3);
    fs::remove_file(&folder.checkpoints()[0].1).expect("removed");
    let (_, bytes, history) = Recording::resume(&folder, 3, |_| true).expect("nothing is lost");
    assert_eq!((bytes, history, folder.records().expect("readable")), (None, Vec::new(), Vec::new()));
}

#[test]
fn runs_are_found_by_id_its_start_name_and_last() {
    let root = Temporary::new();
    let catalog = Catalog::new(&root.0);
    assert!(matches!(catalog.find("last"), Err(StoreError::NoRun { .. })));
    for (id, steps) in [("abc1", 1), ("abd2", 2), ("xyz3", 3)] {
        recorded(&root.0, id, steps, 3);
    }
    // No runs: a stray file, and a folder without run.json.
    fs::write(root.0.join("stray"), "").expect("written");
    fs::create_dir(root.0.join("half")).expect("made");
    let id = |asked: &str| catalog.find(asked).map(|folder| folder.id()).map_err(|error| error.to_string());
    for (asked, found) in [("abc1", "abc1"), ("abd", "abd2"), ("x", "xyz3"), ("name-abc1", "abc1"), ("last", "xyz3")] {
        assert_eq!(id(asked).as_deref(), Ok(found), "{asked}");
    }
    let ambiguous = id("ab").expect_err("two of them");
    assert_eq!(ambiguous, "ab could be abc1 (name-abc1), abd2 (name-abd2); write more of the id");
    assert!(id("q").expect_err("none").ends_with("; `mnist-tui runs` lists them"));
    assert_eq!(catalog.list().expect("readable").len(), 3);
    assert_eq!(catalog.list().expect("readable")[0].status(), "interrupted");
}

#[test]
fn what_cannot_be_written_is_said_and_nothing_before_it_is_lost() {
    let root = Temporary::new();
    let started = started("r", "r", 0);
    let mut recording = Recording::create(&root.0, &started, 3).expect("a new folder");
    recording.append(&step_and_checkpoint(1, CheckpointReason::Epoch)).expect("written");
    assert!(Recording::create(&root.0, &started, 3).is_err(), "never two runs in one folder");
    fs::remove_dir_all(recording.folder().path()).expect("removed");
    let error = recording.append(&step_and_checkpoint(2, CheckpointReason::Epoch)).expect_err("the folder is gone");
    assert!(error.to_string().ends_with("events.jsonl"), "{error}");
    assert!(recording.keep(2, &[2]).is_err());
}

#[test]
fn newer_and_damaged_runs_are_refused() {
    let root = Temporary::new();
    let folder = recorded(&root.0, "r", 1, 3);
    let mut about = folder.about().expect("readable");
    about.schema_version = 99;
    folder.set_about(&about).expect("written");
    assert!(matches!(folder.about(), Err(StoreError::Newer { .. })));
    fs::write(folder.path().join("run.json"), "{").expect("written");
    assert!(matches!(folder.about(), Err(StoreError::Damaged { .. })));
    assert!(Catalog::new(&root.0).list().expect("readable").is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    /// A crash may tear the journal anywhere, and anything may follow.
    #[test]
    fn whole_events_survive_a_torn_journal(part in 0.0f64..1.0, rest in proptest::collection::vec(any::<u8>(), 0..60)) {
        let root = Temporary::new();
        let folder = recorded(&root.0, "r", 5, 5);
        let path = folder.path().join("events.jsonl");
        let (bytes, records) = (fs::read(&path).expect("there"), folder.records().expect("readable"));
        let cut = (part * bytes.len() as f64) as usize;
        let whole = bytes[..cut].iter().filter(|byte| **byte == b'\n').count();
        fs::write(&path, &bytes[..cut]).expect("written");
        prop_assert_eq!(&folder.records().expect("readable")[..], &records[..whole]);
        // Bytes that are no event end it.
        fs::write(&path, [&bytes[..cut], b"\n", &rest[..]].concat()).expect("written");
        let read = folder.records().expect("readable");
        prop_assert!(read.len() >= whole && read[..whole] == records[..whole]);
    }
}
