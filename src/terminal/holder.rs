//! The process that holds a program's place in the shell while its child trains and draws.
//!
//! Threads cannot be carried across a fork, so a program that trains cannot move itself into the background. Instead it
//! starts itself once more before there is any thread. The child does everything; the parent only waits for it. When the
//! child leaves the terminal it says so, the parent ends, and the prompt is back.

use std::fs::File;
use std::io::{self, Write, stderr};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, ExitCode, ExitStatus};

use rustix::process::{Pid, Signal, getppid, getsid, kill_process, setsid};
use rustix::stdio::{dup2_stderr, dup2_stdin, dup2_stdout, stdin};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use tokio::signal::unix::{SignalKind, signal};

use super::guard;
use super::input::is_lost;
use super::signals::{Asked, HANGUP, Signals, name_of};

/// The variable that tells the child who holds its place. It is none of the settings.
const HELD_BY: &str = "_MNIST_TUI_HELD_BY";
/// What the child sends when it has left the terminal.
const LEFT: Signal = Signal::USR1;

/// Starts this program again with the same arguments and waits until that one has ended or left the terminal. Its exit
/// code is the answer; 0 when it has left because it was asked to.
///
/// The terminal's own signals reach the child too, which answers them. Those that end a program are passed on, because they
/// may have come to this process alone. When the child is killed, the terminal is given back here.
pub fn hold() -> io::Result<ExitCode> {
    let settings = tcgetattr(stdin()).ok();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut signals = Signals::new()?;
        let mut left = signal(SignalKind::from_raw(LEFT.as_raw()))?;
        let mut child = tokio::process::Command::from(again()?).spawn()?;
        let pid = child.id().and_then(|id| Pid::from_raw(id as i32));
        let pass_on = |signal| {
            // It fails when the child has just ended.
            let _ = pid.map(|pid| kill_process(pid, signal));
        };
        let mut hung_up = false;
        loop {
            tokio::select! {
                biased;
                ended = child.wait() => return Ok(code(ended?, settings.as_ref())),
                // Anybody can send a signal; the system knows whether the child has left.
                Some(()) = left.recv() => if pid.is_some_and(|pid| getsid(Some(pid)) != getsid(None)) {
                    // The child may have noticed it first.
                    hung_up |= settings.is_some() && is_lost();
                    return Ok(if hung_up { ExitCode::from(128 + HANGUP) } else { ExitCode::SUCCESS });
                },
                asked = signals.next() => match asked {
                    Asked::End(number) => {
                        hung_up |= number == HANGUP;
                        Signal::from_named_raw(number.into()).into_iter().for_each(pass_on);
                    }
                    Asked::Leave(number) => Signal::from_named_raw(number.into()).into_iter().for_each(pass_on),
                    // The child gives the terminal back first, and then stops both.
                    Asked::Suspend => {}
                    Asked::Continued => pass_on(Signal::CONT),
                    Asked::Resized => {}
                },
            }
        }
    })
}

/// The command that starts this program again.
fn again() -> io::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    let mut arguments = std::env::args_os();
    command.arg0(arguments.next().unwrap_or_default()).args(arguments).env(HELD_BY, std::process::id().to_string());
    Ok(command)
}

/// The exit code for a child that has ended. One that was killed has left the terminal as it was while it drew.
fn code(ended: ExitStatus, settings: Option<&Termios>) -> ExitCode {
    let Some(signal) = ended.signal() else { return ExitCode::from(ended.code().unwrap_or(1) as u8) };
    let modes = |settings: &Termios| (settings.input_modes, settings.output_modes, settings.local_modes);
    if let Some((before, now)) = settings.zip(tcgetattr(stdin()).ok())
        && modes(before) != modes(&now)
    {
        guard::give_back();
        let _ = tcsetattr(stdin(), OptionalActions::Now, before);
    }
    let (signal, name) = (signal as u8, name_of(signal as u8));
    let why = if name == "SIGKILL" { ", as when the machine has no memory left" } else { "" };
    let _ = writeln!(stderr(), "error: the training was ended by {name}{why}; `mnist-tui --resume last` goes on with it");
    ExitCode::from(128 + signal)
}

/// The child's end: another process holds this one's place in the shell.
#[derive(Debug)]
pub struct Held {
    holder: Pid,
}

impl Held {
    /// Whether this process is held. From here on the end of the other counts as a hangup.
    pub fn by_another() -> Option<Self> {
        let holder = std::env::var(HELD_BY).ok()?.parse().ok().and_then(Pid::from_raw)?;
        #[cfg(target_os = "linux")]
        // Without it the terminal still tells.
        let _ = rustix::process::set_parent_process_death_signal(Some(Signal::HUP));
        // Whoever started another program out of this one does not hold that.
        (getppid() == Some(holder)).then_some(Self { holder })
    }

    /// Leaves the shell and its terminal for good, and lets the shell go on.
    pub(super) fn leave(self) {
        // Neither fails: this process leads no group, and there is a null device. Even if one did, the training goes on.
        let _ = setsid();
        let _ = close_streams();
        if getppid() == Some(self.holder) {
            let _ = kill_process(self.holder, LEFT);
        }
    }
}

/// Lets go of the terminal, or of whatever the streams led to.
fn close_streams() -> io::Result<()> {
    let nowhere = File::options().read(true).write(true).open("/dev/null")?;
    dup2_stdin(&nowhere)?;
    dup2_stdout(&nowhere)?;
    dup2_stderr(&nowhere)?;
    Ok(())
}
