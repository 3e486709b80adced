//! The page of runs: recorded runs looked through, changed, exported, and gone on with.

use mnist_tui::run::store::Listed;

use crate::support::{ENDLESS, Home, SHORT, Session};
use crate::training::Training;

/// Arguments for a small run.
const SMALL: &[&str] = &["--threads", "1", "--train-limit", "400", "--validation", "100"];

fn digest(run: &Listed) -> Option<String> {
    run.summary.as_ref().and_then(|summary| summary.weights_sha256.clone())
}

fn browse(home: &Home, columns: u16, rows: u16) -> Session {
    Session::start_in(home, columns, rows, &["runs", "browse"])
}

#[test]
fn runs_are_compared_exported_renamed_and_removed() {
    let home = Home::new();
    for (name, rate) in [("slow", "1e-4"), ("quick", "1e-3")] {
        Training::start(&home, &[SMALL, &["--name", name, "--lr", rate, "--epochs", "1"]].concat()).end();
    }
    let mut session = browse(&home, 120, 40);
    session.wait_for_text(&["slow", "quick", "completed", "2 ─ by accuracy"]);
    session.press("Mc");
    session.wait_for_text(&["2 runs side by side", "a quick", "b slow", "learning rate", "the best"]);

    // Both at once, and never over what is there without a yes.
    session.press("e");
    session.wait_for_text(&["Export as", "json", "tensorboard"]);
    session.press("\r");
    session.wait_for_text(&["to this file", "runs.json"]);
    session.press("\r");
    let wrote = session.wait_for_text(&["wrote", "runs.json"]);
    let exported: Vec<serde_json::Value> = serde_json::from_str(&session.file("runs.json")).expect("JSON");
    assert_eq!(exported.iter().map(|run| &run["name"]).collect::<Vec<_>>(), ["quick", "slow"], "{wrote}");
    std::fs::write(session.home().path().join("runs.json"), "mine").expect("written");
    session.press("e\r\r");
    session.wait_for_text(&["Overwrite?"]);
    session.press("n");
    session.wait_for("that the question goes", |screen| !screen.contents().contains("Overwrite?"));
    assert_eq!(session.file("runs.json"), "mine");

    session.press("\x1b");
    session.wait_for_text(&["by accuracy", "2 marked"]);
    session.press("Mr");
    session.wait_for_text(&["Rename"]);
    session.press("fast\r");
    session.wait_for_text(&["now called fast"]);
    session.press("nfor the talk\r");
    session.wait_for_text(&["note written", "for the talk"]);
    session.press("/slow\r");
    session.wait_for_text(&["1 of 2", "/slow"]);
    session.press("x");
    session.wait_for_text(&["Remove this run?", "slow: to the folder .trash"]);
    session.press("n");
    session.wait_for("that the question goes", |screen| !screen.contents().contains("Remove"));
    session.press("x");
    session.wait_for_text(&["Remove this run?"]);
    session.press("y");
    session.wait_for_text(&["1 run moved to", "no run matches"]);
    session.press("q");
    session.expect_left(0, "`mnist-tui runs browse` comes back");

    let [left] = &home.runs()[..] else { panic!("one run is left") };
    assert_eq!((left.about.name(), left.about.note.as_str()), ("fast", "for the talk"));
    let trash = std::fs::read_dir(home.path().join("mnist-tui/runs/.trash")).expect("the trash").count();
    assert_eq!(trash, 1);
}

