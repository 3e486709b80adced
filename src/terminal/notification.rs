//! What is said to the terminal besides pictures: the bell and a notification for a person who looks elsewhere (OSC 9), and
//! what goes into the clipboard (OSC 52).

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use crossterm::Command;

use super::capabilities::Lookup;

/// Rings the bell and shows a text.
#[derive(Clone, Debug)]
pub(super) struct Notification {
    /// In characters that the terminal has, none of them a control character.
    pub text: String,
    /// How it gets through.
    pub passage: Passage,
}

/// What stands between the program and the terminal. All let the bell through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Passage {
    /// Nothing.
    Direct,
    /// tmux, which hands on what is packed for it, where its option `allow-passthrough` says so, and drops it otherwise.
    Tmux,
    /// GNU screen, which hands on what is packed.
    Screen,
}

impl Passage {
    /// As the environment says.
    pub fn new(lookup: Lookup) -> Self {
        match () {
            () if lookup("TMUX").is_some() => Self::Tmux,
            () if lookup("STY").is_some() => Self::Screen,
            () => Self::Direct,
        }
    }

    /// Writes an operating system command.
    fn write(self, f: &mut impl fmt::Write, command: fmt::Arguments) -> fmt::Result {
        match self {
            Self::Direct => write!(f, "\x1b]{command}\x07"),
            Self::Tmux => write!(f, "\x1bPtmux;\x1b\x1b]{command}\x07\x1b\\"),
            Self::Screen => write!(f, "\x1bP\x1b]{command}\x07\x1b\\"),
        }
    }
}

/// Puts a text into the clipboard of the terminal, which may be another machine's.
#[derive(Clone, Debug)]
pub(super) struct Clipboard {
    /// The text.
    pub text: String,
    /// How it gets through.
    pub passage: Passage,
}

impl Command for Clipboard {
    fn write_ansi(&self, f: &mut impl fmt::Write) -> fmt::Result {
        let text = STANDARD.encode(&self.text);
        if self.passage == Passage::Tmux {
            // It has a clipboard of its own, which it hands on where its option `set-clipboard` is on.
            Passage::Direct.write(f, format_args!("52;c;{text}"))?;
        }
        self.passage.write(f, format_args!("52;c;{text}"))
    }

    #[cfg(windows)]
    fn execute_winapi(&self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Command for Notification {
    fn write_ansi(&self, f: &mut impl fmt::Write) -> fmt::Result {
        f.write_str("\x07")?;
        self.passage.write(f, format_args!("9;{}", self.text))
    }

    #[cfg(windows)]
    fn execute_winapi(&self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notification_is_packed_for_what_stands_between() {
        type Variables = &'static [(&'static str, &'static str)];
        let cases: [(Variables, &str); 4] = [
            (&[("TERM", "xterm")], "\x07\x1b]9;run ended\x07"),
            (&[("TMUX", "/tmp/t,1,0")], "\x07\x1bPtmux;\x1b\x1b]9;run ended\x07\x1b\\"),
            (&[("STY", "1.a")], "\x07\x1bP\x1b]9;run ended\x07\x1b\\"),
            (&[("STY", "1.a"), ("TMUX", "/tmp/t,1,0")], "\x07\x1bPtmux;\x1b\x1b]9;run ended\x07\x1b\\"),
        ];
        for (variables, expected) in cases {
            let lookup = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
            let mut sent = String::new();
            let notification = Notification { text: "run ended".into(), passage: Passage::new(&lookup) };
            notification.write_ansi(&mut sent).expect("a string takes everything");
            assert_eq!(sent, expected, "{variables:?}");
        }
    }

    #[test]
    fn what_is_copied_comes_packed_and_plain() {
        for (passage, expected) in [
            (Passage::Direct, "\x1b]52;c;MC4wMDE=\x07"),
            (Passage::Tmux, "\x1b]52;c;MC4wMDE=\x07\x1bPtmux;\x1b\x1b]52;c;MC4wMDE=\x07\x1b\\"),
            (Passage::Screen, "\x1bP\x1b]52;c;MC4wMDE=\x07\x1b\\"),
        ] {
            let mut sent = String::new();
            Clipboard { text: "0.001".into(), passage }.write_ansi(&mut sent).expect("a string takes everything");
            assert_eq!(sent, expected);
        }
    }
}
