//! How a person who looks elsewhere is told: the bell, and a notification where the terminal knows them (OSC 9).

use std::fmt;

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
}

impl Command for Notification {
    fn write_ansi(&self, f: &mut impl fmt::Write) -> fmt::Result {
        let text = &self.text;
        match self.passage {
            Passage::Direct => write!(f, "\x07\x1b]9;{text}\x07"),
            Passage::Tmux => write!(f, "\x07\x1bPtmux;\x1b\x1b]9;{text}\x07\x1b\\"),
            Passage::Screen => write!(f, "\x07\x1bP\x1b]9;{text}\x07\x1b\\"),
        }
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
}
