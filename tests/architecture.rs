//! The rules that keep the parts of the program apart, checked on its sources.

use std::collections::{BTreeMap, BTreeSet};
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

/// All modules of the crate from the bottom up, each with those that it may import. They stand above it, so the crate has no circle.
const IMPORTS: [(&str, &[&str]); 17] = [
    ("causes", &[]),
    ("files", &[]),
    ("protocol", &[]),
    ("text", &["protocol"]),
    ("data", &["causes", "files", "protocol"]),
    ("config", &["data", "files", "protocol"]),
    ("nn", &["data", "protocol"]),
    ("run", &["causes", "files", "protocol", "text"]),
    ("evaluate", &["data", "nn", "protocol", "run"]),
    ("inspect", &["data", "evaluate", "nn", "protocol", "run"]),
    ("train", &["causes", "data", "files", "nn", "protocol"]),
    ("link", &["causes", "inspect", "nn", "protocol", "run", "train"]),
    ("app", &["config", "data", "protocol", "run", "text"]),
    ("ui", &["app", "protocol", "run", "text"]),
    ("export", &["causes", "config", "data", "files", "nn", "protocol", "run", "text", "ui"]),
    (
        "terminal",
        &[
            "app", "causes", "config", "data", "export", "files", "inspect", "link", "nn", "protocol", "run", "text", "train",
            "ui",
        ],
    ),
    (
        "cli",
        &["app", "causes", "config", "data", "evaluate", "export", "files", "link", "protocol", "run", "terminal", "text", "ui"],
    ),
];
/// Their files form no circle either.
const WITHOUT_CIRCLES: [&str; 2] = ["cli", "nn"];

/// No function has more lines, its head included.
const MOST_FUNCTION_LINES: usize = 80;
/// No function has more parameters beside `self`.
const MOST_PARAMETERS: usize = 6;
/// Functions that are longer or take more, each with the reason.
const EXCEPTIONS: [(&str, &str, &str); 6] = [
    ("src/run/state.rs", "apply", "one flat match, an arm for each event"),
    ("src/terminal/mod.rs", "follow", "what a run is followed with comes from seven owners"),
    ("src/nn/pool.rs", "max_pool_row_with", "the first parameter is pulp's token"),
    ("src/nn/pool.rs", "max_pool_row_backward_with", "the first parameter is pulp's token"),
    ("src/nn/optimizer.rs", "update_with", "the first parameter is pulp's token"),
    ("src/nn/convolution/winograd/planes.rs", "planes_to_results_with", "the first parameter is pulp's token"),
];
/// Half of the files are at most so long, without their tests.
const MEDIAN_LINES: usize = 105;

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

    /// The same without its tests.
    fn without_tests(&self) -> &str {
        let is_tests = self.path.ends_with("tests.rs") || self.path.iter().any(|part| part == "tests");
        let end = if is_tests { Some(0) } else { self.text.find("#[cfg(test)]\nmod tests {") };
        &self.text[..end.unwrap_or(self.text.len())]
    }

    /// The modules that lead to it: `data`, `idx` for `src/data/idx.rs`.
    fn modules(&self) -> Vec<String> {
        let path = self.path.with_extension("");
        let parts = path.iter().skip(1).filter_map(|part| part.to_str()).filter(|part| *part != "mod");
        parts.map(String::from).collect()
    }

    /// What it imports of the crate, from the crate's top, with the line: `["data", "idx", "Idx"]`.
    fn imports(&self) -> Vec<(usize, Vec<String>)> {
        let code = self.without_tests().lines().map(|line| if line.trim_start().starts_with("//") { "" } else { line });
        let code = code.collect::<Vec<_>>().join("\n");
        let starts = ["crate::", "super::"].into_iter().flat_map(|start| code.match_indices(start));
        let is_start = |at: usize| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
        let mut imports = Vec::new();
        for (at, _) in starts.filter(|(at, _)| is_start(*at)) {
            let mut base = self.modules();
            let mut rest = &code[at..];
            if let Some(after) = rest.strip_prefix("crate::") {
                (base, rest) = (Vec::new(), after);
            }
            while let Some(after) = rest.strip_prefix("super::") {
                base.pop();
                rest = after;
            }
            let line = code[..at].matches('\n').count() + 1;
            paths(rest, &base, &mut |path| imports.push((line, path)));
        }
        imports
    }

    /// Its lines that are not comments, with their numbers.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate().map(|(index, line)| (index + 1, line));
        lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
    }
}

/// Gives every path at the start of `code`, of which there are several where braces group them, and what follows.
fn paths<'a>(code: &'a str, base: &[String], give: &mut impl FnMut(Vec<String>)) -> &'a str {
    let end = code.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(code.len());
    let (name, mut rest) = code.split_at(end);
    if let Some(group) = rest.strip_prefix('{').filter(|_| name.is_empty()) {
        rest = group.trim_start();
        while !rest.is_empty() && !rest.starts_with('}') {
            let after = paths(rest, base, give);
            let next = after.find([',', '}']).unwrap_or(after.len());
            rest = after[next..].trim_start_matches(',').trim_start();
        }
        return rest.strip_prefix('}').unwrap_or(rest);
    }
    let path: Vec<String> = base.iter().cloned().chain((!name.is_empty()).then(|| name.to_owned())).collect();
    match rest.strip_prefix("::") {
        Some(deeper) => paths(deeper, &path, give),
        None => {
            give(path);
            rest
        }
    }
}

