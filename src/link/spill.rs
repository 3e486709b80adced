//! Where the older records of a run go that is not recorded: a file without a name, which goes with the process.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use std::thread::Builder;
use std::time::Duration;

use super::Hub;
use super::archive::Archive;

/// Records are written so often.
const INTERVAL: Duration = Duration::from_millis(500);

/// Starts a thread that writes what `hub` holds to a file, so that it needs no memory. It ends with the process.
///
/// Fails when the machine gives no thread.
pub(super) fn spill(hub: Arc<Hub>) -> io::Result<()> {
    Builder::new().name("record".into()).spawn(move || {
        // Where there is no room for it, it stays in memory.
        let _ = nameless_file().and_then(|file| write(&hub, file));
    })?;
    Ok(())
}

fn write(hub: &Hub, mut file: File) -> io::Result<()> {
    hub.archive(Archive::open(file.try_clone()?, 0)?);
    let (mut read, mut written) = (0, 0);
    loop {
        let (mut lines, mut ends) = (Vec::new(), Vec::new());
        for record in hub.since(read) {
            serde_json::to_writer(&mut lines, &*record)?;
            lines.push(b'\n');
            ends.push(written + lines.len() as u64);
        }
        file.write_all(&lines)?;
        (read, written) = (read + ends.len(), written + lines.len() as u64);
        hub.archived(&ends);
        std::thread::park_timeout(INTERVAL);
    }
}

/// A file that nobody else can open, on a disk rather than in memory where there is such a place.
fn nameless_file() -> io::Result<File> {
    let name = format!("mnist-tui-{}-{:p}", std::process::id(), &INTERVAL);
    let open = |folder: &Path| {
        let path = folder.join(&name);
        let file = OpenOptions::new().read(true).append(true).create_new(true).mode(0o600).open(&path)?;
        fs::remove_file(path)?;
        Ok(file)
    };
    open(Path::new("/var/tmp")).or_else(|_: io::Error| open(&std::env::temp_dir()))
}
