//! All settings with the place each comes from, and the one way to change one.

use serde::Deserialize;
use toml::{Table, Value};

use super::rules::{self, Kind};
use super::spec::SMALL_HOLDOUT;
use super::{Config, ConfigError, Origin, Problem, preset};

/// The table that has any number of keys.
pub(super) const KEYS: &str = "keys";

/// All settings with the place each comes from.
#[derive(Clone, Debug)]
pub struct Settings {
    config: Config,
    entries: Vec<Setting>,
}

/// One setting.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// The path of its key, `table.key`.
    pub key: String,
    /// Its value now.
    pub value: Value,
    /// Where the value comes from.
    pub origin: Origin,
    default: Value,
}

impl Settings {
    /// Every setting at its default. The keys that exist are those that [`Config`] serializes.
    pub fn defaults() -> Result<Self, ConfigError> {
        let config = Config::default();
        let schema = Table::try_from(&config).map_err(|error| {
            ConfigError::new(
                Origin::Default,
                Problem::Refused { key: "a default".into(), found: "written".into(), message: error.to_string() },
            )
        })?;
        let mut entries = Vec::new();
        for (table, keys) in schema {
            for (key, value) in keys.as_table().into_iter().flatten() {
                let setting = Setting {
                    key: format!("{table}.{key}"),
                    value: value.clone(),
                    origin: Origin::Default,
                    default: value.clone(),
                };
                entries.push(setting);
            }
        }
        Ok(Self { config, entries })
    }

    /// The configuration that these settings make.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The settings in the order of their tables.
    pub fn iter(&self) -> impl Iterator<Item = &Setting> {
        self.entries.iter()
    }

    /// Gives `key` a value, when there is such a key and it can take it.
    pub fn set(&mut self, key: &str, value: Value, origin: Origin) -> Result<(), ConfigError> {
        match self.changed(key, value, &origin) {
            Ok(changed) => {
                *self = changed;
                Ok(())
            }
            Err(problem) => Err(ConfigError::new(origin, problem)),
        }
    }

    /// The same for a value written without quotes, as the environment and the command line give it.
    pub fn set_text(&mut self, key: &str, text: &str, origin: Origin) -> Result<(), ConfigError> {
        let kind = self.entries.iter().find(|entry| entry.key == key).map_or(Kind::Text, |entry| Kind::of(key, &entry.default));
        self.set(key, kind.read(text), origin)
    }

    /// Takes the settings that go with the preset of this name.
    pub(super) fn set_preset(&mut self, name: Option<&Value>) -> Result<(), ConfigError> {
        let Some(name) = name.and_then(Value::as_str) else { return Ok(()) };
        self.set("model.layers", Value::Array(Vec::new()), Origin::Preset(name.into()))?;
        for (table, keys) in preset::settings(name) {
            for (key, value) in keys.as_table().into_iter().flatten() {
                self.set(&format!("{table}.{key}"), value.clone(), Origin::Preset(name.into()))?;
            }
        }
        Ok(())
    }

    /// Holds out fewer images for validation when nobody asked for another number than the default, and `data.train_limit`
    /// leaves no more than that: a twelfth of them, the part that 5000 are of 60000.
    pub(super) fn fit_holdout(&mut self) -> Result<(), ConfigError> {
        let (key, limit) = ("data.validation", self.config.data.train_limit);
        let is_default = |entry: &Setting| match entry.origin {
            Origin::Default | Origin::Preset(_) => true,
            // `config init` writes files with every default.
            Origin::File { .. } => entry.value == entry.default,
            Origin::Environment(_) | Origin::Flag(_) => false,
        };
        let gives_way = self.entries.iter().any(|entry| entry.key == key && is_default(entry));
        // How many there are without a limit is known when they are loaded.
        self.config.data.validation_gives_way = gives_way;
        if limit == 0 || !gives_way || self.config.data.validation.of(limit).is_some() {
            return Ok(());
        }
        self.set(key, Value::Integer((limit / SMALL_HOLDOUT) as i64), Origin::Default)
    }

