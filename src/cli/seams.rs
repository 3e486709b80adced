//! MERGE: what other modules provide. Each of these stands for one call there; this file goes when they are here.

use std::process::ExitCode;

use crate::config::Config;

/// MERGE: `crate::terminal::Mode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// The dashboard, on a terminal.
    Dashboard,
    /// Progress lines on standard error.
    Headless {
        /// The summary on standard output at the end.
        json: bool,
    },
}

/// MERGE: `crate::terminal::train`.
pub(super) fn train(config: &Config, mode: Mode) -> ExitCode {
    eprintln!("would train {} with {mode:?}", config.train.preset);
    ExitCode::SUCCESS
}

/// MERGE: `crate::app::keys_markdown`.
pub(super) fn keys_markdown() -> String {
    "| key | action |\n|---|---|\n".into()
}

/// MERGE: the names of the themes in `crate::ui`.
pub(super) fn theme_names() -> Vec<&'static str> {
    vec!["dark"]
}
