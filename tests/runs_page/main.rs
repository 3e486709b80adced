//! The page of runs: what keys ask for, and what it looks like.

mod apart;
#[path = "../synthetic/mod.rs"]
mod synthetic;

use insta::assert_snapshot;
use mnist_tui::app::{
    App, AppOptions, Effect, Key, KeyCode, Leave, LoadedRun, Message, NextRun, PageId, Removed, RunsAnswer, RunsRequest, RunsView,
};
use mnist_tui::export::Format;
use mnist_tui::protocol::{Event, Outcome, Parent};
use mnist_tui::run::RunState;
use mnist_tui::run::store::{About, CheckpointFile, Listed, RunFolder, SortKey};
use mnist_tui::text::Language;
use mnist_tui::ui::{Charset, ColorDepth, Look, Marker, Theme, draw};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use synthetic::Synthetic;

/// A run that was recorded: its name and parent, how far it came, and how it ended.
fn recorded(name: &str, parent: Option<&str>, steps: u64, outcome: Option<Outcome>) -> LoadedRun {
    let mut state = RunState::default();
    let changes = if parent.is_some() { Synthetic::default().changes } else { &[] };
    for record in (Synthetic { steps, outcome, changes, ..Synthetic::default() }).records() {
        let mut record = (*record).clone();
        if let Event::RunStarted(started) = &mut record.event {
            started.run_id = format!("id-{name}");
            started.name = name.into();
            started.started_at_ms = 1_767_268_800_000;
            started.parent = parent.map(|parent| Parent { run_id: format!("id-{parent}"), step: 860 });
        }
        state.apply(&record);
    }
    let started = state.started.as_deref().expect("it has started").clone();
    let folder = RunFolder::new(format!("/home/me/runs/id-{name}"));
    let listed = Listed { folder, about: About::new(started), summary: Some(state.summary()), trained_by: None, damage: None };
    let checkpoint = |step: u64, best: bool| CheckpointFile {
        step,
        epochs: step as f64 / 860.0,
        validation_accuracy: best.then_some(0.9876),
        bytes: 1_224_567,
        path: format!("{step}").into(),
        best,
    };
    LoadedRun { listed, state, checkpoints: vec![checkpoint(860, true), checkpoint(1_720, false)] }
}

fn runs() -> Vec<LoadedRun> {
    let mut runs = vec![
        recorded("wide", None, 1_764, Some(Outcome::Completed)),
        recorded("narrow", None, 1_200, None),
        recorded("wide-from-860", Some("wide"), 2_600, Some(Outcome::Stopped)),
        recorded("failing", None, 500, Some(Outcome::Failed { message: "out of memory".into() })),
        recorded("again", Some("wide-from-860"), 1_000, None),
    ];
    runs[0].listed.about.pinned = true;
    runs[0].listed.about.note = "the one for the talk".into();
    runs[4].listed.trained_by = Some("process 7 on there".into());
    runs
}

/// The dashboard on a run, ended or not, with the page of runs open, sorted by start, the last of them selected.
fn app(outcome: Option<Outcome>) -> App {
    let theme_names = Theme::builtin().iter().map(|theme| theme.name().to_owned()).collect();
    let mut app = App::new(AppOptions { theme_names, log_scale: true, ..AppOptions::default() });
    app.update(Message::Records(Synthetic { outcome, changes: &[], ..Synthetic::default() }.records()));
    assert_eq!(press(&mut app, "7"), [Effect::Runs(RunsRequest::Watch(true))]);
    answer(&mut app, RunsAnswer::Listed(runs().into_iter().map(|run| run.listed).collect()));
    let selected = app.pages().runs.selected_run().map(|run| run.about.name().to_owned());
    assert_eq!(
        (app.pages().runs.sort(), selected.as_deref()),
        (SortKey::Accuracy, Some("again")),
        "the best first, the newest selected"
    );
    press(&mut app, "ss Down Down");
    app
}

fn problem(app: &App) -> Option<String> {
    app.shared().notice.as_ref().filter(|notice| notice.is_problem).map(|notice| notice.text.say(Language::English).into_owned())
}

fn answer(app: &mut App, answer: RunsAnswer) {
    assert_eq!(app.update(Message::Runs(answer)), []);
}

/// Keys as words: names, or every character of the word.
fn press(app: &mut App, keys: &str) -> Vec<Effect> {
    let mut effects = Vec::new();
    for word in keys.split(' ') {
        let keys = match word {
            "Space" => vec![Key::char(' ')],
            "Enter" => vec![Key::plain(KeyCode::Enter)],
            "Esc" => vec![Key::plain(KeyCode::Esc)],
            "Up" => vec![Key::plain(KeyCode::Up)],
            "Down" => vec![Key::plain(KeyCode::Down)],
            "Right" => vec![Key::plain(KeyCode::Right)],
            "Back" => vec![Key::plain(KeyCode::Backspace); 4],
            "Del" => vec![Key::plain(KeyCode::Delete)],
            _ => word.chars().map(Key::char).collect(),
        };
        keys.into_iter().for_each(|key| effects.extend(app.update(Message::Key(key))));
    }
    effects
}

