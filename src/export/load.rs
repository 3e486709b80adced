//! Recorded runs as exports need them.

use std::fs;
use std::path::PathBuf;

use super::{ExportError, ExportedRun, Format};
use crate::causes::with_causes;
use crate::data::Dataset;
use crate::nn::Network;
use crate::protocol::RunStarted;
use crate::run::RunState;
use crate::run::store::{RunFolder, StoreError};

impl ExportedRun {
    /// A recorded run, with its network and its images where the format has a use for them. Where the format is the network,
    /// the figures are those of its step, which may not be the last one that was trained.
    pub fn load(folder: &RunFolder, format: Format) -> Result<Self, ExportError> {
        // These have something for every step.
        let lossless = matches!(format, Format::Csv | Format::Tensorboard);
        let mut state = if lossless { folder.lossless_state()? } else { folder.state()? };
        let judges = matches!(format, Format::Html | Format::Tensorboard);
        let started = state.started.as_deref().filter(|_| judges || format.needs_network());
        let newest = started.map(|started| newest_network(folder, started)).transpose()?.flatten();
        let images = started.filter(|_| judges && newest.is_some()).map(images);
        let (dataset, without_images) = match images {
            Some(Ok(dataset)) => (Some(dataset), None),
            // The rest of the run is there all the same.
            Some(Err(reason)) => (None, Some(reason)),
            None => (None, None),
        };
        // Older parameters have not the figures of the end.
        let older = newest.as_ref().filter(|(step, network)| !is_of_the_end(&state, *step, network)).map(|(step, _)| *step);
        if let Some(step) = older.filter(|_| format.needs_network()) {
            state = folder.state_at(step)?;
        }
        Ok(Self { state, network: newest.map(|(_, network)| network), network_step: older, dataset, without_images })
    }
}

/// The images of a run, when they still are what they were; otherwise why not.
fn images(started: &RunStarted) -> Result<Dataset, String> {
    let data = &started.spec.data;
    let dataset = Dataset::load(data, started.spec.seed).map_err(|error| with_causes(&error))?;
    match data.content.as_ref().and_then(|recorded| dataset.content().changes_since(recorded)) {
        None => Ok(dataset),
        Some(changes) => Err(format!("the images of {} are not those that the run was trained on: {changes}", data.source)),
    }
}

/// Whether the parameters of a step are those with which the run ended, or those that it has now.
fn is_of_the_end(state: &RunState, step: u64, network: &Network) -> bool {
    match &state.ended {
        Some(ended) if !ended.weights_sha256.is_empty() => network.sha256() == ended.weights_sha256,
        _ => state.step == step,
    }
}

/// The network of the newest checkpoint that is whole, and its step.
fn newest_network(folder: &RunFolder, started: &RunStarted) -> Result<Option<(u64, Network)>, StoreError> {
    let spec = &started.spec;
    let network = |path: &PathBuf| {
        let bytes = fs::read(path).ok()?;
        let classes = started.class_names.len();
        let mut network = Network::for_file(&spec.layers, started.image_shape, classes, spec.seed, &bytes).ok()?;
        network.load_safetensors(&bytes).ok()?;
        let scaling = spec.data.scaling.as_ref().filter(|scaling| scaling.fits(started.image_shape[2]));
        Some(network.scaled(scaling))
    };
    Ok(folder.checkpoints()?.iter().rev().find_map(|(step, path)| Some((*step, network(path)?))))
}
