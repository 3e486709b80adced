//! Watching a run that another process trains.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use thiserror::Error;

use super::dashboard::{self, Left};
use super::farewell::Farewell;
use super::{Mode, Shown, TrainError, capabilities, check_language, exit_code, headless, print_summary, signals};
use crate::app::{AppOptions, Control};
use crate::config::Config;
use crate::link::{self, Attached, Running};
use crate::protocol::ServerHello;
use crate::run::store::Catalog;

/// Why there is no run to attach to.
#[derive(Debug, Error)]
pub enum NoRun {
    /// None at all.
    #[error("no run is being trained by you on this machine; `mnist-tui runs` lists the recorded ones")]
    None,
    /// One that is recorded only.
    #[error(
        "run {id} is not being trained now; `mnist-tui --resume {id}` goes on with it, `mnist-tui runs show {id}` sums it up"
    )]
    NotRunning {
        /// Its id.
        id: String,
    },
    /// A person was asked, and wanted none.
    #[error("no run was chosen; `mnist-tui attach last` takes the newest")]
    NoneChosen,
    /// None of that name.
    #[error("no run {asked} is being trained; these are:")]
    Unknown {
        /// What was asked for.
        asked: String,
        /// The commands that attach to those that are there.
        commands: Vec<String>,
    },
    /// One that is trained, and does not answer.
    #[error("run {id} is being trained by {by}, which does not answer here; try again in a few seconds")]
    Silent {
        /// Its id.
        id: String,
        /// The process, and where.
        by: String,
    },
    /// Several.
    #[error("several runs are being trained; name one of them, or `last`:")]
    Several {
        /// The commands that attach to those that are there.
        commands: Vec<String>,
    },
}

impl NoRun {
    /// The commands that attach to the runs that are there, which belong below the message.
    pub fn commands(&self) -> &[String] {
        match self {
            Self::Unknown { commands, .. } | Self::Several { commands } => commands,
            Self::None | Self::NotRunning { .. } | Self::NoneChosen | Self::Silent { .. } => &[],
        }
    }
}

/// Shows a run that another process trains, until it is left. `asked` is an id, the start of one, a name, or `last`.
pub fn attach(config: &Config, asked: Option<&str>, read_only: bool, mode: Mode) -> Result<ExitCode, TrainError> {
    check_language(config, mode)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(TrainError::Start)?;
    let result: Result<_, TrainError> = runtime.block_on(async {
        // While a person chooses, Ctrl-C is what it always is.
        let run = find(config, asked, mode).await?;
        let mut signals = signals::Signals::new().map_err(TrainError::Start)?;
        let read_only = read_only || mode != Mode::Dashboard;
        let Attached { mut link, .. } = link::attach(&run, own_name(), read_only).await?;
        let shown = match mode {
            Mode::Dashboard => {
                let control = if read_only { Control::ReadOnly } else { Control::Observing { by: None } };
                let options = AppOptions { control, ..AppOptions::default() };
                match dashboard::show(config, &mut None, options, &mut link, &mut signals).await.map_err(TrainError::Terminal)? {
                    Left::Shown(shown) => shown,
                    // A dashboard that watches goes on with no other run.
                    Left::Next(_) => Shown::Discarded(Box::default()),
                    Left::ForHeadless(state) | Left::Detached(state) => Shown::Ended(state),
                    Left::Lost(state) => Shown::Signalled(signals::HANGUP, state),
                }
            }
            Mode::Headless { .. } | Mode::Detached => {
                let charset = capabilities::charset(&config.ui, &capabilities::environment);
                headless::watch(&mut link, &mut signals, charset).await
            }
        };
        Ok(shown)
    });
    // The input thread may wait for a key that never comes.
    runtime.shutdown_background();
    match result? {
        Shown::Ended(state) if state.ended.is_some() => {
            print_summary(&state, &config.ui, false, None)?;
            Ok(exit_code(&state))
        }
        Shown::Ended(state) | Shown::Discarded(state) => {
            Farewell::Watched(&state).say(None, &config.ui, mode);
            Ok(ExitCode::SUCCESS)
        }
        Shown::Next(_) => Ok(ExitCode::SUCCESS),
        Shown::Signalled(signal, state) => {
            Farewell::Watched(&state).say(Some(signal), &config.ui, mode);
            Ok(ExitCode::from(128 + signal))
        }
    }
}

/// A run that is known to be trained and does not answer is looked for again so often, a second apart: a process whose socket
/// is gone makes another one.
const TRIES: usize = 4;

