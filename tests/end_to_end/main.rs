//! The program as a person meets it: the real binary on a pseudo-terminal, or with its streams redirected.

mod bad_disk;
mod browsing;
mod bytes;
mod detaching;
mod headless;
mod home;
mod leaving;
mod panicking;
mod replaying;
mod steering;
mod support;
mod suspending;
mod training;
mod typing;
mod watching;
