//! The pages of the dashboard. Each owns what only it knows, and sees everything else through [`Shared`].

mod charts;
mod confusion;
mod draw;
mod images;
mod network;
mod overview;
mod panel;
mod runs;

pub use charts::{Charts, Effect as ChangeEffect, Measure};
pub use confusion::{Confused, Confusion, Part, Shown, Shows, worst_pairs};
pub use draw::{Draw, DrawPen, SIDE};
pub use images::{Images, ImagesPart, ShownJudgement};
pub use network::{LayerView, Network, NetworkPart};
pub use overview::{Overview, SampleView};
pub use panel::{ConfusionSource, Panel};
pub use runs::{Galleries, LoadedRun, NextRun, Removed, RunRow, Runs, RunsAnswer, RunsRequest, RunsView};

use std::time::Duration;

use super::global;
use super::row::{Layer, Offer, Row, RowId, act, offers, row};
use super::table::Place;
use super::{AppOptions, Explained, Going, Key, KeyCode, Known, Point, Rank, Shared, Table};
use crate::protocol::Query;
use crate::text::{KeyHelp, KeyLabel, Phrase, Word};

/// What a page is besides its rows.
pub trait Page: Layer {
    /// What it is called.
    fn name(&self) -> Word;
    /// Its rows, for the list of keys.
    fn table(&self) -> Table;
    /// Whether it shows the run that is trained, watched or played here; such a page is closed where there is none.
    fn shows_run(&self) -> bool {
        true
    }
    /// Whether it shows charts, and the place of their scale among the keys in the last row.
    fn charts(&self) -> Option<u8> {
        None
    }
    /// Which of how many panels has the focus, for where only that one is shown.
    fn place(&self) -> Option<(usize, usize)> {
        None
    }
    /// So much time has passed while it moves something by itself.
    fn ticked(&mut self, _shared: &mut Shared, _passed: Duration) {}
    /// It is turned to, or away from.
    fn turned(&mut self, _shared: &mut Shared, _to: bool) {}
    /// Something that it drew was pointed at.
    fn pointed(&mut self, _shared: &mut Shared, _point: &Point) {}
    /// What there is to say of what has the focus.
    fn explained(&self, _shared: &Shared) -> Option<Explained> {
        None
    }
    /// The value that has the focus, for the clipboard.
    fn copied(&self, _shared: &Shared) -> Option<String> {
        None
    }
    /// What it does not know yet of the network and the images, and shows.
    fn wants(&self, _shared: &Shared) -> Option<Query> {
        None
    }
    /// What it wanted to know.
    fn told(&mut self, _shared: &Shared, _known: Known) {}
    /// Somebody wants to see these images, wherever they were.
    fn go_to(&mut self, _shared: &mut Shared, _going: &Going) {}
    /// Something may have happened to the run.
    fn heard(&mut self, _shared: &Shared) {}
    /// Something was answered that was asked about recorded runs.
    fn answered(&mut self, _shared: &mut Shared, _answer: &RunsAnswer) {}
}

/// What leaves the step that a person looks at for the newest, at this place among the keys in the last row.
const fn now<S, const PLACE: u8>(id: RowId) -> Row<S> {
    const KEYS: &[Key] = &[Key::plain(KeyCode::Esc)];
    row(
        id,
        KEYS,
        KeyLabel::Now,
        KeyHelp::ChartsNow,
        |_, shared| if shared.moment.is_some() { Rank::Footer(PLACE) } else { Rank::Not },
        |_, shared| shared.moment = None,
    )
}

