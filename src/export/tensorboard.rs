//! Event files that TensorBoard reads: scalars, hyperparameters, confusion matrices and samples.
//!
//! A file is a row of records, each an `Event` message between its length and checksums (`record_writer.h` of TensorFlow).

mod hparams;

use std::path::{Path, PathBuf};

use super::csv::moments;
use super::mistakes::worst;
use super::picture::Picture;
use super::protobuf::Message;
use super::{ExportError, ExportedFile, ExportedRun, file_name};
use crate::nn::greatest;
use crate::run::{EvaluationPoint, RunState};

const NAME_START: &str = "events.out.tfevents.";
/// Mistakes on a sheet.
const MISTAKES: usize = 50;

/// An event file for each run; with several runs, each in a folder of its own.
pub(super) fn write(runs: &[ExportedRun]) -> Result<Vec<ExportedFile>, ExportError> {
    let mut files: Vec<ExportedFile> = Vec::new();
    for (run, title) in runs.iter().zip(ExportedRun::titles(runs)) {
        let name = format!("{NAME_START}{:010}.mnist-tui", started(&run.state) as u64);
        let below = |folder: String| if runs.len() > 1 { Path::new(&folder).join(&name) } else { PathBuf::from(&name) };
        let folder = file_name(&title);
        let numbered = (2..).map(|number| below(format!("{folder}-{number}")));
        let free = std::iter::once(below(folder.clone())).chain(numbered).find(|path| files.iter().all(|f| f.below != *path));
        files.push(ExportedFile { below: free.unwrap_or_else(|| below(folder.clone())), bytes: events(run)? });
    }
    Ok(files)
}

/// Another event file in `folder` than `path`, when there is one.
pub(super) fn others(folder: &Path, path: &Path) -> Option<String> {
    let entries = std::fs::read_dir(folder).ok()?.filter_map(Result::ok);
    let other = entries.filter(|entry| Some(entry.file_name().as_os_str()) != path.file_name());
    other.map(|entry| entry.file_name().to_string_lossy().into_owned()).find(|name| name.contains("tfevents"))
}

/// When the run started, in seconds since 1970.
fn started(state: &RunState) -> f64 {
    state.started.as_ref().map_or(0.0, |started| started.started_at_ms as f64 / 1000.0)
}

fn events(run: &ExportedRun) -> Result<Vec<u8>, ExportError> {
    let state = &run.state;
    let start = started(state);
    let mut file = EventFile { bytes: Vec::new() };
    file.event(start, 0, Message::default().bytes(3, "brain.Event:2"));
    file.values(start, 0, [hparams::experiment(run), hparams::session_start(run)]);
    let (mut validations, mut tests) = (state.validations.as_slice(), state.tests.as_slice());
    let mut now = start;
    for (index, (_, seconds)) in moments(state).enumerate() {
        let step = index as u64 + 1;
        // What was judged before this step belongs before it.
        file.judged("validation", take_before(&mut validations, step), now)?;
        file.judged("test", take_before(&mut tests, step), now)?;
        now = start + seconds;
        let value = |tag: &str, series: &crate::run::Series| series.get(index).map(|value| scalar(tag, value));
        let values = [
            value("loss/train", &state.steps.loss),
            value("accuracy/train", &state.steps.accuracy),
            value("learning_rate", &state.steps.learning_rate),
        ];
        file.values(now, step as i64, values.into_iter().flatten());
    }
    file.judged("validation", validations, now)?;
    file.judged("test", tests, now)?;
    let step = state.step as i64;
    if let Some(samples) = samples(state) {
        file.values(now, step, [image("samples", &samples)?]);
    }
    if let Some(mistakes) = worst(run, MISTAKES).filter(|mistakes| !mistakes.is_empty()) {
        let images: Vec<_> = mistakes.into_iter().map(|mistake| (mistake.picture, false)).collect();
        let step = run.network_step.map_or(step, |step| step as i64);
        file.values(now, step, [image("worst mistakes", &Picture::sheet(&images))?]);
    }
    file.values(now, step, [hparams::session_end(run, now)]);
    Ok(file.bytes)
}

/// Takes what was judged before `step` off the front.
fn take_before<'a>(points: &mut &'a [EvaluationPoint], step: u64) -> &'a [EvaluationPoint] {
    let (before, rest) = points.split_at(points.iter().take_while(|point| point.step < step).count());
    *points = rest;
    before
}

/// The images whose predictions are shown, and whether these are right.
fn samples(state: &RunState) -> Option<Picture> {
    let shape = state.started.as_ref()?.image_shape;
    let pairs = state.samples.iter().zip(&state.probabilities);
    let images: Vec<_> =
        pairs.map(|(sample, row)| (Picture::of_image(&sample.pixels, shape), greatest(row) == sample.label)).collect();
    (!images.is_empty()).then(|| Picture::sheet(&images))
}

/// A `Summary.Value` with a number.
fn scalar(tag: &str, value: f32) -> Message {
    Message::default().bytes(1, tag).float(2, value)
}

/// A `Summary.Value` with a picture.
fn image(tag: &str, picture: &Picture) -> Result<Message, ExportError> {
    let size = Message::default().int(1, picture.height as i64).int(2, picture.width as i64).int(3, 3);
    Ok(Message::default().bytes(1, tag).message(4, size.bytes(4, picture.png()?)))
}

/// An event file while it is written.
struct EventFile {
    bytes: Vec<u8>,
}

impl EventFile {
    /// Adds what judgements found.
    fn judged(&mut self, split: &str, points: &[EvaluationPoint], at: f64) -> Result<(), ExportError> {
        for EvaluationPoint { step, evaluation, .. } in points {
            let values = [
                scalar(&format!("loss/{split}"), evaluation.loss as f32),
                scalar(&format!("accuracy/{split}"), evaluation.confusion.accuracy() as f32),
                image(&format!("confusion/{split}"), &Picture::of_confusion(&evaluation.confusion))?,
            ];
            self.values(at, *step as i64, values);
        }
        Ok(())
    }

    /// Adds an event with values.
    fn values(&mut self, at: f64, step: i64, values: impl IntoIterator<Item = Message>) {
        self.event(at, step, Message::default().message(5, Message::default().messages(1, values)));
    }

    /// Adds an event: when, after which step, and what.
    fn event(&mut self, at: f64, step: i64, what: Message) {
        let head = Message::default().double(1, at).int(2, step).into_bytes();
        let event = [head, what.into_bytes()].concat();
        let length = (event.len() as u64).to_le_bytes();
        self.bytes.extend(length);
        self.bytes.extend(masked_crc(&length).to_le_bytes());
        self.bytes.extend(&event);
        self.bytes.extend(masked_crc(&event).to_le_bytes());
    }
}

/// The checksum of a record: turned and moved, so that a checksum of checksums is none of its own (TensorFlow's `crc32c.h`).
fn masked_crc(bytes: &[u8]) -> u32 {
    crc32c::crc32c(bytes).rotate_right(15).wrapping_add(0xa282_ead8)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `masked_crc32c` of TensorBoard itself gives them.
    #[test]
    fn the_checksum_is_that_of_tensorflow() {
        assert_eq!(masked_crc(&24u64.to_le_bytes()), 0x224b_7fa3);
        assert_eq!(masked_crc(b"123456789"), 0xc78a_b0e5);
    }

    #[test]
    fn folders_have_plain_names() {
        for (title, name) in
            [("seed-1", "seed-1"), ("../etc", "-etc"), ("a b/c\\d:e", "a-b-c-d-e"), ("...", "run"), ("größe", "größe")]
        {
            assert_eq!(file_name(title), name);
        }
    }
}
