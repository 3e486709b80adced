//! What the documentation says is what the program does: its links, commands, flags, settings and keys.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use mnist_tui::app::{Keymap, keys_markdown};
use mnist_tui::cli;
use mnist_tui::config::{Preset, Settings};
use mnist_tui::export::Format;
use mnist_tui::protocol::{Optimizer, ScheduleKind};
use mnist_tui::ui::Theme;

/// A document: where it is, and what it says.
struct Document {
    path: PathBuf,
    text: String,
}

impl Document {
    /// That of this name below the top folder.
    fn named(name: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        Self { path, text }
    }

    /// Those in the top folder and in `docs`.
    fn all() -> Vec<Self> {
        let names = ["", "docs"].into_iter().flat_map(|folder| {
            let files = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).expect("a folder");
            files.map(move |file| Path::new(folder).join(file.expect("an entry").file_name()))
        });
        let documents = names.filter(|name| name.extension().is_some_and(|extension| extension == "md"));
        documents.map(|name| Self::named(&name.to_string_lossy())).collect()
    }

    fn name(&self) -> String {
        self.path.strip_prefix(env!("CARGO_MANIFEST_DIR")).expect("below the top").display().to_string()
    }

    /// Whether it tells users about the program as it is; the changelog tells of the past.
    fn is_manual(&self) -> bool {
        !self.name().contains("CHANGELOG")
    }

    /// What stands between backticks outside of blocks of code.
    fn code_spans(&self) -> Vec<&str> {
        let prose = self.text.split("\n```").step_by(2);
        prose.flat_map(|prose| prose.split('`').skip(1).step_by(2)).collect()
    }

    /// The lines of its blocks of code for a shell, continued ones as one.
    fn shell_lines(&self) -> Vec<String> {
        let blocks = self.text.split("\n```sh\n").skip(1).filter_map(|rest| rest.split("\n```").next());
        blocks.flat_map(|block| block.replace("\\\n", " ").lines().map(str::to_owned).collect::<Vec<_>>()).collect()
    }

    /// What links to its headings are called.
    fn anchors(&self) -> BTreeSet<String> {
        let headings = self.text.lines().filter(|line| line.starts_with('#'));
        let anchor = |heading: &str| {
            let title = heading.trim_start_matches('#').trim().to_lowercase();
            title.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c)).collect::<String>().replace(' ', "-")
        };
        headings.map(anchor).collect()
    }
}

/// The command of this program in a line for a shell, as words; `None` when there is none.
fn command(line: &str) -> Option<Vec<&str>> {
    let line = line.split(" # ").next().unwrap_or_default();
    let words = line.split_whitespace().take_while(|word| ![">", "|"].contains(word));
    // What a variable of the shell stands for is a number in all of them.
    let words = words.map(|word| word.trim_matches('"')).map(|word| if word.starts_with('$') { "1" } else { word });
    let words: Vec<&str> = words.skip_while(|word| *word != "mnist-tui").collect();
    (!words.is_empty()).then_some(words)
}

#[test]
fn keys_are_those_of_the_table_of_actions() {
    let keys = keys_markdown(&Keymap::default());
    assert!(Document::named("docs/keys.md").text.contains(keys.trim()), "put this into docs/keys.md:\n{keys}");
}

#[test]
fn every_name_that_can_be_chosen_is_in_the_reference() {
    let configuration = Document::named("docs/configuration.md");
    let chosen = Preset::CHOICES.iter().chain(&Optimizer::CHOICES).chain(&ScheduleKind::CHOICES).map(|(name, _)| *name);
    for name in chosen.chain(Theme::names()) {
        assert!(configuration.code_spans().contains(&name), "{name}");
    }
    for format in Format::ALL {
        let row = format!("| `{}` |", format.name());
        assert!(Document::named("docs/exports.md").text.contains(&row), "{row}");
    }
}

#[test]
fn links_lead_somewhere() {
    for document in Document::all() {
        let name = document.name();
        let links = document.text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for link in links.filter(|link| !link.starts_with("http")) {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { document.path.clone() } else { document.path.with_file_name(file) };
            assert!(target.exists(), "{name}: {link}");
            if !anchor.is_empty() {
                let text = fs::read_to_string(&target).expect("text");
                assert!(Document { path: target, text }.anchors().contains(anchor), "{name}: {link}");
            }
        }
    }
}

#[test]
fn commands_are_understood() {
    let mut tried = 0;
    for document in Document::all().into_iter().filter(Document::is_manual) {
        for line in document.shell_lines() {
            let Some(words) = command(&line) else { continue };
            if let Err(error) = cli::command().try_get_matches_from(words) {
                panic!("{}: {line}\n{error}", document.name());
            }
            tried += 1;
        }
    }
    assert!(tried > 30, "{tried}");
}

#[test]
fn flags_exist() {
    fn flags(command: &clap::Command, known: &mut BTreeSet<String>) {
        known.extend(command.get_arguments().filter_map(|argument| Some(format!("--{}", argument.get_long()?))));
        command.get_subcommands().for_each(|command| flags(command, known));
    }
    let mut known = BTreeSet::from(["--help".into(), "--version".into()]);
    flags(&cli::command(), &mut known);
    for document in Document::all().into_iter().filter(Document::is_manual) {
        // A command of another program has flags of its own.
        let spans = document.code_spans().into_iter().filter(|span| span.starts_with("--") || span.starts_with("mnist-tui"));
        for word in spans.flat_map(str::split_whitespace).filter(|word| word.starts_with("--")) {
            let flag = word.split('=').next().unwrap_or_default();
            assert!(known.contains(flag), "{}: {flag}", document.name());
        }
    }
}

#[test]
fn settings_exist() {
    let settings = Settings::defaults().expect("defaults");
    let keys: Vec<&str> = settings.iter().map(|setting| setting.key.as_str()).collect();
    let table =
        |key: &str| key.split_once('.').is_some_and(|(table, _)| keys.iter().any(|key| key.starts_with(&format!("{table}."))));
    for document in Document::all().into_iter().filter(|document| document.is_manual() && document.name() != "docs/keys.md") {
        for span in document.code_spans() {
            let key = span.split(['=', ' ']).next().unwrap_or_default();
            let is_key = key.chars().all(|c| c.is_ascii_lowercase() || "_.".contains(c)) && !key.ends_with(".rs");
            assert!(!is_key || !table(key) || keys.contains(&key), "{}: {key}", document.name());
        }
    }
}