fn ids(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| format!("id-{name}")).collect()
}

#[test]
fn keys_ask_for_what_they_say() {
    let request = |request| vec![Effect::Runs(request)];
    let export = |names: &[&str], format, output: &str| {
        request(RunsRequest::Export { runs: ids(names), format, output: output.into(), overwrite: false })
    };
    let next = |name: &str| vec![Effect::Leave(Leave::Next(NextRun::Resumed(format!("id-{name}"))))];
    // Listed as a tree: wide, wide-from-860, again, narrow, failing; the last is selected.
    let cases = [
        ("Enter", request(RunsRequest::Load(ids(&["failing"])))),
        ("Up Enter", request(RunsRequest::Load(ids(&["narrow"])))),
        ("c", vec![]),
        ("Up Space Up Up Space c", request(RunsRequest::Load(ids(&["wide-from-860", "narrow"])))),
        ("M c", request(RunsRequest::Load(ids(&["wide", "wide-from-860", "again", "narrow", "failing"])))),
        ("M M c", vec![]),
        ("r new Enter", request(RunsRequest::Rename("id-failing".into(), "new".into()))),
        ("r new Esc", vec![]),
        ("n why Space not Enter", request(RunsRequest::Note("id-failing".into(), "why not".into()))),
        ("p", request(RunsRequest::Pin(ids(&["failing"]), true))),
        ("Up Up Up Up p", request(RunsRequest::Pin(ids(&["wide"]), false))),
        ("x", vec![]),
        ("x Esc", vec![]),
        ("x Enter", request(RunsRequest::Remove(ids(&["failing"])))),
        ("Del y", request(RunsRequest::Remove(ids(&["failing"])))),
        // A run that is trained stays.
        ("Up Up Del Esc", vec![]),
        ("M x Esc", vec![]),
        ("e Enter Enter", export(&["failing"], Format::Json, "failing.json")),
        ("e Down Down Down Enter Enter", export(&["failing"], Format::Html, "failing.html")),
        ("m Up m e Down Enter 2 Enter", export(&["narrow", "failing"], Format::Csv, "runs.csv2")),
        ("e Esc", vec![]),
        ("/ wide Enter Enter", request(RunsRequest::Load(ids(&["wide-from-860"])))),
        ("/ seed=1 Enter Up Enter", request(RunsRequest::Load(ids(&["narrow"])))),
        ("/ nothing Enter Enter x e r", vec![]),
        // By accuracy the best stands first, and the selection stays on its run.
        ("s Enter", request(RunsRequest::Load(ids(&["failing"])))),
        ("ssss Up Up Up Up Enter", request(RunsRequest::Load(ids(&["wide-from-860"])))),
        ("b", request(RunsRequest::Checkpoints("id-failing".into()))),
        // What is over does not go on, nor what is trained elsewhere.
        ("R", vec![]),
        ("Up Up R", vec![]),
        ("Up R", next("narrow")),
        ("Up Up Up R", next("wide-from-860")),
        ("Up v", vec![Effect::Leave(Leave::Next(NextRun::Played("id-narrow".into())))]),
        ("1", request(RunsRequest::Watch(false))),
        ("7", vec![]),
        ("q", vec![Effect::Leave(Leave::Ended)]),
    ];
    for (keys, expected) in cases {
        assert_eq!(press(&mut app(Some(Outcome::Completed)), keys), expected, "{keys}");
    }
}

#[test]
fn a_filter_acts_while_it_is_typed_and_escape_takes_it_back() {
    let mut app = app(None);
    let shown = |app: &App| app.pages().runs.rows().len();
    for (keys, expected) in [
        ("/", 5),
        ("wide", 2),
        ("-", 1),
        ("Esc", 5),
        ("/ wide Enter", 2),
        ("/ narrow", 1),
        ("Esc", 2),
        ("/ Back", 5),
        ("Enter", 5),
    ] {
        assert_eq!(press(&mut app, keys), []);
        assert_eq!(shown(&app), expected, "{keys}");
    }
    press(&mut app, "/");
    app.update(Message::Paste("seed=1 ".into()));
    assert_eq!((shown(&app), app.pages().runs.filter()), (5, "seed=1"));
    // What was selected is so again, though it was hidden for a while.
    press(&mut app, "Enter Up");
    let selected = |app: &App| app.pages().runs.selected_run().map(|run| run.about.name().to_owned());
    let before = selected(&app);
    press(&mut app, "/ failing");
    assert_ne!(selected(&app), before);
    press(&mut app, "Esc");
    assert_eq!(selected(&app), before);
}

