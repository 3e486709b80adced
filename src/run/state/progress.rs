//! How far a run is, how fast it goes, and how its steps are counted.

use super::RunState;
use crate::protocol::Schedule;
use crate::run::Unit;

/// Up to which step a chart goes: 20, 50, 100, … up to what is planned, so that it rarely moves.
pub fn reach(step: u64, planned: Option<u64>) -> u64 {
    let wanted = step.max(20);
    let decade = 10u64.saturating_pow(wanted.ilog10());
    let round = [1, 2, 5, 10].map(|times| decade.saturating_mul(times)).into_iter().find(|round| *round >= wanted);
    let round = round.unwrap_or(wanted);
    planned.map_or(round, |planned| round.min(planned.max(step))).max(1)
}

impl RunState {
    /// Up to which step its charts go.
    pub fn reach(&self) -> u64 {
        reach(self.step, self.steps_planned())
    }

    /// With a schedule, the learning rate of the newest step, or of the next after a change.
    pub fn scheduled_rate(&self) -> Option<f64> {
        let scheduled = self.started.as_ref().is_some_and(|started| started.spec.schedule != Schedule::Constant);
        self.effective_rate.filter(|_| scheduled)
    }

    /// The learning rate of a step, counted from 1; of steps long ago, about what it was.
    pub fn rate_of(&self, step: u64) -> Option<f64> {
        let at = usize::try_from(step.checked_sub(1)?).ok()?;
        // The shortest decimal that makes this 32-bit float.
        self.steps.learning_rate.about(at)?.to_string().parse().ok()
    }

    /// Images a second over the last seconds of training; `None` before two measurements.
    pub fn images_per_second(&self) -> Option<f64> {
        let ((t0, n0), (t1, n1)) = (self.rate.front()?, self.rate.back()?);
        (t1 > t0).then(|| n1.saturating_sub(*n0) as f64 / (t1 - t0))
    }

    /// All images that the run will train on, with the epochs as they are set now.
    pub fn images_planned(&self) -> Option<u64> {
        Some((self.started.as_ref()?.train_images as u64).saturating_mul(self.hyperparameters?.epochs as u64))
    }

    /// The part of the planned training that is done, 0 to 1.
    pub fn progress(&self) -> f64 {
        self.images_planned()
            .filter(|planned| *planned > 0)
            .map_or(0.0, |planned| (self.images_seen as f64 / planned as f64).min(1.0))
    }

    /// Steps until the planned end, from the start, with the batch size as it is set now.
    pub fn steps_planned(&self) -> Option<u64> {
        let (started, hyper) = (self.started.as_ref()?, self.hyperparameters?);
        let left = self.images_planned()?.saturating_sub(self.images_seen);
        let per_epoch = started.train_images.div_ceil(hyper.batch_size.max(1)) as f64;
        Some(self.step + (left as f64 / started.train_images as f64 * per_epoch).round() as u64)
    }

    /// How far the run was after so many steps, and parts of one.
    pub fn along(&self, unit: Unit, step: f64) -> f64 {
        match unit {
            Unit::Steps => step,
            Unit::Epochs => self.steps.along(step, |told| told.images as f64) / self.images_an_epoch(),
            Unit::Images => self.steps.along(step, |told| told.images as f64),
            Unit::Time => self.steps.along(step, |told| told.train_seconds),
        }
    }

    /// The inverse: after how many steps the run was so far.
    pub fn step_at(&self, unit: Unit, x: f64) -> f64 {
        match unit {
            Unit::Steps => x,
            Unit::Epochs => self.steps.step_at(x * self.images_an_epoch(), |told| told.images as f64),
            Unit::Images => self.steps.step_at(x, |told| told.images as f64),
            Unit::Time => self.steps.step_at(x, |told| told.train_seconds),
        }
    }

    fn images_an_epoch(&self) -> f64 {
        self.started.as_ref().map_or(1.0, |started| started.train_images.max(1) as f64)
    }

    /// Seconds of training left at the present speed.
    pub fn seconds_left(&self) -> Option<f64> {
        Some(self.images_planned()?.saturating_sub(self.images_seen) as f64 / self.images_per_second()?)
    }
}
