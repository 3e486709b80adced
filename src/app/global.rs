//! What keys do whatever page is open.

use super::key::{c, k};
use super::row::{Row, hidden, row};
use super::{
    Control, Drawer, Effect, Help, Key, KeyCode, Leave, Overlay, Pages, Palette, Question, Rank, Replay, Rewind, Seek, Shared,
};
use crate::protocol::Command;
use crate::run::Health;
use crate::run::format::file_name;
use crate::text::{KeyHelp, KeyLabel, Phrase};
use Rank::{As, Footer, Hidden, Not, Pair, Refused};

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
    row("replay.play", &[c(' ')], KeyLabel::Pause, KeyHelp::ReplayPlay, play_rank, |_, shared| shared.play(Replay::toggle)),
    row(
        "replay.back",
        &[k(KeyCode::Left), c('<')],
        KeyLabel::SeekBack,
        KeyHelp::ReplayBack,
        |_, shared| plays(shared, Hidden),
        |_, shared| seek(shared, Seek::Short(false)),
    ),
    row(
        "replay.on",
        &[k(KeyCode::Right), c('>')],
        KeyLabel::Seek,
        KeyHelp::ReplayOn,
        |_, shared| plays(shared, Pair(11, KeyLabel::Seek, "replay.back")),
        |_, shared| seek(shared, Seek::Short(true)),
    ),
    row(
        "replay.steps-back",
        &[c(',')],
        KeyLabel::StepsBack,
        KeyHelp::ReplayStepsBack,
        |_, shared| plays(shared, Hidden),
        |_, shared| seek(shared, Seek::Steps(false)),
    ),
    row(
        "replay.steps-on",
        &[c('.')],
        KeyLabel::FewSteps,
        KeyHelp::ReplayStepsOn,
        |_, shared| plays(shared, Pair(30, KeyLabel::FewSteps, "replay.steps-back")),
        |_, shared| seek(shared, Seek::Steps(true)),
    ),
    row(
        "replay.epoch-back",
        &[c('[')],
        KeyLabel::EpochBack,
        KeyHelp::ReplayEpochBack,
        |_, shared| plays(shared, Hidden),
        |_, shared| seek(shared, Seek::Epoch(false)),
    ),
    row(
        "replay.epoch-on",
        &[c(']')],
        KeyLabel::Epoch,
        KeyHelp::ReplayEpochOn,
        |_, shared| plays(shared, Pair(13, KeyLabel::Epoch, "replay.epoch-back")),
        |_, shared| seek(shared, Seek::Epoch(true)),
    ),
    row(
        "replay.start",
        &[k(KeyCode::Home), c('g')],
        KeyLabel::Start,
        KeyHelp::ReplayStart,
        |_, shared| plays(shared, Footer(31)),
        |_, shared| seek(shared, Seek::Start),
    ),
    row(
        "replay.end",
        &[k(KeyCode::End), c('G')],
        KeyLabel::End,
        KeyHelp::ReplayEnd,
        |_, shared| plays(shared, Hidden),
        |_, shared| seek(shared, Seek::End),
    ),
    row(
        "replay.slower",
        &[c('-')],
        KeyLabel::Slower,
        KeyHelp::ReplaySlower,
        |_, shared| plays(shared, Hidden),
        |_, shared| shared.play(|replay| replay.change_speed(false)),
    ),
    row(
        "replay.faster",
        &[c('+'), c('=')],
        KeyLabel::Speed,
        KeyHelp::ReplayFaster,
        |_, shared| plays(shared, Pair(12, KeyLabel::Speed, "replay.slower")),
        |_, shared| shared.play(|replay| replay.change_speed(true)),
    ),
];

fn play_rank(_: &Pages, shared: &Shared) -> Rank {
    plays(
        shared,
        match &shared.replay {
            Some(replay) if replay.is_at_end() => As(10, KeyLabel::PlayAgain),
            Some(replay) if !replay.is_playing() => As(10, KeyLabel::Play),
            _ => Footer(10),
        },
    )
}

