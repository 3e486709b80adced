//! Runs as the commands list, show, compare, rename, export and remove them.

use std::fs;

use serde_json::Value;

use crate::home::{Home, names};

#[test]
fn where_there_are_no_runs_it_says_so() {
    let home = Home::new("none");
    assert!(home.text(&["runs"]).contains("yet; `mnist-tui` trains one"));
    assert_eq!(home.json(&["runs", "list"]), serde_json::json!([]));
    let (code, message) = home.failure(&["runs", "show", "last"]);
    assert_eq!(code, 2);
    assert!(message.contains("there is no run last in") && message.contains("it holds no runs yet"), "{message}");
    assert!(!home.runs().exists(), "looking makes no folder");
}

#[test]
fn runs_are_listed_shown_and_compared() {
    let home = Home::with_two("list");
    let listed = home.json(&["runs"]);
    assert_eq!(names(&listed), ["one", "two"]);
    assert_eq!((&listed[0]["status"], &listed[0]["epochs"], &listed[1]["seed"]), (&"completed".into(), &1.into(), &2.into()));
    assert!(listed[1]["test_accuracy"].as_f64().expect("tested") > 0.5);
    for (arguments, expected) in [
        (&["--filter", "seed=1"][..], &["one"][..]),
        (&["--filter", "TW"], &["two"]),
        (&["--filter", "status=completed"], &["one", "two"]),
        (&["--filter", "preset=seed"], &[]),
        (&["--filter", "name=Two"], &["two"]),
        (&["--filter", "name=tw"], &[]),
        (&["--sort", "epochs"], &["one", "two"]),
        (&["--sort", "name", "--filter", "mlp"], &["one", "two"]),
    ] {
        assert_eq!(names(&home.json(&[&["runs", "list"], arguments].concat())), expected, "{arguments:?}");
    }
    let elsewhere = home.path.join("runs").display().to_string();
    let mut command = home.command(&["runs", "list", "--runs-dir", &elsewhere]);
    let table = String::from_utf8(command.env_remove("MNIST_TUI_RUNS_DIR").output().expect("runs").stdout).expect("text");
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines.len() == 3 && lines[0].starts_with("ID") && lines[2].contains("two"), "{table}");
    let (screen, _) = home.on_terminal(&["runs"], "");
    assert!(screen.lines().count() == 3 && screen.lines().all(|line| line.chars().count() <= 44), "{screen}");
    assert!(home.text(&["runs", "--filter", "nothing"]).contains("no run in"));

    let shown = home.json(&["runs", "show", "two"]);
    assert_eq!(shown["summary"]["weights_sha256"].as_str().map(str::len), Some(64));
    assert!(shown["checkpoints"].as_array().is_some_and(|files| !files.is_empty()), "{shown}");
    let text = home.text(&["runs", "show", "two"]);
    for part in ["test accuracy ", "learning rate         0.002\n", "optimizer             Adam\n", "checkpoints           step "]
    {
        assert!(text.contains(part), "{part}: {text}");
    }

    let compared = home.json(&["runs", "compare", "one", "two"]);
    assert_eq!(compared["recipe"], serde_json::json!([{ "key": "seed", "values": [1, 2] }]));
    let rate = serde_json::json!({ "key": "learning_rate", "start": [0.001, 0.002], "end": [0.001, 0.002] });
    assert_eq!(compared["hyperparameters"][0], rate);
    let accuracy = &compared["figures"][0];
    let values = [0, 1].map(|run: usize| accuracy["values"][run].as_f64().expect("a figure"));
    assert_eq!((&accuracy["key"], &accuracy["best"][0]), (&"test_accuracy".into(), &usize::from(values[1] > values[0]).into()));
    let text = home.text(&["runs", "compare", "one", "two"]);
    assert!(text.contains("learning rate ") && text.contains(" % *"), "{text}");
    assert_eq!(home.failure(&["runs", "compare", "one"]).0, 2);
}

#[test]
fn runs_are_renamed_annotated_and_pinned() {
    let home = Home::with_two("edit");
    assert_eq!(home.json(&["runs", "rename", "one", "two"])["name"], "two");
    let (code, message) = home.failure(&["runs", "pin", "two"]);
    assert_eq!(code, 2);
    assert!(message.contains("two could be") && message.contains("write more of the id"), "{message}");
    let id = home.json(&["runs"])[0]["run_id"].as_str().expect("an id").to_owned();
    assert_eq!(home.text(&["runs", "rename", &id, "first one"]), format!("{id} is now called first one\n"));
    assert_eq!(home.json(&["runs", "note", "first one", "wide\nand slow"])["note"], "wide\nand slow");
    assert_eq!(home.json(&["runs", "pin", &id])["pinned"], true);
    let text = home.text(&["runs", "show", &id]);
    let said = "pinned                yes\nnote                  wide\n                      and slow\n";
    assert!(text.starts_with("name                  first one\n") && text.contains(said), "{text}");
    assert_eq!(home.json(&["runs", "unpin", &id])["pinned"], false);
    for name in ["", "last", "a\u{1b}[31m", "a\u{202e}b", "\u{200b}"] {
        let (code, message) = home.failure(&["runs", "rename", &id, name]);
        let hides = message.contains(|c| ['\u{1b}', '\u{202e}', '\u{200b}'].contains(&c));
        assert!(code == 2 && message.starts_with("error: a run cannot be called") && !hides, "{message}");
        // A new run cannot be called that either; without a name one is made up.
        let (code, message) = if name.is_empty() { continue } else { home.failure(&["--headless", "--name", name]) };
        assert!(code == 2 && message.contains("train.name") && !message.contains('\u{202e}'), "{message}");
    }
}

