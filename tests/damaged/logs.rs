//! Damaged logs of a run with many events.

use std::fs;
use std::path::PathBuf;

use mnist_tui::protocol::{Event, Outcome};
use mnist_tui::run::store::{About, Catalog, Plan, RunFolder};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::reader::look_at;
use crate::synthetic::Synthetic;

/// A folder with the run `run`, and the lines of its log.
fn recorded(test: &str) -> (PathBuf, Vec<String>) {
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("damaged-{test}"));
    fs::create_dir_all(root.join("run")).expect("a folder");
    let records = Synthetic { steps: 200, outcome: Some(Outcome::Completed), ..Synthetic::default() }.records();
    let Event::RunStarted(started) = &records[0].event else { panic!("the first event is another") };
    RunFolder::new(root.join("run")).set_about(&About::new((**started).clone())).expect("written");
    (root, records.iter().map(|record| serde_json::to_string(&**record).expect("JSON")).collect())
}

fn open(root: &std::path::Path, log: &[u8]) {
    fs::write(root.join("run").join("events.jsonl"), log).expect("written");
    look_at(&RunFolder::new(root.join("run")));
}

/// Another number where a size or a step is meant, and whether there was one.
fn with_number(value: &mut Value, which: &mut isize, number: &Value) {
    match value {
        Value::Number(old) if !old.is_f64() => {
            *which -= 1;
            if *which == -1 {
                *value = number.clone();
            }
        }
        Value::Array(values) => values.iter_mut().take(4).for_each(|value| with_number(value, which, number)),
        Value::Object(fields) => fields.values_mut().for_each(|value| with_number(value, which, number)),
        _ => {}
    }
}

#[test]
fn a_single_number_that_cannot_be() {
    let (root, lines) = recorded("numbers");
    for number in [json!(u64::MAX), json!(0), json!(1), json!(-1)] {
        for line in 0..6 {
            for which in 0..40 {
                let mut value: Value = serde_json::from_str(&lines[line]).expect("JSON");
                let mut left = which;
                with_number(&mut value, &mut left, &number);
                if left >= 0 {
                    break;
                }
                let mut damaged = lines.clone();
                damaged[line] = value.to_string();
                open(&root, (damaged.join("\n") + "\n").as_bytes());
            }
        }
    }
}

#[test]
fn zeros_and_events_of_newer_programs() {
    let (root, lines) = recorded("unknown");
    let zeros = "\0".repeat(4096);
    for at in [0, 1, 5, lines.len()] {
        for strange in [r#"{"at_ms":1,"event":"weather_changed","to":0}"#, &zeros, "", r#"{"event":"run_ended"}"#, "[]"] {
            let mut damaged = lines.clone();
            damaged.insert(at, strange.to_owned());
            let log = damaged.join("\n") + "\n";
            open(&root, log.as_bytes());
            open(&root, format!("{log}{zeros}").as_bytes());
            let folder = RunFolder::new(root.join("run"));
            fs::write(folder.path().join("events.jsonl"), &log).expect("written");
            assert_eq!(folder.state().expect("the rest is read").step, 200, "after {strange:?}");
            // What is damaged can be repaired, and then nothing is.
            folder.repair().expect("repaired");
            assert_eq!(folder.damaged_lines().expect("read"), []);
            for path in folder.put_aside_before() {
                fs::remove_file(path).expect("removed");
            }
        }
    }
}

#[test]
fn files_that_are_gone() {
    for gone in ["run.json", "events.jsonl", "summary.json", "checkpoints", "lock"] {
        let (root, lines) = recorded(&format!("gone-{gone}"));
        let folder = RunFolder::new(root.join("run"));
        fs::write(folder.path().join("events.jsonl"), lines.join("\n") + "\n").expect("written");
        let _ = fs::remove_file(folder.path().join(gone));
        look_at(&folder);
        let runs = Catalog::new(&root).list().expect("a list");
        let missed = ["run.json", "events.jsonl"].contains(&gone);
        assert_eq!((runs.len(), runs[0].status() == "damaged"), (1, missed), "without {gone}");
        let _ = (folder.repair(), Plan::resume(&folder, 1, |_| Ok(())));
    }
}

#[test]
fn many_classes_in_few_bytes() {
    let (root, lines) = recorded("classes");
    let mut value: Value = serde_json::from_str(&lines[0]).expect("JSON");
    value["class_names"] = json!(vec!["a"; 100_000]);
    open(&root, (value.to_string() + "\n" + &lines[1..].join("\n") + "\n").as_bytes());
    let rows = "[],".repeat(100_000) + "[]";
    let steps = lines.iter().position(|line| line.contains("steps_finished")).expect("steps");
    let mut value: Value = serde_json::from_str(&lines[steps]).expect("JSON");
    value["confusion"] = json!("here");
    let line = value.to_string().replace("\"here\"", &format!("[{rows}]"));
    open(&root, format!("{}\n{line}\n", lines[0]).as_bytes());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn bytes_that_changed(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6), from: prop::sample::Index) {
        let (root, lines) = recorded("bytes");
        let mut log = (lines.join("\n") + "\n").into_bytes();
        for (at, byte) in changes {
            let at = at.index(log.len());
            log[at] = byte;
        }
        open(&root, &log);
        open(&root, &log[..from.index(log.len())]);
        fs::write(root.join("run").join("run.json"), &log[..from.index(2_000)]).expect("written");
        open(&root, &log);
    }
}
