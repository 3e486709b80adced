//! The dashboard over a recorded run.

use std::process::ExitCode;

use super::signals::Signals;
use super::{TrainError, dashboard, left_without_run};
use crate::app::{AppOptions, Control};
use crate::config::Config;
use crate::link;
use crate::run::store::RunFolder;

/// Plays a recorded run on the dashboard, so many times as fast as it was recorded, until a person leaves.
pub fn replay(config: &Config, folder: &RunFolder, speed: f64) -> Result<ExitCode, TrainError> {
    let mut link = link::replay(folder)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(TrainError::Start)?;
    let options = AppOptions { control: Control::Replaying, replay_speed: Some(speed), ..AppOptions::default() };
    let mut kept = None;
    let left = runtime.block_on(async {
        let mut signals = Signals::new().map_err(TrainError::Start)?;
        dashboard::show(config, &mut kept, options, &mut link, &mut signals).await.map_err(TrainError::Terminal)
    });
    // The input thread may wait for a key that never comes.
    runtime.shutdown_background();
    left_without_run(config, left?, kept)
}
