//! Recorded runs as exports need them.

use std::fs;
use std::path::PathBuf;

use super::{ExportError, ExportedRun, Format};
use crate::data::Dataset;
use crate::nn::Network;
use crate::protocol::RunStarted;
use crate::run::store::RunFolder;

impl ExportedRun {
    /// A recorded run, with its network and its images where the format has a use for them.
    pub fn load(folder: &RunFolder, format: Format) -> Result<Self, ExportError> {
        let state = folder.state()?;
        let judges = matches!(format, Format::Html | Format::Tensorboard);
        let started = state.started.as_deref().filter(|_| judges || format.needs_network());
        let network = started.and_then(|started| newest_network(folder, started));
        let dataset = match started {
            Some(started) if judges && network.is_some() => Some(Dataset::load(&started.spec.data.source)?),
            _ => None,
        };
        Ok(Self { state, network, dataset })
    }
}

/// The network of the newest checkpoint that is whole.
fn newest_network(folder: &RunFolder, started: &RunStarted) -> Option<Network> {
    let spec = &started.spec;
    let network = |path: &PathBuf| {
        let bytes = fs::read(path).ok()?;
        let classes = started.class_names.len();
        let mut network = Network::for_file(&spec.layers, started.image_shape, classes, spec.seed, &bytes).ok()?;
        network.load_safetensors(&bytes).ok()?;
        Some(network)
    };
    folder.checkpoints().iter().rev().find_map(|(_, path)| network(path))
}
