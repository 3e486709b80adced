//! What can be done in every state, and by which keys.

mod synthetic;

use std::collections::BTreeSet;
use std::sync::Arc;

use mnist_tui::app::{
    App, AppOptions, Control, Effect, Key, KeyCode, Keymap, LoadedRun, Message, Offer, Overlay, PageId, Panel, Pointer, Rank,
    RunsAnswer, RunsRequest, Target, keys_markdown, tables,
};
use mnist_tui::protocol::{Event, Hyper, Outcome, Quantity, Record};
use mnist_tui::run::RunState;
use mnist_tui::run::store::{About, CheckpointFile, Listed, RunFolder};
use mnist_tui::text::Language;
use mnist_tui::ui::{Charset, ColorDepth, Hits, Look, Marker, Theme, draw};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use synthetic::Synthetic;

/// A run that was recorded and not brought to its end.
fn recorded(name: &str) -> LoadedRun {
    let mut state = RunState::default();
    Synthetic { steps: 60, ..Synthetic::default() }.records().iter().for_each(|record| state.apply(record));
    let mut started = state.started.as_deref().expect("it has started").clone();
    started.run_id = name.into();
    let (folder, about) = (RunFolder::new(format!("/runs/{name}")), About::new(started));
    let listed = Listed { folder, about, summary: Some(state.summary()), trained_by: None, damage: None };
    LoadedRun { listed, state, checkpoints: Vec::new() }
}

/// The dashboard in all kinds of states, each with its name.
fn states() -> Vec<(String, App)> {
    let options = |control| AppOptions {
        control,
        speaks_all: true,
        theme_names: vec!["dark".into(), "light".into()],
        ..AppOptions::default()
    };
    let told = |options: AppOptions, outcome: Option<Outcome>| {
        let mut app = App::new(options);
        let records = Synthetic { steps: 60, changes: &[], outcome, ..Synthetic::default() }.records();
        // All but the start, which says who steers.
        app.update(Message::Records(records[1..].to_vec()));
        app
    };
    let started = |outcome| {
        let mut app = App::new(options(Control::Steering));
        app.update(Message::Records(Synthetic { steps: 60, changes: &[], outcome, ..Synthetic::default() }.records()));
        app
    };
    let mut diverged = started(None);
    let event = Event::Diverged { step: 61, quantity: Quantity::Loss, layer: None };
    diverged.update(Message::Records(vec![Arc::new(Record { at_ms: 9_000, event })]));
    let mut checkpoints = started(Some(Outcome::Completed));
    checkpoints.update(Message::Key(Key::char('7')));
    let file = CheckpointFile { step: 1, bytes: 1, path: "1".into(), best: false, epochs: 1.0, validation_accuracy: None };
    checkpoints.update(Message::Runs(RunsAnswer::Checkpoints("a".into(), vec![file])));
    let replay = AppOptions { replay_speed: Some(1.0), ..options(Control::Replaying) };
    let mut judged = App::new(options(Control::Steering));
    judged.update(Message::Records(Synthetic { steps: 2_000, ..Synthetic::default() }.records()));
    let bases = [
        ("nothing yet", App::new(options(Control::Steering))),
        ("training", started(None)),
        ("diverged", diverged),
        ("judged", judged),
        ("ended", started(Some(Outcome::Completed))),
        ("observing", told(options(Control::Observing { by: None }), None)),
        ("read-only", told(options(Control::ReadOnly), None)),
        ("replaying", told(replay, Some(Outcome::Completed))),
        ("alone", App::new(AppOptions { alone: true, ..options(Control::Steering) })),
        ("checkpoints", checkpoints),
    ];
    let keys = [
        "",
        "\t",
        "\t\t",
        "\t\t\t",
        "\t\t\t\t",
        "\t\t\t\t\t",
        "z",
        "v\t\t\t\t",
        " ",
        "\n",
        "?",
        "q",
        "x",
        "T",
        "7",
        "7e",
        "7e\n",
        "7x",
        "7/",
        "H",
        "Hi",
        "?/",
        "7r",
        "7mm",
        "7m7",
        "7\x01",
        "7\x02",
        "7\x02e",
        "7\x02\n",
        ":",
        "G",
        "b",
        "2",
        "2\x03",
        "2f",
        "3",
        "3\t",
        "3[",
        "3\x04",
        "4",
        "4\x04",
        "4\x04[",
        "5",
        "5P",
        "5jjjF",
        "5\x05F",
        "5\x05",
        "5\x05[",
        "6",
        "6 ",
        "6 \x03",
    ];
    let mut states = Vec::new();
    for (name, base) in bases {
        for keys in keys {
            let mut app = base.clone();
            for key in keys.chars() {
                match key {
                    '\t' => drop(app.update(Message::Key(Key::plain(KeyCode::Tab)))),
                    '\n' => drop(app.update(Message::Key(Key::plain(KeyCode::Enter)))),
                    '\x01' => drop(app.update(Message::Runs(RunsAnswer::Loaded(vec![recorded("a")])))),
                    '\x03' => drop(app.update(Message::Key(Key::plain(KeyCode::Left)))),
                    '\x04' => drop(app.update(Message::Records(synthetic::judgements()))),
                    '\x05' => drop(app.update(Message::Records(synthetic::checkpoint()))),
                    '\x02' => drop(app.update(Message::Runs(RunsAnswer::Loaded(vec![recorded("a"), recorded("b")])))),
                    key => drop(app.update(Message::Key(Key::char(key)))),
                }
                if key == '7' {
                    let listed = ["a", "b"].map(|name| recorded(name).listed);
                    app.update(Message::Runs(RunsAnswer::Listed(listed.to_vec())));
                }
            }
            states.push((format!("{name}, {keys:?}"), app));
        }
    }
    states
}

