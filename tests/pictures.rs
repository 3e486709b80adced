//! What the dashboard looks like.

mod synthetic;

use std::sync::Arc;

use insta::assert_snapshot;
use mnist_tui::app::{App, AppOptions, Control, Key, KeyCode, Message};
use mnist_tui::protocol::{Event, Hyper, Outcome, Phase, Quantity, Record, RequestId, Schedule};
use mnist_tui::text::Language;
use mnist_tui::ui::{Charset, ColorDepth, Look, Marker, Theme, draw};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use synthetic::Synthetic;

fn look() -> Look {
    Look { themes: Theme::builtin(), depth: ColorDepth::TrueColor, charset: Charset::Unicode, marker: Marker::Braille }
}

fn app(run: Synthetic) -> App {
    let theme_names = Theme::builtin().iter().map(|theme| theme.name().to_owned()).collect();
    let mut app = App::new(AppOptions { theme_names, theme: 0, log_scale: true, ..AppOptions::default() });
    app.update(Message::Records(run.records()));
    app
}

fn press(app: &mut App, keys: &[Key]) {
    keys.iter().for_each(|key| drop(app.update(Message::Key(*key))));
}

fn typed(text: &str) -> Vec<Key> {
    text.chars().map(Key::char).collect()
}

fn terminal(app: &App, look: &Look, width: u16, height: u16) -> Terminal<TestBackend> {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a buffer is a terminal");
    terminal.draw(|frame| drop(draw(app, look, frame))).expect("a buffer takes every frame");
    terminal
}

fn render(app: &App, look: &Look, width: u16, height: u16) -> String {
    terminal(app, look, width, height).backend().to_string()
}

/// The picture in English, and at the sizes that most terminals have in Chinese too.
fn shot(name: &str, app: &App, look: &Look, width: u16, height: u16) {
    assert_snapshot!(name, render(app, look, width, height));
    if [(120, 40), (80, 24)].contains(&(width, height)) && look.charset == Charset::Unicode {
        let mut app = app.clone();
        app.speak(Language::Chinese);
        assert_snapshot!(format!("zh-{name}"), render(&app, look, width, height));
    }
}

#[test]
fn training_at_every_size() {
    let app = app(Synthetic::default());
    for (width, height) in [(120, 40), (80, 24), (200, 60), (250, 80), (60, 30), (100, 14), (40, 12), (19, 4)] {
        shot(&format!("training-{width}x{height}"), &app, &look(), width, height);
    }
}

#[test]
fn other_terminals() {
    let app = app(Synthetic::default());
    shot("ascii", &app, &Look { charset: Charset::Ascii, ..look() }, 120, 40);
    shot("no-colour", &app, &Look { depth: ColorDepth::None, ..look() }, 120, 40);
    shot("block", &app, &Look { marker: Marker::Block, ..look() }, 80, 24);
    shot("dot", &app, &Look { marker: Marker::Dot, ..look() }, 80, 24);
}

#[test]
fn steering() {
    let mut app = app(Synthetic::default());
    let step = app.run().step;
    let event = Event::PhaseChanged { phase: Phase::Paused, step, answers: None };
    app.update(Message::Records(vec![Arc::new(Record { at_ms: 7_000, event })]));
    press(&mut app, &[Key::plain(KeyCode::Right), Key::plain(KeyCode::Down), Key::plain(KeyCode::Enter)]);
    press(&mut app, &typed("99999"));
    shot("paused-pending-editing", &app, &look(), 120, 40);
}

#[test]
fn scheduled() {
    let mut app =
        app(Synthetic { schedule: Schedule::Plateau { patience: 1, gamma: 0.5, final_factor: 0.0 }, ..Synthetic::default() });
    let (step, answers) = (app.run().step + 1, RequestId { client: 1, number: 3 });
    let (hyper, base) = (Hyper::LearningRate, Some(0.0005 / 0.42));
    let event = Event::HyperChanged { step, hyper, from: 0.00042, to: 0.0005, base, answers };
    app.update(Message::Records(vec![Arc::new(Record { at_ms: 7_000, event })]));
    shot("scheduled-120x40", &app, &look(), 120, 40);
    shot("scheduled-80x24", &app, &look(), 80, 24);
    press(&mut app, &[Key::plain(KeyCode::Down); 6]);
    shot("scrolled-80x24", &app, &look(), 80, 24);
}

#[test]
fn diverged() {
    let mut app = app(Synthetic::default());
    let step = app.run().step;
    let events = [
        Event::Diverged { step: step + 1, quantity: Quantity::Gradient, layer: Some("conv1".into()) },
        Event::PhaseChanged { phase: Phase::Paused, step, answers: None },
    ];
    app.update(Message::Records(events.map(|event| Arc::new(Record { at_ms: 7_000, event })).to_vec()));
    shot("diverged-120x40", &app, &look(), 120, 40);
    shot("diverged-80x24", &app, &look(), 80, 24);
}

