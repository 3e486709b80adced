//! The subcommands of `data`, and training on what was fetched, with the program as it is called.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use mnist_tui::data::known::{FILES, Known};

use crate::server::{Reply, Server, answer, folder, names};
use crate::sets::idx;

/// Calls the program with a home folder of its own, and these variables besides.
fn call(home: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mnist-tui"));
    command.args(arguments).env_clear().env("HOME", home).env("XDG_CONFIG_HOME", home).envs(variables.iter().copied());
    command.current_dir(home).output().expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Calls it where nobody answers, and gives what it says on standard error.
fn offline(home: &Path, arguments: &[&str]) -> String {
    let gone = Server::of(Vec::new()).url("");
    let output = call(home, &[("MNIST_TUI_DATA_MIRROR", &gone)], arguments);
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), String::new()), "{}", text(&output.stderr));
    text(&output.stderr)
}

/// The folder that a person is told to put files into.
fn by_hand(message: &str) -> PathBuf {
    let folder = message.split_once("By hand: put what follows into ").and_then(|(_, rest)| rest.split_once(", and call"));
    folder.unwrap_or_else(|| panic!("{message}")).0.into()
}

#[test]
fn offline_it_says_what_to_do_by_hand() {
    let home = folder("offline");
    let message = offline(&home, &["data", "fetch", "fashion-mnist"]);
    let known = Known::named("fashion-mnist").expect("known");
    assert!(
        message.contains("error: fashion-mnist could not be fetched: train-images-idx3-ubyte.gz: Connection refused"),
        "{message}"
    );
    for file in known.downloads() {
        assert!(message.contains(file.name) && message.contains(file.sha256), "{message}");
    }
    assert!(message.contains("train-images-idx3-ubyte.gz: 26,421,880 bytes, SHA-256 3aed"), "{message}");
    assert!(by_hand(&message).starts_with(&home) && by_hand(&message).ends_with("fashion-mnist"), "{message}");
    let message = offline(&home, &["data", "fetch", "emnist-letters"]);
    assert!(message.contains("gzip.zip: 561,753,746 bytes, SHA-256 fb9b") && by_hand(&message).ends_with("emnist"), "{message}");
}

#[test]
fn other_bytes_are_not_kept() {
    let home = folder("wrong_digest");
    let known = Known::named("kmnist").expect("known");
    let server = Server::new(|request, _| {
        let file = known.downloads().iter().find(|file| request.target == format!("/kmnist/{}", file.name));
        Reply::Bytes(answer("200 OK", &[], &vec![7; file.expect("a file of the set").bytes as usize]))
    });
    let output = call(&home, &[("MNIST_TUI_DATA_MIRROR", &server.url(""))], &["data", "fetch", "kmnist"]);
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(message.contains(&format!("not {}; what came was removed", known.downloads()[0].sha256)), "{message}");
    assert_eq!(names(&by_hand(&message)), ["lock"]);
    assert_eq!(server.requests().len(), 1, "the others are of no use without it");
}

#[test]
fn what_was_not_fetched_is_not_trained_on() {
    let home = folder("not_fetched");
    fs::create_dir(home.join("kmnist")).expect("a folder");
    for arguments in [&["--data", "kmnist", "--headless"][..], &["data", "show", "kmnist"], &["data", "verify", "kmnist"]] {
        let output = call(&home, &[], arguments);
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{message}");
        assert!(message.contains("`mnist-tui data fetch kmnist` fetches it"), "{message}");
    }
    let message = text(&call(&home, &[], &["--data", "kmnist", "--headless"]).stderr);
    assert!(message.contains("the folder here is ./kmnist"), "{message}");
    assert!(text(&call(&home, &[], &["data", "list"]).stdout).contains("not fetched"));
}

