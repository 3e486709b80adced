//! Fetching data from servers on this machine that behave, and from those that do not.

mod commands;
mod files;
mod server;
mod sets;
