//! The moments that a run can be taken back to, and the learning rate with which it goes on from there.

use super::Edit;
use crate::app::row::{Row, Rows, row};
use crate::app::{Closing, Key, KeyCode, Rank, Shared};
use crate::protocol::{Command, Hyper, Place};
use crate::run::{Health, RunState};
use crate::text::{KeyHelp, KeyLabel, Phrase, Text, Word};

/// The moments that a run can be taken back to, one of them selected.
#[derive(Clone, Debug)]
pub struct Rewind {
    /// The moments.
    pub ways: Vec<Way>,
    /// The selected one.
    pub selected: usize,
    /// The learning rate of the next step as it is.
    pub now: f64,
    rate: Kind,
    typed: Option<Edit>,
}

/// A moment that the run can be taken back to.
#[derive(Clone, Debug, PartialEq)]
pub struct Way {
    /// Which.
    pub place: Place,
    /// What it is called.
    pub name: Text,
    /// After so many steps.
    pub step: u64,
    /// Loss and accuracy on the validation images, when they were judged then.
    pub judged: Option<(f64, f64)>,
    /// The learning rate of its step.
    pub rate: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Halved,
    AsThen,
}

/// The learning rate to go on with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rate<'a> {
    /// Half of what it is.
    Halved(f64),
    /// What it was at that moment.
    AsThen(f64),
    /// What is being typed.
    Typed(&'a Edit),
}

impl Rewind {
    /// Of a run as it is now.
    pub(in crate::app) fn new(shared: &Shared) -> Self {
        let run = &shared.run;
        let ways = ways(run);
        // Where nothing was ever learnt, only the start is different.
        let is_at_chance = matches!(run.health.health(), Health::AtChance { .. });
        let wanted = match () {
            () if run.diverged.is_some() => Place::NewestEpoch,
            () if is_at_chance => Place::Start,
            () => Place::BestEpoch,
        };
        let is_same = |way: &Way| way.place == wanted || wanted == Place::BestEpoch && way.place == Place::NewestEpoch;
        let selected = ways.iter().position(is_same).unwrap_or(0);
        let now = shared.run.scheduled_rate().or_else(|| run.hyperparameters.map(|hyper| hyper.learning_rate));
        Self { ways, selected, now: now.unwrap_or_default(), rate: Kind::Halved, typed: None }
    }

    /// The learning rate to go on with.
    pub fn rate(&self) -> Rate<'_> {
        let then = self.ways.get(self.selected).and_then(|way| way.rate);
        match (&self.typed, self.rate, then) {
            (Some(edit), ..) => Rate::Typed(edit),
            (None, Kind::AsThen, Some(rate)) => Rate::AsThen(rate),
            _ => Rate::Halved((self.now / 2.0).max(Hyper::LearningRate.range().0)),
        }
    }

    /// Whether a learning rate is being typed.
    pub(super) fn is_typing(&self) -> bool {
        self.typed.is_some()
    }

    /// A key for the learning rate; gives whether it was one.
    pub(super) fn typed(&mut self, key: Key) -> bool {
        let is_plain = matches!(key, Key { code: KeyCode::Char(_), ctrl: false, alt: false, .. });
        (is_plain || self.is_typing()) && self.change(|edit| edit.key(key))
    }

    /// Types a learning rate that was pasted, as far as it can be part of one; gives whether all of it can.
    pub(super) fn paste(&mut self, text: &str) -> bool {
        self.change(|edit| edit.paste(text))
    }

    /// Changes what is being typed; it begins with the first change that is one.
    fn change(&mut self, change: impl FnOnce(&mut Edit) -> bool) -> bool {
        let fresh = Edit::new(Hyper::LearningRate, self.now);
        let mut edit = self.typed.take().unwrap_or_else(|| fresh.clone());
        let is_done = change(&mut edit);
        self.typed = Some(edit).filter(|edit| *edit != fresh);
        is_done
    }

    /// Half of the rate, or the one of then.
    fn turn(&mut self) {
        if self.typed.take().is_none() {
            self.rate = if self.rate == Kind::Halved { Kind::AsThen } else { Kind::Halved };
        }
    }

    /// Selects the moment so many further down.
    pub(super) fn step(&mut self, by: isize) {
        self.selected = self.selected.saturating_add_signed(by).min(self.ways.len().saturating_sub(1));
    }

    /// A moment was pressed: it is selected, and then taken.
    pub(super) fn press(&mut self, way: usize, shared: &mut Shared) {
        if std::mem::replace(&mut self.selected, way.min(self.ways.len().saturating_sub(1))) == way {
            self.take(shared);
        }
    }

    /// A wrong rate stays, with what is wrong beside it.
    fn take(&self, shared: &mut Shared) {
        if !matches!(self.rate(), Rate::Typed(edit) if edit.value().is_err()) {
            shared.close(Closing::Taken);
        }
    }

    /// Asks for it.
    pub(super) fn taken(&self, shared: &mut Shared) {
        let Some(way) = self.ways.get(self.selected) else { return };
        let rate = match self.rate() {
            Rate::Halved(_) => None,
            Rate::AsThen(rate) => Some(rate),
            Rate::Typed(edit) => edit.value().ok(),
        };
        shared.send_once(Command::Rewind { to: way.place, rate });
    }
}