/// The run that `asked` means among those that are being trained. Where that is several, the person at the terminal chooses.
async fn find(config: &Config, asked: Option<&str>, mode: Mode) -> Result<Running, NoRun> {
    let mut tries = 1;
    loop {
        match choose(config, asked, link::running().await) {
            Ok(found) if found.len() > 1 && mode == Mode::Dashboard => return ask(found),
            Ok(mut found) if found.len() == 1 => return found.pop().ok_or(NoRun::None),
            Ok(found) => return Err(NoRun::Several { commands: commands(&found) }),
            Err(NoRun::Silent { .. }) if tries < TRIES => tokio::time::sleep(Duration::from_secs(1)).await,
            Err(error) => return Err(error),
        }
        tries += 1;
    }
}

/// The runs that `asked` may mean, the newest last; all where nothing was asked for.
fn choose(config: &Config, asked: Option<&str>, mut running: Vec<Running>) -> Result<Vec<Running>, NoRun> {
    let recorded = config.runs.folder().map(Catalog::new);
    let Some(asked) = asked.filter(|asked| *asked != "last") else {
        if running.is_empty() {
            let trained = recorded.and_then(|catalog| catalog.list().ok()).unwrap_or_default().into_iter().rev();
            let silent = trained.filter_map(|run| Some(NoRun::Silent { id: run.id(), by: run.trained_by? }));
            return Err(silent.into_iter().next().unwrap_or(NoRun::None));
        }
        let last = if asked.is_some() { running.len() - 1 } else { 0 };
        return Ok(running.split_off(last));
    };
    let fits: [&dyn Fn(&Running) -> bool; 3] = [&|run| run.hello.run_id == asked, &|run| run.hello.name == asked, &|run| {
        !asked.is_empty() && run.hello.run_id.starts_with(asked)
    }];
    for fit in fits {
        let found: Vec<Running> = running.iter().filter(|run| fit(run)).cloned().collect();
        if !found.is_empty() {
            return Ok(found);
        }
    }
    match recorded.and_then(|catalog| catalog.find(asked).ok()) {
        Some(folder) => Err(match folder.trained_by() {
            Some(by) => NoRun::Silent { id: folder.id(), by },
            None => NoRun::NotRunning { id: folder.id() },
        }),
        None if running.is_empty() => Err(NoRun::None),
        None => Err(NoRun::Unknown { asked: asked.into(), commands: commands(&running) }),
    }
}

/// What tells runs apart: id, name, process, and the folder of runs.
fn described(running: &[Running]) -> impl Iterator<Item = String> {
    let width = running.iter().map(|run| run.hello.name.chars().count()).max().unwrap_or(0);
    running.iter().map(move |run| {
        let ServerHello { run_id, name, pid, folder, .. } = &run.hello;
        let folder = folder.as_deref().and_then(Path::parent).map(|folder| format!("  in {}", folder.display()));
        format!("{run_id}  {name:width$}  process {pid}{}", folder.unwrap_or_default())
    })
}

/// The commands that attach to them.
fn commands(running: &[Running]) -> Vec<String> {
    described(running).map(|run| format!("mnist-tui attach {run}")).collect()
}

/// Has the person at the terminal choose one, the newest first.
fn ask(mut running: Vec<Running>) -> Result<Running, NoRun> {
    running.reverse();
    let mut output = std::io::stderr().lock();
    // Whoever sees nothing of it can answer nothing, and is told by the error.
    let _ = writeln!(output, "several runs are being trained:");
    for (number, run) in (1..).zip(described(&running)) {
        let _ = writeln!(output, "  {number}  {run}");
    }
    loop {
        let _ = write!(output, "which one? [1-{}, Enter for 1, q for none] ", running.len()).and_then(|()| output.flush());
        let mut line = String::new();
        if std::io::stdin().read_line(&mut line).unwrap_or(0) == 0 {
            return Err(NoRun::Several { commands: commands(&running) });
        }
        match line.trim() {
            "" => return Ok(running.swap_remove(0)),
            "q" => return Err(NoRun::NoneChosen),
            number => match number.parse::<usize>() {
                Ok(number) if (1..=running.len()).contains(&number) => return Ok(running.swap_remove(number - 1)),
                _ => {}
            },
        }
    }
}

/// What others see of this client: `ana@laptop pts/3`.
fn own_name() -> String {
    let user = ["USER", "LOGNAME"].iter().find_map(|name| capabilities::environment(name));
    let user = user.unwrap_or_else(|| format!("uid {}", rustix::process::getuid().as_raw()));
    let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
    let terminal = rustix::termios::ttyname(std::io::stdin(), Vec::new()).ok();
    let terminal = terminal.and_then(|name| name.into_string().ok()).unwrap_or_default();
    format!("{user}@{host} {}", terminal.trim_start_matches("/dev/")).trim_end().to_owned()
}
