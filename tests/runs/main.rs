//! Runs on disk as the commands show, export and remove them, and as they go on: with the real program.

mod going_on;
mod home;
mod looking;
