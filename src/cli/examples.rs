//! Examples at the end of every help.

use std::fmt::Write;

use clap::Command;
use clap::builder::{StyledStr, Styles};

/// A command line, and what it does.
type Example = (&'static str, &'static str);

/// The examples of each subcommand, by the path to it.
const EXAMPLES: [(&str, &[Example]); 35] = [
    (
        "",
        &[
            ("mnist-tui", "Train, and watch"),
            ("mnist-tui --preset fast --lr 0.002", "Another network and learning rate"),
            ("mnist-tui --headless --json --epochs 3", "No dashboard; a summary as JSON at the end"),
        ],
    ),
    (
        "train",
        &[
            ("mnist-tui train --preset best --name wide", "The most accurate network, under a name"),
            ("mnist-tui train --resume last --epochs 10", "Go on with the newest run for longer than was planned"),
            ("mnist-tui train --branch-from wide@938 --lr 1e-4", "Go on from its checkpoint of step 938 as a new run"),
        ],
    ),
    (
        "attach",
        &[
            ("mnist-tui attach", "The only run that is being trained"),
            ("mnist-tui attach wide --read-only", "One of several, without touching it"),
        ],
    ),
    (
        "sweep",
        &[
            ("mnist-tui sweep --lr 1e-4,3e-4,1e-3 --batch-size 32,128 --jobs 2", "Six runs, two at a time"),
            (
                "mnist-tui sweep --lr 1e-4..1e-2 --vary train.dropout=0..1 --random 20",
                "Twenty random draws from two ranges; that of the rate evenly over its decades",
            ),
            ("mnist-tui sweep --vary schedule.kind=constant,cosine --dry-run", "Only print the command of each run"),
        ],
    ),
    (
        "config",
        &[("mnist-tui config init", "Write a file with every setting"), ("mnist-tui config show", "What is set, and where")],
    ),
    (
        "config show",
        &[
            ("mnist-tui config show", "Every setting, and where its value comes from"),
            ("mnist-tui config show --preset lenet5 > mine.toml", "A network to start one of your own from"),
        ],
    ),
    (
        "config init",
        &[
            ("mnist-tui config init", "Write the file to your configuration folder"),
            ("mnist-tui config init --output mine.toml", "Write it elsewhere, for --config mine.toml"),
        ],
    ),
    ("config keys", &[("mnist-tui config keys", "All keys"), ("mnist-tui config keys > keys.md", "The same in a file")]),
    ("config themes", &[("mnist-tui config themes", "The names for --theme"), ("mnist-tui --theme nord", "One of them")]),
    (
        "runs",
        &[
            ("mnist-tui runs", "All runs, the newest last"),
            ("mnist-tui runs --filter status=running", "Those that are being trained"),
            ("mnist-tui runs show last", "All about one of them"),
        ],
    ),
    (
        "runs list",
        &[
            ("mnist-tui runs list --sort accuracy", "The best last"),
            ("mnist-tui runs list --filter preset=mlp --json", "Those of a preset, for a program"),
        ],
    ),
    (
        "runs browse",
        &[("mnist-tui runs browse", "The page of runs"), ("mnist-tui runs browse --runs-dir old", "That of another folder")],
    ),
    (
        "runs show",
        &[("mnist-tui runs show last", "The newest run"), ("mnist-tui runs show wide --json", "A run by its name, as JSON")],
    ),
    (
        "runs compare",
        &[
            ("mnist-tui runs compare wide narrow", "Two runs"),
            ("mnist-tui runs compare last wide narrow --json", "Three of them, for a program"),
        ],
    ),
    (
        "runs reproduce",
        &[
            ("mnist-tui runs reproduce wide", "Train it again: the same weights?"),
            ("mnist-tui runs reproduce last --json", "The answer as JSON"),
        ],
    ),
    (
        "runs rename",
        &[
            ("mnist-tui runs rename last wide", "A name for the newest run"),
            ("mnist-tui runs rename wide 'wide, lr 0.01'", "A name with spaces"),
        ],
    ),
    (
        "runs note",
        &[
            ("mnist-tui runs note last 'diverged at 0.1'", "Write something about the newest run"),
            ("mnist-tui runs note wide ''", "Take the note away"),
        ],
    ),
    ("runs pin", &[("mnist-tui runs pin last", "Keep the newest run"), ("mnist-tui runs pin wide", "Keep one by its name")]),
    ("runs unpin", &[("mnist-tui runs unpin last", "The newest run may go"), ("mnist-tui runs unpin wide", "One by its name")]),
    (
        "runs remove",
        &[
            ("mnist-tui runs remove wide narrow", "Ask, then move two runs to .trash"),
            ("mnist-tui runs remove last --yes", "Do not ask"),
        ],
    ),
    (
        "runs repair",
        &[
            ("mnist-tui runs repair wide", "Take the damaged lines out of its log, and keep them beside it"),
            ("mnist-tui runs repair last --json", "What was done, for programs"),
        ],
    ),
    (
        "runs restore",
        &[("mnist-tui runs restore", "What is in the trash, with sizes"), ("mnist-tui runs restore wide", "One comes back")],
    ),
    (
        "runs empty-trash",
        &[
            ("mnist-tui runs empty-trash --dry-run", "Say what would go, and how large it is"),
            ("mnist-tui runs empty-trash --older-than 30 --yes", "Without asking, what was removed a month ago"),
        ],
    ),
    (
        "runs prune",
        &[
            ("mnist-tui runs prune --keep 20 --dry-run", "Which runs are older than the newest twenty?"),
            ("mnist-tui runs prune --checkpoints --yes", "Keep all runs, but only their best and newest checkpoints"),
        ],
    ),
    (
        "replay",
        &[
            ("mnist-tui replay last", "The newest run as it was"),
            ("mnist-tui replay wide --speed 20", "Another one, twenty times as fast"),
        ],
    ),
    (
        "export",
        &[
            ("mnist-tui export last --format html", "A report in a file named after the run"),
            ("mnist-tui export wide narrow --format csv --output -", "The steps of two runs on standard output"),
            ("mnist-tui export last --format onnx --output digits.onnx", "The network for another program"),
        ],
    ),
    (
        "evaluate",
        &[
            ("mnist-tui evaluate last", "The newest run on its test images"),
            ("mnist-tui evaluate wide narrow --show", "Whether two runs differ, and the images on which they do"),
            ("mnist-tui evaluate wide.safetensors --data pictures --split all --json", "A file on a folder of other images"),
        ],
    ),
    (
        "predict",
        &[
            ("mnist-tui predict last seven.png photographs", "What the newest run takes a picture and those in a folder for"),
            ("mnist-tui predict digits seven.png --show", "What the network within the program takes it for, and as it saw it"),
            (
                "mnist-tui predict last sheet.png --find --output marked.png",
                "Every digit on a sheet, and the sheet with boxes around them",
            ),
        ],
    ),
    ("data", &[("mnist-tui data list", "What there is"), ("mnist-tui data show people", "What is in a folder")]),
    (
        "data fetch",
        &[
            ("mnist-tui data fetch fashion-mnist", "Clothes in the place of digits; then: mnist-tui --data fashion-mnist"),
            ("mnist-tui data fetch emnist-letters --output letters", "Into a folder of your own; then: mnist-tui --data letters"),
        ],
    ),
    (
        "data show",
        &[
            ("mnist-tui data show people", "Classes, sizes, notes and images of a folder of pictures"),
            ("mnist-tui data show people --image-size 46x56 --set data.fit=crop", "As they would be read with these settings"),
        ],
    ),
    ("data list", &[("mnist-tui data list", "Names and sizes"), ("mnist-tui --data mnist", "Train on one of them")]),
    (
        "data verify",
        &[
            ("mnist-tui data verify", "Compare all digests"),
            ("mnist-tui data verify kmnist > /dev/null", "Those of a set; only the exit code"),
        ],
    ),
    (
        "completions",
        &[
            ("mnist-tui completions bash > ~/.local/share/bash-completion/completions/mnist-tui", "For bash"),
            ("mnist-tui completions fish > ~/.config/fish/completions/mnist-tui.fish", "For fish"),
        ],
    ),
    (
        "man",
        &[
            ("mnist-tui man ~/.local/share/man/man1", "For your own `man mnist-tui`"),
            ("mnist-tui man pages", "In a folder of this one"),
        ],
    ),
];
/// The command with examples at the end of its help and that of its subcommands.
pub(super) fn added_to(command: Command) -> Command {
    added_below(command, "")
}

