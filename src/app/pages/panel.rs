//! The parts of the overview that can have the focus.

use crate::protocol::ConfusionMatrix;
use crate::run::RunState;

/// The next one of several after this one, or the one before, round and round.
pub(super) fn neighbour<T: Copy + PartialEq>(all: &[T], this: T, forward: bool) -> T {
    let at = all.iter().position(|other| *other == this).unwrap_or(0);
    let step = if forward { 1 } else { all.len() - 1 };
    all[(at + step) % all.len()]
}

/// A part of the overview.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Panel {
    /// The loss over the steps.
    Loss,
    /// The accuracy over the steps.
    Accuracy,
    /// The hyperparameters, to be read and changed.
    #[default]
    Hypers,
    /// What was taken for what.
    Confusion,
    /// Single images and what the network takes them for.
    Samples,
    /// What happened.
    Events,
}

impl Panel {
    /// All of them, in the order in which Tab goes through them.
    pub const ALL: [Self; 6] = [Self::Hypers, Self::Loss, Self::Accuracy, Self::Confusion, Self::Samples, Self::Events];

    /// The next one in the order of Tab, or the one before.
    pub fn neighbour(self, forward: bool) -> Self {
        neighbour(&Self::ALL, self, forward)
    }
}

/// Which images the confusion matrix counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ConfusionSource {
    /// The test set once it was judged, the training images of this epoch until then.
    #[default]
    Auto,
    /// The training images of this epoch.
    Training,
    /// The newest judgement on the validation images.
    Validation,
    /// The newest judgement on the test set.
    Test,
}

impl ConfusionSource {
    /// The next one in the order of the key.
    pub fn next(self) -> Self {
        match self {
            Self::Auto => Self::Training,
            Self::Training => Self::Validation,
            Self::Validation => Self::Test,
            Self::Test => Self::Auto,
        }
    }

    /// The confusion matrix of a run, and which one it is; never `Auto`.
    pub fn matrix(self, run: &RunState) -> (Self, Option<&ConfusionMatrix>) {
        let source = match self {
            Self::Auto if run.ended.is_some() && !run.tests.is_empty() => Self::Test,
            Self::Auto => Self::Training,
            chosen => chosen,
        };
        let matrix = match source {
            Self::Validation => run.validations.last().map(|point| &point.evaluation.confusion),
            Self::Test => run.tests.last().map(|point| &point.evaluation.confusion),
            Self::Auto | Self::Training => Some(&run.train_confusion),
        };
        (source, matrix.filter(|matrix| matrix.classes() > 0))
    }
}
