//! `mnist-tui sweep`: trains a grid of runs, or random draws, each in a process of its own.

mod axis;
mod outcome;
mod point;

use std::collections::BTreeMap;
use std::io::Write;
use std::num::NonZero;
use std::process::{Command, ExitCode, Output, Stdio};

use clap::Args;

use super::error::{CliError, escaped};
use super::place::print_json;
use super::print;
use super::settings::SettingArguments;
use super::sweep_error::SweepError;

use crate::config::{Config, ConfigError, FlagValue, Settings, Sources};
use crate::data::Dataset;
use crate::protocol::{DataSpec, Holdout};
use crate::run::store::{Catalog, Listed};
use crate::terminal::{self, TrainError};
use axis::Axis;
use outcome::Outcome;
use point::Point;

/// Trains once with every combination of the values given, and compares what comes out.
///
/// A setting varies when it has several values: `--lr 1e-4,3e-4,1e-3`, and with `--random` a range too: `--lr 1e-4..1e-2`.
/// Runs that are finished are not trained again, and interrupted ones go on.
#[derive(Debug, Args)]
pub(super) struct SweepArguments {
    /// Several values for any setting, as in `--vary train.momentum=0.8,0.9`. Can be given more than once.
    #[arg(long, value_name = "TABLE.KEY=V1,V2")]
    vary: Vec<String>,
    /// Instead of all combinations so many random ones; a range from above 0 is drawn from evenly on a logarithmic scale.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    random: Option<u32>,
    /// Runs that are trained at the same time. They share the threads of `--threads`.
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: u16,
    /// Only the run of this number, counted from 1 as `--dry-run` lists them.
    #[arg(long, value_name = "N")]
    only: Option<usize>,
    /// Train nothing; print the command of each run.
    #[arg(long, visible_alias = "print")]
    dry_run: bool,
    /// At the end, all runs as JSON, alone on standard output.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    settings: SettingArguments,
}

/// A sweep, all checked.
struct Sweep {
    points: Vec<Point>,
    /// What all runs have in common.
    base: Sources,
    config: Config,
    catalog: Catalog,
    jobs: usize,
}

impl SweepArguments {
    pub(super) fn run(&self) -> Result<ExitCode, CliError> {
        let mut sweep = self.sweep()?;
        if let Some(number) = self.only {
            let count = sweep.points.len();
            sweep.points.retain(|point| point.number == number);
            if sweep.points.is_empty() {
                return Err(SweepError::NoSuchRun { number, count }.into());
            }
        }
        if self.dry_run {
            let threads = self.settings.threads();
            let lines = sweep.points.iter().map(|point| point.shell_line(&sweep.base, threads) + "\n");
            return print(&lines.collect::<String>()).map(|()| ExitCode::SUCCESS);
        }
        let (outcomes, signal) = sweep.train()?;
        if self.json {
            print_json(&outcome::as_json(&outcomes))?;
        } else {
            print(&sweep.for_terminal(outcome::table(&outcomes).text(terminal::columns())))?;
        }
        let open = outcomes.iter().filter(|outcome| outcome.is_open()).count();
        if open > 0 {
            sweep.tell(&format!("{open} of {} runs are not finished; the same command goes on with them", outcomes.len()));
        }
        Ok(match signal {
            Some(signal) => ExitCode::from(128 + signal),
            None if outcomes.iter().any(Outcome::is_failed) => ExitCode::FAILURE,
            None => ExitCode::SUCCESS,
        })
    }

    fn sweep(&self) -> Result<Sweep, CliError> {
        let mut base = Sources { environment: std::env::vars_os().collect(), ..self.settings.sources() };
        let axes = Axis::taken_from(&mut base, &self.vary)?;
        let mut settings = base.settings()?;
        // `last` is another run for each of them.
        if let Some(file) = terminal::init_from(settings.config())?.filter(|file| *file != settings.config().model.init_from) {
            base.flags.retain(|given| given.flag.key != "model.init_from");
            base.flags.extend(FlagValue::new("--init-from", &file));
            settings = base.settings()?;
        }
        let config = settings.config().clone();
        if !config.model.save.is_empty() {
            return Err(SweepError::SaveAll { path: config.model.save }.into());
        }
        if !config.runs.record {
            return Err(SweepError::NotRecorded.into());
        }
        let chosen = axis::choices(&axes, self.random, &settings)?;
        // What is the same for many runs is loaded once.
        let mut loaded: Option<(DataSpec, u64, Dataset)> = None;
        let mut points: Vec<Point> = Vec::new();
        for choice in chosen {
            let settings = Self::checked(&base, &choice)?;
            let config = settings.config();
            let (data, seed) =
                (DataSpec { validation: Holdout::Count(0), train_limit: None, ..config.data.spec() }, config.train.seed);
            let dataset = match loaded.take() {
                Some((of, with, dataset)) if (&of, with) == (&data, seed) => dataset,
                _ => Dataset::load(&data, seed)?,
            };
            let spec = config.run_spec_on(&dataset)?;
            loaded = Some((data, seed, dataset));
            let point = Point::new(points.len() + 1, &config.train.name, choice, &settings, spec);
            // 1e-3 and 0.001 are the same, and so may be two draws.
            if points.iter().all(|other| other.name != point.name) {
                points.push(point);
            }
        }
        let catalog = Catalog::new(config.runs.folder().ok_or(TrainError::NoRunsFolder)?);
        Ok(Sweep { points, base, config, catalog, jobs: self.jobs.into() })
    }

