//! Runs that can start or go on, all checked.

use std::time::{SystemTime, UNIX_EPOCH};

use super::{Scene, TrainError};
use crate::app::NextRun;
use crate::causes::with_causes;
use crate::config::Config;
use crate::data::Dataset;
use crate::link;
use crate::protocol::{Command, Hyper, Parent, Record, RunStarted, Schedule};
use crate::run::store::{Catalog, Recording, RunFolder};
use crate::train::{Checkpoint, Course, Job, JobOptions, run_id};

/// A recorded run that goes on.
#[derive(Clone, Debug)]
pub struct Resume {
    /// An id, the start of one, a name, or `last`.
    pub run: String,
    /// Not the run itself goes on, but another that branches off it.
    pub branch: Option<BranchPoint>,
    /// What is changed before the first step.
    pub changes: Vec<(Hyper, f64)>,
    /// The epochs that are added have a schedule of their own.
    pub restart_schedule: bool,
}

/// Where a run branches off another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BranchPoint {
    /// At the newest checkpoint.
    Newest,
    /// At the checkpoint of this step.
    Step(u64),
}

/// A run that can start, and what writes it down.
pub(super) struct Prepared {
    pub job: Job,
    /// With the reason when the run cannot be recorded; `None` when it is not to be.
    pub recording: Option<Result<Recording, String>>,
    /// What was told before the run goes on.
    pub history: Vec<Record>,
    /// What is changed before the first step.
    pub changes: Vec<Command>,
    /// It waits before the first step.
    pub paused: bool,
    /// What is done to it on the way, when it takes the course of another run.
    pub course: Option<Course>,
}

impl Prepared {
    /// Where it is recorded.
    pub fn folder(&self) -> Option<RunFolder> {
        Some(self.recording.as_ref()?.as_ref().ok()?.folder().clone())
    }
}

/// What the dashboard goes on with, all checked. A branch waits, so that its hyperparameters can be set.
pub(super) fn next(config: &Config, next: NextRun) -> Result<Scene, TrainError> {
    let (run, branch) = match next {
        NextRun::Resumed(run) => (run, None),
        NextRun::Branched(run, step) => (run, Some(BranchPoint::Step(step))),
        NextRun::Played(run) => {
            let root = config.runs.folder().ok_or(TrainError::NoRunsFolder)?;
            return Ok(Scene::Replaying(link::replay(&Catalog::new(root).find(&run)?)?, 1.0));
        }
    };
    let resume = Resume { run, branch, changes: Vec::new(), restart_schedule: false };
    let options = JobOptions { threads: config.train.threads, ..JobOptions::default() };
    let prepared = go_on(config, resume, options)?;
    Ok(Scene::Training(Box::new(Prepared { paused: branch.is_some(), ..prepared })))
}

/// A new run, all checked.
pub(super) fn start(config: &Config, options: JobOptions) -> Result<Prepared, TrainError> {
    let dataset = Dataset::load(&config.data.source)?;
    let spec = config.run_spec(dataset.class_names.len())?;
    let job = Job::prepare(spec, dataset, options)?;
    let recording = config.runs.record.then(|| {
        let root = config.runs.folder().ok_or("the system names no folder for runs; name one with --runs-dir")?;
        Recording::create(&root, job.started(), config.runs.keep_checkpoints).map_err(|error| with_causes(&error))
    });
    Ok(Prepared { job, recording, history: Vec::new(), changes: Vec::new(), paused: false, course: None })
}

/// A recorded run that goes on, all checked.
pub(super) fn go_on(
    config: &Config,
    Resume { run, branch, changes, restart_schedule }: Resume,
    options: JobOptions,
) -> Result<Prepared, TrainError> {
    let root = config.runs.folder().ok_or(TrainError::NoRunsFolder)?;
    let mut folder = Catalog::new(root).find(&run)?;
    if let Some(point) = branch {
        let step = match point {
            BranchPoint::Newest => None,
            BranchPoint::Step(step) => Some(step),
        };
        let name = options.name.clone();
        folder = Recording::branch(&folder, step, |parent, step| branched(parent, step, name))?;
    }
    let is_whole = |bytes: &[u8]| Checkpoint::read_started(bytes).is_ok();
    let (recording, checkpoint, history) = Recording::resume(&folder, config.runs.keep_checkpoints, is_whole)?;
    let started = folder.about()?.started;
    let changes = commands(changes, restart_schedule, &started)?;
    let dataset = Dataset::load(&started.spec.data.source)?;
    let job = Job::prepare(started.spec.clone(), dataset, JobOptions { resume: checkpoint, ..options })?.again(started);
    Ok(Prepared { job, recording: Some(Ok(recording)), history, changes, paused: false, course: None })
}

/// What has to be done for hyperparameters to be changed.
fn commands(changes: Vec<(Hyper, f64)>, restart_schedule: bool, started: &RunStarted) -> Result<Vec<Command>, TrainError> {
    let adds_epochs = changes.iter().any(|(hyper, _)| *hyper == Hyper::Epochs);
    if restart_schedule && (!adds_epochs || started.spec.schedule == Schedule::Constant) {
        return Err(TrainError::NothingToRestart);
    }
    let command = |(hyper, value)| match hyper {
        Hyper::Epochs if restart_schedule => Command::AddEpochs { epochs: value as usize },
        _ => Command::SetHyper { hyper, value },
    };
    Ok(changes.into_iter().map(command).collect())
}

/// What a run is that branches off `parent`.
fn branched(parent: RunStarted, step: u64, name: String) -> RunStarted {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as u64;
    RunStarted {
        name: if name.is_empty() { format!("{}-from-{step}", parent.name) } else { name },
        run_id: run_id(now),
        started_at_ms: now,
        parent: Some(Parent { run_id: parent.run_id, step }),
        ..parent
    }
}
