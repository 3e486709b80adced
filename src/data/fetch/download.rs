//! One file from the first of several addresses that has it: broken off it goes on where it was, and it gets its name only when its
//! digest is right.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;
use std::time::Duration;

use sha2::{Digest, Sha256};
use ureq::http::{Response, header};
use ureq::{Agent, Body, Proxy};

use super::error::told;
use super::{FetchError, Refusal, Step, Tell};
use crate::data::mnist::hex;
use crate::files::sync_folder;

/// An address that breaks off is asked again so often, as long as there is more after each time.
const TRIES: usize = 20;
/// So many addresses may lead to the next.
const REDIRECTS: u32 = 8;
/// Read, and told of, at once.
const PIECE: usize = 1 << 16;

/// How long a server is waited for, and how it is reached.
#[derive(Clone, Copy, Debug)]
pub struct Connection {
    /// For the connection.
    pub connect: Duration,
    /// For its answer, and for every piece of it.
    pub silence: Duration,
    /// Whether the proxies of the environment are used.
    pub proxies: bool,
}

impl Default for Connection {
    fn default() -> Self {
        Self { connect: Duration::from_secs(15), silence: Duration::from_secs(30), proxies: true }
    }
}

/// A file that is wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Its name.
    pub name: String,
    /// Where it may be, in the order in which it is asked for.
    pub addresses: Vec<String>,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256, in hexadecimal digits.
    pub sha256: String,
}

/// Downloads files.
#[derive(Debug)]
pub struct Downloader {
    agent: Agent,
    connection: Connection,
}

/// Why a try ended: the server's fault, for which there may be another, or this machine's.
enum Stop {
    Server(Refusal),
    Here(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Here(error)
    }
}

impl Downloader {
    /// One that reaches servers in this way.
    pub fn new(connection: Connection) -> Self {
        let Connection { connect, silence, proxies } = connection;
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(REDIRECTS)
            .timeout_resolve(Some(connect))
            .timeout_connect(Some(connect))
            .timeout_send_request(Some(silence))
            .timeout_recv_response(Some(silence))
            .timeout_per_read(Some(silence))
            // What one answer leaves behind must not be taken for the beginning of the next.
            .max_idle_connections(0)
            .accept_encoding("identity")
            .user_agent(concat!("mnist-tui/", env!("CARGO_PKG_VERSION")))
            .proxy(proxies.then(Proxy::try_from_env).flatten());
        Self { agent: config.build().new_agent(), connection }
    }

    /// Puts the file into the folder, from the first of its addresses that has it. Until then what has come lies beside it, under
    /// a name that ends in `.part`, and is gone on with, unless it is found to be wrong.
    pub fn download(&self, file: &Wanted, folder: &Path, tell: Tell) -> Result<(), FetchError> {
        let (path, part) = (folder.join(&file.name), folder.join(format!("{}.part", file.name)));
        let mut reasons = Vec::new();
        for (at, url) in file.addresses.iter().enumerate() {
            match self.all_from(file, url, &part, tell) {
                Ok(()) => {
                    let named = fs::rename(&part, &path).and_then(|()| sync_folder(&path));
                    return named.map_err(|source| FetchError::File { path, source });
                }
                Err(Stop::Here(source)) => return Err(FetchError::File { path: part, source }),
                Err(Stop::Server(reason)) => {
                    if at + 1 < file.addresses.len() {
                        tell(Step::Refused { url, reason: &reason });
                    }
                    reasons.push((url.clone(), reason));
                }
            }
        }
        Err(FetchError::Unreachable { file: file.name.clone(), reasons })
    }

    /// Everything from one address, which is asked again as long as that brings something.
    fn all_from(&self, file: &Wanted, url: &str, part: &Path, tell: Tell) -> Result<(), Stop> {
        // What was there before may be of another file.
        let mut is_old = length(part) > 0;
        for attempt in 1.. {
            let mut from = length(part);
            if from > file.bytes {
                remove(part)?;
                from = 0;
            }
            tell(Step::Asking { file: &file.name, url, from });
            let result = self.rest(file, url, (part, from), tell).and_then(|()| checked(file, part));
            let Err(Stop::Server(reason)) = result else { return result };
            let helps_to_ask_again = match reason {
                Refusal::BrokenOff { at, .. } => at > from,
                Refusal::Range { .. } | Refusal::Digest { .. } => {
                    remove(part)?;
                    let is_range = matches!(reason, Refusal::Range { .. });
                    std::mem::take(&mut is_old) || is_range
                }
                _ => false,
            };
            if !helps_to_ask_again || attempt == TRIES {
                return Err(Stop::Server(reason));
            }
        }
        Ok(())
    }

