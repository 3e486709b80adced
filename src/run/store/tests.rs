//! Runs on disk, torn and whole.

use std::fs;
use std::path::{Path, PathBuf};
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
    folder.checkpoints().expect("listed").into_iter().map(|(step, _)| step).collect()
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

/// Nothing is wrong with any bytes but these.
fn all_but(damaged: &'static [u8]) -> impl Fn(&[u8]) -> Result<(), String> {
    move |bytes| if bytes == damaged { Err("it is torn".into()) } else { Ok(()) }
}

/// Every file below a folder, with what is in it.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let each =
        entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![(path.clone(), fs::read(path).expect("read"))] });
    let mut all: Vec<_> = each.collect();
    all.sort();
    all
}

#[test]
fn a_run_goes_on_after_its_newest_whole_checkpoint() {
    let root = Temporary::new();
    let folder = recorded(&root.0, "r", 7, 3);
    let (log, before) = (fs::read(folder.path().join("events.jsonl")).expect("a log"), files(&root.0));
    // The newest is damaged.
    let mut plan = Plan::resume(&folder, 3, all_but(&[7])).expect("one is whole");
    let history = plan.records().to_vec();
    assert_eq!((plan.take_checkpoint(), history.len(), plan.passed_over().len()), (Some(vec![6]), 1 + 6 * 2, 1));
    let error = Plan::resume(&folder, 3, all_but(&[])).expect_err("one process at a time").to_string();
    let owner = format!("process {} on", std::process::id());
    assert!(error.contains("is being trained by") && error.contains(&owner), "{error}");
    drop(plan);
    assert_eq!(files(&root.0), before, "a plan changes nothing");

    let recording = Plan::resume(&folder, 3, all_but(&[7])).and_then(Plan::commit).expect("one is whole");
    assert_eq!(steps_of(&folder), [2, 5, 6], "what comes after it will come otherwise");
    assert_eq!(folder.records().expect("readable"), history);
    let aside = folder.put_aside_before();
    let kept: Vec<Vec<u8>> = aside.iter().map(|path| fs::read(path).expect("kept")).collect();
    let whole = fs::read(folder.path().join("events.jsonl")).expect("a log");
    assert_eq!(kept, [vec![7], log[whole.len()..].to_vec()], "{aside:?}");
    assert!(folder.trained_by().expect("somebody").contains(&owner));
    drop(recording);
    assert_eq!(folder.trained_by(), None);
    let none = Plan::resume(&folder, 3, |_| Err("it is torn".into())).expect_err("none is whole");
    assert!(none.to_string().contains("step-00000006.safetensors: it is torn"), "{none}");
    assert!(Plan::resume(&folder, 3, all_but(&[])).is_ok(), "the lock was given back");
}

#[test]
fn a_run_without_checkpoints_starts_again_only_when_it_never_had_one() {
    let root = Temporary::new();
    let folder = recorded(&root.0, "r", 2, 3);
    for (_, path) in folder.checkpoints().expect("listed") {
        fs::remove_file(path).expect("removed");
    }
    let before = files(&root.0);
    for _ in 0..2 {
        let error = Plan::resume(&folder, 3, all_but(&[])).expect_err("they are gone").to_string();
        assert!(error.contains("trained to step 2") && error.contains("put them back") && error.contains("export r"), "{error}");
        assert!(Plan::branch(&folder, None, 3, all_but(&[]), |started, _| started).is_err());
        assert_eq!(files(&root.0).len(), before.len());
        // Nor when the folder is gone.
        let _ = fs::remove_dir(folder.path().join("checkpoints"));
    }
    // Killed before its first.
    let path = folder.path().join("events.jsonl");
    let first = fs::read_to_string(&path).expect("a log").lines().next().expect("a line").to_owned() + "\n";
    fs::write(&path, first).expect("written");
    drop(Plan::resume(&folder, 3, all_but(&[])).and_then(Plan::commit).expect("nothing is lost"));
    assert!(folder.records().expect("readable").is_empty());
    fs::remove_file(&path).expect("removed");
    let error = Plan::resume(&folder, 3, all_but(&[])).expect_err("no log").to_string();
    assert!(error.contains("has no log") && error.contains("--init-from r"), "{error}");
}

