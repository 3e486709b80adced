//! What has the focus, explained where it stands.

use super::{Label, Panel};
use crate::protocol::Hyper;
use crate::text::Explanation;

/// Something that is explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explained {
    /// What.
    pub title: Label,
    /// In a few lines.
    pub text: Explanation,
}

/// What a hyperparameter does.
pub fn of_hyper(hyper: Hyper) -> Explained {
    let text = match hyper {
        Hyper::LearningRate => Explanation::LearningRate,
        Hyper::BatchSize => Explanation::BatchSize,
        Hyper::WeightDecay => Explanation::WeightDecay,
        Hyper::Augmentation => Explanation::Augmentation,
        Hyper::Dropout => Explanation::Dropout,
        Hyper::Epochs => Explanation::Epochs,
        Hyper::Momentum => Explanation::Momentum,
        Hyper::LabelSmoothing => Explanation::LabelSmoothing,
        Hyper::ClipNorm => Explanation::ClipNorm,
        Hyper::Patience => Explanation::Patience,
    };
    Explained { title: hyper.label(), text }
}

/// What a panel shows.
pub fn of_panel(panel: Panel) -> Explained {
    let (title, text) = match panel {
        Panel::Loss => ("Loss", Explanation::Loss),
        Panel::Accuracy => ("Accuracy", Explanation::Accuracy),
        Panel::Hypers => ("Hyperparameters", Explanation::LearningRate),
        Panel::Confusion => ("Confusion", Explanation::Confusion),
        Panel::Samples => ("Samples", Explanation::Samples),
        Panel::Events => ("Events", Explanation::Events),
    };
    Explained { title, text }
}