/// The lines of each function of rustfmt's making, with the line at which it begins, its name and its parameters.
fn functions(text: &str) -> Vec<(usize, &str, usize, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut functions = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let indent = &line[..line.len() - code.len()];
        let words: Vec<&str> = code.split(' ').take_while(|word| !word.contains("fn")).collect();
        let qualifies = |word: &&str| word.starts_with("pub") || ["const", "unsafe", "async", "in", "crate"].contains(word);
        let Some(after) = code.find("fn ").map(|at| &code[at + 3..]).filter(|_| words.iter().all(qualifies)) else { continue };
        if code.ends_with('}') || code.ends_with(';') {
            continue;
        }
        let name = after.split(['(', '<']).next().unwrap_or_default();
        let Some(length) = lines[start..].iter().position(|line| line.strip_prefix(indent) == Some("}")) else { continue };
        let end = lines[start..].iter().position(|line| line.ends_with('{')).unwrap_or(0);
        let head: String = lines[start..=start + end].iter().map(|line| line.trim()).collect();
        let (mut depth, mut parameters, mut seen) = (0, 0, false);
        let mut before = ' ';
        for c in head[head.find("fn ").unwrap_or(0)..].chars().skip_while(|c| *c != '(') {
            match c {
                '(' | '[' | '<' | '{' => depth += 1,
                '>' if before == '-' || before == '=' => {}
                ')' | ']' | '>' | '}' => depth -= 1,
                ',' if depth == 1 => (parameters, seen) = (parameters + usize::from(seen), false),
                c if !c.is_whitespace() => seen = true,
                _ => {}
            }
            before = c;
            if depth == 0 {
                break;
            }
        }
        let takes_self = ["(self", "(&self", "(mut self", "(&mut self"].iter().any(|start| head.contains(start));
        functions.push((start + 1, name, length + 1, parameters + usize::from(seen) - usize::from(takes_self)));
    }
    functions
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
    for (at, (module, imports)) in IMPORTS.iter().enumerate() {
        let below = |import: &&str| IMPORTS[..at].iter().any(|(name, _)| name == import);
        assert!(imports.iter().all(below), "{module} imports what does not stand before it");
    }
    for source in Source::all("src") {
        if ["lib", "main"].contains(&source.module()) {
            continue;
        }
        let row = IMPORTS.iter().find(|(module, _)| *module == source.module());
        let (module, allowed) = row.unwrap_or_else(|| panic!("{} has no row in the table", source.module()));
        for (line, path) in source.imports() {
            let import = path.first().map_or("", String::as_str);
            let fits = import == *module || allowed.contains(&import);
            assert!(fits, "{}:{line}: {module} may not import crate::{import}", source.path.display());
        }
    }
}

/// Every import that the table allows is one that there is: it says what the program is like, not what it could be.
#[test]
fn the_table_of_imports_has_nothing_that_is_not_imported() {
    let sources = Source::all("src");
    for (module, imports) in IMPORTS {
        let of_module = || sources.iter().filter(|source| source.module() == module);
        assert!(of_module().count() > 0, "there is no module {module}");
        for import in imports {
            let is_used = of_module().any(|source| source.imports().iter().any(|(_, path)| path[0] == *import));
            assert!(is_used, "{module} does not import {import} any more");
        }
    }
}

#[test]
fn files_within_a_module_form_no_circle() {
    for module in WITHOUT_CIRCLES {
        let sources: Vec<Source> = Source::all("src").into_iter().filter(|source| source.module() == module).collect();
        let mut open: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for source in &sources {
            let Some(file) = source.modules().get(1).cloned() else { continue };
            open.entry(file).or_default();
        }
        let files: Vec<String> = open.keys().cloned().collect();
        for source in &sources {
            let Some(file) = source.modules().get(1).cloned() else { continue };
            let imports = source.imports().into_iter().filter(|(_, path)| path[0] == module);
            let others =
                imports.filter_map(|(_, path)| path.get(1).cloned()).filter(|other| *other != file && files.contains(other));
            open.entry(file.clone()).or_default().extend(others.collect::<Vec<_>>());
        }
        // Whoever imports nothing that is left can be taken away; a circle stays.
        while let Some(free) = open.iter().find(|(_, imports)| imports.is_empty()).map(|(file, _)| file.clone()) {
            open.remove(&free);
            open.values_mut().for_each(|imports| _ = imports.remove(&free));
        }
        assert!(open.is_empty(), "circles in {module}, among {open:?}");
    }
}

#[test]
fn functions_are_short_and_take_few_parameters() {
    let (mut found, mut wrong) = (0, Vec::new());
    for source in Source::all("src") {
        for (line, name, lines, parameters) in functions(source.without_tests()) {
            found += 1;
            let fits = lines <= MOST_FUNCTION_LINES && parameters <= MOST_PARAMETERS;
            if !fits && !EXCEPTIONS.iter().any(|(path, exception, _)| source.path == Path::new(path) && *exception == name) {
                wrong.push(format!("{}:{line}: {name} has {lines} lines and {parameters} parameters", source.path.display()));
            }
        }
    }
    assert!(found > 1_000, "only {found} functions were seen");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn half_of_the_files_are_short() {
    let mut lines: Vec<usize> = Source::all("src").iter().map(|source| source.without_tests().lines().count()).collect();
    lines.retain(|lines| *lines > 0);
    lines.sort_unstable();
    let median = lines[lines.len() / 2];
    assert!(median <= MEDIAN_LINES, "half of the files have more than {median} lines");
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
