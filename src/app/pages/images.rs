//! Single images of a judgement: which were wrong, how surely, what became of them, and what the network sees in one.

use super::now;
use super::panel::neighbour;
use super::{Page, PageId};
use crate::app::key::{c, k};
use crate::app::questions::is_wanted;
use crate::app::row::{Row, Rows, hidden, row};
use crate::app::table::Place;
use crate::app::{
    Alike, AppOptions, Control, Explained, Going, KeyCode, Known, Looked, Point, Pointer, Rank, Shared, Table, Target, of_images,
};
use crate::protocol::{Among, Body, JudgedImages, MOST_IMAGES, Plane, Query, Seen, Split, Unanswered, Which};
use crate::run::{Choice, EvaluationPoint, Filter, Order, RunState};
use crate::text::{KeyHelp, KeyLabel, Word};
use Rank::{Footer, Hidden, Not, Pair};

/// A part of the page that can have the focus.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ImagesPart {
    /// All images that are meant.
    #[default]
    Gallery,
    /// One of them.
    Image,
}

impl ImagesPart {
    /// All of them, in the order of Tab.
    pub const ALL: [Self; 2] = [Self::Gallery, Self::Image];
}

/// The page of images.
#[derive(Clone, Debug, Default)]
pub struct Images {
    /// What has the focus, and stands alone where there is no room for more.
    pub focus: ImagesPart,
    /// Which images, and in which order.
    pub choice: Choice,
    /// Of which set, when a person has said; else that which was judged last.
    among: Option<Among>,
    /// The images that are meant, by their places in the judgement; `None` when nothing is judged.
    list: Option<Vec<u32>>,
    /// What the list was made of.
    listed: Option<(Among, Choice, usize, usize)>,
    /// The place in the list of the one that is looked at.
    cursor: usize,
    /// What the images look like that are shown, whatever the network thinks of them.
    shown: Option<Known>,
    /// What the network says to the one that is looked at.
    looked: Looked,
}

/// The judgement that is shown.
#[derive(Clone, Copy, Debug)]
pub struct ShownJudgement<'a> {
    /// Of which images.
    pub among: Among,
    /// So many judgements before the newest.
    pub back: usize,
    /// The judgements in all.
    pub all: &'a [EvaluationPoint],
    /// What was taken for what.
    pub images: Option<&'a JudgedImages>,
}

impl ShownJudgement<'_> {
    /// The epoch of it.
    pub fn epoch(&self) -> usize {
        self.all.iter().rev().nth(self.back).map_or(0, |point| point.epoch)
    }
}

impl Images {
    pub(super) fn new(_: &AppOptions) -> Self {
        Self::default()
    }

