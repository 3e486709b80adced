//! Everything that touches the terminal and the process: the dashboard's loop, progress lines, signals, and the care
//! that the terminal is given back as it was.

mod capabilities;
mod dashboard;
mod frame_writer;
mod guard;
mod headless;
mod input;
mod signals;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use thiserror::Error;

use crate::config::{Config, ConfigError};
use crate::data::{DataError, Dataset};
use crate::link::connect;
use crate::protocol::Outcome;
use crate::run::RunState;
use crate::train::{Job, JobError, JobOptions, spawn};

/// How a run is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The dashboard, on a terminal.
    Dashboard,
    /// Progress lines on standard error.
    Headless {
        /// The summary as JSON on standard output at the end.
        json: bool,
    },
}

/// Why a run was not started or not shown.
#[derive(Debug, Error)]
pub enum TrainError {
    /// A wrong setting.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Images that cannot be loaded.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A run that cannot start.
    #[error(transparent)]
    Job(#[from] JobError),
    /// The system refuses a thread or a signal handler.
    #[error("failed to start the training")]
    Start(#[source] std::io::Error),
    /// The terminal cannot be used.
    #[error("failed to draw on the terminal; --headless does without")]
    Terminal(#[source] std::io::Error),
    /// The summary cannot be printed.
    #[error("failed to write to standard output")]
    Output(#[source] std::io::Error),
}

impl TrainError {
    /// Whether another configuration would help.
    pub fn is_configuration(&self) -> bool {
        matches!(self, Self::Config(_)) || matches!(self, Self::Job(error) if error.is_configuration())
    }
}

/// What the loop that showed the run ended with.
enum Shown {
    /// The run is over.
    Ended(Box<RunState>),
    /// A person dropped it.
    Discarded,
    /// A signal of this number asked for the end.
    Signalled(u8, Box<RunState>),
}

/// Trains as `config` says, shows it as `mode` says, and prints the summary. Nothing is written to the terminal before
/// everything has been checked.
pub fn train(config: &Config, mode: Mode) -> Result<ExitCode, TrainError> {
    let dataset = Dataset::load(&config.data.source)?;
    let spec = config.run_spec(dataset.class_names.len())?;
    let options = JobOptions {
        name: config.train.name.clone(),
        threads: config.train.threads,
        save: Some(&config.model.save).filter(|path| !path.is_empty()).map(PathBuf::from),
        resume: None,
    };
    let job = Job::prepare(spec, dataset, options)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(TrainError::Start)?;
    let charset = capabilities::charset(&config.ui, &capabilities::environment);
    let shown: Result<Shown, TrainError> = runtime.block_on(async {
        // Signals are heard before there is anything to interrupt.
        let mut signals = signals::Signals::new().map_err(TrainError::Start)?;
        let (mut link, port) = connect();
        spawn(job, port).map_err(TrainError::Start)?;
        match mode {
            Mode::Dashboard => match dashboard::show(config, &mut link, &mut signals).await.map_err(TrainError::Terminal)? {
                dashboard::Left::Shown(shown) => Ok(shown),
                dashboard::Left::ForHeadless(state) => Ok(headless::follow(&mut link, &mut signals, charset, *state).await),
            },
            Mode::Headless { .. } => Ok(headless::follow(&mut link, &mut signals, charset, RunState::default()).await),
        }
    });
    // The input thread may wait for a key that never comes.
    runtime.shutdown_background();
    let json = mode == Mode::Headless { json: true };
    match shown? {
        Shown::Discarded => Ok(ExitCode::SUCCESS),
        Shown::Ended(state) => {
            print_summary(&state, json)?;
            let failed = state.not_saved || state.ended.is_some_and(|ended| matches!(ended.outcome, Outcome::Failed { .. }));
            Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
        }
        Shown::Signalled(signal, state) => {
            // A signal that came before anything was trained leaves nothing to sum up.
            if state.ended.is_some() {
                print_summary(&state, json)?;
            }
            Ok(ExitCode::from(128 + signal))
        }
    }
}

fn print_summary(state: &RunState, json: bool) -> Result<(), TrainError> {
    let summary = state.summary();
    let text = if json {
        serde_json::to_string(&summary).map_err(|error| TrainError::Output(error.into()))?
    } else {
        summary.to_string()
    };
    let mut output = std::io::stdout().lock();
    match writeln!(output, "{text}").and_then(|()| output.flush()) {
        // Whoever read has seen enough.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        result => result.map_err(TrainError::Output),
    }
}
