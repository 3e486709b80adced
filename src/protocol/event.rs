//! What a run says: facts, in the past tense, in the order in which they happened.

use serde::{Deserialize, Deserializer, Serialize};

use super::{
    Command, ConfusionMatrix, Hyper, JudgedImages, LayerMeasure, LayerShape, Outcome, Place, Reason, RequestId, RunSpec,
    StepsFinished,
};

/// Something that happened in a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The network is built and the data divided; the first batch comes next.
    RunStarted(Box<RunStarted>),
    /// The images whose predictions are shown were chosen.
    SamplesChosen {
        /// The images.
        samples: Vec<Sample>,
    },
    /// The chosen images were looked at again.
    SamplesPredicted {
        /// After this step.
        step: u64,
        /// For each image, the probability of each class; null in JSON where it is not a finite number, as of a
        /// [loss](Evaluation::loss).
        #[serde(deserialize_with = "numbers_or_null")]
        probabilities: Vec<Vec<f32>>,
    },
    /// Training images were varied: some of a batch, as the network got them. A few now and then, for people to look at.
    SamplesAugmented {
        /// Trained on in this step.
        step: u64,
        /// The images.
        samples: Vec<Sample>,
    },
    /// Steps were trained.
    StepsFinished(Box<StepsFinished>),
    /// Every training image was seen once more.
    EpochFinished {
        /// Counted from 1.
        epoch: usize,
        /// Its last step.
        step: u64,
        /// The mean over its images, each taken when it was trained on; null in JSON as a [loss](Evaluation::loss) may be.
        #[serde(deserialize_with = "number_or_null")]
        train_loss: f64,
        /// The part of its images that were right when they were trained on.
        train_accuracy: f64,
    },
    /// The network was judged.
    Evaluated {
        /// On these images.
        split: Split,
        /// In this epoch, counted from 1.
        epoch: usize,
        /// After this step.
        step: u64,
        /// The result.
        evaluation: Evaluation,
        /// The request that asked for it, when one did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answers: Option<RequestId>,
    },
    /// Training went on, paused, or turned to judging.
    PhaseChanged {
        /// What it does now.
        phase: Phase,
        /// After this step.
        step: u64,
        /// The request that asked for it, when one did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answers: Option<RequestId>,
    },
    /// A hyperparameter has a new value.
    HyperChanged {
        /// The first step trained with it.
        step: u64,
        /// Which one.
        hyper: Hyper,
        /// Its value before; of the learning rate, the effective one.
        from: f64,
        /// Its value from now on; of the learning rate, the effective one at this step.
        to: f64,
        /// With a schedule, the base learning rate that gives `to` at this step.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        base: Option<f64>,
        /// The request that asked for it.
        answers: RequestId,
    },
    /// With the number of epochs, which has just [changed](Self::HyperChanged), the schedule gives the next step another
    /// learning rate.
    ScheduleMoved {
        /// The next step.
        step: u64,
        /// The learning rate that it would have had.
        from: f64,
        /// The learning rate that it has.
        to: f64,
        /// The epochs that were added have a schedule of their own; otherwise the one there is was stretched.
        #[serde(default)]
        restarts: bool,
        /// The request that asked for it.
        answers: RequestId,
    },
    /// A batch gave numbers that are not finite. No step was made with it, parameters and moments are as they were, and
    /// training has paused; it goes on with the next batch.
    Diverged {
        /// The step that it would have been.
        step: u64,
        /// What is not finite.
        quantity: Quantity,
        /// The first layer, from the image on, whose gradient or parameters are not finite.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        layer: Option<String>,
    },
    /// The layers with parameters were measured in a step.
    LayersMeasured {
        /// The step.
        step: u64,
        /// Each, from the image on.
        layers: Vec<LayerMeasure>,
    },
    /// The network was judged on the digits that the person at this machine has drawn and kept.
    OwnJudged {
        /// In this epoch, counted from 1.
        epoch: usize,
        /// After this step.
        step: u64,
        /// The result.
        evaluation: Evaluation,
    },
    /// What each image of a judgement was taken for, which is told next.
    ImagesJudged {
        /// Which images.
        split: Split,
        /// In this epoch, counted from 1.
        epoch: usize,
        /// After this step.
        step: u64,
        /// Each of them.
        images: JudgedImages,
    },
    /// The parameters are again what they were.
    ParametersRestored {
        /// After this step.
        step: u64,
        /// At the end of this epoch, 0 for the start; of a checkpoint, in it.
        epoch: usize,
        /// What was asked for.
        #[serde(default, skip_serializing_if = "Place::is_default")]
        from: Place,
        /// The request that asked for it, when one did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answers: Option<RequestId>,
    },
    /// Everything that is needed to go on from here was copied, to be kept.
    CheckpointTaken {
        /// After this step.
        step: u64,
        /// In this epoch, or at its end, counted from 1.
        epoch: usize,
        /// Why.
        reason: CheckpointReason,
        /// The request that asked for it, when one did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answers: Option<RequestId>,
    },
    /// A checkpoint is on the disk.
    CheckpointSaved {
        /// Of this step.
        step: u64,
        /// The name of its file.
        file: String,
        /// The steps of older ones that were removed for it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        removed: Vec<u64>,
    },
    /// A checkpoint could not be written to the disk; those before it are as they were.
    CheckpointFailed {
        /// Of this step.
        step: u64,
        /// Why not.
        reason: String,
    },
    /// Something that a person should know of how the images were read.
    DataNoted {
        /// A sentence, in English.
        note: String,
    },
    /// The parameters that the network starts from are for other classes or images: these layers start anew.
    LayersRenewed {
        /// Their names.
        layers: Vec<String>,
    },
    /// A newer checkpoint than the one from which the run goes on could not be used.
    CheckpointPassedOver {
        /// Its file, and what is wrong with it.
        reason: String,
    },
    /// What happens cannot be written down; training goes on, and it is tried again.
    RecordingFailed {
        /// Why not.
        reason: String,
    },
    /// Everything is written down again.
    RecordingWorked {},
    /// What happened is not in the log on disk: it would have been longer than a line may be.
    RecordTooLong {
        /// The name of the event.
        name: String,
        /// The length of its line.
        bytes: usize,
    },
    /// Training went on where a checkpoint was taken; what had happened after it is forgotten.
    RunResumed {
        /// After this step.
        step: u64,
        /// Threads that train from now on.
        threads: usize,
    },
    /// A command could not be carried out; nothing changed.
    CommandRefused {
        /// What was asked.
        command: Command,
        /// Why not.
        #[serde(flatten)]
        reason: Reason,
        /// The request.
        answers: RequestId,
    },
    /// Another client steers from now on, and those before it watch.
    ControlTaken {
        /// Its number, counted anew by every process that trains the run.
        client: u32,
        /// What it calls itself.
        name: String,
        /// The request that asked for it; none when it came to a run that nobody steered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answers: Option<RequestId>,
    },
    /// The client that steered is gone; nobody steers.
    ControlReleased {
        /// Its number.
        client: u32,
    },
    /// Other processes cannot watch the run.
    ServingFailed {
        /// Why not.
        reason: String,
    },
    /// The parameters are in a file.
    ParametersSaved {
        /// After this step.
        step: u64,
        /// The file.
        path: String,
    },
    /// The parameters could not be written to a file; what was there before is as it was.
    SavingFailed {
        /// The file.
        path: String,
        /// Why not.
        reason: String,
    },
    /// No more training in this run.
    RunEnded {
        /// Why.
        outcome: Outcome,
        /// After this step.
        step: u64,
        /// Of the parameters, as little-endian 32-bit floats in the order of the layers; empty when there are none.
        weights_sha256: String,
        /// The request that asked for it, when one did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answers: Option<RequestId>,
    },
    /// Something that only a newer program knows, as it told it; see [`Record::read`](super::Record::read).
    #[serde(skip)]
    Unknown(serde_json::Map<String, serde_json::Value>),
}

