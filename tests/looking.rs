//! The pages that look into things: what they ask, what they show of the answers, and that nothing breaks them.

mod keyboard;
mod synthetic;

use insta::assert_snapshot;
use keyboard::key;
use mnist_tui::app::{
    App, AppOptions, Control, Effect, Key, KeyCode, LayerView, Message, PageId, Point, Pointer, SIDE, Spot, Target,
};
use mnist_tui::protocol::{Answer, Asked, Body, Bytes, Plane, Query, Seen, Sum, Unanswered, Which};
use mnist_tui::run::Filter;
use mnist_tui::text::Language;
use mnist_tui::ui::{Charset, ColorDepth, Hits, Look, Marker, Theme, draw};
use proptest::prelude::*;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use synthetic::Synthetic;

/// A picture that depends on a number.
fn pixels(number: u32) -> Bytes {
    Bytes((0..784u32).map(|i| ((i * 7 + i / 28 * 31 + number * 97) % 256) as u8).collect())
}

fn seen(index: u32) -> Seen {
    Seen { index, label: Some((index % 10) as u16), pixels: pixels(index), predicted: None, value: None }
}

/// What a network could say.
fn body(query: &Query) -> Body {
    let probabilities = |sure: usize| (0..10).map(|class| if class == sure { 0.91 } else { 0.01 }).collect::<Vec<f32>>();
    let planes = |height: usize, width: usize, from: usize, count: usize, total: usize| {
        let plane = |channel: usize| {
            let values: Vec<f32> = (0..height * width).map(|i| ((i * 5 + channel * 11) % 17) as f32 / 8.0 - 0.5).collect();
            Plane::of(height, width, &values)
        };
        Body::Planes { total, planes: (from..total.min(from + count)).map(plane).collect() }
    };
    match query {
        Query::Images { places, .. } => Body::Images { images: places.iter().map(|place| seen(*place)).collect() },
        Query::Predict { image } => {
            let place = if let Which::Of { place, .. } = image { *place } else { 4 };
            Body::Predicted { image: seen(place), probabilities: probabilities(place as usize % 10) }
        }
        Query::Occlusion { .. } => planes(10, 10, 0, 1, 1),
        Query::Layer { layer: 0, from, count, .. } => planes(26, 26, *from, *count, 16),
        Query::Layer { layer: 1, from, count, .. } => planes(13, 13, *from, *count, 16),
        Query::Layer { layer: 2, .. } => planes(1, 2_704, 0, 1, 1),
        Query::Layer { .. } => planes(1, 10, 0, 1, 1),
        Query::Filters { layer: 0, from, count, .. } => planes(3, 3, *from, *count, 16),
        Query::Filters { from, count, .. } => planes(13, 13, *from, *count, 10),
        Query::Sum { .. } => {
            let (inputs, weights) = ((0..9).map(|i| i as f32 / 8.0).collect(), (0..9).map(|i| 0.5 - i as f32 / 9.0).collect());
            let corner = [13, 13];
            Body::Sum(Sum { kernel: 3, channels: 1, corner, inputs, weights, bias: 0.25, before: -1.416, after: 0.0 })
        }
        Query::Batch { from, count, .. } => {
            let image = |i: usize| Seen {
                predicted: Some(((i + usize::from(i < 2)) % 10) as u16),
                value: Some(3.0 / (1.0 + i as f32)),
                ..seen(i as u32)
            };
            Body::Images { images: (0..*count).map(|i| image(i + from % 10)).collect() }
        }
        Query::Alike { count, .. } => Body::Images { images: (0..*count as u32).map(seen).collect() },
    }
}

/// Gives the app what it asks for, until it asks for nothing more; how often it asked.
fn answer(app: &mut App, effects: Vec<Effect>) -> usize {
    let (mut effects, mut asked) = (effects, 0);
    while let Some(Asked { id, query, .. }) = effects.into_iter().find_map(|effect| match effect {
        Effect::Ask(asked) => Some(asked),
        _ => None,
    }) {
        asked += 1;
        assert!(asked < 20, "it asks without end: {query:?}");
        effects = app.update(Message::Answered(Answer { id, step: 1_764, body: body(&query) }));
    }
    asked
}

fn look() -> Look {
    Look { themes: Theme::builtin(), depth: ColorDepth::TrueColor, charset: Charset::Unicode, marker: Marker::Braille }
}

