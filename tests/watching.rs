//! Watching over a socket: what a client folds is what the run is, and no client harms it.

mod synthetic;

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use mnist_tui::link::{Link, LocalPort, Server, connect};
use mnist_tui::protocol::{
    ClientLine, Command, Event, Hyper, Outcome, PROTOCOL, Phase, Record, Request, RequestId, ServerLine, ServerMessage,
};
use mnist_tui::run::{RunState, SampleOrder};
use mnist_tui::text::Language;
use mnist_tui::train::Port;
use proptest::prelude::*;
use synthetic::Synthetic;

/// Whatever is waited for has come by then.
const DEADLINE: Duration = Duration::from_secs(30);

/// A run that is served; its events are told by the test.
struct Served {
    link: Link,
    port: LocalPort,
    server: Option<Server>,
    path: PathBuf,
}

impl Served {
    /// With nobody at the wheel.
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let (link, port) = connect(Vec::new());
        link.start_free();
        let id = format!("test-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let server =
            link.serve(mnist_tui::link::Served { run_id: id.clone(), name: "test".into(), folder: None }).expect("a thread");
        let uid = rustix::process::getuid().as_raw();
        let own = std::env::var_os("XDG_RUNTIME_DIR").map_or_else(|| format!("/run/user/{uid}").into(), PathBuf::from);
        let folder = if own.is_dir() { own.join("mnist-tui") } else { format!("/tmp/mnist-tui-{uid}").into() };
        Self { link, port, server, path: folder.join(format!("{id}.sock")) }
    }

    fn tell(&mut self, events: impl IntoIterator<Item = Event>) {
        events.into_iter().for_each(|event| self.port.emit(event));
    }

    /// What the run has come to.
    fn state(&mut self) -> RunState {
        let mut state = RunState::default();
        self.link.now().iter().for_each(|record| state.apply(record));
        state
    }

    fn connect(&self) -> Client {
        let deadline = Instant::now() + DEADLINE;
        let stream = loop {
            match UnixStream::connect(&self.path) {
                Ok(stream) => break stream,
                Err(error) => assert!(Instant::now() < deadline, "{}: {error}", self.path.display()),
            }
            std::thread::yield_now();
        };
        stream.set_read_timeout(Some(DEADLINE)).expect("a timeout");
        let mut client = Client { lines: BufReader::new(stream), number: 0 };
        let first = client.next();
        assert!(
            matches!(&first, Some(ServerLine::Message(ServerMessage::Hello(hello))) if hello.protocol == PROTOCOL),
            "{first:?}"
        );
        client
    }

    fn attach(&self, hello: &str) -> Client {
        let mut client = self.connect();
        client.say(hello);
        match client.next() {
            Some(ServerLine::Message(ServerMessage::Welcome { client: number, .. })) => client.number = number,
            other => panic!("no welcome but {other:?}"),
        }
        client
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if let Some(server) = self.server.take() {
            server.finish();
        }
        assert!(!self.path.exists(), "the socket is left behind");
    }
}

const HELLO: &str = r#"{"protocol":1,"name":"ana"}"#;

struct Client {
    lines: BufReader<UnixStream>,
    number: u32,
}

impl Client {
    fn say(&mut self, line: &str) {
        self.lines.get_mut().write_all(format!("{line}\n").as_bytes()).expect("sent");
    }

    fn next(&mut self) -> Option<ServerLine> {
        let mut line = Vec::new();
        self.lines.read_until(b'\n', &mut line).expect("a line in time");
        let line = line.strip_suffix(b"\n")?;
        Some(ServerLine::decode(line).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(line))))
    }

    /// Waits for a line that fits.
    fn wait_for<T>(&mut self, fits: impl Fn(&ServerLine) -> Option<T>) -> T {
        loop {
            let line = self.next().expect("the connection stays");
            if let Some(found) = fits(&line) {
                return found;
            }
        }
    }

    /// The records up to one that `is_last`.
    fn fold(&mut self, is_last: impl Fn(&Event) -> bool) -> RunState {
        let mut state = RunState::default();
        loop {
            if let Some(ServerLine::Record(record)) = self.next() {
                state.apply(&record);
                if is_last(&record.event) {
                    return state;
                }
            }
        }
    }

    fn bye(&mut self) -> String {
        loop {
            match self.next() {
                Some(ServerLine::Message(ServerMessage::Bye { reason, .. })) => return reason,
                Some(_) => {}
                None => panic!("closed without a word"),
            }
        }
    }
}

