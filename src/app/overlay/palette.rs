//! Actions, hyperparameters and settings, found by a few letters.

use crate::app::row::{Offer, Row, Rows, hidden, row};
use crate::app::{Closing, Key, KeyCode, Line, Rank, RowId, Shared};
use crate::protocol::Hyper;
use crate::text::{KeyHelp, KeyLabel, Language, Phrase, Word};

/// Longer than anything that is looked for.
const LONGEST: usize = 40;

/// Actions, hyperparameters and settings, found by a few letters.
#[derive(Clone, Debug)]
pub struct Palette {
    /// What is looked for.
    pub line: Line,
    all: Vec<Entry>,
    selected: usize,
}

/// Something that can be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// An action.
    Row(RowId),
    /// A hyperparameter, to be changed.
    Hyper(Hyper),
    /// A theme, as its place among them.
    Theme(usize),
    /// A language.
    Language(Language),
}

/// A line of the palette.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What it is.
    found: Found,
    /// What it does, in a line.
    pub text: String,
    /// The same in the other language, in which it is found, too.
    other: String,
    /// Its keys, its value, or the setting that it is in the configuration.
    pub note: String,
}

impl Palette {
    /// Of what can be done now, of all hyperparameters, and of how the dashboard can look.
    pub(in crate::app) fn new(offers: Vec<Offer>, shared: &Shared) -> Self {
        let row = |offer: Offer| {
            let keys = shared.keymap.keys(offer.id, &offer.keys);
            let keys = keys.iter().map(Key::to_string).collect::<Vec<_>>().join(" ");
            Entry::new(Found::Row(offer.id), Phrase::Action { label: offer.label, help: offer.help }, keys, shared)
        };
        let rows = offers.into_iter().filter(|offer| offer.id != "palette").map(row);
        let hyper = |hyper: Hyper| {
            let value = shared.expected(hyper).map(|value| hyper.display(value));
            Entry::new(Found::Hyper(hyper), Phrase::Set { hyper }, value.unwrap_or_default(), shared)
        };
        let hypers = Hyper::ALL.into_iter().filter(|_| !shared.alone).map(hyper);
        let theme = |(place, name): (usize, &String)| {
            Entry::new(Found::Theme(place), Phrase::Theme { name: name.clone() }, "ui.theme".into(), shared)
        };
        let themes = shared.view.theme_names.iter().enumerate().map(theme);
        let language = |language: Language| {
            let name = Word::LanguageName.say(language).into_owned();
            Entry::new(Found::Language(language), Phrase::Speak { name }, "ui.language".into(), shared)
        };
        let languages = Language::ALL.into_iter().filter(|_| shared.view.speaks_all).map(language);
        let all = rows.chain(hypers).chain(themes).chain(languages).collect();
        Self { line: Line::new(String::new(), false, LONGEST), all, selected: 0 }
    }

    /// What fits, the best first.
    pub fn shown(&self) -> Vec<&Entry> {
        let letters = self.line.text().to_lowercase();
        let fitting = self.all.iter().filter_map(|entry| Some((entry.distance(&letters)?, entry)));
        let mut fitting: Vec<(usize, &Entry)> = fitting.collect();
        fitting.sort_by_key(|(distance, _)| *distance);
        fitting.into_iter().map(|(_, entry)| entry).collect()
    }

    /// The place of the selected one among those that fit.
    pub fn selected(&self) -> usize {
        self.selected.min(self.shown().len().saturating_sub(1))
    }

    pub(super) fn typed(&mut self, change: impl FnOnce(&mut Line) -> bool) -> bool {
        self.selected = 0;
        change(&mut self.line)
    }

    pub(super) fn step(&mut self, by: isize) {
        self.selected = self.selected().saturating_add_signed(by).min(self.shown().len().saturating_sub(1));
    }

    pub(super) fn press(&mut self, item: usize, shared: &mut Shared) {
        self.selected = item;
        shared.close(Closing::Taken);
    }

    pub(super) fn found(&self) -> Option<Found> {
        self.shown().get(self.selected()).map(|entry| entry.found)
    }
}

impl Entry {
    fn new(found: Found, phrase: Phrase, note: String, shared: &Shared) -> Self {
        let language = shared.view.language;
        let say = |language| phrase.say(language).into_owned();
        Self { found, text: say(language), other: say(language.next()), note }
    }

    /// How far it is from what is looked for.
    fn distance(&self, letters: &str) -> Option<usize> {
        let distances = [&self.text, &self.other].into_iter().filter_map(|text| distance(&text.to_lowercase(), letters));
        distances.min()
    }
}

/// How far apart the letters stand in a text that has them all in their order; the start of a word counts as near.
fn distance(text: &str, letters: &str) -> Option<usize> {
    if let Some(at) = text.find(letters) {
        let starts_word = at == 0 || !text[..at].ends_with(char::is_alphanumeric);
        return Some(at.min(50) + if starts_word { 0 } else { 60 });
    }
    let (mut rest, mut sum) = (text, 200);
    for letter in letters.chars().filter(|letter| !letter.is_whitespace()) {
        let at = rest.find(letter)?;
        sum += at;
        rest = &rest[at + letter.len_utf8()..];
    }
    Some(sum)
}

impl Rows for Palette {
    fn rows(&self) -> &'static [Row<Self>] {
        PALETTE
    }
}

/// While something is looked for.
pub const PALETTE: &[Row<Palette>] = &[
    row(
        "palette.up",
        &[Key::plain(KeyCode::Up)],
        KeyLabel::Up,
        KeyHelp::PaletteUp,
        |_, _| Rank::Pair(0, KeyLabel::Select, "palette.down"),
        |palette, _| palette.step(-1),
    ),
    row("palette.down", &[Key::plain(KeyCode::Down)], KeyLabel::Down, KeyHelp::PaletteDown, hidden, |palette, _| palette.step(1)),
    row(
        "palette.page-up",
        &[Key::plain(KeyCode::PageUp)],
        KeyLabel::PageUp,
        KeyHelp::PalettePageUp,
        hidden,
        |palette, shared| palette.step(shared.page(false)),
    ),
    row(
        "palette.page-down",
        &[Key::plain(KeyCode::PageDown)],
        KeyLabel::PageDown,
        KeyHelp::PalettePageDown,
        hidden,
        |palette, shared| palette.step(shared.page(true)),
    ),
    row(
        "palette.take",
        &[Key::plain(KeyCode::Enter)],
        KeyLabel::DoIt,
        KeyHelp::PaletteTake,
        |_, _| Rank::Footer(1),
        |_, shared| shared.close(Closing::Taken),
    ),
    row(
        "palette.cancel",
        &[Key::plain(KeyCode::Esc)],
        KeyLabel::Cancel,
        KeyHelp::PaletteCancel,
        |_, _| Rank::Footer(2),
        |_, shared| shared.close(Closing::Cancelled),
    ),
];

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn what_begins_like_the_letters_comes_first() {
        let best = |letters: &str| {
            let texts =
                ["set learning rate", "set label smoothing", "theme: next theme", "stop: stop here", "linear axis: scale"];
            let fitting = texts.into_iter().filter_map(|text| Some((distance(text, letters)?, text)));
            fitting.min().map(|(_, text)| text)
        };
        assert_eq!((best("lear"), best("rate")), (Some("set learning rate"), Some("set learning rate")));
        assert_eq!((best("lsm"), best("thm"), best("xyz")), (Some("set label smoothing"), Some("theme: next theme"), None));
    }
}
