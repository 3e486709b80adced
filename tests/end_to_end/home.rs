//! A home folder for each test, at a short path, with nobody else's runs in it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use mnist_tui::run::store::{Catalog, Listed};
use rustix::process::{Pid, Signal, kill_process};

use crate::support::{DEADLINE, LOOK};

/// An empty home folder for a program. It is removed when this is dropped.
pub struct Home(PathBuf);

impl Home {
    /// Makes one.
    pub fn new() -> Self {
        static HOMES: AtomicUsize = AtomicUsize::new(0);
        let number = HOMES.fetch_add(1, Ordering::Relaxed);
        // Not below the target folder: the path of a socket is at most 103 bytes long, wherever the project lies.
        let path = PathBuf::from(format!("/tmp/mnist-tui-test-{}-{number}", std::process::id()));
        std::fs::create_dir_all(path.join("run")).expect("a home folder");
        Self(path)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The runs that were recorded in it, the oldest first.
    pub fn runs(&self) -> Vec<Listed> {
        Catalog::new(self.0.join("mnist-tui/runs")).list().expect("runs")
    }

    /// The newest of them.
    pub fn run(&self) -> Option<Listed> {
        self.runs().pop()
    }

    /// The process that trains the newest run.
    pub fn trainer(&self) -> Option<u32> {
        let trained_by = self.run()?.trained_by?;
        trained_by.strip_prefix("process ")?.split(' ').next()?.parse().ok()
    }

    /// Waits until nobody trains the newest run any more, and returns it. As long as it tells something it may take.
    #[track_caller]
    pub fn ended_run(&self) -> Listed {
        let told = || self.run().and_then(|run| std::fs::metadata(run.folder.path().join("events.jsonl")).ok()?.len().into());
        let (mut before, mut deadline) = (told(), Instant::now() + DEADLINE);
        while self.trainer().is_some() {
            let now = told();
            if now != before {
                (before, deadline) = (now, Instant::now() + DEADLINE);
            }
            assert!(Instant::now() < deadline, "the run neither ends nor goes on");
            std::thread::park_timeout(LOOK);
        }
        self.run().expect("a recorded run")
    }

    /// The environment of a program that lives there.
    pub fn variables(&self) -> [(&'static str, String); 5] {
        let text = |path: &Path| path.to_str().expect("a path in UTF-8").to_owned();
        let run = text(&self.0.join("run"));
        let own = |name| (name, text(&self.0));
        // Nobody else's runs are found, wherever a socket has to go, but for those whose sockets are in /tmp.
        [own("HOME"), own("XDG_CONFIG_HOME"), own("XDG_DATA_HOME"), ("XDG_RUNTIME_DIR", run), own("TMPDIR")]
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // A run in the background would outlive its test.
        if let Some(pid) = self.trainer().and_then(|pid| Pid::from_raw(pid as i32)) {
            let _ = kill_process(pid, Signal::KILL);
        }
        // A folder that stays is in nobody's way.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
