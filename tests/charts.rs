//! The page of charts: its cursor, its zoom, what it says, and what it looks like.

mod keyboard;
mod synthetic;

use insta::assert_snapshot;
use keyboard::press;
use mnist_tui::app::{App, AppOptions, Effect, Measure, Message, Point, Pointer, Spot, Target};
use mnist_tui::run::Unit;
use mnist_tui::text::Language;
use mnist_tui::ui::{Charset, ColorDepth, Look, Marker, Theme, draw};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use synthetic::Synthetic;

fn app() -> App {
    let mut app = App::new(AppOptions { log_scale: true, ..AppOptions::default() });
    app.update(Message::Records(Synthetic::default().records()));
    press(&mut app, "2");
    app
}

#[test]
fn the_cursor_moves_by_what_is_shown_and_goes_to_changes() {
    // 2,000 steps are shown, of which there are 1,764: a stride is 20 steps.
    for (keys, step) in [
        ("", None),
        ("Left", Some(1_764)),
        ("Left Left", Some(1_744)),
        ("Left FarLeft", Some(1_564)),
        ("Left Right Right", Some(1_764)),
        ("m", Some(400)),
        ("m m", Some(1_500)),
        ("m m m", Some(1_500)),
        ("M", Some(1_500)),
        ("M M", Some(400)),
        ("M M Esc", None),
        // 1,000 of them around the change: a stride is 10.
        ("m + Left", Some(390)),
    ] {
        let mut app = app();
        press(&mut app, keys);
        assert_eq!(app.shared().moment, step, "{keys}");
    }
}

#[test]
fn what_is_shown_is_made_closer_around_the_cursor_and_follows_it() {
    let mut app = app();
    let shown = |app: &App| app.pages().charts.shown(app.run());
    assert_eq!(shown(&app), None);
    press(&mut app, "m +");
    assert_eq!(shown(&app), Some((200.0, 1_200.0)));
    press(&mut app, "m");
    assert_eq!(shown(&app), Some((500.0, 1_500.0)), "the cursor stays in sight");
    press(&mut app, "- -");
    assert_eq!(shown(&app), None);
    press(&mut app, "+ + 0");
    assert_eq!(shown(&app), None);
    press(&mut app, "f");
    let (from, to) = shown(&app).expect("the newest");
    assert_eq!((to, app.shared().moment), (1_764.0, None));
    let longer = Synthetic { steps: 1_900, ..Synthetic::default() }.records();
    let known = Synthetic::default().records().len();
    app.update(Message::Records(longer[known - 2..].to_vec()));
    let moved = shown(&app).expect("the newest");
    assert!(moved.1 > to && (moved.1 - moved.0 - (to - from)).abs() < 1e-9, "{moved:?}");
}

#[test]
fn what_stands_still_stays_where_it_was() {
    let mut app = app();
    press(&mut app, "f");
    let (longer, known) = (Synthetic { steps: 1_900, ..Synthetic::default() }.records(), Synthetic::default().records().len());
    app.update(Message::Records(longer[known - 2..].to_vec()));
    let moved = app.pages().charts.shown(app.run());
    let mut clicked = app.clone();
    let spot = Spot { x: 10, y: 3, width: 100, height: 10 };
    clicked.update(Message::Point(Point { target: Target::Chart(Measure::Loss), spot, how: Pointer::Press }));
    press(&mut app, "f");
    assert_eq!([app, clicked].map(|app| app.pages().charts.shown(app.run())), [moved, moved]);
}

#[test]
fn the_mouse_puts_the_cursor_and_makes_what_is_under_it_closer() {
    let mut app = app();
    let spot = Spot { x: 49, y: 3, width: 100, height: 10 };
    let point = |how| Point { target: Target::Chart(Measure::Accuracy), spot, how };
    app.update(Message::Point(point(Pointer::Press)));
    assert_eq!((app.shared().moment, app.pages().charts.large), (Some(990), Measure::Accuracy));
    app.update(Message::Point(point(Pointer::Wheel(-1))));
    let (from, to) = app.pages().charts.shown(app.run()).expect("closer");
    assert!((to - from - 1_600.0).abs() < 1.0 && (from - 198.0).abs() < 1.0, "{from} {to}");
}

#[test]
fn a_change_says_what_came_of_it() {
    let mut app = app();
    press(&mut app, "m");
    let effect = app.pages().charts.effect(app.run(), 400).expect("a change");
    assert_eq!((effect.number, effect.change.from, effect.change.to), (1, 0.001, 0.002));
    let (before, after) = (effect.before.expect("steps before"), effect.after.expect("steps after"));
    assert!(before > after && before < 1.0, "{before} {after}");
    assert!(app.pages().charts.effect(app.run(), 900).is_none(), "it is far away");
    let mut units = Vec::new();
    for _ in 0..4 {
        press(&mut app, "X");
        units.push(app.pages().charts.unit);
    }
    assert_eq!(units, [Unit::Epochs, Unit::Images, Unit::Time, Unit::Steps]);
    let copied = press(&mut app, "Tab Tab y").into_iter().find_map(|effect| match effect {
        Effect::Copy(text) => Some(text),
        _ => None,
    });
    assert_eq!(copied.as_deref(), Some("0.001"), "the rate of step 400, before the change");
}

#[test]
fn pictures() {
    let look =
        Look { themes: Theme::builtin(), depth: ColorDepth::TrueColor, charset: Charset::Unicode, marker: Marker::Braille };
    let mut app = app();
    let shot = |name: &str, app: &App, width, height| {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a buffer is a terminal");
        terminal.draw(|frame| drop(draw(app, &look, frame))).expect("a buffer takes every frame");
        assert_snapshot!(name, terminal.backend().to_string());
    };
    shot("newest-120x40", &app, 120, 40);
    press(&mut app, "m");
    for (width, height) in [(120, 40), (80, 24), (60, 20), (40, 12), (200, 60)] {
        shot(&format!("change-{width}x{height}"), &app, width, height);
    }
    press(&mut app, "M M + + X");
    shot("closer-80x24", &app, 80, 24);
    app.speak(Language::Chinese);
    shot("zh-closer-120x40", &app, 120, 40);
    shot("zh-closer-80x24", &app, 80, 24);
}
