//! `mnist-tui data`: lists the images that can be trained on, fetches them, shows what is in them, and checks them.

mod fetch;
mod show;

use clap::Subcommand;
use clap::builder::{PossibleValue, PossibleValuesParser};

use super::error::CliError;
use super::print;
use super::table::{Column, Table};
use crate::data::fetch::{FetchError, verify};
use crate::data::known::{KNOWN, Known, cache};
use crate::data::{DataError, mnist};
use crate::terminal;

/// What to do with the images.
#[derive(Debug, Subcommand)]
pub(super) enum DataCommand {
    /// List the images that can be trained on by name, and which of them are on this machine.
    List,
    /// Fetch images, so that they can be trained on by name from then on.
    Fetch(fetch::FetchArguments),
    /// Show what is in a folder, as it would be read: classes, counts, sizes, an image of each class, and what is wrong.
    Show(Box<show::ShowArguments>),
    /// Check the images within the program, and those that were fetched, against their digests.
    Verify {
        /// Only these.
        #[arg(value_name = "NAME", value_parser = names())]
        name: Option<String>,
    },
}

impl DataCommand {
    pub(super) fn run(&self) -> Result<(), CliError> {
        match self {
            Self::List => list(),
            Self::Fetch(fetch) => fetch.run(),
            Self::Show(show) => show.run(),
            Self::Verify { name } => match name.as_deref().and_then(Known::named) {
                Some(known) => checked(known),
                None => KNOWN.iter().filter(|known| known.is_within_the_program() || is_fetched(known)).try_for_each(checked),
            },
        }
    }
}

/// The names under which data is known, as values of an argument.
fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(KNOWN.iter().map(|known| PossibleValue::new(known.name).help(known.about)))
}

/// Whether it is in the cache.
fn is_fetched(known: &Known) -> bool {
    cache().is_some_and(|cache| known.is_in(&cache.join(known.name)))
}

fn list() -> Result<(), CliError> {
    let column = |title, right, spare| Column { title, right, spare };
    let mut table = Table::new([
        column("NAME", false, 0),
        column("IMAGES", false, 1),
        column("CLASSES", true, 0),
        column("DOWNLOAD", true, 0),
        column("", false, 0),
    ]);
    for known in &KNOWN {
        let bytes: u64 = known.downloads().iter().map(|file| file.bytes).sum();
        let (download, state) = match (known.is_within_the_program(), is_fetched(known)) {
            (true, _) => (String::new(), "within the program"),
            (false, true) => (megabytes(bytes), "fetched"),
            (false, false) => (megabytes(bytes), "not fetched"),
        };
        table.row([known.name.into(), known.about.into(), known.classes.len().to_string(), download, state.into()]);
    }
    print(&table.text(terminal::columns()))
}

fn megabytes(bytes: u64) -> String {
    format!("{:.0} MB", bytes as f64 / 1e6)
}

/// Checks all files of a set, and prints their digests.
fn checked(known: &Known) -> Result<(), CliError> {
    if known.is_within_the_program() {
        mnist::verify()?;
        return mnist::FILES.iter().try_for_each(|file| print(&format!("{}  {}: ok\n", file.sha256, file.name)));
    }
    let folder = cache().map(|cache| cache.join(known.name)).filter(|folder| known.is_in(folder));
    let absent = DataError::NotFetched { name: known.name, is_folder: false };
    let sums = folder.ok_or(FetchError::Data(absent)).and_then(|folder| verify(known, &folder))?;
    sums.iter().try_for_each(|(name, sum)| print(&format!("{sum}  {}/{name}: ok\n", known.name)))
}