/// Draws it as large as this, tells it what was seen, and answers; gives the picture then.
fn shown(app: &mut App, look: &Look, (width, height): (u16, u16)) -> (String, Hits) {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a buffer is a terminal");
    let mut hits = Hits::default();
    for _ in 0..3 {
        terminal.draw(|frame| hits = draw(app, look, frame)).expect("a buffer takes every frame");
        let effects = app.update(Message::Saw { rows: hits.rows(), columns: hits.columns() });
        answer(app, effects);
    }
    (if width == 0 { String::new() } else { terminal.backend().to_string() }, hits)
}

fn judged(options: AppOptions) -> App {
    let mut app = App::new(options);
    app.update(Message::Records(Synthetic::default().records()));
    app.update(Message::Records(synthetic::judgements()));
    app.update(Message::Records(synthetic::checkpoint()));
    app.update(Message::Records(synthetic::measures()));
    app
}

/// Presses keys, and answers whatever is asked meanwhile.
fn press(app: &mut App, keys: &str) {
    for word in keys.split_whitespace() {
        let effects = app.update(Message::Key(key(word)));
        answer(app, effects);
    }
}

#[test]
fn pictures() {
    let sizes = [(120, 40), (80, 24), (200, 60), (60, 20), (40, 12)];
    let pages = [
        ("images", "4 Right Down m", &sizes[..]),
        ("image", "4 Tab", &[(60, 20), (40, 12)]),
        ("cell", "3 W", &sizes[..1]),
        ("batch", "2 Left Enter", &sizes),
        ("activations", "5", &sizes),
        ("filters", "5 F", &sizes[..2]),
        ("filters-narrow", "5 F", &sizes[3..]),
        ("one-pixel", "5 P", &sizes),
        ("units", "5 Down Down Down Tab", &sizes[..2]),
        ("draw", "6 Space Down Down Down Right Right Space m", &sizes),
        ("draw-nothing", "6", &sizes[..2]),
    ];
    for (name, keys, sizes) in pages {
        for size in sizes {
            let mut app = judged(AppOptions::default());
            press(&mut app, keys);
            assert_snapshot!(format!("{name}-{}x{}", size.0, size.1), shown(&mut app, &look(), *size).0);
        }
    }
    let plain = Look { depth: ColorDepth::None, charset: Charset::Ascii, marker: Marker::Ascii, ..look() };
    for (name, keys) in [("images", "4"), ("one-pixel", "5 P"), ("draw", "6 Space Down Down")] {
        let mut app = judged(AppOptions::default());
        press(&mut app, keys);
        let picture = shown(&mut app, &plain, (80, 24)).0;
        assert!(picture.is_ascii());
        assert_snapshot!(format!("{name}-plain"), picture);
        let mut app = judged(AppOptions { language: Language::Chinese, ..AppOptions::default() });
        press(&mut app, keys);
        assert_snapshot!(format!("{name}-zh"), shown(&mut app, &look(), (80, 24)).0);
    }
}

#[test]
fn nothing_is_asked_twice_or_for_nobody() {
    let mut app = judged(AppOptions::default());
    assert_eq!(answer(&mut app, Vec::new()), 0, "the overview asks for nothing");
    let asked = |app: &mut App, key| {
        let effects = app.update(Message::Key(Key::char(key)));
        answer(app, effects)
    };
    assert!(asked(&mut app, '4') >= 3);
    shown(&mut app, &look(), (120, 40));
    assert_eq!(asked(&mut app, 'z'), 0, "everything is known");
    // What follows the training is asked for again when the run has gone on for a while, by its own clock.
    let effects = app.update(Message::Records(Synthetic { steps: 2_400, ..Synthetic::default() }.records()));
    assert!(answer(&mut app, effects) > 0);
}

#[test]
fn a_cell_leads_to_its_images_and_an_image_into_the_network() {
    let mut app = judged(AppOptions::default());
    press(&mut app, "3 W");
    let cell = app.pages().confusion.cell;
    press(&mut app, "Enter");
    let images = &app.pages().images;
    assert_eq!(app.pages().open(), PageId::Images);
    assert_eq!((images.choice.truth, images.choice.predicted, images.choice.filter), (Some(cell.0), Some(cell.1), Filter::All));
    let listed = images.list().expect("judged").to_vec();
    assert!(!listed.is_empty() && listed.iter().all(|place| *place as usize % 10 == cell.0));
    press(&mut app, "Right Enter");
    assert_eq!(app.pages().open(), PageId::Network);
    assert!(matches!(app.shared().image, Some(Which::Of { place, .. }) if place == listed[1.min(listed.len() - 1)]));
    press(&mut app, "P");
    assert_eq!(app.pages().network.view(app.shared()), LayerView::Sum);
    // A drawing goes the same way.
    press(&mut app, "6 Space Down Down Enter");
    assert!(matches!(&app.shared().image, Some(Which::Given { pixels }) if pixels.0.len() == 784));
}

