//! One client of the server: its hello, its requests, and its place in the log.

use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::super::bucket::Bucket;
use super::{FAREWELL, MOST_CLIENTS, Shared};
use crate::protocol::{ClientHello, Code, LONGEST_LINE, PROTOCOL, Request, RequestId, ServerMessage, decode_request};

/// No line of a client needs to be longer.
const LONGEST_REQUEST: u64 = 64 << 10;
/// A client says hello within so much time.
const HELLO: Duration = Duration::from_secs(10);
/// One that takes nothing for so long while something waits for it is cut off.
const STALLED: Duration = Duration::from_secs(30);
/// So much may wait for a client at most, and one line more.
const AHEAD: usize = 256 << 10;
/// Requests at once, and requests a second: more than a held key makes.
const REQUESTS: (f64, f64) = (200.0, 60.0);
/// Who goes on after so many refusals is cut off.
const PATIENCE: usize = 100;
/// The longest name, in characters.
const LONGEST_NAME: usize = 40;

/// Why a client is cut off; nothing when it went by itself.
type Reason = Option<String>;

/// Serves a client to its end.
pub(super) async fn serve(shared: &Shared, stream: UnixStream) {
    let (reader, writer) = stream.into_split();
    let (mut reader, mut out) = (BufReader::with_capacity(4096, reader), Outgoing { writer, waiting: Vec::new(), sent: 0 });
    let reason = attend(shared, &mut reader, &mut out).await;
    if let Some(reason) = reason {
        out.message(&ServerMessage::Bye { reason });
        let _ = timeout(FAREWELL, out.send_all()).await;
    }
}

async fn attend(shared: &Shared, reader: &mut BufReader<OwnedReadHalf>, out: &mut Outgoing) -> Reason {
    out.message(&ServerMessage::Hello(shared.hello.clone()));
    let Some(_seat) = shared.enter() else {
        return Some(format!("{MOST_CLIENTS} clients watch already; try again when one has left"));
    };
    if !matches!(timeout(HELLO, out.send_all()).await, Ok(Ok(()))) {
        return None;
    }
    let mut line = Vec::new();
    let first = match timeout(HELLO, next_line(reader, &mut line)).await {
        Err(_) => return Some("you have not said hello within 10 s".into()),
        Ok(Err(reason)) => return reason,
        Ok(Ok(())) => line.as_slice(),
    };
    let hello: ClientHello = match serde_json::from_slice(first) {
        Ok(hello) => hello,
        Err(error) => return Some(format!("the first line is no hello such as {{\"protocol\":{PROTOCOL}}}: {error}")),
    };
    if hello.protocol != PROTOCOL {
        let who =
            if hello.protocol < PROTOCOL { "update the program you attach with" } else { "attach with the program that trains" };
        return Some(format!("you speak protocol {}, this run {PROTOCOL}; {who}", hello.protocol));
    }
    let client = shared.numbers.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let length = *shared.hub.subscribe().borrow();
    let has = hello.has.filter(|has| has.nonce == shared.hello.nonce && has.records <= length);
    let from = has.map_or(0, |has| has.records);
    out.message(&ServerMessage::Welcome { client, from, length });
    let name = clean(&hello.name, client);
    if !hello.read_only {
        shared.wheel.joined(client, &name);
    }
    let (notices, noticed) = mpsc::channel(64);
    let sender = Sender { shared, client, name: (!hello.read_only).then_some(name), notices };
    let reason = tokio::select! {
        reason = sender.take(reader, &mut line) => reason,
        reason = tell(shared, out, from, noticed) => reason,
    };
    shared.wheel.left(client);
    reason
}

/// A name that can be shown.
fn clean(name: &str, client: u32) -> String {
    let name: String = name.chars().filter(|character| !character.is_control()).take(LONGEST_NAME).collect();
    if name.trim().is_empty() { format!("client {client}") } else { name }
}

