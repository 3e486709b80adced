//! The signals that the program answers.

use std::future::pending;

use rustix::process::Signal as Number;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The number of the signal that a terminal sends when it goes.
pub(super) const HANGUP: u8 = 1;

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// To end, by the signal of this number.
    End(u8),
    /// To end at once with nothing lost, by the signal of this number: a batch system takes the machine away.
    Leave(u8),
    /// To stop until continued.
    Suspend,
    /// Nothing: the process goes on after it was stopped.
    Continued,
    /// Nothing: the terminal has another size, or may show something else.
    Resized,
}

/// All signals that the program answers.
pub(super) struct Signals {
    /// `None` when it is ignored.
    hangup: Option<Signal>,
    interrupt: Signal,
    terminate: Signal,
    user1: Signal,
    user2: Signal,
    processor_time: Signal,
    suspend: Signal,
    resume: Signal,
    resize: Signal,
}

impl Signals {
    /// Takes the signals over from the system. A hangup that was ignored when the program was started, as `nohup` has it,
    /// stays ignored.
    pub fn new() -> std::io::Result<Self> {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        Ok(Self {
            hangup: if ignores_hangup(&status) { None } else { Some(signal(SignalKind::hangup())?) },
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            user1: signal(SignalKind::user_defined1())?,
            user2: signal(SignalKind::user_defined2())?,
            processor_time: signal(SignalKind::from_raw(Number::XCPU.as_raw()))?,
            suspend: signal(SignalKind::from_raw(Number::TSTP.as_raw()))?,
            resume: signal(SignalKind::from_raw(Number::CONT.as_raw()))?,
            resize: signal(SignalKind::window_change())?,
        })
    }

    /// The next signal.
    pub async fn next(&mut self) -> Asked {
        let hangup = async {
            match &mut self.hangup {
                Some(hangup) => hangup.recv().await,
                None => pending().await,
            }
        };
        tokio::select! {
            // A hangup comes with a signal to continue, and is what matters of the two.
            biased;
            _ = hangup => Asked::End(HANGUP),
            _ = self.interrupt.recv() => Asked::End(2),
            _ = self.terminate.recv() => Asked::End(15),
            _ = self.user1.recv() => Asked::Leave(number(Number::USR1)),
            _ = self.user2.recv() => Asked::Leave(number(Number::USR2)),
            _ = self.processor_time.recv() => Asked::Leave(number(Number::XCPU)),
            _ = self.suspend.recv() => Asked::Suspend,
            _ = self.resume.recv() => Asked::Continued,
            _ = self.resize.recv() => Asked::Resized,
        }
    }
}

/// The number of a signal; they differ from system to system.
fn number(signal: Number) -> u8 {
    u8::try_from(signal.as_raw()).unwrap_or(0)
}

/// What people call the signal of a number: `SIGUSR1`.
pub(super) fn name_of(signal: u8) -> String {
    let names = [
        (Number::HUP, "SIGHUP"),
        (Number::INT, "SIGINT"),
        (Number::TERM, "SIGTERM"),
        (Number::KILL, "SIGKILL"),
        (Number::USR1, "SIGUSR1"),
        (Number::USR2, "SIGUSR2"),
        (Number::XCPU, "SIGXCPU"),
    ];
    let name = names.into_iter().find(|(of, _)| number(*of) == signal).map(|(_, name)| name.to_owned());
    name.unwrap_or_else(|| format!("signal {signal}"))
}

/// Whether what Linux says of a process has it ignore the hangup. Other systems do not say it.
fn ignores_hangup(status: &str) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 1)
}

/// Stops the whole process group, as the terminal's own Ctrl-Z does; returns when it is continued.
pub(super) fn stop_process_group() {
    // Where there is no permission nothing stops, and the dashboard comes back at once.
    let _ = rustix::process::kill_current_process_group(Number::STOP);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nohup_has_ignored_is_seen() {
        let status = |mask: &str| format!("Name:\tmnist-tui\nSigBlk:\t0000000000000001\nSigIgn:\t{mask}\nSigCgt:\t00000001\n");
        assert!(ignores_hangup(&status("0000000000000001")));
        assert!(ignores_hangup(&status("0000000000001007")));
        assert!(!ignores_hangup(&status("0000000000001000")));
        assert!(!ignores_hangup(""));
    }
}