#[test]
fn the_mouse_draws_erases_and_chooses() {
    let mut app = judged(AppOptions::default());
    press(&mut app, "6");
    let mut at = |x, y, how| {
        let spot = Spot { x, y, width: SIDE as u16, height: SIDE as u16 };
        let effects = app.update(Message::Point(Point { target: Target::Canvas, spot, how }));
        answer(&mut app, effects);
        app.pages().draw.canvas().iter().filter(|ink| **ink > 200).count()
    };
    assert_eq!(at(5, 5, Pointer::Press), 1);
    assert_eq!(at(5, 15, Pointer::Drag), 11, "the places between are drawn, too");
    assert_eq!(at(5, 15, Pointer::Release), 11);
    assert_eq!(at(5, 10, Pointer::Erase), 8);
    press(&mut app, "u u");
    assert!(app.pages().draw.is_empty());
    press(&mut app, "4");
    shown(&mut app, &look(), (120, 40));
    app.update(Message::Point(Point { target: Target::Item(2), spot: Spot::default(), how: Pointer::Press }));
    assert_eq!(app.pages().images.cursor(), 2);
}

#[test]
fn why_nothing_is_shown_is_said() {
    for (why, words) in [
        (Unanswered::Older, "is older"),
        (Unanswered::NoImages, "not there any more"),
        (Unanswered::NoCheckpoint, "no checkpoint"),
    ] {
        for keys in ['4', '5'] {
            let mut app = judged(AppOptions::default());
            let mut effects = app.update(Message::Key(Key::char(keys)));
            for _ in 0..20 {
                let Some(Effect::Ask(asked)) = effects.pop() else { break };
                effects = app.update(Message::Answered(Answer::none(asked.id, why)));
            }
            let mut terminal = Terminal::new(TestBackend::new(120, 40)).expect("a buffer is a terminal");
            terminal.draw(|frame| drop(draw(&app, &look(), frame))).expect("a buffer takes every frame");
            assert!(terminal.backend().to_string().contains(words), "{why:?} on {keys}");
        }
    }
}

/// Something that happens to the dashboard.
#[derive(Clone, Debug)]
enum Happens {
    Key(Key),
    /// Something that was drawn is pointed at.
    Points(prop::sample::Index, u16, u16, Pointer),
    Resizes(u16, u16),
    /// What was asked is answered as it should be, or not at all as it should.
    Answers(u8),
    GoesOn,
    Judges,
}

fn happens() -> impl Strategy<Value = Happens> {
    let key = prop_oneof![
        prop::sample::select(vec!['2', '3', '4', '5', '6', '7']).prop_map(Key::char),
        prop::sample::select("fFoOnNmcAPkjhl[]xu WyHizb?".chars().collect::<Vec<_>>()).prop_map(Key::char),
        prop::sample::select(vec![
            KeyCode::Up,
            KeyCode::Down,
            KeyCode::Left,
            KeyCode::Right,
            KeyCode::Enter,
            KeyCode::Esc,
            KeyCode::Tab,
            KeyCode::PageDown,
            KeyCode::PageUp
        ])
        .prop_map(|code| Key { shift: code == KeyCode::PageUp, ..Key::plain(code) }),
    ];
    let pointer = prop::sample::select(vec![
        Pointer::Press,
        Pointer::Drag,
        Pointer::Release,
        Pointer::Erase,
        Pointer::Wheel(1),
        Pointer::Wheel(-1),
    ]);
    prop_oneof![
        8 => key.prop_map(Happens::Key),
        3 => (any::<prop::sample::Index>(), 0u16..60, 0u16..60, pointer).prop_map(|(area, x, y, how)| Happens::Points(area, x, y, how)),
        1 => (0u16..220, 0u16..70).prop_map(|(width, height)| Happens::Resizes(width, height)),
        6 => (0u8..8).prop_map(Happens::Answers),
        1 => Just(Happens::GoesOn),
        1 => Just(Happens::Judges),
    ]
}