    /// What is missing of the file after the bytes that are there.
    fn rest(&self, file: &Wanted, url: &str, (part, from): (&Path, u64), tell: Tell) -> Result<(), Stop> {
        if from == file.bytes {
            return Ok(());
        }
        let mut request = self.agent.get(url);
        if from > 0 {
            request = request.header(header::RANGE, format!("bytes={from}-"));
        }
        let response = request.call().map_err(|error| Refusal::NoAnswer(told(&error, self.connection)));
        let mut response = response.map_err(Stop::Server)?;
        let at = start(&response, from, file.bytes).map_err(Stop::Server)?;
        let mut output = File::options().create(true).append(true).open(part)?;
        if at < from {
            output.set_len(at)?;
        }
        self.copy(response.body_mut(), &mut output, (file, at), tell)?;
        Ok(output.sync_all()?)
    }

    /// Writes what comes, up to the length of the file.
    fn copy(&self, body: &mut Body, output: &mut File, (file, mut at): (&Wanted, u64), tell: Tell) -> Result<(), Stop> {
        let mut reader = body.as_reader();
        let mut piece = vec![0; PIECE];
        let broken_off = |at, cause| Err(Stop::Server(Refusal::BrokenOff { at, bytes: file.bytes, cause }));
        loop {
            let length = match reader.read(&mut piece) {
                Ok(0) if at < file.bytes => return broken_off(at, None),
                Ok(0) => return Ok(()),
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return broken_off(at, Some(told(&error.into(), self.connection))),
            };
            let after = at + length as u64;
            if after > file.bytes {
                return Err(Stop::Server(Refusal::Length { expected: file.bytes, found: after }));
            }
            output.write_all(&piece[..length])?;
            at = after;
            tell(Step::Received { file: &file.name, bytes: at, all: file.bytes });
        }
    }
}

/// Where what an answer holds begins, when `from` bytes were there and the rest was asked for.
fn start(response: &Response<Body>, from: u64, bytes: u64) -> Result<u64, Refusal> {
    let named = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    let at = match response.status().as_u16() {
        // A server that knows no parts sends everything.
        200 => 0,
        206 if from > 0 => {
            let range = named(header::CONTENT_RANGE).unwrap_or("no range");
            let is_the_rest = range.strip_prefix("bytes ").and_then(|range| {
                let (range, all) = range.split_once('/')?;
                let (first, last) = range.split_once('-')?;
                let fits = first.parse() == Ok(from) && last.parse() == Ok(bytes - 1) && (all == "*" || all.parse() == Ok(bytes));
                fits.then_some(())
            });
            is_the_rest.map(|()| from).ok_or_else(|| Refusal::Range { from, found: range.into() })?
        }
        status => return Err(Refusal::Status { status }),
    };
    let length = named(header::CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
    match length.map(|length| at.saturating_add(length)) {
        Some(found) if found != bytes => Err(Refusal::Length { expected: bytes, found }),
        _ => Ok(at),
    }
}

/// Holds a file that is all there against its digest.
fn checked(file: &Wanted, part: &Path) -> Result<(), Stop> {
    let found = sha256(part)?;
    if found == file.sha256 { Ok(()) } else { Err(Stop::Server(Refusal::Digest { expected: file.sha256.clone(), found })) }
}

fn length(part: &Path) -> u64 {
    fs::metadata(part).map_or(0, |part| part.len())
}

fn remove(part: &Path) -> io::Result<()> {
    match fs::remove_file(part) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The SHA-256 of a file, in hexadecimal digits.
pub(super) fn sha256(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut digest = Sha256::new();
    let mut piece = vec![0; PIECE];
    loop {
        match file.read(&mut piece) {
            Ok(0) => return Ok(hex(&digest.finalize())),
            Ok(length) => digest.update(&piece[..length]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => (),
            Err(error) => return Err(error),
        }
    }
}
