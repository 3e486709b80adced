//! Everything a run needs to go on as if it had never stopped, and its form in a file.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::schedule::RateSchedule;
use super::stopping::{EarlyStopping, MOST as MOST_EPOCHS};
use super::verdict::Verdict;
use crate::nn::{CheckpointError, Learner, Network, Snapshot, read_metadata};
use crate::protocol::{Hyper, HyperError, Hyperparameters, RunStarted};

/// The version of [`Position`]'s form.
pub(super) const VERSION: u32 = 2;
/// Before the names of the tensors of the newest epoch's end, and of the best epoch's.
const PREFIXES: [&str; 2] = ["good.", "best."];

/// A run at one moment, between two steps.
///
/// In a file the parameters stand under their own names, so that other programs find them; beside them what the
/// optimizer remembers, and what the run would go back to: the newest epoch's end (`good.`) and the best epoch's (`best.`),
/// where they differ. The metadata says what the run is (`started`) and where it stands (`position`).
#[derive(Clone, Debug)]
pub struct Checkpoint {
    /// What the run is.
    pub started: RunStarted,
    pub(super) position: Position,
    pub(super) current: Arc<Snapshot>,
    pub(super) good: Arc<Snapshot>,
    pub(super) best: Option<Arc<Snapshot>>,
}

/// Where a run stands, apart from its parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Position {
    pub version: u32,
    /// The epoch being trained, or the last one trained, counted from 1.
    pub epoch: usize,
    /// The images of it that have been trained on, in the order of the epoch; none between two epochs.
    pub images: Option<usize>,
    pub step: u64,
    pub images_seen: u64,
    pub train_seconds: f64,
    pub hyper: Hyperparameters,
    pub schedule: RateSchedule,
    pub stopping: EarlyStopping,
    /// Sums over the epoch: the losses of its images, the right ones, all.
    pub epoch_sums: (f64, u64, u64),
    pub good_epoch: usize,
    pub best_epoch: Option<usize>,
    /// The steps that the optimizer had taken: now, at the newest epoch's end, at the best epoch's.
    pub optimizer_steps: [u64; 3],
    /// Between two epochs, what was decided at the end of the one before; version 1 decided later than it kept.
    #[serde(default)]
    pub verdict: Option<Verdict>,
}

/// No run makes so many steps, or sees so many images: there is room to count on.
const MOST: u64 = 1 << 53;

impl Position {
    /// Refuses what no run can have written, because training relies on it.
    fn check(&self) -> Result<(), ResumeError> {
        let Self { step, images_seen, epoch_sums: (_, correct, images), optimizer_steps: [now, good, best], .. } = *self;
        if [step, images_seen, correct, images, now, good, best].into_iter().any(|count| count > MOST) {
            return Err(ResumeError::Count);
        }
        if self.epoch > MOST_EPOCHS || !self.schedule.is_plausible() || !self.stopping.is_plausible() {
            return Err(ResumeError::Memory);
        }
        // With a schedule the base rate may be above any effective one.
        let learning_rate = self.hyper.learning_rate.min(Hyper::LearningRate.range().1);
        Ok(Hyperparameters { learning_rate, ..self.hyper }.check()?)
    }
}

