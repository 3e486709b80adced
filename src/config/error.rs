//! What can be wrong with a configuration, and where.

use std::fmt;
use std::path::PathBuf;

use thiserror::Error;

use crate::files::HomeError;
use crate::protocol::HyperError;

/// Something wrong with a configuration: its place, then what it is and what to do.
#[derive(Debug, Error)]
#[error("{origin}: {problem}")]
pub struct ConfigError {
    /// Where it stands.
    pub origin: Origin,
    /// What is wrong.
    pub problem: Box<Problem>,
}

impl ConfigError {
    pub(super) fn new(origin: Origin, problem: Problem) -> Self {
        Self { origin, problem: Box::new(problem) }
    }
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nobody said anything.
    Default,
    /// The preset of this name.
    Preset(String),
    /// A configuration file.
    File {
        /// Its path as it was given or found.
        path: PathBuf,
        /// The line, counted from 1, when one is meant.
        line: Option<usize>,
    },
    /// The environment variable of this name.
    Environment(String),
    /// The command line: the flag with its value, as it was written.
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Preset(name) => write!(f, "preset {name}"),
            Self::File { path, line: Some(line) } => write!(f, "{}:{line}", path.display()),
            Self::File { path, line: None } => write!(f, "{}", path.display()),
            Self::Environment(name) => write!(f, "{name} in the environment"),
            Self::Flag(text) => f.write_str(text),
        }
    }
}

/// What is wrong with a configuration.
#[derive(Debug, Error)]
pub enum Problem {
    /// A file that cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(#[source] std::io::Error),
    /// A link that leads to nothing.
    #[error("it is a link to {}, which is not there; make that file, or remove the link", target.display())]
    Dangling {
        /// Where it leads.
        target: PathBuf,
    },
    /// Text in another encoding.
    #[error("it is not UTF-8 text; editors may save it as UTF-16 or in the code page of Windows: save it as UTF-8")]
    NotUtf8,
    /// A path that does not say where it leads.
    #[error(transparent)]
    Home(HomeError),
    /// A file that is not TOML.
    #[error("not valid TOML: {0}")]
    Syntax(String),
    /// A value that is not Unicode text.
    #[error("the value is not valid Unicode")]
    NotUnicode,
    /// `--set` without a value.
    #[error("no value is given; write it as table.key=value")]
    NoValue,
    /// A key that does not exist.
    #[error("there is no key {key}; {advice}")]
    UnknownKey {
        /// As it was given.
        key: String,
        /// The nearest that exists, or all that may have been meant.
        advice: String,
    },
    /// An environment variable with our prefix that names no key.
    #[error("no setting has this name; {advice}")]
    UnknownVariable {
        /// The nearest that exists, or how they are named.
        advice: String,
    },
    /// A table where a value is meant, or the other way round.
    #[error("{key} is a table, not a value; its keys are {keys}")]
    Table {
        /// Its name.
        key: String,
        /// What it may hold.
        keys: String,
    },
    /// A value of another type.
    #[error("{key} must be {expected}, not {found}")]
    Type {
        /// The key.
        key: String,
        /// What it takes.
        expected: &'static str,
        /// What it was given.
        found: String,
    },
    /// A name that is none of those that are possible.
    #[error("{key} must be one of {choices}, not {found:?}{}", did_you_mean(.nearest))]
    Choice {
        /// The key.
        key: String,
        /// All that are possible.
        choices: String,
        /// What was given.
        found: String,
        /// The one that was probably meant.
        nearest: Option<String>,
    },
    /// A hyperparameter that cannot have this value.
    #[error("train.{0}")]
    Hyper(#[source] HyperError),
    /// A number out of its range.
    #[error("{key} must be {range}, not {found}")]
    Range {
        /// The key.
        key: String,
        /// What is possible.
        range: String,
        /// What was given.
        found: String,
    },
    /// A text with line breaks or other control characters.
    #[error("{key} must not contain control characters, as {found:?} does")]
    Control {
        /// The key.
        key: String,
        /// What was given.
        found: String,
    },
    /// A value that the configuration's own types refuse.
    #[error("{key} cannot be {found}: {message}")]
    Refused {
        /// The key.
        key: String,
        /// What was given.
        found: String,
        /// What the types say.
        message: String,
    },
}

fn did_you_mean(nearest: &Option<String>) -> String {
    nearest.as_ref().map(|name| format!("; did you mean {name:?}?")).unwrap_or_default()
}
