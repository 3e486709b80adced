//! A run with what there is of its network and its images.

use crate::data::Dataset;
use crate::nn::Network;
use crate::run::RunState;

use super::ExportError;

/// A run with what there is of its network and its images.
#[derive(Clone, Debug, Default)]
pub struct ExportedRun {
    /// What its events amount to.
    pub state: RunState,
    /// Its newest parameters, when there is a checkpoint.
    pub network: Option<Network>,
    /// The step they are of, when the run went on after it.
    pub network_step: Option<u64>,
    /// Its images, to find the worst mistakes among those of the test set.
    pub dataset: Option<Dataset>,
    /// Why its images are not among it, where the format has a use for them.
    pub without_images: Option<String>,
}

impl ExportedRun {
    /// What a person calls it.
    pub(super) fn name(&self) -> String {
        match &self.state.started {
            Some(started) if !started.name.is_empty() => started.name.clone(),
            Some(started) => started.run_id.clone(),
            None => "run".into(),
        }
    }

    fn id(&self) -> String {
        self.state.started.as_ref().map(|started| started.run_id.clone()).unwrap_or_default()
    }

    /// The network, for a format that cannot do without.
    pub(super) fn network(&self, format: &'static str) -> Result<&Network, ExportError> {
        self.network.as_ref().ok_or_else(|| ExportError::NoNetwork { run: self.name(), format })
    }

    /// Names of runs that tell them apart: with the identifier where two have the same name, and numbered where that
    /// does not help.
    pub(super) fn titles(runs: &[Self]) -> Vec<String> {
        let names: Vec<String> = runs.iter().map(Self::name).collect();
        let mut titles: Vec<String> = Vec::new();
        for (run, name) in runs.iter().zip(&names) {
            let alone = names.iter().filter(|other| *other == name).count() == 1;
            let wanted = if alone { name.clone() } else { format!("{name} {}", run.id()) };
            let numbered = (2..).map(|number| format!("{wanted} {number}"));
            let free = std::iter::once(wanted.clone()).chain(numbered).find(|title| !titles.contains(title));
            titles.push(free.unwrap_or(wanted));
        }
        titles
    }
}
