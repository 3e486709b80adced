//! `mnist-tui completions`: prints a script that completes commands in a shell.

use clap::Args;
use clap_complete::Shell;

use super::error::CliError;
use super::{command, print};

/// For which shell.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct CompletionsArguments {
    /// The shell.
    shell: Shell,
}

impl CompletionsArguments {
    pub(super) fn run(self) -> Result<(), CliError> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command(), "mnist-tui", &mut script);
        print(&String::from_utf8_lossy(&script))
    }
}
