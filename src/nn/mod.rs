//! The learning engine: the only place that knows dfdx.
//!
//! A batch is cut into slices of a fixed size. Each slice goes forward and backward on its own tape, on whichever
//! thread is free, and the gradients are added up in the order of the slices: the number of threads changes nothing.

mod activation;
mod average_pool;
mod batch_norm;
mod buffer;
mod builder;
mod checkpoint;
mod convolution;
mod dropout;
mod gradient;
mod head;
mod inside;
mod kernel;
mod learner;
mod measure;
mod network;
#[doc(hidden)]
pub mod operations;
mod optimizer;
mod padding;
mod parameter;
mod pool;
mod pretrained;
mod slice;
mod snapshot;
mod stack;

pub use builder::NetworkError;
pub use checkpoint::{CheckpointError, NamedTensor, read_metadata};
pub use inside::Weights;
pub use learner::{Learner, NotFinite, StepOutcome};
pub use network::{FreezeError, Network, greatest};
pub use pretrained::{PRETRAINED, pretrained};
pub use snapshot::Snapshot;
