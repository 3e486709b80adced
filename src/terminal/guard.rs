//! The terminal is taken over and given back here, and nowhere else.

use std::io::{self, Write, stdout};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::event::{DisableBracketedPaste, DisableFocusChange, EnableBracketedPaste, EnableFocusChange};
use crossterm::terminal::{
    Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{Command, execute, queue};

/// Whether the terminal is ours. A panic on any thread must know, and it must be given back once.
static TAKEN: AtomicBool = AtomicBool::new(false);
static HOOK: Once = Once::new();

/// The terminal while the dashboard is on it; dropping it gives the terminal back.
pub(super) struct Guard(());

/// Remembers the terminal's title, or brings it back (xterm's window operations 22 and 23).
struct KeepTitle {
    back: bool,
}

impl Command for KeepTitle {
    fn write_ansi(&self, f: &mut impl std::fmt::Write) -> std::fmt::Result {
        f.write_str(if self.back { "\x1b[23;2t" } else { "\x1b[22;2t" })
    }

    #[cfg(windows)]
    fn execute_winapi(&self) -> io::Result<()> {
        Ok(())
    }
}

/// Names the window.
pub(super) struct Title<'a>(pub &'a str);

impl Command for Title<'_> {
    fn write_ansi(&self, f: &mut impl std::fmt::Write) -> std::fmt::Result {
        write!(f, "\x1b]2;{}\x07", self.0)
    }

    #[cfg(windows)]
    fn execute_winapi(&self) -> io::Result<()> {
        Ok(())
    }
}

/// Asks the terminal for what the mouse does: buttons, the wheel, and motion while a button is down (xterm's modes 1000 and
/// 1002, with places as in mode 1006), or leaves the mouse to the terminal. Motion without a button would be a flood.
pub(super) struct TakeMouse(pub bool);

impl Command for TakeMouse {
    fn write_ansi(&self, f: &mut impl std::fmt::Write) -> std::fmt::Result {
        f.write_str(if self.0 { "\x1b[?1000h\x1b[?1002h\x1b[?1006h" } else { "\x1b[?1006l\x1b[?1002l\x1b[?1000l" })
    }

    #[cfg(windows)]
    fn execute_winapi(&self) -> io::Result<()> {
        Ok(())
    }
}

impl Guard {
    /// Takes the terminal over.
    pub fn enter() -> io::Result<Self> {
        HOOK.call_once(install_panic_hook);
        enable_raw_mode()?;
        TAKEN.store(true, Ordering::SeqCst);
        // From here on a failure gives back what was taken.
        let guard = Self(());
        execute!(stdout(), KeepTitle { back: false }, EnterAlternateScreen, EnableBracketedPaste, EnableFocusChange, Hide)?;
        Ok(guard)
    }

    /// Lets go without a word to a terminal that is gone.
    pub fn abandon(self) {
        TAKEN.store(false, Ordering::SeqCst);
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        restore();
    }
}

/// Gives the terminal back, once. Nothing can be done about a failure here, and nothing is said about it.
fn restore() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    give_back();
    let _ = disable_raw_mode();
}

/// Shows what was there before the dashboard, for the shell to go on with.
pub(super) fn give_back() {
    let mut output = stdout();
    let _ = queue!(output, EndSynchronizedUpdate, TakeMouse(false), DisableFocusChange, DisableBracketedPaste);
    // Where there is no alternate screen, as on older Linux consoles, the picture would stay under what follows.
    let _ = queue!(output, Clear(ClearType::All), MoveTo(0, 0), LeaveAlternateScreen, Show);
    // What cannot keep a title, such as GNU screen, shows its own for an empty one.
    let _ = queue!(output, Title(""), KeepTitle { back: true });
    let _ = output.flush();
}

/// A panic that ends the program gives the terminal back first. One on the threads that train, record and serve is an event
/// of the run, and is shown by the dashboard.
fn install_panic_hook() {
    std::panic::set_hook(Box::new(|info| {
        let thread = std::thread::current();
        let name = thread.name().unwrap_or("unnamed");
        let is_event = ["train", "record", "serve"].iter().any(|thread| name.starts_with(thread));
        if is_event && TAKEN.load(Ordering::SeqCst) {
            return;
        }
        restore();
        // Not eprintln, which panics when standard error is gone.
        let _ =
            writeln!(io::stderr(), "error: the program has a bug: thread {name}: {info}\nPlease report it with the line above.");
        if !is_event {
            std::process::exit(101);
        }
    }));
}
