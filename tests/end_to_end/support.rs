//! A pseudo-terminal with the program on it: keys and signals go in, and every complete picture that comes out can be
//! waited for.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, ExitStatus, MasterPty, PtySize, SlavePty, native_pty_system};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use vt100::{Parser, Screen};

pub use crate::home::Home;

/// Whatever is waited for has come by then, on the slowest machine.
pub const DEADLINE: Duration = Duration::from_secs(30);
/// What cannot be waited for is looked at so often.
pub const LOOK: Duration = Duration::from_millis(10);
/// What the shell left on the terminal before the program started.
const PROMPT: &str = "$ mnist-tui";
/// Around a picture that is to be shown as one.
const PICTURE_BEGINS: &[u8] = b"\x1b[?2026h";
const PICTURE_ENDS: &[u8] = b"\x1b[?2026l";

/// Arguments for a small run that goes on until somebody ends it.
pub const ENDLESS: &[&str] =
    &["--name", "test", "--threads", "1", "--train-limit", "20000", "--validation", "200", "--epochs", "900"];
/// Arguments for a run that is soon over.
pub const SHORT: &[&str] = &["--name", "test", "--threads", "1", "--train-limit", "400", "--validation", "100", "--epochs", "1"];

/// What the terminal has received; a test that failed while it read it is no reason to fail once more.
fn lock(received: &Mutex<Received>) -> MutexGuard<'_, Received> {
    received.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the program answers without a terminal: its exit code and its lines of errors. It is killed when it does not end.
#[track_caller]
pub fn answer(home: &Home, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mnist-tui"));
    command.args(arguments).envs(home.variables()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let child = command.spawn().expect("it starts");
    let pid = child.id();
    let (sender, ended) = channel();
    std::thread::spawn(move || sender.send(child.wait_with_output()));
    let output = ended.recv_timeout(DEADLINE).unwrap_or_else(|_| {
        send_signal(pid, Signal::KILL);
        panic!("{arguments:?} does not end")
    });
    let output = output.expect("it runs");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// The step that the first rows of the dashboard name.
pub fn step(contents: &str) -> Option<u64> {
    let (_, behind) = contents.lines().take(2).find_map(|row| row.split_once("step "))?;
    let digits = behind.chars().take_while(|c| c.is_ascii_digit() || *c == ',').filter(char::is_ascii_digit);
    digits.collect::<String>().parse().ok()
}

/// Sends a signal to a process that has not been waited for.
pub fn send_signal(pid: u32, signal: Signal) {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).expect("a process");
    kill_process(pid, signal).expect("a signal is sent");
}

/// Where the bytes of `part` stand in `bytes`, from the last one on.
fn find_last(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).rposition(|window| window == part)
}

/// How often `part` stands in `bytes`.
pub fn count(bytes: &[u8], part: &[u8]) -> usize {
    bytes.windows(part.len()).filter(|window| *window == part).count()
}

/// What the terminal has received.
struct Received {
    /// The screen, without the picture that is being received.
    parser: Parser,
    /// What the parser has not seen yet.
    waiting: Vec<u8>,
    /// Every byte.
    all: Vec<u8>,
    closed: bool,
}

impl Received {
    fn take(&mut self, bytes: &[u8]) {
        self.all.extend_from_slice(bytes);
        self.waiting.extend_from_slice(bytes);
        let ended = find_last(&self.waiting, PICTURE_ENDS);
        let whole = match find_last(&self.waiting, PICTURE_BEGINS) {
            Some(begins) if ended.is_none_or(|ended| ended < begins) => begins,
            // The mark may be cut in two.
            _ => {
                let cut = (1..PICTURE_BEGINS.len()).rev().find(|length| self.waiting.ends_with(&PICTURE_BEGINS[..*length]));
                self.waiting.len() - cut.unwrap_or(0)
            }
        };
        let rest = self.waiting.split_off(whole);
        self.parser.process(&self.waiting);
        self.waiting = rest;
    }
}

type Shared = Arc<(Mutex<Received>, Condvar)>;

/// A program on a pseudo-terminal of its own.
pub struct Session {
    master: Box<dyn MasterPty + Send>,
    /// The shell's own handle on the terminal, which outlives the program.
    shell: Option<Box<dyn SlavePty + Send>>,
    keyboard: Box<dyn Write + Send>,
    received: Shared,
    hung_up: Arc<AtomicBool>,
    reader: JoinHandle<()>,
    process: Process,
    settings_before: String,
    home: Home,
}

/// The program. It is killed when this is dropped.
struct Process {
    pid: u32,
    exit: Receiver<ExitStatus>,
    has_ended: bool,
}

impl Process {
    /// Waits for its end; `None` when it does not come.
    fn wait(&mut self) -> Option<ExitStatus> {
        let status = self.exit.recv_timeout(DEADLINE).ok();
        self.has_ended = status.is_some();
        status
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if !self.has_ended && self.exit.try_recv().is_err() {
            send_signal(self.pid, Signal::KILL);
        }
    }
}