#[test]
fn a_run_that_ended_before_its_start_was_on_the_disk_starts_again() {
    let root = Temporary::new();
    let folder = recorded(&root.0, "r", 3, 3);
    let log = fs::read_to_string(folder.journal_path()).expect("a log");
    let start: String = log.lines().take(1).map(|line| format!("{line}\n")).collect();
    let taken = r#"{"at_ms":1,"event":"checkpoint_taken","step":0,"epoch":0,"reason":"start"}"#;
    let saved = r#"{"at_ms":2,"event":"checkpoint_saved","step":0,"file":"step-00000000.safetensors"}"#;
    fs::remove_dir_all(folder.checkpoints_path()).expect("removed");
    for (lines, starts) in [(format!("{taken}\n"), true), (format!("{taken}\n{saved}\n"), false)] {
        fs::write(folder.journal_path(), format!("{start}{lines}")).expect("written");
        let plan = Plan::resume(&folder, 3, all_but(&[]));
        match plan {
            Ok(mut plan) => assert!(starts && plan.take_checkpoint().is_none(), "{lines}"),
            Err(error) => assert!(!starts && matches!(error, StoreError::CheckpointsGone { .. }), "{lines}: {error}"),
        }
    }
}

#[test]
fn what_cannot_be_read_is_an_error_and_no_loss() {
    let root = Temporary::new();
    let folder = recorded(&root.0, "r", 3, 3);
    let newest = folder.checkpoints().expect("listed").pop().expect("three").1;
    fs::remove_file(&newest).expect("removed");
    // What is no file cannot be read, whoever reads it.
    fs::create_dir(&newest).expect("a folder in its place");
    let before = files(&root.0);
    let error = Plan::resume(&folder, 3, all_but(&[])).expect_err("unreadable").to_string();
    assert!(error.contains("step-00000003.safetensors"), "{error}");
    fs::remove_dir(&newest).expect("removed");
    let checkpoints = folder.path().join("checkpoints");
    fs::rename(&checkpoints, folder.path().join("elsewhere")).expect("moved");
    fs::write(&checkpoints, "").expect("a file in its place");
    assert!(matches!(Plan::resume(&folder, 3, all_but(&[])), Err(StoreError::Io { .. })));
    fs::remove_file(&checkpoints).expect("removed");
    fs::rename(folder.path().join("elsewhere"), &checkpoints).expect("moved back");
    assert_eq!(files(&root.0), before);
}

#[test]
fn a_branch_is_made_when_everything_is_certain() {
    let root = Temporary::new();
    let parent = recorded(&root.0, "r", 4, 4);
    let before = files(&root.0);
    let branch = |step| {
        let named = |started: RunStarted, at: u64| RunStarted { run_id: "b".into(), name: format!("from-{at}"), ..started };
        Plan::branch(&parent, step, 3, all_but(&[4]), named)
    };
    let plan = branch(None).expect("the third is whole");
    assert_eq!((plan.started().name.as_str(), plan.records().len(), plan.passed_over().len()), ("from-3", 7, 1));
    drop(plan);
    assert!(matches!(branch(Some(9)), Err(StoreError::NoSuchCheckpoint { step: 9, .. })));
    assert_eq!(files(&root.0), before, "no orphan is left");
    let recording = branch(Some(2)).and_then(Plan::commit).expect("a branch");
    assert_eq!((recording.folder().id().as_str(), steps_of(recording.folder())), ("b", vec![2]));
    assert_eq!(recording.folder().about().expect("readable").name(), "from-2");
    assert!(before.iter().all(|(path, bytes)| fs::read(path).is_ok_and(|now| now == *bytes)), "the parent is as it was");
}

