//! Progress lines on standard error.

use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

use unicode_width::UnicodeWidthStr;

use super::holder::Held;
use super::signals::{Asked, HANGUP, Signals};
use super::size::size;
use super::{Shown, is_dumb};
use crate::link::{Link, Update};
use crate::protocol::{Command, Connection, Record, Request, RequestId};
use crate::run::{RunState, Steerer};
use crate::text::Language;
use crate::ui::{Charset, ascii_text};

/// On a terminal the progress line is written over so often.
const REWRITE_MS: u64 = 200;
/// Elsewhere there is a new one so often.
const NEW_LINE_MS: u64 = 5000;

/// A signal that comes so soon after another is the same: it went to all processes of the terminal, and the one that holds
/// this one passed it on.
pub(super) const SAME: Duration = Duration::from_millis(300);

/// Follows the run to its end, with progress lines in `charset`, or without a word in the background. The first signal to
/// end stops the training and waits for its results; the second does not wait, and neither does one of a batch system. A hangup ends the run, too, unless this
/// process is `held`: then it goes on in the background.
pub(super) async fn follow(
    link: &mut Link,
    signals: &mut Signals,
    charset: Option<Charset>,
    mut held: Option<Held>,
    state: RunState,
) -> Shown {
    let mut lines = charset.map(|charset| Lines::new(charset, &state));
    let mut state = Box::new(state);
    let mut signalled: Option<(u8, Instant)> = None;
    loop {
        // In the background a run waits for somebody to attach.
        let waits = matches!(state.steerer, Steerer::Client { .. }) || lines.is_none() && !state.not_served;
        if state.diverged.is_some() && !waits {
            // Nobody is here who could lower the learning rate.
            link.hang_up();
        }
        tokio::select! {
            update = link.updates() => {
                let Update::Records(records) = update else { continue };
                records.iter().for_each(|record| state.apply(record));
                if let Some(lines) = &mut lines {
                    lines.write(&state);
                }
                if state.ended.is_some() {
                    return match signalled {
                        Some((signal, _)) => Shown::Signalled(signal, state),
                        None => Shown::Ended(state),
                    };
                }
            }
            asked = signals.next() => match asked {
                // In the background there is no terminal that could go.
                Asked::End(HANGUP) if lines.is_none() => {}
                Asked::End(signal) => match (held.take_if(|_| signal == HANGUP), signalled) {
                    (Some(held), _) => {
                        held.leave();
                        lines = None;
                    }
                    (None, Some((_, at))) if at.elapsed() < SAME => {}
                    (None, Some(_)) => return Shown::Signalled(signal, state),
                    (None, None) => {
                        signalled = Some((signal, Instant::now()));
                        link.send(Request { id: RequestId { client: 0, number: u32::MAX }, command: Command::Stop });
                    }
                },
                Asked::Leave(signal) => return Shown::Signalled(signal, state),
                Asked::Suspend => super::signals::stop_process_group(),
                Asked::Continued => {}
                Asked::Resized => if let Some(lines) = &mut lines {
                    lines.rewrite(&state);
                }
            }
        }
    }
}

/// Follows the run of another process to its end, or until a signal comes or the way to it is lost for good.
pub(super) async fn watch(link: &mut Link, signals: &mut Signals, charset: Charset) -> Shown {
    let (mut state, mut lost) = (Box::<RunState>::default(), false);
    let mut lines = Lines::new(charset, &state);
    loop {
        tokio::select! {
            update = link.updates() => match update {
                Update::Records(records) => {
                    records.iter().for_each(|record| state.apply(record));
                    lines.write(&state);
                    if state.ended.is_some() {
                        return Shown::Ended(state);
                    }
                }
                Update::Restarted => {
                    *state = RunState::default();
                    (lines.logged, lines.told_ms) = (0, 0);
                }
                Update::Connection(Connection::Gone { reason }) => {
                    lines.tell(&reason.to_string());
                    return Shown::Ended(state);
                }
                Update::Connection(Connection::Lost { .. }) if !lost => {
                    lines.tell("connection lost; trying again until it is back");
                    lost = true;
                }
                Update::Connection(Connection::Up { .. }) => lost = false,
                Update::Connection(_) | Update::Refused { .. } | Update::Answer(_) => {}
            },
            asked = signals.next() => match asked {
                Asked::End(signal) | Asked::Leave(signal) => return Shown::Signalled(signal, state),
                Asked::Suspend => super::signals::stop_process_group(),
                Asked::Continued => {}
                Asked::Resized => lines.rewrite(&state),
            }
        }
    }
}

/// Plays what a run told, so many times as fast, to its end or until a signal comes.
pub(super) async fn play(records: Vec<Record>, speed: f64, signals: &mut Signals, charset: Charset) -> Shown {
    let mut state = Box::<RunState>::default();
    let mut lines = Lines::new(charset, &state);
    let began = tokio::time::Instant::now();
    for record in records {
        let due = began + Duration::from_secs_f64(record.at_ms as f64 / 1000.0 / speed);
        loop {
            tokio::select! {
                biased;
                asked = signals.next() => match asked {
                    Asked::End(signal) | Asked::Leave(signal) => return Shown::Signalled(signal, state),
                    Asked::Suspend => super::signals::stop_process_group(),
                    Asked::Continued => {}
                    Asked::Resized => lines.rewrite(&state),
                },
                () = tokio::time::sleep_until(due) => break,
            }
        }
        state.apply(&record);
        lines.write(&state);
    }
    Shown::Ended(state)
}

