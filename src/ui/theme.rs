//! Themes: files that give every role a colour.

use ratatui::style::{Color, Modifier, Style};
use thiserror::Error;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Role;
use super::color;

/// The themes that come with the program.
const BUILTIN: [(&str, &str); 6] = [
    ("dark.toml", include_str!("../../themes/dark.toml")),
    ("light.toml", include_str!("../../themes/light.toml")),
    ("colorblind.toml", include_str!("../../themes/colorblind.toml")),
    ("nord.toml", include_str!("../../themes/nord.toml")),
    ("gruvbox.toml", include_str!("../../themes/gruvbox.toml")),
    ("mono.toml", include_str!("../../themes/mono.toml")),
];

/// Modifiers under the names that a theme file uses.
const MODIFIERS: [(&str, Modifier); 5] = [
    ("bold", Modifier::BOLD),
    ("dim", Modifier::DIM),
    ("italic", Modifier::ITALIC),
    ("underline", Modifier::UNDERLINED),
    ("reverse", Modifier::REVERSED),
];

/// Colours for every role, and ramps for heat maps and pictures.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    name: String,
    background: Color,
    styles: [Style; Role::ALL.len()],
    ramps: [Vec<[u8; 3]>; Ramp::ALL.len()],
}

/// A row of colours from little to much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ramp {
    /// Right predictions.
    HeatRight,
    /// Mistakes.
    HeatWrong,
    /// The ink of pictures.
    Picture,
}