/// On pages that show the run.
pub const STEERING: &[Row<Pages>] = &[
    row(
        "run.pause",
        &[c(' ')],
        KeyLabel::Pause,
        KeyHelp::RunPause,
        |_, shared| steers(shared, if shared.will_be_paused() { As(10, KeyLabel::Resume) } else { Footer(10) }),
        |_, shared| shared.send(if shared.will_be_paused() { Command::Resume } else { Command::Pause }),
    ),
    row(
        "run.step",
        &[c('s')],
        KeyLabel::OneStep,
        KeyHelp::RunStep,
        |_, shared| steers(shared, if shared.will_be_paused() { Footer(16) } else { Hidden }),
        |_, shared| shared.send(Command::Step),
    ),
    row(
        "run.undo",
        &[c('u')],
        KeyLabel::Undo,
        KeyHelp::RunUndo,
        |_, shared| steers(shared, if shared.hypers.can_undo() { Footer(32) } else { Hidden }),
        |_, shared| shared.undo(),
    ),
    row(
        "run.evaluate",
        &[c('e')],
        KeyLabel::Evaluate,
        KeyHelp::RunEvaluate,
        |_, shared| steers(shared, Footer(44)),
        |_, shared| shared.send(Command::Evaluate),
    ),
    row(
        "run.checkpoint",
        &[c('w')],
        KeyLabel::Checkpoint,
        KeyHelp::RunCheckpoint,
        |_, shared| steers(shared, Hidden),
        |_, shared| shared.send(Command::Checkpoint),
    ),
    row(
        "run.rewind",
        &[c('b')],
        KeyLabel::Rewind,
        KeyHelp::RunRewind,
        |_, shared| {
            let is_well = shared.run.diverged.is_none() && shared.health() == Health::Learning;
            let is_started = shared.run.started.is_some();
            steers(shared, if is_well || !is_started { Hidden } else { Footer(14) })
        },
        |_, shared| {
            if shared.run.started.is_some() {
                let rewind = Rewind::new(shared);
                shared.open(rewind);
            }
        },
    ),
    row(
        "run.stop",
        &[c('x')],
        KeyLabel::Stop,
        KeyHelp::RunStop,
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
        KeyLabel::TakeOver,
        KeyHelp::RunTakeOver,
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
        KeyLabel::Theme,
        KeyHelp::ThemeNext,
        |_, _| Footer(48),
        |_, shared| shared.set_theme((shared.view.theme + 1) % shared.view.theme_names.len().max(1)),
    ),
    row(
        "language.next",
        &[c('L')],
        KeyLabel::Language,
        KeyHelp::LanguageNext,
        |_, shared| if shared.view.speaks_all { Hidden } else { Not },
        |_, shared| shared.set_language(shared.view.language.next()),
    ),
    row(
        "chart.scale",
        &[c('a')],
        KeyLabel::LogAxis,
        KeyHelp::ChartScale,
        |pages, shared| {
            let order = pages.page().charts();
            match order {
                None => Not,
                Some(order) if shared.view.log_scale => As(order, KeyLabel::LinearAxis),
                Some(order) => Footer(order),
            }
        },
        |_, shared| shared.view.log_scale = !shared.view.log_scale,
    ),
    row("explain", &[c('i')], KeyLabel::Explain, KeyHelp::Explain, explain_rank, |pages, shared| {
        let explained = pages.page().explained(shared);
        shared.overlays.extend(explained.map(Overlay::Explain));
    }),
    row("drawer", &[c('H')], KeyLabel::Values, KeyHelp::Drawer, |_, shared| run_rank(shared), |_, shared| shared.open(Drawer)),
    row(
        "palette",
        &[c(':')],
        KeyLabel::Find,
        KeyHelp::Palette,
        |_, _| Footer(52),
        |pages, shared| {
            let palette = Palette::new(pages.offers(shared), shared);
            shared.open(palette);
        },
    ),
    row("picture", &[Key::ctrl('p')], KeyLabel::Picture, KeyHelp::Picture, hidden, |pages, shared| {
        let run = shared.run.started.as_ref().map_or("mnist-tui", |started| &started.name);
        let page = pages.open().row().trim_start_matches("page.");
        let name = format!("{}-{page}", file_name(run));
        shared.effects.push(Effect::Picture(name));
    }),
    row(
        "copy",
        &[c('y')],
        KeyLabel::Copy,
        KeyHelp::Copy,
        |pages, shared| if pages.page().copied(shared).is_some() { Hidden } else { Not },
        |pages, shared| {
            if let Some(text) = pages.page().copied(shared) {
                shared.tell(Phrase::Copied { text: text.lines().next().unwrap_or_default().into() });
                shared.effects.push(Effect::Copy(text));
            }
        },
    ),
    row("mouse", &[Key::ctrl('o')], KeyLabel::Mouse, KeyHelp::Mouse, hidden, |_, shared| {
        shared.view.mouse = !shared.view.mouse;
        shared.effects.push(Effect::Mouse(shared.view.mouse));
        shared.tell(if shared.view.mouse { Phrase::MouseIsOurs } else { Phrase::MouseIsTheTerminals });
    }),
    row(
        "help",
        &[c('?')],
        KeyLabel::Help,
        KeyHelp::Help,
        |_, _| Footer(254),
        |pages, shared| {
            let help = Help::new(pages.open(), &shared.keymap);
            shared.open(help);
        },
    ),
    row(
        "run.detach",
        &[c('d')],
        KeyLabel::Detach,
        KeyHelp::RunDetach,
        |_, shared| if shared.run.ended.is_none() { Footer(49) } else { Hidden },
        |_, shared| shared.detach(),
    ),
    row("quit", &[c('q')], KeyLabel::Quit, KeyHelp::Quit, |_, _| Footer(255), |_, shared| shared.quit()),
];

/// Whatever lies over the page.
pub const ALWAYS: &[Row<Pages>] = &[
    row("interrupt", &[Key::ctrl('c')], KeyLabel::Quit, KeyHelp::Interrupt, hidden, |_, shared| {
        if shared.overlays.last().is_some_and(|top| top.is_leaving()) {
            shared.leave(Leave::Discard);
        } else {
            shared.quit();
        }
    }),
    row("redraw", &[Key::ctrl('l')], KeyLabel::Redraw, KeyHelp::Redraw, hidden, |_, shared| shared.effects.push(Effect::Repaint)),
    row("suspend", &[Key::ctrl('z')], KeyLabel::Suspend, KeyHelp::Suspend, hidden, |_, shared| {
        shared.effects.push(Effect::Suspend)
    }),
];
