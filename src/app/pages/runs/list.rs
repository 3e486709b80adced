//! What the page of runs shows: which runs, in which order, and what is marked and selected.

use std::collections::BTreeSet;

use super::LoadedRun;
use super::asking::Asked;
use crate::app::AppOptions;
use crate::app::pages::panel::neighbour;
use crate::run::store::{Listed, SortKey, tree};
use crate::run::{Comparison, Unit, differences};
use crate::text::Text;

/// So many curves can be told apart.
pub(super) const MOST_COMPARED: usize = 8;
/// What the key goes through.
const SORTS: [SortKey; 6] =
    [SortKey::Accuracy, SortKey::Loss, SortKey::Started, SortKey::Name, SortKey::Status, SortKey::Seconds];

/// The page of runs.
#[derive(Clone, Debug, Default)]
pub struct Runs {
    /// `None` until they have been listed.
    all: Option<Vec<Listed>>,
    pub(super) filter: String,
    sort: Sort,
    /// In what the listed runs differ: a word or two, and the text of each run by its place in `all`.
    differences: Vec<(Text, Vec<String>)>,
    /// The rows that are shown: how deep each stands in the tree, and its place in `all`.
    rows: Vec<RunRow>,
    selected: usize,
    marked: BTreeSet<String>,
    pub(super) view: RunsView,
    /// How far a run or a comparison is scrolled, and which of the compared runs is selected.
    pub(super) scroll: (usize, usize),
    /// The places of compared runs whose curves are hidden.
    pub(super) hidden: BTreeSet<usize>,
    /// The images on which only one of two compared runs is right, when they are shown.
    pub(super) galleries: Option<super::Galleries>,
    /// What the charts count.
    unit: Unit,
    /// The page is open.
    pub(super) open: bool,
    /// What a text that is being typed, or an item that is being chosen, is for.
    pub(super) asked: Option<Asked>,
}

/// What the list is sorted by: by accuracy until somebody chooses.
#[derive(Clone, Copy, Debug)]
struct Sort(SortKey);

impl Default for Sort {
    fn default() -> Self {
        Self(SortKey::Accuracy)
    }
}

/// A row of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunRow {
    /// How many runs stand above it in the tree that it branched off.
    pub depth: usize,
    place: usize,
}

/// What fills the page.
#[derive(Clone, Debug, Default)]
pub enum RunsView {
    /// All runs.
    #[default]
    List,
    /// One of them.
    Shown(Box<LoadedRun>),
    /// Several side by side.
    Compared(Vec<LoadedRun>, Box<Comparison>),
}

impl Runs {
    pub(in crate::app) fn new(options: &AppOptions) -> Self {
        Self { open: options.alone, ..Self::default() }
    }

    /// Whether runs have been listed.
    pub fn is_known(&self) -> bool {
        self.all.is_some()
    }

    /// How many runs there are, whatever is shown of them.
    pub fn count(&self) -> usize {
        self.all.as_ref().map_or(0, Vec::len)
    }

    /// What only is shown: runs with this text.
    pub fn filter(&self) -> &str {
        &self.filter
    }

    /// What they are sorted by.
    pub fn sort(&self) -> SortKey {
        self.sort.0
    }

    /// In what the listed runs differ besides preset and seed.
    pub fn differences(&self) -> impl ExactSizeIterator<Item = &Text> {
        self.differences.iter().map(|(name, _)| name)
    }

    /// What a run has there.
    pub fn difference(&self, row: RunRow, column: usize) -> &str {
        self.differences.get(column).and_then(|(_, texts)| texts.get(row.place)).map_or("", String::as_str)
    }

    /// What fills the page.
    pub fn view(&self) -> &RunsView {
        &self.view
    }

    /// How far a run or a comparison is scrolled, and which of the compared runs is selected.
    pub fn scroll(&self) -> (usize, usize) {
        self.scroll
    }

    /// Whether the curves of a compared run are hidden.
    pub fn is_hidden(&self, place: usize) -> bool {
        self.hidden.contains(&place)
    }

    /// What the charts count.
    pub fn unit(&self) -> Unit {
        self.unit
    }

    /// Hides the curves of the selected one of the compared runs, or shows them again.
    pub(super) fn hide(&mut self) {
        if !self.hidden.remove(&self.scroll.1) {
            self.hidden.insert(self.scroll.1);
        }
    }

    /// Lets the charts count something else.
    pub(super) fn next_unit(&mut self) {
        self.unit = neighbour(&Unit::ALL, self.unit, true);
    }

