//! What a run says and what it can be told: the one stream of [`Event`]s out, the one kind of [`Command`] in.
//!
//! These types are the payload of the channels inside the program, and serialize to one JSON object a line wherever
//! a run leaves it. This module imports nothing else of the crate.

mod augmentation;
mod bytes;
mod choice;
mod command;
mod confusion;
mod connection;
mod data_spec;
mod event;
mod hyper;
mod judged;
mod layers;
mod name;
mod number;
mod outcome;
mod query;
mod reason;
mod record;
mod spec;
mod steps_finished;
mod wire;

pub use augmentation::Augmentation;
pub use bytes::Bytes;
pub(crate) use choice::choices;
pub use command::{Command, Place, Request, RequestId};
pub use confusion::{ClassFigures, ConfusionMatrix, MOST_CLASSES, wilson};
pub use connection::Connection;
pub use data_spec::{ColorChoice, DataContent, DataSpec, Fit, Holdout, PictureSpec, Scaling};
pub use event::{CheckpointReason, Evaluation, Event, Parent, Phase, Quantity, RunStarted, Sample, Split};
pub use hyper::{Hyper, HyperError, Hyperparameters};
pub use judged::{JudgedImages, MOST_JUDGED};
pub use layers::{LayerMeasure, LayerShape};
pub use name::{is_hidden, run_name};
pub use number::grouped;
pub use outcome::Outcome;
pub use query::{Among, Answer, Asked, Body, MOST_BYTES, MOST_IMAGES, Plane, Query, Seen, Sum, Unanswered, Which};
pub use reason::{Code, Reason};
pub use record::Record;
pub use spec::{Activation, Anneal, FineTuning, LayerSpec, Optimizer, Padding, RunSpec, Schedule, ScheduleKind};
pub use steps_finished::{Probed, StepsFinished};
pub use wire::{ASK, ByeCode, ClientHello, ClientLine, Cursor, LONGEST_LINE, PROTOCOL, ServerHello, ServerLine, ServerMessage};
