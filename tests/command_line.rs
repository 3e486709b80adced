//! The program as it is called: what it prints where, and its exit codes.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use mnist_tui::config::Config;

/// An empty home folder for the test of this name.
fn home(test: &str) -> PathBuf {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    if home.exists() {
        std::fs::remove_dir_all(&home).expect("an old home folder goes");
    }
    std::fs::create_dir_all(&home).expect("a home folder");
    home
}

fn call(home: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mnist-tui"));
    command.args(arguments).env_clear().env("HOME", home).env("XDG_CONFIG_HOME", home).current_dir(home);
    command.output().expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn wrong_settings_are_refused_with_code_2_and_nothing_on_the_screen() {
    let home = home("wrong_settings");
    std::fs::write(home.join("c.toml"), "[train]\nepochs = 0\n").expect("written");
    let cases = [
        (
            &["--set", "train.learning_rat=1"][..],
            "error: --set train.learning_rat=1: there is no key train.learning_rat; did you mean train.learning_rate?\n",
        ),
        (&["train", "--config", "c.toml"], "error: c.toml:2: train.epochs must be between 1 and 1000, not 0\n"),
        (
            &["--name", "a\x1b[31mb"],
            "error: --name a\\u{1b}[31mb: train.name must not contain control characters, as \"a\\u{1b}[31mb\" does\n",
        ),
        (&["train", "--lr", "-1"], "error: --lr -1: train.learning_rate must be between 0.0000001 and 10, not -1\n"),
    ];
    for (arguments, message) in cases {
        let output = call(&home, arguments);
        assert_eq!((text(&output.stderr).as_str(), text(&output.stdout).as_str()), (message, ""));
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
    let output = call(&home, &["--theme", "drak"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("--theme drak: ui.theme must be one of"), "{}", text(&output.stderr));
}

#[test]
fn wrong_usage_is_refused_with_code_2() {
    let home = home("wrong_usage");
    let cases = [
        (&["--json"][..], "--headless"),
        (&["--preset", "sead"], "did you mean \"seed\"?"),
        (&["--epoch", "3"], "a similar argument exists: '--epochs'"),
        (&["trian"], "a similar subcommand exists: 'train'"),
        (&["config"], "Usage: mnist-tui config <COMMAND>"),
    ];
    for (arguments, part) in cases {
        let output = call(&home, arguments);
        assert_eq!((output.status.code(), output.stdout.is_empty()), (Some(2), true), "{arguments:?}");
        assert!(text(&output.stderr).contains(part), "{arguments:?}: {}", text(&output.stderr));
    }
}

#[test]
fn the_settings_are_shown_with_their_origins_and_can_be_read_again() {
    let home = home("show");
    let shown = text(&call(&home, &["config", "show", "--lr", "0.01", "--name", "a \"b\" # c"]).stdout);
    assert!(shown.contains("learning_rate = 0.01             # --lr 0.01\n"), "{shown}");
    std::fs::write(home.join("c.toml"), &shown).expect("written");
    let again = call(&home, &["config", "show", "--config", "c.toml"]);
    assert_eq!(again.status.code(), Some(0), "{}", text(&again.stderr));
    let config = |text: &str| toml::from_str::<Config>(text).expect("a configuration");
    assert_eq!(config(&text(&again.stdout)), config(&shown));
    assert_eq!(config(&shown).train.name, "a \"b\" # c");
}

#[test]
fn a_configuration_is_written_once_and_then_found() {
    let home = home("init");
    let first = call(&home, &["config", "init"]);
    assert_eq!(first.status.code(), Some(0), "{}", text(&first.stderr));
    let path = PathBuf::from(text(&first.stdout).trim().strip_prefix("wrote ").expect("names the file"));
    assert!(path.starts_with(&home) && path.ends_with("config.toml"), "{}", path.display());

    std::fs::write(&path, "[train]\nepochs = 7\n").expect("written");
    let second = call(&home, &["config", "init"]);
    assert_eq!(second.status.code(), Some(1));
    assert!(text(&second.stderr).ends_with("config.toml exists already; --force overwrites it\n"));
    assert!(text(&call(&home, &["config", "show"]).stdout).contains("epochs = 7 "), "the user's own file is read");

    assert_eq!(call(&home, &["config", "init", "--force"]).status.code(), Some(0));
    assert!(text(&call(&home, &["config", "show"]).stdout).contains("epochs = 5 "));
    assert_eq!(call(&home, &["config", "init", "--output", "a/b.toml"]).status.code(), Some(0));
    assert!(home.join("a/b.toml").is_file());
}

#[test]
fn a_limit_alone_is_enough_to_train_on_few_images() {
    let home = home("limit");
    let shown = text(&call(&home, &["config", "show", "--train-limit", "2000"]).stdout);
    assert!(shown.contains("validation = 166 "), "{shown}");
    let strict = call(&home, &["--train-limit", "2000", "--validation", "5000"]);
    assert_eq!(strict.status.code(), Some(2));
    assert!(text(&strict.stderr).contains("data.validation = 5000: of 2000 training images"), "{}", text(&strict.stderr));
}

#[test]
fn lists_and_scripts_are_printed() {
    let home = home("lists");
    let cases = [
        (&["data", "list"][..], "the 70,000 handwritten digits within the program"),
        (&["data", "verify"], "train-images-idx3-ubyte: ok"),
        (&["config", "themes"], "dark"),
        (&["config", "keys"], "|---"),
        (&["completions", "bash"], "--until-test-accuracy"),
        (&["--version"], env!("CARGO_PKG_VERSION")),
        (&["--help"], "--until-test-accuracy"),
    ];
    for (arguments, part) in cases {
        let output = call(&home, arguments);
        assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""), "{arguments:?}");
        assert!(text(&output.stdout).contains(part), "{arguments:?}: {}", text(&output.stdout));
    }
}

#[test]
fn training_starts_from_saved_parameters_and_leaves_frozen_layers_alone() {
    let home = home("save");
    let train = |arguments: &[&str]| {
        let always = ["--headless", "--json", "--epochs", "1", "--train-limit", "400", "--validation", "100", "--threads", "1"];
        call(&home, &[&always, arguments].concat())
    };
    let digest = |output: &Output| {
        let summary: serde_json::Value = serde_json::from_slice(&output.stdout).expect("a summary");
        summary["weights_sha256"].as_str().expect("a digest").to_owned()
    };
    let saved = train(&["--save", "a.safetensors"]);
    assert_eq!(saved.status.code(), Some(0), "{}", text(&saved.stderr));
    let frozen = train(&["--init-from", "a.safetensors", "--freeze", "conv, dense1,dense2"]);
    assert_eq!(digest(&saved), digest(&frozen));
    assert_ne!(digest(&saved), digest(&train(&["--init-from", "a.safetensors", "--freeze", "conv"])));

    let refusals = [
        (
            &["--init-from", "a.safetensors", "--preset", "lenet5"][..],
            "its tensor conv1.weight has the shape [32, 1, 3, 3], but the network needs [6, 1, 5, 5]",
        ),
        (&["--init-from", "b.safetensors"], "cannot start from b.safetensors: there is no such file"),
        (&["--freeze", "convolution"], "model.freeze: there is no layer convolution to freeze; those with parameters are conv1,"),
        (&["--save", "no/a.safetensors"], "model.save = no/a.safetensors: there is no folder no"),
        (
            &["--set", "model.layers=[{kind=\"flatten\"}]"],
            "the network cannot be built: the last layer must be dense with 10 units",
        ),
    ];
    for (arguments, part) in refusals {
        let output = train(arguments);
        assert_eq!((output.status.code(), output.stdout.is_empty()), (Some(2), true), "{arguments:?}");
        assert!(text(&output.stderr).contains(part), "{arguments:?}: {}", text(&output.stderr));
    }
}
