//! `mnist-tui runs browse`: the page of runs, with nothing trained.

use std::process::ExitCode;

use clap::Args;

use super::super::error::CliError;
use super::super::place::Place;
use super::list::ListArguments;
use crate::terminal::{self, Held, TrainError};

/// Where the runs are.
#[derive(Debug, Args)]
pub(super) struct BrowseArguments {
    #[command(flatten)]
    place: Place,
}

impl BrowseArguments {
    pub(super) fn run(&self) -> Result<ExitCode, CliError> {
        if terminal::is_typewriter() {
            // What can be shown there is the list.
            return ListArguments::of(self.place.clone()).run().map(|()| ExitCode::SUCCESS);
        }
        if !terminal::can_draw() {
            return Err(CliError::NoTerminal);
        }
        if Held::by_another().is_none() {
            return Ok(terminal::hold().map_err(TrainError::Start)?);
        }
        Ok(terminal::browse(self.place.open()?.config())?)
    }
}