#[test]
fn files_that_a_person_has_put_there_are_trained_on() {
    let home = folder("put_there");
    let set = by_hand(&offline(&home, &["data", "fetch", "kmnist"]));
    // Ten classes, each with a stripe of its own.
    let images = |count: u32| {
        let image = |at: u32| (0..100).map(move |pixel| if pixel / 10 == at % 10 { 255 - at as u8 } else { 0 });
        idx(&[count, 10, 10], &(0..count).flat_map(image).collect::<Vec<u8>>())
    };
    let labels = |count: u32| idx(&[count], &(0..count).map(|at| (at % 10) as u8).collect::<Vec<_>>());
    for (name, content) in FILES.iter().zip([images(100), labels(100), images(20), labels(20)]) {
        fs::write(set.join(name), content).expect("written");
    }
    let listed = text(&call(&home, &[], &["data", "list"]).stdout);
    let line = listed.lines().find(|line| line.starts_with("kmnist")).expect("a line");
    assert!(line.ends_with("  fetched") && line.contains("21 MB"), "{listed}");

    let shown = text(&call(&home, &[("LANG", "C.UTF-8")], &["data", "show", "kmnist"]).stdout);
    assert!(shown.contains("100 training and 20 test images of 10 × 10 pixels, 1 channel, 10 classes"), "{shown}");
    assert!(shown.lines().any(|line| line.split_whitespace().eq(["o", "ki", "su", "tsu"])), "{shown}");
    assert!(shown.lines().filter(|line| line.contains('▒')).count() >= 3, "{shown}");

    let train =
        ["--data", "kmnist", "--headless", "--json", "--preset", "mlp", "--epochs", "20", "--batch-size", "10", "--threads", "1"];
    let trained = call(&home, &[], &train);
    let summary: serde_json::Value =
        serde_json::from_slice(&trained.stdout).unwrap_or_else(|_| panic!("{}", text(&trained.stderr)));
    assert!(summary["test_accuracy"].as_f64().is_some_and(|accuracy| accuracy > 0.9), "{summary}");
    assert!(text(&trained.stderr).lines().all(|line| !line.starts_with("data:")), "{}", text(&trained.stderr));

    // They are not what was published, and that is said by whoever checks.
    let verified = call(&home, &[], &["data", "verify"]);
    let message = text(&verified.stderr);
    assert_eq!(verified.status.code(), Some(1), "{message}");
    assert!(text(&verified.stdout).contains("t10k-labels-idx1-ubyte: ok"), "what is within the program is right");
    assert!(message.contains("train-images-idx3-ubyte.gz is damaged") && message.contains("data fetch kmnist"), "{message}");
}

#[test]
fn mnist_needs_nothing_but_can_be_had() {
    let home = folder("mnist");
    let server = Server::new(|_, _| Reply::Bytes(answer("404 Not Found", &[], b"")));
    let mirror = [("MNIST_TUI_DATA_MIRROR", &*server.url("all"))];
    let output = call(&home, &mirror, &["data", "fetch", "mnist"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).starts_with("mnist is within the program;"));
    assert!(server.requests().is_empty());
    let output = call(&home, &mirror, &["data", "fetch", "mnist", "--output", "published"]);
    assert_eq!(server.requests()[0].target, "/all/mnist/train-images-idx3-ubyte.gz");
    assert!(text(&output.stderr).contains("By hand: put what follows into published, and"), "{}", text(&output.stderr));
}

#[test]
fn wrong_usage_is_refused_with_code_2() {
    let home = folder("wrong_usage");
    for (mirror, arguments, part) in [
        ("", &["data", "fetch"][..], "<NAME>..."),
        ("", &["data", "fetch", "fashion"], "fashion-mnist"),
        ("", &["data", "verify", "people"], "emnist-balanced"),
        ("", &["data", "fetch", "kmnist", "fashion-mnist", "--output", "a"], "--output takes one set"),
        (
            "example.org",
            &["data", "fetch", "kmnist"],
            "data.mirror = \"example.org\": write an address that begins with http:// or https://",
        ),
    ] {
        let output = call(&home, &[("MNIST_TUI_DATA_MIRROR", mirror)], arguments);
        assert_eq!((output.status.code(), output.stdout.is_empty()), (Some(2), true), "{arguments:?}");
        assert!(text(&output.stderr).contains(part), "{arguments:?}: {}", text(&output.stderr));
    }
}

#[test]
fn the_proxies_of_the_environment_are_used() {
    let home = folder("proxies");
    let refuses = || Server::new(|_, _| Reply::Bytes(answer("403 Forbidden", &[], b"")));
    for variable in ["ALL_PROXY", "HTTPS_PROXY", "http_proxy"] {
        let proxy = refuses();
        let variables = [(variable, &*proxy.url("")), ("MNIST_TUI_DATA_MIRROR", "http://data.invalid/")];
        let output = call(&home, &variables, &["data", "fetch", "kmnist"]);
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(proxy.requests()[0].target, "data.invalid:80", "{}", text(&output.stderr));
    }
    let (proxy, mirror) = (refuses(), refuses());
    let variables = [("ALL_PROXY", &*proxy.url("")), ("NO_PROXY", "127.0.0.1"), ("MNIST_TUI_DATA_MIRROR", &mirror.url(""))];
    call(&home, &variables, &["data", "fetch", "kmnist"]);
    assert_eq!((proxy.requests().len(), mirror.requests().len()), (0, 1));
}
