//! The charts: every curve of the run, with a cursor, to look at closely.

use super::now;
use super::panel::neighbour;
use super::{Page, PageId};
use crate::app::key::{c, k};
use crate::app::questions::is_wanted;
use crate::app::row::{Row, Rows, hidden, row};
use crate::app::table::Place;
use crate::app::{AppOptions, Control, Explained, Key, KeyCode, Known, Point, Pointer, Rank, Shared, Table, Target, of_measure};
use crate::protocol::Query;
use crate::run::{Intervention, RunState, Series, Unit};
use crate::text::{KeyHelp, KeyLabel, Word};
use Rank::{As, Footer, Hidden, Not, Pair};

/// What a chart shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Measure {
    /// The mean cross-entropy of each batch.
    #[default]
    Loss,
    /// The part of each batch that was right.
    Accuracy,
    /// The effective learning rate.
    LearningRate,
    /// The norm of the gradient, measured whenever steps are told.
    GradientNorm,
    /// Images trained on in a second.
    Throughput,
    /// The greatest part by which a step changes a layer, measured once a second.
    UpdateRatio,
}

impl Measure {
    /// All of them, in the order of Tab.
    pub const ALL: [Self; 6] =
        [Self::Loss, Self::Accuracy, Self::LearningRate, Self::GradientNorm, Self::Throughput, Self::UpdateRatio];
}

/// How much of the past each step weighs against it: what the key for smoothing goes through. 0.97 is what the overview has.
const MEMORIES: [f64; 5] = [0.97, 0.99, 0.997, 0.0, 0.9];
/// So many steps are shown at least.
const LEAST: f64 = 10.0;
/// The cursor goes over what is shown in so many strides.
const STRIDES: f64 = 100.0;
/// The loss before and after a change is a mean over so many steps.
const AROUND: usize = 50;

/// The charts.
#[derive(Clone, Debug, Default)]
pub struct Charts {
    /// The one that is large.
    pub large: Measure,
    /// Whether it has the page to itself.
    pub alone: bool,
    /// What they count along their horizontal axes.
    pub unit: Unit,
    memory: usize,
    /// The steps that are shown, from and to; all of them without.
    shown: Option<(f64, f64)>,
    /// What is shown moves along with the run.
    follows: bool,
    /// The images of the step that is looked at are shown.
    shows_batch: bool,
    batch: Option<Known>,
}

/// A change of a hyperparameter, and what came of it.
#[derive(Clone, Copy, Debug)]
pub struct Effect<'a> {
    /// Its number, counted from 1.
    pub number: usize,
    /// What was changed.
    pub change: &'a Intervention,
    /// The mean loss of some steps before.
    pub before: Option<f64>,
    /// The mean loss of some steps after.
    pub after: Option<f64>,
}

impl Charts {
    pub(super) fn new(_: &AppOptions) -> Self {
        Self::default()
    }

    /// How much of the past each step weighs against it in smoothed curves; 0 for none.
    pub fn memory(&self) -> f64 {
        MEMORIES[self.memory % MEMORIES.len()]
    }

    /// The steps that are shown, from and to; without, all of them and those that are planned.
    pub fn shown(&self, run: &RunState) -> Option<(f64, f64)> {
        let (from, to) = self.shown?;
        let newest = run.step as f64;
        Some(if self.follows && newest > to { (from + newest - to, newest) } else { (from, to) })
    }

