//! The ways between a run and those who watch it.

mod end;
mod hub;
mod local;
mod recorder;
mod replay;
mod wheel;

pub use end::{Link, Update};
pub use hub::Hub;
pub use local::{LocalPort, connect};
pub use recorder::Recorder;
pub use replay::replay;
