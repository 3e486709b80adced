//! What a command fails with, and the exit code that it means.

use std::path::PathBuf;

use thiserror::Error;

use super::WRONG_USAGE;
use super::sweep_error::SweepError;
use crate::causes::with_causes;
use crate::config::ConfigError;
use crate::data::DataError;
use crate::data::fetch::{ByHand, FetchError};
use crate::evaluate::{FindError, ModelError};
use crate::export::ExportError;
use crate::protocol::is_hidden;
use crate::run::store::StoreError;
use crate::terminal::TrainError;

/// What a command fails with.
#[derive(Debug, Error)]
pub(super) enum CliError {
    /// A wrong setting.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Data that cannot be loaded.
    #[error(transparent)]
    Data(#[from] DataError),
    /// Data that cannot be fetched, and how to do it by hand.
    #[error("{name} could not be fetched")]
    Fetch {
        /// The data's name.
        name: &'static str,
        /// Why not.
        source: Box<FetchError>,
        /// What is left to do.
        by_hand: Box<ByHand>,
    },
    /// Fetched data that cannot be checked, or not even be asked for.
    #[error(transparent)]
    Fetched(#[from] FetchError),
    /// Several sets for one folder.
    #[error("--output takes one set; the files of several have the same names")]
    SeveralToOneFolder,
    /// A run that cannot be started or shown.
    #[error(transparent)]
    Train(#[from] TrainError),
    /// A run that is not there, or cannot be read, changed or removed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A run that cannot be exported.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// A network that cannot be judged.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A network that finds nothing.
    #[error(transparent)]
    Find(#[from] FindError),
    /// Several pictures for one file.
    #[error("--output {}: one picture can be drawn there, and {pictures} were named; search one at a time", path.display())]
    OnePicture {
        /// The file.
        path: PathBuf,
        /// How many there are.
        pictures: usize,
    },
    /// A sweep that makes no sense.
    #[error(transparent)]
    Sweep(#[from] SweepError),
    /// Nothing to draw on.
    #[error("there is no terminal to draw on; `mnist-tui runs` lists runs, `runs show` prints one, and `export` writes it")]
    NoTerminal,
    /// A name that a run cannot have.
    #[error("a run cannot be called {name:?}: {reason}")]
    Name {
        /// The name.
        name: String,
        /// Why not.
        reason: &'static str,
    },
    /// A number of days that is none.
    #[error("--older-than {days}: write a number of days, 0 or more")]
    Days {
        /// What was given.
        days: f64,
    },
    /// Several files where one is meant.
    #[error("{format} is a folder of files, which standard output cannot take; name a folder with --output")]
    FolderToOutput {
        /// The format.
        format: &'static str,
    },
    /// Nobody is there to be asked.
    #[error("{what}: nobody can be asked where standard input is not a terminal; --yes goes ahead without asking")]
    CannotAsk {
        /// What would be done.
        what: String,
    },
    /// A person said no.
    #[error("nothing was removed")]
    Declined,
    /// Standard output that cannot be written.
    #[error("failed to write to standard output")]
    Output(#[source] std::io::Error),
    /// A file that cannot be written.
    #[error("failed to write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A file that would be lost.
    #[error("{} exists already; --force overwrites it", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// No home folder.
    #[error("the system names no folder for configurations; name a file with --output")]
    NoFolder,
}

impl CliError {
    /// The code that the program ends with.
    pub(super) fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_) | Self::Sweep(_) | Self::SeveralToOneFolder | Self::Fetched(FetchError::Mirror(_)) => WRONG_USAGE,
            Self::Find(_) | Self::OnePicture { .. } => WRONG_USAGE,
            Self::Name { .. } | Self::Days { .. } | Self::FolderToOutput { .. } | Self::NoTerminal => WRONG_USAGE,
            Self::Store(error) if error.is_wrong_name() => WRONG_USAGE,
            Self::Model(ModelError::Store(error)) if error.is_wrong_name() => WRONG_USAGE,
            Self::Train(error) if error.is_configuration() => WRONG_USAGE,
            _ if self.is_closed_pipe() => 0,
            _ => 1,
        }
    }

    /// Whether the reader of standard output has seen enough, as `head` has.
    pub(super) fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == std::io::ErrorKind::BrokenPipe)
    }

    /// The message, then what caused it, in one line. Control characters in what was given are escaped, so that the
    /// terminal does not obey them.
    pub(super) fn with_causes(&self) -> String {
        escaped(&with_causes(self))
    }

    /// What belongs below the message, a line each, escaped as it is.
    pub(super) fn lines_below(&self) -> impl Iterator<Item = String> {
        let lines = match self {
            Self::Train(TrainError::NoRun(none)) => none.commands().to_vec(),
            Self::Fetch { by_hand, .. } => by_hand.lines(),
            _ => Vec::new(),
        };
        lines.into_iter().map(|line| escaped(&line))
    }
}

/// The text with control characters, and those that cannot be seen or turn the text around them, written as in Rust: `\u{1b}`.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() || is_hidden(character) {
            escaped.push_str(&escape(character))
        } else {
            escaped.push(character)
        }
    }
    escaped
}

/// Some characters that cannot be seen are none that Rust escapes for people.
fn escape(character: char) -> String {
    if character.is_control() { character.escape_debug().to_string() } else { character.escape_unicode().to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_control_characters_are_escaped() {
        assert_eq!(escaped("a \"b\"\\ é\x1b[31m\u{9b}\n\u{202e}"), "a \"b\"\\ é\\u{1b}[31m\\u{9b}\\n\\u{202e}");
    }
}