    /// The judgement that is shown: the newest, or the newest at the moment that a person looks at.
    pub fn judgement<'a>(&self, run: &'a RunState, moment: Option<u64>) -> ShownJudgement<'a> {
        let among = self.among.unwrap_or(match (run.validations.is_empty(), run.tests.is_empty()) {
            (true, false) => Among::Test,
            _ => Among::Validation,
        });
        let (all, split) = match among {
            Among::Test => (&run.tests, Split::Test),
            _ => (&run.validations, Split::Validation),
        };
        let shown = moment.map_or(all.len(), |step| all.partition_point(|point| point.step <= step));
        let back = all.len() - shown;
        let images = if shown > 0 { run.courses(split).judged_before(back) } else { None };
        ShownJudgement { among, back, all, images }
    }

    /// The images that are meant, by their places in the judgement, in their order; `None` when nothing is judged.
    pub fn list(&self) -> Option<&[u32]> {
        self.list.as_deref()
    }

    /// The place in the list of the one that is looked at.
    pub fn cursor(&self) -> usize {
        self.cursor.min(self.list.as_ref().map_or(0, |list| list.len().saturating_sub(1)))
    }

    /// The image that is looked at, by its place in the judgement.
    pub fn selected(&self) -> Option<u32> {
        self.list.as_ref()?.get(self.cursor()).copied()
    }

    /// The places in the list of those that are on the page that holds the cursor, of so many a page.
    pub fn visible(&self, a_page: usize) -> std::ops::Range<usize> {
        let a_page = a_page.clamp(1, MOST_IMAGES);
        let first = self.cursor() / a_page * a_page;
        first..(first + a_page).min(self.list.as_ref().map_or(0, Vec::len))
    }

    /// An image of the judgement, once it is known how it looks.
    pub fn seen(&self, among: Among, place: u32) -> Option<&Seen> {
        let Known { query: Query::Images { among: of, places }, body: Body::Images { images }, .. } = self.shown.as_ref()? else {
            return None;
        };
        images.get(places.iter().position(|other| *other == place).filter(|_| *of == among)?)
    }

    /// What the network takes the image for that is looked at: the probabilities, and after how many steps.
    pub fn probabilities(&self) -> Option<(&[f32], u64)> {
        self.looked.probabilities(Some(&self.which()?))
    }

    /// Where the network looks, in the image that is looked at.
    pub fn occlusion(&self) -> Option<&Plane> {
        self.looked.occlusion(Some(&self.which()?))
    }

    /// The most alike training images; `None` until they are asked for.
    pub fn alike(&self, shared: &Shared) -> Option<Alike<'_>> {
        self.looked.alike(&self.which()?, shared)
    }

    /// Why the images cannot be shown, when they cannot.
    pub fn why(&self) -> Option<Unanswered> {
        self.shown.as_ref()?.why()
    }

    fn which(&self) -> Option<Which> {
        Some(Which::Of { among: self.listed?.0, place: self.selected()? })
    }

    /// Makes the list anew when what it was made of has changed. The image that is looked at stays, where it is still meant.
    fn arrange(&mut self, shared: &Shared) {
        let ShownJudgement { among, back, all, .. } = self.judgement(&shared.run, shared.moment);
        let listed = Some((among, self.choice, back, all.len()));
        if self.listed == listed {
            return;
        }
        let selected = self.selected().filter(|_| self.listed.is_some_and(|before| before.0 == among));
        let split = if among == Among::Test { Split::Test } else { Split::Validation };
        self.list = if back < all.len() { self.choice.of(shared.run.courses(split), back) } else { None };
        let again = selected.and_then(|image| self.list.as_ref()?.iter().position(|other| *other == image));
        // A list that is not the one before begins at its first image, unless it holds the one that is looked at.
        self.cursor = again.unwrap_or(0);
        self.listed = listed;
    }

    fn step(&mut self, shared: &Shared, by: isize) {
        let last = self.list.as_ref().map_or(0, |list| list.len().saturating_sub(1));
        self.cursor = self.cursor().saturating_add_signed(by).min(last);
        self.arrange(shared);
    }

    /// The judgement before or after the one that is shown, on all pages.
    fn turn(&self, shared: &mut Shared, forward: bool) {
        let ShownJudgement { all, back, .. } = self.judgement(&shared.run, shared.moment);
        let shown = all.len() - back;
        let wanted = if forward { shown + 1 } else { shown.saturating_sub(1).max(1) };
        shared.moment = if wanted >= all.len() { None } else { all.get(wanted - 1).map(|point| point.step) };
    }

    /// Only images of the next class, of all of them after the last, or the other way round.
    fn next_class(&mut self, shared: &Shared, forward: bool) {
        let classes = shared.run.classes();
        self.choice.predicted = None;
        self.choice.truth = match (self.choice.truth, forward) {
            (None, true) => Some(0),
            (None, false) => classes.checked_sub(1),
            (Some(class), true) => Some(class + 1).filter(|class| *class < classes),
            (Some(class), false) => class.checked_sub(1),
        };
    }
}

impl Page for Images {
    fn name(&self) -> Word {
        Word::ImagesPage
    }

    fn table(&self) -> Table {
        Table::new(Word::OnThePageOfImages, Place::Page(PageId::Images), ROWS)
    }

    fn place(&self) -> Option<(usize, usize)> {
        Some((ImagesPart::ALL.iter().position(|part| *part == self.focus)? + 1, ImagesPart::ALL.len()))
    }

    fn explained(&self, _: &Shared) -> Option<Explained> {
        Some(of_images(self.focus))
    }

    fn copied(&self, shared: &Shared) -> Option<String> {
        let (place, judgement) = (self.selected()?, self.judgement(&shared.run, shared.moment));
        let index = self.seen(judgement.among, place).map(|seen| seen.index)?;
        let images = judgement.images?;
        let name = |class: &u16| shared.run.class_name(usize::from(*class));
        let (truth, predicted) = (images.truth.get(place as usize)?, images.predicted.get(place as usize)?);
        Some(format!("{index}: {} taken for {}", name(truth), name(predicted)))
    }

    fn heard(&mut self, shared: &Shared) {
        self.arrange(shared);
    }

    fn wants(&self, shared: &Shared) -> Option<Query> {
        let (among, ..) = self.listed?;
        let list = self.list.as_ref()?;
        let places = list.get(self.visible(shared.rows * shared.columns))?.to_vec();
        let shown = Query::Images { among, places };
        if is_wanted(self.shown.as_ref(), &shown, None, shared) {
            return Some(shown);
        }
        self.looked.wants(&self.which()?, shared)
    }

    fn told(&mut self, _: &Shared, known: Known) {
        match known.query {
            Query::Images { .. } => self.shown = Some(known),
            _ => self.looked.told(known),
        }
    }

    fn go_to(&mut self, shared: &mut Shared, going: &Going) {
        let Going::Images { among, choice } = *going else { return };
        (self.among, self.choice, self.focus, self.cursor) = (Some(among), choice, ImagesPart::Gallery, 0);
        self.arrange(shared);
    }

    fn pointed(&mut self, shared: &mut Shared, point: &Point) {
        match (point.target, point.how) {
            (Target::Item(place), Pointer::Press) => {
                self.cursor = place;
                self.focus = ImagesPart::Gallery;
                self.arrange(shared);
            }
            (_, Pointer::Wheel(by)) => self.step(shared, isize::from(by) * shared.columns as isize),
            _ => {}
        }
    }
}

