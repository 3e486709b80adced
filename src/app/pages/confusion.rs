//! The confusion matrix, to look at closely: its cells, its worst pairs, its classes, at every judgement.

use super::now;
use super::panel::neighbour;
use super::{ConfusionSource, Page, PageId};
use crate::app::key::{c, k};
use crate::app::questions::is_wanted;
use crate::app::row::{Row, Rows, hidden, row};
use crate::app::table::Place;
use crate::app::{
    AppOptions, Control, Explained, Going, KeyCode, Known, Panel, Point, Pointer, Rank, Shared, Table, Target, of_panel,
};
use crate::protocol::{Among, ConfusionMatrix, Query, Split};
use crate::run::{Choice, EvaluationPoint, Filter, Order, RunState, Turned};
use crate::text::{KeyHelp, KeyLabel, Word};
use Rank::{Footer, Hidden, Not, Pair};

/// So many images of a cell are asked for at once.
const MOST_IMAGES: usize = 24;
/// So many pairs of classes are listed at most.
const MOST_PAIRS: usize = 500;

/// What the numbers of the matrix are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shows {
    /// Images.
    #[default]
    Counts,
    /// Their part of all images of the true class.
    OfRow,
    /// Their part of all images that were taken for the class.
    OfColumn,
}

impl Shows {
    /// All of them, in the order of the key.
    pub const ALL: [Self; 3] = [Self::Counts, Self::OfRow, Self::OfColumn];
}

/// A part of the page that can have the focus.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    /// The matrix.
    #[default]
    Matrix,
    /// What is confused most.
    Pairs,
    /// Precision and recall of each class.
    Classes,
}

impl Part {
    /// All of them, in the order of Tab.
    pub const ALL: [Self; 3] = [Self::Matrix, Self::Pairs, Self::Classes];
}

/// The page of the confusion matrix.
#[derive(Clone, Debug, Default)]
pub struct Confusion {
    /// What has the focus.
    pub focus: Part,
    /// What the numbers are.
    pub shows: Shows,
    /// The cell that is looked at: the true class, and what it was taken for.
    pub cell: (usize, usize),
    source: ConfusionSource,
    /// How the first images of the cell look.
    images: Option<Known>,
}

/// The judgement that is shown.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// Of which images; never `Auto`.
    pub source: ConfusionSource,
    /// What was taken for what, when something was judged.
    pub matrix: Option<&'a ConfusionMatrix>,
    /// The judgement before.
    pub before: Option<&'a ConfusionMatrix>,
    /// The epoch.
    pub epoch: usize,
    /// Which of how many judgements it is, counted from 1; none for training images.
    pub place: Option<(usize, usize)>,
    /// What became of single images since the judgement before.
    pub turned: Option<Turned>,
}

/// Two classes of which one is taken for the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Confused {
    /// What the images are.
    pub truth: usize,
    /// What they were taken for.
    pub predicted: usize,
    /// How many of them.
    pub count: u64,
}

/// The pairs of classes that are confused, the worst first.
pub fn worst_pairs(matrix: &ConfusionMatrix) -> Vec<Confused> {
    let confused = matrix.cells().filter(|(truth, predicted, _)| truth != predicted);
    let mut pairs: Vec<Confused> = confused.map(|(truth, predicted, count)| Confused { truth, predicted, count }).collect();
    pairs.sort_by_key(|pair| std::cmp::Reverse(pair.count));
    pairs.truncate(MOST_PAIRS);
    pairs
}

impl Confusion {
    pub(super) fn new(_: &AppOptions) -> Self {
        Self::default()
    }

