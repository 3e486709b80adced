//! `mnist-tui attach`: the dashboard on a run that another process trains.

use std::process::ExitCode;

use clap::Args;

use super::error::CliError;
use super::place::Place;
use crate::terminal;

/// Which run.
#[derive(Debug, Args)]
pub(super) struct AttachArguments {
    /// An id, the start of one, a name, or `last`; without it, the only run that is being trained.
    run: Option<String>,
    /// Only watch, and never steer.
    #[arg(long)]
    read_only: bool,
    /// Progress lines instead of the dashboard.
    #[arg(long)]
    headless: bool,
    #[command(flatten)]
    place: Place,
}

impl AttachArguments {
    pub(super) fn run(&self) -> Result<ExitCode, CliError> {
        let runs = self.place.open()?;
        let lines = self.headless || !terminal::can_draw();
        let mode = if lines { terminal::Mode::Headless { json: false } } else { terminal::Mode::Dashboard };
        Ok(terminal::attach(runs.config(), self.run.as_deref(), self.read_only, mode)?)
    }
}
