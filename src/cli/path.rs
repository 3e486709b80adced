//! Paths on the command line.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use clap::builder::{PathBufValueParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Arg, Command};

use crate::files::at_home;

/// A path, in which `~/` at the start is the home folder.
#[derive(Clone, Copy, Debug)]
pub(super) struct HomePath;

impl TypedValueParser for HomePath {
    type Value = PathBuf;

    fn parse_ref(&self, command: &Command, argument: Option<&Arg>, value: &OsStr) -> Result<PathBuf, clap::Error> {
        let path = PathBufValueParser::new().parse_ref(command, argument, value)?;
        at_home(Path::new(&path)).map_err(|error| {
            let message = format!("{}: {error}\n", path.display());
            clap::Error::raw(ErrorKind::ValueValidation, message).with_cmd(command)
        })
    }
}
