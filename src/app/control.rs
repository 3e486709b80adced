//! Whether the person at this dashboard may steer the run.

use crate::run::Steerer;
use crate::text::Word;

/// Whether the person at this dashboard may steer the run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Control {
    /// Keys change the run.
    #[default]
    Steering,
    /// Another client steers, or nobody does; whoever looks can take over.
    Observing {
        /// Who steers, for people.
        by: Option<String>,
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
            Steerer::Starter => Self::Observing { by: Some("the terminal it was started on".into()) },
            Steerer::Client { name, .. } => Self::Observing { by: Some(name.clone()) },
            Steerer::Nobody => Self::Observing { by: None },
        };
    }

    /// Whether keys change the run.
    pub fn steers(&self) -> bool {
        *self == Self::Steering
    }

    /// Why not, and what to do about it; `take_over` is the key for that.
    pub fn refusal(&self, take_over: &str) -> Option<String> {
        Some(match self {
            Self::Steering => return None,
            Self::Observing { by: Some(by) } => format!("{by} steers: {take_over} takes over"),
            Self::Observing { by: None } => format!("nobody steers: {take_over} takes over"),
            Self::ReadOnly => "read-only: attach without --read-only to steer".into(),
            Self::Replaying => "a recorded run cannot be changed".into(),
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
