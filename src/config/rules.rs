//! What each key takes: its type, its range, its choices.

use std::path::Path;

use serde::Deserialize;
use toml::Value;

use super::data::image_size;
use super::settings::KEYS;
use super::{AxisScale, Charset, ColorMode, Graphics, Language, Marker, Mouse, Normalize, Notify, Preset, Problem};
use crate::data::{Dataset, LONGEST_SIDE};
use crate::files::at_home;
use crate::protocol::{Anneal, Augmentation, ColorChoice, FineTuning, Fit, Hyper, LayerSpec, Optimizer, ScheduleKind, run_name};

/// The type of a key's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Whole,
    Number,
    Switch,
    Layers,
    Keys,
}

impl Kind {
    /// The type of `key`, which is that of its default, except that a holdout is a count or a fraction.
    pub(super) fn of(key: &str, default: &Value) -> Self {
        match default {
            _ if ["data.validation", "data.test"].contains(&key) => Self::Number,
            _ if key.split_once('.').is_some_and(|(table, _)| table == KEYS) => Self::Keys,
            Value::Integer(_) => Self::Whole,
            Value::Float(_) => Self::Number,
            Value::Boolean(_) => Self::Switch,
            Value::Array(_) => Self::Layers,
            _ => Self::Text,
        }
    }

    /// Reads a value without quotes, as the environment and the command line give it. What is not of this type is
    /// read as what it looks like, for the check to refuse.
    pub(super) fn read(self, text: &str) -> Value {
        let number = || text.parse().map(Value::Integer).or_else(|_| text.parse().map(Value::Float));
        match self {
            Self::Text | Self::Keys => Value::String(text.into()),
            Self::Whole | Self::Number => number().unwrap_or_else(|_| Value::String(text.into())),
            Self::Switch => text.parse().map_or_else(|_| Value::String(text.into()), Value::Boolean),
            Self::Layers => text.parse().unwrap_or_else(|_| Value::String(text.into())),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Text => "text in quotes",
            Self::Whole => "a whole number",
            Self::Number => "a number",
            Self::Switch => "true or false",
            Self::Keys => "a list of keys, such as [\"n\", \"Space\"]",
            Self::Layers => "a list of layers, each a table with its kind",
        }
    }
}

/// The value when `key` can take it; `default` is the value of the key when nobody says anything.
pub(super) fn check(key: &str, default: &Value, value: Value) -> Result<Value, Problem> {
    let kind = Kind::of(key, default);
    let value = match (kind, default, value) {
        // A whole number is a number too, but here it is a count.
        (Kind::Number, Value::Float(_), Value::Integer(number)) if key != "data.test" => Value::Float(number as f64),
        // One key needs no list, and several can stand in one text.
        (Kind::Keys, _, Value::String(text)) => {
            Value::Array(text.split_whitespace().map(|key| Value::String(key.into())).collect())
        }
        (_, _, value) => value,
    };
    match (kind, &value) {
        (Kind::Text, Value::String(text)) => {
            check_text(key, text)?;
            return meant(key, text);
        }
        (Kind::Whole | Kind::Number, Value::Integer(number)) => check_number(key, *number as f64, &value)?,
        (Kind::Number, Value::Float(number)) => check_number(key, *number, &value)?,
        (Kind::Switch, Value::Boolean(_)) => {}
        (Kind::Keys, Value::Array(keys)) if keys.iter().all(Value::is_str) => {}
        (Kind::Layers, Value::Array(layers)) => {
            layers.iter().enumerate().try_for_each(|(i, layer)| check_layer(key, i + 1, layer))?
        }
        _ => return Err(Problem::Type { key: key.into(), expected: kind.name(), found: describe(&value) }),
    }
    Ok(value)
}

fn check_layer(key: &str, number: usize, layer: &Value) -> Result<(), Problem> {
    if !layer.is_table() {
        let found = format!("a list with {} in it", describe(layer));
        return Err(Problem::Type { key: key.into(), expected: Kind::Layers.name(), found });
    }
    let refused = |error: toml::de::Error| Problem::Refused {
        key: format!("{key}, layer {number}"),
        found: layer.to_string(),
        message: error.message().into(),
    };
    LayerSpec::deserialize(layer.clone()).map(|_| ()).map_err(refused)
}

