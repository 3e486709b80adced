//! The flags that stand for settings.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, Args, Command};

use crate::config::{ConfigError, FlagValue, OPTIMIZERS, Settings, Sources, preset};
use crate::data::Dataset;
use crate::ui::Theme;

/// The flags that stand for settings. Their values are texts: the configuration reads and checks them, wherever they
/// come from.
#[derive(Debug, Args)]
#[command(next_help_heading = "Settings")]
pub(super) struct SettingArguments {
    /// The network.
    #[arg(long, value_name = "NAME", value_parser = Names(&preset::NAMES))]
    preset: Option<String>,
    /// How often the training goes through its images.
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    epochs: Option<String>,
    /// Images a step.
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    batch_size: Option<String>,
    /// The learning rate.
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    lr: Option<String>,
    /// What turns gradients into steps.
    #[arg(long, value_name = "NAME", value_parser = Names(&OPTIMIZERS))]
    optimizer: Option<String>,
    /// Everything random follows from it.
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    seed: Option<String>,
    /// Threads that train; 0 for one a core.
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    threads: Option<String>,
    /// The images.
    #[arg(long, value_name = "NAME", value_parser = Names(&Dataset::NAMES))]
    data: Option<String>,
    /// Training images held out for validation: a count, or a fraction below 1.
    #[arg(long, value_name = "N|FRACTION", allow_negative_numbers = true)]
    validation: Option<String>,
    /// Only the first N training images; 0 for all.
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    train_limit: Option<String>,
    /// Stop at the first epoch's end at which the test accuracy reaches X, of 1.
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    until_test_accuracy: Option<String>,
    /// A checkpoint that the parameters start from.
    #[arg(long, value_name = "CHECKPOINT")]
    init_from: Option<String>,
    /// Layers that do not learn: all of a kind, or single ones: conv, or conv1,dense.
    #[arg(long, value_name = "NAMES")]
    freeze: Option<String>,
    /// A file that gets the parameters at the end, as safetensors.
    #[arg(long, value_name = "FILE")]
    save: Option<String>,
    /// What the run is called.
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// The folder of all runs.
    #[arg(long, value_name = "DIR")]
    runs_dir: Option<String>,
    /// The colours of the dashboard; `config themes` lists them.
    #[arg(long, value_name = "NAME")]
    theme: Option<String>,
    /// For slow lines: less than 1 kB/s to the terminal.
    #[arg(long)]
    low_bandwidth: bool,
    /// The configuration file, instead of the user's own.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Any setting, as in `--set train.epochs=3`; `config show` lists them. Can be given more than once.
    #[arg(long, value_name = "TABLE.KEY=VALUE")]
    set: Vec<String>,
}

/// Names that help and completions list. Whether a text is one of them the configuration says; a sweep takes several.
#[derive(Clone, Copy, Debug)]
struct Names(&'static [&'static str]);

impl TypedValueParser for Names {
    type Value = String;

    fn parse_ref(&self, command: &Command, argument: Option<&Arg>, value: &OsStr) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.0.iter().copied().map(PossibleValue::new)))
    }
}

impl SettingArguments {
    /// The threads that were asked for.
    pub(super) fn threads(&self) -> Option<&str> {
        self.threads.as_deref()
    }

    /// The settings that the defaults, the file, the environment and these flags make.
    pub(super) fn settings(&self) -> Result<Settings, ConfigError> {
        let settings = Sources { environment: std::env::vars_os().collect(), ..self.sources() }.settings()?;
        settings.expect_one_of("ui.theme", &Theme::names())?;
        Ok(settings)
    }

    /// What the command line alone says.
    pub(super) fn sources(&self) -> Sources {
        let low_bandwidth = self.low_bandwidth.then(|| "true".to_owned());
        let flags = [
            ("--preset", "train.preset", &self.preset),
            ("--epochs", "train.epochs", &self.epochs),
            ("--batch-size", "train.batch_size", &self.batch_size),
            ("--lr", "train.learning_rate", &self.lr),
            ("--optimizer", "train.optimizer", &self.optimizer),
            ("--seed", "train.seed", &self.seed),
            ("--threads", "train.threads", &self.threads),
            ("--data", "data.source", &self.data),
            ("--validation", "data.validation", &self.validation),
            ("--train-limit", "data.train_limit", &self.train_limit),
            ("--until-test-accuracy", "train.until_test_accuracy", &self.until_test_accuracy),
            ("--init-from", "model.init_from", &self.init_from),
            ("--freeze", "model.freeze", &self.freeze),
            ("--save", "model.save", &self.save),
            ("--name", "train.name", &self.name),
            ("--runs-dir", "runs.dir", &self.runs_dir),
            ("--theme", "ui.theme", &self.theme),
            ("--low-bandwidth", "ui.low_bandwidth", &low_bandwidth),
        ];
        let given = flags.into_iter().filter_map(|(flag, key, value)| Some(FlagValue { flag, key, value: value.clone()? }));
        Sources { file: self.config.clone(), environment: Vec::new(), sets: self.set.clone(), flags: given.collect() }
    }
}