/// The one list of pages: the key of each, its name in the program, the name of its rows, its type and what it is for.
macro_rules! pages {
    ($($key:literal $Id:ident $field:ident: $Type:ident, $row:literal, $label:expr, $help:expr;)*) => {
        /// A page of the dashboard.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum PageId {
            $(#[doc = concat!("The page [`", stringify!($Type), "`].")] $Id,)*
        }

        impl PageId {
            /// All of them, in their order.
            pub const ALL: &[Self] = &[$(Self::$Id),*];

            /// The name of the row that opens it.
            pub const fn row(self) -> RowId {
                match self {
                    $(Self::$Id => $row,)*
                }
            }

            /// Whether it shows the run that is trained, watched or played here.
            pub(in crate::app) fn shows_run(self) -> bool {
                match self {
                    $(Self::$Id => $Type::default().shows_run(),)*
                }
            }

            /// The key that opens it.
            pub const fn key(self) -> char {
                match self {
                    $(Self::$Id => $key,)*
                }
            }
        }

        /// All pages, and which of them is open.
        #[derive(Clone, Debug)]
        pub struct Pages {
            open: PageId,
            $(#[doc = concat!("The page [`", stringify!($Type), "`].")] pub $field: $Type,)*
        }

        /// On every page, when nothing lies over it.
        const OPENING: &[Row<Pages>] = &[$(row(
            $row,
            &[Key::char($key)],
            $label,
            $help,
            |_, _| Rank::Hidden,
            |pages, shared| pages.turn_to(PageId::$Id, shared),
        ),)*];

        impl Pages {
            pub(super) fn new(options: &AppOptions) -> Self {
                let mut pages = Self { open: PageId::ALL[0], $($field: $Type::new(options),)* };
                let open = PageId::ALL.iter().find(|id| !options.alone || !pages.page_of(**id).shows_run());
                pages.open = open.copied().unwrap_or(pages.open);
                pages
            }

            /// A page.
            pub fn page_of(&self, id: PageId) -> &dyn Page {
                match id {
                    $(PageId::$Id => &self.$field,)*
                }
            }

            fn page_mut(&mut self, id: PageId) -> &mut dyn Page {
                match id {
                    $(PageId::$Id => &mut self.$field,)*
                }
            }
        }
    };
}

pages! {
    '1' Overview overview: Overview, "page.overview", KeyLabel::Overview, KeyHelp::PageOverview;
    '2' Charts charts: Charts, "page.charts", KeyLabel::Charts, KeyHelp::PageCharts;
    '3' Confusion confusion: Confusion, "page.confusion", KeyLabel::Confusion, KeyHelp::PageConfusion;
    '4' Images images: Images, "page.images", KeyLabel::Images, KeyHelp::PageImages;
    '5' Network network: Network, "page.network", KeyLabel::Network, KeyHelp::PageNetwork;
    '6' Draw draw: Draw, "page.draw", KeyLabel::Draw, KeyHelp::PageDraw;
    '7' Runs runs: Runs, "page.runs", KeyLabel::Runs, KeyHelp::PageRuns;
}

impl Pages {
    /// Which page is open.
    pub fn open(&self) -> PageId {
        self.open
    }

    /// The page that is open.
    pub fn page(&self) -> &dyn Page {
        self.page_of(self.open)
    }

    /// Tables of what keys do on every page, as they hold now.
    fn tables(&self) -> impl Iterator<Item = &'static [Row<Self>]> {
        let run = [global::PLAYING, global::STEERING].into_iter().filter(|_| self.page().shows_run());
        run.chain([OPENING, global::PAGES])
    }

    /// The rows of the open page, and of those that hold on every page.
    pub(super) fn offers(&self, shared: &Shared) -> Vec<Offer> {
        let mut all = self.page().offers(shared);
        self.tables().for_each(|rows| all.extend(offers(rows, self, shared)));
        all
    }

    /// Does what a row of the open page or of all pages does.
    pub(super) fn act(&mut self, id: RowId, shared: &mut Shared) {
        if !self.page_mut(self.open).act(id, shared) {
            let tables: Vec<_> = self.tables().collect();
            let _ = tables.into_iter().any(|rows| act(rows, self, shared, id));
        }
        if let Some(going) = shared.going.take() {
            self.page_mut(going.page()).go_to(shared, &going);
            self.turn_to(going.page(), shared);
        }
    }

    /// Something that the open page drew was pointed at.
    pub(super) fn pointed(&mut self, shared: &mut Shared, point: &Point) {
        self.page_mut(self.open).pointed(shared, point);
    }

    /// So much time has passed while the open page moves something by itself.
    pub(super) fn ticked(&mut self, shared: &mut Shared, passed: Duration) {
        self.page_mut(self.open).ticked(shared, passed);
    }

    /// What the open page wanted to know.
    pub(super) fn told(&mut self, shared: &Shared, known: Known) {
        self.page_mut(self.open).told(shared, known);
    }

    /// What holds whatever lies over the page.
    pub(super) fn always(&self, shared: &Shared) -> Vec<Offer> {
        offers(global::ALWAYS, self, shared)
    }

    /// Does what holds whatever lies over the page; gives whether it was that.
    pub(super) fn act_always(&mut self, id: RowId, shared: &mut Shared) -> bool {
        act(global::ALWAYS, self, shared, id)
    }

    fn turn_to(&mut self, id: PageId, shared: &mut Shared) {
        if shared.alone && self.page_of(id).shows_run() {
            let [resume, branch, play] = ["runs.resume", "runs.branch", "runs.replay"].map(|id| shared.keymap.shown(id));
            return shared.refuse(Phrase::NothingTrainedHere { resume, branch, play });
        }
        let before = std::mem::replace(&mut self.open, id);
        if before != id {
            self.page_mut(before).turned(shared, false);
        }
        self.page_mut(id).turned(shared, true);
    }

    /// Tells all pages something.
    pub(super) fn each(&mut self, mut tell: impl FnMut(&mut dyn Page)) {
        PageId::ALL.iter().for_each(|id| tell(self.page_mut(*id)));
    }

    /// What keys do, page by page and then everywhere, for the list of keys.
    pub(super) fn all_tables(&self) -> Vec<Table> {
        let mut all = vec![
            Table::new(Word::WhileItTrains, Place::RunPages, global::STEERING),
            Table::new(Word::WhileARecordedRunIsPlayed, Place::RunPages, global::PLAYING),
        ];
        all.extend(PageId::ALL.iter().map(|id| self.page_of(*id).table()));
        let mut everywhere = Table::new(Word::OnEveryPage, Place::Pages, OPENING);
        everywhere.rows.extend(Table::new(Word::OnEveryPage, Place::Pages, global::PAGES).rows);
        all.extend([everywhere, Table::new(Word::Always, Place::Always, global::ALWAYS)]);
        all
    }
}
