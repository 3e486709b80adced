//! What TensorBoard's table of hyperparameters is made from: messages of its plugin `hparams`.

use super::super::ExportedRun;
use super::super::protobuf::Message;
use super::started;
use crate::protocol::{Hyper, Outcome};

/// `DataType` of the plugin.
const STRING: i64 = 1;
const NUMBER: i64 = 3;

/// A hyperparameter's value.
enum Value {
    Text(String),
    Number(f64),
}

/// Which hyperparameters and which figures the table has.
pub(super) fn experiment(run: &ExportedRun) -> Message {
    let infos = values(run).into_iter().map(|(name, value)| {
        let kind = if matches!(value, Value::Text(_)) { STRING } else { NUMBER };
        Message::default().bytes(1, name).int(4, kind)
    });
    let metrics =
        [("accuracy/test", "test accuracy"), ("loss/test", "test loss"), ("accuracy/validation", "validation accuracy")];
    let metrics = metrics.map(|(tag, name)| Message::default().message(1, Message::default().bytes(2, tag)).bytes(3, name));
    let experiment = Message::default().double(3, started(&run.state)).messages(4, infos).messages(5, metrics);
    summary("_hparams_/experiment", Message::default().message(2, experiment))
}

/// The values of this run.
pub(super) fn session_start(run: &ExportedRun) -> Message {
    let entry = |(name, value): (&str, Value)| {
        let value = match value {
            Value::Number(number) => Message::default().double(2, number),
            Value::Text(text) => Message::default().bytes(3, text),
        };
        Message::default().bytes(1, name).message(2, value)
    };
    let session = Message::default().messages(1, values(run).into_iter().map(entry));
    let session = session.double(5, started(&run.state));
    summary("_hparams_/session_start_info", Message::default().message(3, session))
}

/// How the run ended.
pub(super) fn session_end(run: &ExportedRun, at: f64) -> Message {
    const SUCCESS: i64 = 1;
    const FAILURE: i64 = 2;
    const RUNNING: i64 = 3;
    let status = match run.state.ended.as_ref().map(|ended| &ended.outcome) {
        Some(Outcome::Failed { .. }) => FAILURE,
        Some(_) => SUCCESS,
        None => RUNNING,
    };
    summary("_hparams_/session_end_info", Message::default().message(4, Message::default().int(1, status).double(2, at)))
}

/// The hyperparameters at the start, and what else makes the run.
fn values(run: &ExportedRun) -> Vec<(&'static str, Value)> {
    let Some(started) = &run.state.started else { return Vec::new() };
    let spec = &started.spec;
    let mut values: Vec<_> =
        Hyper::ALL.into_iter().map(|hyper| (hyper.key(), Value::Number(spec.hyperparameters.get(hyper)))).collect();
    values.push(("preset", Value::Text(spec.preset.clone())));
    values.push(("optimizer", Value::Text(spec.optimizer.label().into())));
    values.push(("schedule", Value::Text(spec.schedule.name().into())));
    values.push(("seed", Value::Number(spec.seed as f64)));
    values.push(("parameters", Value::Number(started.parameters() as f64)));
    values
}

/// A `Summary.Value` whose content is in the plugin's metadata; the tensor is there because readers expect one.
fn summary(tag: &str, content: Message) -> Message {
    // `HParamsPluginData.version` is 0, which is how it is when left out.
    let plugin = Message::default().bytes(1, "hparams").message(2, content);
    let nothing = Message::default().int(1, 1).message(2, Message::default().message(2, Message::default()));
    Message::default().bytes(1, tag).message(8, nothing).message(9, Message::default().message(1, plugin))
}
