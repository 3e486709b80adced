//! `mnist-tui runs show`: everything about one run.

use clap::Args;
use serde::Serialize;

use super::super::error::{CliError, escaped};
use super::super::place::{Form, Place, print_json};
use super::entry::Entry;
use crate::run::Summary;
use crate::run::store::{Catalog, CheckpointFile, facts};

/// Which run.
#[derive(Debug, Args)]
pub(super) struct ShowArguments {
    /// An id, the start of one, a name, or `last`.
    run: String,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    form: Form,
}

/// A run as JSON: what lists say of it, its checkpoints and its summary, as new as its newest event.
#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    entry: Entry,
    checkpoints: Vec<CheckpointFile>,
    summary: Summary,
}

impl ShowArguments {
    pub(super) fn run(&self) -> Result<(), CliError> {
        let runs = self.place.open()?;
        let run = Catalog::listed(runs.catalog.find(&self.run)?)?;
        let state = run.folder.state()?;
        let checkpoints = run.folder.checkpoint_files(&state);
        if self.form.json {
            return print_json(&Shown { entry: Entry::of(&run), checkpoints, summary: state.summary() });
        }
        let line = |(label, value): (String, String)| format!("{label:<20}  {}", escaped(&value)).trim_end().to_owned() + "\n";
        runs.print(facts(&run, &state, &checkpoints).into_iter().map(line).collect())
    }
}