/// The keys that name files and folders.
const PATHS: [&str; 3] = ["runs.dir", "model.init_from", "model.save"];

/// What a text means: of a path where it leads, of a name what a run can be called.
fn meant(key: &str, text: &str) -> Result<Value, Problem> {
    let refused = |message: String| Problem::Refused { key: key.into(), found: format!("{text:?}"), message };
    let meant = match key {
        _ if PATHS.contains(&key) => {
            let path = at_home(Path::new(text)).map_err(|error| refused(error.to_string()))?;
            path.to_str().ok_or_else(|| refused("the home folder's name is not Unicode".into()))?.to_owned()
        }
        // The run may go on from another folder.
        "data.source" if !is_known(text) => {
            let path = at_home(Path::new(text)).map_err(|error| refused(error.to_string()))?;
            let path = std::path::absolute(path).map_err(|error| refused(error.to_string()))?;
            path.to_str().ok_or_else(|| refused("the folder's name is not Unicode".into()))?.to_owned()
        }
        "data.image_size" if !text.is_empty() && image_size(text).is_none() => {
            let message = format!("write a side in pixels or width and height, as in 64 or 64x48, each 1 to {LONGEST_SIDE}");
            return Err(refused(message));
        }
        // Without one, one is made up.
        "train.name" if !text.is_empty() => run_name(text).map_err(|reason| refused(reason.into()))?.to_owned(),
        _ => text.to_owned(),
    };
    Ok(Value::String(meant))
}

fn check_text(key: &str, text: &str) -> Result<(), Problem> {
    if text.chars().any(char::is_control) {
        return Err(Problem::Control { key: key.into(), found: text.into() });
    }
    match choices(key) {
        Some(_) if key == "data.source" && is_folder(text) => Ok(()),
        Some(choices) => check_choice(key, text, &choices.iter().map(|(name, _)| *name).collect::<Vec<_>>()),
        None => Ok(()),
    }
}

/// Whether there is data of this name.
fn is_known(source: &str) -> bool {
    Dataset::CHOICES.iter().any(|(name, _)| *name == source)
}

/// Whether a source of images is written as a folder is, or is one.
fn is_folder(source: &str) -> bool {
    source.contains(['/', std::path::MAIN_SEPARATOR]) || source.starts_with(['.', '~']) || Path::new(source).is_dir()
}

/// The names that `key` takes, each with what it is, when it takes only some.
pub fn choices(key: &str) -> Option<&'static [(&'static str, &'static str)]> {
    match key {
        "train.preset" => Some(&Preset::CHOICES),
        "train.optimizer" => Some(&Optimizer::CHOICES),
        "schedule.kind" => Some(&ScheduleKind::CHOICES),
        "schedule.anneal" => Some(&Anneal::CHOICES),
        "data.source" => Some(&Dataset::CHOICES),
        "data.fit" => Some(&Fit::CHOICES),
        "data.color" => Some(&ColorChoice::CHOICES),
        "data.normalize" => Some(&Normalize::CHOICES),
        "ui.color" => Some(&ColorMode::CHOICES),
        "ui.charset" => Some(&Charset::CHOICES),
        "ui.language" => Some(&Language::CHOICES),
        "ui.marker" => Some(&Marker::CHOICES),
        "ui.graphics" => Some(&Graphics::CHOICES),
        "ui.notify" => Some(&Notify::CHOICES),
        "ui.mouse" => Some(&Mouse::CHOICES),
        "ui.axis" => Some(&AxisScale::CHOICES),
        _ => None,
    }
}

/// Refuses a name that is none of `choices`.
pub(super) fn check_choice(key: &str, name: &str, choices: &[&str]) -> Result<(), Problem> {
    if choices.contains(&name) { Ok(()) } else { Err(wrong_choice(key, name, choices)) }
}

/// What is wrong with a name that is none of `choices`.
pub(super) fn wrong_choice(key: &str, name: &str, choices: &[&str]) -> Problem {
    let nearest = nearest(name, choices.iter().copied(), strsim::damerau_levenshtein).map(str::to_owned);
    Problem::Choice { key: key.into(), choices: choices.join(", "), found: name.into(), nearest }
}

