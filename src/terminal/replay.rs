//! The dashboard over a recorded run.

use std::process::ExitCode;

use super::dashboard::{self, Left};
use super::signals::{HANGUP, Signals};
use super::{Shown, TrainError};
use crate::app::{AppOptions, Control};
use crate::config::Config;
use crate::link;
use crate::run::store::RunFolder;

/// Plays a recorded run on the dashboard, so many times as fast as it was recorded, until a person leaves.
pub fn replay(config: &Config, folder: &RunFolder, speed: f64) -> Result<ExitCode, TrainError> {
    let mut link = link::replay(folder)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(TrainError::Start)?;
    let options = AppOptions { control: Control::Replaying, replay_speed: Some(speed), ..AppOptions::default() };
    let left = runtime.block_on(async {
        let mut signals = Signals::new().map_err(TrainError::Start)?;
        dashboard::show(config, options, &mut link, &mut signals).await.map_err(TrainError::Terminal)
    });
    // The input thread may wait for a key that never comes.
    runtime.shutdown_background();
    Ok(match left? {
        Left::Shown(Shown::Signalled(signal, _)) => ExitCode::from(128 + signal),
        Left::Lost(_) => ExitCode::from(128 + HANGUP),
        _ => ExitCode::SUCCESS,
    })
}