    /// Refuses the name that `key` has when it is none of `choices`; for names that only the caller knows.
    pub fn expect_one_of(&self, key: &str, choices: &[&str]) -> Result<(), ConfigError> {
        let named = self.entries.iter().find(|entry| entry.key == key);
        let Some((entry, name)) = named.and_then(|entry| Some((entry, entry.value.as_str()?))) else {
            return Err(ConfigError::new(Origin::Default, self.unknown(key)));
        };
        rules::check_choice(key, name, choices).map_err(|problem| ConfigError::new(entry.origin.clone(), problem))
    }

    /// Refuses the value that `key` has; for what is wrong with it only the caller knows.
    pub fn refuse(&self, key: &str, message: String) -> ConfigError {
        let entry = self.entries.iter().find(|entry| entry.key == key);
        let origin = entry.map_or(Origin::Default, |entry| entry.origin.clone());
        let found = entry.map_or_else(String::new, |entry| rules::describe(&entry.value));
        ConfigError::new(origin, Problem::Refused { key: key.into(), found, message })
    }

    /// Whether `name` is one of the tables.
    pub(super) fn has_table(&self, name: &str) -> bool {
        name == KEYS || self.tables().contains(&name)
    }

    fn changed(&self, key: &str, value: Value, origin: &Origin) -> Result<Self, Problem> {
        let mut changed = self.clone();
        if let Some(KEYS) = key.split_once('.').map(|(table, _)| table)
            && !changed.entries.iter().any(|entry| entry.key == key)
        {
            // What keys can be given to is known where there are keys; here, any name can have some.
            let none = Value::Array(Vec::new());
            changed.entries.push(Setting { key: key.into(), value: none.clone(), origin: Origin::Default, default: none });
        }
        let Some(entry) = changed.entries.iter_mut().find(|entry| entry.key == key) else {
            return Err(self.unknown(key));
        };
        entry.value = rules::check(key, &entry.default, value)?;
        entry.origin = origin.clone();
        let found = rules::describe(&entry.value);
        let mut root = Table::new();
        for entry in &changed.entries {
            if let Some((table, key)) = entry.key.split_once('.') {
                let table = root.entry(table).or_insert_with(|| Value::Table(Table::new()));
                table.as_table_mut().map(|table| table.insert(key.into(), entry.value.clone()));
            }
        }
        changed.config = Config::deserialize(root).map_err(|error| Problem::Refused {
            key: key.into(),
            found,
            message: error.message().into(),
        })?;
        Ok(changed)
    }

    /// What is wrong with a key that does not exist.
    fn unknown(&self, key: &str) -> Problem {
        if self.has_table(key) {
            return Problem::Table { key: key.into(), keys: self.keys_of(key).join(", ") };
        }
        let tables = self.tables().into_iter().filter(|_| !key.contains('.'));
        let candidates = self.entries.iter().map(|entry| entry.key.as_str()).chain(tables);
        let advice = match (rules::nearest_key(key, candidates), key.split_once('.')) {
            (Some(nearest), _) => format!("did you mean {nearest}?"),
            (None, Some((table, _))) if self.has_table(table) => {
                format!("the keys of [{table}] are {}", self.keys_of(table).join(", "))
            }
            _ => format!("the tables are {}", self.tables().join(", ")),
        };
        Problem::UnknownKey { key: key.into(), advice }
    }

    fn tables(&self) -> Vec<&str> {
        let mut tables: Vec<&str> = self.entries.iter().filter_map(|entry| Some(entry.key.split_once('.')?.0)).collect();
        tables.dedup();
        tables
    }

    fn keys_of<'a>(&'a self, table: &'a str) -> Vec<&'a str> {
        self.entries.iter().filter_map(|entry| entry.key.strip_prefix(table)?.strip_prefix('.')).collect()
    }
}
