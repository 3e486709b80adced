//! Training on a folder of pictures with the program as it is called, and what follows from the images being others.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A home folder with pictures of two classes in it: stripes that stand, and stripes that lie.
fn home(test: &str) -> PathBuf {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    if home.exists() {
        fs::remove_dir_all(&home).expect("an old home folder goes");
    }
    for i in 0..20u8 {
        let stripes = |stands: bool| {
            let pixel = |at: usize| {
                let (row, column) = (at / 8, at % 8);
                if (if stands { column } else { row } + usize::from(i)).is_multiple_of(3) { 255 - i } else { i }
            };
            [&b"P5 8 8 255\n"[..], &(0..64).map(pixel).collect::<Vec<u8>>()].concat()
        };
        for (class, stands) in [("standing", true), ("lying", false)] {
            let folder = home.join("stripes").join(class);
            fs::create_dir_all(&folder).expect("a folder");
            fs::write(folder.join(format!("{i}.pgm")), stripes(stands)).expect("written");
        }
    }
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

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", text(&output.stderr)))
}

#[test]
fn a_folder_of_pictures_is_trained_on_judged_and_noticed_when_it_changes() {
    let home = home("stripes");
    let train = ["--headless", "--json", "--data", "stripes", "--preset", "fast", "--batch-size", "4", "--threads", "1"];
    let standard = ["--epochs", "8", "--set", "data.normalize=standard", "--name", "stripes", "--save", "stripes.safetensors"];
    let trained = call(&home, &[&train[..], &standard].concat());
    let told = text(&trained.stderr);
    assert!(told.contains("data: 40 pictures in 2 classes: "), "{told}");
    let summary = json(&trained);
    let (accuracy, images) = (summary["test_accuracy"].as_f64().expect("a figure"), summary["test_images"].as_u64());
    assert!(accuracy > 0.8 && images.is_some_and(|images| images >= 2), "{summary}");
    // The newest checkpoint and the saved file are the network that was judged, with its scale.
    for model in ["stripes", "stripes.safetensors"] {
        let report = json(&call(&home, &["evaluate", model, "--json"]));
        assert_eq!((report["figures"][0]["value"].as_f64(), report["images"].as_u64()), (Some(accuracy), images), "{model}");
    }
    let both = json(&call(&home, &["evaluate", "stripes", "stripes.safetensors", "--json"]));
    assert_eq!((both["comparison"]["p_value"].as_f64(), both["comparison"]["only_first"].as_array()), (Some(1.0), Some(&vec![])));
    let again = json(&call(&home, &["runs", "reproduce", "stripes", "--json"]));
    assert_eq!(again["same"], true, "{again}");
    // For other classes the last layer starts anew, which is said.
    fs::rename(home.join("stripes"), home.join("bars")).expect("renamed");
    fs::rename(home.join("bars/lying"), home.join("bars/flat")).expect("renamed");
    let start = ["--headless", "--data", "bars", "--preset", "fast", "--batch-size", "4", "--epochs", "1", "--threads", "1"];
    let tuned = call(&home, &[&start[..], &["--init-from", "stripes.safetensors", "--set", "train.head_rate=3"]].concat());
    let told = text(&tuned.stderr);
    assert!(told.contains("dense2 starts anew: the parameters in the file are for other classes or images"), "{told}");
    fs::rename(home.join("bars/flat"), home.join("bars/lying")).expect("renamed");
    fs::rename(home.join("bars"), home.join("stripes")).expect("renamed");
    // One picture more: whoever needs the old images says what has changed.
    fs::copy(home.join("stripes/lying/1.pgm"), home.join("stripes/lying/new.pgm")).expect("copied");
    for arguments in [
        &["--resume", "stripes", "--epochs", "9", "--headless"][..],
        &["--branch-from", "stripes", "--epochs", "9", "--headless"],
        &["runs", "reproduce", "stripes"],
        &["evaluate", "stripes"],
    ] {
        let output = call(&home, arguments);
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {told}");
        assert!(told.contains("images instead of ") && told.contains("(SHA-256 "), "{arguments:?}: {told}");
    }
    let exported = call(&home, &["export", "stripes", "--format", "html", "--output", "report.html"]);
    let told = text(&exported.stderr);
    assert!(exported.status.success() && told.contains("; no image is shown"), "{told}");
    let shown = text(&call(&home, &["data", "show", "stripes"]).stdout);
    assert!(shown.contains("41 pictures in 2 classes") && shown.contains("lying"), "{shown}");
}