/// A file from which no run can go on.
#[derive(Debug, Error)]
pub enum ResumeError {
    /// Not safetensors, or tensors that do not belong to the run's network.
    #[error(transparent)]
    Tensors(#[from] CheckpointError),
    /// Parameters alone, as `--save` and other programs write them.
    #[error("it has no {what}: it holds parameters alone, and a run can start from it (--init-from), but not go on")]
    ParametersAlone {
        /// What is missing.
        what: &'static str,
    },
    /// Metadata of another version, or damaged.
    #[error("its {what} cannot be read or written")]
    Metadata {
        /// Which part.
        what: &'static str,
        /// Why not.
        source: serde_json::Error,
    },
    /// A position with a hyperparameter out of its range.
    #[error("its position is damaged")]
    Hyper(#[from] HyperError),
    /// A position that no run reaches.
    #[error("its position is damaged: it counts more steps or images than there can be")]
    Count,
    /// A position whose schedule or early stopping remembers what no run gives.
    #[error("its position is damaged: what the schedule or early stopping remembers cannot be")]
    Memory,
    /// Made by a newer program.
    #[error("it was written by a newer version of this program; use that one")]
    Newer,
}

impl Checkpoint {
    /// The steps done.
    pub fn step(&self) -> u64 {
        self.position.step
    }

    /// The run as a safetensors file.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ResumeError> {
        let Self { started, position, current, good, best } = self;
        let metadata = [
            ("run", started.run_id.clone()),
            ("preset", started.spec.preset.clone()),
            ("step", position.step.to_string()),
            ("epoch", position.epoch.to_string()),
            ("seed", started.spec.seed.to_string()),
            ("spec", json("spec", &started.spec)?),
            ("started", json("started", started)?),
            ("position", json("position", position)?),
        ];
        let mut snapshots = vec![("", &**current)];
        snapshots.extend(Some((PREFIXES[0], &**good)).filter(|_| !Arc::ptr_eq(good, current)));
        snapshots.extend(best.iter().filter(|best| !Arc::ptr_eq(best, good)).map(|best| (PREFIXES[1], &**best)));
        Ok(Snapshot::to_safetensors(&snapshots, metadata.map(|(key, value)| (key.to_owned(), value)).into())?)
    }

    /// What the run in a file is, without its parameters.
    pub fn read_started(file: &[u8]) -> Result<RunStarted, ResumeError> {
        part(&read_metadata(file)?, "started")
    }

    /// Reads the run in a file whole, and drops it: whether it can go on from there. What is wrong is an error.
    pub fn check(file: &[u8]) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let started = Self::read_started(file)?;
        let (spec, classes) = (&started.spec, started.class_names.len());
        let network = Network::for_file(&spec.layers, started.image_shape, classes, spec.seed, file)?;
        Self::read(file, &Learner::new(network, spec.optimizer, 1, spec.seed)?)?;
        Ok(())
    }

    /// Reads a run that `learner`, built from the same recipe, can go on with.
    pub(super) fn read(file: &[u8], learner: &Learner) -> Result<Self, ResumeError> {
        let metadata = read_metadata(file)?;
        let version = part::<serde_json::Value>(&metadata, "position")?["version"].as_u64();
        if version.is_some_and(|version| version > VERSION.into()) {
            return Err(ResumeError::Newer);
        }
        let started: RunStarted = part(&metadata, "started")?;
        let mut position: Position = part(&metadata, "position")?;
        position.check()?;
        let read = |prefix: &str, which: usize| {
            Ok::<_, CheckpointError>(learner.read_snapshot(file, prefix, position.optimizer_steps[which])?.map(Arc::new))
        };
        let current = read("", 0)?.ok_or(ResumeError::ParametersAlone { what: "parameters" })?;
        let good = read(PREFIXES[0], 1)?.unwrap_or_else(|| Arc::clone(&current));
        let best = match position.best_epoch {
            Some(_) => Some(read(PREFIXES[1], 2)?.unwrap_or_else(|| Arc::clone(&good))),
            // Version 1 left it out at a run's end, where early stopping had taken its parameters.
            None if position.hyper.patience > 0 => {
                position.best_epoch = position.stopping.best_epoch();
                position.best_epoch.map(|_| Arc::clone(&current))
            }
            None => {
                position.stopping = EarlyStopping::new(started.spec.min_delta);
                None
            }
        };
        Ok(Self { started, position, current, good, best })
    }
}

fn json(what: &'static str, part: &impl Serialize) -> Result<String, ResumeError> {
    serde_json::to_string(part).map_err(|source| ResumeError::Metadata { what, source })
}

fn part<T: for<'de> Deserialize<'de>>(metadata: &HashMap<String, String>, what: &'static str) -> Result<T, ResumeError> {
    let text = metadata.get(what).ok_or(ResumeError::ParametersAlone { what })?;
    serde_json::from_str(text).map_err(|source| ResumeError::Metadata { what, source })
}
