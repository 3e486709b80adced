//! Watching a run that another process trains.

use std::process::ExitCode;

use thiserror::Error;

use super::dashboard::{self, Left};
use super::farewell::Farewell;
use super::{Mode, Shown, TrainError, capabilities, check_language, exit_code, headless, print_summary, signals};
use crate::app::{AppOptions, Control};
use crate::config::Config;
use crate::link::{self, Attached, Running};
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
    /// None of that name.
    #[error("no run {asked} is being trained; these are: {running}")]
    Unknown {
        /// What was asked for.
        asked: String,
        /// The runs that are there.
        running: String,
    },
    /// Several.
    #[error("several runs are being trained; name one of them, or `last`: {running}")]
    Several {
        /// The runs that are there.
        running: String,
    },
}

/// Shows a run that another process trains, until it is left. `asked` is an id, the start of one, a name, or `last`.
pub fn attach(config: &Config, asked: Option<&str>, read_only: bool, mode: Mode) -> Result<ExitCode, TrainError> {
    check_language(config, mode)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(TrainError::Start)?;
    let result: Result<_, TrainError> = runtime.block_on(async {
        let mut signals = signals::Signals::new().map_err(TrainError::Start)?;
        let run = choose(config, asked, link::running().await)?;
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

/// The run that `asked` means among those that are being trained.
fn choose(config: &Config, asked: Option<&str>, mut running: Vec<Running>) -> Result<Running, NoRun> {
    let list = |running: &[Running]| {
        let names = running.iter().map(|run| format!("{} ({})", run.hello.run_id, run.hello.name));
        names.collect::<Vec<_>>().join(", ")
    };
    let Some(asked) = asked else {
        return match running.len() {
            0 => Err(NoRun::None),
            1 => Ok(running.remove(0)),
            _ => Err(NoRun::Several { running: list(&running) }),
        };
    };
    if asked == "last" {
        return running.pop().ok_or(NoRun::None);
    }
    let fits: [&dyn Fn(&Running) -> bool; 3] = [&|run| run.hello.run_id == asked, &|run| run.hello.name == asked, &|run| {
        !asked.is_empty() && run.hello.run_id.starts_with(asked)
    }];
    for fit in fits {
        let found: Vec<Running> = running.iter().filter(|run| fit(run)).cloned().collect();
        match found.len() {
            0 => {}
            1 => return found.into_iter().next().ok_or(NoRun::None),
            _ => return Err(NoRun::Several { running: list(&found) }),
        }
    }
    match config.runs.folder().and_then(|root| Catalog::new(root).find(asked).ok()) {
        Some(folder) => Err(NoRun::NotRunning { id: folder.id() }),
        None if running.is_empty() => Err(NoRun::None),
        None => Err(NoRun::Unknown { asked: asked.into(), running: list(&running) }),
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
