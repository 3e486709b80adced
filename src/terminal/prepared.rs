//! Runs that can start or go on, all checked.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use super::given::{self, Given};
use super::{Scene, TrainError, loading};
use crate::app::NextRun;
use crate::causes::with_causes;
use crate::config::Config;
use crate::data::{Dataset, FoundDigits, OwnDigits};
use crate::link;
use crate::nn::pretrained;
use crate::protocol::{Command, Hyper, Parent, Record, RunStarted, Schedule};
use crate::run::store::{Catalog, Plan, Recording, RunFolder, StoreError};
use crate::train::{Checkpoint, Course, Job, JobOptions, run_id};

/// A recorded run that goes on.
#[derive(Clone, Debug)]
pub struct Resume {
    /// An id, the start of one, a name, or `last`.
    pub run: String,
    /// Not the run itself goes on, but another that branches off it.
    pub branch: Option<BranchPoint>,
    /// What is asked for besides.
    pub given: Vec<Given>,
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
    /// Newer checkpoints that it does not go on from, each with what is wrong with it.
    pub passed_over: Vec<String>,
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
            let folder = Catalog::new(root).find(&run)?;
            return Ok(Scene::Replaying(link::replay(&folder, link::recorded(&folder)?)?, 1.0));
        }
    };
    let resume = Resume { run, branch, given: Vec::new(), restart_schedule: false };
    let options = JobOptions { threads: config.train.threads, ..JobOptions::default() };
    let prepared = go_on(config, resume, options)?;
    Ok(Scene::Training(Box::new(Prepared { paused: branch.is_some(), ..prepared })))
}

/// A new run, all checked.
pub(super) fn start(config: &Config, options: JobOptions) -> Result<Prepared, TrainError> {
    let dataset = loading::load(&config.data.spec(), config.train.seed)?;
    let mut spec = config.run_spec_on(&dataset)?;
    spec.init_from = init_from(config)?;
    let (dataset, options) = with_own_digits(config, dataset, options);
    let job = Job::prepare(spec, dataset, options)?;
    let recording = config.runs.record.then(|| {
        let root = config.runs.folder().ok_or("the system names no folder for runs; name one with --runs-dir")?;
        Recording::create(&root, job.started(), config.runs.keep_checkpoints).map_err(|error| with_causes(&error))
    });
    Ok(Prepared {
        job,
        recording,
        history: Vec::new(),
        changes: Vec::new(),
        paused: false,
        course: None,
        passed_over: Vec::new(),
    })
}

/// Adds the digits that the person at this machine has drawn, when there are any of the run's classes.
fn with_own_digits(config: &Config, mut dataset: Dataset, options: JobOptions) -> (Dataset, JobOptions) {
    let Some(folder) = config.runs.own_digits() else { return (dataset, options) };
    let FoundDigits { images, notes } = OwnDigits::new(folder).load(&dataset.class_names, dataset.train.shape());
    dataset.notes.extend(notes);
    (dataset, JobOptions { own: images, ..options })
}

/// The file of parameters that a new run starts from, when it is to: the one that is named, or a checkpoint of the run that is,
/// the newest or that of a step (`RUN@STEP`), or the name of a network within the program.
pub fn init_from(config: &Config) -> Result<Option<String>, TrainError> {
    let named = &config.model.init_from;
    if named.is_empty() {
        return Ok(None);
    }
    if Path::new(named).symlink_metadata().is_ok() {
        // A file of such a name is not the network within the program.
        let is_both = pretrained(named).is_some();
        return Ok(Some(if is_both { format!("./{named}") } else { named.clone() }));
    }
    // What looks like a path is none of a run.
    let root = config.runs.folder().filter(|_| !named.contains('/'));
    let Some(catalog) = root.map(Catalog::new) else {
        let within = pretrained(named).map(|_| Some(named.clone()));
        return within.ok_or_else(|| TrainError::NoParameters { named: named.clone(), source: None });
    };
    let (run, step) = match named.rsplit_once('@').map(|(run, step)| (run, step.parse::<u64>())) {
        Some((run, Ok(step))) => (run, Some(step)),
        _ => (named.as_str(), None),
    };
    let no_run = |source| TrainError::NoParameters { named: named.clone(), source: Some(Box::new(source)) };
    // A run's name may have an @ itself.
    let (folder, step) = match catalog.find(named) {
        Ok(folder) => (folder, None),
        Err(StoreError::NoRun { .. }) if pretrained(named).is_some() => return Ok(Some(named.clone())),
        Err(_) => (catalog.find(run).map_err(no_run)?, step),
    };
    let checkpoints = folder.checkpoints()?;
    let found = match step {
        None => checkpoints.last(),
        Some(asked) => checkpoints.iter().find(|(step, _)| *step == asked),
    };
    let Some((_, path)) = found else {
        let steps: Vec<String> = checkpoints.iter().map(|(step, _)| step.to_string()).collect();
        return Err(match step {
            Some(step) => StoreError::NoSuchCheckpoint { id: folder.id(), step, steps: steps.join(", ") }.into(),
            None => StoreError::NoCheckpoint { id: folder.id(), found: String::new() }.into(),
        });
    };
    let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
    Ok(Some(path.display().to_string()))
}

/// A recorded run that goes on, all checked before anything of it is changed.
pub(super) fn go_on(
    config: &Config,
    Resume { run, branch, given, restart_schedule }: Resume,
    options: JobOptions,
) -> Result<Prepared, TrainError> {
    let root = config.runs.folder().ok_or(TrainError::NoRunsFolder)?;
    let folder = Catalog::new(root).find(&run)?;
    let (keep, name) = (config.runs.keep_checkpoints, options.name.clone());
    let check = |bytes: &[u8]| Checkpoint::check(bytes).map_err(|error| with_causes(&*error));
    let mut plan = match branch {
        None => Plan::resume(&folder, keep, check)?,
        Some(point) => {
            let step = match point {
                BranchPoint::Newest => None,
                BranchPoint::Step(step) => Some(step),
            };
            Plan::branch(&folder, step, keep, check, |parent, step| branched(parent, step, name))?
        }
    };
    let changes = given::changes(&given, config, &plan, branch.is_some().then_some(&*options.name))?;
    if branch.is_none() {
        given::refuse_when_over(&folder.id(), &plan, &changes)?;
    }
    let started = plan.started().clone();
    let changes = commands(changes, restart_schedule, &started)?;
    let dataset = Dataset::load(&started.spec.data, started.spec.seed)?;
    let resume = plan.take_checkpoint();
    let (dataset, options) = with_own_digits(config, dataset, options);
    let job = Job::prepare(started.spec.clone(), dataset, JobOptions { resume, ..options })?.again(started);
    let (history, passed_over) = (plan.records().to_vec(), plan.passed_over().to_vec());
    Ok(Prepared { job, recording: Some(Ok(plan.commit()?)), history, changes, paused: false, course: None, passed_over })
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
