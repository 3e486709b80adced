//! What the dashboard shows, one thing after another: a run in training, a recorded one that is played, all recorded runs.

use std::process::ExitCode;

use super::dashboard::{self, Dashboard, Left};
use super::farewell::Farewell;
use super::prepared::Prepared;
use super::signals::{HANGUP, Signals};
use super::{Mode, Shown, TrainError, capabilities, carry_out, check_language, exit_code, headless, print_summary, tell_lost};
use crate::app::{AppOptions, Control};
use crate::config::Config;
use crate::link::{self, Link, Recorded, connect};
use crate::run::store::RunFolder;

/// What the dashboard shows.
pub(super) enum Scene {
    /// A run that starts or goes on.
    Training(Box<Prepared>),
    /// A recorded run that is played so many times as fast as it was recorded.
    Replaying(Link, f64),
    /// Recorded runs, with nothing trained.
    Browsing,
}

/// Plays a recorded run, so many times as fast as it was recorded, until its end or until a person leaves: on the dashboard, or
/// as progress lines.
pub fn replay(config: &Config, folder: &RunFolder, recorded: Recorded, speed: f64, mode: Mode) -> Result<ExitCode, TrainError> {
    check_language(config, mode)?;
    if mode == Mode::Dashboard {
        return present(config, mode, Scene::Replaying(link::replay(folder, recorded)?, speed));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(TrainError::Start)?;
    let shown = runtime.block_on(async {
        let mut signals = Signals::new().map_err(TrainError::Start)?;
        let charset = capabilities::charset(&config.ui, &capabilities::environment);
        Ok::<_, TrainError>(headless::play(recorded.records, speed, &mut signals, charset).await)
    })?;
    match shown {
        Shown::Ended(state) if state.ended.is_some() => print_summary(&state, &config.ui, false, None)?,
        Shown::Signalled(signal, state) => {
            Farewell::Played(&state).say(Some(signal), &config.ui, mode);
            return Ok(ExitCode::from(128 + signal));
        }
        Shown::Ended(state) | Shown::Discarded(state) => Farewell::Played(&state).say(None, &config.ui, mode),
        Shown::Next(_) => {}
    }
    Ok(ExitCode::SUCCESS)
}

/// Shows recorded runs on the dashboard, with nothing trained until a person goes on with one of them.
pub fn browse(config: &Config) -> Result<ExitCode, TrainError> {
    check_language(config, Mode::Dashboard)?;
    present(config, Mode::Dashboard, Scene::Browsing)
}

/// Shows `scene` and whatever a person goes on with after it, and prints the summary of the run that was trained last, unless
/// something else was shown after it.
pub(super) fn present(config: &Config, mode: Mode, mut scene: Scene) -> Result<ExitCode, TrainError> {
    let mut kept = None;
    let mut lost = Vec::new();
    loop {
        let (folder, shown) = match scene {
            Scene::Training(prepared) => (prepared.folder(), carry_out(config, mode, *prepared, &mut kept, &mut lost)?),
            Scene::Replaying(link, speed) => {
                let options = AppOptions { control: Control::Replaying, replay_speed: Some(speed), ..AppOptions::default() };
                (None, look(config, &mut kept, options, link)?)
            }
            Scene::Browsing => {
                // Nobody is at the other end.
                let (link, _port) = connect(Vec::new());
                (None, look(config, &mut kept, AppOptions { alone: true, ..AppOptions::default() }, link)?)
            }
        };
        let json = mode == Mode::Headless { json: true };
        let code = match shown {
            Shown::Next(next) => {
                scene = next;
                continue;
            }
            Shown::Discarded(state) => {
                Farewell::Trained(&state, folder.as_ref()).say(None, &config.ui, mode);
                ExitCode::SUCCESS
            }
            Shown::Ended(state) => {
                print_summary(&state, &config.ui, json, folder.as_ref())?;
                exit_code(&state)
            }
            Shown::Signalled(signal, state) => {
                if state.ended.is_some() {
                    print_summary(&state, &config.ui, json, folder.as_ref())?;
                } else {
                    Farewell::Trained(&state, folder.as_ref()).say(Some(signal), &config.ui, mode);
                }
                ExitCode::from(128 + signal)
            }
        };
        tell_lost(&lost);
        return Ok(if code == ExitCode::SUCCESS && !lost.is_empty() { ExitCode::FAILURE } else { code });
    }
}

/// Shows what is not trained here until a person leaves.
fn look(config: &Config, kept: &mut Option<Dashboard>, options: AppOptions, mut link: Link) -> Result<Shown, TrainError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(TrainError::Start)?;
    let is_played = options.replay_speed.is_some();
    let left = runtime.block_on(async {
        let mut signals = Signals::new().map_err(TrainError::Start)?;
        dashboard::show(config, kept, options, &mut link, &mut signals).await.map_err(TrainError::Terminal)
    });
    // The input thread may wait for a key that never comes.
    runtime.shutdown_background();
    let (signal, state) = match left? {
        Left::Next(next) | Left::Shown(Shown::Next(next)) => return Ok(Shown::Next(next)),
        Left::Lost(_) => return Ok(Shown::Signalled(HANGUP, Box::default())),
        Left::Shown(Shown::Signalled(signal, state)) => (Some(signal), state),
        Left::Shown(Shown::Ended(state) | Shown::Discarded(state)) | Left::ForHeadless(state) | Left::Detached(state) => {
            (None, state)
        }
    };
    let farewell = if is_played { Farewell::Played(&state) } else { Farewell::Browsed };
    farewell.say(signal, &config.ui, Mode::Dashboard);
    // There is nothing to sum up.
    Ok(match signal {
        Some(signal) => Shown::Signalled(signal, Box::default()),
        None => Shown::Discarded(Box::default()),
    })
}
