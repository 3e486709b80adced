//! What a run can be told to do.

use serde::{Deserialize, Serialize};

use super::Hyper;

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
    /// After numbers went wrong: take the parameters and moments of the last epoch's end, or of the start, again, halve
    /// the learning rate, and go on.
    Rewind,
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