/// What is known when a run starts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunStarted {
    /// Unique.
    pub run_id: String,
    /// What a person calls it.
    pub name: String,
    /// The recipe.
    pub spec: RunSpec,
    /// Threads that train.
    pub threads: usize,
    /// Milliseconds since 1970, UTC.
    pub started_at_ms: u64,
    /// What the classes are called, in the order of their numbers.
    pub class_names: Vec<String>,
    /// Height, width and channels of an image.
    pub image_shape: [usize; 3],
    /// Images trained on.
    pub train_images: usize,
    /// Images held out.
    pub validation_images: usize,
    /// Images of the test set.
    pub test_images: usize,
    /// The network, layer by layer.
    pub layers: Vec<LayerShape>,
    /// Where it branched off another run, when it did. What is told up to there is that run's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Parent>,
}

/// Where a run branched off another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parent {
    /// The other run.
    pub run_id: String,
    /// After this step of it.
    pub step: u64,
}

impl RunStarted {
    /// All trainable values.
    pub fn parameters(&self) -> usize {
        self.layers.iter().map(|layer| layer.parameters).sum()
    }
}

/// One of the images whose predictions are shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// Its place in its set.
    pub index: usize,
    /// Its class.
    pub label: usize,
    /// `height × width × channels` bytes, row by row.
    pub pixels: Vec<u8>,
}

/// The result of judging a network on a set of images.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// The mean cross-entropy; null in JSON where it is not a finite number, and then read as not a number.
    #[serde(deserialize_with = "number_or_null")]
    pub loss: f64,
    /// What was taken for what.
    pub confusion: ConfusionMatrix,
}

fn number_or_null<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or(f64::NAN))
}

fn numbers_or_null<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Vec<f32>>, D::Error> {
    let rows: Vec<Vec<Option<f32>>> = Deserialize::deserialize(deserializer)?;
    Ok(rows.into_iter().map(|row| row.into_iter().map(|number| number.unwrap_or(f32::NAN)).collect()).collect())
}

/// A part of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    /// Held out of the training images, for tuning.
    Validation,
    /// For judging at the end.
    Test,
}

/// What the worker does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Batch after batch.
    Training,
    /// Waiting for a command.
    Paused,
    /// Judging the network.
    Evaluating,
}

/// A number that can turn out not to be finite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// The loss of a batch.
    Loss,
    /// A part of its gradient: not finite, or so large that what a step makes of it would not be.
    Gradient,
    /// A parameter, or what the optimizer remembers of it: so large that what a step makes of it would not be finite.
    Parameter,
}

impl Quantity {
    /// Its name, in English.
    pub fn name(self) -> &'static str {
        match self {
            Self::Loss => "loss",
            Self::Gradient => "gradient",
            Self::Parameter => "parameters",
        }
    }
}

/// Why a checkpoint was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckpointReason {
    /// The run started.
    Start,
    /// An epoch was over.
    Epoch,
    /// Somebody asked for it.
    Asked,
    /// The run was over.
    End,
}
