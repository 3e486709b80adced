//! The signals that the program answers.

use tokio::signal::unix::{Signal, SignalKind, signal};

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// To end, by the signal of this number.
    End(u8),
    /// To stop until continued.
    Suspend,
    /// Nothing: the process goes on after it was stopped.
    Continued,
}

/// All signals that the program answers.
pub(super) struct Signals {
    hangup: Signal,
    interrupt: Signal,
    terminate: Signal,
    suspend: Signal,
    resume: Signal,
}

impl Signals {
    /// Takes the signals over from the system.
    pub fn new() -> std::io::Result<Self> {
        Ok(Self {
            hangup: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            suspend: signal(SignalKind::from_raw(rustix::process::Signal::TSTP.as_raw()))?,
            resume: signal(SignalKind::from_raw(rustix::process::Signal::CONT.as_raw()))?,
        })
    }

    /// The next signal.
    pub async fn next(&mut self) -> Asked {
        tokio::select! {
            // A hangup comes with a signal to continue, and is what matters of the two.
            biased;
            _ = self.hangup.recv() => Asked::End(1),
            _ = self.interrupt.recv() => Asked::End(2),
            _ = self.terminate.recv() => Asked::End(15),
            _ = self.suspend.recv() => Asked::Suspend,
            _ = self.resume.recv() => Asked::Continued,
        }
    }
}

/// Stops the whole process group, as the terminal's own Ctrl-Z does; returns when it is continued.
pub(super) fn stop_process_group() {
    // Where there is no permission nothing stops, and the dashboard comes back at once.
    let _ = rustix::process::kill_current_process_group(rustix::process::Signal::STOP);
}
