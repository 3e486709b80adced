//! The program `mnist-tui`: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    mnist_tui::cli::run()
}
