//! What a run can be told to do.

use serde::{Deserialize, Serialize};

use super::Hyper;

/// A moment of a run that it can be taken back to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The newest epoch's end at which all numbers were finite, or the start.
    #[default]
    NewestEpoch,
    /// The end of the epoch with the least validation loss.
    BestEpoch,
    /// The start.
    Start,
    /// The checkpoint that was taken after so many steps.
    Checkpoint(u64),
}

impl Place {
    /// Whether it is the one that is meant where none is named.
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Something to do, in the imperative. The worker takes it before the next batch and answers every one of them
/// with an [`Event`](super::Event) that carries the request's id.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// Stop before the next batch and wait.
    Pause,
    /// Go on after a pause.
    Resume,
    /// Train one batch, then wait again.
    Step,
    /// Change one hyperparameter from the next batch on; nothing else is reset.
    SetHyper {
        /// Which one.
        hyper: Hyper,
        /// Its new value.
        value: f64,
    },
    /// Train up to so many epochs, more than before; those that are added have a schedule of the learning rate of their own,
    /// where another number of epochs by [`SetHyper`](Self::SetHyper) stretches the one there is.
    AddEpochs {
        /// All of them.
        epochs: usize,
    },
    /// Judge the network on the validation images now.
    Evaluate,
    /// Take the parameters and moments of an earlier moment again, and train on from there with another learning rate. Steps
    /// and epochs count on. Without values it is what undoes numbers that went wrong: the newest epoch's end, and half the rate.
    Rewind {
        /// To which moment.
        #[serde(default)]
        to: Place,
        /// The next step's learning rate; half of what it is when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rate: Option<f64>,
    },
    /// Take a checkpoint now.
    Checkpoint,
    /// Steer the run from now on; whoever did so watches then. Answered on the way to the worker.
    TakeControl,
    /// End the training here and judge it on the test set.
    Stop,
}

/// Tells requests apart: who asked, and which of that client's requests it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RequestId {
    /// The client, 0 for the one in the process itself.
    pub client: u32,
    /// Counted by the client.
    pub number: u32,
}

/// A command with the name under which its answer will come.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// Returned with the answer.
    pub id: RequestId,
    /// What to do.
    #[serde(flatten)]
    pub command: Command,
}
