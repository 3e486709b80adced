//! What keys do, as tables for people.

use std::fmt::Write as _;

use super::overlay::tables as overlay_tables;
use super::row::{Row, RowId};
use super::{AppOptions, Key, Keymap, PageId, Pages};
use crate::text::{KeyHelp, KeyLabel, Language, Word};

/// Rows that hold in one situation.
#[derive(Clone, Debug)]
pub struct Table {
    /// When.
    pub heading: Word,
    /// Where.
    pub place: Place,
    /// What keys do then.
    pub rows: Vec<TableRow>,
}

/// Where rows hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// On this page.
    Page(PageId),
    /// On pages that show the run.
    RunPages,
    /// On every page.
    Pages,
    /// Whatever lies over the page.
    Always,
    /// On what lies over the page.
    Overlay,
}

/// A row for people.
#[derive(Clone, Debug)]
pub struct TableRow {
    /// Its name in the configuration.
    pub id: RowId,
    /// Its keys.
    pub keys: Vec<Key>,
    /// One or two words.
    pub label: KeyLabel,
    /// One line.
    pub help: KeyHelp,
}

impl Table {
    /// Of these rows.
    pub(super) fn new<S>(heading: Word, place: Place, rows: &'static [Row<S>]) -> Self {
        let plain = |row: &Row<S>| TableRow { id: row.id, keys: row.keys.to_vec(), label: row.label, help: row.help };
        Self { heading, place, rows: rows.iter().map(plain).collect() }
    }

    /// Whether rows of both can be meant at once.
    pub(super) fn meets(&self, other: &Self) -> bool {
        match (self.place, other.place) {
            (Place::Overlay, Place::Overlay) => self.heading == other.heading,
            (Place::Overlay, place) | (place, Place::Overlay) => place == Place::Always,
            (Place::Page(one), Place::Page(another)) => one == another,
            (Place::Page(page), Place::RunPages) | (Place::RunPages, Place::Page(page)) => page.shows_run(),
            _ => true,
        }
    }
}

impl TableRow {
    /// Its keys as people read them: `↑ k`.
    pub fn keys_text(&self) -> String {
        self.keys.iter().map(Key::to_string).collect::<Vec<_>>().join(" ")
    }
}

/// Everything that keys do.
pub fn tables(keymap: &Keymap) -> Vec<Table> {
    let mut all = Pages::new(&AppOptions::default()).all_tables();
    all.extend(overlay_tables());
    for row in all.iter_mut().flat_map(|table| &mut table.rows) {
        row.keys = keymap.keys(row.id, &row.keys);
    }
    all
}

/// The tables of `docs/keys.md`.
pub fn keys_markdown(keymap: &Keymap) -> String {
    let mut text = String::new();
    for table in tables(keymap) {
        // Writing to a string cannot fail.
        let _ = write!(text, "## {}\n\n| key | | name |\n|---|---|---|\n", table.heading.say(Language::English));
        for row in table.rows {
            let keys = row.keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(" ");
            let _ = writeln!(text, "| {keys} | {} | `{}` |", row.help.say(Language::English), row.id);
        }
        text.push('\n');
    }
    text
}
