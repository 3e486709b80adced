//! `mnist-tui runs`: looks at recorded runs, compares, names and removes them.

mod browse;
mod compare;
mod confirm;
mod edit;
mod entry;
mod list;
mod prune;
mod remove;
mod repair;
mod reproduce;
mod show;
mod trash;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::error::CliError;
pub(super) use entry::Entry;

/// What to do with recorded runs. RUN is an id, the start of one, a name, or `last` for the newest.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct RunsArguments {
    #[command(subcommand)]
    command: Option<RunsCommand>,
    #[command(flatten)]
    list: list::ListArguments,
}

#[derive(Debug, Subcommand)]
enum RunsCommand {
    /// List all runs, the newest last.
    List(list::ListArguments),
    /// Open the page of runs in the dashboard, with nothing trained until you go on with one of them.
    Browse(browse::BrowseArguments),
    /// Show a run: its figures, hyperparameters, changes on the way and checkpoints.
    Show(show::ShowArguments),
    /// Compare runs: where their recipes differ, and their figures, the best marked with *.
    Compare(compare::CompareArguments),
    /// Train a run again with everything that was done to it, and say whether the same weights come out.
    Reproduce(reproduce::ReproduceArguments),
    /// Make a damaged run readable again; what is taken out of it stays beside it.
    Repair(repair::RepairArguments),
    /// Call a run something else.
    Rename(edit::RenameArguments),
    /// Write something about a run; an empty text takes the note away.
    Note(edit::NoteArguments),
    /// Keep a run from being pruned.
    Pin(edit::PinArguments),
    /// Let a run be pruned again.
    Unpin(edit::PinArguments),
    /// Move runs to the folder .trash beside them; asks first.
    Remove(remove::RemoveArguments),
    /// Bring removed runs back from the folder .trash; without RUN, list what is there.
    Restore(trash::RestoreArguments),
    /// Delete the runs in the folder .trash for good; asks first.
    EmptyTrash(trash::EmptyArguments),
    /// Move all but the newest runs to the folder .trash; pinned runs stay, and so do those that are being trained.
    Prune(prune::PruneArguments),
}

impl RunsArguments {
    pub(super) fn run(&self) -> Result<ExitCode, CliError> {
        let done = match &self.command {
            None => self.list.run(),
            Some(RunsCommand::List(list)) => list.run(),
            Some(RunsCommand::Show(show)) => show.run(),
            Some(RunsCommand::Compare(compare)) => compare.run(),
            Some(RunsCommand::Repair(repair)) => repair.run(),
            Some(RunsCommand::Rename(rename)) => rename.run(),
            Some(RunsCommand::Note(note)) => note.run(),
            Some(RunsCommand::Pin(pin)) => pin.run(true),
            Some(RunsCommand::Unpin(pin)) => pin.run(false),
            Some(RunsCommand::Remove(remove)) => remove.run(),
            Some(RunsCommand::Restore(restore)) => restore.run(),
            Some(RunsCommand::EmptyTrash(empty)) => empty.run(),
            Some(RunsCommand::Prune(prune)) => prune.run(),
            Some(RunsCommand::Browse(browse)) => return browse.run(),
            Some(RunsCommand::Reproduce(reproduce)) => return reproduce.run(),
        };
        done.map(|()| ExitCode::SUCCESS)
    }
}
