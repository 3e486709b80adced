//! Whatever the run says, the person presses, and the terminal is: the dashboard goes on.

mod synthetic;

use std::sync::Arc;

use mnist_tui::app::{App, AppOptions, Key, KeyCode, Message};
use mnist_tui::protocol::{ConfusionMatrix, Event, Outcome, Record, StepsFinished};
use mnist_tui::ui::{Charset, ColorDepth, Look, Marker, Theme, draw};
use proptest::prelude::*;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use synthetic::Synthetic;

fn key(number: u8) -> Key {
    const CODES: [KeyCode; 15] = [
        KeyCode::Enter,
        KeyCode::Esc,
        KeyCode::Tab,
        KeyCode::BackTab,
        KeyCode::Backspace,
        KeyCode::Up,
        KeyCode::Down,
        KeyCode::Left,
        KeyCode::Right,
        KeyCode::Home,
        KeyCode::End,
        KeyCode::PageUp,
        KeyCode::PageDown,
        KeyCode::Delete,
        KeyCode::Char('é'),
    ];
    match number {
        0..15 => Key::plain(CODES[usize::from(number)]),
        15..20 => Key::ctrl(char::from(b'a' + (number - 15) * 6)),
        _ => Key::char(char::from(32 + (number - 20) % 95)),
    }
}

fn render(app: &App, look: &Look, width: u16, height: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a buffer is a terminal");
    terminal.draw(|frame| drop(draw(app, look, frame))).expect("a buffer takes every frame");
    // ratatui cannot write a buffer without columns as text.
    if width == 0 { String::new() } else { terminal.backend().to_string() }
}

fn strange(loss: Vec<f32>, classes: usize) -> Event {
    let steps = StepsFinished {
        first_step: 1,
        epoch: 1,
        correct: vec![64; loss.len()],
        batch: vec![64; loss.len() / 2],
        learning_rate: Vec::new(),
        gradient_norm: None,
        images_seen: u64::MAX / 2,
        train_seconds: f64::NAN,
        confusion: ConfusionMatrix::new(classes),
        probed: Vec::new(),
        loss,
    };
    Event::StepsFinished(Box::new(steps))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn nothing_makes_it_panic(
        width in 0u16..300, height in 0u16..100, classes in 1usize..60, steps in 0u64..3_000, keys in prop::collection::vec(0u8..115, 0..40),
        depth in 0usize..4, marker in 0usize..4, ascii: bool, theme in 0usize..9, log_scale: bool, ended in 0u8..3,
        losses in prop::collection::vec(prop::num::f32::ANY, 0..20), odd: bool,
        augmented: bool, preview: bool,
    ) {
        let outcome = [None, Some(Outcome::Completed), Some(Outcome::Failed { message: "内存不足: no memory".repeat(4).into() })][usize::from(ended)].clone();
        let themes = Theme::builtin();
        let theme_names = themes.iter().map(|theme| theme.name().to_owned()).collect();
        let mut app = App::new(AppOptions { theme_names, theme, log_scale, ..AppOptions::default() });
        let look = Look {
            themes,
            depth: [ColorDepth::None, ColorDepth::Ansi16, ColorDepth::Ansi256, ColorDepth::TrueColor][depth],
            charset: if ascii { Charset::Ascii } else { Charset::Unicode },
            marker: [Marker::Braille, Marker::Block, Marker::Dot, Marker::Ascii][marker],
        };
        render(&app, &look, width, height);
        if odd {
            app.update(Message::Records(vec![Arc::new(Record { at_ms: u64::MAX, event: strange(losses.clone(), classes) })]));
            render(&app, &look, width, height);
        }
        let run = Synthetic { classes, steps, outcome, augmented, batch: 256, ..Synthetic::default() };
        app.update(Message::Records(run.records()));
        if odd {
            app.update(Message::Records(vec![Arc::new(Record { at_ms: 0, event: strange(losses, 3) })]));
        }
        if preview {
            app.update(Message::Key(Key::char('v')));
        }
        for number in keys {
            app.update(Message::Key(key(number)));
            app.shared().title();
        }
        let picture = render(&app, &look, width, height);
        prop_assert!(!ascii || picture.is_ascii());
    }
}

#[test]
fn a_million_steps_are_drawn() {
    let losses: Vec<f32> = (0..1_000_000).map(|i| 2.0 / (1.0 + i as f32)).collect();
    let mut app = App::new(AppOptions::default());
    app.update(Message::Records(Synthetic { steps: 0, ..Synthetic::default() }.records()));
    app.update(Message::Records(vec![Arc::new(Record { at_ms: 1, event: strange(losses, 10) })]));
    let look = Look { themes: Vec::new(), depth: ColorDepth::None, charset: Charset::Unicode, marker: Marker::Braille };
    assert!(render(&app, &look, 120, 40).contains("1,000,000"));
}