#[test]
fn another_run_waits_until_this_one_has_ended() {
    let mut app = app(None);
    assert_eq!(press(&mut app, "Up R"), []);
    assert_eq!(problem(&app).as_deref(), Some("a run trains here: stop it first (1, then x)"));
    assert_eq!((press(&mut app, "b"), press(&mut app, "v")), (vec![], vec![]));
    // Steering keys mean nothing here, and what lies over the page leaves it there.
    press(&mut app, "? Esc q Esc");
    assert_eq!((app.pages().open(), app.shared().overlays.len()), (PageId::Runs, 0));
    assert_eq!(press(&mut app, "1"), [Effect::Runs(RunsRequest::Watch(false))]);
    assert_eq!((app.pages().open(), app.shared().overlays.len()), (PageId::Overview, 0));
}

#[test]
fn a_branch_starts_at_the_chosen_checkpoint() {
    let mut app = app(Some(Outcome::Completed));
    let run = runs().remove(0);
    answer(&mut app, RunsAnswer::Checkpoints(run.listed.id(), run.checkpoints));
    let next = NextRun::Branched("id-wide".into(), 860);
    assert_eq!(press(&mut app, "Up Enter"), [Effect::Leave(Leave::Next(next))]);
    answer(&mut app, RunsAnswer::Checkpoints("id-wide".into(), Vec::new()));
    assert_eq!(problem(&app).as_deref(), Some("it has no checkpoint"));
}

#[test]
fn a_file_is_overwritten_only_after_a_yes() {
    let request = |overwrite| RunsRequest::Export { runs: ids(&["wide"]), format: Format::Csv, output: "x".into(), overwrite };
    for (keys, expected) in [("Esc", vec![]), ("n", vec![]), ("y", vec![Effect::Runs(request(true))])] {
        let mut app = app(None);
        answer(&mut app, RunsAnswer::Exists(request(true), "/tmp/x".into()));
        assert_eq!(press(&mut app, keys), expected, "{keys}");
        assert_eq!(app.shared().overlays.len(), 0);
    }
}

#[test]
fn a_new_list_keeps_what_was_selected_and_marked() {
    let mut app = app(None);
    press(&mut app, "Up m");
    let name = |app: &App| app.pages().runs.selected_run().map(|run| run.about.name().to_owned());
    assert_eq!(name(&app).as_deref(), Some("narrow"));
    let mut listed: Vec<Listed> = runs().into_iter().map(|run| run.listed).collect();
    listed.remove(0);
    answer(&mut app, RunsAnswer::Listed(listed.clone()));
    assert_eq!((name(&app).as_deref(), app.pages().runs.marked().len()), (Some("narrow"), 1));
    listed.retain(|run| run.about.name() != "narrow");
    answer(&mut app, RunsAnswer::Listed(listed));
    assert_eq!((name(&app).is_some(), app.pages().runs.marked().len()), (true, 0));
    answer(&mut app, RunsAnswer::Listed(Vec::new()));
    assert_eq!(press(&mut app, "Up Down Enter Space M c e x b R p r"), []);
    // Somebody who has turned away is not called back.
    press(&mut app, "1");
    answer(&mut app, RunsAnswer::Loaded(runs()));
    assert!(matches!(app.pages().runs.view(), RunsView::List) && app.pages().open() == PageId::Overview);
}

#[test]
fn alone_there_is_only_the_list() {
    let mut app = App::new(AppOptions { alone: true, ..AppOptions::default() });
    answer(&mut app, RunsAnswer::Listed(runs().into_iter().map(|run| run.listed).collect()));
    assert_eq!(press(&mut app, "1"), []);
    assert_eq!(app.pages().open(), PageId::Runs);
    let next = NextRun::Resumed("id-narrow".into());
    assert_eq!(press(&mut app, "ss Down R"), [Effect::Leave(Leave::Next(next))]);
    assert_eq!(press(&mut app, "q"), [Effect::Leave(Leave::Discard)]);
}

fn render(app: &App, charset: Charset, width: u16, height: u16) -> String {
    let look = Look { themes: Theme::builtin(), depth: ColorDepth::TrueColor, charset, marker: Marker::Braille };
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a buffer is a terminal");
    terminal.draw(|frame| drop(draw(app, &look, frame))).expect("a buffer takes every frame");
    terminal.backend().to_string()
}

