//! What keys do on the page of runs.

use super::asking::ask;
use super::{Runs, RunsAnswer, RunsRequest, RunsView};
use crate::app::key::{c, k};
use crate::app::pages::{Page, PageId};
use crate::app::row::{Row, Rows, row};
use crate::app::table::Place;
use crate::app::{KeyCode, Point, Pointer, Rank, Shared, Table, Target};
use crate::text::{KeyHelp, KeyLabel, Word};
use Rank::{Footer, Hidden, Not, Pair};

impl Page for Runs {
    fn name(&self) -> Word {
        Word::Runs
    }

    fn table(&self) -> Table {
        Table::new(Word::OnThePageOfRuns, Place::Page(PageId::Runs), ROWS)
    }

    fn shows_run(&self) -> bool {
        false
    }

    fn charts(&self) -> Option<u8> {
        if self.is_list() || self.galleries.is_some() { None } else { Some(25) }
    }

    fn copied(&self, _: &Shared) -> Option<String> {
        self.selected_run().map(|listed| listed.id())
    }

    fn turned(&mut self, shared: &mut Shared, to: bool) {
        if to {
            (self.view, self.galleries) = (RunsView::List, None);
        }
        if self.open != to {
            self.open = to;
            ask(shared, RunsRequest::Watch(to));
        }
    }

    fn pointed(&mut self, shared: &mut Shared, point: &Point) {
        match (point.target, point.how) {
            (_, Pointer::Wheel(by)) => self.scrolled(shared, by.into()),
            (Target::Item(row), Pointer::Press) if row == self.selected() => {
                self.selected_run().inspect(|run| ask(shared, RunsRequest::Load(vec![run.id()])));
            }
            (Target::Item(row), Pointer::Press) => self.select(row.cast_signed() - self.selected().cast_signed()),
            _ => {}
        }
    }

    fn answered(&mut self, shared: &mut Shared, answer: &RunsAnswer) {
        self.hear(shared, answer);
    }
}

impl Rows for Runs {
    fn rows(&self) -> &'static [Row<Self>] {
        ROWS
    }
}

impl Runs {
    fn is_list(&self) -> bool {
        matches!(self.view, RunsView::List)
    }

    /// What only the list has.
    fn on_list(&self, rank: Rank) -> Rank {
        if self.is_list() { rank } else { Not }
    }

    /// What there must be a run for.
    fn with_run(&self, rank: Rank) -> Rank {
        if self.run_at_hand().is_some() { rank } else { Hidden }
    }

    /// What only a comparison has.
    fn sideways(&self, rank: Rank) -> Rank {
        if matches!(self.view, RunsView::Compared(..)) && self.galleries.is_none() { rank } else { Not }
    }

    /// Rows, what is shown, or the galleries go up or down.
    fn scrolled(&mut self, shared: &mut Shared, rows: isize) {
        if self.galleries.is_some() { self.scroll_galleries(shared, rows) } else { self.step(0, rows) }
    }

    /// From what lies over the list to what lies below it.
    fn back(&mut self) {
        if self.galleries.take().is_none() {
            self.view = RunsView::List;
        }
    }

    /// What is done with the one run that is shown or selected.
    fn with_one(&self, rank: Rank) -> Rank {
        if matches!(self.view, RunsView::Compared(..)) { Not } else { self.with_run(rank) }
    }
}