#[test]
fn runs_are_exported() {
    let home = Home::with_two("export");
    for (format, file) in [
        ("json", "one.json"),
        ("csv", "one.csv"),
        ("markdown", "one.md"),
        ("html", "one.html"),
        ("svg", "one.svg"),
        ("dashboard", "one-dashboard.svg"),
        ("safetensors", "one.safetensors"),
        ("onnx", "one.onnx"),
    ] {
        assert_eq!(home.text(&["export", "one", "--format", format]), format!("wrote {file}\n"));
        assert!(home.path.join(file).metadata().is_ok_and(|metadata| metadata.len() > 500), "{file}");
    }
    let written = home.text(&["export", "one", "two", "--format", "tensorboard", "--output", "board"]);
    assert_eq!(written.lines().filter(|line| line.starts_with("wrote board/")).count(), 2, "{written}");
    let html = fs::read_to_string(home.path.join("one.html")).expect("a report");
    assert!(html.contains("data:image/png"), "the worst mistakes are shown");
    // The weights are those that the run ended with: a run that starts from them and learns nothing ends with them.
    let weights = home.train(&["--init-from", "one.safetensors", "--freeze", "dense"])["weights_sha256"].clone();
    assert_eq!(weights, home.json(&["runs", "show", "one"])["summary"]["weights_sha256"]);

    let printed = home.text(&["export", "two", "--format", "json", "--output", "-"]);
    assert_eq!(serde_json::from_str::<Value>(&printed).expect("JSON")["name"], "two");
    let (code, message) = home.failure(&["export", "one", "--format", "csv"]);
    assert_eq!((code, message.as_str()), (1, "error: one.csv exists already; --force overwrites it\n"));
    home.text(&["export", "one", "--format", "csv", "--force"]);
    assert_eq!(home.failure(&["export", "one", "--format", "tensorboard", "--output", "-"]).0, 2);
    assert_eq!(home.failure(&["export", "three", "--format", "csv"]).0, 2);
    assert_eq!(home.failure(&["export", "one", "two", "--format", "onnx"]).0, 1);
}

#[test]
fn runs_are_removed_to_the_trash() {
    let home = Home::with_two("remove");
    let (code, message) = home.failure(&["runs", "remove", "one"]);
    assert!(code == 1 && message.contains("--yes goes ahead without asking"), "{message}");
    let (screen, code) = home.on_terminal(&["runs", "remove", "one"], "\n");
    assert!(code == 1 && screen.contains("[y/N]") && screen.contains("nothing was removed"), "{screen}");
    assert_eq!(names(&home.json(&["runs"])), ["one", "two"]);
    let id = home.json(&["runs"])[0]["run_id"].as_str().expect("an id").to_owned();
    let (screen, code) = home.on_terminal(&["runs", "remove", "one"], "y\n");
    let place = home.runs().join(".trash").join(&id);
    assert!(code == 0 && screen.contains(&format!("{id} is now in ")), "{screen}");
    assert!(place.join("run.json").is_file() && place.join("checkpoints").is_dir());
    assert_eq!(names(&home.json(&["runs"])), ["two"]);
    // What was moved can be moved back, and removed again beside another.
    fs::create_dir(home.runs().join(".trash").join("x")).expect("a folder");
    fs::rename(&place, home.runs().join(&id)).expect("moved back");
    fs::create_dir(&place).expect("a folder");
    let removed = home.json(&["runs", "remove", "one", &id, "--yes"]);
    assert_eq!(removed.as_array().map(Vec::len), Some(1), "{removed}");
    assert_eq!(removed[0]["moved_to"], home.runs().join(format!(".trash/{id}-2")).display().to_string());
}

