//! What keys do whatever page is open.

use super::row::{Row, hidden, row};
use super::{Control, Drawer, Effect, Help, Key, KeyCode, Leave, Overlay, Pages, Palette, Question, Rank, Replay, Seek, Shared};
use crate::protocol::Command;
use Rank::{As, Footer, Hidden, Not, Pair, Refused};

const fn c(character: char) -> Key {
    Key::char(character)
}

const fn k(code: KeyCode) -> Key {
    Key::plain(code)
}

/// What only who steers can do, until the run is over.
pub(super) fn steers(shared: &Shared, rank: Rank) -> Rank {
    match () {
        () if shared.run.ended.is_some() || shared.alone => Not,
        () if shared.control.steers() => rank,
        () => Refused,
    }
}

fn plays(shared: &Shared, rank: Rank) -> Rank {
    if shared.control == Control::Replaying { rank } else { Not }
}

fn seek(shared: &mut Shared, to: Seek) {
    shared.play(|replay| replay.seek(to));
}

/// On pages that show the run.
pub const PLAYING: &[Row<Pages>] = &[
    row("replay.play", &[c(' ')], "pause", "pause, or play on; at the end, play again", play_rank, |_, shared| {
        shared.play(Replay::toggle)
    }),
    row(
        "replay.back",
        &[k(KeyCode::Left), c('<')],
        "back",
        "back by a hundredth of the run",
        |_, shared| plays(shared, Hidden),
        |_, shared| seek(shared, Seek::Short(false)),
    ),
    row(
        "replay.on",
        &[k(KeyCode::Right), c('>')],
        "seek",
        "on by a hundredth of the run",
        |_, shared| plays(shared, Pair(11, "seek", "replay.back")),
        |_, shared| seek(shared, Seek::Short(true)),
    ),
    row(
        "replay.steps-back",
        &[c(',')],
        "steps back",
        "pause, and back by the steps told at once",
        |_, shared| plays(shared, Hidden),
        |_, shared| seek(shared, Seek::Steps(false)),
    ),
    row(
        "replay.steps-on",
        &[c('.')],
        "few steps",
        "pause, and on by the steps told at once",
        |_, shared| plays(shared, Pair(30, "few steps", "replay.steps-back")),
        |_, shared| seek(shared, Seek::Steps(true)),
    ),
    row(
        "replay.epoch-back",
        &[c('[')],
        "epoch back",
        "back to the end of the epoch before",
        |_, shared| plays(shared, Hidden),
        |_, shared| seek(shared, Seek::Epoch(false)),
    ),
    row(
        "replay.epoch-on",
        &[c(']')],
        "epoch",
        "on to the end of the next epoch",
        |_, shared| plays(shared, Pair(13, "epoch", "replay.epoch-back")),
        |_, shared| seek(shared, Seek::Epoch(true)),
    ),
    row(
        "replay.start",
        &[k(KeyCode::Home), c('g')],
        "start",
        "to the start",
        |_, shared| plays(shared, Footer(31)),
        |_, shared| seek(shared, Seek::Start),
    ),
    row(
        "replay.end",
        &[k(KeyCode::End), c('G')],
        "end",
        "to the end of what is recorded",
        |_, shared| plays(shared, Hidden),
        |_, shared| seek(shared, Seek::End),
    ),
    row(
        "replay.slower",
        &[c('-')],
        "slower",
        "more slowly",
        |_, shared| plays(shared, Hidden),
        |_, shared| shared.play(|replay| replay.change_speed(false)),
    ),
    row(
        "replay.faster",
        &[c('+'), c('=')],
        "speed",
        "faster",
        |_, shared| plays(shared, Pair(12, "speed", "replay.slower")),
        |_, shared| shared.play(|replay| replay.change_speed(true)),
    ),
];

fn play_rank(_: &Pages, shared: &Shared) -> Rank {
    plays(
        shared,
        match &shared.replay {
            Some(replay) if replay.is_at_end() => As(10, "play again"),
            Some(replay) if !replay.is_playing() => As(10, "play"),
            _ => Footer(10),
        },
    )
}