/// What nobody should answer.
fn unsound(kind: u8) -> Body {
    let plane = Plane { height: 40, width: 40, low: f32::NAN, high: 1.0, values: Bytes(vec![3; 7]) };
    match kind {
        0 => Body::Planes { total: 1, planes: vec![plane] },
        1 => Body::Planes { total: 0, planes: Vec::new() },
        2 => Body::Images { images: vec![Seen { pixels: Bytes(Vec::new()), label: Some(9_999), ..seen(1) }] },
        3 => Body::Predicted { image: seen(1), probabilities: vec![f32::NAN; 3] },
        4 => Body::Nothing { why: Unanswered::Busy },
        _ => Body::Sum(Sum {
            kernel: usize::MAX,
            channels: 9,
            corner: [i32::MIN, i32::MAX],
            inputs: vec![1.0],
            weights: Vec::new(),
            bias: 0.0,
            before: 0.0,
            after: 0.0,
        }),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn nothing_breaks_it_and_everything_asked_makes_sense(all in prop::collection::vec(happens(), 1..60), read_only: bool) {
        let control = if read_only { Control::ReadOnly } else { Control::Steering };
        let mut app = judged(AppOptions { control, mouse: true, ..AppOptions::default() });
        let (mut size, mut steps, mut waiting) = ((120, 40), 1_764, None::<Asked>);
        let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).expect("a buffer is a terminal");
        for happened in all {
            let mut hits = Hits::default();
            terminal.draw(|frame| hits = draw(&app, &look(), frame)).expect("a buffer takes every frame");
            let mut effects = app.update(Message::Saw { rows: hits.rows(), columns: hits.columns() });
            effects.extend(match happened {
                Happens::Key(key) => app.update(Message::Key(key)),
                Happens::Points(area, x, y, how) => {
                    let areas = hits.areas();
                    let point = (!areas.is_empty()).then(|| {
                        let place = areas[area.index(areas.len())].0;
                        hits.at(place.x + x % place.width.max(1), place.y + y % place.height.max(1), how)
                    });
                    point.flatten().map(|point| app.update(Message::Point(point))).unwrap_or_default()
                }
                Happens::Resizes(width, height) => {
                    size = (width, height);
                    terminal = Terminal::new(TestBackend::new(size.0, size.1)).expect("a buffer is a terminal");
                    Vec::new()
                }
                Happens::Answers(kind) => match waiting.take() {
                    Some(Asked { id, query, .. }) => {
                        let body = if kind > 5 { unsound(kind) } else { body(&query) };
                        let body = if kind < 2 { unsound(kind + 2) } else { body };
                        app.update(Message::Answered(Answer { id, step: steps, body }))
                    }
                    None => Vec::new(),
                },
                Happens::GoesOn => {
                    steps += 100;
                    app.update(Message::Records(Synthetic { steps, ..Synthetic::default() }.records().split_off(1)))
                }
                Happens::Judges => app.update(Message::Records(synthetic::judgements())),
            });
            for effect in effects {
                match effect {
                    Effect::Ask(asked) => {
                        let is_newer = waiting.as_ref().is_none_or(|waiting| waiting.query != asked.query);
                        prop_assert!(is_newer, "asked twice: {:?}", asked.query);
                        waiting = Some(asked);
                    }
                    Effect::Send(request) => prop_assert!(!read_only, "{request:?} by one who only looks"),
                    _ => {}
                }
            }
        }
    }
}

#[test]
fn a_picture_is_opened_and_can_be_taken_back() {
    let mut app = judged(AppOptions::default());
    press(&mut app, "6 o 7 . p n g");
    assert_eq!(app.update(Message::Key(key("Enter"))), [Effect::OpenPicture("7.png".into())]);
    let mut ink = vec![0; SIDE * SIDE];
    ink[300..320].fill(255);
    let effects = app.update(Message::Opened(Ok(ink.clone())));
    answer(&mut app, effects);
    assert_eq!(app.pages().draw.canvas(), ink);
    press(&mut app, "u");
    assert!(app.pages().draw.is_empty());
    app.update(Message::Opened(Ok(vec![1, 2, 3])));
    assert!(app.pages().draw.is_empty(), "of another size");
    // What is kept is what stands there.
    app.update(Message::Opened(Ok(ink.clone())));
    press(&mut app, "k");
    let kept = app.update(Message::Key(key("Enter")));
    assert!(matches!(&kept[..], [Effect::KeepDigit { ink: kept, side: SIDE, .. }, ..] if *kept == ink), "{kept:?}");
}