impl Session {
    /// Starts the program on a terminal with colours and Unicode.
    pub fn start(columns: u16, rows: u16, arguments: &[&str]) -> Self {
        Self::start_with(columns, rows, arguments, &[])
    }

    /// Starts it with some variables of the environment added or replaced.
    pub fn start_with(columns: u16, rows: u16, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_mnist-tui"));
        command.args(arguments);
        Self::run(columns, rows, command, environment)
    }

    /// Starts it in a home that it shares with other programs.
    pub fn start_in(home: &Home, columns: u16, rows: u16, arguments: &[&str]) -> Self {
        let variables = home.variables();
        Self::start_with(columns, rows, arguments, &variables.each_ref().map(|(name, value)| (*name, value.as_str())))
    }

    /// Starts any command.
    pub fn run(columns: u16, rows: u16, mut command: CommandBuilder, environment: &[(&str, &str)]) -> Self {
        let home = Home::new();
        command.env_clear();
        command.cwd(home.path());
        for (name, value) in home.variables() {
            command.env(name, value);
        }
        for (name, value) in [("TERM", "xterm-256color"), ("COLORTERM", "truecolor"), ("LANG", "C.UTF-8")] {
            command.env(name, value);
        }
        for (name, value) in environment {
            command.env(name, value);
        }
        let pair = native_pty_system().openpty(size(columns, rows)).expect("a pseudo-terminal");
        let settings_before = settings(&*pair.master);
        let mut output = pair.master.try_clone_reader().expect("the output");
        let keyboard = pair.master.take_writer().expect("the input");

        let (height, width) = shown(columns, rows);
        let parser = Parser::new(height, width, 0);
        let mut received = Received { parser, waiting: Vec::new(), all: Vec::new(), closed: false };
        received.parser.process(format!("{PROMPT}\r\n").as_bytes());
        let received: Shared = Arc::new((Mutex::new(received), Condvar::new()));
        let hung_up = Arc::new(AtomicBool::new(false));

        let mut child = pair.slave.spawn_command(command).expect("the program starts");
        let pid = child.process_id().expect("a process");
        let (shared, stop) = (Arc::clone(&received), Arc::clone(&hung_up));
        let reader = std::thread::spawn(move || {
            let mut buffer = [0; 65536];
            // A terminal that nobody holds on to ends with an error instead of an end.
            while let Ok(length @ 1..) = output.read(&mut buffer)
                && !stop.load(Ordering::SeqCst)
            {
                lock(&shared.0).take(&buffer[..length]);
                shared.1.notify_all();
            }
            lock(&shared.0).closed = true;
            shared.1.notify_all();
        });
        let (ended, exit) = channel();
        std::thread::spawn(move || {
            let status = child.wait().expect("a child's status");
            // Nobody asks when the test is over.
            let _ = ended.send(status);
        });
        let shell = Some(pair.slave);
        let process = Process { pid, exit, has_ended: false };
        Self { master: pair.master, shell, keyboard, received, hung_up, reader, process, settings_before, home }
    }

