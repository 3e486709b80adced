//! A line on standard error that is written anew while something goes on.

use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

/// On a terminal the line is written anew so often; elsewhere there is a new line.
const REWRITE: Duration = Duration::from_millis(200);
const NEW_LINE: Duration = Duration::from_secs(10);
/// Back to the beginning of the line, which is empty then.
const CLEAR: &str = "\r\x1b[K";

/// A line on standard error that is written anew while something goes on, and goes at its end.
#[derive(Debug)]
pub(super) struct Rewritten {
    on_terminal: bool,
    next: Instant,
    is_written: bool,
}

impl Rewritten {
    /// One that is not written before so much time has gone by.
    pub fn after(time: Duration) -> Self {
        Self { on_terminal: stderr().is_terminal(), next: Instant::now() + time, is_written: false }
    }

    /// Writes the text, when it is time.
    pub fn write(&mut self, text: impl FnOnce() -> String) {
        if Instant::now() < self.next {
            return;
        }
        self.next = Instant::now() + if self.on_terminal { REWRITE } else { NEW_LINE };
        self.is_written = true;
        let (start, end) = if self.on_terminal { (CLEAR, "") } else { ("", "\n") };
        let mut output = stderr().lock();
        // Nobody may be there to read it.
        let _ = write!(output, "{start}{}{end}", text()).and_then(|()| output.flush());
    }

    /// Writes a line that stays.
    pub fn line(&mut self, text: &str) {
        self.clear();
        let _ = writeln!(stderr(), "{text}");
    }

    /// Takes it away.
    pub fn clear(&mut self) {
        if std::mem::take(&mut self.is_written) && self.on_terminal {
            let _ = write!(stderr(), "{CLEAR}");
        }
    }
}
