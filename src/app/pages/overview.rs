//! The overview: the run at one glance, and the panel where it is steered.

use super::{ConfusionSource, Page, PageId, Panel};
use crate::app::global::steers;
use crate::app::key::{c, k};
use crate::app::row::{Row, Rows, hidden, row};
use crate::app::table::Place;
use crate::app::{AppOptions, Explained, KeyCode, Point, Pointer, Rank, Shared, Table, Target, of_hyper, of_panel};
use crate::protocol::{ConfusionMatrix, Hyper};
use crate::run::Series;
use crate::text::{KeyHelp, KeyLabel, Word};
use Rank::{As, Footer, Hidden, Narrow, Not, Pair};

/// The overview: the run at one glance, and the panel where it is steered.
#[derive(Clone, Debug, Default)]
pub struct Overview {
    /// The panel that arrow keys act on.
    pub focus: Panel,
    /// Whether the focused panel has the screen to itself.
    pub zoomed: bool,
    /// Which images the confusion matrix counts.
    pub confusion_source: ConfusionSource,
    /// How far the confusion matrix is scrolled: rows, columns.
    pub confusion_scroll: (usize, usize),
    /// The page of samples; pages go round, so this can be any number.
    pub sample_page: isize,
    /// What the panel of samples shows.
    pub sample_view: SampleView,
    /// How many lines the events are scrolled up.
    pub events_scroll: usize,
    /// How many events there were when it last looked.
    events_seen: usize,
}

/// What the panel of samples shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SampleView {
    /// Chosen images and what the network takes them for.
    #[default]
    Predictions,
    /// Training images as they are varied now.
    Augmented,
}

impl Overview {
    pub(super) fn new(options: &AppOptions) -> Self {
        Self { focus: options.focus, ..Self::default() }
    }

    /// What arrow keys do depends on what has the focus.
    fn step(&mut self, shared: &mut Shared, columns: isize, rows: isize) {
        match self.focus {
            Panel::Hypers if rows != 0 => shared.hypers.step(rows > 0),
            Panel::Hypers => shared.nudge(columns > 0),
            Panel::Samples => self.turn_samples(columns + rows),
            Panel::Events => {
                let last = shared.run.log.len().saturating_sub(1);
                self.events_scroll = self.events_scroll.saturating_add_signed(-rows).min(last);
            }
            Panel::Confusion => {
                let last = self.confusion_source.matrix(&shared.run).1.map_or(0, |matrix| matrix.classes().saturating_sub(1));
                let (row, column) = self.confusion_scroll;
                self.confusion_scroll =
                    (row.saturating_add_signed(rows).min(last), column.saturating_add_signed(columns).min(last));
            }
            Panel::Loss | Panel::Accuracy => {}
        }
    }

    fn turn_samples(&mut self, by: isize) {
        self.sample_page = self.sample_page.wrapping_add(by);
    }

    /// What left and right are for.
    fn sideways(&self, shared: &Shared, rank: Rank) -> Rank {
        match self.focus {
            Panel::Hypers => steers(shared, rank),
            Panel::Samples | Panel::Confusion => Hidden,
            // A recorded run is sought through with these keys.
            Panel::Loss | Panel::Accuracy | Panel::Events => Not,
        }
    }
}

impl Page for Overview {
    fn name(&self) -> Word {
        Word::Overview
    }

    fn table(&self) -> Table {
        Table::new(Word::OnTheOverview, Place::Page(PageId::Overview), ROWS)
    }

    fn place(&self) -> Option<(usize, usize)> {
        Some((Panel::ALL.iter().position(|panel| *panel == self.focus)? + 1, Panel::ALL.len()))
    }

    fn charts(&self) -> Option<u8> {
        Some(if matches!(self.focus, Panel::Loss | Panel::Accuracy) { 20 } else { 46 })
    }

    fn pointed(&mut self, shared: &mut Shared, point: &Point) {
        match (point.target, point.how) {
            (Target::Panel(panel), Pointer::Press) => self.focus = panel,
            (Target::Item(row), Pointer::Press) => {
                self.focus = Panel::Hypers;
                if let Some(hyper) = Hyper::ALL.get(row) {
                    shared.hypers.select(*hyper);
                }
            }
            // The wheel scrolls what is under it, whatever has the focus.
            (target, Pointer::Wheel(by)) => {
                let panel = if let Target::Panel(panel) = target { panel } else { Panel::Hypers };
                let focus = std::mem::replace(&mut self.focus, panel);
                self.step(shared, 0, by.into());
                self.focus = focus;
            }
            _ => {}
        }
    }

    fn explained(&self, shared: &Shared) -> Option<Explained> {
        Some(match self.focus {
            Panel::Hypers => of_hyper(shared.hypers.selected()),
            panel => of_panel(panel),
        })
    }

