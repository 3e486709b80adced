//! `mnist-tui data fetch`: brings data that is known by name onto this machine.

use std::path::{Path, PathBuf};

use clap::Args;

use super::super::error::{CliError, escaped};
use super::super::path::HomePath;
use super::super::print;
use crate::config::Sources;
use crate::data::fetch::{Connection, FetchError, Fetcher};
use crate::data::known::{Known, cache};
use crate::terminal::FetchLines;

/// Which data, and where it goes.
#[derive(Debug, Args)]
pub(in crate::cli) struct FetchArguments {
    /// What to fetch; `data list` says how large it is.
    #[arg(value_name = "NAME", required = true, value_parser = super::names())]
    names: Vec<String>,
    /// A folder for it, in the place of the one where `--data NAME` finds it; then `--data DIR` trains on it.
    #[arg(long, value_name = "DIR", value_parser = HomePath)]
    output: Option<PathBuf>,
    /// The configuration file, instead of the user's own.
    #[arg(long, value_name = "FILE", value_parser = HomePath)]
    config: Option<PathBuf>,
}

impl FetchArguments {
    pub(super) fn run(&self) -> Result<(), CliError> {
        if self.names.len() > 1 && self.output.is_some() {
            return Err(CliError::SeveralToOneFolder);
        }
        let sources = Sources { file: self.config.clone(), environment: std::env::vars_os().collect(), ..Sources::default() };
        let settings = sources.settings()?;
        let mirror = Some(settings.config().data.mirror.as_str()).filter(|mirror| !mirror.is_empty());
        let fetcher = Fetcher::new(Connection::default(), mirror)?;
        let cache = cache().ok_or(FetchError::NoFolder)?;
        self.names.iter().filter_map(|name| Known::named(name)).try_for_each(|known| self.fetch(known, &fetcher, &cache))
    }

    fn fetch(&self, known: &Known, fetcher: &Fetcher, cache: &Path) -> Result<(), CliError> {
        if known.is_within_the_program() && self.output.is_none() {
            let name = known.name;
            return print(&format!("{name} is within the program; --output DIR fetches the published files all the same\n"));
        }
        let into = self.output.clone().unwrap_or_else(|| cache.join(known.name));
        let mut lines = FetchLines::default();
        let fetched = fetcher.fetch(known, cache, &into, &mut |step| lines.tell(&step, escaped));
        lines.end();
        fetched.map_err(|error| CliError::Fetch {
            name: known.name,
            source: error.into(),
            by_hand: fetcher.by_hand(known, cache, &into).into(),
        })?;
        let folder = escaped(&into.display().to_string());
        let source = if self.output.is_some() { folder.as_str() } else { known.name };
        print(&format!("{} is in {folder}: mnist-tui --data {source}\n", known.name))
    }
}
