//! `mnist-tui train`, and `mnist-tui` alone: trains a network.

use std::process::ExitCode;

use clap::Args;

use super::error::CliError;
use super::settings::SettingArguments;
use crate::config::{Origin, Settings};
use crate::protocol::Hyper;
use crate::terminal::{self, BranchPoint, Held, Mode, Resume, TrainError};

/// How to train.
#[derive(Debug, Args)]
pub(super) struct TrainArguments {
    /// No dashboard: progress on standard error.
    #[arg(long)]
    pub(super) headless: bool,
    /// At the end, the run's summary as one JSON object, alone on standard output.
    #[arg(long, requires = "headless")]
    json: bool,
    /// Train in the background: print the run's id and return to the shell at once.
    #[arg(long, conflicts_with = "headless")]
    detach: bool,
    /// Go on with a recorded run from its last checkpoint: an id, the start of one, a name, or `last`.
    #[arg(long, value_name = "RUN")]
    resume: Option<String>,
    /// Go on as a new run from a checkpoint of a recorded one, the newest or that of a step: `RUN` or `RUN@STEP`.
    #[arg(long, value_name = "RUN", conflicts_with = "resume")]
    branch_from: Option<String>,
    /// With --resume or --branch-from and more epochs: those that are added have a schedule of the learning rate of their own.
    /// Without, the schedule is stretched.
    #[arg(long)]
    restart_schedule: bool,
    #[command(flatten)]
    pub(super) settings: SettingArguments,
}

impl TrainArguments {
    pub(super) fn run(&self) -> Result<ExitCode, CliError> {
        let mode = match () {
            () if self.detach => Mode::Detached,
            () if self.headless || !terminal::can_draw() => Mode::Headless { json: self.json },
            () => Mode::Dashboard,
        };
        if !matches!(mode, Mode::Headless { .. }) && Held::by_another().is_none() {
            return Ok(terminal::hold().map_err(TrainError::Start)?);
        }
        let settings = self.settings.settings()?;
        let restart_schedule = self.restart_schedule;
        let resume = match (&self.resume, &self.branch_from) {
            (Some(run), _) => Some(Resume { run: run.clone(), branch: None, changes: changes(&settings)?, restart_schedule }),
            (None, Some(from)) => {
                let (run, point) = branch_point(from);
                Some(Resume { run: run.into(), branch: Some(point), changes: changes(&settings)?, restart_schedule })
            }
            (None, None) if restart_schedule => return Err(TrainError::NothingToRestart.into()),
            (None, None) => None,
        };
        Ok(terminal::train(settings.config(), mode, resume)?)
    }
}

/// `RUN@STEP`, or `RUN` for its newest checkpoint. A run's name may have an `@` itself.
fn branch_point(from: &str) -> (&str, BranchPoint) {
    match from.rsplit_once('@').map(|(run, step)| (run, step.parse())) {
        Some((run, Ok(step))) => (run, BranchPoint::Step(step)),
        _ => (from, BranchPoint::Newest),
    }
}

/// What the command line changes in a run that goes on. Everything but hyperparameters stays as it was recorded.
fn changes(settings: &Settings) -> Result<Vec<(Hyper, f64)>, CliError> {
    let mut changes = Vec::new();
    for setting in settings.iter().filter(|setting| matches!(setting.origin, Origin::Flag(_))) {
        let hyper = setting.key.strip_prefix("train.").and_then(Hyper::named);
        let value = setting.value.as_float().or(setting.value.as_integer().map(|whole| whole as f64));
        match hyper.zip(value) {
            Some(change) => changes.push(change),
            None if ["ui.", "runs.", "train.threads", "train.name", "model.save"]
                .iter()
                .any(|key| setting.key.starts_with(key)) => {}
            None => return Err(CliError::Fixed { origin: setting.origin.to_string() }),
        }
    }
    // With a schedule, a rate is what the next step has: where that is in the schedule depends on the others.
    changes.sort_by_key(|(hyper, _)| *hyper == Hyper::LearningRate);
    Ok(changes)
}