fn events(records: &[Arc<Record>]) -> Vec<Event> {
    records.iter().map(|record| record.event.clone()).collect()
}

fn short() -> Vec<Event> {
    events(&Synthetic { steps: 200, ..Synthetic::default() }.records())
}

fn without_times(mut state: RunState) -> String {
    state.at_ms = 0;
    state.log.iter_mut().for_each(|line| line.at_ms = 0);
    // Samples keep their places for some seconds: they depend on when somebody began to look.
    state.sample_order = SampleOrder::default();
    format!("{state:?}")
}

fn ended() -> Event {
    Event::RunEnded { outcome: Outcome::Completed, step: 0, weights_sha256: "00".into(), answers: None }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// For any log and any moment of attaching, the client knows what the run is.
    #[test]
    fn a_client_folds_what_the_run_is(seed: u64, length in 0usize..160, at in 0usize..160) {
        let all = events(&Synthetic { steps: 1_000, augmented: true, ..Synthetic::default() }.records());
        // Any events in any order, after the start.
        let mut picked = vec![all[0].clone()];
        let mut state = seed;
        for _ in 0..length {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            picked.push(all[1 + (state >> 33) as usize % (all.len() - 1)].clone());
        }
        let at = 1 + at.min(length);
        let mut served = Served::new();
        served.tell(picked[..at].iter().cloned());
        let mut client = served.attach(r#"{"protocol":1,"read_only":true}"#);
        served.tell(picked[at..].iter().cloned());
        served.tell([ended()]);
        let folded = client.fold(|event| matches!(event, Event::RunEnded { .. }));
        prop_assert_eq!(without_times(folded), without_times(served.state()));
    }

    /// Whatever comes over the socket, it is a line or an error.
    #[test]
    fn any_bytes_are_decoded_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = (ServerLine::decode(&bytes), ClientLine::decode(&bytes));
    }

    /// The same for lines that were right before something was done to them.
    #[test]
    fn damaged_lines_are_decoded_or_refused(pick: usize, at: usize, byte: u8, cut: usize) {
        let lines = Synthetic { steps: 60, ..Synthetic::default() }.records();
        let mut line = serde_json::to_vec(&*lines[pick % lines.len()]).expect("JSON");
        prop_assert!(ServerLine::decode(&line).is_ok());
        let place = at % line.len();
        line[place] = byte;
        let _ = ServerLine::decode(&line);
        line.truncate(cut % line.len());
        prop_assert!(ServerLine::decode(&line).is_err(), "half a line is none");
        let request = Request { id: RequestId { client: 1, number: 2 }, command: Command::SetHyper { hyper: Hyper::Epochs, value: 3.0 } };
        let mut line = serde_json::to_vec(&request).expect("JSON");
        prop_assert_eq!(ClientLine::decode(&line).ok(), Some(ClientLine::Request(request)));
        let place = at % line.len();
        line[place] = byte;
        let _ = ClientLine::decode(&line);
    }
}

