//! The line that stays on the terminal when a run is left before its end.

use std::io::{Write, stderr, stdout};

use super::signals::name_of;
use super::{Mode, in_charset};
use crate::config::UiConfig;
use crate::run::RunState;
use crate::run::store::RunFolder;
use crate::run::text::grouped;

/// What was left.
#[derive(Clone, Copy, Debug)]
pub(super) enum Farewell<'a> {
    /// A run that was trained here, recorded in a folder or not at all.
    Trained(&'a RunState, Option<&'a RunFolder>),
    /// A run that another process trains.
    Watched(&'a RunState),
    /// A recorded run that was played.
    Played(&'a RunState),
    /// The page of runs, with nothing trained.
    Browsed,
}

impl Farewell<'_> {
    /// Says it on the terminal, when there was something to leave. Nobody is left to be told where that cannot be written.
    pub fn say(self, signal: Option<u8>, config: &UiConfig, mode: Mode) {
        let Some(line) = self.line(signal) else { return };
        let line = in_charset(config, line + "\n");
        // A summary as JSON is alone on standard output.
        let _ = match mode {
            Mode::Dashboard => stdout().write_all(line.as_bytes()),
            Mode::Headless { .. } | Mode::Detached => stderr().write_all(line.as_bytes()),
        };
    }

    /// The run's name, its step, and the command that goes on with it.
    fn line(self, signal: Option<u8>) -> Option<String> {
        let (state, folder) = match self {
            Self::Trained(state, folder) => (state, folder),
            Self::Watched(state) | Self::Played(state) => (state, None),
            Self::Browsed => return Some("`mnist-tui runs browse` comes back to the page of runs".into()),
        };
        let started = state.started.as_deref()?;
        let (name, id, step) = (&started.name, &started.run_id, grouped(state.step));
        let left = match signal {
            Some(signal) => format!("{name} left at step {step}, by {}", name_of(signal)),
            None => format!("{name} left at step {step}"),
        };
        Some(match (self, folder) {
            (Self::Watched(_), _) => format!("{left}; whoever trains it goes on. `mnist-tui attach {id}` comes back"),
            (Self::Played(_), _) => format!("{left}; `mnist-tui replay {id}` plays it again"),
            (_, None) => format!("{left}; nothing of it is kept, since it was not recorded"),
            (_, Some(folder)) => match folder.checkpoints().unwrap_or_default().last() {
                Some((kept, _)) => format!("{left}; `mnist-tui --resume {id}` goes on from step {}", grouped(*kept)),
                None => format!("{left}; there is no checkpoint of it, and `mnist-tui --resume {id}` starts it again"),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::protocol::{Event, Record, RunStarted};

    #[test]
    fn what_is_left_is_named_with_its_step_and_what_goes_on_with_it() {
        let started = RunStarted {
            run_id: "20261126-a1b2".into(),
            name: "wide".into(),
            spec: Config::default().run_spec(10).expect("the default recipe"),
            threads: 1,
            started_at_ms: 0,
            class_names: Vec::new(),
            image_shape: [28, 28, 1],
            train_images: 100,
            validation_images: 0,
            test_images: 0,
            layers: Vec::new(),
            parent: None,
        };
        let mut state = RunState::default();
        assert_eq!(Farewell::Trained(&state, None).line(None), None, "nothing had begun");
        state.apply(&Record { at_ms: 0, event: Event::RunStarted(Box::new(started)) });
        state.step = 1234;
        let cases = [
            (Farewell::Trained(&state, None), None, "wide left at step 1,234; nothing of it is kept, since it was not recorded"),
            (Farewell::Played(&state), None, "wide left at step 1,234; `mnist-tui replay 20261126-a1b2` plays it again"),
            (
                Farewell::Watched(&state),
                Some(15),
                "wide left at step 1,234, by SIGTERM; whoever trains it goes on. `mnist-tui attach 20261126-a1b2` comes back",
            ),
        ];
        for (farewell, signal, expected) in cases {
            assert_eq!(farewell.line(signal).as_deref(), Some(expected));
        }
    }
}