fn can_be_done(offer: &Offer) -> bool {
    !matches!(offer.rank, Rank::Not | Rank::Refused)
}

#[test]
fn no_key_has_two_meanings_and_no_row_is_out_of_reach() {
    let rows: Vec<_> = tables(&Keymap::default()).into_iter().flat_map(|table| table.rows).collect();
    let mut reached = BTreeSet::new();
    for (state, app) in states() {
        for offer in app.offers().iter().filter(|offer| can_be_done(offer)) {
            let row = rows.iter().find(|row| row.id == offer.id).expect("what is offered stands in the tables");
            let is_seeking = matches!(offer.id, "replay.back" | "replay.on");
            let keys = offer.keys.clone();
            // Arrow keys move within the panel that has the focus, where it has something to move.
            // On the page to draw, the pen has the keys that are nearest: the run is paused elsewhere.
            let is_drawing =
                app.pages().open() == PageId::Draw && matches!(offer.id, "run.pause" | "run.stop" | "run.undo" | "replay.play");
            assert!(keys == row.keys || is_drawing || is_seeking && !keys.is_empty(), "{}: {keys:?} in {state}", offer.id);
            reached.insert(offer.id);
        }
    }
    for row in &rows {
        assert!(reached.contains(row.id), "{} can be done in no state", row.id);
        row.keys.iter().for_each(|key| assert_eq!(key.normal(), *key, "{key} would never be found"));
    }
    let names: BTreeSet<_> = rows.iter().map(|row| row.id).collect();
    assert_eq!(names.len(), rows.len(), "two rows have one name");
}

#[test]
fn every_row_stands_in_the_documents() {
    let text = keys_markdown(&Keymap::default());
    for row in tables(&Keymap::default()).into_iter().flat_map(|table| table.rows) {
        assert!(text.contains(row.help.say(Language::English).as_ref()), "{}", row.id);
    }
}

fn look() -> Look {
    Look { themes: Theme::builtin(), depth: ColorDepth::TrueColor, charset: Charset::Unicode, marker: Marker::Braille }
}

/// Where everything stands.
fn hits(app: &App, width: u16, height: u16) -> Hits {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a buffer is a terminal");
    let mut hits = Hits::default();
    terminal.draw(|frame| hits = draw(app, &look(), frame)).expect("a buffer takes every frame");
    hits
}

/// What comes of a message: the effects, and everything that is known then.
fn after(app: &App, message: Message) -> String {
    let mut app = app.clone();
    let effects = app.update(message);
    format!("{effects:?} {app:?}")
}

#[test]
fn a_click_on_a_key_is_that_key() {
    let mut clicked = BTreeSet::new();
    for (state, app) in states() {
        let offers = app.offers();
        for (width, height) in [(120, 40), (60, 20)] {
            let hits = hits(&app, width, height);
            let covered = hits.areas().iter().position(|(_, target)| *target == Target::Outside);
            assert!(covered.is_none_or(|place| place == 0), "{state}: what is covered can be reached");
            for (area, target) in hits.areas() {
                assert!(area.right() <= width && area.bottom() <= height && !area.is_empty(), "{state}: {target:?} at {area:?}");
                let Target::Row(id) = target else { continue };
                let Some(offer) = offers.iter().find(|offer| offer.id == *id && can_be_done(offer)) else { continue };
                let Some(key) = offer.keys.first() else { continue };
                let Some(point) = hits.at(area.x, area.y, Pointer::Press) else { panic!("{state}: nothing at {area:?}") };
                if point.target == *target {
                    assert_eq!(after(&app, Message::Point(point)), after(&app, Message::Key(*key)), "{state}: {id}");
                    clicked.insert(*id);
                }
            }
        }
    }
    for id in ["run.pause", "quit", "page.runs", "runs.filter", "leave.detach", "confirm.yes", "help.close"] {
        assert!(clicked.contains(id), "{id} cannot be clicked");
    }
}

