//! The lines on the socket of a run besides records and requests; `docs/protocol.md` has them for other programs.

use std::path::PathBuf;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::{Answer, Asked, Reason, Record, Request, RequestId};

/// The version of what is said on the socket. It grows when older programs cannot follow any more.
pub const PROTOCOL: u32 = 1;
/// The longest line of events, on the socket and on disk, in bytes.
pub const LONGEST_LINE: usize = 1 << 20;

/// What the process that trains says besides [`Record`]s.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "server", rename_all = "snake_case")]
pub enum ServerMessage {
    /// The first line.
    Hello(ServerHello),
    /// The answer to the client's hello; records follow.
    Welcome {
        /// The number of the client, which stands in its requests.
        client: u32,
        /// The place in the log of the first record that follows, counted from 0.
        from: usize,
        /// The length of the log now.
        length: usize,
    },
    /// So many records are left out here, because newer ones have taken their place.
    Skipped {
        /// How many.
        records: usize,
    },
    /// A request was refused; nobody else is told.
    Refused {
        /// Which.
        answers: RequestId,
        /// Why.
        #[serde(flatten)]
        reason: Reason,
    },
    /// What a client asked; nobody else is told.
    Answer(Answer),
    /// The last line.
    Bye {
        /// Why, for programs; nothing from one that is older than these codes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<ByeCode>,
        /// Why, and what to do, for people.
        reason: String,
    },
}

/// Why a server ends a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ByeCode {
    /// The process that trained has ended. Another may go on with the run.
    Ended,
    /// Too many clients watch.
    Full,
    /// The client speaks another version of this.
    Protocol,
    /// The client did not do as it should.
    Misuse,
    /// The client has read nothing for too long.
    Stalled,
    /// Something that a newer program says.
    #[serde(other)]
    Other,
}

impl ServerMessage {
    /// Whether it says that the process that trained has ended.
    pub fn is_end(&self) -> bool {
        match self {
            Self::Bye { code: Some(code), .. } => *code == ByeCode::Ended,
            // As programs say it that know no codes.
            Self::Bye { code: None, reason } => reason == "the process that trained has ended",
            _ => false,
        }
    }
}

/// Who trains what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerHello {
    /// [`PROTOCOL`].
    pub protocol: u32,
    /// The version of the program.
    pub program: String,
    /// The run.
    pub run_id: String,
    /// What a person calls it.
    pub name: String,
    /// The process.
    pub pid: u32,
    /// Another one for each process that trains the run.
    pub nonce: String,
    /// The folder in which it is recorded, when it is; older programs do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<PathBuf>,
    /// What else it does: [`ASK`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub can: Vec<String>,
}

/// In a server's hello: it answers questions.
pub const ASK: &str = "ask";

/// The first line of a client.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientHello {
    /// [`PROTOCOL`].
    pub protocol: u32,
    /// What it is called, for people.
    #[serde(default)]
    pub name: String,
    /// It will never steer.
    #[serde(default)]
    pub read_only: bool,
    /// How much of the log it has already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub has: Option<Cursor>,
}

/// A place in the log of a process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The process, as its hello named it.
    pub nonce: String,
    /// So many records.
    pub records: usize,
}

/// A line of the process that trains.
#[derive(Clone, Debug, PartialEq)]
pub enum ServerLine {
    /// Something that happened.
    Record(Box<Record>),
    /// Something else.
    Message(ServerMessage),
    /// Something else that only newer programs understand; no record.
    Unknown,
}

impl ServerLine {
    /// Reads a line, without its end. Whatever the bytes are, the answer is a line or an error. An event that only a newer
    /// program knows is a record, too.
    pub fn decode(line: &[u8]) -> Result<Self, serde_json::Error> {
        if line.starts_with(b"{\"server\":") {
            // Newer messages and newer forms of them are passed over, as long as they are whole.
            let message = serde_json::from_slice(line).map(Self::Message);
            return message.or_else(|_| serde_json::from_slice::<IgnoredAny>(line).map(|_| Self::Unknown));
        }
        Record::read(line).map(|record| Self::Record(Box::new(record)))
    }
}

/// A line of a client after its hello.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ClientLine {
    /// It wants to know something.
    Ask {
        /// What.
        ask: Asked,
    },
    /// It wants something to be done.
    Request(Request),
}

impl ClientLine {
    /// Reads a line, without its end. Whatever the bytes are, the answer is a line or an error.
    pub fn decode(line: &[u8]) -> Result<Self, serde_json::Error> {
        /// A question alone, so that what is wrong with it is told, and not that it is no request.
        #[derive(Deserialize)]
        struct Question {
            ask: Asked,
        }
        if line.trim_ascii_start().starts_with(b"{\"ask\"") {
            return serde_json::from_slice(line).map(|Question { ask }| Self::Ask { ask });
        }
        serde_json::from_slice(line).map(Self::Request)
    }
}
