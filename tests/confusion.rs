//! The page of the confusion matrix: its cell, its pairs, its judgements, and what it looks like.

mod keyboard;
mod synthetic;

use std::sync::Arc;

use insta::assert_snapshot;
use keyboard::press;
use mnist_tui::app::{App, AppOptions, ConfusionSource, Message, Part, Point, Pointer, Shows, Spot, Target, worst_pairs};
use mnist_tui::protocol::{ConfusionMatrix, Evaluation, Event, JudgedImages, Outcome, Record, Split};
use mnist_tui::text::Language;
use mnist_tui::ui::{Charset, ColorDepth, Look, Marker, Theme, draw};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use synthetic::Synthetic;

fn app(run: Synthetic) -> App {
    let mut app = App::new(AppOptions::default());
    app.update(Message::Records(run.records()));
    press(&mut app, "3");
    app
}

#[test]
fn the_worst_pairs_come_first() {
    let mut matrix = ConfusionMatrix::new(3);
    for (truth, predicted, count) in [(0, 0, 90), (0, 1, 2), (1, 2, 7), (2, 1, 4), (2, 2, 1)] {
        (0..count).for_each(|_| matrix.add(truth, predicted));
    }
    let pairs: Vec<_> = worst_pairs(&matrix).iter().map(|pair| (pair.truth, pair.predicted, pair.count)).collect();
    assert_eq!(pairs, [(1, 2, 7), (2, 1, 4), (0, 1, 2)]);
}

#[test]
fn keys_move_what_has_the_focus() {
    let first = app(Synthetic::default());
    let pairs = worst_pairs(first.pages().confusion.shown(first.run(), None).matrix.expect("it was judged"));
    let pair = |place: usize| (pairs[place].truth, pairs[place].predicted);
    for (keys, focus, cell) in [
        ("Down Down Right", Part::Matrix, (2, 1)),
        ("Up Left", Part::Matrix, (0, 0)),
        ("W", Part::Matrix, pair(0)),
        ("W W W", Part::Matrix, pair(2)),
        ("Tab Down", Part::Pairs, pair(0)),
        ("Tab Down Down Down Up", Part::Pairs, pair(1)),
        ("Tab Tab Down Down", Part::Classes, (2, 2)),
        ("Tab Tab Tab Down", Part::Matrix, (1, 0)),
    ] {
        let mut app = first.clone();
        press(&mut app, keys);
        let page = &app.pages().confusion;
        assert_eq!((page.focus, page.cell), (focus, cell), "{keys}");
    }
}

#[test]
fn the_mouse_takes_a_cell_a_pair_or_a_class() {
    let mut app = app(Synthetic::default());
    for (target, focus) in [
        (Target::Cell { truth: 4, predicted: 9 }, Part::Matrix),
        (Target::Class(4), Part::Classes),
        (Target::Item(1), Part::Pairs),
    ] {
        app.update(Message::Point(Point { target, spot: Spot::default(), how: Pointer::Press }));
        let page = &app.pages().confusion;
        assert_eq!(page.focus, focus);
        assert_eq!(page.cell.0 == 4, focus != Part::Pairs);
    }
}

#[test]
fn earlier_judgements_are_shown_as_of_then_on_all_pages() {
    let mut app = app(Synthetic { steps: 3_500, ..Synthetic::default() });
    let epochs: Vec<u64> = app.run().validations.iter().map(|point| point.step).collect();
    assert_eq!(epochs.len(), 4);
    let place = |app: &App| app.pages().confusion.shown(app.run(), app.shared().moment).place;
    assert_eq!(place(&app), Some((4, 4)));
    for (keys, step, shown) in
        [("[", Some(epochs[2]), 3), ("[ [ [ [", Some(epochs[0]), 1), ("]", Some(epochs[1]), 2), ("] ] ]", None, 4)]
    {
        press(&mut app, keys);
        assert_eq!((app.shared().moment, place(&app)), (step, Some((shown, 4))), "{keys}");
    }
    press(&mut app, "[ Esc");
    assert_eq!(app.shared().moment, None);
    // Before the first judgement there is nothing to show.
    press(&mut app, "2 M");
    let shown = app.pages().confusion.shown(app.run(), Some(5));
    assert!(shown.matrix.is_none() && shown.before.is_none());
}

#[test]
fn which_images_and_which_numbers() {
    let mut app = app(Synthetic { steps: 4_299, outcome: Some(Outcome::Completed), ..Synthetic::default() });
    let source = |app: &App| app.pages().confusion.shown(app.run(), None).source;
    assert_eq!(source(&app), ConfusionSource::Test, "a run that is over was judged on the test set");
    let mut seen = Vec::new();
    for _ in 0..3 {
        press(&mut app, "c");
        seen.push(source(&app));
    }
    assert_eq!(seen, [ConfusionSource::Training, ConfusionSource::Validation, ConfusionSource::Test]);
    press(&mut app, "n n");
    assert_eq!(app.pages().confusion.shows, Shows::OfColumn);
}