    /// The change that is nearest to a step, when it is near as seen from afar.
    pub fn effect<'a>(&self, run: &'a RunState, step: u64) -> Option<Effect<'a>> {
        let (from, to) = self.extent(run);
        let distance = |change: &Intervention| change.step.abs_diff(step);
        let (place, change) = run.interventions.iter().enumerate().min_by_key(|(_, change)| distance(change))?;
        if distance(change) as f64 > (to - from) / STRIDES {
            return None;
        }
        let at = usize::try_from(change.step.saturating_sub(1)).unwrap_or(usize::MAX);
        let mean = |from: usize, to: usize| run.steps.loss.stat(from, to).map(|stat| f64::from(stat.mean()));
        let (before, after) = (mean(at.saturating_sub(AROUND), at), mean(at, at.saturating_add(AROUND)));
        Some(Effect { number: place + 1, change, before, after })
    }

    /// The steps from the left end of the charts to the right: what is shown, or everything.
    pub fn extent(&self, run: &RunState) -> (f64, f64) {
        self.shown(run).unwrap_or((0.0, run.reach() as f64))
    }

    /// The images of the step that is looked at, the worst first, when they are shown: each with its loss under the parameters
    /// after so many steps. `None` in it until they are known.
    pub fn batch(&self, shared: &Shared) -> Option<Option<&Known>> {
        let wanted = self.wanted_batch(shared)?;
        Some(self.batch.as_ref().filter(|known| known.query == wanted))
    }

    fn wanted_batch(&self, shared: &Shared) -> Option<Query> {
        let (epoch, from, count) = shared.run.batch_of(shared.looked_at()).filter(|_| self.shows_batch)?;
        Some(Query::Batch { epoch, from, count })
    }

    /// Moves the cursor by so many strides; the first time it appears at the newest step.
    fn step(&mut self, shared: &mut Shared, strides: f64) {
        let run = &shared.run;
        if run.step == 0 {
            return;
        }
        let (from, to) = self.extent(run);
        let by = ((to - from) / STRIDES).round().max(1.0) * strides;
        let now = shared.moment.map_or(run.step as f64, |step| step as f64 + by);
        self.look_at(shared, now.clamp(1.0, run.step as f64) as u64);
    }

    /// Puts the cursor on a step, and shows it.
    fn look_at(&mut self, shared: &mut Shared, step: u64) {
        shared.moment = Some(step);
        self.stand_still(&shared.run);
        if let Some((from, to)) = &mut self.shown {
            let step = step as f64;
            let by = if step < *from { step - *from } else { (step - *to).max(0.0) };
            (*from, *to) = (*from + by, *to + by);
        }
    }

    /// The change before or after the cursor.
    fn jump(&mut self, shared: &mut Shared, forward: bool) {
        let at = shared.moment.unwrap_or(if forward { 0 } else { u64::MAX });
        let mut steps = shared.run.interventions.iter().map(|change| change.step);
        let found = if forward { steps.find(|step| *step > at) } else { steps.rfind(|step| *step < at) };
        if let Some(step) = found {
            self.look_at(shared, step.clamp(1, shared.run.step.max(1)));
        }
    }

    /// Shows `factor` times as many steps, with `centre` where it is.
    fn zoom(&mut self, run: &RunState, factor: f64, centre: f64) {
        let (from, to) = self.extent(run);
        let all = run.reach() as f64;
        let width = ((to - from) * factor).max(LEAST);
        if width >= all {
            return self.show_all();
        }
        let part = ((centre - from) / (to - from)).clamp(0.0, 1.0);
        let start = (centre - part * width).clamp(0.0, all - width);
        self.shown = Some((start, start + width));
    }

    fn zoom_at_cursor(&mut self, shared: &Shared, factor: f64) {
        self.zoom(&shared.run, factor, shared.looked_at() as f64);
    }

    fn show_all(&mut self) {
        (self.shown, self.follows) = (None, false);
    }

    /// What is shown moves along no more.
    fn stand_still(&mut self, run: &RunState) {
        (self.shown, self.follows) = (self.shown(run), false);
    }

    /// Shows the newest steps, and moves along with them.
    fn follow(&mut self, shared: &mut Shared) {
        if self.follows {
            return self.stand_still(&shared.run);
        }
        (shared.moment, self.follows) = (None, true);
        let newest = (shared.run.step as f64).max(LEAST);
        let width = self.shown.map_or((newest / 4.0).max(LEAST), |(from, to)| to - from);
        self.shown = Some(((newest - width).max(0.0), newest));
    }

    /// The step at a part of the horizontal axis, as it is drawn.
    fn step_at(&self, run: &RunState, part: f64) -> f64 {
        let (from, to) = self.extent(run);
        let along = |step: f64| run.along(self.unit, step);
        run.step_at(self.unit, along(from) + part * (along(to) - along(from)))
    }
}