#[test]
fn an_interrupted_run_goes_on_from_the_page_to_the_same_weights() {
    let (home, undisturbed) = (Home::new(), Home::new());
    let arguments = [SMALL, &["--name", "test", "--epochs", "60", "--set", "train.augmentation=0.5"]].concat();
    Training::start(&undisturbed, &arguments).end();
    let mut training = Training::start(&home, &arguments);
    // Killed when the second epoch's end has been kept.
    let checkpoints = || {
        let folders = std::fs::read_dir(home.path().join("mnist-tui/runs")).into_iter().flatten().flatten();
        let files = folders.flat_map(|run| std::fs::read_dir(run.path().join("checkpoints")).into_iter().flatten().flatten());
        files.filter(|file| file.path().extension().is_some_and(|extension| extension == "safetensors")).count()
    };
    while checkpoints() < 3 {
        assert!(training.is_running(), "it ended too soon");
        std::thread::yield_now();
    }
    drop(training);
    assert_eq!(home.runs()[0].status(), "interrupted");

    let mut session = browse(&home, 80, 24);
    session.wait_for_text(&["test", "interrupted"]);
    session.press("R");
    session.wait_for_text(&["completed"]);
    session.press("q");
    session.expect_end(0);
    let (ended, expected) = (home.runs(), undisturbed.runs());
    assert_eq!((ended.len(), ended[0].status()), (1, "completed"));
    assert!(digest(&expected[0]).is_some());
    assert_eq!(digest(&ended[0]), digest(&expected[0]));
}

#[test]
fn a_branch_waits_for_its_hyperparameters_and_names_its_parent() {
    let home = Home::new();
    Training::start(&home, SHORT).end();
    let parent = home.runs().remove(0);
    let mut session = browse(&home, 120, 40);
    session.wait_for_text(&["test", "completed"]);
    session.press("b");
    session.wait_for_text(&["Branch", "step 10"]);
    // The checkpoint at the start: the newest is selected.
    session.press("kkkk\r");
    session.wait_for_text(&["paused", "step 0", "parent"]);
    session.press(" ");
    session.wait_for_text(&["completed"]);
    // By start branches stand below what they branched off.
    session.press("7ss");
    session.wait_for_text(&["└ test", "branched off"]);
    session.press("q");
    session.expect_end(0);
    let branch = home.runs().remove(1);
    assert_eq!(branch.about.started.parent.as_ref().map(|parent| parent.run_id.clone()), Some(parent.id()));
    // Nothing was changed, so it came to the same end.
    assert!(digest(&parent).is_some());
    assert_eq!(digest(&branch), digest(&parent));
}

#[test]
fn runs_are_played_from_the_page_one_after_another() {
    let home = Home::new();
    for name in ["first", "second"] {
        Training::start(&home, &[SMALL, &["--name", name, "--epochs", "1"]].concat()).end();
    }
    let mut session = browse(&home, 120, 40);
    session.wait_for_text(&["first", "second", "completed"]);
    session.press("v");
    session.wait_for_text(&["second", "replay", "step 10/10"]);
    session.press("7");
    session.wait_for_text(&["first", "second", "by accuracy"]);
    session.press("k\r");
    session.wait_for_text(&["images to train on", "first"]);
    session.press("v");
    session.wait_for_text(&["first", "replay", "step 10/10"]);
    session.press("q");
    // Which of them it names depends on how much of the second has been read by now.
    session.expect_end(0);
}

#[test]
fn an_export_that_fails_is_said_and_the_training_goes_on() {
    let mut session = Session::start(120, 40, ENDLESS);
    session.wait_for_text(&["● training", "epoch 1"]);
    session.press("7");
    session.wait_for_text(&["running here"]);
    std::fs::write(session.home().path().join("file"), "mine").expect("written");
    session.press("e\r");
    session.wait_for_text(&["to this file", "test.json"]);
    session.press("\x1b[H");
    session.press("file/");
    session.press("\r");
    session.wait_for_text(&["✗", "file/test.json", "there is no folder"]);
    let before = session.home().run().and_then(|run| run.folder.state().ok()).map_or(0, |state| state.step);
    session.wait_until("that more steps are recorded", || {
        session.home().run().and_then(|run| run.folder.state().ok()).is_some_and(|state| state.step > before)
    });
    session.press("1");
    session.wait_for_text(&["● training", "Hyperparameters"]);
    assert_eq!(session.file("file"), "mine");
    session.press("qx");
    session.expect_end(0);
}
