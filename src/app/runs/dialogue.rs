//! What lies over the page of runs: a line to type, a list to choose from, a question.

use super::RunsRequest;
use crate::app::Line;
use crate::run::format::Format;

/// A text that is being typed.
#[derive(Clone, Debug, PartialEq)]
pub struct Prompt {
    /// What for.
    pub kind: PromptKind,
    /// The text.
    pub line: Line,
}

/// What a text is typed for.
#[derive(Clone, Debug, PartialEq)]
pub enum PromptKind {
    /// Only runs with this are listed, while it is typed already.
    Filter {
        /// What was filtered by before.
        before: String,
        /// The id of the run that was selected.
        selected: Option<String>,
    },
    /// The new name of a run.
    Rename(String),
    /// What is written about a run.
    Note(String),
    /// Where runs are exported to, and as what.
    Export(Vec<String>, Format),
}

/// A list to choose from.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// What is chosen.
    pub title: &'static str,
    /// The items.
    pub items: Vec<ChoiceItem>,
    /// The selected one.
    pub selected: usize,
}

/// Something that can be chosen.
#[derive(Clone, Debug, PartialEq)]
pub enum ChoiceItem {
    /// What to export runs as.
    Format(Vec<String>, Format),
    /// The run and the step of the checkpoint to branch off, and what there is to say of it.
    Checkpoint(String, u64, String),
}

/// A question with yes and no.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// What would be done.
    pub title: &'static str,
    /// With what.
    pub text: String,
    /// What is asked for after a yes.
    pub request: RunsRequest,
}

impl ChoiceItem {
    /// Its name and a few words about it.
    pub fn texts(&self) -> (String, String) {
        match self {
            Self::Format(_, format) => (format.name().to_owned(), format.summary().to_owned()),
            Self::Checkpoint(_, step, text) => (format!("step {step}"), text.clone()),
        }
    }
}
