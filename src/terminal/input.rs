//! Keys, pastes and the terminal's end, from threads of their own: reading blocks.

use std::io::{self, PipeReader, PipeWriter, pipe};

use crossterm::event::{Event, KeyCode as Code, KeyEvent, KeyEventKind, KeyModifiers, read};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::app::{Key, KeyCode};

/// What comes from the terminal.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Input {
    /// A key was pressed.
    Key(Key),
    /// Text was pasted.
    Paste(String),
    /// The window has the focus now, or no longer.
    Focus(bool),
    /// The terminal has another size, or may show something else.
    Changed,
    /// The terminal is gone.
    Lost,
}

/// What comes from the terminal, until this is dropped.
pub(super) struct Inputs {
    receiver: UnboundedReceiver<Input>,
    /// The watcher ends when this is closed, and lets go of the terminal.
    _watching: PipeWriter,
}

impl Inputs {
    /// Starts reading.
    ///
    /// Fails when the system gives no thread.
    pub fn start() -> io::Result<Self> {
        let (sender, receiver) = unbounded_channel();
        let lost = sender.clone();
        let (stop, watching) = pipe()?;
        std::thread::Builder::new().name("input".into()).spawn(move || read_events(&sender))?;
        std::thread::Builder::new().name("terminal-watch".into()).spawn(move || watch(&lost, &stop))?;
        Ok(Self { receiver, _watching: watching })
    }

    /// What comes next.
    pub async fn next(&mut self) -> Option<Input> {
        self.receiver.recv().await
    }
}

/// Whether the terminal is gone.
pub(super) fn is_lost() -> bool {
    let stdin = io::stdin();
    let mut descriptors = [PollFd::new(&stdin, PollFlags::empty())];
    poll(&mut descriptors, Some(&Timespec::default())).is_ok_and(|ready| ready > 0)
}

fn read_events(sender: &UnboundedSender<Input>) {
    loop {
        let input = match read() {
            Ok(Event::Key(event)) if event.kind != KeyEventKind::Release => translate(event).map(Input::Key),
            Ok(Event::Paste(text)) => Some(Input::Paste(text)),
            Ok(Event::FocusGained) => Some(Input::Focus(true)),
            Ok(Event::FocusLost) => Some(Input::Focus(false)),
            Ok(Event::Resize(..)) => Some(Input::Changed),
            Ok(_) => None,
            Err(_) => Some(Input::Lost),
        };
        let lost = input == Some(Input::Lost);
        if input.is_some_and(|input| sender.send(input).is_err()) || lost {
            return;
        }
    }
}

/// crossterm never returns from a terminal that has gone away (its issue 793); the file descriptor knows.
fn watch(sender: &UnboundedSender<Input>, stop: &PipeReader) {
    let stdin = io::stdin();
    loop {
        let mut descriptors = [PollFd::new(&stdin, PollFlags::empty()), PollFd::new(stop, PollFlags::empty())];
        match poll(&mut descriptors, None) {
            Err(rustix::io::Errno::INTR) => {}
            // A poll that fails would fail for ever; signals still tell of a lost terminal.
            Err(_) => return,
            Ok(_) => {
                if descriptors[1].revents().is_empty() {
                    let _ = sender.send(Input::Lost);
                }
                return;
            }
        }
    }
}

fn translate(event: KeyEvent) -> Option<Key> {
    let code = match event.code {
        Code::Char(character) => KeyCode::Char(character),
        Code::Enter => KeyCode::Enter,
        Code::Esc => KeyCode::Esc,
        Code::Tab => KeyCode::Tab,
        Code::BackTab => KeyCode::BackTab,
        Code::Backspace => KeyCode::Backspace,
        Code::Up => KeyCode::Up,
        Code::Down => KeyCode::Down,
        Code::Left => KeyCode::Left,
        Code::Right => KeyCode::Right,
        Code::Home => KeyCode::Home,
        Code::End => KeyCode::End,
        Code::PageUp => KeyCode::PageUp,
        Code::PageDown => KeyCode::PageDown,
        Code::Delete => KeyCode::Delete,
        _ => return None,
    };
    let held = |modifier| event.modifiers.contains(modifier);
    Some(Key { code, ctrl: held(KeyModifiers::CONTROL), alt: held(KeyModifiers::ALT), shift: held(KeyModifiers::SHIFT) })
}
