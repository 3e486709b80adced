//! `mnist-tui replay`: a recorded run on the dashboard.

use std::process::ExitCode;

use clap::Args;

use super::error::CliError;
use super::place::Place;
use crate::link::recorded;
use crate::terminal;

/// The least and the greatest speed.
const SPEEDS: (f64, f64) = (0.1, 1_000.0);

/// Which run, and how fast.
#[derive(Debug, Args)]
pub(super) struct ReplayArguments {
    /// An id, the start of one, a name, or `last`.
    #[arg(value_name = "RUN")]
    run: String,
    /// So many times as fast as it was recorded; + and - change it.
    #[arg(long, value_name = "X", default_value = "1", value_parser = speed)]
    speed: f64,
    #[command(flatten)]
    place: Place,
}

impl ReplayArguments {
    pub(super) fn run(&self) -> Result<ExitCode, CliError> {
        let runs = self.place.open()?;
        let folder = runs.catalog.find(&self.run)?;
        let mode = match () {
            () if terminal::can_draw() => terminal::Mode::Dashboard,
            () if terminal::is_typewriter() => terminal::Mode::Headless { json: false },
            () => return Err(CliError::NoTerminal),
        };
        let recorded = recorded(&folder)?;
        runs.tell_unread(&recorded.unread);
        Ok(terminal::replay(runs.config(), &folder, recorded, self.speed, mode)?)
    }
}

fn speed(text: &str) -> Result<f64, String> {
    let (least, greatest) = SPEEDS;
    let speed = text.strip_suffix(['x', '×']).unwrap_or(text).parse().ok();
    speed.filter(|speed| (least..=greatest).contains(speed)).ok_or(format!("a number from {least} to {greatest}"))
}
