//! The learning rate over a run: what the base rate is multiplied by, where.

use std::f64::consts::PI;

use serde::{Deserialize, Serialize};

use super::stopping::MOST;
use crate::protocol::{Anneal, Schedule};

/// No schedule goes below this, so that a person's rate, which is divided by the factor, always gives a base.
const LEAST: f64 = 1e-6;
/// A validation loss is better when it is below the best so far by more than this part of it; PyTorch's default.
const THRESHOLD: f64 = 1e-4;

/// A schedule and what it remembers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct RateSchedule {
    schedule: Schedule,
    /// For [`Schedule::Plateau`]: the factor now, the best loss, and the epochs without a better one.
    factor: f64,
    best: Option<f64>,
    waited: usize,
    /// The images trained on before it began.
    #[serde(default)]
    begin: u64,
    /// The images after which it begins anew.
    #[serde(default)]
    again: Option<u64>,
}

impl RateSchedule {
    /// A schedule at its start.
    pub fn new(schedule: Schedule) -> Self {
        Self { schedule, factor: 1.0, best: None, waited: 0, begin: 0, again: None }
    }

    /// The factor after `seen` images, when `planned` are to be trained on.
    pub fn factor_after(&self, seen: u64, planned: u64) -> f64 {
        let (begin, end) = match self.again.filter(|again| *again < planned) {
            Some(again) if seen >= again => (again, planned),
            Some(again) => (self.begin, again),
            None => (self.begin, planned),
        };
        self.factor(seen.saturating_sub(begin) as f64 / end.saturating_sub(begin).max(1) as f64)
    }

    /// Begins anew after `planned` images, which is what is planned after `seen`, so that what is added has a schedule of its
    /// own.
    pub fn restart(&mut self, seen: u64, planned: u64) {
        match self.again {
            // What has been added before has not begun; it becomes longer.
            Some(again) if again > seen => {}
            again => (self.begin, self.again) = (again.unwrap_or(self.begin), Some(planned)),
        }
        (self.factor, self.best, self.waited) = (1.0, None, 0);
    }

    /// The factor at a place of it: images seen over images planned, 0 to 1.
    fn factor(&self, position: f64) -> f64 {
        let position = position.clamp(0.0, 1.0);
        let factor = match self.schedule {
            Schedule::Constant => 1.0,
            // With a little room, because 0.9 / 0.3 may come out below 3.
            Schedule::Step { every, gamma } => gamma.powf((position / every + 1e-9).floor()),
            Schedule::Exponential { final_factor } => final_factor.max(LEAST).powf(position),
            Schedule::Cosine { warmup, initial_factor, final_factor } => match position < warmup {
                true => initial_factor + (1.0 - initial_factor) * position / warmup,
                false => Anneal::Cosine.between(1.0, final_factor, (position - warmup) / (1.0 - warmup)),
            },
            Schedule::OneCycle { warmup, initial_factor, final_factor, anneal } => match position < warmup {
                true => anneal.between(initial_factor, 1.0, position / warmup),
                false => anneal.between(1.0, final_factor, (position - warmup) / (1.0 - warmup)),
            },
            Schedule::Plateau { .. } => self.factor,
        };
        factor.clamp(LEAST, 1.0)
    }

    /// Whether a run can remember it: not what was damaged in a file.
    pub fn is_plausible(&self) -> bool {
        (0.0..=1.0).contains(&self.factor) && self.best.is_none_or(f64::is_finite) && self.waited <= MOST
    }

    /// Takes the validation loss of an epoch into account, as `ReduceLROnPlateau` of PyTorch does.
    pub fn judged(&mut self, loss: f64) {
        let Schedule::Plateau { patience, gamma, final_factor } = self.schedule else { return };
        if self.best.is_none_or(|best| loss < best * (1.0 - THRESHOLD)) && loss.is_finite() {
            (self.best, self.waited) = (Some(loss), 0);
            return;
        }
        self.waited += 1;
        if self.waited > patience {
            (self.factor, self.waited) = ((self.factor * gamma).max(final_factor), 0);
        }
    }
}

