//! A run in one object: what `--json` prints.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

use super::{Impact, Intervention, RunState};
use crate::protocol::{ClassFigures, ConfusionMatrix, Hyperparameters, Outcome};

/// The version of [`Summary`]'s form. It grows when a field changes its meaning or goes.
pub const SCHEMA_VERSION: u32 = 1;

/// A run in one object. Figures that were not measured are null.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// The program that made it.
    pub program_version: String,
    /// Unique.
    pub run_id: String,
    /// What a person calls it.
    pub name: String,
    /// `completed`, `target_reached`, `stopped_early`, `stopped`, `failed` or `running`.
    pub status: String,
    /// What went wrong, when it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Why it stopped, when it stopped early.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_reason: Option<String>,
    /// The network's name.
    pub preset: String,
    /// Everything random follows from it.
    pub seed: u64,
    /// Threads that trained.
    pub threads: usize,
    /// Epochs finished.
    pub epochs: usize,
    /// Steps trained.
    pub steps: u64,
    /// Images trained on, each as often as it was.
    pub images_seen: u64,
    /// Seconds of training, without judging and pauses.
    pub train_seconds: f64,
    /// `images_seen / train_seconds`.
    pub images_per_second: Option<f64>,
    /// Seconds of training until the test accuracy asked for was reached.
    pub seconds_to_target: Option<f64>,
    /// Mean training loss of the last whole epoch.
    pub train_loss: Option<f64>,
    /// The newest loss on the validation images.
    pub validation_loss: Option<f64>,
    /// The newest accuracy on the validation images.
    pub validation_accuracy: Option<f64>,
    /// Loss on the test set.
    pub test_loss: Option<f64>,
    /// Accuracy on the test set.
    pub test_accuracy: Option<f64>,
    /// The test images that it rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_images: Option<u64>,
    /// Within which the test accuracy lies with a confidence of 95 % (Wilson 1927).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_accuracy_interval: Option<[f64; 2]>,
    /// Of the digits that the person who trained it has drawn: how many are right, and how many there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_digits: Option<[u64; 2]>,
    /// Unweighted mean over the classes, on the test set.
    pub macro_precision: Option<f64>,
    /// Unweighted mean over the classes, on the test set.
    pub macro_recall: Option<f64>,
    /// Unweighted mean over the classes, on the test set.
    pub macro_f1: Option<f64>,
    /// Figures of each class on the test set.
    pub per_class: Vec<NamedFigures>,
    /// `[t][p]`: test images of class t predicted as p.
    #[serde(serialize_with = "dense")]
    pub confusion_matrix: Option<ConfusionMatrix>,
    /// Of the parameters, as little-endian 32-bit floats in the order of the layers.
    pub weights_sha256: Option<String>,
    /// As they were at the end.
    pub hyperparameters: Option<Hyperparameters>,
    /// What was changed on the way.
    pub interventions: Vec<Intervention>,
    /// What came of them, as far as it can be told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub impacts: Vec<Impact>,
}

/// Other programs find all rows with all counts, however many classes there are.
fn dense<S: Serializer>(matrix: &Option<ConfusionMatrix>, serializer: S) -> Result<S::Ok, S::Error> {
    let Some(matrix) = matrix else { return serializer.serialize_none() };
    let classes = 0..matrix.classes();
    let row = |truth| classes.clone().map(|predicted| matrix.count(truth, predicted)).collect::<Vec<u64>>();
    serializer.collect_seq(classes.clone().map(row))
}

/// The figures of one class, with its name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NamedFigures {
    /// The class.
    pub class: String,
    /// Its figures.
    #[serde(flatten)]
    pub figures: ClassFigures,
}

