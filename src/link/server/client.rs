//! One client of the server: its hello, its requests, and its place in the log.

use std::num::NonZeroU32;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use super::super::bucket::Bucket;
use super::super::hub::Placed;
use super::super::wheel::Sender;
use super::{FAREWELL, MOST_CLIENTS, Shared};
use crate::protocol::{
    Answer, Asked, Body, ByeCode, ClientHello, ClientLine, Code, LONGEST_LINE, PROTOCOL, Request, RequestId, ServerMessage,
    Unanswered,
};

/// No line of a client needs to be longer: a drawn picture of the largest images, in base64, is not.
const LONGEST_REQUEST: u64 = 384 << 10;
/// A client says hello within so much time.
const HELLO: Duration = Duration::from_secs(10);
/// One that takes nothing for so long while something waits for it is cut off.
const STALLED: Duration = Duration::from_secs(30);
/// So much may wait for a client at most, and one line more.
const AHEAD: usize = 256 << 10;
/// Requests at once, and requests a second: more than a held key makes.
const REQUESTS: (f64, f64) = (200.0, 60.0);
/// Questions at once, and questions a second: what a page asks while somebody goes through it.
const QUESTIONS: (f64, f64) = (20.0, 10.0);
/// Who goes on after so many refusals is cut off.
const PATIENCE: usize = 100;
/// The longest name, in characters.
const LONGEST_NAME: usize = 40;

/// Why a client is cut off; nothing when it went by itself.
type Farewell = Option<(ByeCode, String)>;

/// Cuts off a client that does not do as it should.
fn misuse(reason: impl Into<String>) -> Farewell {
    Some((ByeCode::Misuse, reason.into()))
}

/// Serves a client to its end.
pub(super) async fn serve(shared: &Shared, stream: UnixStream) {
    let (reader, writer) = stream.into_split();
    let (mut reader, mut out) = (BufReader::with_capacity(4096, reader), Outgoing { writer, waiting: Vec::new(), sent: 0 });
    let reason = attend(shared, &mut reader, &mut out).await;
    if let Some((code, reason)) = reason {
        out.message(&ServerMessage::Bye { code: Some(code), reason });
        let _ = timeout(FAREWELL, out.send_all()).await;
    }
}

async fn attend(shared: &Shared, reader: &mut BufReader<OwnedReadHalf>, out: &mut Outgoing) -> Farewell {
    out.message(&ServerMessage::Hello(shared.hello.clone()));
    let Some(_seat) = shared.enter() else {
        return Some((ByeCode::Full, format!("{MOST_CLIENTS} clients watch already; try again when one has left")));
    };
    if !matches!(timeout(HELLO, out.send_all()).await, Ok(Ok(()))) {
        return None;
    }
    let mut line = Vec::new();
    let first = match timeout(HELLO, next_line(reader, &mut line)).await {
        Err(_) => return misuse("you have not said hello within 10 s"),
        Ok(Err(reason)) => return reason,
        Ok(Ok(())) => line.as_slice(),
    };
    let hello: ClientHello = match serde_json::from_slice(first) {
        Ok(hello) => hello,
        Err(error) => return misuse(format!("the first line is no hello such as {{\"protocol\":{PROTOCOL}}}: {error}")),
    };
    if hello.protocol != PROTOCOL {
        let who =
            if hello.protocol < PROTOCOL { "update the program you attach with" } else { "attach with the program that trains" };
        return Some((ByeCode::Protocol, format!("you speak protocol {}, this run {PROTOCOL}; {who}", hello.protocol)));
    }
    let client = shared.number();
    let length = *shared.hub.subscribe().borrow();
    let has = hello.has.filter(|has| has.nonce == shared.hello.nonce && has.records <= length);
    let from = has.map_or(0, |has| has.records);
    out.message(&ServerMessage::Welcome { client: client.get(), from, length });
    let name = clean(&hello.name, client.get());
    if !hello.read_only {
        shared.wheel.joined(Sender::Client(client), &name);
    }
    let (notices, noticed) = mpsc::channel(64);
    let (answers, answered) = watch::channel(None);
    let incoming = Incoming { shared, client, name: (!hello.read_only).then_some(name), notices, answers };
    let reason = tokio::select! {
        reason = incoming.take(reader, &mut line) => reason,
        reason = tell(shared, out, from, (noticed, answered)) => reason,
    };
    shared.wheel.left(Sender::Client(client));
    reason
}

