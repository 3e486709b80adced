//! The way to a run that another process of this user trains, over its socket.
//!
//! A task holds the connection, and makes a new one when it is lost: with what is known so far when the same process
//! answers, from the start when another does.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};

use super::{Link, Sent, Update, place};
use crate::inspect::Checkpoints;
use crate::protocol::{
    ASK, Answer, Asked, ClientHello, ClientLine, Code, Connection, Cursor, Event, LONGEST_LINE, PROTOCOL, Record, Request,
    ServerHello, ServerLine, ServerMessage, Unanswered,
};
use crate::run::store::RunFolder;

/// A process that answers at all does so within this time.
const ANSWER: Duration = Duration::from_secs(5);
/// The seconds before each new try; the last one is repeated.
const WAITS: [u64; 4] = [1, 1, 2, 5];
/// Updates that may wait for the dashboard; then the socket waits.
const WAITING: usize = 8;
/// The bytes of the records in one update, but for the last of them.
const TOGETHER: usize = 256 << 10;
/// A socket on which nobody answers is of a process that is gone, when it has been there for so long.
const STALE: Duration = Duration::from_secs(60);

/// A run that some process trains now.
#[derive(Clone, Debug)]
pub struct Running {
    /// What it is.
    pub hello: ServerHello,
    path: PathBuf,
}

/// A run that can be watched.
pub struct Attached {
    /// The link to it.
    pub link: Link,
    /// What it is.
    pub hello: ServerHello,
}

