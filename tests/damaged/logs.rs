//! Damaged logs of a run with many events.

use std::fs;
use std::path::PathBuf;

use mnist_tui::protocol::{Event, Outcome};
use mnist_tui::run::store::{About, RunFolder};
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

/// A number far out, where a size or a step is meant.
fn greatest_numbers(value: &mut Value, which: &mut isize) {
    match value {
        Value::Number(number) if !number.is_f64() => {
            *which -= 1;
            if *which == -1 {
                *value = json!(u64::MAX);
            }
        }
        Value::Array(values) => values.iter_mut().take(4).for_each(|value| greatest_numbers(value, which)),
        Value::Object(fields) => fields.values_mut().for_each(|value| greatest_numbers(value, which)),
        _ => {}
    }
}

#[test]
fn a_single_number_that_is_far_too_great() {
    let (root, lines) = recorded("numbers");
    for line in 0..6 {
        for which in 0..40 {
            let mut value: Value = serde_json::from_str(&lines[line]).expect("JSON");
            let mut left = which;
            greatest_numbers(&mut value, &mut left);
            if left >= 0 {
                break;
            }
            let mut damaged = lines.clone();
            damaged[line] = value.to_string();
            open(&root, (damaged.join("\n") + "\n").as_bytes());
        }
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
