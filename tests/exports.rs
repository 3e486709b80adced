//! Runs as files: a made-up run through every format, and real ones for the programs that read the files.

mod synthetic;

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

use mnist_tui::config::Config;
use mnist_tui::data::Dataset;
use mnist_tui::export::{ExportError, ExportedRun, Format, export, recipe_arguments, render};
use mnist_tui::link::{Update, connect};
use mnist_tui::nn::Network;
use mnist_tui::protocol::{
    Activation, Anneal, Event, Hyper, LayerSpec, Optimizer, Outcome, Padding, Record, Request, RequestId, RunSpec, Schedule,
};
use mnist_tui::run::RunState;
use mnist_tui::train::{Job, JobOptions, spawn};
use synthetic::Synthetic;

/// A made-up run of this name.
fn run(name: &str) -> ExportedRun {
    let mut state = RunState::default();
    for record in (Synthetic { outcome: Some(Outcome::Completed), ..Synthetic::default() }).records() {
        let mut record = Record::clone(&record);
        if let Event::RunStarted(started) = &mut record.event {
            started.name = name.to_owned();
        }
        state.apply(&record);
    }
    ExportedRun { state, ..ExportedRun::default() }
}

/// An empty folder of its own for a test.
fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("mnist-tui-exports-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn text(format: Format, runs: &[ExportedRun]) -> String {
    let mut files = render(format, runs).expect("an export");
    String::from_utf8(files.remove(0).bytes).expect("text")
}