#[test]
fn removed_runs_come_back_or_go_for_good() {
    let home = Home::with_two("trash");
    assert_eq!(home.text(&["runs", "restore"]), "the trash is empty\n");
    let said = home.text(&["runs", "remove", "one", "two", "--yes"]);
    assert_eq!(said.matches("; `mnist-tui runs restore ").count(), 2, "{said}");
    let trash = home.json(&["runs", "restore"]);
    assert_eq!(names(&trash), ["one", "two"]);
    assert!(trash[0]["bytes"].as_u64() > Some(100_000) && trash[0]["removed_at_ms"].as_u64() > Some(1 << 40), "{trash}");
    assert!(home.text(&["runs", "restore"]).contains(" KB  20"));

    let restored = home.json(&["runs", "restore", "two"]);
    assert_eq!(restored[0]["run_id"], trash[1]["run_id"]);
    assert_eq!(names(&home.json(&["runs"])), ["two"]);
    assert_eq!(home.resume(&["two", "--epochs", "3"])["epochs"], 3);
    let (code, message) = home.failure(&["runs", "restore", "two"]);
    assert!(code == 2 && message.contains("there is no run two in"), "{message}");

    // Nothing is that old.
    assert_eq!(home.text(&["runs", "empty-trash", "--older-than", "1"]), "0 runs deleted, 0 KB; 1 run left in the trash\n");
    assert_eq!(home.failure(&["runs", "empty-trash", "--older-than", "-1"]).0, 2);
    let (code, message) = home.failure(&["runs", "empty-trash"]);
    assert!(code == 1 && message.contains("delete 1 run of the trash for good, ") && message.contains(" KB"), "{message}");
    assert!(home.text(&["runs", "empty-trash", "--dry-run"]).starts_with("1 run would be deleted, "));
    let emptied = home.json(&["runs", "empty-trash", "--yes"]);
    assert_eq!((&emptied["bytes"], &emptied["deleted"][0]["name"]), (&trash[0]["bytes"], &"one".into()));
    assert_eq!(home.json(&["runs", "restore"]), serde_json::json!([]));
}

#[test]
fn paths_begin_at_home_and_links_lead_somewhere() {
    let home = Home::new("paths");
    let at_home = |arguments: &[&str]| {
        let mut command = home.command(arguments);
        command.env_remove("MNIST_TUI_RUNS_DIR").output().expect("the program starts")
    };
    let tiny = ["--headless", "--preset", "mlp", "--train-limit", "600", "--threads", "1", "--epochs", "1"];
    let places = ["--runs-dir=~/there", "--save=~/w.safetensors", "--name=a"];
    assert!(at_home(&[&tiny[..], &places].concat()).status.success());
    let export = ["export", "a", "--runs-dir", "~/there", "--format", "csv", "--output", "~/a.csv"];
    assert!(at_home(&export).status.success());
    assert!(at_home(&["config", "init", "--output", "~/c.toml"]).status.success());
    assert!(at_home(&["config", "show", "--config", "~/c.toml"]).status.success());
    for made in ["there", "w.safetensors", "a.csv", "c.toml"] {
        assert!(home.path.join(made).exists(), "{made}");
    }
    assert!(!home.path.join("~").exists() && !home.path.join("~ana").exists());
    for arguments in [&["runs", "--runs-dir", "~ana/x"][..], &["config", "show", "--config", "~ana/x"]] {
        let output = at_home(arguments);
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && message.contains("only ~/ is known"), "{message}");
    }
    std::os::unix::fs::symlink("/no/such/disk", home.runs()).expect("a link");
    let mut messages = vec![home.failure(&["runs"])];
    messages.push((1, String::from_utf8(home.call(&tiny).stderr).expect("text")));
    for (code, message) in messages {
        assert!(code == 1 && message.contains("runs is a link to /no/such/disk, which is not there"), "{message}");
    }
}

#[test]
fn old_runs_are_pruned() {
    let home = Home::with_two("prune");
    home.train(&["--name", "three", "--epochs", "3"]);
    home.text(&["runs", "pin", "one"]);
    let spare = home.json(&["runs", "prune", "--checkpoints", "--dry-run"]);
    let number = spare["deleted"].as_array().expect("files").len();
    assert!(number > 0 && spare["bytes"].as_u64() > Some(100_000), "{spare}");
    assert_eq!(home.json(&["runs", "prune", "--checkpoints", "--yes"])["deleted"].as_array().map(Vec::len), Some(number));
    assert!(home.json(&["runs", "show", "three"])["checkpoints"].as_array().expect("files").len() <= 2);
    assert_eq!(home.json(&["runs", "prune", "--checkpoints", "--yes"])["bytes"], 0);

    assert_eq!(home.json(&["runs", "prune"])["kept"], 3, "there is nothing to ask");
    assert_eq!(home.json(&["runs", "prune", "--keep", "1", "--dry-run"])["removed"].as_array().map(Vec::len), Some(1));
    assert_eq!(home.failure(&["runs", "prune", "--keep", "1"]).0, 1);
    assert_eq!(names(&home.json(&["runs"])), ["one", "two", "three"]);
    home.text(&["runs", "prune", "--keep", "1", "--yes"]);
    assert_eq!(names(&home.json(&["runs"])), ["one", "three"]);
}
