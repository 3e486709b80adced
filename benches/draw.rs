//! How long a frame takes: drawing it, and finding what changed since the last one.

#[path = "../tests/synthetic/mod.rs"]
mod synthetic;

use mnist_tui::app::{App, AppOptions, Key, Message};
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