/// The log with another line in the place of the `number`th, counted from 1.
fn replace_line(folder: &RunFolder, number: usize, line: &str) {
    let path = folder.path().join("events.jsonl");
    let text = fs::read_to_string(&path).expect("a log");
    let lines: Vec<&str> = text.lines().enumerate().map(|(at, old)| if at + 1 == number { line } else { old }).collect();
    fs::write(path, lines.join("\n") + "\n").expect("written");
}

#[test]
fn events_of_newer_programs_stay_and_hide_nothing() {
    let root = Temporary::new();
    let folder = recorded(&root.0, "r", 3, 3);
    let newer = r#"{"at_ms":2,"event":"weather_changed","to":"rain"}"#;
    replace_line(&folder, 4, newer);
    let log = fs::read(folder.path().join("events.jsonl")).expect("a log");
    assert_eq!((folder.records().expect("readable").len(), folder.state().expect("folded").step), (7, 3));
    assert_eq!(folder.damaged_lines().expect("readable"), []);
    drop(Plan::resume(&folder, 3, all_but(&[])).and_then(Plan::commit).expect("it goes on"));
    assert_eq!(fs::read(folder.path().join("events.jsonl")).expect("a log"), log);
    let named = |started: RunStarted, _| RunStarted { run_id: "b".into(), ..started };
    let branch = Plan::branch(&folder, None, 3, all_but(&[]), named).and_then(Plan::commit).expect("a branch");
    let copied = fs::read_to_string(branch.folder().path().join("events.jsonl")).expect("a log");
    assert!(copied.lines().any(|line| line == newer), "{copied}");
}

