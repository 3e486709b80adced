//! The ways between a run and those who watch it.

mod hub;
mod local;
mod recorder;

pub use hub::Hub;
pub use local::{Link, LocalPort, connect};
pub use recorder::Recorder;
