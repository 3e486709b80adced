//! What a run keeps of itself: to go on from, to go back to, and to use elsewhere.

use std::sync::Arc;
use std::time::Duration;

use super::cursor::Cursor;
use super::{Engine, Port};
use crate::causes::with_causes;
use crate::files::write_whole;
use crate::nn::Snapshot;
use crate::protocol::{CheckpointReason, Code, Event, Place, RequestId, RunStarted, Split};
use crate::train::checkpoint::{Checkpoint, Position, VERSION};

/// What a run can go back to.
pub(super) struct Keeping {
    /// The start, where it is known.
    pub start: Option<Arc<Snapshot>>,
    /// The newest epoch's end at which all was well, or the start as epoch 0.
    pub good: (usize, Arc<Snapshot>),
    /// The end of the epoch with the least validation loss.
    pub best: Option<(usize, Arc<Snapshot>)>,
    /// The newest checkpoint is the run as it is now.
    pub is_current: bool,
}

impl<P: Port> Engine<'_, P> {
    /// Gives everything that is needed to go on from here to whoever keeps it.
    pub(super) fn keep(&mut self, reason: CheckpointReason, answers: Option<RequestId>) {
        self.keep_snapshot(Arc::new(self.job.learner.snapshot()), reason, answers);
    }

    /// The same, with the parameters and moments as they are now.
    pub(super) fn keep_snapshot(&mut self, current: Arc<Snapshot>, reason: CheckpointReason, answers: Option<RequestId>) {
        self.tell_steps();
        self.keeping.is_current = true;
        let Cursor { epoch, images, step, images_seen, trained, epoch_sums } = self.cursor;
        let Keeping { good, best, .. } = &self.keeping;
        let optimizer_steps = [current.steps(), good.1.steps(), best.as_ref().map_or(0, |(_, best)| best.steps())];
        let position = Position {
            version: VERSION,
            epoch,
            images,
            step,
            images_seen,
            train_seconds: trained.as_secs_f64(),
            hyper: self.hyper,
            schedule: self.schedule,
            stopping: self.stopping,
            epoch_sums,
            good_epoch: good.0,
            best_epoch: best.as_ref().map(|(epoch, _)| *epoch),
            optimizer_steps,
            verdict: self.verdict,
        };
        let (good, best) = (Arc::clone(&good.1), best.as_ref().map(|(_, best)| Arc::clone(best)));
        self.port.emit(Event::CheckpointTaken { step, epoch, reason, answers });
        self.port.keep(Checkpoint { started: self.job.started.clone(), position, current, good, best });
    }

    /// Takes up where the checkpoint was taken.
    pub(super) fn go_on_from(&mut self, checkpoint: Checkpoint) {
        let Checkpoint { position, current, good, best, .. } = checkpoint;
        self.job.learner.restore(&current);
        self.hyper = position.hyper;
        self.schedule = position.schedule;
        self.stopping = position.stopping;
        self.verdict = position.verdict;
        let best = position.best_epoch.zip(best);
        self.keeping = Keeping { start: self.keeping.start.take(), good: (position.good_epoch, good), best, is_current: true };
        self.cursor = Cursor {
            epoch: position.epoch,
            images: position.images,
            step: position.step,
            images_seen: position.images_seen,
            trained: Duration::try_from_secs_f64(position.train_seconds).unwrap_or_default(),
            epoch_sums: position.epoch_sums,
        };
        self.resumed = true;
    }

    /// With early stopping, takes the parameters of the epoch with the least validation loss again, when it was not the
    /// last; whether it did. They stay the best, for when somebody goes on from here.
    pub(super) fn restore_best(&mut self) -> bool {
        let wanted = |(epoch, _): &&(usize, _)| self.hyper.patience > 0 && *epoch != self.cursor.epoch;
        let Some((epoch, snapshot)) = self.keeping.best.as_ref().filter(wanted).cloned() else { return false };
        self.restore((epoch, &snapshot), Place::default(), None);
        self.evaluate(Split::Validation, None);
        true
    }

    /// Takes the parameters and moments of the newest epoch's end, or of the start, again.
    pub(super) fn restore_good(&mut self) {
        let (epoch, snapshot) = self.keeping.good.clone();
        self.go_back_to((epoch, &snapshot), Place::default(), None);
    }

    /// Takes earlier parameters and moments again, in the middle of an epoch.
    pub(super) fn go_back_to(&mut self, parameters: (usize, &Snapshot), from: Place, answers: Option<RequestId>) {
        // What was trained since does not count.
        self.cursor.epoch_sums = (0.0, 0, 0);
        self.restore(parameters, from, answers);
    }

    /// The parameters and moments of an earlier moment, with its epoch.
    pub(super) fn find(&mut self, place: Place) -> Result<(usize, Arc<Snapshot>), Code> {
        match place {
            Place::NewestEpoch => Ok(self.keeping.good.clone()),
            Place::BestEpoch => self.keeping.best.clone().ok_or(Code::NoBestEpoch),
            Place::Start => match self.keeping.start.clone() {
                Some(start) => Ok((0, start)),
                None => self.find(Place::Checkpoint(0)),
            },
            Place::Checkpoint(step) => {
                let unusable = |why| Code::NoWayBack { step, why };
                let bytes = self.port.recall(step).map_err(unusable)?;
                let checkpoint = Checkpoint::read(&bytes, &self.job.learner).map_err(|error| unusable(with_causes(&error)))?;
                Ok((checkpoint.position.epoch, checkpoint.current))
            }
        }
    }

    fn restore(&mut self, (epoch, snapshot): (usize, &Snapshot), from: Place, answers: Option<RequestId>) {
        self.job.learner.restore(snapshot);
        self.test_is_judged = false;
        self.keeping.is_current = false;
        self.port.emit(Event::ParametersRestored { step: self.cursor.step, epoch, from, answers });
    }

    /// Writes the parameters to the file that was asked for.
    pub(super) fn save(&mut self) {
        let Some(file) = &self.job.save else { return };
        let path = file.display().to_string();
        let metadata = [("run", &self.job.started.run_id), ("preset", &self.job.started.spec.preset)];
        let Cursor { step, epoch, .. } = self.cursor;
        let numbers = [("step", step), ("epoch", epoch as u64), ("seed", self.job.started.spec.seed)];
        let metadata = metadata.map(|(key, value)| (key.into(), value.clone()));
        let metadata = metadata.into_iter().chain(numbers.map(|(key, value)| (key.into(), value.to_string())));
        let RunStarted { class_names, spec, .. } = &self.job.started;
        // Whoever finds the file alone knows what it takes and what it tells apart.
        let texts = [("classes", serde_json::to_string(class_names)), ("spec", serde_json::to_string(spec))];
        let metadata = metadata.chain(texts.into_iter().filter_map(|(key, text)| Some((key.to_owned(), text.ok()?))));
        let bytes = self.job.learner.network().to_safetensors(metadata.collect()).map_err(|error| error.to_string());
        let saved = bytes.and_then(|bytes| write_whole(file, &bytes).map_err(|error| error.to_string()));
        self.port.emit(match saved {
            Ok(()) => Event::ParametersSaved { step, path },
            Err(reason) => Event::SavingFailed { path, reason },
        });
    }
}
