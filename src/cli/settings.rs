//! The flags that stand for settings.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::error::Error;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

use super::path::HomePath;
use crate::app::Keymap;
use crate::config::{ConfigError, FLAGS, Flag, FlagValue, Settings, Sources, choices};
use crate::ui::Theme;

/// Above the flags in the help.
const HEADING: &str = "Settings";

/// The flags that stand for settings. Their values are texts: the configuration reads and checks them, wherever they
/// come from.
#[derive(Debug)]
pub(super) struct SettingArguments {
    flags: Vec<FlagValue>,
    others: OtherArguments,
}

/// What else says something about settings.
#[derive(Debug, Args)]
#[command(next_help_heading = HEADING)]
struct OtherArguments {
    /// The configuration file, instead of the user's own.
    #[arg(long, value_name = "FILE", value_parser = HomePath)]
    config: Option<PathBuf>,
    /// Any setting, as in `--set train.epochs=3`; `config show` lists them. Can be given more than once.
    #[arg(long, value_name = "TABLE.KEY=VALUE")]
    set: Vec<String>,
}

/// Names that help and completions list. Whether a text is one of them the configuration says; a sweep takes several.
#[derive(Clone, Copy, Debug)]
struct Names(&'static [(&'static str, &'static str)]);

impl TypedValueParser for Names {
    type Value = String;

    fn parse_ref(&self, command: &Command, argument: Option<&Arg>, value: &OsStr) -> Result<String, Error> {
        StringValueParser::new().parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.0.iter().map(|(name, help)| PossibleValue::new(*name).help(*help))))
    }
}

/// The flag as clap knows it.
fn argument(flag: &'static Flag) -> Arg {
    let argument = Arg::new(flag.name).long(flag.name.trim_start_matches('-')).help(flag.help).help_heading(HEADING);
    let Some(value) = flag.value else { return argument.action(ArgAction::SetTrue) };
    // What is out of its range is refused by the configuration, which says more.
    let argument = argument.value_name(value).allow_negative_numbers(true);
    match choices(flag.key) {
        Some(choices) => argument.value_parser(Names(choices)),
        None => argument,
    }
}

impl Args for SettingArguments {
    fn augment_args(command: Command) -> Command {
        OtherArguments::augment_args(command.args(FLAGS.iter().map(argument)))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for SettingArguments {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let value = |flag: &Flag| match flag.value {
            Some(_) => matches.get_one::<String>(flag.name).cloned(),
            None => matches.get_flag(flag.name).then(|| "true".to_owned()),
        };
        let flags = FLAGS.iter().filter_map(|flag| Some(FlagValue { flag, value: value(flag)? })).collect();
        Ok(Self { flags, others: OtherArguments::from_arg_matches(matches)? })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl SettingArguments {
    /// The threads that were asked for.
    pub(super) fn threads(&self) -> Option<&str> {
        self.flags.iter().find(|given| given.flag.key == "train.threads").map(|given| given.value.as_str())
    }

    /// The file that was named.
    pub(super) fn file(&self) -> Option<&Path> {
        self.others.config.as_deref()
    }

    /// The settings that the defaults, the file, the environment and these flags make.
    pub(super) fn settings(&self) -> Result<Settings, ConfigError> {
        let settings = Sources { environment: std::env::vars_os().collect(), ..self.sources() }.settings()?;
        settings.expect_one_of("ui.theme", &Theme::names())?;
        Keymap::new(&settings.config().keys).map_err(|(id, error)| settings.refuse(&format!("keys.{id}"), error.to_string()))?;
        Ok(settings)
    }

    /// What the command line alone says.
    pub(super) fn sources(&self) -> Sources {
        let OtherArguments { config, set } = &self.others;
        Sources { file: config.clone(), environment: Vec::new(), sets: set.clone(), flags: self.flags.clone() }
    }
}