/// What has been written, and how.
struct Lines {
    on_terminal: bool,
    /// The columns of the terminal.
    width: Option<usize>,
    charset: Charset,
    /// Lines of the run's log that have been written.
    logged: usize,
    told_ms: u64,
}

impl Lines {
    /// Nothing of what has been told so far is written.
    fn new(charset: Charset, state: &RunState) -> Self {
        let on_terminal = stderr().is_terminal() && !is_dumb();
        Self { on_terminal, width: None, charset, logged: state.log.len(), told_ms: state.at_ms }
    }

    /// Writes what is new. Nobody can be told when standard error is gone; the training goes on.
    fn write(&mut self, state: &RunState) {
        self.width = size(stderr()).filter(|_| self.on_terminal).map(|(columns, _)| columns.into());
        let text = self.text(state);
        if !text.is_empty() {
            let mut output = stderr().lock();
            let _ = output.write_all(text.as_bytes()).and_then(|()| output.flush());
        }
    }

    /// Writes the progress line again: the terminal has another size.
    fn rewrite(&mut self, state: &RunState) {
        if self.on_terminal {
            self.told_ms = 0;
            self.write(state);
        }
    }

    /// Writes a line about something else than the run.
    fn tell(&self, text: &str) {
        let clear = if self.on_terminal { "\r\x1b[K" } else { "" };
        let mut output = stderr().lock();
        let _ = writeln!(output, "{clear}{text}").and_then(|()| output.flush());
    }

    /// What is new.
    fn text(&mut self, state: &RunState) -> String {
        let mut text = String::new();
        let clear = if self.on_terminal { "\r\x1b[K" } else { "" };
        for line in &state.log[self.logged..] {
            text.push_str(&format!("{clear}{}\n", line.text.say(Language::English)));
        }
        let wait = if self.on_terminal { REWRITE_MS } else { NEW_LINE_MS };
        let due = state.at_ms >= self.told_ms + wait;
        if state.ended.is_none() && state.step > 0 && (due || self.on_terminal && !text.is_empty()) {
            self.told_ms = state.at_ms;
            let end = if self.on_terminal { "" } else { "\n" };
            text.push_str(&format!("{clear}{}{end}", progress(state, self.width)));
        }
        self.logged = state.log.len();
        if self.charset == Charset::Ascii { ascii_text(&text) } else { text }
    }
}

/// How the run stands, in a line of fewer than `width` columns: a terminal may go to the next line after the last one. What
/// matters least is left out, and nothing is cut.
fn progress(state: &RunState, width: Option<usize>) -> String {
    let epochs = state.hyperparameters.map_or(0, |hyper| hyper.epochs);
    // In the order in which they stand, with their ranks.
    let mut pieces = vec![(0, format!("epoch {}/{epochs}", state.epoch)), (4, format!("step {}", state.step))];
    if let (Some(loss), Some(accuracy)) = (state.steps.loss_smooth.last(), state.steps.accuracy_smooth.last()) {
        pieces.extend([(2, format!("loss {loss:.4}")), (1, format!("accuracy {:.2} %", accuracy * 100.0))]);
    }
    if let (Some(speed), Some(left)) = (state.images_per_second(), state.seconds_left()) {
        let left = format!("{}:{:02} left", left as u64 / 60, left as u64 % 60);
        pieces.extend([(5, format!("{speed:.0} images/s")), (3, left)]);
    }
    loop {
        let line = pieces.iter().map(|(_, piece)| piece.as_str()).collect::<Vec<_>>().join(" · ");
        let Some(last) = pieces.iter().map(|(rank, _)| *rank).max() else { return line };
        if width.is_none_or(|width| line.width() < width) {
            return line;
        }
        pieces.retain(|(rank, _)| *rank != last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Hyper, Hyperparameters};
    use crate::run::{LogKind, LogLine};
    use crate::text::LogText;

    #[test]
    fn lines_are_ascii_where_the_locale_is() {
        let text = LogText::HyperChanged { hyper: Hyper::LearningRate, from: "0.001".into(), to: "0.002".into() };
        let line = LogLine { at_ms: 0, step: 7, kind: LogKind::Progress, text };
        let mut state = RunState::default();
        (state.step, state.epoch, state.at_ms) = (7, 1, 9_000);
        state.log.push(line);
        let lines = |charset| Lines { on_terminal: false, width: None, charset, logged: 0, told_ms: 0 }.text(&state);
        assert_eq!(lines(Charset::Unicode), "learning rate 0.001 → 0.002\nepoch 1/0 · step 7\n");
        assert_eq!(lines(Charset::Ascii), "learning rate 0.001 > 0.002\nepoch 1/0 . step 7\n");
    }

    #[test]
    fn the_progress_line_fits_and_leaves_out_what_matters_least() {
        let mut state = RunState::default();
        (state.step, state.epoch) = (123_456, 12);
        state.hyperparameters = Some(Hyperparameters { epochs: 300, ..Hyperparameters::default() });
        state.steps.loss_smooth.push(0.0404);
        state.steps.accuracy_smooth.push(0.988);
        let whole = "epoch 12/300 · step 123456 · loss 0.0404 · accuracy 98.80 %";
        let cases = [
            (None, whole),
            (Some(80), whole),
            (Some(60), whole),
            (Some(59), "epoch 12/300 · loss 0.0404 · accuracy 98.80 %"),
            (Some(45), "epoch 12/300 · accuracy 98.80 %"),
            (Some(40), "epoch 12/300 · accuracy 98.80 %"),
            (Some(20), "epoch 12/300"),
            (Some(12), ""),
            (Some(1), ""),
        ];
        for (width, expected) in cases {
            assert_eq!(progress(&state, width), expected, "{width:?}");
        }
    }
}
