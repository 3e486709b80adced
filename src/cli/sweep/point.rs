//! One run of a sweep: its name, its command, and how it is found again.

use toml::Value;

use super::axis::Choice;
use super::outcome::is_finished;
use crate::config::{Flag, Settings, Sources};
use crate::protocol::RunSpec;
use crate::run::store::Listed;
use crate::run::text::shell_word;

/// One run of a sweep.
#[derive(Clone, Debug)]
pub(super) struct Point {
    /// Counted from 1.
    pub number: usize,
    /// What the run is called: `batch_size=32 lr=0.001`.
    pub name: String,
    /// The values that it does not share with all others, by their keys.
    pub values: Vec<(String, Value)>,
    choice: Vec<Choice>,
    spec: RunSpec,
}

impl Point {
    /// A run with these values; `prefix` is what all names begin with.
    pub fn new(number: usize, prefix: &str, choice: Vec<Choice>, settings: &Settings, spec: RunSpec) -> Self {
        let value = |key: &str| settings.iter().find(|setting| setting.key == key).map(|setting| setting.value.clone());
        let values: Vec<(String, Value)> = choice.iter().filter_map(|c| Some((c.key().to_owned(), value(c.key())?))).collect();
        let parts = values.iter().map(|(key, value)| format!("{}={}", short(key), plain(value)));
        let name = Some(prefix.to_owned()).filter(|prefix| !prefix.is_empty()).into_iter().chain(parts);
        Self { number, name: name.collect::<Vec<_>>().join(" "), values, choice, spec }
    }

    /// The run among those that are recorded: of this name when it started, and of this very recipe. A finished one before
    /// others, the newest of several.
    pub fn found_in<'a>(&self, runs: &'a [Listed]) -> Option<&'a Listed> {
        let is_same = |recorded: &RunSpec| {
            let mut own = self.spec.clone();
            // What starts anew is found out when a run starts, and older programs did not write down what the images were.
            own.fine_tuning.renewed.clone_from(&recorded.fine_tuning.renewed);
            own.data.content = own.data.content.filter(|_| recorded.data.content.is_some());
            own == *recorded
        };
        let is_this = |run: &&Listed| run.about.started.name == self.name && is_same(&run.about.started.spec);
        runs.iter().filter(is_this).max_by_key(|run| is_finished(run))
    }

    /// The command that trains it, or goes on with it when it has been recorded.
    pub fn arguments(&self, base: &Sources, recorded: Option<&str>, threads: usize) -> Vec<String> {
        let mut arguments = ["train", "--headless", "--json", "--threads", &threads.to_string()].map(str::to_owned).to_vec();
        if let Some(id) = recorded {
            // Everything else is as it was recorded.
            arguments.extend(["--resume".into(), id.to_owned()]);
        } else {
            arguments.extend(self.recipe(base));
        }
        // A file that is named with a run that goes on would ask for changes.
        if let Some(file) = base.file.as_ref().filter(|_| recorded.is_none()) {
            arguments.extend(["--config".into(), file.display().to_string()]);
        }
        let sets = base.sets.iter().filter(|set| recorded.is_none() || is_place(set));
        arguments.extend(sets.flat_map(|set| ["--set".to_owned(), set.clone()]));
        let places = base.flags.iter().filter(|given| is_place(given.flag.key));
        // Whoever goes on names the folder.
        let flags = places.filter(|given| recorded.is_none() || given.flag.key != "runs.dir");
        arguments.extend(flags.flat_map(|given| Flag::arguments(given.flag.key, &given.value)));
        arguments
    }

    /// The command that trains it, for a shell.
    pub fn shell_line(&self, base: &Sources, threads: Option<&str>) -> String {
        let mut words = ["mnist-tui", "train", "--headless"].map(str::to_owned).to_vec();
        words.extend(threads.into_iter().flat_map(|threads| ["--threads".to_owned(), threads.to_owned()]));
        // Without what a sweep adds for itself.
        words.extend(self.arguments(base, None, 0).split_off(5));
        words.iter().map(|word| shell_word(word)).collect::<Vec<_>>().join(" ")
    }

    /// What it is called and what it is made of, apart from files, `--set` and places.
    fn recipe(&self, base: &Sources) -> Vec<String> {
        // The sweep has names and numbers of threads of its own.
        let own = |key: &str| ["train.name", "train.threads"].contains(&key);
        let flags = base.flags.iter().filter(|given| !own(given.flag.key) && !is_place(given.flag.key));
        let mut arguments = vec!["--name".to_owned(), self.name.clone()];
        arguments.extend(flags.flat_map(|given| Flag::arguments(given.flag.key, &given.value)));
        arguments.extend(self.choice.iter().flat_map(Choice::arguments));
        arguments
    }
}

/// Whether a setting says where runs are kept and how they look rather than what is trained.
fn is_place(setting: &str) -> bool {
    setting.starts_with("runs.") || setting.starts_with("ui.")
}

/// The key without its table.
fn short(key: &str) -> &str {
    match key {
        "train.learning_rate" => "lr",
        _ => key.rsplit('.').next().unwrap_or(key),
    }
}

/// A value without quotes; a whole number without its point.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Float(number) => number.to_string(),
        other => other.to_string(),
    }
}
