//! `mnist-tui train`, and `mnist-tui` alone: trains a network.

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Args;

use super::error::CliError;
use super::settings::SettingArguments;
use crate::terminal::{self, Mode};

/// How to train.
#[derive(Debug, Args)]
pub(super) struct TrainArguments {
    /// No dashboard: progress on standard error.
    #[arg(long)]
    pub(super) headless: bool,
    /// At the end, the run's summary as one JSON object, alone on standard output.
    #[arg(long, requires = "headless")]
    json: bool,
    #[command(flatten)]
    pub(super) settings: SettingArguments,
}

impl TrainArguments {
    pub(super) fn run(&self) -> Result<ExitCode, CliError> {
        let settings = self.settings.settings()?;
        let on_terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
        let mode = if self.headless || !on_terminal { Mode::Headless { json: self.json } } else { Mode::Dashboard };
        Ok(terminal::train(settings.config(), mode)?)
    }
}
