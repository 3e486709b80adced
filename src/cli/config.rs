//! `mnist-tui config`: shows and writes settings, and lists what they can name.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::error::CliError;
use super::path::HomePath;
use super::print;
use super::settings::SettingArguments;
use crate::app::{Keymap, keys_markdown};
use crate::config::{EXAMPLE, Settings, Sources};
use crate::ui::Theme;

/// What to do with the configuration.
#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Show every setting and where it comes from.
    Show(Box<SettingArguments>),
    /// Write a commented configuration with every key at its default.
    Init {
        /// Where to, instead of the user's own configuration file.
        #[arg(long, value_name = "FILE", value_parser = HomePath)]
        output: Option<PathBuf>,
        /// Overwrite the file when there is one.
        #[arg(long)]
        force: bool,
    },
    /// Print the keys of the dashboard, and the names by which `[keys]` gives them others, as Markdown tables.
    Keys(Box<SettingArguments>),
    /// List the themes.
    Themes,
}

impl ConfigCommand {
    pub(super) fn run(&self) -> Result<(), CliError> {
        match self {
            Self::Show(settings) => print(&show(&settings.settings()?)?),
            Self::Init { output, force } => {
                let path = output.clone().or_else(Sources::default_file).ok_or(CliError::NoFolder)?;
                write_example(&path, *force)?;
                print(&format!("wrote {}\n", path.display()))
            }
            Self::Keys(settings) => {
                let settings = settings.settings()?;
                let keymap = Keymap::new(&settings.config().keys);
                print(&keys_markdown(&keymap.unwrap_or_default()))
            }
            Self::Themes => print(&format!("{}\n", Theme::names().join("\n"))),
        }
    }
}

/// The settings as TOML, each with its origin as a comment.
fn show(settings: &Settings) -> Result<String, CliError> {
    let mut text = String::new();
    let mut open = "";
    for setting in settings.iter() {
        if setting.key == LAYERS {
            text.push_str(&show_layers(settings)?);
            continue;
        }
        let (table, key) = setting.key.split_once('.').unwrap_or(("", &setting.key));
        if table != open {
            let gap = if open.is_empty() { "" } else { "\n" };
            text.push_str(&format!("{gap}[{table}]\n"));
            open = table;
        }
        // A flag's text may hold anything, and a comment ends with its line.
        let origin = setting.origin.to_string().replace(char::is_control, " ");
        let line = format!("{key} = {}", setting.value);
        text.push_str(&format!("{line:<32} # {origin}\n"));
    }
    Ok(text)
}

/// The key of the layers, which are shown as those of the network that would be trained.
const LAYERS: &str = "model.layers";
/// Presets are shown for the digits.
const CLASSES: usize = 10;

fn show_layers(settings: &Settings) -> Result<String, CliError> {
    let config = settings.config();
    let origin = settings.iter().find(|setting| setting.key == LAYERS && setting.value.as_array().is_some_and(|a| !a.is_empty()));
    let origin = origin.map_or(format!("preset {}", config.train.preset), |setting| setting.origin.to_string());
    let mut text = String::new();
    for layer in config.layers([28, 28, 1], CLASSES)? {
        let values = toml::to_string(&layer).map_err(|error| CliError::Output(std::io::Error::other(error)))?;
        text.push_str(&format!("\n[[{LAYERS}]]{:18} # {}\n{values}", "", origin.replace(char::is_control, " ")));
    }
    Ok(text)
}

fn write_example(path: &Path, force: bool) -> Result<(), CliError> {
    let failed = |source| CliError::Write { path: path.into(), source };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut options = File::options();
    let options = if force { options.create(true).truncate(true) } else { options.create_new(true) };
    match options.write(true).open(path) {
        Ok(mut file) => file.write_all(EXAMPLE.as_bytes()).map_err(failed),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(CliError::Exists { path: path.into() }),
        Err(error) => Err(failed(error)),
    }
}