/// Why a run cannot be watched.
#[derive(Debug, Error)]
pub enum AttachError {
    /// The socket does not answer as it should.
    #[error("the run cannot be attached to")]
    Io(#[from] io::Error),
    /// Something else answers.
    #[error("what answers there is no run: {0}")]
    Nonsense(#[from] serde_json::Error),
    /// The process turned this one away.
    #[error("the run cannot be attached to: {0}")]
    TurnedAway(String),
    /// The connection has no more to say.
    #[error("the run has gone away")]
    Closed,
}

/// The runs that processes of this user train now, the newest last.
pub async fn running() -> Vec<Running> {
    let mut tries = JoinSet::new();
    for path in place::sockets() {
        tries.spawn(async move {
            let connected = Socket::connect(&path).await;
            (path, connected)
        });
    }
    let mut runs: Vec<Running> = Vec::new();
    for (path, connected) in tries.join_all().await {
        match connected {
            // A run that has moved its socket is one run.
            Ok((_, hello)) if runs.iter().any(|run| run.hello.nonce == hello.nonce) => {}
            Ok((_, hello)) => runs.push(Running { hello, path }),
            Err(AttachError::Io(error)) if error.kind() == io::ErrorKind::ConnectionRefused => remove_stale(&path),
            Err(_) => {}
        }
    }
    runs.sort_by(|a, b| a.hello.run_id.cmp(&b.hello.run_id));
    runs
}

/// Removes the socket of a process that is gone. One that is new may just not listen yet.
fn remove_stale(path: &Path) {
    let made = std::fs::symlink_metadata(path).and_then(|metadata| metadata.modified());
    if made.is_ok_and(|made| made.elapsed().is_ok_and(|age| age >= STALE)) {
        let _ = std::fs::remove_file(path);
    }
}

/// Attaches to a run, under a name that its watchers see.
pub async fn attach(run: &Running, name: String, read_only: bool) -> Result<Attached, AttachError> {
    let (updates, received) = mpsc::channel(WAITING);
    let (sender, requests) = mpsc::unbounded_channel();
    let hello = ClientHello { protocol: PROTOCOL, name, read_only, has: None };
    let (mut socket, server) = Socket::connect(&run.path).await?;
    let welcome = socket.enter(&hello).await?;
    let task = Task { path: run.path.clone(), hello, known: 0, caught_up: 0, ended: false, updates, server: server.clone() };
    tokio::spawn(task.run(socket, welcome, requests));
    Ok(Attached { link: Link::of_channels(received, sender), hello: server })
}

/// A connection.
struct Socket {
    reader: BufReader<OwnedReadHalf>,
    writer: OwnedWriteHalf,
    /// The line that is being read. It stays when reading is broken off.
    line: Vec<u8>,
}

/// What a server answers to a hello.
struct Welcome {
    client: u32,
    from: usize,
    length: usize,
}

impl Socket {
    /// Connects, and reads the hello.
    async fn connect(path: &Path) -> Result<(Self, ServerHello), AttachError> {
        let stream = timeout(ANSWER, UnixStream::connect(path)).await.map_err(io::Error::from)??;
        let (reader, writer) = stream.into_split();
        let mut socket = Self { reader: BufReader::with_capacity(64 << 10, reader), writer, line: Vec::new() };
        let first = timeout(ANSWER, socket.next()).await.map_err(io::Error::from)??;
        match first {
            ServerLine::Message(ServerMessage::Hello(hello)) => Ok((socket, hello)),
            ServerLine::Message(ServerMessage::Bye { reason, .. }) => Err(AttachError::TurnedAway(reason)),
            _ => Err(AttachError::Closed),
        }
    }

    /// Says hello, and reads the answer.
    async fn enter(&mut self, hello: &ClientHello) -> Result<Welcome, AttachError> {
        // A server that turns this client away may have closed already; what it said is there to be read.
        let _ = self.send(hello).await;
        match timeout(ANSWER, self.next()).await.map_err(io::Error::from)?? {
            ServerLine::Message(ServerMessage::Welcome { client, from, length }) => Ok(Welcome { client, from, length }),
            ServerLine::Message(ServerMessage::Bye { reason, .. }) => Err(AttachError::TurnedAway(reason)),
            _ => Err(AttachError::Closed),
        }
    }

    async fn send(&mut self, content: &impl serde::Serialize) -> Result<(), AttachError> {
        let mut line = serde_json::to_vec(content)?;
        line.push(b'\n');
        Ok(self.writer.write_all(&line).await?)
    }

    /// The next line. Cancel safe: what has been read of it stays.
    async fn next(&mut self) -> Result<ServerLine, AttachError> {
        self.next_with_length().await.map(|(line, _)| line)
    }

    /// The same, and its bytes.
    async fn next_with_length(&mut self) -> Result<(ServerLine, usize), AttachError> {
        let room = (LONGEST_LINE + 1).saturating_sub(self.line.len()) as u64;
        (&mut self.reader).take(room).read_until(b'\n', &mut self.line).await?;
        if self.line.pop() != Some(b'\n') {
            return Err(AttachError::Closed);
        }
        let line = ServerLine::decode(&self.line);
        let length = self.line.len();
        self.line.clear();
        Ok((line?, length))
    }

    /// Whether another whole line is here already.
    fn has_more(&self) -> bool {
        self.reader.buffer().contains(&b'\n')
    }
}

/// The task that keeps a link to a run.
struct Task {
    path: PathBuf,
    hello: ClientHello,
    /// The process that tells.
    server: ServerHello,
    /// Records of its log that have been received or skipped.
    known: usize,
    /// Up to here the log is history.
    caught_up: usize,
    ended: bool,
    updates: mpsc::Sender<Update>,
}

/// Nobody reads the link any more.
struct Left;

impl Task {
    async fn run(mut self, mut socket: Socket, mut welcome: Welcome, mut requests: mpsc::UnboundedReceiver<Sent>) {
        loop {
            (self.known, self.caught_up) = (welcome.from, welcome.length);
            if self.tell(Update::Connection(Connection::Up { client: welcome.client })).await.is_err() {
                return;
            }
            let farewell = match self.follow(&mut socket, &mut requests).await {
                Ok(farewell) => farewell,
                Err(Left) => return,
            };
            match self.reconnect(farewell, &mut requests).await {
                Ok(Some(again)) => (socket, welcome) = again,
                // What the run left on the disk can still be looked into.
                Ok(None) => return self.answer_from_disk(requests).await,
                Err(Left) => return,
            }
        }
    }

    /// Follows the run until the connection is lost; the last line, when the other side said one.
    async fn follow(
        &mut self,
        socket: &mut Socket,
        requests: &mut mpsc::UnboundedReceiver<Sent>,
    ) -> Result<Option<ServerMessage>, Left> {
        let (mut records, mut bytes) = (Vec::new(), 0);
        loop {
            let line = tokio::select! {
                line = socket.next_with_length() => line,
                request = requests.recv() => match request {
                    // One that cannot be sent is lost with the connection, as the person will see.
                    Some(Sent::Request(request)) => {
                        let _ = socket.send(&request).await;
                        continue;
                    }
                    Some(Sent::Ask(ask)) if self.server.can.iter().any(|can| can == ASK) => {
                        let _ = socket.send(&ClientLine::Ask { ask }).await;
                        continue;
                    }
                    Some(Sent::Ask(Asked { id, .. })) => {
                        self.tell(Update::Answer(Answer::none(id, Unanswered::Older))).await?;
                        continue;
                    }
                    None => return Err(Left),
                },
            };
            match line {
                Ok((ServerLine::Record(record), length)) => {
                    self.known += 1;
                    self.ended |= matches!(record.event, Event::RunEnded { .. });
                    records.push(Arc::new(*record));
                    bytes += length;
                }
                // A record that only a newer program understands.
                Err(AttachError::Nonsense(_)) => self.known += 1,
                Ok((ServerLine::Message(message), _)) => {
                    self.tell_records(&mut records).await?;
                    if matches!(message, ServerMessage::Bye { .. }) {
                        return Ok(Some(message));
                    }
                    self.tell_message(message).await?;
                }
                Ok((ServerLine::Unknown, _)) => {}
                Err(_) => {
                    self.tell_records(&mut records).await?;
                    return Ok(None);
                }
            }
            if bytes >= TOGETHER || !socket.has_more() {
                self.tell_records(&mut records).await?;
                bytes = 0;
            }
        }
    }

    async fn tell_records(&self, records: &mut Vec<Arc<Record>>) -> Result<(), Left> {
        if records.is_empty() { Ok(()) } else { self.tell(Update::Records(std::mem::take(records))).await }
    }

    async fn tell_message(&mut self, message: ServerMessage) -> Result<(), Left> {
        match message {
            ServerMessage::Skipped { records } => {
                let is_news = self.known >= self.caught_up;
                self.known += records;
                if is_news {
                    return self.tell(Update::Connection(Connection::Skipped { records: records as u64 })).await;
                }
                Ok(())
            }
            ServerMessage::Refused { answers, reason } => self.tell(Update::Refused { answers, reason }).await,
            ServerMessage::Answer(answer) => self.tell(Update::Answer(answer)).await,
            ServerMessage::Hello(_) | ServerMessage::Welcome { .. } | ServerMessage::Bye { .. } => Ok(()),
        }
    }

    /// Connects again, however long it takes; `None` when that makes no sense any more.
    async fn reconnect(
        &mut self,
        farewell: Option<ServerMessage>,
        requests: &mut mpsc::UnboundedReceiver<Sent>,
    ) -> Result<Option<(Socket, Welcome)>, Left> {
        if self.ended {
            let reason = Code::RunIsOver.into();
            self.tell(Update::Connection(Connection::Gone { reason })).await?;
            return Ok(None);
        }
        if let Some(ServerMessage::Bye { reason, .. }) = farewell.filter(|farewell| !farewell.is_end()) {
            let reason = reason.into();
            self.tell(Update::Connection(Connection::Gone { reason })).await?;
            return Ok(None);
        }
        for attempt in 0.. {
            let wait = WAITS[WAITS.len().min(attempt + 1) - 1];
            for retry_in in (1..=wait).rev() {
                self.tell(Update::Connection(Connection::Lost { retry_in })).await?;
                self.refuse_for(Duration::from_secs(1), requests).await?;
            }
            match self.connect_again().await {
                Ok(again) => return Ok(Some(again)),
                Err(AttachError::TurnedAway(reason)) => {
                    let reason = reason.into();
                    self.tell(Update::Connection(Connection::Gone { reason })).await?;
                    return Ok(None);
                }
                Err(_) => {}
            }
        }
        Ok(None)
    }

    /// Waits, and refuses at once what cannot be sent: nobody means now what they pressed an hour ago.
    async fn refuse_for(&self, time: Duration, requests: &mut mpsc::UnboundedReceiver<Sent>) -> Result<(), Left> {
        let end = Instant::now() + time;
        while let Ok(sent) = timeout_at(end, requests.recv()).await {
            self.tell(match sent.ok_or(Left)? {
                Sent::Request(Request { id: answers, .. }) => Update::Refused { answers, reason: Code::ConnectionLost.into() },
                Sent::Ask(Asked { id, .. }) => Update::Answer(Answer::none(id, Unanswered::Busy)),
            })
            .await?;
        }
        Ok(())
    }

    async fn connect_again(&mut self) -> Result<(Socket, Welcome), AttachError> {
        let (mut socket, server) = self.find_again().await?;
        let has = Cursor { nonce: self.server.nonce.clone(), records: self.known };
        let welcome = socket.enter(&ClientHello { has: Some(has), ..self.hello.clone() }).await?;
        let is_same = server.nonce == self.server.nonce && welcome.from == self.known;
        self.server = server;
        if !is_same {
            // The receiver is there, or the next update will notice.
            let _ = self.tell(Update::Restarted).await;
        }
        Ok((socket, welcome))
    }

    /// The run, where it was or where its socket has moved to.
    async fn find_again(&mut self) -> Result<(Socket, ServerHello), AttachError> {
        let mut found = Socket::connect(&self.path).await;
        let name = self.path.file_name().map(ToOwned::to_owned);
        for path in place::sockets() {
            if found.is_ok() {
                break;
            }
            if path.file_name() == name.as_deref() {
                found = Socket::connect(&path).await;
                self.path = path;
            }
        }
        found
    }

    /// Answers questions about a run that nobody trains any more, as long as somebody asks.
    async fn answer_from_disk(&self, mut sent: mpsc::UnboundedReceiver<Sent>) {
        let mut checkpoints = self.server.folder.clone().map(|folder| Checkpoints::new(RunFolder::new(folder)));
        while let Some(next) = sent.recv().await {
            let Sent::Ask(asked) = next else { continue };
            let id = asked.id;
            let answered = match checkpoints.take() {
                Some(mut of) => tokio::task::spawn_blocking(move || (of.answer(&asked), of)).await.ok(),
                None => None,
            };
            let answer = match answered {
                Some((answer, of)) => {
                    checkpoints = Some(of);
                    answer
                }
                None => Answer::none(id, Unanswered::NoCheckpoint),
            };
            if self.tell(Update::Answer(answer)).await.is_err() {
                return;
            }
        }
    }

    async fn tell(&self, update: Update) -> Result<(), Left> {
        self.updates.send(update).await.map_err(|_| Left)
    }
}