    /// The rows, with their runs.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = (RunRow, &Listed)> {
        let all = self.all.as_deref().unwrap_or_default();
        self.rows.iter().map(move |row| (*row, &all[row.place]))
    }

    /// The place of the selected row.
    pub fn selected(&self) -> usize {
        self.selected
    }

    /// The selected run.
    pub fn selected_run(&self) -> Option<&Listed> {
        self.rows().nth(self.selected).map(|(_, run)| run)
    }

    /// Whether a run is marked.
    pub fn is_marked(&self, id: &str) -> bool {
        self.marked.contains(id)
    }

    /// How many runs are marked.
    pub fn count_marked(&self) -> usize {
        self.marked.len()
    }

    /// The marked runs, in the order of the rows; those that the filter hides come last.
    pub fn marked(&self) -> Vec<&Listed> {
        let all = self.all.as_deref().unwrap_or_default();
        let mut hidden = vec![true; all.len()];
        self.rows.iter().for_each(|row| hidden[row.place] = false);
        let shown = self.rows.iter().map(|row| row.place);
        let ordered = shown.chain((0..all.len()).filter(|place| hidden[*place]));
        ordered.map(|place| &all[place]).filter(|run| self.is_marked(&run.id())).collect()
    }

    /// The runs that an action is for: those that are marked, or else the selected one.
    pub(super) fn chosen(&self) -> Vec<&Listed> {
        let marked = self.marked();
        if marked.is_empty() { self.selected_run().into_iter().collect() } else { marked }
    }

    /// Takes a new list; what was selected and marked stays so where it is still there.
    pub(super) fn list(&mut self, runs: Vec<Listed>) {
        let selected = self.selected_run().map(Listed::id);
        let first = self.all.is_none();
        let ids: BTreeSet<String> = runs.iter().map(Listed::id).collect();
        self.marked.retain(|id| ids.contains(id));
        let recipes: Vec<_> = runs.iter().map(|run| &run.about.started).collect();
        self.differences = differences(&recipes);
        // The newest is the one that somebody has just trained.
        let newest = runs.last().filter(|_| first).map(Listed::id);
        self.all = Some(runs);
        self.arrange(newest.or(selected));
    }

    /// Shows only runs with this text, and selects the run of this id when it is among them.
    pub(super) fn set_filter(&mut self, filter: String, selected: Option<String>) {
        self.filter = filter;
        self.arrange(selected);
    }

    /// The next key to sort by.
    pub(super) fn sort_next(&mut self) {
        let at = SORTS.iter().position(|key| *key == self.sort.0).unwrap_or(0);
        let selected = self.selected_run().map(Listed::id);
        self.sort = Sort(SORTS[(at + 1) % SORTS.len()]);
        self.arrange(selected);
    }

    fn arrange(&mut self, selected: Option<String>) {
        let all = self.all.as_deref().unwrap_or_default();
        let mut shown: Vec<usize> = (0..all.len()).filter(|place| all[*place].matches(&self.filter)).collect();
        self.rows = if self.sort.0 == SortKey::Started {
            // Branches below what they branched off. Those whose parent is hidden stand for themselves.
            let runs: Vec<Listed> = shown.iter().map(|place| all[*place].clone()).collect();
            tree(&runs).into_iter().map(|(depth, place)| RunRow { depth, place: shown[place] }).collect()
        } else {
            shown.sort_by(|a, b| self.sort.0.best_first(&all[*a], &all[*b]));
            shown.into_iter().map(|place| RunRow { depth: 0, place }).collect()
        };
        let last = self.rows.len().saturating_sub(1);
        let found = selected.and_then(|id| self.rows().position(|(_, run)| run.id() == id));
        self.selected = found.unwrap_or(self.selected).min(last);
    }

    /// Selects a row so many further down.
    pub(super) fn select(&mut self, by: isize) {
        self.selected = self.selected.saturating_add_signed(by).min(self.rows.len().saturating_sub(1));
    }

    /// Marks the selected run or takes its mark away.
    pub(super) fn mark(&mut self) {
        if let Some(id) = self.selected_run().map(Listed::id)
            && !self.marked.remove(&id)
        {
            self.marked.insert(id);
        }
    }

    /// Marks all runs that are shown; takes the marks away when there are any.
    pub(super) fn mark_all(&mut self) {
        if self.marked.is_empty() {
            self.marked = self.rows().map(|(_, run)| run.id()).collect();
        } else {
            self.marked.clear();
        }
    }
}
