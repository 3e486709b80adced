//! The command line: one file a subcommand, errors on standard error, and the exit code.

mod attach;
mod completions;
mod config;
mod data;
mod error;
mod evaluate;
mod examples;
mod export;
mod man;
mod path;
mod place;
mod predict;
mod replay;
mod runs;
mod settings;
mod sweep;
mod sweep_error;
mod table;
mod train;

use std::io::Write;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use error::CliError;

/// The exit code of wrong usage or configuration.
const WRONG_USAGE: u8 = 2;

/// Trains a small network on images, and lets you watch and steer it while it learns.
///
/// Without a subcommand it trains, as `mnist-tui train` does.
#[derive(Debug, Parser)]
#[command(name = "mnist-tui", version, args_conflicts_with_subcommands = true, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    subcommand: Option<Sub>,
    #[command(flatten)]
    train: Box<train::TrainArguments>,
}

#[derive(Debug, Subcommand)]
enum Sub {
    /// Train a network: with the dashboard on a terminal, with progress lines elsewhere.
    Train(Box<train::TrainArguments>),
    /// Watch, and steer, a run that another process trains.
    Attach(attach::AttachArguments),
    /// Train a grid of runs, or random ones, and compare them.
    Sweep(Box<sweep::SweepArguments>),
    /// Show and write settings, and list what they can name.
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Recorded runs: list, show, compare, name, pin and remove them.
    Runs(Box<runs::RunsArguments>),
    /// Play a recorded run on the dashboard.
    Replay(replay::ReplayArguments),
    /// Write runs as files for people and other programs.
    Export(export::ExportArguments),
    /// Judge a trained network: figures with their intervals, calibration, and whether another is better.
    Evaluate(evaluate::EvaluateArguments),
    /// Say what a trained network takes pictures for: files, folders of them, photographed or drawn digits.
    Predict(predict::PredictArguments),
    /// The images that can be trained on.
    #[command(subcommand)]
    Data(data::DataCommand),
    /// Print a script that completes this program's commands in a shell.
    Completions(completions::CompletionsArguments),
    /// Write manual pages of all commands to a folder.
    Man(man::ManArguments),
}

/// The command line with its subcommands and flags.
pub fn command() -> clap::Command {
    examples::added_to(Arguments::command())
}

/// Does what the command line says. The exit code is 0 when it is done, 2 after wrong usage or configuration, and 1
/// after any other failure.
pub fn run() -> ExitCode {
    let mut known = command();
    let parsed = known.try_get_matches_from_mut(std::env::args_os());
    let parsed = parsed.and_then(|matches| Arguments::from_arg_matches(&matches).map_err(|error| error.format(&mut known)));
    let arguments = match parsed {
        Ok(arguments) => arguments,
        Err(error) => {
            // Nobody is left to be told when this cannot be printed; the code says it.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(WRONG_USAGE));
        }
    };
    let result = match arguments.subcommand.unwrap_or(Sub::Train(arguments.train)) {
        Sub::Train(train) => train.run(),
        Sub::Attach(attach) => attach.run(),
        Sub::Sweep(sweep) => sweep.run(),
        Sub::Config(command) => command.run().map(|()| ExitCode::SUCCESS),
        Sub::Runs(runs) => runs.run(),
        Sub::Replay(replay) => replay.run(),
        Sub::Export(export) => export.run().map(|()| ExitCode::SUCCESS),
        Sub::Evaluate(evaluate) => evaluate.run().map(|()| ExitCode::SUCCESS),
        Sub::Predict(predict) => predict.run(),
        Sub::Data(command) => command.run().map(|()| ExitCode::SUCCESS),
        Sub::Completions(completions) => completions.run().map(|()| ExitCode::SUCCESS),
        Sub::Man(man) => man.run().map(|()| ExitCode::SUCCESS),
    };
    result.unwrap_or_else(|error| {
        if !error.is_closed_pipe() {
            let _ = writeln!(std::io::stderr(), "error: {}", error.with_causes());
            error.lines_below().for_each(|line| drop(writeln!(std::io::stderr(), "  {line}")));
        }
        ExitCode::from(error.exit_code())
    })
}

/// Writes to standard output; a pipe that somebody closed is an error, not a panic.
fn print(text: &str) -> Result<(), CliError> {
    let mut output = std::io::stdout().lock();
    output.write_all(text.as_bytes()).and_then(|()| output.flush()).map_err(CliError::Output)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        command().debug_assert();
    }

    #[test]
    fn no_subcommand_trains() {
        for line in [&["mnist-tui", "--lr", "0.01", "--headless"][..], &["mnist-tui", "train", "--lr", "0.01", "--headless"]] {
            let arguments = Arguments::try_parse_from(line).expect("valid");
            let train = match arguments.subcommand {
                Some(Sub::Train(train)) => train,
                other => other.map_or(arguments.train, |other| panic!("{other:?}")),
            };
            assert!(train.headless);
            assert_eq!(train.settings.sources().flags[0].value, "0.01");
        }
    }
}