#[test]
fn a_damaged_line_is_named_and_only_taken_out_when_somebody_asks() {
    let root = Temporary::new();
    let huge = format!("{}x", "0".repeat(2 << 20));
    for (run, damaged) in [("a", "{}"), ("b", "\0\0\0\0"), ("c", huge.as_str()), ("d", r#"{"at_ms":1,"event":"epoch_finished"}"#)]
    {
        let folder = recorded(&root.0, run, 3, 3);
        replace_line(&folder, 4, damaged);
        let before = files(folder.path());
        let state = folder.state().expect("the rest is read");
        assert_eq!((state.step, state.unread.len()), (3, 1));
        assert!(state.unread[0].contains("events.jsonl, line 4 is damaged: "), "{:?}", state.unread);
        let error = Plan::resume(&folder, 3, all_but(&[])).expect_err("damaged").to_string();
        assert!(error.contains("events.jsonl, line 4 is damaged") && error.contains(&format!("runs repair {run}")), "{error}");
        assert!(Plan::branch(&folder, None, 3, all_but(&[]), |started, _| started).is_err());
        assert_eq!(files(folder.path()), before, "nothing is cut");
        let repaired = folder.repair().expect("repaired");
        assert_eq!((repaired.damaged_lines, repaired.kept.len()), (1, 1));
        assert_eq!(fs::read_to_string(&repaired.kept[0]).expect("kept"), format!("{damaged}\n"));
        assert!(!folder.repair().expect("whole").is_anything());
        drop(Plan::resume(&folder, 3, all_but(&[])).and_then(Plan::commit).expect("it goes on"));
    }
    // Its first line, which says what the run is.
    let folder = recorded(&root.0, "first", 3, 3);
    let started = folder.records().expect("readable").swap_remove(0);
    replace_line(&folder, 1, "{");
    let repaired = folder.repair().expect("repaired");
    assert!(repaired.started_put_back && repaired.damaged_lines == 1);
    assert_eq!(folder.records().expect("readable").swap_remove(0), started);
}

#[test]
fn an_event_too_long_for_a_line_is_told_of() {
    let root = Temporary::new();
    let started = started("r", "r", 0);
    let mut recording = Recording::create(&root.0, &started, 3).expect("a new folder");
    let samples = vec![crate::protocol::Sample { index: 0, label: 0, pixels: vec![255; 1 << 19] }];
    let short = record(2, Event::RecordingWorked {});
    let left_out = recording.append(&[record(1, Event::SamplesChosen { samples }), short]).expect("written");
    let Event::RecordTooLong { name, bytes } = &left_out[0] else { panic!("{left_out:?}") };
    assert!(left_out.len() == 1 && name == "samples_chosen" && *bytes > 1 << 20);
    assert_eq!(recording.folder().records().expect("readable").len(), 1);
}

#[test]
fn what_could_not_be_read_again_is_not_recorded() {
    let root = Temporary::new();
    let mut started = started("r", "r", 0);
    started.spec.min_delta = f64::INFINITY;
    let error = Recording::create(&root.0, &started, 3).expect_err("not JSON").to_string();
    assert!(error.contains("cannot be recorded"), "{error}");
    assert_eq!(fs::read_dir(&root.0).expect("a folder").count(), 0);
}

#[test]
fn runs_are_found_by_id_its_start_name_and_last() {
    let root = Temporary::new();
    let catalog = Catalog::new(&root.0);
    assert!(matches!(catalog.find("last"), Err(StoreError::NoRun { .. })));
    for (id, steps) in [("abc1", 1), ("abd2", 2), ("xyz3", 3)] {
        recorded(&root.0, id, steps, 3);
    }
    // No runs: a stray file, and a folder without anything of a run.
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
fn newer_and_damaged_runs_are_listed_with_the_reason() {
    let root = Temporary::new();
    let folder = recorded(&root.0, "r", 1, 3);
    let (whole, path) = (fs::read_to_string(folder.path().join("run.json")).expect("there"), folder.path().join("run.json"));
    let null = whole.replace("\"min_delta\": 0.0", "\"min_delta\": null");
    let zero = whole.replace("\"batch_size\": 32", "\"batch_size\": 0");
    let newer = whole.replace("\"schema_version\": 1", "\"schema_version\": 99");
    for (text, reason) in [
        ("{", "run.json is damaged: EOF"),
        (null.as_str(), "run.json is damaged: invalid type: null"),
        (&zero, "run.json is damaged: batch_size must be between 1 and 8192, not 0"),
        (&newer, "was written by a newer version of this program; use that one"),
        (r#"{"schema_version":2,"something":"else"}"#, "was written by a newer version"),
    ] {
        assert_ne!(text, whole);
        fs::write(&path, text).expect("written");
        let listed = Catalog::new(&root.0).list().expect("readable");
        let damage = listed[0].damage.as_deref().expect(text);
        assert!(listed.len() == 1 && damage.contains(reason), "{damage}");
        // What its log says of it is still known.
        assert_eq!((listed[0].status(), listed[0].about.name()), ("damaged", "name-r"));
        assert_eq!(Catalog::new(&root.0).find("last").expect("found").id(), "r");
        assert!(Plan::resume(&folder, 3, all_but(&[])).is_err());
    }
    assert!(folder.repair().is_err(), "a newer run is left alone");
    for broken in [Some("{"), None] {
        let _ = broken.map_or_else(|| fs::remove_file(&path), |text| fs::write(&path, text));
        assert_eq!(Catalog::new(&root.0).list().expect("readable")[0].status(), "damaged");
        assert!(folder.repair().expect("repaired").run_json_written);
        assert_eq!(fs::read_to_string(&path).expect("there"), whole);
    }
    // Without a log nothing is known but its name.
    fs::remove_file(folder.path().join("events.jsonl")).expect("removed");
    let listed = Catalog::new(&root.0).list().expect("readable");
    assert!(listed[0].damage.as_deref().is_some_and(|damage| damage.contains("has no log")), "{:?}", listed[0].damage);
}

/// Two people who change it at the same moment.
#[test]
fn what_is_said_of_a_run_is_changed_by_one_at_a_time() {
    let root = Temporary::new();
    let folder = recorded(&root.0, "r", 1, 3);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..25 {
                    let changed = folder.change_about(|about| {
                        about.note.push('x');
                        Ok::<_, StoreError>(())
                    });
                    changed.expect("written");
                }
            });
        }
    });
    assert_eq!(folder.about().expect("readable").note.len(), 100);
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
