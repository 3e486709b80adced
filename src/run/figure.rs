//! The figures by which runs are judged and compared.

use super::Summary;
use super::text::{duration, percent};
use crate::text::FactLabel;

/// A figure of runs, with whether more of it is better.
#[derive(Clone, Copy, Debug)]
pub struct Figure {
    /// Its name in files: the field of [`Summary`].
    pub key: &'static str,
    /// Its name for people.
    pub name: FactLabel,
    /// Its value, when it was measured.
    pub value: fn(&Summary) -> Option<f64>,
    /// Its value for people.
    pub show: fn(f64) -> String,
    /// Whether more is better; `None` where it is neither better nor worse.
    pub best: Option<bool>,
}

impl Figure {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 8] = [
        Self { key: "test_accuracy", name: FactLabel::TestAccuracy, value: |s| s.test_accuracy, show: percent, best: Some(true) },
        Self { key: "test_loss", name: FactLabel::TestLoss, value: |s| s.test_loss, show: decimals, best: Some(false) },
        Self { key: "macro_f1", name: FactLabel::MacroF1, value: |s| s.macro_f1, show: decimals, best: Some(true) },
        Self {
            key: "validation_accuracy",
            name: FactLabel::ValidationAccuracy,
            value: |s| s.validation_accuracy,
            show: percent,
            best: Some(true),
        },
        Self {
            key: "validation_loss",
            name: FactLabel::ValidationLoss,
            value: |s| s.validation_loss,
            show: decimals,
            best: Some(false),
        },
        Self { key: "train_loss", name: FactLabel::TrainingLoss, value: |s| s.train_loss, show: decimals, best: Some(false) },
        Self { key: "epochs", name: FactLabel::Epochs, value: |s| Some(s.epochs as f64), show: |v| v.to_string(), best: None },
        Self {
            key: "train_seconds",
            name: FactLabel::TrainingTime,
            value: |s| Some(s.train_seconds),
            show: duration,
            best: None,
        },
    ];
}

fn decimals(value: f64) -> String {
    format!("{value:.4}")
}
