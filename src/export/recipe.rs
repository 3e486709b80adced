//! How to train a run again: the command line that has its recipe.

use serde_json::Value;

use crate::protocol::{Augmentation, Holdout, Hyper, Hyperparameters, RunSpec, Schedule};

/// The arguments of `mnist-tui` that make the recipe `spec`, as long as nobody has other defaults in a configuration file.
pub fn arguments(spec: &RunSpec) -> Vec<String> {
    let RunSpec { hyperparameters, data, .. } = spec;
    let mut arguments = vec!["--headless".to_owned()];
    let mut flag = |name: &str, value: String| arguments.extend([name.to_owned(), value]);
    if spec.preset != "custom" {
        flag("--preset", spec.preset.clone());
    }
    flag("--seed", spec.seed.to_string());
    flag("--epochs", hyperparameters.epochs.to_string());
    flag("--batch-size", hyperparameters.batch_size.to_string());
    flag("--lr", hyperparameters.learning_rate.to_string());
    flag("--optimizer", text(&serde_json::json!(spec.optimizer)));
    if data.source != "mnist" {
        flag("--data", data.source.clone());
    }
    flag(
        "--validation",
        match data.validation {
            Holdout::Count(count) => count.to_string(),
            Holdout::Fraction(part) => part.to_string(),
        },
    );
    if let Some(limit) = data.train_limit {
        flag("--train-limit", limit.to_string());
    }
    if let Some(target) = spec.until_test_accuracy {
        flag("--until-test-accuracy", target.to_string());
    }
    if let Some(path) = &spec.init_from {
        flag("--init-from", path.clone());
    }
    if !spec.freeze.is_empty() {
        flag("--freeze", spec.freeze.join(","));
    }
    arguments.extend(sets(spec).into_iter().flat_map(|(key, value)| ["--set".to_owned(), format!("{key}={value}")]));
    arguments
}

/// The settings that have no flag and are not at their defaults.
fn sets(spec: &RunSpec) -> Vec<(String, String)> {
    let mut sets = Vec::new();
    let defaults = Hyperparameters::default();
    let flags = [Hyper::LearningRate, Hyper::BatchSize, Hyper::Epochs];
    for hyper in Hyper::ALL.into_iter().filter(|hyper| !flags.contains(hyper)) {
        let value = spec.hyperparameters.get(hyper);
        if value != defaults.get(hyper) {
            sets.push((format!("train.{}", hyper.key()), value.to_string()));
        }
    }
    if spec.min_delta != 0.0 {
        sets.push(("train.min_delta".into(), spec.min_delta.to_string()));
    }
    if spec.schedule != Schedule::Constant {
        sets.extend(fields("schedule", &serde_json::json!(spec.schedule), &Value::Null));
    }
    sets.extend(fields("augment", &serde_json::json!(spec.augmentation), &serde_json::json!(Augmentation::default())));
    if spec.preset == "custom"
        && let Ok(layers) = toml::Value::try_from(&spec.layers)
    {
        sets.push(("model.layers".into(), layers.to_string()));
    }
    sets
}

/// The keys of a table whose values are not those of `defaults`.
fn fields(table: &str, values: &Value, defaults: &Value) -> Vec<(String, String)> {
    let fields = values.as_object().into_iter().flatten().filter(|(key, value)| defaults.get(key) != Some(value));
    fields.map(|(key, value)| (format!("{table}.{key}"), text(value))).collect()
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The command as a shell reads it, in lines.
pub(super) fn command(spec: &RunSpec) -> String {
    let mut command = "mnist-tui".to_owned();
    let (mut width, mut pending) = (command.len(), String::new());
    for argument in arguments(spec) {
        let word = quoted(&argument);
        // A flag stays with its value.
        if argument.starts_with("--") && argument != "--headless" {
            pending = word;
            continue;
        }
        let part = if pending.is_empty() { word } else { format!("{} {word}", std::mem::take(&mut pending)) };
        if width + part.len() > 96 {
            command.push_str(" \\\n   ");
            width = 3;
        }
        width += part.len() + 1;
        command.push(' ');
        command.push_str(&part);
    }
    command
}

/// A word as a shell takes it for one.
fn quoted(word: &str) -> String {
    let plain = !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || "-_./=,:".contains(c));
    if plain { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}
