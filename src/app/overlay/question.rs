//! A question, and its answers with their keys.

use crate::app::row::{Row, Rows, row};
use crate::app::{Closing, Control, Effect, Key, KeyCode, Leave, Rank, Shared};
use crate::protocol::Command;
use crate::text::{KeyHelp, KeyLabel, Phrase, Text, Word};

/// A question, and its answers with their keys.
#[derive(Clone)]
pub struct Question {
    /// What is asked.
    pub title: Word,
    /// What there is to know about it.
    pub text: Text,
    /// The answers.
    pub answers: &'static [Row<Self>],
    /// What a plain yes does.
    yes: Vec<Effect>,
    /// Whether it still makes sense.
    pub(super) holds: fn(&Shared) -> bool,
}

impl std::fmt::Debug for Question {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Question").field("title", &self.title).field("text", &self.text).finish_non_exhaustive()
    }
}

impl Question {
    /// Whether to do something.
    pub fn confirming(title: Word, text: Text, yes: Effect) -> Self {
        Self { title, text, answers: CONFIRMING, yes: vec![yes], holds: |_| true }
    }

    /// How to leave.
    pub fn leaving() -> Self {
        let text = Phrase::TrainingGoesOn.into();
        Self { title: Word::LeaveQuestion, text, answers: LEAVING, yes: Vec::new(), holds: |shared| shared.run.ended.is_none() }
    }

    /// Whether to stop.
    pub fn stopping() -> Self {
        let text = Phrase::ThenJudged.into();
        Self { title: Word::StopQuestion, text, answers: STOPPING, yes: Vec::new(), holds: Shared::steers }
    }

    /// Whether to take over from whoever steers.
    pub fn taking_over(control: &Control) -> Self {
        let text = match control {
            Control::Observing { by: Some(by) } => Phrase::WillWatch { by: Box::new(by.clone()) },
            _ => Phrase::NobodySteersNow,
        };
        let holds = |shared: &Shared| shared.run.ended.is_none() && matches!(shared.control, Control::Observing { .. });
        Self { title: Word::TakeOverQuestion, text: text.into(), answers: TAKING_OVER, yes: Vec::new(), holds }
    }

    /// Whether it asks how to leave.
    pub(super) fn is_leaving(&self) -> bool {
        self.answers.iter().any(|answer| answer.id == "leave.discard")
    }
}

impl Rows for Question {
    fn rows(&self) -> &'static [Row<Self>] {
        self.answers
    }
}

fn cancel(_: &mut Question, shared: &mut Shared) {
    shared.close(Closing::Cancelled);
}

fn stop(_: &mut Question, shared: &mut Shared) {
    shared.send_once(Command::Stop);
    shared.close(Closing::Taken);
}

const YES: &[Key] = &[Key::plain(KeyCode::Enter), Key::char('y')];
const NO: &[Key] = &[Key::plain(KeyCode::Esc), Key::char('n')];

/// When asked whether to do something.
pub const CONFIRMING: &[Row<Question>] = &[
    row(
        "confirm.yes",
        YES,
        KeyLabel::Yes,
        KeyHelp::ConfirmYes,
        |_, _| Rank::Footer(0),
        |question, shared| {
            shared.effects.append(&mut question.yes);
            shared.close(Closing::Taken);
        },
    ),
    row("confirm.no", NO, KeyLabel::No, KeyHelp::ConfirmNo, |_, _| Rank::Footer(1), cancel),
];

/// When asked how to leave.
pub const LEAVING: &[Row<Question>] = &[
    row(
        "leave.stop",
        &[Key::char('s')],
        KeyLabel::StopAndJudge,
        KeyHelp::LeaveStop,
        |_, _| Rank::Footer(0),
        |question, shared| {
            shared.leave_when_ended = true;
            stop(question, shared);
        },
    ),
    row(
        "leave.detach",
        &[Key::char('d')],
        KeyLabel::Detach,
        KeyHelp::LeaveDetach,
        |_, _| Rank::Footer(1),
        |_, shared| shared.detach(),
    ),
    row(
        "leave.headless",
        &[Key::char('h')],
        KeyLabel::ProgressLines,
        KeyHelp::LeaveHeadless,
        |_, _| Rank::Footer(2),
        |_, shared| shared.leave(Leave::Headless),
    ),
    row(
        "leave.discard",
        &[Key::char('x')],
        KeyLabel::QuitAtOnce,
        KeyHelp::LeaveDiscard,
        |_, _| Rank::Footer(3),
        |_, shared| shared.leave(Leave::Discard),
    ),
    row(
        "leave.cancel",
        &[Key::plain(KeyCode::Esc)],
        KeyLabel::KeepWatching,
        KeyHelp::LeaveCancel,
        |_, _| Rank::Footer(4),
        cancel,
    ),
];

/// When asked whether to stop.
pub const STOPPING: &[Row<Question>] = &[
    row("stop.yes", YES, KeyLabel::Stop, KeyHelp::StopYes, |_, _| Rank::Footer(0), stop),
    row("stop.no", NO, KeyLabel::TrainOn, KeyHelp::StopNo, |_, _| Rank::Footer(1), cancel),
];

/// When asked whether to take over.
pub const TAKING_OVER: &[Row<Question>] = &[
    row(
        "take-over.yes",
        YES,
        KeyLabel::TakeOver,
        KeyHelp::TakeOverYes,
        |_, _| Rank::Footer(0),
        |_, shared| {
            shared.send(Command::TakeControl);
            shared.close(Closing::Taken);
        },
    ),
    row("take-over.no", NO, KeyLabel::KeepWatching, KeyHelp::TakeOverNo, |_, _| Rank::Footer(1), cancel),
];
