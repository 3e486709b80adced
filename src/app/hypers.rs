//! Hyperparameters as they are changed: which one is selected, what can be undone, what was refused.

use crate::protocol::{Hyper, Reason, RequestId};

/// A change that can be taken back.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Change {
    /// `None` when somebody else made it.
    id: Option<RequestId>,
    hyper: Hyper,
    from: f64,
    to: f64,
}

/// Hyperparameters as they are changed.
#[derive(Clone, Debug, Default)]
pub struct Hypers {
    selected: usize,
    changes: Vec<Change>,
    refused: Option<(Hyper, Reason)>,
}

impl Hypers {
    /// The selected hyperparameter.
    pub fn selected(&self) -> Hyper {
        Hyper::ALL[self.selected % Hyper::ALL.len()]
    }

    /// Why the last change of this hyperparameter was refused, if it was.
    pub fn refusal(&self, hyper: Hyper) -> Option<&Reason> {
        self.refused.as_ref().filter(|(refused, _)| *refused == hyper).map(|(_, reason)| reason)
    }

    /// Selects one.
    pub(super) fn select(&mut self, hyper: Hyper) {
        self.selected = Hyper::ALL.iter().position(|other| *other == hyper).unwrap_or(self.selected);
    }

    /// Selects the next one, or the one before.
    pub(super) fn step(&mut self, down: bool) {
        let last = Hyper::ALL.len() - 1;
        self.selected = if down { (self.selected + 1).min(last) } else { self.selected.saturating_sub(1) };
    }

    /// Remembers a change, so that it can be taken back.
    pub(super) fn changed(&mut self, id: Option<RequestId>, hyper: Hyper, from: f64, to: f64) {
        self.changes.push(Change { id, hyper, from, to });
    }

    /// Remembers that a change of ours was not made.
    pub(super) fn refuse(&mut self, id: RequestId, hyper: Hyper, reason: &Reason) {
        self.changes.retain(|change| change.id != Some(id));
        self.refused = Some((hyper, reason.clone()));
    }

    /// Forgets what could be taken back.
    pub(super) fn forget_changes(&mut self) {
        self.changes.clear();
    }

    /// Forgets the last refusal.
    pub(super) fn forget_refusal(&mut self) {
        self.refused = None;
    }

    /// The hyperparameter of the last change, its value before and after; that change is then forgotten.
    pub(super) fn undo(&mut self) -> Option<(Hyper, f64, f64)> {
        let change = self.changes.pop()?;
        self.select(change.hyper);
        Some((change.hyper, change.from, change.to))
    }

    /// Whether there is a change to take back.
    pub fn can_undo(&self) -> bool {
        !self.changes.is_empty()
    }
}
