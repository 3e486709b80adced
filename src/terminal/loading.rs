//! How far the reading of images is, on standard error, when it takes long.

use std::io::{IsTerminal, Write, stderr};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::data::{DataError, Dataset};
use crate::protocol::DataSpec;

/// What takes no longer needs no word.
const SOON: Duration = Duration::from_secs(1);
/// On a terminal the line is written anew so often; elsewhere there is a new line.
const REWRITE: Duration = Duration::from_millis(200);
const NEW_LINE: Duration = Duration::from_secs(10);

/// Loads images and tells how far it is.
pub fn load(spec: &DataSpec, seed: u64) -> Result<Dataset, DataError> {
    let on_terminal = stderr().is_terminal();
    let next = Mutex::new(Instant::now() + SOON);
    let told = Mutex::new(false);
    let tell = |done: usize, all: usize| {
        // Whoever comes while another writes has nothing new.
        let Ok(mut next) = next.try_lock() else { return };
        if Instant::now() < *next || done == all {
            return;
        }
        *next = Instant::now() + if on_terminal { REWRITE } else { NEW_LINE };
        let (start, end) = if on_terminal { ("\r\x1b[K", "") } else { ("", "\n") };
        let mut output = stderr().lock();
        // Nobody may be there to read it.
        let _ = write!(output, "{start}reading pictures: {} %{end}", done * 100 / all.max(1)).and_then(|()| output.flush());
        if let Ok(mut told) = told.lock() {
            *told = true;
        }
    };
    let loaded = Dataset::load_telling(spec, seed, &tell);
    if on_terminal && told.into_inner().is_ok_and(|told| told) {
        let _ = write!(stderr(), "\r\x1b[K");
    }
    loaded
}
