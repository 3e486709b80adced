//! The socket of a run: other processes of the same user watch it, and one of them may steer.
//!
//! A thread of its own, with its own runtime: training waits for nobody. Each client has its own place in the log and at
//! most a few hundred kilobytes ahead of it; what it sends is bounded in length, rate and number.

mod client;

use std::fs;
use std::io;
use std::num::NonZeroU32;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};
use tokio::time::interval;

use super::bucket::Bucket;
use super::wheel::Wheel;
use super::{Hub, place};
use crate::causes::panic_text;
use crate::inspect::Desk;
use crate::protocol::{ASK, Event, PROTOCOL, ServerHello};

/// More clients than so many are turned away.
const MOST_CLIENTS: usize = 64;
/// So many may come at once, and so many a second.
const ARRIVALS: (f64, f64) = (64.0, 20.0);
/// It is looked so often whether the socket's file is still there.
const LOOK: Duration = Duration::from_secs(1);
/// At the end, clients get what they have not read yet for so long.
const FAREWELL: Duration = Duration::from_secs(1);

/// The thread that serves a run.
pub struct Server {
    stop: watch::Sender<bool>,
    thread: JoinHandle<Option<String>>,
}

/// What is served.
#[derive(Clone, Debug, Default)]
pub struct Served {
    /// The run's id.
    pub run_id: String,
    /// What a person calls it.
    pub name: String,
    /// Where it is recorded, when it is.
    pub folder: Option<PathBuf>,
}

/// What all clients share.
struct Shared {
    hub: Arc<Hub>,
    wheel: Arc<Wheel>,
    desk: Arc<Desk>,
    hello: ServerHello,
    stop: watch::Receiver<bool>,
    clients: AtomicUsize,
    numbers: AtomicU32,
}

impl Server {
    /// Makes the socket, and answers on it as soon as the run has said its first word. Whether it can be served or not, it
    /// is trained: a failure is an event.
    ///
    /// Fails when the machine gives no thread.
    pub(super) fn start(hub: Arc<Hub>, wheel: Arc<Wheel>, desk: Arc<Desk>, run: Served) -> io::Result<Self> {
        let (stop, stopped) = watch::channel(false);
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        let pid = std::process::id();
        let nonce = format!("{pid:x}-{since:x}");
        let Served { run_id, name, folder } = run;
        let program = env!("CARGO_PKG_VERSION").into();
        let hello = ServerHello { protocol: PROTOCOL, program, run_id, name, pid, nonce, folder, can: vec![ASK.into()] };
        let read = *hub.subscribe().borrow();
        let (clients, numbers) = (AtomicUsize::new(0), AtomicU32::new(1));
        let shared = Arc::new(Shared { hub, wheel, desk, hello, stop: stopped, clients, numbers });
        let listening = listen(&shared.hello.run_id);
        let thread = Builder::new().name("serve".into()).spawn(move || {
            let served = catch_unwind(AssertUnwindSafe(|| serve(&shared, listening, read)));
            let (reason, broken) = match served {
                Ok(Ok(())) => return None,
                Ok(Err(error)) => (error.to_string(), false),
                Err(panic) => (format!("the thread that serves the run broke down: {}", panic_text(&*panic)), true),
            };
            shared.hub.append(Event::ServingFailed { reason: reason.clone() });
            broken.then_some(reason)
        })?;
        Ok(Self { stop, thread })
    }

    /// Tells the clients that the process ends, and ends; how it broke down, when it did.
    pub fn finish(self) -> Option<String> {
        self.stop.send_replace(true);
        self.thread.join().unwrap_or_else(|panic| Some(panic_text(&*panic)))
    }
}

fn serve(shared: &Arc<Shared>, listening: io::Result<Listening>, read: usize) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        if !begun(shared, read).await {
            return Ok(());
        }
        let (listener, socket) = listening?;
        accept(shared, UnixListener::from_std(listener)?, socket).await;
        Ok(())
    })
}

