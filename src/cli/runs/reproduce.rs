//! `mnist-tui runs reproduce`: trains a run again and says whether the same comes out.

use std::process::ExitCode;

use clap::Args;

use super::super::error::{CliError, escaped};
use super::super::place::{Form, Place, print_json};
use crate::run::text::grouped;
use crate::terminal::{Reproduction, reproduce};

/// Which run.
#[derive(Debug, Args)]
pub(super) struct ReproduceArguments {
    /// An id, the start of one, a name, or `last`.
    run: String,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    form: Form,
}

impl ReproduceArguments {
    /// The exit code is 0 when the weights are the same, and 1 when they are not.
    pub(super) fn run(&self) -> Result<ExitCode, CliError> {
        let runs = self.place.open()?;
        let reproduction = match reproduce(runs.config(), &self.run)? {
            Ok(reproduction) => reproduction,
            Err(signal) => return Ok(ExitCode::from(128 + signal)),
        };
        if self.form.json {
            print_json(&reproduction)?
        } else {
            runs.print(text(&reproduction))?
        }
        Ok(if reproduction.same { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn text(reproduction: &Reproduction) -> String {
    let Reproduction { run_id, reproduced_as, same, recorded_sha256, weights_sha256, recorded_steps, steps } = reproduction;
    let digest = weights_sha256.as_deref().unwrap_or("none");
    let mut text = if *same {
        format!("the same weights, to the bit, after {} steps\n{digest}\n", grouped(*steps))
    } else {
        format!(
            "other weights\n{recorded_sha256} after {} steps: {}\n{digest} after {} steps: now\n\
             another kind of processor, another version of this program or other data give other weights\n",
            grouped(*recorded_steps),
            escaped(run_id),
            grouped(*steps),
        )
    };
    if let Some(id) = reproduced_as {
        text.push_str(&format!("recorded as {id}\n"));
    }
    text
}
