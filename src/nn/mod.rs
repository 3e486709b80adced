//! The learning engine: the only place that knows dfdx.
//!
//! A batch is cut into slices of a fixed size. Each slice goes forward and backward on its own tape, on whichever
//! thread is free, and the gradients are added up in the order of the slices: the number of threads changes nothing.

mod activation;
mod convolution;
mod gradient;
mod kernel;
mod learner;
mod network;
mod optimizer;
mod pool;
mod snapshot;
mod stack;

pub use learner::{Learner, NotFinite, StepOutcome};
pub use network::{Network, NetworkError};
pub use snapshot::Snapshot;