/// Waits until the run has started or gone on, so that nothing is told before that; `false` when it never will.
async fn begun(shared: &Shared, mut read: usize) -> bool {
    let (mut length, mut stop) = (shared.hub.subscribe(), shared.stop.clone());
    loop {
        length.mark_unchanged();
        let records = shared.hub.since(read);
        read += records.len();
        if records.iter().any(|record| matches!(record.event, Event::RunStarted(_) | Event::RunResumed { .. })) {
            return true;
        }
        tokio::select! {
            _ = length.changed() => {}
            _ = stop.wait_for(|stop| *stop) => return false,
        }
    }
}

/// The socket's file, which goes with the server.
struct Socket {
    path: PathBuf,
    /// What tells it apart from another file in its place.
    inode: u64,
}

impl Socket {
    fn is_there(&self) -> bool {
        fs::symlink_metadata(&self.path).is_ok_and(|metadata| metadata.ino() == self.inode)
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if self.is_there() {
            // A socket that stays is known by nobody answering on it.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// A socket, and its file.
type Listening = (std::os::unix::net::UnixListener, Socket);

fn listen(run_id: &str) -> io::Result<Listening> {
    let path = place::socket_path(run_id)?;
    let tell = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    remove_stale(&path).map_err(tell)?;
    let listener = std::os::unix::net::UnixListener::bind(&path).map_err(tell)?;
    listener.set_nonblocking(true).map_err(tell)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).map_err(tell)?;
    let inode = fs::symlink_metadata(&path).map_err(tell)?.ino();
    Ok((listener, Socket { path, inode }))
}

/// Removes the socket of a process that is gone.
fn remove_stale(path: &Path) -> io::Result<()> {
    match std::os::unix::net::UnixStream::connect(path) {
        Ok(_) => Err(io::Error::other("another process serves this run already")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(_) => fs::remove_file(path),
    }
}

async fn accept(shared: &Arc<Shared>, mut listener: UnixListener, mut socket: Socket) {
    let mut look = interval(LOOK);
    let mut stop = shared.stop.clone();
    let mut arrivals = Bucket::new(ARRIVALS.0, ARRIVALS.1);
    let mut clients = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(ended) = clients.join_next() => match ended.map_err(JoinError::try_into_panic) {
                // The thread's own, so that it is told.
                Err(Ok(panic)) => resume_unwind(panic),
                Ok(()) | Err(Err(_)) => continue,
            },
            _ = look.tick() => {
                // The system removes a user's folder when they log out, and the run goes on.
                if !socket.is_there()
                    && let Ok((again, file)) = listen(&shared.hello.run_id)
                    && let Ok(again) = UnixListener::from_std(again)
                {
                    (listener, socket) = (again, file);
                }
                continue;
            }
            _ = stop.wait_for(|stop| *stop) => break,
        };
        match accepted {
            Ok((stream, _)) if is_ours(&stream) => {
                let shared = Arc::clone(shared);
                clients.spawn(async move { client::serve(&shared, stream).await });
            }
            Ok(_) => {}
            // No file descriptors, for example: it may be better soon.
            Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
        }
        while !arrivals.take() && !*stop.borrow() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    let all = async { while clients.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(FAREWELL + Duration::from_millis(500), all).await;
}

/// The folder keeps other users out already.
fn is_ours(stream: &UnixStream) -> bool {
    stream.peer_cred().is_ok_and(|peer| peer.uid() == rustix::process::getuid().as_raw())
}

impl Shared {
    /// The number of the next client.
    fn number(&self) -> NonZeroU32 {
        NonZeroU32::new(self.numbers.fetch_add(1, Ordering::Relaxed)).unwrap_or(NonZeroU32::MIN)
    }

    /// A place among the clients, when there is one.
    fn enter(&self) -> Option<Seat<'_>> {
        let before = self.clients.fetch_add(1, Ordering::Relaxed);
        let seat = Seat(&self.clients);
        (before < MOST_CLIENTS).then_some(seat)
    }
}

/// A place among the clients, given back when it is dropped.
struct Seat<'a>(&'a AtomicUsize);

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
