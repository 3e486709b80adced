//! The ways between a run and those who watch it.

mod archive;
mod bucket;
mod client;
mod end;
mod hub;
mod local;
mod place;
mod queue;
mod recorder;
mod replay;
mod server;
mod spill;
mod wheel;

pub use client::{AttachError, Attached, Running, attach, running};
pub use end::{Link, Sent, Update};
pub use hub::Hub;
pub use local::{LocalPort, connect};
pub use recorder::Recorder;
pub use replay::{Recorded, recorded, replay};
pub use server::{Served, Server};
pub use wheel::Sender;
