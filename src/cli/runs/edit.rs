//! `mnist-tui runs rename`, `note`, `pin` and `unpin`: what people say of a run.

use clap::Args;

use super::super::error::{CliError, escaped};
use super::super::place::{Form, Place, print_json};
use super::entry::Entry;
use crate::run::store::{About, Catalog};

/// A run and its new name.
#[derive(Debug, Args)]
pub(super) struct RenameArguments {
    /// An id, the start of one, a name, or `last`.
    run: String,
    /// The new name.
    name: String,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    form: Form,
}

/// A run and what to write about it.
#[derive(Debug, Args)]
pub(super) struct NoteArguments {
    /// An id, the start of one, a name, or `last`.
    run: String,
    /// The note; it takes the place of the one before.
    text: String,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    form: Form,
}

/// A run to keep, or not.
#[derive(Debug, Args)]
pub(super) struct PinArguments {
    /// An id, the start of one, a name, or `last`.
    run: String,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    form: Form,
}

impl RenameArguments {
    pub(super) fn run(&self) -> Result<(), CliError> {
        change(&self.place, self.form, &self.run, |about| {
            about.rename(&self.name).map_err(|reason| CliError::Name { name: self.name.clone(), reason })?;
            Ok(format!("is now called {}", about.name()))
        })
    }
}

impl NoteArguments {
    pub(super) fn run(&self) -> Result<(), CliError> {
        change(&self.place, self.form, &self.run, |about| {
            about.note = self.text.trim().to_owned();
            Ok(if about.note.is_empty() { "has no note" } else { "has the note" }.to_owned())
        })
    }
}

impl PinArguments {
    pub(super) fn run(&self, pinned: bool) -> Result<(), CliError> {
        change(&self.place, self.form, &self.run, |about| {
            about.pinned = pinned;
            Ok(if pinned { "is pinned" } else { "is not pinned" }.to_owned())
        })
    }
}

/// Changes what is said of a run, and prints it.
fn change(
    place: &Place,
    form: Form,
    asked: &str,
    change: impl FnOnce(&mut About) -> Result<String, CliError>,
) -> Result<(), CliError> {
    let runs = place.open()?;
    let folder = runs.catalog.find(asked)?;
    let done = folder.change_about(change)?;
    if form.json {
        return print_json(&Entry::of(&Catalog::listed(folder)?));
    }
    runs.print(format!("{} {}\n", folder.id(), escaped(&done)))
}
