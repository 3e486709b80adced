//! One row is all there is of an action: its name, its keys, its words, when it can be done, and what it does.

use super::{Key, Shared};
use crate::text::{KeyHelp, KeyLabel};

/// The name of an action, in the configuration and wherever the program speaks of it: `samples.next`. It never changes.
pub type RowId = &'static str;

/// Something that a key, a click or the palette can do to an `S`.
pub struct Row<S: 'static> {
    /// Its name.
    pub id: RowId,
    /// The keys that do it, unless the configuration says otherwise.
    pub keys: &'static [Key],
    /// One or two words for the footer.
    pub label: KeyLabel,
    /// One line for the help page.
    pub help: KeyHelp,
    /// Whether it can be done now, and how much it matters.
    pub rank: fn(&S, &Shared) -> Rank,
    /// What it does.
    pub act: fn(&mut S, &mut Shared),
}

/// Whether something can be done now, and how much it matters to somebody who does not know the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rank {
    /// It cannot be done, or means nothing now.
    Not,
    /// It would change the run, and this dashboard does not steer it.
    Refused,
    /// It can be done; whoever looks for it finds it in the help.
    Hidden,
    /// It stands among the keys in the last row, the smaller the further in front.
    Footer(u8),
    /// The same under another label.
    As(u8, KeyLabel),
    /// The same together with another row that does the contrary.
    Pair(u8, KeyLabel, RowId),
    /// The same; where only one panel is shown, its place is the first number.
    Narrow(u8, u8),
}

/// A row as it is in the present state, without what it acts on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Its name.
    pub id: RowId,
    /// The keys that do it now.
    pub keys: Vec<Key>,
    /// One or two words for the footer.
    pub label: KeyLabel,
    /// One line for the help page.
    pub help: KeyHelp,
    /// Whether it can be done, and how much it matters.
    pub rank: Rank,
}

/// What has rows: a page, what lies over it, or what is the same everywhere.
pub trait Rows: Sized + 'static {
    /// Its rows.
    fn rows(&self) -> &'static [Row<Self>];
}

/// Something with rows, whatever it is.
pub trait Layer {
    /// Its rows as they are now.
    fn offers(&self, shared: &Shared) -> Vec<Offer>;
    /// Does what the row of this name does; nothing when there is none that can be done. Gives whether there was.
    fn act(&mut self, id: RowId, shared: &mut Shared) -> bool;
}

impl<S: Rows> Layer for S {
    fn offers(&self, shared: &Shared) -> Vec<Offer> {
        offers(self.rows(), self, shared)
    }

    fn act(&mut self, id: RowId, shared: &mut Shared) -> bool {
        act(self.rows(), self, shared, id)
    }
}

/// A row.
pub(super) const fn row<S>(
    id: RowId,
    keys: &'static [Key],
    label: KeyLabel,
    help: KeyHelp,
    rank: fn(&S, &Shared) -> Rank,
    act: fn(&mut S, &mut Shared),
) -> Row<S> {
    Row { id, keys, label, help, rank, act }
}

/// Rows as they are now.
pub(super) fn offers<S>(rows: &'static [Row<S>], state: &S, shared: &Shared) -> Vec<Offer> {
    let offer = |row: &Row<S>| {
        let rank = (row.rank)(state, shared);
        let label = match rank {
            Rank::As(_, label) | Rank::Pair(_, label, _) => label,
            _ => row.label,
        };
        Offer { id: row.id, keys: row.keys.to_vec(), label, help: row.help, rank }
    };
    rows.iter().map(offer).filter(|offer| offer.rank != Rank::Not).collect()
}

/// Does what the row of this name does, if it is there and can be done.
pub(super) fn act<S>(rows: &'static [Row<S>], state: &mut S, shared: &mut Shared, id: RowId) -> bool {
    let row = rows.iter().find(|row| row.id == id && !matches!((row.rank)(state, shared), Rank::Not | Rank::Refused));
    row.inspect(|row| (row.act)(state, shared)).is_some()
}

/// A rank for what can always be done and need not be said.
pub(super) fn hidden<S>(_: &S, _: &Shared) -> Rank {
    Rank::Hidden
}
