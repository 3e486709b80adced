//! The client's end of a socket, against servers that do what ours does not, or does not yet.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use mnist_tui::link::{Link, Running, Update, attach, connect, running};
use mnist_tui::protocol::{ClientHello, Command, Connection, Event, Phase, Record, Request, RequestId};

/// Whoever looks which runs there are talks to all of them: one test at a time.
static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// A server that a test plays.
struct Server {
    listener: UnixListener,
    path: PathBuf,
    id: String,
}

impl Server {
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let id = format!("fake-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let path = folder().join(format!("{id}.sock"));
        let listener = UnixListener::bind(&path).expect("a socket");
        Self { listener, path, id }
    }

    /// Lets a client in, and gives its hello.
    fn welcome(&self) -> (ClientHello, UnixStream) {
        loop {
            let (mut stream, _) = self.listener.accept().expect("a client");
            let hello = format!(
                r#"{{"server":"hello","protocol":1,"program":"0","run_id":"{}","name":"n","pid":1,"nonce":"x","new":1}}"#,
                self.id
            );
            let mut line = String::new();
            // One that only looks which runs there are goes away.
            if say(&mut stream, &hello).is_ok() && BufReader::new(&stream).read_line(&mut line).is_ok_and(|read| read > 0) {
                let hello: ClientHello = serde_json::from_str(&line).expect("a hello");
                let from = hello.has.as_ref().map_or(0, |has| has.records);
                say(&mut stream, &format!(r#"{{"server":"welcome","client":1,"from":{from},"length":{from}}}"#)).expect("said");
                return (hello, stream);
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Where sockets are: a run that is served makes the folder.
fn folder() -> PathBuf {
    let (link, _port) = connect(Vec::new());
    let served = mnist_tui::link::Served { run_id: format!("fake-{}", std::process::id()), ..Default::default() };
    link.serve(served).expect("a thread").expect("a server").finish();
    let uid = rustix::process::getuid().as_raw();
    let own = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).into_iter().chain([format!("/run/user/{uid}").into()]);
    let mut folders = own.map(|own| own.join("mnist-tui")).chain([Path::new("/tmp").join(format!("mnist-tui-{uid}"))]);
    folders.find(|folder| folder.is_dir()).expect("a folder")
}

fn say(stream: &mut UnixStream, line: &str) -> std::io::Result<()> {
    stream.write_all(format!("{line}\n").as_bytes())
}

fn record(step: u64) -> String {
    let event = Event::PhaseChanged { phase: Phase::Paused, step, answers: None };
    serde_json::to_string(&Record { at_ms: step, event }).expect("JSON")
}

async fn find(id: &str) -> Running {
    running().await.into_iter().find(|run| run.hello.run_id == id).expect("it answers")
}

/// Serves one look at what runs there are, and then what `play` does.
fn played<T: Send + 'static>(play: impl FnOnce(&Server) -> T + Send + 'static) -> (String, JoinHandle<T>) {
    let server = Server::new();
    let id = server.id.clone();
    (id, std::thread::spawn(move || play(&server)))
}

async fn attached(id: &str) -> Link {
    attach(&find(id).await, "test".into(), false).await.expect("attached").link
}

/// The first update that fits.
async fn until<T>(link: &mut Link, mut fits: impl FnMut(Update) -> Option<T>) -> T {
    loop {
        let update = tokio::time::timeout(Duration::from_secs(30), link.updates()).await.expect("it comes");
        if let Some(found) = fits(update) {
            return found;
        }
    }
}

/// What only newer programs understand is passed over, whatever stands in it; records are told although nothing follows them.
#[tokio::test]
async fn lines_of_a_newer_server_are_no_records() {
    let _alone = ALONE.lock().await;
    let (id, server) = played(|server| {
        let (_, mut stream) = server.welcome();
        for line in [&record(1), r#"{"server":"weather","sun":true}"#, &record(2), r#"{"server":"skipped","records":"many"}"#] {
            say(&mut stream, line).expect("said");
        }
        // A record that only newer programs understand is one.
        say(&mut stream, r#"{"at_ms":3,"event":"moon_landed","by":"us"}"#).expect("said");
        say(&mut stream, r#"{"server":"bye","code":"ended","reason":"another sentence"}"#).expect("said");
        drop(stream);
        server.welcome().0.has.map(|has| has.records)
    });
    let mut link = attached(&id).await;
    let mut steps = Vec::new();
    until(&mut link, |update| {
        if let Update::Records(records) = &update {
            steps.extend(records.iter().filter_map(|record| match record.event {
                Event::PhaseChanged { step, .. } => Some(step),
                _ => None,
            }));
        }
        matches!(update, Update::Connection(Connection::Lost { .. })).then_some(())
    })
    .await;
    assert_eq!(steps, [1, 2]);
    // Beside it, the client connects again.
    let known = tokio::task::spawn_blocking(|| server.join().expect("no panic")).await.expect("no panic");
    assert_eq!(known, Some(3), "so many records are known");
}

#[tokio::test]
async fn a_paused_run_is_shown_although_a_strange_line_follows() {
    let _alone = ALONE.lock().await;
    let (id, server) = played(|server| {
        let (_, mut stream) = server.welcome();
        say(&mut stream, &format!("{}\n{}", record(1), r#"{"server":"weather"}"#)).expect("said");
        stream
    });
    let mut link = attached(&id).await;
    until(&mut link, |update| matches!(update, Update::Records(_)).then_some(())).await;
    drop(server.join().expect("no panic"));
}

#[tokio::test]
async fn whether_a_run_comes_back_hangs_on_no_sentence() {
    let _alone = ALONE.lock().await;
    let cases = [
        (r#"{"server":"bye","code":"ended","reason":"fini"}"#, true),
        (r#"{"server":"bye","reason":"the process that trained has ended"}"#, true),
        (r#"{"server":"bye","code":"full","reason":"the day has ended"}"#, false),
        (r#"{"server":"bye","code":"eclipse","reason":"dark"}"#, false),
    ];
    for (bye, comes_back) in cases {
        let (id, server) = played(move |server| {
            let (_, mut stream) = server.welcome();
            say(&mut stream, bye).expect("said");
        });
        let mut link = attached(&id).await;
        let lost = until(&mut link, |update| match update {
            Update::Connection(Connection::Lost { .. }) => Some(true),
            Update::Connection(Connection::Gone { .. }) => Some(false),
            _ => None,
        });
        assert_eq!(lost.await, comes_back, "{bye}");
        server.join().expect("no panic");
    }
}

#[tokio::test]
async fn what_is_asked_for_while_the_connection_is_lost_is_refused_at_once() {
    let _alone = ALONE.lock().await;
    let (id, server) = played(|server| drop(server.welcome()));
    let mut link = attached(&id).await;
    server.join().expect("no panic");
    until(&mut link, |update| matches!(update, Update::Connection(Connection::Lost { .. })).then_some(())).await;
    for number in 1..=3 {
        let id = RequestId { client: 1, number };
        link.send(Request { id, command: Command::Stop });
        let refused = until(&mut link, |update| match update {
            Update::Refused { answers, .. } => Some(answers),
            _ => None,
        });
        assert_eq!(refused.await, id);
    }
}

#[tokio::test]
async fn processes_that_do_not_answer_are_waited_for_together() {
    let _alone = ALONE.lock().await;
    let servers: Vec<Server> = (0..4).map(|_| Server::new()).collect();
    let began = Instant::now();
    let found = running().await;
    assert!(began.elapsed() < Duration::from_secs(12), "four times five seconds: {:?}", began.elapsed());
    assert!(!found.iter().any(|run| servers.iter().any(|server| server.id == run.hello.run_id)));
}
