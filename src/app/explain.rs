//! What has the focus, explained where it stands.

use super::{ImagesPart, LayerView, Measure, NetworkPart, Panel};
use crate::protocol::Hyper;
use crate::text::{Explanation, Text, Word};

/// Something that is explained.
#[derive(Clone, Debug, PartialEq)]
pub struct Explained {
    /// What.
    pub title: Text,
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
    Explained { title: hyper.into(), text }
}

/// What a chart shows.
pub fn of_measure(measure: Measure) -> Explained {
    let (title, text) = match measure {
        Measure::Loss => (Word::LossTitle, Explanation::Loss),
        Measure::Accuracy => (Word::AccuracyTitle, Explanation::Accuracy),
        Measure::LearningRate => (Word::LearningRateTitle, Explanation::LearningRate),
        Measure::GradientNorm => (Word::GradientNormTitle, Explanation::GradientNorm),
        Measure::Throughput => (Word::ThroughputTitle, Explanation::Throughput),
        Measure::UpdateRatio => (Word::UpdateRatioTitle, Explanation::UpdateRatio),
    };
    Explained { title: title.into(), text }
}

/// What a part of the page of images shows.
pub fn of_images(part: ImagesPart) -> Explained {
    let (title, text) = match part {
        ImagesPart::Gallery => (Word::ImagesTitle, Explanation::Gallery),
        ImagesPart::Image => (Word::WhereItLooks, Explanation::Occlusion),
    };
    Explained { title: title.into(), text }
}

/// What a part of the page of the network shows.
pub fn of_network(part: NetworkPart, view: LayerView) -> Explained {
    let (title, text) = match (part, view) {
        (NetworkPart::Layers, _) => (Word::LayersTitle, Explanation::Layers),
        (NetworkPart::Image, _) => (Word::ImageTitle, Explanation::Samples),
        (NetworkPart::Planes, LayerView::Activations) => (Word::ActivationsTitle, Explanation::Activations),
        (NetworkPart::Planes, LayerView::Filters) => (Word::FiltersTitle, Explanation::Filters),
        (NetworkPart::Planes, LayerView::Sum) => (Word::SumTitle, Explanation::Sum),
    };
    Explained { title: title.into(), text }
}

/// What a panel shows.
pub fn of_panel(panel: Panel) -> Explained {
    let (title, text) = match panel {
        Panel::Loss => return of_measure(Measure::Loss),
        Panel::Accuracy => return of_measure(Measure::Accuracy),
        Panel::Hypers => (Word::HyperparametersTitle, Explanation::LearningRate),
        Panel::Confusion => (Word::ConfusionTitle, Explanation::Confusion),
        Panel::Samples => (Word::SamplesTitle, Explanation::Samples),
        Panel::Events => (Word::EventsTitle, Explanation::Events),
    };
    Explained { title: title.into(), text }
}
