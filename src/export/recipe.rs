//! How to train a run again: the command line that has its recipe.

use crate::config::{Config, Flag};
use crate::protocol::RunSpec;
use crate::run::text::shell_word;

/// The arguments of `mnist-tui` that make the recipe `spec`, as long as nobody has other defaults in a configuration file.
pub fn arguments(spec: &RunSpec) -> Vec<String> {
    let settings = Config::settings_of(spec);
    let (flags, others): (Vec<_>, Vec<_>) = settings.into_iter().partition(|(key, _)| Flag::of(key).is_some());
    let settings = flags.into_iter().chain(others).flat_map(|(key, value)| Flag::arguments(&key, &value));
    ["--headless".to_owned()].into_iter().chain(settings).collect()
}

/// The command as a shell reads it, in lines.
pub(super) fn command(spec: &RunSpec) -> String {
    let mut command = "mnist-tui".to_owned();
    let (mut width, mut pending) = (command.len(), String::new());
    for argument in arguments(spec) {
        let word = shell_word(&argument);
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
