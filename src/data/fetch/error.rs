//! Why data could not be fetched, and how a person can do it by hand.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;
use ureq::{Error as HttpError, Timeout};

use super::Connection;
use crate::data::DataError;
use crate::files::advice;
use crate::protocol::grouped;

/// Why data could not be fetched.
#[derive(Debug, Error)]
pub enum FetchError {
    /// The system has no place for it.
    #[error("the system names no folder for caches; name a folder with --output, or set XDG_CACHE_HOME")]
    NoFolder,
    /// A mirror that is no address.
    #[error("data.mirror = {0:?}: write an address that begins with http:// or https://")]
    Mirror(String),
    /// No address gave the file as it should be.
    #[error("{file}: {}", said(reasons))]
    Unreachable {
        /// The file's name.
        file: String,
        /// Each address that was tried, with what went wrong there.
        reasons: Vec<(String, Refusal)>,
    },
    /// A file that cannot be read or written.
    #[error("failed to read or write {}{}", path.display(), advice(source))]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// An archive that is whole, but not what it was taken for, or a list of what was taken out of it that is not.
    #[error("{}: {message}", path.display())]
    Archive {
        /// The archive, or the list.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// A file that is not what it was when it was fetched.
    #[error("{} is damaged: its SHA-256 is {found}, not {expected}; `mnist-tui data fetch {name}` fetches it again", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The data's name.
        name: &'static str,
        /// The digest that it should have.
        expected: String,
        /// The one that it has.
        found: String,
    },
    /// Data that is not there, or cannot be read.
    #[error(transparent)]
    Data(#[from] DataError),
}

/// What went wrong with one address.
#[derive(Debug, Error)]
pub enum Refusal {
    /// The server has no answer that could be used.
    #[error("the server says {status}{}", meaning(*status))]
    Status {
        /// The status of its answer.
        status: u16,
    },
    /// Another length.
    #[error("it has {} bytes, not {}", grouped(*found), grouped(*expected))]
    Length {
        /// That of the published file.
        expected: u64,
        /// What the server says, or has sent.
        found: u64,
    },
    /// A part that was not asked for.
    #[error("asked for what follows byte {from}, the server sends something else ({found})")]
    Range {
        /// How much there was.
        from: u64,
        /// What the server says of what it sends.
        found: String,
    },
    /// The rest did not come.
    #[error("it broke off after {} of {} bytes{}", grouped(*at), grouped(*bytes), cause.as_ref().map_or_else(String::new, |cause| format!(" ({cause})")))]
    BrokenOff {
        /// How much there is.
        at: u64,
        /// How much there should be.
        bytes: u64,
        /// What went wrong, when it did not simply end.
        cause: Option<String>,
    },
    /// Another content.
    #[error("its SHA-256 is {found}, not {expected}; what came was removed")]
    Digest {
        /// That of the published file.
        expected: String,
        /// That of what came.
        found: String,
    },
    /// There was no answer at all.
    #[error("{0}")]
    NoAnswer(String),
}

/// What was wrong, each thing once: several addresses are often out of reach for one reason.
fn said(reasons: &[(String, Refusal)]) -> String {
    let mut said: Vec<String> = reasons.iter().map(|(_, reason)| reason.to_string()).collect();
    said.dedup();
    said.join("; ")
}

fn meaning(status: u16) -> &'static str {
    match status {
        401 | 403 | 407 => " (it is not allowed)",
        404 | 410 => " (there is no such file)",
        429 => " (it was asked too often)",
        500..=599 => " (it has a fault)",
        _ => "",
    }
}

/// What an error of the connection comes to, for people.
pub(super) fn told(error: &HttpError, connection: Connection) -> String {
    let within = |time: Duration| format!("no answer within {} s", time.as_secs_f32());
    match error {
        HttpError::HostNotFound => "its host is not found; is this machine online?".into(),
        // A name that is not found has no kind of its own among the errors of the system.
        HttpError::Io(error) if error.to_string().contains("lookup address") => {
            format!("its host is not found; is this machine online? ({error})")
        }
        HttpError::Timeout(Timeout::Resolve | Timeout::Connect) => within(connection.connect),
        HttpError::Timeout(_) => within(connection.silence),
        HttpError::TooManyRedirects => "it leads from one address to the next without end".into(),
        HttpError::Io(error) => error.to_string(),
        other => other.to_string(),
    }
}