impl Measure {
    /// What a run came to at a step, counted from 1: of this batch alone, and smoothed where there is such a curve.
    pub fn at(self, run: &RunState, step: u64) -> (Option<f32>, Option<f32>) {
        let at = step.checked_sub(1).and_then(|at| usize::try_from(at).ok());
        let of = |series: &Series| series.about(at?).filter(|value| value.is_finite());
        let steps = &run.steps;
        match self {
            Self::Loss => (of(&steps.loss), of(&steps.loss_smooth)),
            Self::Accuracy => (of(&steps.accuracy), of(&steps.accuracy_smooth)),
            Self::LearningRate => (of(&steps.learning_rate), None),
            Self::GradientNorm => (of(&steps.gradient_norm), None),
            Self::Throughput => (of(&steps.throughput), None),
            Self::UpdateRatio => (of(&steps.update_ratio), None),
        }
    }
}

impl Page for Charts {
    fn name(&self) -> Word {
        Word::Charts
    }

    fn table(&self) -> Table {
        Table::new(Word::OnTheCharts, Place::Page(PageId::Charts), ROWS)
    }

    fn charts(&self) -> Option<u8> {
        Some(28)
    }

    fn place(&self) -> Option<(usize, usize)> {
        let at = Measure::ALL.iter().position(|measure| *measure == self.large)?;
        Some((at + 1, Measure::ALL.len()))
    }

    fn explained(&self, _: &Shared) -> Option<Explained> {
        Some(of_measure(self.large))
    }

    fn copied(&self, shared: &Shared) -> Option<String> {
        let (each, smooth) = self.large.at(&shared.run, shared.looked_at());
        each.or(smooth).map(|value| value.to_string())
    }

    fn wants(&self, shared: &Shared) -> Option<Query> {
        let query = self.wanted_batch(shared)?;
        is_wanted(self.batch.as_ref(), &query, None, shared).then_some(query)
    }

    fn told(&mut self, _: &Shared, known: Known) {
        self.batch = Some(known);
    }

    fn pointed(&mut self, shared: &mut Shared, point: &Point) {
        let Target::Chart(measure) = point.target else { return };
        let part = (f64::from(point.spot.x) + 0.5) / f64::from(point.spot.width.max(1));
        let step = self.step_at(&shared.run, part);
        match point.how {
            Pointer::Press | Pointer::Drag => {
                self.large = measure;
                if shared.run.step > 0 {
                    self.look_at(shared, (step.ceil().max(1.0) as u64).min(shared.run.step));
                }
            }
            Pointer::Wheel(by) => self.zoom(&shared.run, if by > 0 { 1.25 } else { 0.8 }, step),
            Pointer::Release | Pointer::Erase => {}
        }
    }
}

impl Rows for Charts {
    fn rows(&self) -> &'static [Row<Self>] {
        ROWS
    }
}

/// A recorded run is sought through with these keys.
fn while_not_played(shared: &Shared, rank: Rank) -> Rank {
    if shared.control == Control::Replaying { Not } else { rank }
}