#[test]
fn pictures() {
    let pictures = |app: &App, name: &str, sizes: &[(u16, u16)]| {
        for (width, height) in sizes {
            assert_snapshot!(format!("{name}-{width}x{height}"), render(app, Charset::Unicode, *width, *height));
            let mut chinese = (*app).clone();
            chinese.speak(Language::Chinese);
            assert_snapshot!(format!("zh-{name}-{width}x{height}"), render(&chinese, Charset::Unicode, *width, *height));
        }
    };
    let mut app = app(None);
    press(&mut app, "ssss Up m Up Up m");
    pictures(&app, "list", &[(120, 40), (80, 24), (40, 12), (200, 60), (19, 4)]);
    assert_snapshot!("list-ascii", render(&app, Charset::Ascii, 80, 24));
    press(&mut app, "e");
    pictures(&app, "export", &[(80, 24)]);
    press(&mut app, "Enter");
    pictures(&app, "export-path", &[(80, 24)]);
    press(&mut app, "Esc M M Down Down Down Down x");
    pictures(&app, "remove", &[(80, 24)]);
    press(&mut app, "Esc");
    answer(&mut app, RunsAnswer::Failed("failed to write /x/y.html: the disk is full; make room, or write elsewhere".into()));
    pictures(&app, "problem", &[(80, 24)]);
    answer(&mut app, RunsAnswer::Loaded(vec![runs().remove(2)]));
    pictures(&app, "shown", &[(120, 40), (80, 24), (40, 12)]);
    press(&mut app, "Esc");
    answer(&mut app, RunsAnswer::Loaded(runs()));
    pictures(&app, "compared", &[(120, 40), (80, 24), (40, 12)]);
    assert_snapshot!("compared-ascii", render(&app, Charset::Ascii, 120, 40));
}

#[test]
fn compared_curves_are_hidden_one_by_one_and_stand_over_what_is_asked_for() {
    let mut app = app(None);
    answer(&mut app, RunsAnswer::Loaded(runs()));
    let hidden = |app: &App| (0..5).filter(|run| app.pages().runs.is_hidden(*run)).collect::<Vec<_>>();
    press(&mut app, "Right Right Space Right Right Right Right Right Space");
    assert_eq!(hidden(&app), [2, 4]);
    let picture = render(&app, Charset::Unicode, 200, 60);
    assert!(picture.contains("━ b narrow") && !picture.contains("━ c wide-from-860"), "{picture}");
    press(&mut app, "Space");
    assert_eq!(hidden(&app), [2]);
    for unit in ["steps", "epochs", "images", "time", "steps"] {
        assert_eq!(app.pages().runs.unit().name().say(Language::English), unit);
        press(&mut app, "u");
    }
    press(&mut app, "Esc");
    answer(&mut app, RunsAnswer::Loaded(runs()));
    assert_eq!(hidden(&app), [0; 0], "another comparison shows all");
}

#[test]
fn the_parent_goes_on_dim_beside_its_branch() {
    let mut app = App::new(AppOptions { log_scale: true, ..AppOptions::default() });
    let records = (Synthetic { steps: 1_000, changes: &[], ..Synthetic::default() }).records();
    let branched = records.into_iter().map(|record| {
        let mut record = (*record).clone();
        if let Event::RunStarted(started) = &mut record.event {
            started.parent = Some(Parent { run_id: "id-wide".into(), step: 860 });
        }
        std::sync::Arc::new(record)
    });
    let asked = app.update(Message::Records(branched.collect()));
    assert_eq!(asked, [Effect::Runs(RunsRequest::Parent("id-wide".into()))]);
    let before = render(&app, Charset::Unicode, 120, 40);
    answer(&mut app, RunsAnswer::Parent(Box::new(runs().remove(0).state)));
    let after = render(&app, Charset::Unicode, 120, 40);
    assert!(before != after && after.contains("parent"), "{after}");
    assert_snapshot!("parent", after);
}

#[test]
fn what_was_removed_comes_back_or_goes_for_good() {
    let mut app = app(None);
    let removed =
        |id: &str, bytes| Removed { id: id.into(), name: id.to_uppercase(), removed_at_ms: Some(1_767_268_800_000), bytes };
    let request = |request| vec![Effect::Runs(request)];
    assert_eq!(press(&mut app, "U"), request(RunsRequest::Trash));
    let mut empty = app.clone();
    answer(&mut empty, RunsAnswer::Trash(Vec::new()));
    assert!(empty.shared().overlays.is_empty() && empty.shared().notice.is_some());
    answer(&mut app, RunsAnswer::Trash(vec![removed("a", 1_500), removed("b", 2_000_000)]));
    assert_snapshot!("trash-80x24", render(&app, Charset::Unicode, 80, 24));
    for (keys, effects) in [
        ("Enter", request(RunsRequest::Restore("a".into()))),
        ("Down Enter", request(RunsRequest::Restore("b".into()))),
        ("Down Down Enter", vec![]),
        ("Down Down Enter n", vec![]),
        ("Down Down Enter y", request(RunsRequest::EmptyTrash)),
        ("Esc", vec![]),
    ] {
        assert_eq!(press(&mut app.clone(), keys), effects, "{keys}");
    }
}