    fn checked(base: &Sources, choice: &[axis::Choice]) -> Result<Settings, ConfigError> {
        let mut sources = base.clone();
        choice.iter().for_each(|choice| choice.add_to(&mut sources));
        sources.settings()
    }
}

impl Sweep {
    /// Trains what is not finished; gives what became of each run, and the signal that ended it early.
    fn train(&self) -> Result<(Vec<Outcome>, Option<u8>), CliError> {
        let program = std::env::current_exe().map_err(TrainError::Start)?;
        let found = self.catalog.list()?;
        let mut waiting: Vec<(&Point, Command)> = Vec::new();
        let jobs = self.jobs.min(self.points.len().max(1));
        let threads = match self.config.train.threads {
            0 => std::thread::available_parallelism().map_or(1, NonZero::get),
            threads => threads,
        };
        let threads = (threads / jobs).max(1);
        for point in &self.points {
            let run = point.found_in(&found);
            if run.is_some_and(|run| outcome::is_finished(run) || run.trained_by.is_some()) {
                continue;
            }
            let mut command = Command::new(&program);
            command.args(point.arguments(&self.base, run.map(Listed::id).as_deref(), threads)).stdin(Stdio::null());
            if run.is_some() {
                self.only_go_on(&mut command);
            }
            waiting.push((point, command));
        }
        let (all, left) = (self.points.len(), waiting.len());
        let place = self.catalog.root().display();
        self.tell(&format!("{all} runs in {place}, {} of them done; {jobs} at a time, threads each: {threads}", all - left));
        let (points, commands): (Vec<_>, Vec<_>) = waiting.into_iter().unzip();
        let (mut done, mut refused) = (all - left, BTreeMap::new());
        let signal = terminal::run_all(commands, jobs, |index, output| {
            let point = points[index];
            let told = self.told(output);
            if let Err(reason) = &told {
                refused.insert(point.number, reason.clone());
            }
            done += 1;
            let text = told.unwrap_or_else(|reason| format!("failed: {reason}"));
            self.tell(&format!("{done}/{all} {}: {text}", point.name));
        });
        let signal = signal.map_err(TrainError::Start)?;
        let found = self.catalog.list()?;
        let outcomes = self.points.iter().map(|point| {
            let run = point.found_in(&found).cloned();
            Outcome::new(point.clone(), run, refused.remove(&point.number))
        });
        Ok((outcome::sorted(outcomes.collect()), signal))
    }

    /// A run that goes on has its settings; what this sweep was given for all must not be taken for changes of them.
    fn only_go_on(&self, command: &mut Command) {
        let keep = format!("runs.keep_checkpoints={}", self.config.runs.keep_checkpoints);
        command.arg("--runs-dir").arg(self.catalog.root()).args(["--set", &keep]);
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("MNIST_TUI_") && text != "MNIST_TUI_CONFIG" && !text.starts_with("MNIST_TUI_UI_") {
                command.env_remove(&name);
            }
        }
    }

    /// How a run ended, for people; the error when it has no summary.
    fn told(&self, output: std::io::Result<Output>) -> Result<String, String> {
        let output = output.map_err(|error| error.to_string())?;
        serde_json::from_slice(&output.stdout).map(|summary| outcome::in_a_line(&summary)).map_err(|_| {
            let text = String::from_utf8_lossy(&output.stderr);
            let last = text.lines().last().unwrap_or_default();
            if last.is_empty() { output.status.to_string() } else { last.trim_start_matches("error: ").to_owned() }
        })
    }

    /// Writes a line to standard error. When nobody reads it, the runs are trained all the same.
    fn tell(&self, line: &str) {
        let _ = std::io::stderr().write_all(self.for_terminal(escaped(line) + "\n").as_bytes());
    }

    fn for_terminal(&self, text: String) -> String {
        terminal::in_charset(&self.config.ui, text)
    }
}
