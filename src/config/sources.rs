//! Where settings are looked for, in the order in which one overrules the other.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use directories::ProjectDirs;
use serde::Deserialize;
use toml::Value;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::rules::{nearest, nearest_key};
use super::{ConfigError, Flag, Origin, Problem, Setting, Settings};
use crate::files::{at_home, dangling};

/// The beginning of the names of environment variables that are settings: `MNIST_TUI_<TABLE>_<KEY>`.
const PREFIX: &str = "MNIST_TUI_";

/// The environment variable that names the configuration file.
const FILE_VARIABLE: &str = "MNIST_TUI_CONFIG";

/// Where settings are looked for: in a file, then in the environment, then on the command line.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The file of `--config`. Without it, the one of `MNIST_TUI_CONFIG`; without that, the user's own, if there is one.
    pub file: Option<PathBuf>,
    /// All environment variables; those with another prefix are ignored.
    pub environment: Vec<(OsString, OsString)>,
    /// Each `--set`, as `table.key=value`.
    pub sets: Vec<String>,
    /// The flags that stand for a setting; they overrule `sets`.
    pub flags: Vec<FlagValue>,
}

/// A flag that stands for a setting, with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlagValue {
    /// The flag.
    pub flag: &'static Flag,
    /// The value.
    pub value: String,
}

impl Sources {
    /// The user's own configuration file; `None` when the system names no home for it.
    pub fn default_file() -> Option<PathBuf> {
        ProjectDirs::from("", "", "mnist-tui").map(|folders| folders.config_dir().join("config.toml"))
    }

    /// All settings, each from the last source that has it. The first thing wrong is an error.
    ///
    /// The settings of a preset come right before the source that names it: `--preset best` overrules the file, and
    /// `--epochs 3` overrules `--preset best`. A default that other settings leave no room for gives way: where
    /// `data.train_limit` leaves no more images than would be held out for validation, a twelfth of them is held out.
    pub fn settings(&self) -> Result<Settings, ConfigError> {
        let named = self.all(None)?;
        let mut settings = self.all(named.iter().find(|setting| setting.key == "train.preset"))?;
        settings.fit_holdout()?;
        Ok(settings)
    }

    /// The sources one after the other, with the settings of `preset` where it is named.
    fn all(&self, preset: Option<&Setting>) -> Result<Settings, ConfigError> {
        let preset_of = |source: fn(&Origin) -> bool| preset.filter(|preset| source(&preset.origin)).map(|preset| &preset.value);
        let mut settings = Settings::defaults()?;
        settings.set_preset(preset_of(|origin| *origin == Origin::Default))?;
        let named = self.environment.iter().find(|(name, path)| name == FILE_VARIABLE && !path.is_empty());
        let named = named.map(|(_, path)| {
            let origin = || Origin::Environment(FILE_VARIABLE.into());
            at_home(Path::new(path)).map_err(|error| ConfigError::new(origin(), Problem::Home(error)))
        });
        let own = || Self::default_file().filter(|path| path.symlink_metadata().is_ok());
        if let Some(path) = self.file.clone().map(Ok).or(named).transpose()?.or_else(own) {
            settings.set_preset(preset_of(|origin| matches!(origin, Origin::File { .. })))?;
            apply_file(&mut settings, &path)?;
        }
        settings.set_preset(preset_of(|origin| matches!(origin, Origin::Environment(_))))?;
        self.apply_environment(&mut settings)?;
        settings.set_preset(preset_of(|origin| matches!(origin, Origin::Flag(_))))?;
        for set in &self.sets {
            let origin = Origin::Flag(format!("--set {set}"));
            match set.split_once('=') {
                Some((key, value)) => settings.set_text(key.trim(), value.trim(), origin)?,
                None => return Err(ConfigError::new(origin, Problem::NoValue)),
            }
        }
        for FlagValue { flag, value } in &self.flags {
            settings.set_text(flag.key, value, Origin::Flag(format!("{} {value}", flag.name)))?;
        }
        Ok(settings)
    }