#[test]
fn over_the_dashboard() {
    for (name, keys) in [("quit", "q"), ("stop", "x"), ("help", "?")] {
        let mut app = app(Synthetic::default());
        press(&mut app, &typed(keys));
        shot(&format!("{name}-120x40"), &app, &look(), 120, 40);
        shot(&format!("{name}-40x12"), &app, &look(), 40, 12);
    }
}

#[test]
fn zoomed() {
    let mut app = app(Synthetic::default());
    press(&mut app, &typed("z"));
    for name in ["hypers", "loss", "accuracy", "confusion", "samples", "events"] {
        shot(&format!("zoomed-{name}"), &app, &look(), 120, 40);
        press(&mut app, &[Key::plain(KeyCode::Tab)]);
    }
}

#[test]
fn augmented_images() {
    let mut plain = app(Synthetic::default());
    press(&mut plain, &typed("v"));
    shot("augmented-off", &plain, &look(), 120, 40);
    shot("augmented-off-80x24", &plain, &look(), 80, 24);
    let mut app = app(Synthetic { augmented: true, ..Synthetic::default() });
    press(&mut app, &typed("v"));
    for (width, height) in [(120, 40), (80, 24), (200, 60)] {
        shot(&format!("augmented-{width}x{height}"), &app, &look(), width, height);
    }
    press(&mut app, &[Key::plain(KeyCode::BackTab), Key::plain(KeyCode::BackTab), Key::char('n')]);
    shot("augmented-40x12", &app, &look(), 40, 12);
    press(&mut app, &[Key::char('z')]);
    shot("zoomed-augmented", &app, &look(), 120, 40);
    press(&mut app, &[Key::char('v')]);
    assert!(render(&app, &look(), 120, 40).contains("Samples"), "back to the predictions");
}

#[test]
fn before_and_after() {
    shot("nothing-yet", &App::new(AppOptions::default()), &look(), 120, 40);
    shot("started", &app(Synthetic { steps: 0, ..Synthetic::default() }), &look(), 120, 40);
    shot("first-steps", &app(Synthetic { steps: 12, ..Synthetic::default() }), &look(), 80, 24);
    let outcome = Some(Outcome::Completed);
    shot("ended", &app(Synthetic { steps: 4_300, outcome, ..Synthetic::default() }), &look(), 120, 40);
    let outcome = Some(Outcome::Failed { message: "the loss is not a number from step 1,764 on".into() });
    shot("failed", &app(Synthetic { outcome, ..Synthetic::default() }), &look(), 120, 40);
}

#[test]
fn many_classes() {
    let many = app(Synthetic { classes: 50, ..Synthetic::default() });
    shot("fifty-classes", &many, &look(), 120, 40);
    let two = app(Synthetic { classes: 2, ..Synthetic::default() });
    shot("two-classes", &two, &look(), 80, 24);
}

#[test]
fn styles() {
    let app = app(Synthetic::default());
    for (name, depth) in [("none", ColorDepth::None), ("16", ColorDepth::Ansi16), ("truecolor", ColorDepth::TrueColor)] {
        let terminal = terminal(&app, &Look { depth, ..look() }, 60, 20);
        assert_snapshot!(format!("styles-{name}"), format!("{:?}", terminal.backend().buffer()));
    }
}

#[test]
fn watching_while_others_steer() {
    let theme_names = Theme::builtin().iter().map(|theme| theme.name().to_owned()).collect();
    let mut app = App::new(AppOptions { theme_names, log_scale: true, ..AppOptions::default() });
    app.update(Message::Records(Synthetic::default().records()));
    let event = Event::ControlTaken { client: 3, name: "ana@lab pts/4".into(), answers: None };
    app.update(Message::Records(vec![Arc::new(Record { at_ms: 7_000, event })]));
    shot("watching-120x40", &app, &look(), 120, 40);
    press(&mut app, &typed("T"));
    shot("take-over-80x24", &app, &look(), 80, 24);
}

#[test]
fn replaying() {
    let (control, replay_speed) = (Control::Replaying, Some(20.0));
    let mut app = App::new(AppOptions { log_scale: true, control, replay_speed, ..AppOptions::default() });
    app.update(Message::Records(Synthetic { outcome: Some(Outcome::Completed), ..Synthetic::default() }.records()));
    press(&mut app, &typed("]]["));
    press(&mut app, &[Key::plain(KeyCode::Right); 7]);
    shot("replay-120x40", &app, &look(), 120, 40);
    press(&mut app, &typed(","));
    for (width, height) in [(80, 24), (40, 12), (19, 4)] {
        shot(&format!("replay-{width}x{height}"), &app, &look(), width, height);
    }
    press(&mut app, &typed("G"));
    shot("replay-end-80x24", &app, &look(), 80, 24);
}
