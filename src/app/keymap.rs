//! Which keys do what: those of the rows, with those of the configuration in their place.

use std::collections::BTreeMap;

use thiserror::Error;

use super::{Key, RowId, Table, TableRow, tables};

/// Which keys do what: those of the rows, with those of the configuration in their place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keymap {
    changed: BTreeMap<RowId, Vec<Key>>,
}

/// What is wrong with keys of one's own.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum KeymapError {
    /// A name that no action has.
    #[error("no action has this name; {advice}")]
    Action {
        /// The nearest that exists, or where they are listed.
        advice: String,
    },
    /// A key that does not exist.
    #[error("there is no key {key:?}; keys are single characters, {}, and these with Ctrl-, Alt- or Shift-", Key::names().join(", "))]
    Key {
        /// As it was given.
        key: String,
    },
    /// A key that nobody could do without.
    #[error("its keys cannot be changed: they must do what they say everywhere")]
    Fixed,
    /// A key that would have two meanings.
    #[error("{key} is {other} already; give that one another key, too")]
    Taken {
        /// The key.
        key: Key,
        /// What it does already.
        other: RowId,
    },
}

/// Whoever types must be able to end it, and whoever is lost to leave.
const FIXED: [&str; 7] =
    ["interrupt", "edit.take", "edit.cancel", "prompt.take", "prompt.cancel", "palette.take", "palette.cancel"];

impl Keymap {
    /// The keys of the rows, but for those that are given by the names of rows.
    ///
    /// Fails with the name and what is wrong, when there is no such row or key, or when a key would have two meanings.
    pub fn new(given: &BTreeMap<String, Vec<String>>) -> Result<Self, (String, KeymapError)> {
        let mut keymap = Self::default();
        let tables = tables(&Self::default());
        for (id, keys) in given {
            let fail = |error| (id.clone(), error);
            let rows = || tables.iter().flat_map(|table| &table.rows);
            let row = rows().find(|row| row.id == id).ok_or_else(|| fail(KeymapError::Action { advice: advice(id, rows()) }))?;
            if FIXED.contains(&row.id) {
                return Err(fail(KeymapError::Fixed));
            }
            let key = |text: &String| text.parse::<Key>().map_err(|()| fail(KeymapError::Key { key: text.clone() }));
            keymap.changed.insert(row.id, keys.iter().map(key).collect::<Result<_, _>>()?);
        }
        match keymap.clash(&tables) {
            Some((id, key, other)) => Err((id.to_owned(), KeymapError::Taken { key, other })),
            None => Ok(keymap),
        }
    }

    /// The keys of a row.
    pub fn keys(&self, id: RowId, default: &[Key]) -> Vec<Key> {
        self.changed.get(id).cloned().unwrap_or_else(|| default.to_vec())
    }

    /// The first key of a row as people read it; for texts that name a key.
    pub fn shown(&self, id: RowId) -> String {
        let row = tables(self).into_iter().flat_map(|table| table.rows).find(|row| row.id == id);
        row.and_then(|row| row.keys.first().map(Key::to_string)).unwrap_or_else(|| "(no key)".to_owned())
    }

    /// A key that was given and means something else already, where both can be meant.
    fn clash(&self, tables: &[Table]) -> Option<(RowId, Key, RowId)> {
        for table in tables {
            for other in tables.iter().filter(|other| table.meets(other)) {
                for row in table.rows.iter().filter(|row| self.changed.contains_key(row.id)) {
                    let rows = other.rows.iter().filter(|other| other.id != row.id);
                    for (id, keys) in rows.map(|other| (other.id, self.keys(other.id, &other.keys))) {
                        let key = self.keys(row.id, &row.keys).into_iter().find(|key| keys.contains(key));
                        // What is so from the start is meant: arrows move within a panel, or else in time.
                        if let Some(key) = key.filter(|key| !row.keys.contains(key)) {
                            return Some((row.id, key, id));
                        }
                    }
                }
            }
        }
        None
    }
}

fn advice<'a>(id: &str, rows: impl Iterator<Item = &'a TableRow>) -> String {
    let nearest = rows.map(|row| (strsim::damerau_levenshtein(id, row.id), row.id)).min();
    match nearest {
        Some((distance, nearest)) if distance * 2 <= id.chars().count().max(4) => format!("did you mean {nearest}?"),
        _ => "`mnist-tui config keys` lists them".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names of rows and their keys.
    type Given<'a> = &'a [(&'a str, &'a [&'a str])];

    fn keymap(given: Given) -> Result<Keymap, (String, KeymapError)> {
        let owned = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect();
        Keymap::new(&given.iter().map(|(id, keys)| ((*id).to_owned(), owned(keys))).collect())
    }

    #[test]
    fn keys_of_ones_own_take_the_place_of_the_others() {
        let keymap = keymap(&[("overview.zoom", &["Z", "ctrl-x"]), ("theme.next", &[])]).expect("right");
        assert_eq!((keymap.shown("overview.zoom"), keymap.shown("theme.next")), ("Z".into(), "(no key)".into()));
        assert_eq!(keymap.shown("quit"), "q");
    }

    #[test]
    fn what_is_wrong_is_named() {
        let cases: [(Given, &str, &str); 6] = [
            (&[("overview.zom", &["Z"])], "overview.zom", "no action has this name; did you mean overview.zoom?"),
            (&[("nonsense", &["Z"])], "nonsense", "no action has this name; `mnist-tui config keys` lists them"),
            (&[("overview.zoom", &["spce"])], "overview.zoom", "there is no key \"spce\""),
            (&[("overview.zoom", &["q"])], "overview.zoom", "q is quit already; give that one another key, too"),
            (&[("quit", &["z"])], "quit", "z is overview.zoom already; give that one another key, too"),
            (&[("edit.take", &["x"])], "edit.take", "its keys cannot be changed"),
        ];
        for (given, id, says) in cases {
            let (at, error) = keymap(given).expect_err(id);
            assert!(at == id && error.to_string().starts_with(says), "{at}: {error}");
        }
        // Pages do not get in each other's way, and two rows can change places.
        assert!(keymap(&[("runs.note", &["z"])]).is_ok());
        assert!(keymap(&[("quit", &["z"]), ("overview.zoom", &["q"]), ("charts.alone", &["q"])]).is_ok());
    }
}
