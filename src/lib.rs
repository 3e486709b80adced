//! Trains small convolutional networks and lets a person watch and steer them in a terminal.
//!
//! One stream of events out, one kind of command in: a training worker emits [`protocol::Event`]s and takes
//! [`protocol::Command`]s; whoever shows, records or prints a run folds the same events into a [`run::RunState`].

pub mod app;
mod causes;
pub mod cli;
pub mod config;
pub mod data;
pub mod evaluate;
pub mod export;
mod files;
pub mod inspect;
pub mod link;
pub mod nn;
pub mod protocol;
pub mod run;
pub mod terminal;
pub mod text;
pub mod train;
pub mod ui;
