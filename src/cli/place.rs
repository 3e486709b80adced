//! Where runs are looked for, and how what is found is printed.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::error::{CliError, escaped};
use super::path::HomePath;
use super::print;
use crate::config::{Config, ConfigError, FlagValue, Sources};
use crate::run::store::Catalog;
use crate::terminal::{self, TrainError};

/// Where runs are looked for.
#[derive(Clone, Debug, Args)]
pub(super) struct Place {
    /// The folder of all runs.
    #[arg(long, value_name = "DIR")]
    runs_dir: Option<String>,
    /// The configuration file, instead of the user's own.
    #[arg(long, value_name = "FILE", value_parser = HomePath)]
    config: Option<PathBuf>,
}

/// How what is found is printed.
#[derive(Clone, Copy, Debug, Default, Args)]
pub(super) struct Form {
    /// As JSON, alone on standard output.
    #[arg(long)]
    pub json: bool,
}

/// The runs that there are, and the settings.
pub(super) struct Runs {
    /// The runs.
    pub catalog: Catalog,
    config: Config,
}

impl Place {
    /// The runs there.
    pub fn open(&self) -> Result<Runs, CliError> {
        let config = self.settings()?;
        let folder = config.runs.folder().ok_or(TrainError::NoRunsFolder)?;
        Ok(Runs { catalog: Catalog::new(folder), config })
    }

    fn settings(&self) -> Result<Config, ConfigError> {
        let flag = |value: &String| FlagValue::new("--runs-dir", value);
        let sources = Sources {
            file: self.config.clone(),
            environment: std::env::vars_os().collect(),
            sets: Vec::new(),
            flags: self.runs_dir.iter().filter_map(flag).collect(),
        };
        Ok(sources.settings()?.config().clone())
    }
}

impl Runs {
    /// The settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Says on standard error what of a run's log could not be read.
    pub fn tell_unread(&self, unread: &[String]) {
        // Nobody is left to be told when it cannot be written.
        for text in unread {
            let _ = writeln!(std::io::stderr(), "warning: {}; what it told is left out", escaped(text));
        }
    }

    /// Prints lines for people, in the characters that their terminal can show.
    pub fn print(&self, text: String) -> Result<(), CliError> {
        print(&terminal::in_charset(&self.config.ui, text))
    }
}

/// Prints an object or an array as JSON.
pub(super) fn print_json(content: &impl Serialize) -> Result<(), CliError> {
    let text = serde_json::to_string_pretty(content).map_err(|error| CliError::Output(error.into()))?;
    print(&format!("{text}\n"))
}