fn check_number(key: &str, number: f64, value: &Value) -> Result<(), Problem> {
    if let Some(hyper) = key.strip_prefix("train.").and_then(Hyper::named) {
        return hyper.check(number).map(|_| ()).map_err(Problem::Hyper);
    }
    let fits = |range: &str, fits: bool| match fits {
        true => Ok(()),
        false => Err(Problem::Range { key: key.into(), range: range.into(), found: describe(value) }),
    };
    let augment = Augmentation::RANGES.iter().find(|(name, ..)| key.strip_prefix("augment.") == Some(*name));
    if let Some((_, most, unit)) = augment {
        return fits(&format!("between 0 (off) and {most}{unit}"), (0.0..=*most).contains(&number));
    }
    match (key, value) {
        _ if !number.is_finite() => fits("a finite number", false),
        ("train.threads", _) => fits("between 0 (one a core) and 1024", (0.0..=1024.0).contains(&number)),
        ("train.head_rate", _) => {
            let most = FineTuning::MOST;
            fits(&format!("between {} and {most}", 1.0 / most), (1.0 / most..=most).contains(&number))
        }
        ("train.until_test_accuracy", _) => fits("between 0 (off) and 1", (0.0..=1.0).contains(&number)),
        ("schedule.warmup", _) => fits("at least 0 and below 1", (0.0..1.0).contains(&number)),
        ("schedule.every" | "schedule.gamma", _) => fits("above 0 and at most 1", number > 0.0 && number <= 1.0),
        ("schedule.initial_factor" | "schedule.final_factor", _) => fits("between 0 and 1", (0.0..=1.0).contains(&number)),
        ("data.validation" | "data.test", Value::Float(_)) => {
            fits("a count of images or a fraction below 1", (0.0..1.0).contains(&number))
        }
        ("runs.keep_checkpoints", _) => fits("between 1 and 1000", (1.0..=1000.0).contains(&number)),
        ("ui.max_fps", _) => fits("between 1 and 60", (1.0..=60.0).contains(&number)),
        _ => fits("0 or more", number >= 0.0),
    }
}

/// A value as messages show it.
pub(super) fn describe(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text:?}"),
        Value::Integer(number) => number.to_string(),
        // With the point, so that 1.0 is seen to be no whole number.
        Value::Float(number) => format!("{number:?}"),
        Value::Boolean(switch) => switch.to_string(),
        Value::Datetime(_) => "a date".into(),
        Value::Array(_) => "an array".into(),
        Value::Table(_) => "a table".into(),
    }
}

/// The key that was probably meant: the one that the last part names, or the one at the least distance, when that is small
/// against its length.
pub(super) fn nearest_key<'a>(key: &str, keys: impl Iterator<Item = &'a str> + Clone) -> Option<&'a str> {
    fn last(path: &str) -> &str {
        path.rsplit('.').next().unwrap_or_default()
    }
    let key = key.replace('-', "_");
    let named = ALIASES.iter().find(|(alias, _)| *alias == last(&key)).map_or(last(&key), |(_, meant)| meant);
    let exact = keys.clone().find(|candidate| *candidate == named || last(candidate) == named);
    let of_last = |a: &str, b: &str| strsim::damerau_levenshtein(last(a), last(b));
    // A key of another table, or without its table, is as near as its own name is.
    let by_last = keys.clone().map(|candidate| (of_last(&key, candidate), candidate));
    let near = by_last.filter(|(distance, candidate)| distance * 3 <= last(&key).len().max(last(candidate).len()));
    exact.or_else(|| nearest(&key, keys, strsim::damerau_levenshtein)).or_else(|| near.min().map(|(_, candidate)| candidate))
}

/// What people call settings that have another name: flags, and what other programs call them.
const ALIASES: [(&str, &str); 5] = [
    ("lr", "train.learning_rate"),
    ("data", "data.source"),
    ("wd", "train.weight_decay"),
    ("bs", "train.batch_size"),
    ("runs_dir", "runs.dir"),
];

/// The candidate at the least distance, when that is small against its length.
pub(super) fn nearest<'a>(
    name: &str,
    candidates: impl Iterator<Item = &'a str>,
    distance: impl Fn(&str, &str) -> usize,
) -> Option<&'a str> {
    let (candidate, distance) = candidates.map(|c| (c, distance(name, c))).min_by_key(|(_, distance)| *distance)?;
    (distance * 3 <= name.chars().count().max(candidate.chars().count())).then_some(candidate)
}