impl Anneal {
    /// The value after the part `part` of the way.
    fn between(self, from: f64, to: f64, part: f64) -> f64 {
        match self {
            Self::Cosine => to + (from - to) * (1.0 + (PI * part).cos()) / 2.0,
            Self::Linear => from + (to - from) * part,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn factors_follow_their_formulas() {
        let step = Schedule::Step { every: 0.3, gamma: 0.1 };
        let exponential = Schedule::Exponential { final_factor: 0.01 };
        let cosine = Schedule::Cosine { warmup: 0.2, initial_factor: 0.1, final_factor: 0.01 };
        let bare = Schedule::Cosine { warmup: 0.0, initial_factor: 0.0, final_factor: 0.0 };
        let cases = [
            (Schedule::Constant, 0.0, 1.0),
            (Schedule::Constant, 1.0, 1.0),
            (step, 0.0, 1.0),
            (step, 0.2999, 1.0),
            (step, 0.3, 0.1),
            (step, 0.6, 0.01),
            (step, 0.9, 0.001),
            (step, 1.0, 0.001),
            (exponential, 0.0, 1.0),
            (exponential, 0.5, 0.1),
            (exponential, 1.0, 0.01),
            (cosine, 0.0, 0.1),
            (cosine, 0.1, 0.55),
            (cosine, 0.2, 1.0),
            (cosine, 0.6, 0.505),
            (cosine, 0.4, 0.01 + 0.99 * (1.0 + 0.5f64.sqrt()) / 2.0),
            (cosine, 1.0, 0.01),
            (cosine, 1.5, 0.01),
            (bare, 0.0, 1.0),
            (bare, 1.0, LEAST),
            (Schedule::Plateau { patience: 0, gamma: 0.5, final_factor: 0.0 }, 0.9, 1.0),
        ];
        for (schedule, position, expected) in cases {
            let factor = RateSchedule::new(schedule).factor(position);
            assert!((factor - expected).abs() < 1e-12, "{schedule:?} at {position}: {factor} against {expected}");
        }
    }

    /// Made with PyTorch 2.15: `OneCycleLR(max_lr=1, total_steps=21, pct_start=0.3, div_factor=25, final_div_factor=100)`,
    /// with `anneal_strategy` "cos" and "linear". Its first phase ends at step 0.3 · 21 − 1 = 5.3 of 20.
    #[test]
    fn one_cycle_agrees_with_pytorch() {
        let cosine = [
            0.04, 0.1218853, 0.3396028, 0.6188697, 0.8644035, 0.9924307, 0.9944176, 0.9673753, 0.9190764, 0.8517187, 0.7683669,
            0.6728135, 0.5694061, 0.4628499, 0.3579931, 0.2596067, 0.1721674, 0.0996535, 0.0453645, 0.0117705, 0.0004,
        ];
        let linear = [
            0.04, 0.2211321, 0.4022642, 0.5833962, 0.7645283, 0.9456604, 0.9524, 0.8844, 0.8164, 0.7484, 0.6804, 0.6124, 0.5444,
            0.4764, 0.4084, 0.3404, 0.2724, 0.2044, 0.1364, 0.0684, 0.0004,
        ];
        for (anneal, rates) in [(Anneal::Cosine, cosine), (Anneal::Linear, linear)] {
            let schedule = Schedule::OneCycle { warmup: 5.3 / 20.0, initial_factor: 0.04, final_factor: 0.0004, anneal };
            for (step, rate) in rates.into_iter().enumerate() {
                let factor = RateSchedule::new(schedule).factor(step as f64 / 20.0);
                assert!((factor - rate).abs() < 1e-7, "{anneal:?}, step {step}: {factor} against {rate}");
            }
        }
    }

    /// Made with PyTorch 2.15: `ReduceLROnPlateau(factor=0.5, patience=1, min_lr=0.2)` on a rate of 1.
    #[test]
    fn the_plateau_agrees_with_pytorch() {
        let losses = [1.0, 0.9, 0.95, 0.9, 0.89999, 0.8, 0.8, 0.8, 0.85, 0.9, 0.9, 0.7];
        let rates = [1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.2, 0.2, 0.2];
        let mut schedule = RateSchedule::new(Schedule::Plateau { patience: 1, gamma: 0.5, final_factor: 0.2 });
        for (epoch, (loss, rate)) in losses.into_iter().zip(rates).enumerate() {
            schedule.judged(loss);
            assert_eq!(schedule.factor(0.5), rate, "after epoch {}", epoch + 1);
        }
        let mut undecided = RateSchedule::new(Schedule::Plateau { patience: 0, gamma: 0.5, final_factor: 0.0 });
        undecided.judged(f64::NAN);
        assert_eq!(undecided.factor(0.5), 0.5, "a loss that is no number is not better");
    }

    #[test]
    fn what_is_added_has_a_schedule_of_its_own() {
        let line = Schedule::OneCycle { warmup: 0.0, initial_factor: 1.0, final_factor: 0.5, anneal: Anneal::Linear };
        let mut schedule = RateSchedule::new(line);
        let factors =
            |schedule: &RateSchedule, planned| [0, 50, 100, 150, 200, 250].map(|seen| schedule.factor_after(seen, planned));
        assert_eq!(factors(&schedule, 100), [1.0, 0.75, 0.5, 0.5, 0.5, 0.5]);
        assert_eq!(factors(&schedule, 200), [1.0, 0.875, 0.75, 0.625, 0.5, 0.5], "stretched");
        schedule.restart(30, 100);
        assert_eq!(factors(&schedule, 200), [1.0, 0.75, 1.0, 0.75, 0.5, 0.5]);
        schedule.restart(50, 200);
        assert_eq!(factors(&schedule, 300)[..5], [1.0, 0.75, 1.0, 0.875, 0.75], "the same with more");
        schedule.restart(150, 200);
        assert_eq!(factors(&schedule, 250)[2..], [1.0, 0.75, 1.0, 0.5], "begun, it is brought to its end");
        assert_eq!(factors(&schedule, 120)[2..], [1.0, 0.5, 0.5, 0.5], "less than had been planned");
    }

    proptest! {
        #[test]
        fn factors_stay_in_range(
            kind in 0usize..6, position in -1.0f64..2.0, warmup in 0.0f64..0.999, every in 1e-3f64..1.0, gamma in 1e-3f64..=1.0,
            ends in (0.0f64..=1.0, 0.0f64..=1.0), linear: bool, losses in proptest::collection::vec(0.0f64..9.0, 0..20),
        ) {
            let (initial_factor, final_factor) = ends;
            let anneal = if linear { Anneal::Linear } else { Anneal::Cosine };
            let schedule = [
                Schedule::Constant,
                Schedule::Step { every, gamma },
                Schedule::Exponential { final_factor },
                Schedule::Cosine { warmup, initial_factor, final_factor },
                Schedule::OneCycle { warmup, initial_factor, final_factor, anneal },
                Schedule::Plateau { patience: 1, gamma, final_factor },
            ][kind];
            let mut rate = RateSchedule::new(schedule);
            losses.into_iter().for_each(|loss| rate.judged(loss));
            let factor = rate.factor(position);
            prop_assert!((LEAST..=1.0).contains(&factor), "{factor}");
        }
    }
}
