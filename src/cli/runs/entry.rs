//! A run as `--json` lists it.

use serde::Serialize;

use crate::protocol::Parent;
use crate::run::store::Listed;

/// A run as `--json` lists it. Figures are as new as the newest epoch's end; those that were not measured are null.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(in crate::cli) struct Entry {
    pub run_id: String,
    pub name: String,
    pub status: String,
    pub pinned: bool,
    pub note: String,
    /// Who trains it now.
    pub trained_by: Option<String>,
    /// Why it cannot be read, when its status is `damaged`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub damage: Option<String>,
    pub started_at_ms: u64,
    /// Where it branched off another run.
    pub parent: Option<Parent>,
    pub preset: String,
    pub seed: u64,
    pub epochs: usize,
    pub steps: u64,
    pub train_seconds: f64,
    pub validation_loss: Option<f64>,
    pub validation_accuracy: Option<f64>,
    pub test_loss: Option<f64>,
    pub test_accuracy: Option<f64>,
    pub folder: String,
}

impl Entry {
    pub fn of(run: &Listed) -> Self {
        let (about, summary) = (&run.about, run.summary.as_ref());
        Self {
            run_id: run.folder.id(),
            name: about.name().into(),
            status: run.status().into(),
            pinned: about.pinned,
            note: about.note.clone(),
            trained_by: run.trained_by.clone(),
            damage: run.damage.clone(),
            started_at_ms: about.started.started_at_ms,
            parent: about.started.parent.clone(),
            preset: about.started.spec.preset.clone(),
            seed: about.started.spec.seed,
            epochs: summary.map_or(0, |summary| summary.epochs),
            steps: summary.map_or(0, |summary| summary.steps),
            train_seconds: summary.map_or(0.0, |summary| summary.train_seconds),
            validation_loss: summary.and_then(|summary| summary.validation_loss),
            validation_accuracy: summary.and_then(|summary| summary.validation_accuracy),
            test_loss: summary.and_then(|summary| summary.test_loss),
            test_accuracy: summary.and_then(|summary| summary.test_accuracy),
            folder: run.folder.path().display().to_string(),
        }
    }
}