    /// The judgement that is shown: the newest, or the newest at the moment that a person looks at.
    pub fn shown<'a>(&self, run: &'a RunState, moment: Option<u64>) -> Shown<'a> {
        let source = match self.source {
            ConfusionSource::Auto if run.ended.is_some() && !run.tests.is_empty() => ConfusionSource::Test,
            ConfusionSource::Auto if !run.validations.is_empty() => ConfusionSource::Validation,
            ConfusionSource::Auto => ConfusionSource::Training,
            chosen => chosen,
        };
        let Some(points) = judged(source, run) else {
            let matrix = Some(&run.train_confusion).filter(|matrix| matrix.total() > 0);
            return Shown { source, matrix, before: None, epoch: run.epoch, place: None, turned: None };
        };
        let shown = moment.map_or(points.len(), |step| points.partition_point(|point| point.step <= step));
        let matrix = |count: usize| Some(&points.get(count.checked_sub(1)?)?.evaluation.confusion);
        let epoch = shown.checked_sub(1).and_then(|at| points.get(at)).map_or(0, |point| point.epoch);
        let split = if source == ConfusionSource::Test { Split::Test } else { Split::Validation };
        let (matrix, before, place) = (matrix(shown), matrix(shown.saturating_sub(1)), Some((shown, points.len())));
        let turned = run.courses(split).turned(points.len() - shown).filter(|_| shown > 0);
        Shown { source, matrix, before, epoch, place, turned }
    }

    fn matrix<'a>(&self, shared: &'a Shared) -> Option<&'a ConfusionMatrix> {
        self.shown(&shared.run, shared.moment).matrix
    }

    /// The images of the cell that is looked at, the surest first: the set, their places in the judgement, and how the first of
    /// them look, once that is known. `None` where nothing is told of each image.
    pub fn images(&self, shared: &Shared) -> Option<(Among, Vec<u32>, Option<&Known>)> {
        let Shown { source, place, .. } = self.shown(&shared.run, shared.moment);
        let (among, split) = match source {
            ConfusionSource::Validation => (Among::Validation, Split::Validation),
            ConfusionSource::Test => (Among::Test, Split::Test),
            ConfusionSource::Auto | ConfusionSource::Training => return None,
        };
        let (shown, all) = place?;
        let places = self.choice().of(shared.run.courses(split), all - shown)?;
        let wanted = Query::Images { among, places: places.iter().copied().take(MOST_IMAGES).collect() };
        Some((among, places, self.images.as_ref().filter(|known| known.query == wanted)))
    }

    /// The images of the cell, as the page of images chooses them.
    fn choice(&self) -> Choice {
        let order = if self.cell.0 == self.cell.1 { Order::LeastSure } else { Order::Worst };
        Choice { filter: Filter::All, order, truth: Some(self.cell.0), predicted: Some(self.cell.1) }
    }

    /// Arrow keys move what has the focus.
    fn step(&mut self, shared: &Shared, down: isize, right: isize) {
        let Some(matrix) = self.matrix(shared) else { return };
        let last = matrix.classes().saturating_sub(1);
        let moved = |class: usize, by: isize| class.saturating_add_signed(by).min(last);
        match self.focus {
            Part::Matrix => self.cell = (moved(self.cell.0, down), moved(self.cell.1, right)),
            Part::Classes => self.cell = (moved(self.cell.0, down + right), moved(self.cell.0, down + right)),
            Part::Pairs => self.step_pairs(matrix, down + right),
        }
    }

    /// Goes to the pair so many places further down; to the worst one where the cell is none.
    fn step_pairs(&mut self, matrix: &ConfusionMatrix, by: isize) {
        let pairs = worst_pairs(matrix);
        let at = pairs.iter().position(|pair| (pair.truth, pair.predicted) == self.cell);
        let next = at.map_or(0, |at| at.saturating_add_signed(by).min(pairs.len().saturating_sub(1)));
        self.look_at(pairs.get(next));
    }

    /// The next worst pair, round and round.
    fn next_worst(&mut self, shared: &Shared) {
        let Some(matrix) = self.matrix(shared) else { return };
        let pairs = worst_pairs(matrix);
        let at = pairs.iter().position(|pair| (pair.truth, pair.predicted) == self.cell);
        let next = at.map_or(0, |at| (at + 1) % pairs.len().max(1));
        self.look_at(pairs.get(next));
    }

    fn look_at(&mut self, pair: Option<&Confused>) {
        if let Some(pair) = pair {
            self.cell = (pair.truth, pair.predicted);
        }
    }

    /// The judgement before or after the one that is shown, on all pages.
    fn turn(&self, shared: &mut Shared, forward: bool) {
        let Shown { source, place: Some((shown, all)), .. } = self.shown(&shared.run, shared.moment) else { return };
        let Some(points) = judged(source, &shared.run) else { return };
        let wanted = if forward { shown + 1 } else { shown.saturating_sub(1).max(1) };
        shared.moment = if wanted >= all { None } else { points.get(wanted - 1).map(|point| point.step) };
    }
}

/// The judgements on these images; those that are trained on are never judged.
fn judged(source: ConfusionSource, run: &RunState) -> Option<&[EvaluationPoint]> {
    match source {
        ConfusionSource::Validation => Some(&run.validations),
        ConfusionSource::Test => Some(&run.tests),
        ConfusionSource::Auto | ConfusionSource::Training => None,
    }
}

impl Page for Confusion {
    fn name(&self) -> Word {
        Word::Confusion
    }

    fn table(&self) -> Table {
        Table::new(Word::OnTheConfusionPage, Place::Page(PageId::Confusion), ROWS)
    }

    fn place(&self) -> Option<(usize, usize)> {
        Some((Part::ALL.iter().position(|part| *part == self.focus)? + 1, Part::ALL.len()))
    }

    fn explained(&self, _: &Shared) -> Option<Explained> {
        Some(of_panel(Panel::Confusion))
    }

    fn copied(&self, shared: &Shared) -> Option<String> {
        let matrix = self.matrix(shared)?;
        Some(match self.focus {
            Part::Matrix | Part::Pairs => matrix.count(self.cell.0, self.cell.1).to_string(),
            Part::Classes => matrix.to_table(),
        })
    }

    fn wants(&self, shared: &Shared) -> Option<Query> {
        let (among, mut places, _) = self.images(shared)?;
        places.truncate(MOST_IMAGES);
        let query = Query::Images { among, places };
        is_wanted(self.images.as_ref(), &query, None, shared).then_some(query)
    }