/// On pages that show the run.
pub const STEERING: &[Row<Pages>] = &[
    row(
        "run.pause",
        &[c(' ')],
        "pause",
        "pause the training, or go on",
        |_, shared| steers(shared, if shared.will_be_paused() { As(10, "resume") } else { Footer(10) }),
        |_, shared| shared.send(if shared.will_be_paused() { Command::Resume } else { Command::Pause }),
    ),
    row(
        "run.step",
        &[c('s')],
        "one step",
        "train one batch, then wait",
        |_, shared| steers(shared, if shared.will_be_paused() { Footer(16) } else { Hidden }),
        |_, shared| shared.send(Command::Step),
    ),
    row(
        "run.undo",
        &[c('u')],
        "undo",
        "take the last change back; again for the one before",
        |_, shared| steers(shared, if shared.hypers.can_undo() { Footer(32) } else { Hidden }),
        |_, shared| shared.undo(),
    ),
    row(
        "run.evaluate",
        &[c('e')],
        "evaluate",
        "judge the network on the validation images now",
        |_, shared| steers(shared, Footer(44)),
        |_, shared| shared.send(Command::Evaluate),
    ),
    row(
        "run.checkpoint",
        &[c('w')],
        "checkpoint",
        "write a checkpoint now, and keep it",
        |_, shared| steers(shared, Hidden),
        |_, shared| shared.send(Command::Checkpoint),
    ),
    row(
        "run.rewind",
        &[c('b')],
        "rewind",
        "after numbers went wrong: back to the last epoch's end, with half the rate",
        |_, shared| steers(shared, if shared.run.diverged.is_some() { Footer(14) } else { Hidden }),
        |_, shared| match shared.run.diverged {
            Some(_) => shared.send_once(Command::Rewind),
            None => shared.tell("nothing went wrong"),
        },
    ),
    row(
        "run.stop",
        &[c('x')],
        "stop",
        "stop here and judge on the test set; asks first",
        |_, shared| steers(shared, if shared.run.started.is_some() { Footer(43) } else { Hidden }),
        |_, shared| {
            if shared.run.started.is_some() {
                shared.open(Question::stopping());
            }
        },
    ),
    row(
        "run.take-over",
        &[c('T')],
        "take over",
        "steer the run from here; asks first",
        |_, shared| match shared.control {
            Control::Observing { .. } if shared.run.ended.is_none() => Footer(10),
            _ => Not,
        },
        |_, shared| shared.open(Question::taking_over(&shared.control)),
    ),
];

fn explain_rank(pages: &Pages, shared: &Shared) -> Rank {
    if pages.page().explained(shared).is_some() { Footer(50) } else { Not }
}

fn run_rank(shared: &Shared) -> Rank {
    if shared.alone { Not } else { Hidden }
}

/// On every page, when nothing lies over it.
pub const PAGES: &[Row<Pages>] = &[
    row(
        "theme.next",
        &[c('t')],
        "theme",
        "next theme",
        |_, _| Footer(48),
        |_, shared| {
            let view = &mut shared.view;
            view.theme = (view.theme + 1) % view.theme_names.len().max(1);
            if let Some(name) = view.theme_names.get(view.theme).cloned() {
                shared.tell(format!("theme {name}"));
            }
        },
    ),
    row(
        "chart.scale",
        &[c('a')],
        "log axis",
        "logarithmic or linear axis on the charts",
        |pages, shared| {
            let order = pages.page().charts();
            match order {
                None => Not,
                Some(order) if shared.view.log_scale => As(order, "linear axis"),
                Some(order) => Footer(order),
            }
        },
        |_, shared| shared.view.log_scale = !shared.view.log_scale,
    ),
    row(
        "explain",
        &[c('i')],
        "explain",
        "what the focused panel or the selected value is, in a few lines",
        explain_rank,
        |pages, shared| {
            let explained = pages.page().explained(shared);
            shared.overlays.extend(explained.map(Overlay::Explain));
        },
    ),
    row(
        "drawer",
        &[c('H')],
        "values",
        "the hyperparameters, over any page",
        |_, shared| run_rank(shared),
        |_, shared| shared.open(Drawer),
    ),
    row(
        "palette",
        &[c(':')],
        "find",
        "every action and every hyperparameter, by a few letters",
        |_, _| Footer(52),
        |pages, shared| {
            let palette = Palette::new(pages.offers(shared), shared);
            shared.open(palette);
        },
    ),
    row(
        "mouse",
        &[Key::ctrl('o')],
        "mouse",
        "leave the mouse to the terminal, to select text; or take it",
        hidden,
        |_, shared| {
            shared.view.mouse = !shared.view.mouse;
            shared.effects.push(Effect::Mouse(shared.view.mouse));
            shared.tell(if shared.view.mouse { "the mouse is the dashboard's" } else { "the mouse is the terminal's" });
        },
    ),
    row(
        "help",
        &[c('?')],
        "help",
        "show this list",
        |_, _| Footer(254),
        |pages, shared| {
            let help = Help::new(pages.open(), &shared.keymap);
            shared.open(help);
        },
    ),
    row(
        "run.detach",
        &[c('d')],
        "detach",
        "leave; the training goes on in the background",
        |_, shared| if shared.run.ended.is_none() { Footer(49) } else { Hidden },
        |_, shared| shared.detach(),
    ),
    row("quit", &[c('q')], "quit", "leave; asks first while the training goes on", |_, _| Footer(255), |_, shared| shared.quit()),
];

/// Whatever lies over the page.
pub const ALWAYS: &[Row<Pages>] = &[
    row("interrupt", &[Key::ctrl('c')], "quit", "leave; twice drops the run at once", hidden, |_, shared| {
        if shared.overlays.last().is_some_and(|top| top.is_leaving()) {
            shared.leave(Leave::Discard);
        } else {
            shared.quit();
        }
    }),
    row("redraw", &[Key::ctrl('l')], "redraw", "draw the screen again", hidden, |_, shared| shared.effects.push(Effect::Repaint)),
    row("suspend", &[Key::ctrl('z')], "suspend", "back to the shell until `fg`", hidden, |_, shared| {
        shared.effects.push(Effect::Suspend)
    }),
];
