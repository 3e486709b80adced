//! Who trains a run: only one process may.

use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::Path;
use std::time::Duration;

/// Somebody who only looks whether a run is being trained holds its lock for a moment; so often and so long it is tried.
const TRIES: usize = 5;
const PAUSE: Duration = Duration::from_millis(20);

/// A run's lock, held until it is dropped or the process ends, however it ends.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock. When somebody else has it, the answer says who.
    pub fn take(path: &Path) -> io::Result<Result<Self, String>> {
        let mut file = File::options().create(true).truncate(false).read(true).write(true).open(path)?;
        for attempt in 1.. {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if attempt < TRIES => std::thread::sleep(PAUSE),
                Err(TryLockError::WouldBlock) => return Ok(Err(owner(&mut file))),
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
        file.set_len(0)?;
        file.rewind()?;
        write!(file, "process {} on {}", std::process::id(), host())?;
        Ok(Ok(Self { _file: file }))
    }

    /// Who has the lock, when somebody has.
    pub fn holder(path: &Path) -> Option<String> {
        let mut file = File::open(path).ok()?;
        matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)).then(|| owner(&mut file))
    }
}

fn owner(file: &mut File) -> String {
    let mut text = String::new();
    // Another process may just have cleared it.
    match file.take(200).read_to_string(&mut text) {
        Ok(_) if !text.is_empty() => text.replace(char::is_control, " "),
        _ => "another process".into(),
    }
}

fn host() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}
