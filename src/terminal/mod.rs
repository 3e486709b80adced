//! Everything that touches the terminal and the process: the dashboard's loop, progress lines, signals, and the care
//! that the terminal is given back as it was.

mod attach;
mod capabilities;
mod children;
mod dashboard;
mod decoder;
mod drawing;
mod farewell;
mod fetching;
mod given;
mod graphics;
mod guard;
mod headless;
mod holder;
mod input;
mod loading;
mod notification;
mod pace;
mod picture;
mod prepared;
mod reproduce;
mod rewritten;
mod scene;
mod screen;
mod shelf;
mod signals;
mod size;
mod still;
mod terminfo;

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use thiserror::Error;

pub use attach::{NoRun, attach};
pub use children::run_all;
pub use fetching::FetchLines;
pub use given::{Given, GivenError};
pub use holder::{Held, hold};
pub use loading::load;
pub use prepared::{BranchPoint, Resume, init_from};

use crate::app::AppOptions;
use crate::config::{Config, ConfigError, UiConfig};
use crate::data::DataError;
use crate::inspect::Exhibits;
use crate::link::{AttachError, Link, Recorder, Served, Server, Update, connect};
use crate::protocol::{Command, Event, Outcome};
use crate::run::RunState;
use crate::run::store::{RunFolder, StoreError};
use crate::run::text::grouped;
use crate::train::{CourseError, JobError, JobOptions, Port, Rerun, spawn};
use crate::ui::{Charset, ascii_text};
use dashboard::{Dashboard, Left};
use prepared::{Prepared, go_on, start};
use scene::{Scene, present};
use signals::{Asked, Signals};

pub use reproduce::{Reproduction, reproduce};
pub use scene::{browse, replay};
pub use still::{marked_picture, picture};

/// How a run is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The dashboard, on a terminal.
    Dashboard,
    /// Nothing: it trains in the background.
    Detached,
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
    /// A recorded run that cannot go on.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A recorded run that cannot be trained again.
    #[error("run {run} cannot be reproduced")]
    Course {
        /// Its id.
        run: String,
        /// Why not.
        source: CourseError,
    },
    /// A run to watch that is not there.
    #[error(transparent)]
    NoRun(#[from] NoRun),
    /// A run that cannot be watched.
    #[error(transparent)]
    Attach(#[from] AttachError),
    /// A language that the terminal has no characters for.
    #[error(
        "ui.language = \"zh\" cannot be written in ASCII, which is all that the terminal shows as ui.charset or the locale \
         (LC_ALL, LC_CTYPE, LANG) has it; choose a UTF-8 locale such as C.UTF-8, ui.charset = \"unicode\" or ui.language = \"en\""
    )]
    Language,
    /// A schedule that is to begin anew where none does.
    #[error(
        "--restart-schedule is for epochs that are added to a run with a schedule: it needs --resume or --branch-from, --epochs, \
         and a run whose schedule.kind is not \"constant\""
    )]
    NothingToRestart,
    /// Something that is asked for besides going on with a run, and that it cannot do.
    #[error(transparent)]
    Given(#[from] GivenError),
    /// Parameters to start from that are nowhere.
    #[error(
        "cannot start from {named}: there is no such file, and no such run to take its parameters from; the network within the program is called digits"
    )]
    NoParameters {
        /// What was named.
        named: String,
        /// Why there is no such run.
        source: Option<Box<StoreError>>,
    },
    /// No home folder.
    #[error("the system names no folder for runs; name one with --runs-dir")]
    NoRunsFolder,
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
        match self {
            Self::Config(_) | Self::Language | Self::NoRunsFolder | Self::NoRun(_) | Self::NothingToRestart => true,
            Self::Given(_) | Self::NoParameters { .. } => true,
            Self::Store(error) => error.is_wrong_name(),
            Self::Job(error) => error.is_configuration(),
            _ => false,
        }
    }
}

/// What the loop that showed the run ended with.
enum Shown {
    /// The run is over.
    Ended(Box<RunState>),
    /// A person dropped it.
    Discarded(Box<RunState>),
    /// Something else is shown.
    Next(Scene),
    /// A signal of this number asked for the end.
    Signalled(u8, Box<RunState>),
}

/// A batch that takes longer is waited for with a word.
const SOON: Duration = Duration::from_millis(500);

