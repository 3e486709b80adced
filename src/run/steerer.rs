//! Who steers a run.

/// Who steers a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Steerer {
    /// Whoever started the process that trains.
    #[default]
    Starter,
    /// A client of it.
    Client {
        /// Its number.
        client: u32,
        /// What it calls itself.
        name: String,
    },
    /// Nobody, until somebody takes over.
    Nobody,
}

impl Steerer {
    /// The name of a client, if it steers from elsewhere than where the run was started.
    pub(super) fn name_of(&self, number: u32) -> Option<&str> {
        match self {
            Self::Client { client, name } if *client == number => Some(name),
            _ => None,
        }
    }

    /// The number of the client that steers.
    pub fn client(&self) -> Option<u32> {
        match self {
            Self::Starter => Some(0),
            Self::Client { client, .. } => Some(*client),
            Self::Nobody => None,
        }
    }
}