    fn apply_environment(&self, settings: &mut Settings) -> Result<(), ConfigError> {
        let variable = |key: &str| format!("{PREFIX}{}", key.replace('.', "_").to_uppercase());
        let keys: Vec<(String, String)> = settings.iter().map(|entry| (variable(&entry.key), entry.key.clone())).collect();
        let mut given: Vec<&(OsString, OsString)> = self.environment.iter().collect();
        // The environment has no order, but the first error should be the same every time.
        given.sort();
        for (name, value) in given {
            let name = name.to_string_lossy();
            // A variable that is set to nothing is not set.
            if !name.starts_with(PREFIX) || name == FILE_VARIABLE || value.is_empty() {
                continue;
            }
            let origin = Origin::Environment(name.clone().into_owned());
            let Some((_, key)) = keys.iter().find(|(variable, _)| *variable == name) else {
                // Without the prefix that all share, which would make everything near.
                let known = keys.iter().map(|(variable, _)| variable.as_str()).chain([FILE_VARIABLE]);
                let known = known.filter_map(|variable| variable.strip_prefix(PREFIX));
                let asked = &name[PREFIX.len()..];
                let as_key = asked.to_lowercase().replacen('_', ".", 1);
                let by_key = || nearest_key(&as_key, keys.iter().map(|(_, key)| key.as_str())).map(variable);
                let near = nearest(asked, known, strsim::damerau_levenshtein).map(|name| format!("{PREFIX}{name}"));
                let advice = match near.or_else(by_key) {
                    Some(nearest) => format!("did you mean {nearest}?"),
                    None => format!("their names are {PREFIX}<TABLE>_<KEY>, like {PREFIX}TRAIN_EPOCHS"),
                };
                return Err(ConfigError::new(origin, Problem::UnknownVariable { advice }));
            };
            match value.to_str() {
                Some(value) => settings.set_text(key, value, origin)?,
                None => return Err(ConfigError::new(origin, Problem::NotUnicode)),
            }
        }
        Ok(())
    }
}

/// Takes the settings of the TOML file at `path`.
fn apply_file(settings: &mut Settings, path: &Path) -> Result<(), ConfigError> {
    let failed = |problem| ConfigError::new(Origin::File { path: path.into(), line: None }, problem);
    let bytes = std::fs::read(path).map_err(|error| match dangling(path) {
        Some(target) => failed(Problem::Dangling { target }),
        None => failed(Problem::Unreadable(error)),
    })?;
    // Some editors begin UTF-8 with a mark.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    apply_toml(settings, path, std::str::from_utf8(bytes).map_err(|_| failed(Problem::NotUtf8))?)
}

/// Takes the settings of a TOML file's text.
pub(super) fn apply_toml(settings: &mut Settings, path: &Path, text: &str) -> Result<(), ConfigError> {
    let line = |offset: usize| text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1;
    let origin = |offset: Option<usize>| Origin::File { path: path.into(), line: offset.map(line) };
    let syntax = |error: toml::de::Error| {
        ConfigError::new(origin(error.span().map(|span| span.start)), Problem::Syntax(error.message().replace('\n', ", ")))
    };
    for (table, content) in DeTable::parse(text).map_err(syntax)?.into_inner() {
        let at_table = origin(Some(table.span().start));
        let table = table.into_inner();
        match content.get_ref() {
            DeValue::Table(keys) if settings.has_table(&table) => {
                for (key, value) in keys {
                    let path = format!("{table}.{}", key.get_ref());
                    let at_key = origin(Some(key.span().start));
                    let value = Value::deserialize(ValueDeserializer::from(value.clone())).map_err(syntax)?;
                    settings.set(&path, value, at_key)?;
                }
            }
            _ => {
                let value = Value::deserialize(ValueDeserializer::from(content)).map_err(syntax)?;
                settings.set(&table, value, at_table)?;
            }
        }
    }
    Ok(())
}