/// Has a checkpoint taken and waits until it is on the disk, as long as it takes, or until a signal says not to.
async fn last_checkpoint(link: &mut Link, signals: &mut Signals) {
    let asked = link.order(u32::MAX, Command::Checkpoint);
    let (began, patience) = (Instant::now(), tokio::time::sleep(SOON));
    tokio::pin!(patience);
    let (mut taken, mut told) = (None, false);
    loop {
        let records = tokio::select! {
            update = link.updates() => match update {
                Update::Records(records) => records,
                _ => continue,
            },
            () = &mut patience, if !told => {
                told = true;
                // Nobody is left to be told where this cannot be written.
                let _ = writeln!(std::io::stderr(), "waiting for the batch, to keep what it comes to; Ctrl-C drops it");
                continue;
            }
            asked = signals.next() => match asked {
                // The signal that said to leave may come twice.
                Asked::End(_) | Asked::Leave(_) if began.elapsed() < headless::SAME => continue,
                Asked::End(_) | Asked::Leave(_) => return,
                Asked::Suspend | Asked::Continued | Asked::Resized => continue,
            },
        };
        for record in records {
            match &record.event {
                Event::CheckpointTaken { step, answers: Some(id), .. } if *id == asked => taken = Some(*step),
                Event::CheckpointSaved { step, .. } | Event::CheckpointFailed { step, .. } if taken == Some(*step) => return,
                Event::RecordingFailed { .. } | Event::RunEnded { .. } => return,
                _ => {}
            }
        }
    }
}

/// Whether there is something to draw a dashboard on: standard input and output are a terminal that can place characters.
pub fn can_draw() -> bool {
    std::io::stdin().is_terminal() && std::io::stdout().is_terminal() && !is_dumb()
}

/// Whether a person is there, at a terminal on which nothing can be drawn.
pub fn is_typewriter() -> bool {
    std::io::stdin().is_terminal() && std::io::stdout().is_terminal() && is_dumb()
}

/// Whether the terminal can do no more than a typewriter.
fn is_dumb() -> bool {
    capabilities::environment("TERM").is_some_and(|term| term == "dumb")
}

/// The columns of the terminal that standard output is; `None` where it is none.
pub fn columns() -> Option<usize> {
    size::size(std::io::stdout()).map(|(columns, _)| columns.into())
}

/// Text in the characters that the terminal can show.
pub fn in_charset(config: &UiConfig, text: String) -> String {
    match capabilities::charset(config, &capabilities::environment) {
        Charset::Ascii => ascii_text(&text),
        Charset::Unicode => text,
    }
}

/// Refuses a dashboard in a language that the terminal has no characters for.
fn check_language(config: &Config, mode: Mode) -> Result<(), TrainError> {
    let speaks = mode != Mode::Dashboard || capabilities::language(&config.ui, &capabilities::environment).is_some();
    if speaks { Ok(()) } else { Err(TrainError::Language) }
}

/// Trains as `config` says, or goes on with a recorded run, shows it as `mode` says, and prints the summary. Nothing is
/// written to the terminal before everything has been checked.
pub fn train(config: &Config, mode: Mode, resume: Option<Resume>) -> Result<ExitCode, TrainError> {
    check_language(config, mode)?;
    let options = JobOptions {
        name: config.train.name.clone(),
        threads: config.train.threads,
        save: Some(&config.model.save).filter(|path| !path.is_empty()).map(PathBuf::from),
        own: None,
        resume: None,
    };
    let prepared = match resume {
        Some(resume) => go_on(config, resume, options)?,
        None => start(config, options)?,
    };
    present(config, mode, Scene::Training(Box::new(prepared)))
}

/// The exit code of a run that is over.
fn exit_code(state: &RunState) -> ExitCode {
    let failed = state.ended.as_ref().is_some_and(|ended| matches!(ended.outcome, Outcome::Failed { .. }));
    if state.not_saved || failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Trains and shows a run until it has ended or is left. What of it was lost on the way to the disk and to other processes
/// is added to `lost`, a line each.
fn carry_out(
    config: &Config,
    mode: Mode,
    prepared: Prepared,
    kept: &mut Option<Dashboard>,
    lost: &mut Vec<String>,
) -> Result<Shown, TrainError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(TrainError::Start)?;
    let Prepared { job, recording, history, changes, paused, course, passed_over } = prepared;
    let run = job.started().run_id.clone();
    let (mut link, mut port) = connect(history);
    port.exhibit(Exhibits::of(job.dataset().clone(), &job.started().spec));
    // What was told before is not told again by progress lines; the dashboard wants all of it.
    let mut told = Box::<RunState>::default();
    if let Mode::Headless { .. } = mode {
        while let Some(records) = link.some() {
            records.iter().for_each(|record| told.apply(record));
        }
    }
    if mode != Mode::Dashboard {
        link.start_free();
    }
    let folder = recording.as_ref().and_then(|recording| Some(recording.as_ref().ok()?.folder().path().to_owned()));
    let folder = folder.map(|folder| std::path::absolute(&folder).unwrap_or(folder));
    let served = Served { run_id: run.clone(), name: job.started().name.clone(), folder };
    let recorder = match recording {
        Some(Ok(recording)) => Some(port.record(recording).map_err(TrainError::Start)?),
        other => {
            if let Some(Err(reason)) = other {
                port.emit(Event::RecordingFailed { reason });
            }
            port.spill().map_err(TrainError::Start)?;
            None
        }
    };
    for reason in passed_over {
        port.emit(Event::CheckpointPassedOver { reason });
    }
    for (number, command) in (0..).zip(changes) {
        link.order(number, command);
    }
    if paused {
        link.order(u32::MAX - 1, Command::Pause);
    }
    let server = link.serve(served).map_err(TrainError::Start)?;
    let recorded = recorder.is_some();
    let shown = runtime.block_on(async {
        // Signals are heard before there is anything to interrupt.
        let mut signals = Signals::new().map_err(TrainError::Start)?;
        let started = match course {
            Some(course) => spawn(job, Rerun::new(port, course)),
            None => spawn(job, port),
        };
        started.map_err(TrainError::Start)?;
        let shown = follow(config, mode, kept, &run, told, &mut link, &mut signals).await;
        let left_early = match &shown {
            Ok(Shown::Signalled(_, state)) => state.ended.is_none(),
            Ok(Shown::Discarded(_)) | Err(_) => true,
            Ok(Shown::Ended(_) | Shown::Next(_)) => false,
        };
        if recorded && left_early {
            // Whoever stops waiting for the run can still go on with it.
            last_checkpoint(&mut link, &mut signals).await;
        }
        shown
    });
    lost.extend(recorder.map(Recorder::finish).unwrap_or_default());
    lost.extend(server.and_then(Server::finish));
    // The input thread may wait for a key that never comes.
    runtime.shutdown_background();
    shown
}

