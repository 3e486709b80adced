//! The flags of the command line that stand for settings, in one table.

use super::FlagValue;

/// A flag that stands for a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flag {
    /// As it is written: `--lr`.
    pub name: &'static str,
    /// The setting: `train.learning_rate`.
    pub key: &'static str,
    /// What help calls its value; `None` for a switch.
    pub value: Option<&'static str>,
    /// What help says of it.
    pub help: &'static str,
    /// Whether a sweep may give it several values. In the others a comma is part of the value.
    pub varies: bool,
}

/// All of them, in the order of the help.
pub const FLAGS: [Flag; 19] = [
    varied("--preset", "train.preset", "NAME", "The network"),
    varied("--epochs", "train.epochs", "N", "How often the training goes through its images"),
    varied("--batch-size", "train.batch_size", "N", "Images a step"),
    varied("--lr", "train.learning_rate", "X", "The learning rate"),
    varied("--optimizer", "train.optimizer", "NAME", "What turns gradients into steps"),
    varied("--seed", "train.seed", "N", "Everything random follows from it"),
    fixed("--threads", "train.threads", "N", "Threads that train; 0 for one a core"),
    varied(
        "--data",
        "data.source",
        "NAME|DIR",
        "The images: a name, or a folder with IDX files or with a folder of pictures for each class",
    ),
    varied("--image-size", "data.image_size", "N|WxH", "The size that pictures of a folder get"),
    varied(
        "--validation",
        "data.validation",
        "N|FRACTION",
        "Training images held out for validation: a count, or a fraction below 1",
    ),
    varied("--train-limit", "data.train_limit", "N", "Only the first N training images; 0 for all"),
    varied(
        "--until-test-accuracy",
        "train.until_test_accuracy",
        "X",
        "Stop at the first epoch's end at which the test accuracy reaches X, of 1",
    ),
    fixed(
        "--init-from",
        "model.init_from",
        "FILE|RUN",
        "What the parameters start from: a safetensors file, or a run, RUN or RUN@STEP",
    ),
    fixed("--freeze", "model.freeze", "NAMES", "Layers that do not learn: all of a kind, or single ones: conv, or conv1,dense"),
    fixed("--save", "model.save", "FILE", "A file that gets the parameters at the end, as safetensors"),
    fixed("--name", "train.name", "TEXT", "What the run is called"),
    fixed("--runs-dir", "runs.dir", "DIR", "The folder of all runs"),
    fixed("--theme", "ui.theme", "NAME", "The colours of the dashboard; `config themes` lists them"),
    Flag {
        name: "--low-bandwidth",
        key: "ui.low_bandwidth",
        value: None,
        help: "For slow lines: less than 1 kB/s to the terminal",
        varies: false,
    },
];

const fn varied(name: &'static str, key: &'static str, value: &'static str, help: &'static str) -> Flag {
    Flag { name, key, value: Some(value), help, varies: true }
}

const fn fixed(name: &'static str, key: &'static str, value: &'static str, help: &'static str) -> Flag {
    Flag { name, key, value: Some(value), help, varies: false }
}

impl Flag {
    /// The flag of a setting, if it has one.
    pub fn of(key: &str) -> Option<&'static Self> {
        FLAGS.iter().find(|flag| flag.key == key)
    }

    /// The command line that gives the setting `key` this value.
    pub fn arguments(key: &str, value: &str) -> Vec<String> {
        match Self::of(key) {
            Some(Self { name, value: Some(_), .. }) => vec![(*name).to_owned(), value.to_owned()],
            Some(Self { name, value: None, .. }) if value == "true" => vec![(*name).to_owned()],
            _ => vec!["--set".to_owned(), format!("{key}={value}")],
        }
    }
}

impl FlagValue {
    /// A value for the flag of this name; `None` when there is no such flag.
    pub fn new(name: &str, value: &str) -> Option<Self> {
        Some(Self { flag: FLAGS.iter().find(|flag| flag.name == name)?, value: value.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Settings;
    use super::*;

    #[test]
    fn every_flag_stands_for_a_setting_of_its_own() {
        let settings = Settings::defaults().expect("defaults");
        for flag in &FLAGS {
            assert!(settings.iter().any(|setting| setting.key == flag.key), "{}", flag.key);
            assert_eq!(Flag::of(flag.key), Some(flag), "{} has two flags", flag.key);
        }
    }

    #[test]
    fn a_switch_has_no_value_on_the_command_line() {
        assert_eq!(Flag::arguments("ui.low_bandwidth", "true"), ["--low-bandwidth"]);
        assert_eq!(Flag::arguments("ui.low_bandwidth", "false"), ["--set", "ui.low_bandwidth=false"]);
        assert_eq!(Flag::arguments("train.epochs", "3"), ["--epochs", "3"]);
    }
}
