//! Whether the person at this dashboard may steer the run.

use crate::run::Steerer;
use crate::text::{Phrase, Text, Word};

/// Whether the person at this dashboard may steer the run.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Control {
    /// Keys change the run.
    #[default]
    Steering,
    /// Another client steers, or nobody does; whoever looks can take over.
    Observing {
        /// Who steers, for people.
        by: Option<Text>,
    },
    /// Looking only, as was asked for.
    ReadOnly,
    /// The run is a recorded one, and nothing can change it.
    Replaying,
}

impl Control {
    /// What `steerer` means for the client of this number. Who only looks stays one who only looks.
    pub(super) fn follow(&mut self, steerer: &Steerer, client: u32) {
        if matches!(self, Self::ReadOnly | Self::Replaying) {
            return;
        }
        *self = match steerer {
            steerer if steerer.client() == Some(client) => Self::Steering,
            Steerer::Starter => Self::Observing { by: Some(Word::StartingTerminal.into()) },
            Steerer::Client { name, .. } => Self::Observing { by: Some(name.clone().into()) },
            Steerer::Nobody => Self::Observing { by: None },
        };
    }

    /// Whether keys change the run.
    pub fn steers(&self) -> bool {
        *self == Self::Steering
    }

    /// Why not, and what to do about it; `take_over` is the key for that.
    pub fn refusal(&self, take_over: &str) -> Option<Phrase> {
        let key = take_over.to_owned();
        Some(match self {
            Self::Steering => return None,
            Self::Observing { by: Some(by) } => Phrase::SomebodySteers { by: Box::new(by.clone()), key },
            Self::Observing { by: None } => Phrase::NobodySteers { key },
            Self::ReadOnly => Phrase::OnlyLooking,
            Self::Replaying => Phrase::RecordedRun,
        })
    }

    /// In a few words, for where it always stands; nothing while steering.
    pub fn word(&self) -> Option<Word> {
        match self {
            Self::Steering => None,
            Self::Observing { .. } => Some(Word::Watching),
            Self::ReadOnly => Some(Word::ReadOnly),
            Self::Replaying => Some(Word::Replay),
        }
    }
}
