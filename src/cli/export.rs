//! `mnist-tui export`: runs as files for people and other programs.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use super::error::{CliError, escaped};
use super::path::HomePath;
use super::place::Place;
use crate::export::{ExportedRun, Format, default_output, export, render};

/// Which runs, as what.
#[derive(Debug, Args)]
pub(super) struct ExportArguments {
    /// Ids, starts of them, names, or `last`.
    #[arg(required = true, value_name = "RUN")]
    runs: Vec<String>,
    /// What to write.
    #[arg(long, value_name = "FORMAT", value_parser = format_parser())]
    format: Format,
    /// The file, or the folder for tensorboard; - for standard output. Without it, the run's name in this folder.
    #[arg(long, short, value_name = "PATH", value_parser = HomePath)]
    output: Option<PathBuf>,
    /// Overwrite what is there.
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    place: Place,
}

fn format_parser() -> impl TypedValueParser<Value = Format> {
    let values = Format::ALL.map(|format| {
        let value = PossibleValue::new(format.name()).help(format.summary());
        if format == Format::Markdown { value.alias("md") } else { value }
    });
    PossibleValuesParser::new(values).try_map(|name| Format::named(&name).ok_or("no such format"))
}

impl ExportArguments {
    pub(super) fn run(&self) -> Result<(), CliError> {
        let found = self.place.open()?;
        let folders = self.runs.iter().map(|run| found.catalog.find(run)).collect::<Result<Vec<_>, _>>()?;
        let to_output = self.output.as_deref() == Some(Path::new("-"));
        if to_output && self.format.is_folder() {
            return Err(CliError::FolderToOutput { format: self.format.name() });
        }
        let runs = folders.iter().map(|folder| ExportedRun::load(folder, self.format)).collect::<Result<Vec<_>, _>>()?;
        runs.iter().for_each(|run| found.tell_unread(&run.state.unread));
        for reason in runs.iter().filter_map(|run| run.without_images.as_ref()) {
            // Nobody is left to be told when it cannot be written.
            let _ = writeln!(std::io::stderr(), "warning: {}; no image is shown", escaped(reason));
        }
        if to_output {
            let mut output = std::io::stdout().lock();
            let files = render(self.format, &runs)?;
            let written = files.iter().try_for_each(|file| output.write_all(&file.bytes)).and_then(|()| output.flush());
            return written.map_err(CliError::Output);
        }
        let output = self.output.clone().unwrap_or_else(|| {
            let names = runs.iter().map(|run| run.state.started.as_ref().map_or("run", |started| &started.name));
            default_output(self.format, &names.collect::<Vec<_>>())
        });
        for path in export(self.format, &runs, &output, self.force)? {
            found.print(format!("wrote {}\n", escaped(&path.display().to_string())))?;
        }
        Ok(())
    }
}