const ROWS: &[Row<Charts>] = &[
    row(
        "charts.batch",
        &[k(KeyCode::Enter)],
        KeyLabel::Batch,
        KeyHelp::ChartsBatch,
        |page, shared| match (page.shows_batch, shared.run.step, shared.moment) {
            (true, ..) => Rank::As(24, KeyLabel::Close),
            (false, 0, _) => Not,
            (false, _, Some(_)) => Footer(24),
            (false, _, None) => Rank::Hidden,
        },
        |page, shared| {
            page.shows_batch = !page.shows_batch;
            if shared.moment.is_none() {
                // The newest step moves on: the one that is shown stays.
                page.step(shared, 0.0);
            }
        },
    ),
    row("charts.left", &[k(KeyCode::Left), c('h')], KeyLabel::Left, KeyHelp::ChartsLeft, hidden, |page, shared| {
        page.step(shared, -1.0)
    }),
    row(
        "charts.right",
        &[k(KeyCode::Right), c('l')],
        KeyLabel::Cursor,
        KeyHelp::ChartsRight,
        |_, _| Pair(20, KeyLabel::Cursor, "charts.left"),
        |page, shared| page.step(shared, 1.0),
    ),
    row(
        "charts.far-left",
        &[Key { shift: true, ..k(KeyCode::Left) }],
        KeyLabel::Left,
        KeyHelp::ChartsFarLeft,
        hidden,
        |page, shared| page.step(shared, -10.0),
    ),
    row(
        "charts.far-right",
        &[Key { shift: true, ..k(KeyCode::Right) }],
        KeyLabel::Right,
        KeyHelp::ChartsFarRight,
        hidden,
        |page, shared| page.step(shared, 10.0),
    ),
    now::<Charts, 21>("charts.now"),
    row(
        "charts.change-on",
        &[c('m')],
        KeyLabel::Changes,
        KeyHelp::ChartsChangeOn,
        |_, shared| {
            if shared.run.interventions.is_empty() { Hidden } else { Pair(22, KeyLabel::Changes, "charts.change-back") }
        },
        |page, shared| page.jump(shared, true),
    ),
    row("charts.change-back", &[c('M')], KeyLabel::Changes, KeyHelp::ChartsChangeBack, hidden, |page, shared| {
        page.jump(shared, false)
    }),
    row(
        "charts.closer",
        &[c('+'), c('=')],
        KeyLabel::Closer,
        KeyHelp::ChartsCloser,
        |_, shared| while_not_played(shared, Pair(23, KeyLabel::Zoom, "charts.farther")),
        |page, shared| page.zoom_at_cursor(shared, 0.5),
    ),
    row(
        "charts.farther",
        &[c('-')],
        KeyLabel::Farther,
        KeyHelp::ChartsFarther,
        |_, shared| while_not_played(shared, Hidden),
        |page, shared| page.zoom_at_cursor(shared, 2.0),
    ),
    row(
        "charts.all",
        &[c('0')],
        KeyLabel::All,
        KeyHelp::ChartsAll,
        |page, _| if page.shown.is_some() { Footer(24) } else { Hidden },
        |page, _| page.show_all(),
    ),
    row(
        "charts.follow",
        &[c('f')],
        KeyLabel::Follow,
        KeyHelp::ChartsFollow,
        |page, shared| match page.follows {
            _ if shared.run.ended.is_some() => Not,
            true => As(29, KeyLabel::StandStill),
            false => Footer(29),
        },
        |page, shared| page.follow(shared),
    ),
    row(
        "charts.chart",
        &[k(KeyCode::Tab)],
        KeyLabel::NextChart,
        KeyHelp::ChartsChart,
        |_, _| Footer(25),
        |page, _| page.large = neighbour(&Measure::ALL, page.large, true),
    ),
    row("charts.chart-before", &[k(KeyCode::BackTab)], KeyLabel::PanelBefore, KeyHelp::ChartsChartBefore, hidden, |page, _| {
        page.large = neighbour(&Measure::ALL, page.large, false)
    }),
    row(
        "charts.unit",
        &[c('X')],
        KeyLabel::Unit,
        KeyHelp::ChartsUnit,
        |_, _| Footer(26),
        |page, _| {
            page.unit = neighbour(&Unit::ALL, page.unit, true);
        },
    ),
    row(
        "charts.smooth",
        &[c('S')],
        KeyLabel::Smooth,
        KeyHelp::ChartsSmooth,
        |_, _| Footer(27),
        |page, _| page.memory = (page.memory + 1) % MEMORIES.len(),
    ),
    row("charts.alone", &[c('z')], KeyLabel::Alone, KeyHelp::ChartsAlone, |_, _| Footer(42), |page, _| page.alone = !page.alone),
];