/// A name that can be shown.
fn clean(name: &str, client: u32) -> String {
    let name: String = name.chars().filter(|character| !character.is_control()).take(LONGEST_NAME).collect();
    if name.trim().is_empty() { format!("client {client}") } else { name }
}

/// Reads a line. An end in the middle of one, or one that is too long, is an error.
async fn next_line(reader: &mut BufReader<OwnedReadHalf>, line: &mut Vec<u8>) -> Result<(), Farewell> {
    line.clear();
    match reader.take(LONGEST_REQUEST).read_until(b'\n', line).await {
        Ok(0) | Err(_) => Err(None),
        Ok(_) if line.last() == Some(&b'\n') => Ok(()),
        Ok(read) if read as u64 == LONGEST_REQUEST => {
            Err(misuse(format!("a line of yours is longer than {LONGEST_REQUEST} bytes")))
        }
        Ok(_) => Err(misuse("your last line has no end")),
    }
}

/// What a client asks for.
struct Incoming<'a> {
    shared: &'a Shared,
    client: NonZeroU32,
    /// `None` for one that only looks.
    name: Option<String>,
    notices: mpsc::Sender<ServerMessage>,
    /// Only the newest answer waits: they are long, and whoever has asked anew does not want the one before.
    answers: watch::Sender<Option<Answer>>,
}

impl Incoming<'_> {
    async fn take(&self, reader: &mut BufReader<OwnedReadHalf>, line: &mut Vec<u8>) -> Farewell {
        let (mut requests, mut refused) = (Bucket::new(REQUESTS.0, REQUESTS.1), 0);
        let mut questions = Bucket::new(QUESTIONS.0, QUESTIONS.1);
        loop {
            if let Err(reason) = next_line(reader, line).await {
                return reason;
            }
            let request = match ClientLine::decode(line) {
                Ok(ClientLine::Request(request)) => request,
                Ok(ClientLine::Ask { ask }) if questions.take() => {
                    self.ask(ask);
                    continue;
                }
                Ok(ClientLine::Ask { ask }) => {
                    refused += 1;
                    let told = self.notices.try_send(ServerMessage::Answer(Answer::none(ask.id, Unanswered::TooMany)));
                    if told.is_err() || refused > PATIENCE {
                        return misuse("too many questions came too fast");
                    }
                    tokio::task::yield_now().await;
                    continue;
                }
                Err(error) => return misuse(format!("a line of yours is no command: {error}")),
            };
            let id = RequestId { client: self.client.get(), number: request.id.number };
            let result = match &self.name {
                _ if !requests.take() => Err(Code::TooManyCommands.into()),
                None => Err(Code::ReadOnly.into()),
                Some(name) => self.shared.wheel.send(Sender::Client(self.client), name, Request { id, ..request }),
            };
            let Err(reason) = result else { continue };
            refused += 1;
            let told = self.notices.try_send(ServerMessage::Refused { answers: id, reason });
            if told.is_err() || refused > PATIENCE {
                return misuse("too many commands were refused");
            }
            // Others have their turn.
            tokio::task::yield_now().await;
        }
    }
}

impl Incoming<'_> {
    /// Passes a question on.
    fn ask(&self, asked: Asked) {
        let answers = self.answers.clone();
        let reply = move |answer: Answer| {
            if !matches!(answer.body, Body::Nothing { why: Unanswered::Replaced }) {
                answers.send_replace(Some(answer));
            }
        };
        self.shared.desk.ask(Sender::Client(self.client).number(), asked, Box::new(reply));
    }
}

