//! Asks before something is removed.

use std::io::{IsTerminal, Write, stderr, stdin};

use super::super::error::{CliError, escaped};

/// Asks on the terminal whether `what` is to be done, unless `yes` says so. Anything but a yes is an error.
pub(super) fn confirm(what: String, yes: bool) -> Result<(), CliError> {
    if yes {
        return Ok(());
    }
    if !stdin().is_terminal() {
        return Err(CliError::CannotAsk { what });
    }
    // When nobody can be asked, nobody says yes.
    let mut answer = String::new();
    let _ = write!(stderr(), "{}? [y/N] ", escaped(&what))
        .and_then(|()| stderr().flush())
        .and_then(|()| stdin().read_line(&mut answer));
    if ["y", "yes"].contains(&answer.trim().to_lowercase().as_str()) { Ok(()) } else { Err(CliError::Declined) }
}

/// `1 run`, `2 runs`.
pub(super) fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
