//! `mnist-tui runs show`: everything about one run.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::super::error::{CliError, escaped};
use super::super::place::{Form, Place, print_json};
use super::entry::Entry;
use crate::run::store::{Catalog, CheckpointFile, facts};
use crate::run::{RunState, Summary};
use crate::text::{Language, Text};

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
    /// What of its log cannot be read.
    unread: Vec<String>,
    /// What going on and repairs have put aside.
    put_aside: Vec<PathBuf>,
    summary: Summary,
}

impl ShowArguments {
    pub(super) fn run(&self) -> Result<(), CliError> {
        let runs = self.place.open()?;
        let run = Catalog::listed(runs.catalog.find(&self.run)?)?;
        let state = match run.folder.state() {
            // What there is to say of a damaged run is said.
            Err(_) if run.damage.is_some() => RunState::default(),
            state => state?,
        };
        let checkpoints = run.folder.checkpoint_files(&state)?;
        let put_aside = run.folder.put_aside_before();
        if self.form.json {
            let unread = state.unread.clone();
            return print_json(&Shown { entry: Entry::of(&run), checkpoints, unread, put_aside, summary: state.summary() });
        }
        let line = |(label, value): (Text, Text)| {
            let [label, value] = [label, value].map(|text| text.say(Language::English));
            format!("{label:<20}  {}", escaped(&value)).trim_end().to_owned()
                + "
"
        };
        let aside = put_aside.iter().enumerate().map(|(index, path)| {
            let label = if index == 0 { "put aside" } else { "" };
            (label.into(), path.display().to_string().into())
        });
        runs.print(facts(&run, &state, &checkpoints).into_iter().chain(aside).map(line).collect())
    }
}
