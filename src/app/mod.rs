//! What the dashboard knows and how it answers: messages in, effects out.
//!
//! Everything here is pure: no terminal, no clock, no channel. The terminal layer turns keys and records into
//! [`Message`]s, gives them to [`App::update`], and carries out the [`Effect`]s it returns.

mod action;
mod control;
mod edit;
mod hypers;
mod key;
mod line;
mod message;
mod mode;
mod page;
mod panel;
mod replay;
mod requests;
mod runs;
mod setting;
mod state;
mod update;

pub use action::{ACTIONS, Action, Binding, When, keys_markdown};
pub use control::Control;
pub use edit::Edit;
pub use hypers::HyperPanel;
pub use key::{Key, KeyCode};
pub use line::Line;
pub use message::{Effect, Leave, Message};
pub use mode::Mode;
pub use page::Page;
pub use panel::{ConfusionSource, Panel, SampleView};
pub use replay::{Replay, Seek};
pub use requests::Requests;
pub use runs::{
    Choice, ChoiceItem, LoadedRun, NextRun, Prompt, PromptKind, Question, RunRow, RunsAnswer, RunsPage, RunsRequest, RunsView,
};
pub use state::{App, AppOptions};