    /// Waits for a complete picture that fits, and returns its text.
    #[track_caller]
    pub fn wait_for(&self, what: &str, mut fits: impl FnMut(&Screen) -> bool) -> String {
        let deadline = Instant::now() + DEADLINE;
        let mut received = lock(&self.received.0);
        loop {
            let screen = received.parser.screen();
            if fits(screen) {
                return screen.contents();
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || received.closed {
                panic!("{what} did not come; closed: {}; the screen:\n{}", received.closed, screen.contents());
            }
            received = self.received.1.wait_timeout(received, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Waits for a complete picture with all of these texts on it.
    #[track_caller]
    pub fn wait_for_text(&self, texts: &[&str]) -> String {
        self.wait_for(&format!("{texts:?}"), |screen| {
            let contents = screen.contents();
            texts.iter().all(|text| contents.contains(text))
        })
    }

    /// Waits for something that nobody tells.
    #[track_caller]
    pub fn wait_until(&self, what: &str, mut holds: impl FnMut() -> bool) {
        let deadline = Instant::now() + DEADLINE;
        while !holds() {
            assert!(Instant::now() < deadline, "{what} did not come; the screen:\n{}", self.text());
            // Whether it was news or the time that woke it, it looks again.
            drop(self.received.1.wait_timeout(lock(&self.received.0), LOOK));
        }
    }

    /// Types.
    pub fn press(&mut self, keys: impl AsRef<[u8]>) {
        self.keyboard.write_all(keys.as_ref()).and_then(|()| self.keyboard.flush()).expect("keys are sent");
    }

    /// Gives the terminal another size.
    pub fn resize(&self, columns: u16, rows: u16) {
        let (height, width) = shown(columns, rows);
        lock(&self.received.0).parser.set_size(height, width);
        self.master.resize(size(columns, rows)).expect("another size");
    }

    /// Sends a signal to the program alone.
    pub fn signal(&self, signal: Signal) {
        send_signal(self.process.pid, signal);
    }

    /// Sends a signal to the program and all that belongs to it, as shells do with their jobs.
    pub fn signal_job(&self, signal: Signal) {
        let pid = i32::try_from(self.process.pid).ok().and_then(Pid::from_raw).expect("a process");
        kill_process_group(pid, signal).expect("a signal is sent");
    }

    /// Where the program's files are.
    pub fn home(&self) -> &Home {
        &self.home
    }

    /// The state of the process as the system tells it: `T` when it is stopped.
    pub fn process_state(&self) -> Option<char> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.pid)).ok()?;
        stat.rsplit_once(") ")?.1.chars().next()
    }

    /// Every byte that was received.
    pub fn bytes(&self) -> Vec<u8> {
        lock(&self.received.0).all.clone()
    }

    /// What stands in a file of the program's home folder.
    pub fn file(&self, name: &str) -> String {
        std::fs::read_to_string(self.home.path().join(name)).expect("a file")
    }

    /// Checks that the terminal is as it was before the program had it.
    #[track_caller]
    pub fn expect_terminal_given_back(&self) {
        assert_eq!(settings(&*self.master), self.settings_before, "the settings of the terminal");
        let received = lock(&self.received.0);
        let screen = received.parser.screen();
        let left = [
            ("the alternate screen", screen.alternate_screen()),
            ("a hidden cursor", screen.hide_cursor()),
            ("bracketed paste", screen.bracketed_paste()),
            ("bold", screen.bold()),
            ("reverse", screen.inverse()),
            ("a colour", (screen.fgcolor(), screen.bgcolor()) != Default::default()),
            ("a half picture", !received.waiting.is_empty()),
            ("a title", count(&received.all, b"\x1b[22;2t") != count(&received.all, b"\x1b[23;2t")),
        ];
        for (what, is_left) in left {
            assert!(!is_left, "{what} is left behind");
        }
    }

    /// Waits for the program's end, checks its exit code and that the terminal is as it was, and returns what stands on
    /// the terminal below the prompt.
    #[track_caller]
    pub fn expect_end(&mut self, code: u32) -> String {
        let (found, bytes) = self.end();
        let text = lock(&self.received.0).parser.screen().contents();
        assert_eq!(found, code, "{text}");
        self.expect_terminal_given_back();
        assert!(count(&bytes, b"\x1b[?1049h") > 0, "the dashboard was never there");
        text.strip_prefix(PROMPT).unwrap_or_else(|| panic!("the prompt is gone:\n{text}")).trim().to_owned()
    }

    /// The same for a program that leaves a line, which begins like this. On a slow machine another tells before that it
    /// waits.
    #[track_caller]
    pub fn expect_left(&mut self, code: u32, start: &str) -> String {
        const WAITS: &str = "waiting for the batch, to keep what it comes to; Ctrl-C drops it\n";
        let left = self.expect_end(code);
        let left = left.strip_prefix(WAITS).unwrap_or(&left).to_owned();
        assert!(left.starts_with(start), "not {start:?}: {left}");
        left
    }

    /// Waits for the program's end, whatever it did to the terminal; its exit code and every byte it sent.
    #[track_caller]
    pub fn end(&mut self) -> (u32, Vec<u8>) {
        let Some(status) = self.process.wait() else { panic!("the program goes on:\n{}", self.text()) };
        assert!(status.signal().is_none_or(|signal| signal == "Killed"), "the program chooses its exit code itself");
        // With the shell's handle gone the output has an end.
        self.shell = None;
        let received = lock(&self.received.0);
        let closed = self.received.1.wait_timeout_while(received, DEADLINE, |received| !received.closed);
        let (received, timeout) = closed.unwrap_or_else(PoisonError::into_inner);
        assert!(!timeout.timed_out(), "somebody still holds the terminal");
        (status.exit_code(), received.all.clone())
    }

    /// Takes the terminal away, as a window that is closed does, and waits for the program's end; its exit code, and its
    /// home.
    #[track_caller]
    pub fn hang_up(self) -> (u32, Home) {
        self.hung_up.store(true, Ordering::SeqCst);
        let Self { master, shell, keyboard, reader, mut process, home, .. } = self;
        // It ends with the next picture, and its handle goes with it.
        reader.join().expect("no panic while reading");
        drop((shell, keyboard, master));
        (process.wait().expect("the shell is free").exit_code(), home)
    }

    /// What stands on the screen.
    pub fn text(&self) -> String {
        lock(&self.received.0).parser.screen().contents()
    }
}

/// The rows and columns of the screen; where the terminal says nothing of them, those that the oldest had.
fn shown(columns: u16, rows: u16) -> (NonZeroU16, NonZeroU16) {
    let known = |length, otherwise| NonZeroU16::new(length).or(NonZeroU16::new(otherwise)).unwrap_or(NonZeroU16::MIN);
    (known(rows, 24), known(columns, 80))
}

fn size(cols: u16, rows: u16) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

/// How the terminal treats what goes through it: raw or line by line, with or without an echo.
fn settings(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios().expect("a terminal"))
}