const ROWS: &[Row<Runs>] = &[
    row(
        "runs.up",
        &[k(KeyCode::Up), c('k')],
        KeyLabel::Up,
        KeyHelp::RunsUp,
        |page, _| if page.is_list() { Hidden } else { Pair(13, KeyLabel::Scroll, "runs.down") },
        |page, shared| page.scrolled(shared, -1),
    ),
    row(
        "runs.down",
        &[k(KeyCode::Down), c('j')],
        KeyLabel::Down,
        KeyHelp::RunsDown,
        |_, _| Hidden,
        |page, shared| page.scrolled(shared, 1),
    ),
    row(
        "runs.page-up",
        &[k(KeyCode::PageUp)],
        KeyLabel::PageUp,
        KeyHelp::RunsPageUp,
        |_, _| Hidden,
        |page, shared| page.scrolled(shared, shared.page(false)),
    ),
    row(
        "runs.page-down",
        &[k(KeyCode::PageDown)],
        KeyLabel::PageDown,
        KeyHelp::RunsPageDown,
        |_, _| Hidden,
        |page, shared| page.scrolled(shared, shared.page(true)),
    ),
    row(
        "runs.left",
        &[k(KeyCode::Left), c('h')],
        KeyLabel::Left,
        KeyHelp::RunsLeft,
        |page, _| page.sideways(Hidden),
        |page, _| page.step(-1, 0),
    ),
    row(
        "runs.right",
        &[k(KeyCode::Right), c('l')],
        KeyLabel::Right,
        KeyHelp::RunsRight,
        |page, _| page.sideways(Pair(11, KeyLabel::Runs, "runs.left")),
        |page, _| page.step(1, 0),
    ),
    row("runs.hide", &[c(' ')], KeyLabel::Hide, KeyHelp::RunsHide, |page, _| page.sideways(Footer(11)), |page, _| page.hide()),
    row(
        "runs.unit",
        &[c('u')],
        KeyLabel::Unit,
        KeyHelp::RunsUnit,
        |page, _| if page.is_list() || page.galleries.is_some() { Not } else { Footer(12) },
        |page, _| page.next_unit(),
    ),
    row(
        "runs.images",
        &[k(KeyCode::Enter)],
        KeyLabel::OnlyOneRight,
        KeyHelp::RunsImages,
        |page, _| page.sideways(if page.pair().is_some() { Footer(9) } else { Hidden }),
        |page, shared| page.open_galleries(shared),
    ),
    row(
        "runs.back",
        &[k(KeyCode::Esc), k(KeyCode::Backspace)],
        KeyLabel::Back,
        KeyHelp::RunsBack,
        |page, _| if page.is_list() { Not } else { Footer(10) },
        |page, _| page.back(),
    ),
    row(
        "runs.show",
        &[k(KeyCode::Enter)],
        KeyLabel::Show,
        KeyHelp::RunsShow,
        |page, _| page.on_list(page.with_run(Footer(20))),
        |page, shared| {
            if let Some(run) = page.selected_run() {
                ask(shared, RunsRequest::Load(vec![run.id()]));
            }
        },
    ),
    row(
        "runs.mark",
        &[c(' '), c('m')],
        KeyLabel::Mark,
        KeyHelp::RunsMark,
        |page, _| page.on_list(page.with_run(Footer(21))),
        |page, _| page.mark(),
    ),
    row(
        "runs.mark-all",
        &[c('M')],
        KeyLabel::MarkAll,
        KeyHelp::RunsMarkAll,
        |page, _| page.on_list(Hidden),
        |page, _| page.mark_all(),
    ),
    row(
        "runs.compare",
        &[c('c')],
        KeyLabel::Compare,
        KeyHelp::RunsCompare,
        |page, _| page.on_list(if page.marked().len() > 1 { Footer(9) } else { Hidden }),
        |page, shared| page.compare(shared),
    ),
    row(
        "runs.filter",
        &[c('/')],
        KeyLabel::Filter,
        KeyHelp::RunsFilter,
        |page, _| page.on_list(Footer(23)),
        |page, shared| page.ask_filter(shared),
    ),
    row(
        "runs.sort",
        &[c('s')],
        KeyLabel::Sort,
        KeyHelp::RunsSort,
        |page, _| page.on_list(page.with_run(Footer(24))),
        |page, _| page.sort_next(),
    ),
    row(
        "runs.resume",
        &[c('R')],
        KeyLabel::Resume,
        KeyHelp::RunsResume,
        |page, _| {
            let waits = page.run_at_hand().is_some_and(|run| matches!(run.status(), "interrupted" | "stopped"));
            page.with_one(if waits { Footer(22) } else { Hidden })
        },
        |page, shared| page.go_on(shared),
    ),
    row(
        "runs.branch",
        &[c('b')],
        KeyLabel::Branch,
        KeyHelp::RunsBranch,
        |page, _| page.with_one(Footer(26)),
        |page, shared| page.branch(shared),
    ),
    row(
        "runs.replay",
        &[c('v')],
        KeyLabel::Replay,
        KeyHelp::RunsReplay,
        |page, _| page.with_one(Hidden),
        |page, shared| page.play(shared),
    ),
    row(
        "runs.rename",
        &[c('r')],
        KeyLabel::Rename,
        KeyHelp::RunsRename,
        |page, _| page.on_list(page.with_run(Footer(27))),
        |page, shared| page.ask_name(shared),
    ),
    row(
        "runs.note",
        &[c('n')],
        KeyLabel::Note,
        KeyHelp::RunsNote,
        |page, _| page.on_list(page.with_run(Footer(29))),
        |page, shared| page.ask_note(shared),
    ),
    row(
        "runs.pin",
        &[c('p')],
        KeyLabel::Pin,
        KeyHelp::RunsPin,
        |page, _| page.on_list(page.with_run(Footer(30))),
        |page, shared| page.pin(shared),
    ),
    row(
        "runs.export",
        &[c('e')],
        KeyLabel::Export,
        KeyHelp::RunsExport,
        |page, _| page.with_run(Footer(25)),
        |page, shared| page.ask_format(shared),
    ),
    row(
        "runs.remove",
        &[c('x'), k(KeyCode::Delete)],
        KeyLabel::Remove,
        KeyHelp::RunsRemove,
        |page, _| page.on_list(page.with_run(Footer(28))),
        |page, shared| page.ask_to_remove(shared),
    ),
    row(
        "runs.trash",
        &[c('U')],
        KeyLabel::BringBack,
        KeyHelp::RunsTrash,
        |page, _| page.on_list(Hidden),
        |_, shared| ask(shared, RunsRequest::Trash),
    ),
];