/// Follows the run as `mode` says, wherever that leads, until it has ended or is left.
async fn follow(
    config: &Config,
    mode: Mode,
    kept: &mut Option<Dashboard>,
    run: &str,
    history: Box<RunState>,
    link: &mut Link,
    signals: &mut Signals,
) -> Result<Shown, TrainError> {
    let charset = Some(capabilities::charset(&config.ui, &capabilities::environment));
    let held = Held::by_another();
    let left = match mode {
        Mode::Dashboard => {
            dashboard::show(config, kept, AppOptions::default(), link, signals).await.map_err(TrainError::Terminal)?
        }
        Mode::Detached => Left::Detached(Box::default()),
        Mode::Headless { .. } => Left::ForHeadless(history),
    };
    let state = match left {
        Left::Shown(shown) => return Ok(shown),
        Left::Next(next) => return Ok(Shown::Next(next)),
        Left::ForHeadless(state) => {
            link.let_go();
            return Ok(headless::follow(link, signals, charset, held, *state).await);
        }
        Left::Lost(state) => state,
        Left::Detached(state) => {
            tell_how_to_return(config, mode, run, &state);
            state
        }
    };
    link.let_go();
    if let Some(held) = held {
        held.leave();
    }
    Ok(headless::follow(link, signals, None, None, *state).await)
}

/// Says on the terminal that the run goes on without it, and how to get at it. A command that sends it there gets the run's
/// id, alone on standard output.
fn tell_how_to_return(config: &Config, mode: Mode, run: &str, state: &RunState) {
    let process = std::process::id();
    let mut text = format!("run {run} goes on in the background, as process {process}\n");
    if let Some(started) = &state.started {
        text.push_str(&format!("  {} is at step {}\n", started.name, grouped(state.step)));
    }
    text.push_str(&format!("  mnist-tui attach {run}   its dashboard again\n"));
    if config.runs.record {
        text.push_str(&format!("  mnist-tui runs show {run}   its figures so far\n"));
    } else {
        text.push_str("  nothing of it is kept, because runs.record = false\n");
    }
    text.push_str(&format!("  kill {process}   stop it, and judge the network\n"));
    let text = in_charset(&config.ui, text);
    // It goes on whether anybody reads that or not.
    if mode == Mode::Detached {
        let _ = std::io::stdout().write_all(format!("{run}\n").as_bytes());
        let _ = std::io::stderr().write_all(text.as_bytes());
    } else {
        let _ = std::io::stdout().write_all(text.as_bytes());
    }
    let _ = std::io::stdout().flush();
}

/// Says what of a run is neither on the disk nor told, after everything else.
fn tell_lost(lost: &[String]) {
    for line in lost {
        // Nobody is left to be told where this cannot be written.
        let _ = writeln!(std::io::stderr(), "error: {line}");
    }
}

fn print_summary(state: &RunState, config: &UiConfig, json: bool, folder: Option<&RunFolder>) -> Result<(), TrainError> {
    let summary = state.summary();
    let text = if json {
        serde_json::to_string(&summary).map_err(|error| TrainError::Output(error.into()))?
    } else {
        let recorded = folder.filter(|_| !state.not_recorded);
        let recorded = recorded.map(|folder| format!("\nrecorded as {} in {}", folder.id(), folder.path().display()));
        let stopped =
            state.ended.as_ref().is_some_and(|ended| matches!(ended.outcome, Outcome::Stopped | Outcome::Failed { .. }));
        let goes_on =
            recorded.iter().filter(|_| stopped).map(|_| format!("\n`mnist-tui --resume {}` goes on with it", summary.run_id));
        in_charset(config, format!("{summary}{}{}", recorded.as_deref().unwrap_or_default(), goes_on.collect::<String>()))
    };
    let mut output = std::io::stdout().lock();
    match writeln!(output, "{text}").and_then(|()| output.flush()) {
        // Whoever read has seen enough.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        result => result.map_err(TrainError::Output),
    }
}
