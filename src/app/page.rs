//! The pages of the dashboard.

use super::Mode;
use crate::text::Word;

/// A page of the dashboard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Page {
    /// The run that is trained or watched here.
    #[default]
    Overview,
    /// All recorded runs.
    Runs,
}

impl Page {
    /// All of them, in the order of their keys: `1`, `2`, …
    pub const ALL: [Self; 2] = [Self::Overview, Self::Runs];

    /// What it is called.
    pub fn name(self) -> Word {
        match self {
            Self::Overview => Word::Overview,
            Self::Runs => Word::Runs,
        }
    }

    /// What keys do on it when nothing lies over it.
    pub(super) fn mode(self) -> Mode {
        match self {
            Self::Overview => Mode::Watching,
            Self::Runs => Mode::Browsing,
        }
    }
}