    fn told(&mut self, _: &Shared, known: Known) {
        self.images = Some(known);
    }

    fn pointed(&mut self, shared: &mut Shared, point: &Point) {
        match (point.target, point.how) {
            (Target::Cell { truth, predicted }, Pointer::Press) => (self.focus, self.cell) = (Part::Matrix, (truth, predicted)),
            (Target::Class(class), Pointer::Press) => (self.focus, self.cell) = (Part::Classes, (class, class)),
            (Target::Item(place), Pointer::Press) => {
                self.focus = Part::Pairs;
                let pair = self.matrix(shared).and_then(|matrix| worst_pairs(matrix).get(place).copied());
                self.look_at(pair.as_ref());
            }
            (_, Pointer::Wheel(by)) => self.step(shared, by.into(), 0),
            _ => {}
        }
    }
}

impl Rows for Confusion {
    fn rows(&self) -> &'static [Row<Self>] {
        ROWS
    }
}

/// A recorded run is sought through with these keys, and the judgements come and go with it.
fn turns(page: &Confusion, shared: &Shared, rank: Rank) -> Rank {
    let is_played = shared.control == Control::Replaying;
    let has_others = page.shown(&shared.run, shared.moment).place.is_some_and(|(_, all)| all > 1);
    if is_played || !has_others { Not } else { rank }
}

const ROWS: &[Row<Confusion>] = &[
    row("confusion.up", &[k(KeyCode::Up), c('k')], KeyLabel::Up, KeyHelp::ConfusionUp, hidden, |page, shared| {
        page.step(shared, -1, 0)
    }),
    row(
        "confusion.down",
        &[k(KeyCode::Down), c('j')],
        KeyLabel::Cell,
        KeyHelp::ConfusionDown,
        |_, _| Pair(20, KeyLabel::Cell, "confusion.up"),
        |page, shared| page.step(shared, 1, 0),
    ),
    row("confusion.left", &[k(KeyCode::Left), c('h')], KeyLabel::Left, KeyHelp::ConfusionLeft, hidden, |page, shared| {
        page.step(shared, 0, -1)
    }),
    row("confusion.right", &[k(KeyCode::Right), c('l')], KeyLabel::Right, KeyHelp::ConfusionRight, hidden, |page, shared| {
        page.step(shared, 0, 1)
    }),
    row(
        "confusion.worst",
        &[c('W')],
        KeyLabel::WorstPair,
        KeyHelp::ConfusionWorst,
        |_, _| Footer(21),
        |page, shared| page.next_worst(shared),
    ),
    row(
        "confusion.epoch-back",
        &[c('[')],
        KeyLabel::EpochBack,
        KeyHelp::ConfusionEpochBack,
        |page, shared| turns(page, shared, Hidden),
        |page, shared| page.turn(shared, false),
    ),
    row(
        "confusion.epoch-on",
        &[c(']')],
        KeyLabel::Epoch,
        KeyHelp::ConfusionEpochOn,
        |page, shared| turns(page, shared, Pair(22, KeyLabel::Epoch, "confusion.epoch-back")),
        |page, shared| page.turn(shared, true),
    ),
    now::<Confusion, 23>("confusion.now"),
    row(
        "confusion.open",
        &[k(KeyCode::Enter)],
        KeyLabel::Images,
        KeyHelp::ConfusionOpen,
        |page, shared| if page.images(shared).is_some() { Footer(21) } else { Not },
        |page, shared| {
            let among = page.images(shared).map(|(among, ..)| among);
            shared.going = among.map(|among| Going::Images { among, choice: page.choice() });
        },
    ),
    row(
        "confusion.images",
        &[c('c')],
        KeyLabel::WhichImages,
        KeyHelp::ConfusionImages,
        |_, _| Footer(24),
        |page, shared| {
            let shown = page.shown(&shared.run, shared.moment).source;
            page.source = match shown.next() {
                ConfusionSource::Auto => ConfusionSource::Training,
                next => next,
            };
        },
    ),
    row(
        "confusion.numbers",
        &[c('n')],
        KeyLabel::Numbers,
        KeyHelp::ConfusionNumbers,
        |_, _| Footer(25),
        |page, _| {
            page.shows = neighbour(&Shows::ALL, page.shows, true);
        },
    ),
    row(
        "confusion.part",
        &[k(KeyCode::Tab)],
        KeyLabel::Panel,
        KeyHelp::ConfusionPart,
        |_, _| Footer(26),
        |page, _| {
            page.focus = neighbour(&Part::ALL, page.focus, true);
        },
    ),
    row(
        "confusion.part-before",
        &[k(KeyCode::BackTab)],
        KeyLabel::PanelBefore,
        KeyHelp::ConfusionPartBefore,
        hidden,
        |page, _| {
            page.focus = neighbour(&Part::ALL, page.focus, false);
        },
    ),
];