/// Tells a client what happens, from its place in the log on.
async fn tell(
    shared: &Shared,
    out: &mut Outgoing,
    mut read: usize,
    (mut notices, mut answers): (mpsc::Receiver<ServerMessage>, watch::Receiver<Option<Answer>>),
) -> Farewell {
    let (mut length, mut stop) = (shared.hub.subscribe(), shared.stop.clone());
    loop {
        length.mark_unchanged();
        let stopping = *stop.borrow();
        read += out.fill(shared, read);
        while let Ok(notice) = notices.try_recv() {
            out.message(&notice);
        }
        if answers.has_changed().unwrap_or(false)
            && out.has_room()
            && let Some(answer) = answers.borrow_and_update().clone()
        {
            out.message(&ServerMessage::Answer(answer));
        }
        if !out.is_empty() {
            match timeout(if stopping { FAREWELL } else { STALLED }, out.send()).await {
                Ok(Ok(())) => continue,
                Ok(Err(_)) => return None,
                Err(_) => {
                    let reason = "you have read nothing for 30 s; attach again to see the run as it is then";
                    return Some((ByeCode::Stalled, reason.into()));
                }
            }
        }
        if stopping {
            return Some((ByeCode::Ended, "the process that trained has ended".into()));
        }
        tokio::select! {
            _ = length.changed() => {}
            _ = stop.changed() => {}
            Some(notice) = notices.recv() => out.message(&notice),
            Ok(()) = answers.changed() => answers.mark_changed(),
        }
    }
}

/// What waits to be sent.
struct Outgoing {
    writer: OwnedWriteHalf,
    waiting: Vec<u8>,
    /// So much of it has been sent.
    sent: usize,
}

impl Outgoing {
    fn is_empty(&self) -> bool {
        self.sent == self.waiting.len()
    }

    /// Whether little is waiting.
    fn has_room(&self) -> bool {
        self.waiting.len() - self.sent < AHEAD
    }

    fn message(&mut self, message: &ServerMessage) {
        // Writing to memory cannot fail.
        let _ = serde_json::to_writer(&mut self.waiting, message);
        self.waiting.push(b'\n');
    }

    /// Adds records from the `read`-th on while little is waiting; how many are dealt with. Looks at samples that newer
    /// ones have replaced are left out, and so is what is too long for a line.
    fn fill(&mut self, shared: &Shared, read: usize) -> usize {
        let (mut dealt, mut skipped) = (0, 0);
        if !self.has_room() {
            return 0;
        }
        for Placed { record, replaced } in shared.hub.some_since(read) {
            if !self.has_room() {
                break;
            }
            dealt += 1;
            let start = self.waiting.len();
            let record = record.filter(|_| !replaced);
            let written = record.is_some_and(|record| serde_json::to_writer(&mut self.waiting, &*record).is_ok());
            if written && self.waiting.len() - start < LONGEST_LINE {
                self.waiting.push(b'\n');
                if skipped > 0 {
                    // The gap stands before it.
                    let line = self.waiting.split_off(start);
                    self.message(&ServerMessage::Skipped { records: std::mem::take(&mut skipped) });
                    self.waiting.extend_from_slice(&line);
                }
            } else {
                self.waiting.truncate(start);
                skipped += 1;
            }
        }
        if skipped > 0 {
            self.message(&ServerMessage::Skipped { records: skipped });
        }
        dealt
    }

    /// Sends some of it.
    async fn send(&mut self) -> std::io::Result<()> {
        self.sent += self.writer.write(&self.waiting[self.sent..]).await?;
        if self.is_empty() {
            self.waiting.clear();
            self.sent = 0;
            self.waiting.shrink_to(AHEAD);
        } else if self.sent >= AHEAD {
            self.waiting.drain(..self.sent);
            self.sent = 0;
        }
        Ok(())
    }

    async fn send_all(&mut self) -> std::io::Result<()> {
        while !self.is_empty() {
            self.send().await?;
        }
        Ok(())
    }
}