    fn copied(&self, shared: &Shared) -> Option<String> {
        let run = &shared.run;
        let newest = |series: &Series| series.last().map(|value| value.to_string());
        match self.focus {
            Panel::Hypers => {
                let hyper = shared.hypers.selected();
                shared.expected(hyper).map(|value| hyper.display(value))
            }
            Panel::Loss => newest(&run.steps.loss_smooth),
            Panel::Accuracy => newest(&run.steps.accuracy_smooth),
            Panel::Confusion => self.confusion_source.matrix(run).1.map(ConfusionMatrix::to_table),
            Panel::Events => run.log.iter().rev().nth(self.events_scroll).map(|line| line.text.say(shared.view.language).into()),
            Panel::Samples => None,
        }
    }

    fn heard(&mut self, shared: &Shared) {
        let events = shared.run.log.len();
        match events.checked_sub(self.events_seen) {
            // Lines that somebody reads stay where they are.
            Some(new) if self.events_scroll > 0 => self.events_scroll += new,
            Some(_) => {}
            // The telling has begun again.
            None => self.events_scroll = 0,
        }
        self.events_seen = events;
    }
}

impl Rows for Overview {
    fn rows(&self) -> &'static [Row<Self>] {
        ROWS
    }
}

const ROWS: &[Row<Overview>] = &[
    row(
        "overview.up",
        &[k(KeyCode::Up), c('k')],
        KeyLabel::Up,
        KeyHelp::OverviewUp,
        |page, _| if page.focus == Panel::Events { Pair(20, KeyLabel::Scroll, "overview.down") } else { Hidden },
        |page, shared| page.step(shared, 0, -1),
    ),
    row("overview.down", &[k(KeyCode::Down), c('j')], KeyLabel::Down, KeyHelp::OverviewDown, hidden, |page, shared| {
        page.step(shared, 0, 1)
    }),
    row(
        "overview.left",
        &[k(KeyCode::Left), c('h')],
        KeyLabel::Less,
        KeyHelp::OverviewLeft,
        |page, shared| page.sideways(shared, Hidden),
        |page, shared| page.step(shared, -1, 0),
    ),
    row(
        "overview.right",
        &[k(KeyCode::Right), c('l')],
        KeyLabel::More,
        KeyHelp::OverviewRight,
        |page, shared| page.sideways(shared, Pair(20, KeyLabel::Change, "overview.left")),
        |page, shared| page.step(shared, 1, 0),
    ),
    row(
        "overview.edit",
        &[k(KeyCode::Enter)],
        KeyLabel::TypeAValue,
        KeyHelp::OverviewEdit,
        |page, shared| if page.focus == Panel::Hypers { steers(shared, Footer(21)) } else { Not },
        |_, shared| shared.edit(),
    ),
    row(
        "overview.panel",
        &[k(KeyCode::Tab)],
        KeyLabel::Panel,
        KeyHelp::OverviewPanel,
        |page, _| if page.zoomed { Footer(40) } else { Narrow(15, 40) },
        |page, _| page.focus = page.focus.neighbour(true),
    ),
    row(
        "overview.panel-before",
        &[k(KeyCode::BackTab)],
        KeyLabel::PanelBefore,
        KeyHelp::OverviewPanelBefore,
        hidden,
        |page, _| page.focus = page.focus.neighbour(false),
    ),
    row(
        "overview.zoom",
        &[c('z')],
        KeyLabel::Zoom,
        KeyHelp::OverviewZoom,
        |_, _| Footer(42),
        |page, _| page.zoomed = !page.zoomed,
    ),
    row(
        "overview.confusion",
        &[c('c')],
        KeyLabel::Confusion,
        KeyHelp::OverviewConfusion,
        |page, _| Footer(if page.focus == Panel::Confusion { 20 } else { 45 }),
        |page, _| page.confusion_source = page.confusion_source.next(),
    ),
    row(
        "overview.samples-on",
        &[c('n')],
        KeyLabel::Next,
        KeyHelp::OverviewSamplesOn,
        |page, _| Pair(if page.focus == Panel::Samples { 20 } else { 47 }, KeyLabel::Samples, "overview.samples-back"),
        |page, _| page.turn_samples(1),
    ),
    row("overview.samples-back", &[c('p')], KeyLabel::Previous, KeyHelp::OverviewSamplesBack, hidden, |page, _| {
        page.turn_samples(-1)
    }),
    row(
        "overview.augmented",
        &[c('v')],
        KeyLabel::Augmented,
        KeyHelp::OverviewAugmented,
        |page, _| match (page.focus, page.sample_view) {
            (Panel::Samples, SampleView::Augmented) => As(21, KeyLabel::Predictions),
            (Panel::Samples, SampleView::Predictions) => Footer(21),
            _ => Hidden,
        },
        |page, _| {
            page.sample_view = match page.sample_view {
                SampleView::Predictions => SampleView::Augmented,
                SampleView::Augmented => SampleView::Predictions,
            };
        },
    ),
];