impl fmt::Display for Summary {
    /// A few lines for people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.status.replace('_', " "))?;
        let epochs = if self.epochs == 1 { "epoch" } else { "epochs" };
        let steps = if self.steps == 1 { "step" } else { "steps" };
        write!(f, ": {} {epochs}, {} {steps}, {:.1} s of training", self.epochs, self.steps, self.train_seconds)?;
        if let Some(speed) = self.images_per_second {
            write!(f, ", {speed:.0} images/s")?;
        }
        if let Some(error) = &self.error {
            write!(f, "\nerror: {error}")?;
        }
        if let Some(reason) = &self.stop_reason {
            write!(f, "\n{reason}")?;
        }
        if let (Some(accuracy), Some(loss), Some(f1)) = (self.test_accuracy, self.test_loss, self.macro_f1) {
            write!(f, "\ntest accuracy {:.2} %, loss {loss:.4}, macro F1 {f1:.4}", accuracy * 100.0)?;
        }
        if let (Some(confusion), Some([low, high])) = (&self.confusion_matrix, self.test_accuracy_interval) {
            let (right, all) = (confusion.right(), confusion.total());
            write!(f, "\n{right} of {all} test images right; 95 % interval {:.2} to {:.2} %", low * 100.0, high * 100.0)?;
        }
        if let Some([right, all]) = self.own_digits {
            write!(f, "\n{right} of {all} of your own digits right")?;
        }
        if let Some(digest) = &self.weights_sha256 {
            write!(f, "\nweights sha256 {digest}")?;
        }
        Ok(())
    }
}

impl RunState {
    /// The run in one object.
    pub fn summary(&self) -> Summary {
        let started = self.started.as_deref();
        let validation = self.validations.last().map(|point| &point.evaluation);
        let test = self.tests.last().map(|point| &point.evaluation);
        let averages = test.map(|test| test.confusion.macro_averages());
        let outcome = self.ended.as_ref().map(|ended| &ended.outcome);
        Summary {
            schema_version: SCHEMA_VERSION,
            program_version: env!("CARGO_PKG_VERSION").into(),
            run_id: started.map(|s| s.run_id.clone()).unwrap_or_default(),
            name: started.map(|s| s.name.clone()).unwrap_or_default(),
            status: outcome.map_or("running", Outcome::status).into(),
            error: match outcome {
                Some(Outcome::Failed { message }) => Some(message.to_string()),
                _ => None,
            },
            stop_reason: match outcome {
                Some(Outcome::StoppedEarly { reason }) => Some(reason.to_string()),
                _ => None,
            },
            preset: started.map(|s| s.spec.preset.clone()).unwrap_or_default(),
            seed: started.map_or(0, |s| s.spec.seed),
            threads: started.map_or(0, |s| s.threads),
            epochs: self.epochs_finished,
            steps: self.step,
            images_seen: self.images_seen,
            train_seconds: self.train_seconds,
            images_per_second: (self.train_seconds > 0.0).then(|| self.images_seen as f64 / self.train_seconds),
            seconds_to_target: self.seconds_to_target,
            train_loss: self.epoch_train_loss,
            validation_loss: validation.map(|v| v.loss),
            validation_accuracy: validation.map(|v| v.confusion.accuracy()),
            test_loss: test.map(|t| t.loss),
            test_accuracy: test.map(|t| t.confusion.accuracy()),
            test_images: test.map(|t| t.confusion.total()),
            test_accuracy_interval: test.and_then(|t| t.confusion.accuracy_interval()),
            own_digits: self.own.last().map(|own| [own.evaluation.confusion.right(), own.evaluation.confusion.total()]),
            macro_precision: averages.map(|a| a.0),
            macro_recall: averages.map(|a| a.1),
            macro_f1: averages.map(|a| a.2),
            per_class: test.map_or_else(Vec::new, |test| {
                let figures = test.confusion.per_class().into_iter().enumerate();
                figures.map(|(class, figures)| NamedFigures { class: self.class_name(class), figures }).collect()
            }),
            confusion_matrix: test.map(|t| t.confusion.clone()),
            weights_sha256: self.ended.as_ref().map(|ended| ended.weights_sha256.clone()).filter(|digest| !digest.is_empty()),
            hyperparameters: self.hyperparameters,
            interventions: self.interventions.clone(),
            impacts: self.impacts.all().collect(),
        }
    }
}
