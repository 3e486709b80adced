//! `mnist-tui runs repair`: makes a damaged run readable again.

use clap::Args;
use serde::Serialize;

use super::super::error::{CliError, escaped};
use super::super::place::{Form, Place, print_json};
use super::confirm::count;
use crate::run::store::Repaired;

/// Which run.
#[derive(Debug, Args)]
pub(super) struct RepairArguments {
    /// An id, the start of one, a name, or `last`.
    run: String,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    form: Form,
}

#[derive(Serialize)]
struct Line {
    run_id: String,
    #[serde(flatten)]
    repaired: Repaired,
}

impl RepairArguments {
    pub(super) fn run(&self) -> Result<(), CliError> {
        let runs = self.place.open()?;
        let folder = runs.catalog.find(&self.run)?;
        let (run_id, repaired) = (folder.id(), folder.repair()?);
        if self.form.json {
            return print_json(&Line { run_id, repaired });
        }
        let mut text = String::new();
        if repaired.run_json_written {
            text.push_str(&format!("{run_id}: its run.json is written anew from its log\n"));
        }
        if repaired.damaged_lines > 0 {
            let lines = count(repaired.damaged_lines, "damaged line");
            text.push_str(&format!("{run_id}: {lines} taken out of its log; what they told is missing\n"));
        }
        if repaired.started_put_back {
            text.push_str(&format!("{run_id}: the run's start is in its log again\n"));
        }
        for path in &repaired.kept {
            text.push_str(&format!("  kept as {}\n", escaped(&path.display().to_string())));
        }
        runs.print(if text.is_empty() { format!("{run_id} is not damaged\n") } else { text })
    }
}