impl Rows for Images {
    fn rows(&self) -> &'static [Row<Self>] {
        ROWS
    }
}

/// A recorded run is sought through with these keys, and the judgements come and go with it.
fn turns(page: &Images, shared: &Shared, rank: Rank) -> Rank {
    let is_played = shared.control == Control::Replaying;
    if is_played || page.judgement(&shared.run, shared.moment).all.len() < 2 { Not } else { rank }
}

const ROWS: &[Row<Images>] = &[
    row("images.up", &[k(KeyCode::Up), c('k')], KeyLabel::Up, KeyHelp::ImagesUp, hidden, |page, shared| {
        page.step(shared, -(shared.columns as isize))
    }),
    row("images.down", &[k(KeyCode::Down), c('j')], KeyLabel::Down, KeyHelp::ImagesDown, hidden, |page, shared| {
        page.step(shared, shared.columns as isize)
    }),
    row("images.left", &[k(KeyCode::Left), c('h')], KeyLabel::Left, KeyHelp::ImagesLeft, hidden, |page, shared| {
        page.step(shared, -1)
    }),
    row(
        "images.right",
        &[k(KeyCode::Right), c('l')],
        KeyLabel::Image,
        KeyHelp::ImagesRight,
        |_, _| Pair(20, KeyLabel::Image, "images.left"),
        |page, shared| page.step(shared, 1),
    ),
    row("images.page-up", &[k(KeyCode::PageUp)], KeyLabel::Up, KeyHelp::ImagesPageUp, hidden, |page, shared| {
        page.step(shared, -((shared.rows * shared.columns) as isize))
    }),
    row("images.page-down", &[k(KeyCode::PageDown)], KeyLabel::Down, KeyHelp::ImagesPageDown, hidden, |page, shared| {
        page.step(shared, (shared.rows * shared.columns) as isize)
    }),
    row(
        "images.filter",
        &[c('f')],
        KeyLabel::WhichImages,
        KeyHelp::ImagesFilter,
        |_, _| Footer(21),
        |page, _| page.choice.filter = neighbour(&Filter::ALL, page.choice.filter, true),
    ),
    row("images.filter-before", &[c('F')], KeyLabel::WhichImages, KeyHelp::ImagesFilterBefore, hidden, |page, _| {
        page.choice.filter = neighbour(&Filter::ALL, page.choice.filter, false)
    }),
    row(
        "images.order",
        &[c('o')],
        KeyLabel::Order,
        KeyHelp::ImagesOrder,
        |_, _| Footer(22),
        |page, _| page.choice.order = neighbour(&Order::ALL, page.choice.order, true),
    ),
    row(
        "images.class",
        &[c('n')],
        KeyLabel::Class,
        KeyHelp::ImagesClass,
        |_, _| Footer(23),
        |page, shared| page.next_class(shared, true),
    ),
    row("images.class-before", &[c('N')], KeyLabel::Class, KeyHelp::ImagesClassBefore, hidden, |page, shared| {
        page.next_class(shared, false)
    }),
    row(
        "images.inside",
        &[k(KeyCode::Enter)],
        KeyLabel::Inside,
        KeyHelp::ImagesInside,
        |page, _| if page.selected().is_some() { Footer(24) } else { Not },
        |page, shared| shared.going = page.which().map(|image| Going::Inside { image }),
    ),
    row(
        "images.alike",
        &[c('m')],
        KeyLabel::MostAlike,
        KeyHelp::ImagesAlike,
        |page, _| if page.selected().is_some() { Footer(25) } else { Not },
        |page, _| {
            let image = page.which();
            page.looked.search(image);
        },
    ),
    row(
        "images.epoch-back",
        &[c('[')],
        KeyLabel::EpochBack,
        KeyHelp::ConfusionEpochBack,
        |page, shared| turns(page, shared, Hidden),
        |page, shared| page.turn(shared, false),
    ),
    row(
        "images.epoch-on",
        &[c(']')],
        KeyLabel::Epoch,
        KeyHelp::ConfusionEpochOn,
        |page, shared| turns(page, shared, Pair(25, KeyLabel::Epoch, "images.epoch-back")),
        |page, shared| page.turn(shared, true),
    ),
    now::<Images, 26>("images.now"),
    row(
        "images.set",
        &[c('c')],
        KeyLabel::Set,
        KeyHelp::ImagesSet,
        |_, _| Footer(27),
        |page, shared| {
            let shown = page.judgement(&shared.run, shared.moment).among;
            page.among = Some(if shown == Among::Test { Among::Validation } else { Among::Test });
        },
    ),
    row(
        "images.part",
        &[k(KeyCode::Tab), k(KeyCode::BackTab)],
        KeyLabel::Panel,
        KeyHelp::ImagesPart,
        |_, _| Footer(28),
        |page, _| page.focus = neighbour(&ImagesPart::ALL, page.focus, true),
    ),
];