/// Reads a line. An end in the middle of one, or one that is too long, is an error.
async fn next_line(reader: &mut BufReader<OwnedReadHalf>, line: &mut Vec<u8>) -> Result<(), Reason> {
    line.clear();
    match reader.take(LONGEST_REQUEST).read_until(b'\n', line).await {
        Ok(0) | Err(_) => Err(None),
        Ok(_) if line.last() == Some(&b'\n') => Ok(()),
        Ok(read) if read as u64 == LONGEST_REQUEST => {
            Err(Some(format!("a line of yours is longer than {LONGEST_REQUEST} bytes")))
        }
        Ok(_) => Err(Some("your last line has no end".into())),
    }
}

/// What a client asks for.
struct Sender<'a> {
    shared: &'a Shared,
    client: u32,
    /// `None` for one that only looks.
    name: Option<String>,
    notices: mpsc::Sender<ServerMessage>,
}

impl Sender<'_> {
    async fn take(&self, reader: &mut BufReader<OwnedReadHalf>, line: &mut Vec<u8>) -> Reason {
        let (mut requests, mut refused) = (Bucket::new(REQUESTS.0, REQUESTS.1), 0);
        loop {
            if let Err(reason) = next_line(reader, line).await {
                return reason;
            }
            let request = match decode_request(line) {
                Ok(request) => request,
                Err(error) => return Some(format!("a line of yours is no command: {error}")),
            };
            let id = RequestId { client: self.client, number: request.id.number };
            let result = match &self.name {
                _ if !requests.take() => Err(Code::TooManyCommands.into()),
                None => Err(Code::ReadOnly.into()),
                Some(name) => self.shared.wheel.send(self.client, name, Request { id, ..request }),
            };
            let Err(reason) = result else { continue };
            refused += 1;
            let told = self.notices.try_send(ServerMessage::Refused { answers: id, reason });
            if told.is_err() || refused > PATIENCE {
                return Some("too many commands were refused".into());
            }
            // Others have their turn.
            tokio::task::yield_now().await;
        }
    }
}

/// Tells a client what happens, from its place in the log on.
async fn tell(shared: &Shared, out: &mut Outgoing, mut read: usize, mut notices: mpsc::Receiver<ServerMessage>) -> Reason {
    let (mut length, mut stop) = (shared.hub.subscribe(), shared.stop.clone());
    loop {
        length.mark_unchanged();
        let stopping = *stop.borrow();
        read += out.fill(shared, read);
        while let Ok(notice) = notices.try_recv() {
            out.message(&notice);
        }
        if !out.is_empty() {
            match timeout(if stopping { FAREWELL } else { STALLED }, out.send()).await {
                Ok(Ok(())) => continue,
                Ok(Err(_)) => return None,
                Err(_) => return Some("you have read nothing for 30 s; attach again to see the run as it is then".into()),
            }
        }
        if stopping {
            return Some("the process that trained has ended".into());
        }
        tokio::select! {
            _ = length.changed() => {}
            _ = stop.changed() => {}
            Some(notice) = notices.recv() => out.message(&notice),
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

    fn message(&mut self, message: &ServerMessage) {
        // Writing to memory cannot fail.
        let _ = serde_json::to_writer(&mut self.waiting, message);
        self.waiting.push(b'\n');
    }

    /// Adds records from the `read`-th on while little is waiting; how many are dealt with. Looks at samples that newer
    /// ones have replaced are left out, and so is what is too long for a line.
    fn fill(&mut self, shared: &Shared, read: usize) -> usize {
        let (mut dealt, mut skipped) = (0, 0);
        if self.waiting.len() - self.sent >= AHEAD {
            return 0;
        }
        for (record, replaced) in shared.hub.some_since(read) {
            if self.waiting.len() - self.sent >= AHEAD {
                break;
            }
            dealt += 1;
            let start = self.waiting.len();
            let written = !replaced && serde_json::to_writer(&mut self.waiting, &*record).is_ok();
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
