//! How good the network is, and what follows from it.

use std::sync::Arc;

use super::{End, Engine, Port};
use crate::protocol::{CheckpointReason, Event, Phase, RequestId, Split};
use crate::train::Job;
use crate::train::verdict::Verdict;

/// A judgement on one split.
struct Judgement {
    loss: f64,
    accuracy: f64,
}

impl<P: Port> Engine<'_, P> {
    /// Judges an epoch, decides, and keeps the decision with the parameters: a run that is killed after that goes on with it.
    pub(super) fn finish_epoch(&mut self) {
        self.tell_steps();
        self.cursor.images = None;
        self.verdict = Some(Verdict::GoOn);
        let (epoch, step) = (self.cursor.epoch, self.cursor.step);
        // Otherwise not one of its batches gave a step.
        let Some((train_loss, train_accuracy)) = self.cursor.epoch_means() else { return };
        self.port.emit(Event::EpochFinished { epoch, step, train_loss, train_accuracy });
        let loss = (!self.job.validation.is_empty()).then(|| self.judge(Split::Validation, None).loss);
        let snapshot = Arc::new(self.job.learner.snapshot());
        if loss.is_none_or(f64::is_finite) && self.job.learner.is_usable() {
            self.keeping.good = (epoch, Arc::clone(&snapshot));
        }
        if let Some(loss) = loss {
            self.schedule.judged(loss);
            if self.stopping.judged(epoch, loss) {
                self.keeping.best = Some((epoch, Arc::clone(&snapshot)));
            }
        }
        self.judge_own();
        self.decide();
        self.keep_snapshot(snapshot, CheckpointReason::Epoch, None);
    }

    /// Judges the digits that the person at this machine has drawn, when there are any. Nothing follows from it.
    fn judge_own(&mut self) {
        let Some(own) = &self.job.own else { return };
        let evaluation = self.job.learner.evaluate(own, &(0..own.len() as u32).collect::<Vec<_>>());
        self.port.emit(Event::OwnJudged { epoch: self.cursor.epoch, step: self.cursor.step, evaluation });
    }

    /// Decides whether the run goes on after an epoch.
    pub(super) fn decide(&mut self) {
        let target = self.job.started.spec.until_test_accuracy;
        let reached = target.is_some_and(|target| self.judge(Split::Test, None).accuracy >= target);
        self.verdict = Some(match reached {
            true => Verdict::TargetReached,
            false if self.stopping.is_due(self.hyper.patience) => Verdict::StopEarly,
            false => Verdict::GoOn,
        });
    }

    /// Why no epoch follows, when none does. A person may have changed what the verdict came from.
    pub(super) fn end(&self) -> Option<End> {
        match self.verdict {
            Some(Verdict::TargetReached) => Some(End::Target),
            Some(Verdict::StopEarly) if self.stopping.is_due(self.hyper.patience) => Some(End::Early(self.stopping.reason())),
            _ => (self.cursor.epoch >= self.hyper.epochs).then_some(End::Completed),
        }
    }

    /// Judges the network and tells.
    pub(super) fn evaluate(&mut self, split: Split, answers: Option<RequestId>) {
        self.judge(split, answers);
    }

    fn judge(&mut self, split: Split, answers: Option<RequestId>) -> Judgement {
        self.tell_steps();
        let (epoch, step) = (self.cursor.epoch, self.cursor.step);
        self.port.emit(Event::PhaseChanged { phase: Phase::Evaluating, step, answers: None });
        let Job { learner, dataset, validation, .. } = &mut self.job;
        let (evaluation, images) = match split {
            Split::Validation => learner.evaluate_each(&dataset.train, validation),
            Split::Test => learner.evaluate_each(&dataset.test, &(0..dataset.test.len() as u32).collect::<Vec<_>>()),
        };
        self.test_is_judged |= split == Split::Test;
        let judgement = Judgement { loss: evaluation.loss, accuracy: evaluation.confusion.accuracy() };
        if !images.is_empty() {
            self.port.emit(Event::ImagesJudged { split, epoch, step, images });
        }
        self.port.emit(Event::Evaluated { split, epoch, step, evaluation, answers });
        self.tell_phase(None);
        judgement
    }
}
