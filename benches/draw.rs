//! How long a frame takes: drawing it, and finding what changed since the last one.

#[path = "../tests/synthetic/mod.rs"]
mod synthetic;

use mnist_tui::app::{App, AppOptions, Effect, Key, Message};
use mnist_tui::protocol::{Answer, Body, Bytes, Plane, Query, Seen};
use mnist_tui::ui::{Charset, ColorDepth, Look, Marker, Theme, draw};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use synthetic::Synthetic;

fn main() {
    divan::main();
}

#[divan::bench(args = [5_000, 1_000_000])]
fn frame_120x40(bencher: divan::Bencher, steps: u64) {
    frame(bencher, steps, '1');
}

/// The page of charts.
#[divan::bench(args = [5_000, 1_000_000, 10_000_000])]
fn charts_120x40(bencher: divan::Bencher, steps: u64) {
    frame(bencher, steps, '2');
}

/// The pages that look into things, with what they have asked for.
#[divan::bench(args = ['3', '4', '5', '6'])]
fn looking_200x60(bencher: divan::Bencher, page: char) {
    let mut app = App::new(AppOptions::default());
    app.update(Message::Records(Synthetic::default().records()));
    app.update(Message::Records(synthetic::judgements()));
    app.update(Message::Key(Key::char(page)));
    let look =
        Look { themes: Theme::builtin(), depth: ColorDepth::TrueColor, charset: Charset::Unicode, marker: Marker::Braille };
    let mut terminal = Terminal::new(TestBackend::new(200, 60)).expect("a buffer is a terminal");
    let mut effects = app.update(Message::Saw { rows: 6, columns: 8 });
    for _ in 0..20 {
        let Some(Effect::Ask(asked)) = effects.pop() else { break };
        effects = app.update(Message::Answered(Answer { id: asked.id, step: 1_764, body: body(&asked.query) }));
    }
    bencher.bench_local(|| {
        terminal.draw(|frame| drop(draw(&app, &look, frame))).expect("a buffer takes every frame");
    });
}

/// What a network could say.
fn body(query: &Query) -> Body {
    let seen = |place: &u32| Seen { index: *place, label: Some(3), pixels: Bytes(vec![99; 784]), predicted: None, value: None };
    match query {
        Query::Images { places, .. } => Body::Images { images: places.iter().map(seen).collect() },
        Query::Predict { .. } => Body::Predicted { image: seen(&1), probabilities: vec![0.1; 10] },
        Query::Layer { count, .. } => {
            let values: Vec<f32> = (0..676).map(|i| (i % 13) as f32).collect();
            Body::Planes { total: 16, planes: (0..16.min(*count)).map(|_| Plane::of(26, 26, &values)).collect() }
        }
        _ => Body::Planes { total: 1, planes: vec![Plane::of(10, 10, &[0.5; 100])] },
    }
}

fn frame(bencher: divan::Bencher, steps: u64, page: char) {
    let epochs = steps as usize / 860 + 1;
    let mut app = App::new(AppOptions { log_scale: true, ..AppOptions::default() });
    app.update(Message::Records(Synthetic { steps, epochs, batch: 64, ..Synthetic::default() }.records()));
    app.update(Message::Key(Key::char(page)));
    let look =
        Look { themes: Theme::builtin(), depth: ColorDepth::TrueColor, charset: Charset::Unicode, marker: Marker::Braille };
    let mut terminal = Terminal::new(TestBackend::new(120, 40)).expect("a buffer is a terminal");
    bencher.bench_local(|| {
        terminal.draw(|frame| drop(draw(&app, &look, frame))).expect("a buffer takes every frame");
    });
}
