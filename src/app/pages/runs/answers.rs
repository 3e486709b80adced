//! What comes of what the page of runs has asked for.

use super::{LoadedRun, Runs, RunsAnswer, RunsView};
use crate::app::{Effect, Question, Shared};
use crate::run::Comparison;
use crate::run::store::Listed;
use crate::text::Word;

impl Runs {
    /// What came of a request.
    pub(super) fn hear(&mut self, shared: &mut Shared, answer: &RunsAnswer) {
        // Somebody may have turned to something else meanwhile.
        let is_awaited = self.open && shared.overlays.is_empty();
        match answer {
            RunsAnswer::Listed(runs) => self.listed(runs.clone()),
            RunsAnswer::Loaded(runs) if is_awaited && matches!(self.view, RunsView::List) => self.show(runs.clone()),
            RunsAnswer::Checkpoints(run, found) if is_awaited => self.ask_checkpoint(shared, run, found),
            RunsAnswer::Images(query, body) => self.hear_images(query, body),
            RunsAnswer::Trash(found) if is_awaited => self.ask_trash(shared, found),
            RunsAnswer::Exists(request, file) => {
                shared.notice = None;
                if is_awaited {
                    shared.open(Question::confirming(
                        Word::OverwriteQuestion,
                        file.clone().into(),
                        Effect::Runs(request.clone()),
                    ));
                }
            }
            RunsAnswer::Done(None) => shared.notice = None,
            RunsAnswer::Done(Some(text)) => shared.tell(text.clone()),
            RunsAnswer::Failed(reason) => shared.refuse(reason.clone()),
            RunsAnswer::Loaded(_) | RunsAnswer::Checkpoints(..) | RunsAnswer::Trash(_) | RunsAnswer::Parent(_) => {}
        }
    }

    fn listed(&mut self, runs: Vec<Listed>) {
        self.list(runs);
        // What is shown may have another name by now.
        let RunsView::Shown(shown) = &self.view else { return };
        let id = shown.listed.id();
        let now = self.rows().find(|(_, listed)| listed.id() == id).map(|(_, run)| run.clone());
        if let (RunsView::Shown(run), Some(now)) = (&mut self.view, now) {
            run.listed = now;
        }
    }

    fn show(&mut self, mut runs: Vec<LoadedRun>) {
        self.scroll = (0, 0);
        self.hidden.clear();
        self.galleries = None;
        self.view = match runs.len() {
            0 => RunsView::List,
            1 => RunsView::Shown(Box::new(runs.remove(0))),
            _ => {
                let states: Vec<_> = runs.iter().map(|run| &run.state).collect();
                let comparison = Box::new(Comparison::of(&states));
                RunsView::Compared(runs, comparison)
            }
        };
    }

    /// Moves through rows, or what is shown.
    pub(super) fn step(&mut self, columns: isize, rows: isize) {
        if matches!(self.view, RunsView::List) {
            return self.select(rows);
        }
        let (down, right) = self.scroll;
        let last = match &self.view {
            RunsView::Compared(runs, _) => runs.len().saturating_sub(1),
            _ => 0,
        };
        // What is shown is short: nobody scrolls past this.
        self.scroll = (down.saturating_add_signed(rows).min(60), right.saturating_add_signed(columns).min(last));
    }
}
