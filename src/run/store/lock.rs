//! Who trains a run: only one process may.

use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::Path;
use std::time::Duration;

/// Somebody who only looks whether a run is being trained holds its lock for a moment; so often and so long it is tried.
const TRIES: usize = 5;
const PAUSE: Duration = Duration::from_millis(20);
/// More than that is not read of what stands in the file.
const LONGEST: u64 = 200;

/// A run's lock, held until it is dropped or the process ends, however it ends. Until it is [confirmed](Self::confirm), what
/// stood in its file comes back when it is dropped.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    before: Option<Vec<u8>>,
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some(before) = self.before.take() {
            // It says who had the lock; nobody relies on it.
            let _ = write(&mut self.file, &before);
        }
    }
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
        let mut before = Vec::new();
        (&file).take(LONGEST).read_to_end(&mut before)?;
        write(&mut file, format!("process {} on {}", std::process::id(), host()).as_bytes())?;
        Ok(Ok(Self { file, before: Some(before) }))
    }

    /// Waits for the lock on a file that nobody holds for long.
    pub fn wait(path: &Path) -> io::Result<Self> {
        let file = File::options().create(true).truncate(false).read(true).write(true).open(path)?;
        file.lock()?;
        Ok(Self { file, before: None })
    }

    /// What was prepared under the lock happens: the file keeps saying who holds it.
    pub fn confirm(&mut self) {
        self.before = None;
    }

    /// Who has the lock, when somebody has.
    pub fn holder(path: &Path) -> Option<String> {
        let mut file = File::open(path).ok()?;
        matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)).then(|| owner(&mut file))
    }
}

fn write(file: &mut File, text: &[u8]) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(text)
}

fn owner(file: &mut File) -> String {
    let mut text = String::new();
    // Another process may just have cleared it.
    match file.take(LONGEST).read_to_string(&mut text) {
        Ok(_) if !text.is_empty() => text.replace(char::is_control, " "),
        _ => "another process".into(),
    }
}

fn host() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}