#[test]
fn one_steers_and_the_others_are_told_why_they_do_not() {
    let mut served = Served::new();
    served.tell(short());
    let mut ana = served.attach(HELLO);
    let first = ana.number;
    ana.wait_for(|line| matches!(line, ServerLine::Record(record) if matches!(&record.event, Event::ControlTaken { client, name, answers: None } if *client == first && name == "ana")).then_some(()));
    let mut ben = served.attach(r#"{"protocol":1,"name":"ben\u001b[31m"}"#);
    let mut eve = served.attach(r#"{"protocol":1,"name":"eve","read_only":true}"#);
    let refused = |line: &ServerLine| match line {
        ServerLine::Message(ServerMessage::Refused { reason, .. }) => Some(reason.to_string()),
        _ => None,
    };
    ben.say(r#"{"id":{"client":1,"number":7},"command":"pause"}"#);
    assert_eq!(ben.wait_for(refused), "ana steers; take over first");
    eve.say(r#"{"id":{"client":0,"number":1},"command":"take_control"}"#);
    assert_eq!(eve.wait_for(refused), "you attached read-only");
    // The number of a request's client is the server's to say.
    ana.say(r#"{"id":{"client":0,"number":9},"command":"set_hyper","hyper":"epochs","value":7}"#);
    let request = wait(|| served.port.poll(0));
    assert_eq!(request.id, RequestId { client: first, number: 9 });
    served.tell([Event::HyperChanged { step: 201, hyper: Hyper::Epochs, from: 5.0, to: 7.0, base: None, answers: request.id }]);
    ben.say(r#"{"id":{"client":0,"number":8},"command":"take_control"}"#);
    let taken = |line: &ServerLine| match line {
        ServerLine::Record(record) => match &record.event {
            Event::ControlTaken { name, answers: Some(id), .. } => Some((name.clone(), *id)),
            _ => None,
        },
        ServerLine::Message(_) | ServerLine::Unknown => None,
    };
    let expected = ("ben[31m".to_owned(), RequestId { client: ben.number, number: 8 });
    assert_eq!(ana.wait_for(taken), expected);
    assert_eq!(eve.wait_for(taken), expected);
    drop(ben);
    eve.wait_for(|line| {
        matches!(line, ServerLine::Record(record) if matches!(record.event, Event::ControlReleased { .. })).then_some(())
    });
    let state = served.state();
    assert_eq!(state.interventions.last().and_then(|change| change.by.as_deref()), Some("ana"));
    let log: Vec<_> = state.log.iter().rev().take(4).map(|line| line.text.say(Language::English)).collect();
    assert_eq!(log, ["ben[31m has left; nobody steers", "steered by ben[31m", "epochs 5 → 7 by ana", "steered by ana"]);
}

fn wait<T>(mut find: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + DEADLINE;
    loop {
        if let Some(found) = find() {
            return found;
        }
        assert!(Instant::now() < deadline, "it did not come");
        std::thread::yield_now();
    }
}

#[test]
fn who_makes_no_sense_is_told_so_and_cut_off() {
    let mut served = Served::new();
    served.tell(short());
    let cases = [
        ("\u{0}\u{1}garbage", "the first line is no hello such as {\"protocol\":1}"),
        ("GET / HTTP/1.1", "the first line is no hello"),
        (r#"{"protocol":0}"#, "you speak protocol 0, this run 1; update the program you attach with"),
        (r#"{"protocol":9}"#, "you speak protocol 9, this run 1; attach with the program that trains"),
    ];
    for (line, reason) in cases {
        let mut client = served.connect();
        client.say(line);
        let bye = client.bye();
        assert!(bye.starts_with(reason), "{line}: {bye}");
    }
    let mut client = served.attach(HELLO);
    client.say(r#"{"command":"dance"}"#);
    assert!(client.bye().starts_with("a line of yours is no command"));
    let mut client = served.attach(HELLO);
    client.lines.get_mut().write_all(&vec![b'x'; 384 << 10]).expect("sent");
    assert_eq!(client.bye(), "a line of yours is longer than 393216 bytes");
    let mut client = served.attach(HELLO);
    client.lines.get_mut().write_all(b"{\"id\":{\"cli").expect("sent");
    client.lines.get_mut().shutdown(std::net::Shutdown::Write).expect("half closed");
    assert_eq!(client.bye(), "your last line has no end");
    let mut client = served.attach(r#"{"protocol":1,"read_only":true}"#);
    let line = "{\"id\":{\"client\":0,\"number\":1},\"command\":\"stop\"}\n";
    // It may be cut off before it has said all of it.
    let _ = client.lines.get_mut().write_all(line.repeat(2_000).as_bytes());
    assert!(served.port.poll(0).is_none(), "nothing of that reaches the training");
}

#[test]
fn a_flood_of_commands_reaches_nobody() {
    let mut served = Served::new();
    served.tell(short());
    let mut client = served.attach(HELLO);
    let mut stream = client.lines.get_ref().try_clone().expect("a handle");
    let writer = std::thread::spawn(move || {
        let line = "{\"id\":{\"client\":0,\"number\":1},\"command\":\"evaluate\"}\n".repeat(1_000);
        for _ in 0..1_000 {
            if stream.write_all(line.as_bytes()).is_err() {
                return;
            }
        }
    });
    assert_eq!(client.bye(), "too many commands were refused");
    drop(client);
    writer.join().expect("no panic");
    let taken = std::iter::from_fn(|| served.port.poll(0)).count();
    assert!((1..1_000).contains(&taken), "{taken} commands of a million were taken");
}

#[test]
fn a_client_that_reads_nothing_holds_nobody_up_and_skips() {
    let mut served = Served::new();
    served.tell(short());
    let mut lazy = served.attach(HELLO);
    let mut busy = served.attach(HELLO);
    let predicted = |step| Event::SamplesPredicted { step, probabilities: vec![vec![0.125; 100]; 60] };
    let began = Instant::now();
    served.tell((0..3_000).map(predicted));
    served.tell([Event::PhaseChanged { phase: Phase::Paused, step: 0, answers: None }]);
    assert!(began.elapsed() < Duration::from_secs(5), "telling waits for nobody");
    let paused = |event: &Event| matches!(event, Event::PhaseChanged { phase: Phase::Paused, .. });
    let state = without_times(busy.fold(paused));
    let (mut skipped, mut bytes) = (0, 0);
    let mut lazy_state = RunState::default();
    loop {
        let mut line = Vec::new();
        bytes += lazy.lines.read_until(b'\n', &mut line).expect("a line");
        match ServerLine::decode(line.trim_ascii_end()).expect("a line") {
            ServerLine::Record(record) => {
                lazy_state.apply(&record);
                if paused(&record.event) {
                    break;
                }
            }
            ServerLine::Message(ServerMessage::Skipped { records }) => skipped += records,
            other => panic!("{other:?}"),
        }
    }
    assert!(skipped > 1_000 && bytes < 8 << 20, "{skipped} skipped, {bytes} bytes");
    assert_eq!(without_times(lazy_state), state);
}

#[test]
fn who_comes_back_gets_what_is_new() {
    let mut served = Served::new();
    served.tell(short());
    let mut client = served.connect();
    client.say(r#"{"protocol":1,"read_only":true,"has":{"nonce":"another","records":3}}"#);
    let welcome = |line: &ServerLine| match line {
        ServerLine::Message(ServerMessage::Welcome { from, length, .. }) => Some((*from, *length)),
        _ => None,
    };
    let length = short().len();
    assert_eq!(client.wait_for(welcome), (0, length));
    let mut again = UnixStream::connect(&served.path).expect("connected");
    let mut first = String::new();
    BufReader::new(again.try_clone().expect("a handle")).read_line(&mut first).expect("a hello");
    let Ok(ServerLine::Message(ServerMessage::Hello(hello))) = ServerLine::decode(first.trim_end().as_bytes()) else {
        panic!("{first}")
    };
    let line = format!("{{\"protocol\":1,\"read_only\":true,\"has\":{{\"nonce\":\"{}\",\"records\":{length}}}}}\n", hello.nonce);
    again.write_all(line.as_bytes()).expect("sent");
    let mut client = Client { lines: BufReader::new(again), number: 0 };
    assert_eq!(client.wait_for(welcome), (length, length));
    served.tell([ended()]);
    assert!(matches!(client.next(), Some(ServerLine::Record(record)) if record.event == ended()));
    if let Some(server) = served.server.take() {
        server.finish();
    }
    assert_eq!(client.bye(), "the process that trained has ended");
    assert_eq!(client.lines.read(&mut [0]).expect("an end"), 0);
}

#[test]
fn no_more_than_so_many_watch() {
    let mut served = Served::new();
    served.tell(short());
    let clients: Vec<Client> = (0..64).map(|_| served.attach(HELLO)).collect();
    let mut one_more = served.connect();
    assert_eq!(one_more.bye(), "64 clients watch already; try again when one has left");
    drop(clients);
    wait(|| {
        let mut client = served.connect();
        client.lines.get_mut().write_all(format!("{HELLO}\n").as_bytes()).ok()?;
        matches!(client.next(), Some(ServerLine::Message(ServerMessage::Welcome { .. }))).then_some(())
    });
}

/// The system removes a user's folder for running programs when they log out; whoever watches already notices nothing.
#[test]
fn a_socket_that_goes_away_is_made_anew() {
    let mut served = Served::new();
    served.tell(short());
    let mut client = served.attach(HELLO);
    std::fs::remove_file(&served.path).expect("removed");
    let mut again = served.attach(HELLO);
    served.tell([ended()]);
    client.fold(|event| *event == ended());
    again.fold(|event| *event == ended());
}