#[test]
fn the_mouse_selects_scrolls_and_closes() {
    let (_, app) = states().into_iter().find(|(name, _)| name == "diverged, \"\"").expect("there is one");
    let click = |app: &mut App, target: Target, how: Pointer| {
        let hits = hits(app, 120, 40);
        let (area, _) = hits.areas().iter().rev().find(|(_, other)| *other == target).expect("it is drawn");
        let (x, y) = (area.right() - 1, area.bottom() - 1);
        hits.at(x, y, how).map(|point| app.update(Message::Point(point)))
    };
    let mut seen = app.clone();
    click(&mut seen, Target::Panel(Panel::Loss), Pointer::Press);
    assert_eq!(seen.pages().overview.focus, Panel::Loss);
    click(&mut seen, Target::Item(1), Pointer::Press);
    assert_eq!((seen.pages().overview.focus, seen.shared().hypers.selected()), (Panel::Hypers, Hyper::BatchSize));
    click(&mut seen, Target::Panel(Panel::Events), Pointer::Wheel(-1));
    assert_eq!((seen.pages().overview.focus, seen.pages().overview.events_scroll), (Panel::Hypers, 1));
    seen.update(Message::Key(Key::char('x')));
    click(&mut seen, Target::Outside, Pointer::Press);
    assert!(seen.shared().overlays.is_empty());
    seen.update(Message::Key(Key::char('?')));
    click(&mut seen, Target::Item(8), Pointer::Press);
    assert!(seen.shared().overlays.is_empty() && seen.pages().overview.zoomed, "the line of z");
    seen.update(Message::Key(Key::char('7')));
    let listed = ["a", "b"].map(|name| recorded(name).listed);
    seen.update(Message::Runs(RunsAnswer::Listed(listed.to_vec())));
    click(&mut seen, Target::Item(0), Pointer::Press);
    assert_eq!(seen.pages().runs.selected(), 0);
    let shown = click(&mut seen, Target::Item(0), Pointer::Press);
    assert_eq!(shown, Some(vec![Effect::Runs(RunsRequest::Load(vec!["a".into()]))]));
}

#[test]
fn the_palette_finds_actions_and_hyperparameters() {
    let (_, app) = states().into_iter().find(|(name, _)| name == "training, \"\"").expect("there is one");
    let typed = |letters: &str| {
        let mut app = app.clone();
        let mut effects = Vec::new();
        for key in ":".chars().chain(letters.chars()).map(Key::char).chain([Key::plain(KeyCode::Enter)]) {
            effects.extend(app.update(Message::Key(key)));
        }
        (effects, app)
    };
    assert!(matches!(typed("checkpoint").0[..], [Effect::Send(_)]));
    assert_eq!(typed("next theme").1.shared().view.theme, 1);
    let (_, app) = typed("set momentum");
    assert_eq!(app.shared().hypers.selected(), Hyper::Momentum);
    assert!(matches!(app.shared().overlays[..], [Overlay::Drawer(_), Overlay::Edit(_)]));
    let mut drawn = Terminal::new(TestBackend::new(80, 24)).expect("a buffer is a terminal");
    drawn.draw(|frame| drop(draw(&app, &look(), frame))).expect("a buffer takes every frame");
    assert!(drawn.backend().to_string().contains("momentum"));
}

#[test]
fn what_has_the_focus_is_copied_and_a_picture_is_named_after_run_and_page() {
    let mut app = App::new(AppOptions { focus: Panel::Hypers, ..AppOptions::default() });
    app.update(Message::Records(Synthetic { steps: 400, ..Synthetic::default() }.records()));
    let press = |app: &mut App, key| app.update(Message::Key(key));
    assert_eq!(press(&mut app, Key::ctrl('p')), [Effect::Picture("seed-overview".into())]);
    let mut copied = Vec::new();
    for _ in 0..6 {
        copied.extend(press(&mut app, Key::char('y')));
        press(&mut app, Key::plain(KeyCode::Tab));
    }
    let texts: Vec<String> =
        copied.into_iter().filter_map(|effect| if let Effect::Copy(text) = effect { Some(text) } else { None }).collect();
    assert!(texts.contains(&"0.002".to_owned()), "the selected hyperparameter: {texts:?}");
    assert!(texts.iter().any(|text| text.lines().count() == 10 && text.lines().all(|line| line.split('\t').count() == 10)));
    assert_eq!(texts.len(), 5, "there is no value of samples: {texts:?}");
}
