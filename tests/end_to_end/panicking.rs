//! A panic gives the terminal back.
//!
//! Nothing in the program panics on demand, and it has no switch for it. So the very file that guards the terminal is
//! compiled into these tests, and each of them starts itself once more, on a pseudo-terminal, to panic there.

#[path = "../../src/terminal/guard.rs"]
mod guard;

use std::thread::Builder;

use portable_pty::CommandBuilder;

use crate::support::Session;
use guard::Guard;

/// Set for the test that is to take the terminal over instead of watching.
const ROLE: &str = "END_TO_END_TAKES_THE_TERMINAL";

fn takes_the_terminal() -> bool {
    std::env::var_os(ROLE).is_some()
}

/// This test once more, in a process and on a terminal of its own.
fn again(test: &str) -> Session {
    let mut command = CommandBuilder::new(std::env::current_exe().expect("these tests"));
    command.args(["--exact", &format!("panicking::{test}"), "--nocapture"]);
    Session::run(80, 24, command, &[(ROLE, "1")])
}

/// Panics on a thread of this name, and goes on when the panic does not end the process.
fn panic_on(thread: &str) {
    let thread = Builder::new().name(thread.into()).spawn(|| panic!("a test panics")).expect("a thread");
    assert!(thread.join().is_err());
}

#[test]
fn a_panic_ends_the_program_and_gives_the_terminal_back() {
    if takes_the_terminal() {
        let _guard = Guard::enter().expect("a terminal");
        panic_on("drawing");
        return;
    }
    let text = again("a_panic_ends_the_program_and_gives_the_terminal_back").expect_end(101);
    assert!(text.contains("error: the program has a bug: thread drawing: ") && text.contains("a test panics"), "{text}");
}

#[test]
fn a_panic_of_the_training_leaves_the_dashboard_alone() {
    if takes_the_terminal() {
        let guard = Guard::enter().expect("a terminal");
        panic_on("train");
        print!("the dashboard goes on");
        drop(guard);
        return;
    }
    let mut session = again("a_panic_of_the_training_leaves_the_dashboard_alone");
    let text = session.expect_end(0);
    assert!(!text.contains("a test panics"), "{text}");
    assert!(!text.contains("the dashboard goes on"), "it stood on the alternate screen:\n{text}");
    assert!(String::from_utf8_lossy(&session.bytes()).contains("the dashboard goes on"));
}

#[test]
fn nothing_is_said_to_a_terminal_that_is_gone() {
    if takes_the_terminal() {
        Guard::enter().expect("a terminal").abandon();
        return;
    }
    let (code, bytes) = again("nothing_is_said_to_a_terminal_that_is_gone").end();
    let text = String::from_utf8_lossy(&bytes);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("\x1b[?1049h") && !text.contains("\x1b[?1049l"), "{text:?}");
}