impl Ramp {
    const ALL: [(Self, &'static str); 3] =
        [(Self::HeatRight, "heat_right"), (Self::HeatWrong, "heat_wrong"), (Self::Picture, "picture")];
}

/// What is wrong with a theme file, and where.
#[derive(Clone, Debug, PartialEq, Error)]
#[error("{file}, line {line}: {problem}")]
pub struct ThemeError {
    /// The file.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// What is wrong, with the key.
    pub problem: ThemeProblem,
}

/// What can be wrong with a theme file.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum ThemeProblem {
    /// It is not TOML.
    #[error("{0}")]
    Syntax(String),
    /// There is no such key.
    #[error("unknown key `{key}`; did you mean `{nearest}`?")]
    UnknownKey {
        /// The key.
        key: String,
        /// The one most like it.
        nearest: &'static str,
    },
    /// A key is not there.
    #[error("the key `{0}` is missing")]
    MissingKey(&'static str),
    /// A value that the key cannot have.
    #[error("{key}: {found} is not {expected}")]
    BadValue {
        /// The key.
        key: String,
        /// The value.
        found: String,
        /// What it should be.
        expected: &'static str,
    },
}

const COLOR: &str = "a colour such as \"#5fafff\", \"light-blue\" or \"default\"";
const STYLE: &str = "a colour, or a table with `color`, `background` and `modifiers`";
const STOPS: &str = "a list of colours such as [\"#000000\", \"#ffffff\"]";
const MODIFIER: &str = "a list of bold, dim, italic, underline, reverse";

type Value<'a> = Spanned<DeValue<'a>>;

impl Theme {
    /// The themes that come with the program, the default first.
    pub fn builtin() -> Vec<Self> {
        // They are tested to parse, so none is ever left out.
        BUILTIN.iter().filter_map(|(file, text)| Self::parse(file, text).ok()).collect()
    }

    /// The names of the themes that come with the program.
    pub fn names() -> Vec<&'static str> {
        BUILTIN.iter().map(|(file, _)| file.trim_end_matches(".toml")).collect()
    }

    /// No colours at all.
    pub fn plain() -> Self {
        let styles = Role::ALL.map(|(role, _)| Style::new().add_modifier(role.without_color()));
        Self { name: "plain".to_owned(), background: Color::Reset, styles, ramps: [const { Vec::new() }; Ramp::ALL.len()] }
    }

    /// Its name: that of its file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The background of everything.
    pub(super) fn background(&self) -> Color {
        self.background
    }

    /// The style of a role.
    pub(super) fn style(&self, role: Role) -> Style {
        self.styles[role as usize]
    }

    /// The stops of a ramp; none where the theme has no colours.
    pub(super) fn ramp(&self, ramp: Ramp) -> &[[u8; 3]] {
        &self.ramps[ramp as usize]
    }

    /// Reads a theme file. Every key has to be there, and no other.
    pub fn parse(file_name: &str, text: &str) -> Result<Self, ThemeError> {
        let line_of = |at: usize| text.as_bytes()[..at.min(text.len())].iter().filter(|b| **b == b'\n').count() + 1;
        let fail = |at: usize, problem| ThemeError { file: file_name.to_owned(), line: line_of(at), problem };
        let table = DeTable::parse(text)
            .map_err(|error| fail(error.span().map_or(0, |span| span.start), ThemeProblem::Syntax(error.message().to_owned())))?;
        let table = table.get_ref();
        let keys = ["background"].into_iter().chain(Role::ALL.map(|(_, key)| key)).chain(Ramp::ALL.map(|(_, key)| key));
        for key in table.keys() {
            check_key(key.get_ref(), keys.clone()).map_err(|problem| fail(key.span().start, problem))?;
        }
        let get = |key: &'static str| table.get(key).ok_or_else(|| fail(0, ThemeProblem::MissingKey(key)));
        let at = |value: &Value, problem| fail(value.span().start, problem);

        let value = get("background")?;
        let background = read_color("background", value).map_err(|problem| at(value, problem))?;
        let mut theme = Self { background, ..Self::plain() };
        for (role, key) in Role::ALL {
            let value = get(key)?;
            theme.styles[role as usize] = read_style(key, value).map_err(|problem| at(value, problem))?;
        }
        for (ramp, key) in Ramp::ALL {
            let value = get(key)?;
            theme.ramps[ramp as usize] = read_stops(key, value).map_err(|problem| at(value, problem))?;
        }
        theme.name = file_name.strip_suffix(".toml").unwrap_or(file_name).to_owned();
        Ok(theme)
    }
}

fn bad(key: &str, value: &Value, expected: &'static str) -> ThemeProblem {
    let found = match value.get_ref() {
        DeValue::String(text) => format!("\"{text}\""),
        other => format!("a value of type {}", other.type_str()),
    };
    ThemeProblem::BadValue { key: key.to_owned(), found, expected }
}

fn read_color(key: &str, value: &Value) -> Result<Color, ThemeProblem> {
    value.get_ref().as_str().and_then(color::parse).ok_or_else(|| bad(key, value, COLOR))
}

fn read_style(key: &str, value: &Value) -> Result<Style, ThemeProblem> {
    let Some(table) = value.get_ref().as_table() else {
        return match value.get_ref() {
            DeValue::String(_) => Ok(Style::new().fg(read_color(key, value)?)),
            _ => Err(bad(key, value, STYLE)),
        };
    };
    let mut style = Style::new();
    for (part, value) in table {
        let path = format!("{key}.{}", part.get_ref());
        match part.get_ref().as_ref() {
            "color" => style.fg = Some(read_color(&path, value)?),
            "background" => style.bg = Some(read_color(&path, value)?),
            "modifiers" => {
                let list = value.get_ref().as_array().ok_or_else(|| bad(&path, value, MODIFIER))?;
                for item in list.iter() {
                    let named = |text| MODIFIERS.iter().find(|(name, _)| *name == text);
                    let (_, modifier) = item.get_ref().as_str().and_then(named).ok_or_else(|| bad(&path, item, MODIFIER))?;
                    style = style.add_modifier(*modifier);
                }
            }
            other => check_key(other, ["color", "background", "modifiers"].into_iter())?,
        }
    }
    Ok(style)
}

fn read_stops(key: &str, value: &Value) -> Result<Vec<[u8; 3]>, ThemeProblem> {
    let list = value.get_ref().as_array().ok_or_else(|| bad(key, value, STOPS))?;
    list.iter().map(|item| color::parts(read_color(key, item)?).ok_or_else(|| bad(key, item, COLOR))).collect()
}

fn check_key(key: &str, known: impl Iterator<Item = &'static str> + Clone) -> Result<(), ThemeProblem> {
    if known.clone().any(|name| name == key) {
        return Ok(());
    }
    let nearest = known.min_by_key(|name| strsim::levenshtein(key, name)).unwrap_or_default();
    Err(ThemeProblem::UnknownKey { key: key.to_owned(), nearest })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_builtin_theme_parses() {
        for (file, text) in BUILTIN {
            let theme = Theme::parse(file, text).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(format!("{}.toml", theme.name()), file);
        }
        assert_eq!(Theme::builtin().len(), BUILTIN.len());
    }

    #[test]
    fn text_stands_out_from_the_background() {
        for theme in Theme::builtin() {
            let Some(background) = color::parts(theme.background()) else { continue };
            for (role, least) in
                [(Role::Text, 0.55), (Role::Muted, 0.25), (Role::Training, 0.3), (Role::Validation, 0.3), (Role::Bad, 0.3)]
            {
                let ink = theme.style(role).fg.and_then(color::parts).expect("coloured themes colour every role");
                let difference = (color::brightness(ink) - color::brightness(background)).abs();
                assert!(difference >= least, "{} {role:?}: {difference}", theme.name());
            }
        }
    }

    #[test]
    fn mistakes_in_a_theme_are_named_with_their_line() {
        let good = BUILTIN[0].1;
        let line = |key: &str| good.lines().position(|l| l.starts_with(key)).expect("there is such a line") + 1;
        let cases = [
            (good.replace("\nmuted", "\nmutted"), line("muted"), "unknown key `mutted`; did you mean `muted`?"),
            (good.replace("\nmuted = \"#", "\nmuted = \"#x"), line("muted"), "muted: \"#x"),
            (good.replace("\nmuted = ", "\nmuted = 7 #"), line("muted"), "muted: a value of type integer"),
            (good.replace("\nmuted = ", "\nmuted = { colour = \"red\" } #"), line("muted"), "did you mean `color`?"),
            (good.replace("\nmuted = ", "\nmuted = { modifiers = [\"blink\"] } #"), line("muted"), "\"blink\""),
            (good.replace("\nmuted = ", "\n#"), 1, "the key `muted` is missing"),
            (good.replace("\nmuted = ", "\nmuted "), line("muted"), ""),
            (good.replace("\npicture = ", "\npicture = [\"default\"] #"), line("picture"), "picture: \"default\""),
        ];
        for (text, line, problem) in cases {
            let error = Theme::parse("mine.toml", &text).expect_err(problem).to_string();
            assert!(error.starts_with(&format!("mine.toml, line {line}: ")) && error.contains(problem), "{error}");
        }
    }
}