fn added_below(command: Command, path: &str) -> Command {
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    let examples = EXAMPLES.iter().find(|(of, _)| *of == path).map_or(&[][..], |(_, examples)| examples);
    let command = if examples.is_empty() { command } else { command.after_help(text(examples)) };
    names.into_iter().fold(command, |command, name| {
        let path = format!("{path} {name}").trim_start().to_owned();
        command.mut_subcommand(name, |sub| added_below(sub, &path))
    })
}

fn text(examples: &[Example]) -> StyledStr {
    let styles = Styles::default();
    let (header, literal) = (styles.get_header(), styles.get_literal());
    let mut text = StyledStr::new();
    // Writing to a string cannot fail.
    let _ = write!(text, "{header}Examples:{header:#}");
    for (line, what) in examples {
        let _ = write!(text, "\n  {literal}{line}{literal:#}\n      {what}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every subcommand below `command`, itself included, by the path to it.
    fn paths(command: &Command, path: &str, found: &mut Vec<String>) {
        found.push(path.to_owned());
        for sub in command.get_subcommands() {
            paths(sub, format!("{path} {}", sub.get_name()).trim_start(), found);
        }
    }

    /// The words of a line as a shell makes them, up to where its output goes.
    fn words(line: &str) -> Vec<String> {
        let line = line.split(" > ").next().unwrap_or_default();
        let parts = line.split('\'').enumerate();
        let words = parts.flat_map(|(at, part)| match at % 2 {
            0 => part.split_whitespace().map(str::to_owned).collect::<Vec<_>>(),
            _ => vec![part.to_owned()],
        });
        words.collect()
    }

    #[test]
    fn every_subcommand_has_two_or_three_examples_that_are_understood() {
        let mut all = Vec::new();
        paths(&crate::cli::command(), "", &mut all);
        for path in &all {
            let (_, examples) = EXAMPLES.iter().find(|(of, _)| of == path).unwrap_or_else(|| panic!("no examples of {path:?}"));
            assert!((2..=3).contains(&examples.len()), "{path:?}");
            for (line, _) in *examples {
                if let Err(error) = crate::cli::command().try_get_matches_from(words(line)) {
                    panic!("{line}\n{error}");
                }
            }
        }
        assert!(EXAMPLES.iter().all(|(path, _)| all.iter().any(|known| known == path)), "examples of no command");
    }

    #[test]
    fn they_stand_at_the_end_of_the_help() {
        let mut command = crate::cli::command();
        let sweep = command.find_subcommand_mut("sweep").expect("there is one").render_long_help().to_string();
        let (_, examples) = sweep.split_once("Examples:").expect("examples");
        assert!(examples.contains("--vary train.dropout=0..1 --random 20\n"), "{examples}");
    }
}