/// The fields of each row: as RFC 4180 has it, with CRLF at the end of every row.
fn rows(csv: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut field, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut rest = csv.chars().peekable();
    while let Some(c) = rest.next() {
        match (c, quoted) {
            ('"', true) if rest.peek() == Some(&'"') => field.extend(rest.next()),
            ('"', _) => quoted = !quoted,
            (',', false) => row.push(std::mem::take(&mut field)),
            ('\r', false) if rest.next_if_eq(&'\n').is_some() => {
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            (c, _) => field.push(c),
        }
    }
    assert!(row.is_empty() && field.is_empty() && !quoted, "the last row has no end");
    rows
}

#[test]
fn csv_has_every_step_and_is_read_back() {
    let one = run("one");
    let rows_of_one = rows(&text(Format::Csv, std::slice::from_ref(&one)));
    let steps = &one.state.steps;
    assert_eq!(rows_of_one.len(), steps.loss.len() + 1);
    assert_eq!(rows_of_one[0][..8], ["step", "epoch", "images_seen", "seconds", "loss", "accuracy", "learning_rate", "batch"]);
    let mut last = 0.0;
    for (index, row) in rows_of_one[1..].iter().enumerate() {
        assert_eq!(row.len(), 12);
        assert_eq!(row[0], (index + 1).to_string());
        assert_eq!(row[4].parse(), Ok(steps.loss.get(index).expect("a loss")), "to the bit");
        let seconds: f64 = row[3].parse().expect("seconds");
        assert!(seconds > last, "{row:?}");
        last = seconds;
    }
    let end = rows_of_one.last().expect("rows");
    assert_eq!(end[2], one.state.images_seen.to_string());
    assert!((last - one.state.train_seconds).abs() < 1e-3);
    assert_eq!(end[11], one.state.summary().test_accuracy.expect("tested").to_string());
    assert_eq!(rows_of_one.iter().skip(1).filter(|row| !row[8].is_empty()).count(), one.state.validations.len());
    // An epoch has 860 steps.
    assert_eq!([859, 860, 861].map(|step: usize| rows_of_one[step][1].clone()), ["1", "1", "2"]);

    let several = rows(&text(Format::Csv, &[one, run("a, \"b\"\r\nc")]));
    assert_eq!((several[0][0].as_str(), several[1][0].as_str()), ("run", "one"));
    assert_eq!(several.last().expect("rows")[0], "a, \"b\"\r\nc");
}

#[test]
fn json_is_the_summary_and_of_several_runs_an_array() {
    let value = |runs: &[ExportedRun]| -> serde_json::Value { serde_json::from_str(&text(Format::Json, runs)).expect("JSON") };
    let one = value(&[run("one")]);
    assert_eq!((&one["name"], &one["schema_version"], &one["status"]), (&"one".into(), &1.into(), &"completed".into()));
    assert_eq!(value(&[run("one"), run("two")])[1]["name"], "two");
}

/// Names come from people and from files.
#[test]
fn names_are_never_markup() {
    let name = "</script><script>alert(1)</script><img src=x onerror=alert(2)> & \"q\" | `x`";
    for runs in [vec![run(name)], vec![run(name), run("other")]] {
        for format in [Format::Html, Format::Svg, Format::Dashboard, Format::Markdown] {
            let text = text(format, &runs[..if format == Format::Dashboard { 1 } else { runs.len() }]);
            assert!(!text.contains("<script>alert") && !text.contains("<img src=x"), "{}", format.name());
        }
        // The script elements are the page's own: one for each chart, and one for all.
        let html = text(Format::Html, &runs);
        assert_eq!((html.matches("<script").count(), html.matches("</script").count()), (4, 4));
    }
}

#[test]
fn reports_have_what_a_reader_needs() {
    let both = [run("one"), run("two")];
    for format in [Format::Html, Format::Markdown] {
        for runs in [&both[..1], &both] {
            let text = text(format, runs);
            for needed in ["test accuracy", "learning rate", "momentum", "precision", "mnist-tui --headless", "5f2c5f2c", "one"] {
                assert!(text.contains(needed), "{}: {needed}", format.name());
            }
            let text = text.replace("http://www.w3.org/2000/svg", "");
            assert!(!text.contains("http://") && !text.contains("https://"), "{} points outside", format.name());
        }
    }
    insta::assert_snapshot!("report", text(Format::Markdown, &both[..1]));
}

/// The words of the picture are those of the overview, each with its place.
#[test]
fn a_picture_of_the_dashboard_shows_the_run() {
    let svg = text(Format::Dashboard, &[run("wide one")]);
    for part in [
        "<title>The dashboard of wide one</title>",
        ">Loss</text>",
        ">Confusion</text>",
        ">Hyperparameters</text>",
        ">wide</text>",
    ] {
        assert!(svg.contains(part), "{part}");
    }
    assert!(svg.contains("h0M") && svg.len() < 300_000, "{}", svg.len());
}

/// A million steps make a file that a mail can carry.
#[test]
fn curves_stay_small_however_long_they_are() {
    let mut state = run("long").state;
    while state.steps.loss.len() < 300_000 {
        let value = 1.0 / (1.0 + state.steps.loss.len() as f32);
        for series in [&mut state.steps.loss, &mut state.steps.loss_smooth, &mut state.steps.accuracy] {
            series.push(value);
        }
        state.steps.accuracy_smooth.push(value);
        state.steps.learning_rate.push(0.001);
    }
    let runs = [ExportedRun { state, ..ExportedRun::default() }];
    assert!(text(Format::Html, &runs).len() < 400_000);
    assert!(text(Format::Svg, &runs).len() < 200_000);
}

#[test]
fn runs_that_have_barely_started_are_exported_too() {
    let mut state = RunState::default();
    let nothing = ExportedRun::default();
    let records = Synthetic::default().records();
    for record in &records[..3] {
        state.apply(record);
    }
    let started = ExportedRun { state, ..ExportedRun::default() };
    for runs in [vec![nothing.clone()], vec![started.clone()], vec![nothing, started]] {
        for format in
            Format::ALL.into_iter().filter(|format| format.takes_several() || *format == Format::Dashboard && runs.len() == 1)
        {
            assert!(!render(format, &runs).expect("an export").is_empty());
        }
    }
}

#[test]
fn nothing_is_overwritten_unasked() {
    let folder = folder("overwriting");
    let runs = [run("one")];
    for format in Format::ALL.into_iter().filter(|format| !format.needs_network()) {
        let output = folder.join(format.name());
        let written = export(format, &runs, &output, false).expect("new");
        assert!(written.iter().all(|path| path.is_file()), "{written:?}");
        let first = &written[0];
        fs::write(first, "mine").expect("written");
        let error = export(format, &runs, &output, false).expect_err("there already").to_string();
        assert_eq!(error, format!("{} exists already; --force overwrites it", first.display()));
        assert_eq!(fs::read(first).expect("there"), b"mine");
        assert_eq!(export(format, &runs, &output, true).expect("overwritten"), written);
        assert_ne!(fs::read(first).expect("there"), b"mine");
    }
    fs::remove_dir_all(folder).expect("removed");
}

/// A way that leads to what is there through a folder that is not.
#[test]
fn a_roundabout_path_saves_nobody_the_question() {
    let folder = folder("roundabout");
    let runs = [run("one")];
    let written = export(Format::Tensorboard, &runs, &folder.join("old"), false).expect("new").remove(0);
    fs::write(&written, "mine").expect("written");
    let error = export(Format::Tensorboard, &runs, &folder.join("new/../old"), false).expect_err("there already");
    assert!(matches!(error, ExportError::Exists { .. }), "{error}");
    assert_eq!(fs::read(&written).expect("there"), b"mine");
    assert!(!folder.join("new").exists(), "what was made on the way is gone");
    fs::remove_dir_all(folder).expect("removed");
}

#[test]
fn what_cannot_be_exported_is_said() {
    let folder = folder("errors");
    fs::write(folder.join("file"), "").expect("written");
    fs::create_dir(folder.join("events")).expect("a folder");
    fs::write(folder.join("events/events.out.tfevents.1.other"), "").expect("written");
    let (one, two) = ([run("one")], [run("one"), run("two")]);
    let cases: [(Format, &[ExportedRun], &str, &str); 8] = [
        (Format::Json, &[], "a.json", "there is no run to export"),
        (Format::Onnx, &two, "a.onnx", "onnx holds one run, not 2; export them one by one"),
        (Format::Dashboard, &two, "a.svg", "dashboard holds one run, not 2; export them one by one"),
        (Format::Safetensors, &one, "a.safetensors", "the run one has no checkpoint, which safetensors is made from"),
        (Format::Csv, &one, "", "is a folder; name a file such as"),
        (Format::Csv, &one, "none/a.csv", "there is no folder"),
        (Format::Tensorboard, &one, "events", "has the event file events.out.tfevents.1.other already"),
        (Format::Tensorboard, &one, "file/below", "failed to write"),
    ];
    for (format, runs, output, expected) in cases {
        let error = export(format, runs, &folder.join(output), true).expect_err(expected).to_string();
        assert!(error.contains(expected), "{error}");
    }
    for (kind, expected) in [
        (ErrorKind::StorageFull, "failed to write a: the disk is full; make room, or write elsewhere"),
        (
            ErrorKind::PermissionDenied,
            "failed to write a: the folder is read-only to you; write elsewhere, or change its permissions",
        ),
        (ErrorKind::ReadOnlyFilesystem, "failed to write a: nothing can be written there; write elsewhere, or mount it writable"),
    ] {
        assert_eq!(ExportError::Write { path: "a".into(), source: kind.into() }.to_string(), expected);
    }
    fs::remove_dir_all(folder).expect("removed");
}

/// What the report says repeats the recipe: the program itself reads the arguments.
#[test]
fn the_command_line_makes_the_same_recipe() {
    let default = || Config::default().run_spec(10).expect("a recipe");
    let mut changed = default();
    changed.preset = "lenet5".into();
    changed.layers = mnist_tui::config::preset::layers("lenet5", 10).expect("a preset");
    changed.optimizer = Optimizer::RmsProp;
    changed.hyperparameters.learning_rate = 3e-5;
    changed.hyperparameters.momentum = 0.5;
    changed.hyperparameters.patience = 2;
    changed.augmentation.shear = 1.5;
    changed.schedule = Schedule::OneCycle { warmup: 0.25, initial_factor: 0.1, final_factor: 0.001, anneal: Anneal::Linear };
    changed.freeze = vec!["conv1".into(), "dense".into()];
    changed.data.train_limit = Some(1000);
    changed.min_delta = 0.01;
    changed.until_test_accuracy = Some(0.99);
    let custom = RunSpec { preset: "custom".into(), layers: every_kind(), ..default() };
    // A preset without any of the settings that it brings along.
    let mut bare = Config::default();
    bare.train.preset = "best".into();
    let bare = bare.run_spec(10).expect("a recipe");
    for spec in [default(), changed, custom, bare] {
        let arguments = recipe_arguments(&spec);
        assert_eq!(arguments[0], "--headless");
        let mut command = Command::new(env!("CARGO_BIN_EXE_mnist-tui"));
        command.env_clear().args(["config", "show", "--config", "/dev/null"]).args(&arguments[1..]);
        let output = command.output().expect("it runs");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        let mut config: Config = toml::from_str(&String::from_utf8(output.stdout).expect("text")).expect("a configuration");
        if spec.preset != "custom" {
            // It shows the preset's layers, to be edited.
            assert_eq!(std::mem::take(&mut config.model.layers), spec.layers);
        }
        assert_eq!(config.run_spec(10).expect("a recipe"), spec, "{arguments:?}");
    }
}

/// A network with a layer of every kind and every activation.
fn every_kind() -> Vec<LayerSpec> {
    let conv = |filters, kernel, stride, padding, activation| LayerSpec::Conv { filters, kernel, stride, padding, activation };
    vec![
        conv(8, 4, 1, Padding::Same, Activation::None),
        LayerSpec::BatchNorm { activation: Activation::Relu },
        conv(6, 3, 2, Padding::Same, Activation::Sigmoid),
        LayerSpec::Dropout { rate: 0.1 },
        LayerSpec::MaxPool { size: 3 },
        conv(12, 2, 1, Padding::Valid, Activation::Tanh),
        LayerSpec::MaxPool { size: 1 },
        LayerSpec::BatchNorm { activation: Activation::None },
        LayerSpec::AveragePool { size: 2 },
        LayerSpec::Dropout { rate: 0.1 },
        LayerSpec::Flatten,
        LayerSpec::Dense { units: 20, activation: Activation::Sigmoid },
        LayerSpec::Dropout { rate: 0.1 },
        LayerSpec::Dense { units: 16, activation: Activation::Tanh },
        LayerSpec::Dense { units: 10, activation: Activation::None },
    ]
}

/// Trains a recipe, and changes the learning rate on the way when told to.
async fn trained(name: &str, spec: RunSpec, change: Option<f64>, folder: &Path) -> ExportedRun {
    let dataset = Dataset::mnist();
    let save = folder.join(format!("{name}.checkpoint"));
    let mut network = Network::new(&spec.layers, dataset.train.shape(), 10, spec.seed).expect("a network");
    let options = JobOptions { name: name.into(), threads: 2, save: Some(save.clone()), ..JobOptions::default() };
    let job = Job::prepare(spec, dataset.clone(), options).expect("a job");
    let (mut link, port) = connect(Vec::new());
    let thread = spawn(job, port).expect("a thread");
    let (mut state, mut change) = (RunState::default(), change);
    while state.ended.is_none() {
        if let Update::Records(records) = link.updates().await {
            records.iter().for_each(|record| state.apply(record));
        }
        if let Some(value) = change.take_if(|_| state.step > 40) {
            let command = mnist_tui::protocol::Command::SetHyper { hyper: Hyper::LearningRate, value };
            link.send(Request { id: RequestId { client: 0, number: 1 }, command });
        }
    }
    thread.join().expect("it ends");
    network.load_safetensors(&fs::read(save).expect("saved")).expect("its own file");
    ExportedRun { state, network: Some(network), network_step: None, dataset: Some(dataset), without_images: None }
}

/// Writes what `tests/python` looks at: real runs in every format, below the folder that `EXPORTS_FOLDER` names.
#[tokio::test]
#[ignore = "trains for a while; its files are for tests/python/check_tensorboard.py and check_onnx.py"]
async fn real_runs_in_every_format() {
    let folder = PathBuf::from(std::env::var_os("EXPORTS_FOLDER").expect("EXPORTS_FOLDER names a folder"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    let mut spec = Config::default().run_spec(10).expect("a recipe");
    spec.hyperparameters.epochs = 2;
    spec.data.train_limit = Some(12_000);
    spec.data.validation = mnist_tui::protocol::Holdout::Count(2_000);
    let mut kinds = RunSpec { preset: "custom".into(), layers: every_kind(), ..spec.clone() };
    kinds.hyperparameters.learning_rate = 0.005;
    let runs =
        [trained("seed", spec.clone(), Some(0.0005), &folder).await, trained("every kind of layer", kinds, None, &folder).await];
    for (run, name) in runs.iter().zip(["seed", "kinds"]) {
        for format in Format::ALL {
            let name = if format == Format::Dashboard { format!("{name}-dashboard") } else { name.to_owned() };
            let output = folder.join(format!("{name}.{}", format.extension().unwrap_or("events")));
            export(format, std::slice::from_ref(run), &output, false).expect("an export");
        }
    }
    for format in Format::ALL.into_iter().filter(|format| format.takes_several()) {
        let output = folder.join(format!("both.{}", format.extension().unwrap_or("events")));
        export(format, &runs, &output, false).expect("an export");
    }
    // The test set in the form in which it is published, for other programs.
    let test = &runs[0].dataset.as_ref().expect("loaded").test;
    let count = (test.len() as u32).to_be_bytes();
    let mut images = [&[0, 0, 8, 3][..], &count, &28u32.to_be_bytes(), &28u32.to_be_bytes()].concat();
    (0..test.len()).for_each(|index| images.extend(test.image(index)));
    let labels: Vec<u8> = (0..test.len()).map(|index| test.label(index) as u8).collect();
    fs::write(folder.join("t10k-images-idx3-ubyte"), images).expect("written");
    fs::write(folder.join("t10k-labels-idx1-ubyte"), [&[0, 0, 8, 1][..], &count, &labels].concat()).expect("written");
}
