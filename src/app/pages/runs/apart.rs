//! The images on which only one of two compared runs is right, as two galleries.

use super::{LoadedRun, Runs, RunsRequest, RunsView};
use crate::app::Shared;
use crate::protocol::{Body, Query, Seen, Unanswered};
use crate::run::Apart;

/// So many images of each gallery are read at once.
const AT_ONCE: usize = 60;

/// Two galleries.
#[derive(Clone, Debug)]
pub struct Galleries {
    /// The places of the two among the compared runs.
    pub pair: [usize; 2],
    /// The images; `None` when the runs have judged no set of the same images.
    pub apart: Option<Apart>,
    /// How many rows of pictures they are scrolled.
    pub down: usize,
    /// What was asked last, and what was answered.
    asked: Option<Query>,
    answered: Option<(Query, Body)>,
}

impl Galleries {
    fn of(runs: &[LoadedRun], pair: [usize; 2]) -> Option<Self> {
        let [one, other] = pair.map(|place| runs.get(place));
        let apart = Apart::of([&one?.state, &other?.state]);
        Some(Self { pair, apart, down: 0, asked: None, answered: None })
    }

    /// How an image looks, once that is known.
    pub fn seen(&self, place: u32) -> Option<&Seen> {
        let (Query::Images { places, .. }, Body::Images { images }) =
            self.answered.as_ref().map(|(query, body)| (query, body))?
        else {
            return None;
        };
        images.get(places.iter().position(|other| *other == place)?)
    }

    /// Why images cannot be shown, when they cannot.
    pub fn why(&self) -> Option<Unanswered> {
        match self.answered.as_ref()? {
            (_, Body::Nothing { why }) => Some(*why),
            _ => None,
        }
    }

    /// How many images come before those that are shown, with so many beside each other.
    pub fn skipped(&self, across: usize) -> usize {
        let most = self.apart.iter().flat_map(|apart| &apart.only).map(Vec::len).max().unwrap_or(0);
        self.down.min(most.saturating_sub(1) / across.max(1)) * across.max(1)
    }

    /// What is to be asked so that the pictures are known.
    fn wanted(&self, across: usize) -> Option<Query> {
        let apart = self.apart.as_ref()?;
        let from = self.skipped(across);
        let places = apart.only.iter().flat_map(|only| only.iter().skip(from).take(AT_ONCE)).copied().collect();
        let query = Query::Images { among: apart.among, places };
        (self.asked.as_ref() != Some(&query)).then_some(query)
    }
}

impl Runs {
    /// The galleries, when they are open.
    pub fn galleries(&self) -> Option<&Galleries> {
        self.galleries.as_ref()
    }

    /// The two runs whose images would be shown: those whose curves are shown, where they are two.
    pub(super) fn pair(&self) -> Option<[usize; 2]> {
        let RunsView::Compared(runs, _) = &self.view else { return None };
        let shown: Vec<usize> = (0..runs.len()).filter(|place| !self.is_hidden(*place)).collect();
        shown.try_into().ok()
    }

    /// Opens the galleries of the two runs whose curves are shown.
    pub(super) fn open_galleries(&mut self, shared: &mut Shared) {
        let (RunsView::Compared(runs, _), Some(pair)) = (&self.view, self.pair()) else { return };
        self.galleries = Galleries::of(runs, pair);
        self.ask_images(shared);
    }

    /// Scrolls the galleries by rows of pictures.
    pub(super) fn scroll_galleries(&mut self, shared: &mut Shared, rows: isize) {
        let Some(galleries) = &mut self.galleries else { return };
        let across = shared.columns.max(1);
        galleries.down = (galleries.skipped(across) / across).saturating_add_signed(rows);
        galleries.down = galleries.skipped(across) / across;
        self.ask_images(shared);
    }

    fn ask_images(&mut self, shared: &mut Shared) {
        let (RunsView::Compared(runs, _), Some(galleries)) = (&self.view, &mut self.galleries) else { return };
        if let Some((query, run)) = galleries.wanted(shared.columns).zip(runs.get(galleries.pair[0])) {
            galleries.asked = Some(query.clone());
            // No notice: the pictures come where they belong.
            shared.effects.push(crate::app::Effect::Runs(RunsRequest::Images(run.listed.id(), query)));
        }
    }

    /// Images have been read, or not.
    pub(super) fn hear_images(&mut self, query: &Query, body: &Body) {
        if let Some(galleries) = self.galleries.as_mut().filter(|galleries| galleries.asked.as_ref() == Some(query)) {
            let body = if body.is_sound() { body.clone() } else { Body::Nothing { why: Unanswered::Other } };
            galleries.answered = Some((query.clone(), body));
        }
    }
}
