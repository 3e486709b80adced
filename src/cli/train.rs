//! `mnist-tui train`, and `mnist-tui` alone: trains a network.

use std::process::ExitCode;

use clap::Args;

use super::error::CliError;
use super::settings::SettingArguments;
use crate::config::{Origin, Settings};
use crate::terminal::{self, BranchPoint, Given, Held, Mode, Resume, TrainError};

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
            (Some(run), _) => Some(Resume { run: run.clone(), branch: None, given: self.given(&settings), restart_schedule }),
            (None, Some(from)) => {
                let (run, point) = branch_point(from);
                Some(Resume { run: run.into(), branch: Some(point), given: self.given(&settings), restart_schedule })
            }
            (None, None) if restart_schedule => return Err(TrainError::NothingToRestart.into()),
            (None, None) => None,
        };
        Ok(terminal::train(settings.config(), mode, resume)?)
    }

    /// What is asked for besides going on with a run: flags, the environment, and a file that was named here. The user's own
    /// file says what new runs are like.
    fn given(&self, settings: &Settings) -> Vec<Given> {
        let named = self.settings.file();
        let is_given = |origin: &Origin| match origin {
            Origin::Flag(_) | Origin::Environment(_) => true,
            Origin::File { path, .. } => Some(path.as_path()) == named,
            Origin::Default | Origin::Preset(_) => false,
        };
        // What is said of this process, and not of the run.
        let elsewhere = |key: &str| {
            ["ui.", "runs."].iter().any(|table| key.starts_with(table)) || ["train.threads", "model.save"].contains(&key)
        };
        let given = settings.iter().filter(|setting| is_given(&setting.origin) && !elsewhere(&setting.key));
        given
            .map(|setting| Given {
                key: setting.key.clone(),
                number: setting.value.as_float().or(setting.value.as_integer().map(|whole| whole as f64)),
                origin: match setting.origin {
                    Origin::Flag(_) => setting.origin.to_string(),
                    _ => format!("{}: {} = {}", setting.origin, setting.key, setting.value),
                },
                by_flag: matches!(setting.origin, Origin::Flag(_)),
            })
            .collect()
    }
}

/// `RUN@STEP`, or `RUN` for its newest checkpoint. A run's name may have an `@` itself.
fn branch_point(from: &str) -> (&str, BranchPoint) {
    match from.rsplit_once('@').map(|(run, step)| (run, step.parse())) {
        Some((run, Ok(step))) => (run, BranchPoint::Step(step)),
        _ => (from, BranchPoint::Newest),
    }
}