/// The moments of a run: the best epoch's end, the newest one's, the start, and the checkpoints between, the newest first.
fn ways(run: &RunState) -> Vec<Way> {
    let way = |place, name: Text, step: u64| {
        let judged = run.validations.iter().rev().find(|point| point.step == step);
        let judged = judged.map(|point| (point.evaluation.loss, point.evaluation.confusion.accuracy()));
        Way { place, name, step, judged, rate: run.rate_of(step.max(1)) }
    };
    let best = run.best_validation_step();
    let best = best.and_then(|step| Some((run.validations.iter().find(|point| point.step == step)?.epoch, step)));
    let newest = run.newest_epoch();
    let mut ways = Vec::new();
    match (best, newest) {
        (Some((epoch, step)), Some((_, newest))) if step == newest => {
            ways.push(way(Place::NewestEpoch, Phrase::BestAndNewestEpoch { epoch }.into(), step));
        }
        _ => {
            let best = best.map(|(epoch, step)| way(Place::BestEpoch, Phrase::BestEpoch { epoch }.into(), step));
            let newest = newest.map(|(epoch, step)| way(Place::NewestEpoch, Phrase::NewestEpoch { epoch }.into(), step));
            ways.extend(best.into_iter().chain(newest));
        }
    }
    ways.push(way(Place::Start, Word::TheStart.into(), 0));
    let steps: Vec<u64> = ways.iter().map(|way| way.step).collect();
    let others = run.checkpoints.iter().rev().filter(|(step, _)| !steps.contains(step));
    ways.extend(others.map(|(step, epoch)| way(Place::Checkpoint(*step), Phrase::CheckpointIn { epoch: *epoch }.into(), *step)));
    ways
}

impl Rows for Rewind {
    fn rows(&self) -> &'static [Row<Self>] {
        REWIND
    }
}

/// While a moment is chosen.
pub const REWIND: &[Row<Rewind>] = &[
    row(
        "rewind.up",
        &[Key::plain(KeyCode::Up), Key::char('k')],
        KeyLabel::Up,
        KeyHelp::RewindUp,
        |_, _| Rank::Pair(1, KeyLabel::Select, "rewind.down"),
        |rewind, _| rewind.step(-1),
    ),
    row(
        "rewind.down",
        &[Key::plain(KeyCode::Down), Key::char('j')],
        KeyLabel::Down,
        KeyHelp::RewindDown,
        |_, _| Rank::Hidden,
        |rewind, _| rewind.step(1),
    ),
    row(
        "rewind.rate",
        &[Key::plain(KeyCode::Right), Key::plain(KeyCode::Left), Key::plain(KeyCode::Tab)],
        KeyLabel::Rate,
        KeyHelp::RewindRate,
        |_, _| Rank::Footer(2),
        |rewind, _| rewind.turn(),
    ),
    row(
        "rewind.take",
        &[Key::plain(KeyCode::Enter)],
        KeyLabel::Rewind,
        KeyHelp::RewindTake,
        |_, _| Rank::Footer(0),
        |rewind, shared| rewind.take(shared),
    ),
    row(
        "rewind.cancel",
        &[Key::plain(KeyCode::Esc), Key::char('q')],
        KeyLabel::Cancel,
        KeyHelp::RewindCancel,
        |_, _| Rank::Footer(3),
        |_, shared| shared.close(Closing::Cancelled),
    ),
];
