//! What a person changed.

use crate::protocol::Hyper;
use crate::text::LogText;

/// A change of a hyperparameter.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Intervention {
    /// The first step trained with it.
    pub step: u64,
    /// The epoch it was made in, counted from 1.
    pub epoch: usize,
    /// Which hyperparameter.
    pub hyper: Hyper,
    /// Its value before.
    pub from: f64,
    /// Its value after.
    pub to: f64,
    /// The client that made it, when it was not made where the run was started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

impl Intervention {
    /// What was changed, and by whom if it was somebody else.
    pub fn text(&self) -> LogText {
        let (hyper, from, to) = (self.hyper, self.hyper.display(self.from), self.hyper.display(self.to));
        match self.by.clone() {
            Some(by) => LogText::HyperChangedBy { hyper, from, to, by },
            None => LogText::HyperChanged { hyper, from, to },
        }
    }

    /// ` by ana@laptop`, or nothing.
    pub fn by_text(&self) -> String {
        self.by.as_ref().map_or_else(String::new, |by| format!(" by {by}"))
    }
}