#[test]
fn pictures() {
    let look =
        Look { themes: Theme::builtin(), depth: ColorDepth::TrueColor, charset: Charset::Unicode, marker: Marker::Braille };
    let shot = |name: &str, app: &App, look: &Look, width, height| {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a buffer is a terminal");
        terminal.draw(|frame| drop(draw(app, look, frame))).expect("a buffer takes every frame");
        assert_snapshot!(name, terminal.backend().to_string());
    };
    let mut page = app(Synthetic { steps: 3_500, ..Synthetic::default() });
    press(&mut page, "W [");
    for (width, height) in [(120, 40), (80, 24), (60, 20), (40, 12), (200, 60)] {
        shot(&format!("confusion-{width}x{height}"), &page, &look, width, height);
    }
    press(&mut page, "Tab");
    shot("pairs-60x20", &page, &look, 60, 20);
    press(&mut page, "Tab n");
    shot("classes-60x20", &page, &look, 60, 20);
    shot("no-colour-80x24", &page, &Look { depth: ColorDepth::None, ..look.clone() }, 80, 24);
    page.speak(Language::Chinese);
    shot("zh-confusion-120x40", &page, &look, 120, 40);
    shot("zh-confusion-80x24", &page, &look, 80, 24);
    let many = app(Synthetic { classes: 50, ..Synthetic::default() });
    shot("fifty-classes-120x40", &many, &look, 120, 40);
    let names = &["cold circle", "cold square", "cold triangle", "warm circle", "warm square", "warm triangle"];
    let mut named = app(Synthetic { classes: names.len(), names, ..Synthetic::default() });
    shot("two-words-120x40", &named, &look, 120, 40);
    shot("two-words-80x24", &named, &look, 80, 24);
    press(&mut named, "1");
    shot("two-words-overview-120x40", &named, &look, 120, 40);
    let nothing = app(Synthetic { steps: 0, ..Synthetic::default() });
    shot("nothing-yet-80x24", &nothing, &look, 80, 24);
}

/// A thousand classes are no reason to be slow, or to break.
#[test]
fn a_thousand_classes_are_shown() {
    let mut app = app(Synthetic { classes: 1_000, steps: 10, ..Synthetic::default() });
    let mut matrix = ConfusionMatrix::new(1_000);
    (0..1_000).for_each(|class| (0..class % 7 + 1).for_each(|_| matrix.add(class, class * 7 % 1_000)));
    let evaluation = Evaluation { loss: 1.0, confusion: matrix };
    let event = Event::Evaluated { split: Split::Validation, epoch: 1, step: 10, evaluation, answers: None };
    app.update(Message::Records(vec![Arc::new(Record { at_ms: 9, event })]));
    let look =
        Look { themes: Theme::builtin(), depth: ColorDepth::TrueColor, charset: Charset::Unicode, marker: Marker::Braille };
    let mut terminal = Terminal::new(TestBackend::new(120, 40)).expect("a buffer is a terminal");
    press(&mut app, "W W");
    terminal.draw(|frame| drop(draw(&app, &look, frame))).expect("a buffer takes every frame");
    let text = terminal.backend().to_string();
    let (truth, predicted) = app.pages().confusion.cell;
    assert!(text.contains(&format!("{truth} taken for {predicted}")), "{text}");
}

#[test]
fn what_became_of_single_images_is_said() {
    let mut app = app(Synthetic { steps: 0, ..Synthetic::default() });
    for (step, predicted) in [(10, [0, 1, 1, 1]), (20, [0, 0, 1, 0])] {
        let (mut images, mut confusion) = (JudgedImages::default(), ConfusionMatrix::new(10));
        for (truth, predicted) in [0, 0, 1, 1].into_iter().zip(predicted) {
            images.push(truth, predicted, 0.9);
            confusion.add(truth.into(), predicted.into());
        }
        let (split, epoch) = (Split::Validation, 1);
        let judged = Event::ImagesJudged { split, epoch, step, images };
        let evaluated = Event::Evaluated { split, epoch, step, evaluation: Evaluation { loss: 1.0, confusion }, answers: None };
        let records = [judged, evaluated].map(|event| Arc::new(Record { at_ms: step, event }));
        app.update(Message::Records(records.to_vec()));
    }
    let look =
        Look { themes: Theme::builtin(), depth: ColorDepth::TrueColor, charset: Charset::Unicode, marker: Marker::Braille };
    let text = |app: &App| {
        let mut terminal = Terminal::new(TestBackend::new(160, 40)).expect("a buffer is a terminal");
        terminal.draw(|frame| drop(draw(app, &look, frame))).expect("a buffer takes every frame");
        terminal.backend().to_string()
    };
    let said = "since the judgement before: 1 became right, 1 wrong; 1 once right are wrong now";
    assert!(text(&app).contains(said), "{}", text(&app));
    // Of the first one there is nothing to compare.
    press(&mut app, "[");
    assert!(!text(&app).contains("since the judgement before"));
}
