//! The ways between a run and those who watch it.

mod bucket;
mod client;
mod end;
mod hub;
mod local;
mod place;
mod recorder;
mod replay;
mod server;
mod wheel;

pub use client::{AttachError, Attached, Running, attach, running};
pub use end::{Link, Update};
pub use hub::Hub;
pub use local::{LocalPort, connect};
pub use recorder::Recorder;
pub use replay::replay;
pub use server::Server;
