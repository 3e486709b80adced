//! How far the fetching of data is, on standard error.

use std::time::{Duration, Instant};

use super::rewritten::Rewritten;
use crate::data::fetch::Step;

/// Tells what happens while data is fetched.
#[derive(Debug)]
pub struct FetchLines {
    line: Rewritten,
    /// When the file was asked for, and how much of it there was.
    since: (Instant, u64),
}

impl Default for FetchLines {
    fn default() -> Self {
        Self { line: Rewritten::after(Duration::ZERO), since: (Instant::now(), 0) }
    }
}

impl FetchLines {
    /// Tells of a step. The text may come from elsewhere: `escaped` takes what a terminal would obey out of it.
    pub fn tell(&mut self, step: &Step, escaped: fn(&str) -> String) {
        match step {
            Step::Waiting => self.line.line("another process is fetching this; waiting until it is done"),
            Step::Wrong { path } => {
                self.line
                    .line(&escaped(&format!("{}: its SHA-256 is not the published one; it is fetched again", path.display())));
            }
            Step::Asking { url, from, .. } => {
                self.since = (Instant::now(), *from);
                let from =
                    if *from > 0 { format!(", after the {:.1} MB that are there", megabytes(*from)) } else { String::new() };
                self.line.line(&escaped(&format!("fetching {url}{from}")));
            }
            Step::Received { file, bytes, all } => {
                let (since, from) = self.since;
                let rate = megabytes(bytes.saturating_sub(from)) / since.elapsed().as_secs_f64().max(0.001);
                let (done, all) = (megabytes(*bytes), megabytes(*all));
                self.line.write(|| format!("{file}: {done:.1} of {all:.1} MB, {rate:.1} MB/s"));
            }
            Step::Refused { url, reason } => self.line.line(&escaped(&format!("{url}: {reason}"))),
            Step::Unpacking { file } => self.line.line(&escaped(&format!("unpacking {file}"))),
        }
    }

    /// Takes away the line that says how far it is.
    pub fn end(mut self) {
        self.line.clear();
    }
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
