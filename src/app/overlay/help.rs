//! The list of keys: those of the open page first.

use crate::app::key::k;
use crate::app::row::{Row, Rows, row};
use crate::app::table::Place;
use crate::app::{Closing, Found, Key, KeyCode, Keymap, Line, PageId, Rank, Shared, Table, TableRow, tables};
use crate::text::{KeyHelp, KeyLabel, Language, Word};
use Rank::{Footer, Hidden, Not, Pair};

/// Longer than anything that is looked for.
const LONGEST: usize = 40;

/// The list of keys: those of the open page first.
#[derive(Clone, Debug)]
pub struct Help {
    tables: Vec<Table>,
    /// It is scrolled down by so many lines.
    pub scroll: usize,
    /// What is looked for.
    pub search: Line,
    /// Letters go to what is looked for.
    pub is_searching: bool,
}

/// A line of the list.
#[derive(Clone, Copy, Debug)]
pub enum HelpLine<'a> {
    /// When the rows below hold.
    Heading(Word),
    /// What keys do.
    Row(&'a TableRow),
    /// Nothing.
    Blank,
}

impl Help {
    /// Of all keys, those of this page first.
    pub(in crate::app) fn new(page: PageId, keymap: &Keymap) -> Self {
        let mut tables = tables(keymap);
        tables.sort_by_key(|table| match table.place {
            Place::Page(other) if other == page => 0,
            Place::RunPages if page.shows_run() => 1,
            Place::Pages => 2,
            Place::Always => 3,
            Place::Page(_) | Place::RunPages => 4,
            Place::Overlay => 5,
        });
        Self { tables, scroll: 0, search: Line::new(String::new(), false, LONGEST), is_searching: false }
    }

    /// The lines that have what is looked for.
    pub fn lines(&self) -> Vec<HelpLine<'_>> {
        let wanted = self.search.text().to_lowercase();
        let has = |row: &TableRow| {
            let texts = Language::ALL.into_iter().flat_map(|language| [row.help.say(language), row.label.say(language)]);
            let mut texts = texts.chain([row.id.into()]);
            texts.any(|text| text.to_lowercase().contains(&wanted)) || row.keys.iter().any(|key| key.to_string() == wanted)
        };
        let mut lines = Vec::new();
        for table in &self.tables {
            let mut rows = table.rows.iter().filter(|row| has(row)).peekable();
            if rows.peek().is_some() {
                lines.extend([HelpLine::Blank, HelpLine::Heading(table.heading)]);
                lines.extend(rows.map(HelpLine::Row));
            }
        }
        lines.drain(..lines.len().min(1));
        lines
    }

    pub(super) fn step(&mut self, by: isize) {
        self.scroll = self.scroll.saturating_add_signed(by).min(self.lines().len());
    }

    /// A line was pressed: what its key does is done, where it can be done now.
    pub(super) fn press(&self, line: usize, shared: &mut Shared) {
        if let Some(HelpLine::Row(row)) = self.lines().get(line) {
            shared.found = Some(Found::Row(row.id));
            shared.close(Closing::Taken);
        }
    }

    /// Up to the last page.
    fn step_within(&mut self, by: isize, shared: &Shared) {
        let most = self.lines().len().saturating_sub(shared.rows);
        self.scroll = self.scroll.min(most).saturating_add_signed(by).min(most);
    }

    pub(super) fn typed(&mut self, change: impl FnOnce(&mut Line) -> bool) -> bool {
        self.scroll = if self.is_searching { 0 } else { self.scroll };
        self.is_searching && change(&mut self.search)
    }

    fn reading(&self, rank: Rank) -> Rank {
        if self.is_searching { Not } else { rank }
    }
}

impl Rows for Help {
    fn rows(&self) -> &'static [Row<Self>] {
        HELP
    }
}

/// While the list of keys is open.
pub const HELP: &[Row<Help>] = &[
    row(
        "help.up",
        &[k(KeyCode::Up), Key::char('k')],
        KeyLabel::Up,
        KeyHelp::HelpUp,
        |help, _| help.reading(Pair(0, KeyLabel::Scroll, "help.down")),
        |help, shared| help.step_within(-1, shared),
    ),
    row(
        "help.down",
        &[k(KeyCode::Down), Key::char('j')],
        KeyLabel::Down,
        KeyHelp::HelpDown,
        |help, _| help.reading(Hidden),
        |help, shared| help.step_within(1, shared),
    ),
    row(
        "help.page-up",
        &[k(KeyCode::PageUp)],
        KeyLabel::PageUp,
        KeyHelp::HelpPageUp,
        |_, _| Hidden,
        |help, shared| help.step_within(shared.page(false), shared),
    ),
    row(
        "help.page-down",
        &[k(KeyCode::PageDown), Key::char(' ')],
        KeyLabel::PageDown,
        KeyHelp::HelpPageDown,
        |help, _| help.reading(Footer(1)),
        |help, shared| help.step_within(shared.page(true), shared),
    ),
    row(
        "help.start",
        &[k(KeyCode::Home), Key::char('g')],
        KeyLabel::Start,
        KeyHelp::HelpStart,
        |help, _| help.reading(Hidden),
        |help, _| help.scroll = 0,
    ),
    row(
        "help.end",
        &[k(KeyCode::End), Key::char('G')],
        KeyLabel::End,
        KeyHelp::HelpEnd,
        |help, _| help.reading(Hidden),
        |help, shared| help.step_within(isize::MAX, shared),
    ),
    row(
        "help.search",
        &[Key::char('/')],
        KeyLabel::Search,
        KeyHelp::HelpSearch,
        |help, _| help.reading(Footer(2)),
        |help, _| help.is_searching = true,
    ),
    row(
        "help.take",
        &[k(KeyCode::Enter)],
        KeyLabel::Take,
        KeyHelp::HelpTake,
        |help, _| if help.is_searching { Footer(0) } else { Not },
        |help, _| help.is_searching = false,
    ),
    row(
        "help.cancel",
        &[k(KeyCode::Esc)],
        KeyLabel::All,
        KeyHelp::HelpCancel,
        |help, _| if help.is_searching || !help.search.text().is_empty() { Footer(3) } else { Not },
        |help, _| {
            help.is_searching = false;
            help.search = Line::new(String::new(), false, LONGEST);
        },
    ),
    row(
        "help.close",
        &[k(KeyCode::Esc), Key::char('?'), Key::char('q')],
        KeyLabel::Close,
        KeyHelp::HelpClose,
        |help, _| if help.is_searching || !help.search.text().is_empty() { Not } else { Footer(4) },
        |_, shared| shared.close(Closing::Cancelled),
    ),
];
