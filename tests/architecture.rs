//! The rules that keep the parts of the program apart, checked on its sources.

use std::fs;
use std::path::{Path, PathBuf};

/// The longest a file may grow; past about 400 lines it usually wants to be two.
const MOST_LINES: usize = 450;

/// Who alone may speak of a dependency.
const OWNERS: [(&str, &[&str]); 5] = [
    ("dfdx", &["nn"]),
    ("ratatui", &["ui", "terminal"]),
    ("tokio", &["link", "terminal"]),
    ("crossterm", &["terminal"]),
    ("ureq", &["data"]),
];

/// The other modules of the crate that a module may import.
const IMPORTS: [(&str, &[&str]); 6] = [
    ("protocol", &[]),
    ("files", &[]),
    ("text", &["protocol"]),
    ("data", &["protocol", "config", "causes", "files"]),
    ("config", &["protocol", "data", "files"]),
    ("export", &["ui", "run", "protocol", "text", "nn", "data", "files", "config", "causes"]),
];

/// A source file: its path below the top folder, and its text.
struct Source {
    path: PathBuf,
    text: String,
}

impl Source {
    /// All Rust files in `folder`, which stands below the top folder.
    fn all(folder: &str) -> Vec<Self> {
        let top = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut sources = Vec::new();
        let mut folders = vec![top.join(folder)];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    let text = fs::read_to_string(&path).expect("text");
                    sources.push(Self { path: path.strip_prefix(top).expect("below the top").into(), text });
                }
            }
        }
        assert!(!sources.is_empty(), "no sources in {folder}");
        sources
    }

    /// The module of the crate that it belongs to: `data` for `src/data/idx.rs`.
    fn module(&self) -> &str {
        let part = self.path.iter().nth(1).and_then(|part| part.to_str()).unwrap_or_default();
        part.strip_suffix(".rs").unwrap_or(part)
    }

    /// Its lines that are not comments, with their numbers.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate().map(|(index, line)| (index + 1, line));
        lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
    }
}

/// Whether `word` stands in `line` as a word of its own.
fn mentions(line: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| !line[..at].ends_with(is_part) && !line[at + word.len()..].starts_with(is_part))
}

#[test]
fn dependencies_stay_where_they_belong() {
    for source in Source::all("src") {
        for (dependency, owners) in OWNERS.iter().filter(|(_, owners)| !owners.contains(&source.module())) {
            for (line, text) in source.code() {
                assert!(!mentions(text, dependency), "{}:{line}: only {owners:?} may use {dependency}", source.path.display());
            }
        }
    }
}

#[test]
fn imports_point_downward() {
    for source in Source::all("src") {
        let Some((_, allowed)) = IMPORTS.iter().find(|(module, _)| *module == source.module()) else { continue };
        for (line, text) in source.code() {
            for (at, start) in text.match_indices("crate::") {
                let import =
                    text[at + start.len()..].split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
                let fits = import == source.module() || allowed.contains(&import);
                assert!(fits, "{}:{line}: {} may not import crate::{import}", source.path.display(), source.module());
            }
        }
    }
}

#[test]
fn every_file_is_short_and_says_what_it_is_responsible_for() {
    for source in Source::all("src").into_iter().chain(Source::all("tests")) {
        let lines = source.text.lines().count();
        assert!(lines <= MOST_LINES, "{} has {lines} lines", source.path.display());
        assert!(source.text.starts_with("//! "), "{} does not begin with //!", source.path.display());
    }
}

/// A test that sleeps is slow on every machine and fails on a busy one: wait for a condition.
#[test]
fn tests_do_not_sleep() {
    let sleep = concat!("thread::", "sleep");
    let in_tests = Source::all("tests").into_iter().map(|source| (source.path, source.text));
    let in_modules = Source::all("src").into_iter().filter_map(|source| {
        let is_tests = source.path.ends_with("tests.rs");
        let start = if is_tests { 0 } else { source.text.find("#[cfg(test)]\nmod tests {")? };
        Some((source.path, source.text[start..].to_owned()))
    });
    for (path, text) in in_tests.chain(in_modules) {
        assert!(!text.contains(sleep), "{} sleeps", path.display());
    }
}

/// A wide character is one character and two columns: only `columns` knows how much room a text takes.
#[test]
fn widths_are_measured_in_columns() {
    let texts = ["text", "name", "label", "title", "word", "help", "hint", "key", "line", "note", "value"];
    // Of the others, themes are files and no pictures.
    let measures = |source: &Source| ["pen.rs", "wrapped.rs", "theme.rs"].iter().any(|name| source.path.ends_with(name));
    for source in Source::all("src/ui").into_iter().filter(|source| !measures(source)) {
        let tests = source.text.find("#[cfg(test)]").map_or(usize::MAX, |at| source.text[..at].lines().count());
        for (line, code) in source.code().filter(|(line, _)| *line <= tests) {
            let counts = code.contains("chars().count()") || texts.iter().any(|text| mentions(code, &format!("{text}.len()")));
            assert!(!counts, "{}:{line}: measure with columns()", source.path.display());
        }
    }
}
