//! A server on this machine that answers as a test says, byte by byte, and remembers what it was asked.

use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

/// What a server was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The path, or for a proxy the whole target.
    pub target: String,
    /// The part that was asked for.
    pub range: Option<String>,
}

/// What a server does.
pub enum Reply {
    /// Sends these bytes, and hangs up.
    Bytes(Vec<u8>),
    /// Sends these bytes, then nothing, and does not hang up.
    Silence(Vec<u8>),
}

/// A server on this machine, until it is dropped.
pub struct Server {
    port: u16,
    requests: Arc<Mutex<Vec<Request>>>,
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// One that answers so; the number counts the requests before.
    pub fn new(answer: impl Fn(&Request, usize) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (requests, is_over) = (Arc::<Mutex<Vec<Request>>>::default(), Arc::<AtomicBool>::default());
        let (seen, over) = (requests.clone(), is_over.clone());
        let serve = move || {
            let mut silent = Vec::new();
            for stream in listener.incoming() {
                if over.load(Ordering::SeqCst) {
                    return;
                }
                let mut stream = stream.expect("a connection");
                let Some(request) = read(&stream) else { continue };
                let before = seen.lock().expect("requests").len();
                seen.lock().expect("requests").push(request.clone());
                // Whoever has seen enough hangs up before all is written.
                match answer(&request, before) {
                    Reply::Bytes(bytes) => {
                        let _ = stream.write_all(&bytes);
                        let _ = stream.shutdown(Shutdown::Write);
                    }
                    Reply::Silence(bytes) => {
                        let _ = stream.write_all(&bytes);
                        silent.push(stream);
                    }
                }
            }
        };
        Self { port, requests, is_over, thread: Some(thread::spawn(serve)) }
    }

    /// One that has a file at every address, and knows parts of it.
    pub fn of(content: Vec<u8>) -> Self {
        Self::new(move |request, _| Reply::Bytes(part(&content, request)))
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }

    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().expect("requests").clone()
    }

    /// The parts that were asked for, one after the other.
    pub fn ranges(&self) -> Vec<Option<String>> {
        self.requests().into_iter().map(|request| request.range).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        let ended = self.thread.take().map(JoinHandle::join);
        assert!(thread::panicking() || ended.is_some_and(|ended| ended.is_ok()), "the server panicked");
    }
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
    let target = lines.next()?.split(' ').nth(1)?.to_owned();
    let range =
        |line: &str| Some(line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("range"))?.1.trim().to_owned());
    // All are read, so that nothing is left when the connection is closed.
    let headers: Vec<String> = lines.collect();
    Some(Request { target, range: headers.iter().find_map(|line| range(line)) })
}

/// An answer with a body, which is as long as it says.
pub fn answer(status: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    raw(status, &[headers, &[("Content-Length", &body.len().to_string())]].concat(), body)
}

/// An answer with these headers alone.
pub fn raw(status: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let headers = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect::<String>();
    [format!("HTTP/1.1 {status}\r\n{headers}Connection: close\r\n\r\n").as_bytes(), body].concat()
}

/// The part of a file that was asked for, or all of it.
pub fn part(content: &[u8], request: &Request) -> Vec<u8> {
    let from = request.range.as_deref().and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok());
    match from {
        None => answer("200 OK", &[], content),
        Some(from) => {
            let range = format!("bytes {from}-{}/{}", content.len() - 1, content.len());
            answer("206 Partial Content", &[("Content-Range", &range)], &content[from..])
        }
    }
}

/// An empty folder for the test of this name.
pub fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fetching").join(test);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).expect("an old folder goes");
    }
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// The names of what is in a folder, in order.
pub fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> = entries.map(|entry| entry.expect("an entry").file_name().display().to_string()).collect();
    names.sort();
    names
}
