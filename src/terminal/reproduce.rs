//! Training a recorded run again, to see whether the same comes out.

use serde::Serialize;

use super::{Mode, Prepared, Shown, TrainError, carry_out, tell_lost};
use crate::causes::with_causes;
use crate::config::Config;
use crate::data::Dataset;
use crate::run::RunState;
use crate::run::store::{Catalog, Recording, StoreError};
use crate::train::{Course, Job, JobOptions};

/// What came out when a recorded run was trained again.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reproduction {
    /// The recorded run.
    pub run_id: String,
    /// The new run, which is recorded too, unless that is switched off or failed.
    pub reproduced_as: Option<String>,
    /// Whether the weights are the same, to the bit.
    pub same: bool,
    /// The digest of the recorded run's weights.
    pub recorded_sha256: String,
    /// The digest of the new weights; none when the training was broken off.
    pub weights_sha256: Option<String>,
    /// The steps of the recorded run.
    pub recorded_steps: u64,
    /// The steps made now.
    pub steps: u64,
}

/// Trains a recorded run again by its recipe, with everything that was done to it done at the same steps; progress goes to
/// standard error. The error of a signal is its number.
pub fn reproduce(config: &Config, run: &str) -> Result<Result<Reproduction, u8>, TrainError> {
    let root = config.runs.folder().ok_or(TrainError::NoRunsFolder)?;
    let folder = Catalog::new(&root).find(run)?;
    if let Some(lines) = folder.damaged_lines()?.into_iter().next() {
        let path = folder.path().join("events.jsonl");
        return Err(StoreError::DamagedLog { id: folder.id(), path, lines: lines.into() }.into());
    }
    let course = Course::of(&folder.records()?).map_err(|source| TrainError::Course { run: folder.id(), source })?;
    let (recorded, about) = (folder.state()?, folder.about()?);
    let spec = about.started.spec.clone();
    let options = JobOptions { name: format!("{}-again", about.name()), threads: config.train.threads, ..JobOptions::default() };
    let dataset = Dataset::load(&spec.data, spec.seed)?;
    let job = Job::prepare(spec, dataset, options)?;
    let recording = config
        .runs
        .record
        .then(|| Recording::create(&root, job.started(), config.runs.keep_checkpoints).map_err(|error| with_causes(&error)));
    let (history, changes, passed_over) = Default::default();
    let prepared = Prepared { job, recording, history, changes, paused: false, course: Some(course), passed_over };
    let reproduced_as = prepared.folder().map(|folder| folder.id());
    let mut lost = Vec::new();
    let shown = carry_out(config, Mode::Headless { json: true }, prepared, &mut None, &mut lost)?;
    tell_lost(&lost);
    let state = match shown {
        Shown::Ended(state) => state,
        Shown::Signalled(signal, _) => return Ok(Err(signal)),
        Shown::Discarded(_) | Shown::Next(_) => Box::default(),
    };
    let digest = |state: &RunState| state.ended.as_ref().map(|ended| ended.weights_sha256.clone());
    let (recorded_sha256, weights_sha256) = (digest(&recorded).unwrap_or_default(), digest(&state));
    let reproduced_as = reproduced_as.filter(|_| !state.not_recorded);
    Ok(Ok(Reproduction {
        run_id: folder.id(),
        reproduced_as,
        same: weights_sha256.as_ref() == Some(&recorded_sha256) && recorded.step == state.step,
        recorded_sha256,
        weights_sha256,
        recorded_steps: recorded.step,
        steps: state.step,
    }))
}
