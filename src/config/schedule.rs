//! The table `[schedule]`: how the learning rate changes of itself.

use serde::{Deserialize, Serialize};

use crate::protocol::{Anneal, Schedule, ScheduleKind};

/// How the learning rate changes of itself. Each kind uses some of the other keys.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduleConfig {
    /// Which of them.
    pub kind: ScheduleKind,
    /// A stretch of the training: for `cosine` and `one-cycle`.
    pub warmup: f64,
    /// What the warm-up starts from, as a part of the rate: for `cosine` and `one-cycle`.
    pub initial_factor: f64,
    /// What the rate falls to, as a part of it: for all but `constant` and `step`.
    pub final_factor: f64,
    /// How the rate of `one-cycle` rises and falls.
    pub anneal: Anneal,
    /// A stretch of the training: for `step`.
    pub every: f64,
    /// What the rate is multiplied by: for `step` and `plateau`.
    pub gamma: f64,
    /// Epochs without a better validation loss that `plateau` bears.
    pub patience: usize,
}

impl Default for ScheduleConfig {
    fn default() -> Self {
        Self {
            kind: ScheduleKind::Constant,
            warmup: 0.1,
            initial_factor: 0.04,
            final_factor: 0.01,
            anneal: Anneal::Cosine,
            every: 0.3,
            gamma: 0.1,
            patience: 1,
        }
    }
}

impl ScheduleConfig {
    /// The schedule.
    pub fn schedule(&self) -> Schedule {
        let Self { kind, warmup, initial_factor, final_factor, anneal, every, gamma, patience } = *self;
        match kind {
            ScheduleKind::Constant => Schedule::Constant,
            ScheduleKind::Step => Schedule::Step { every, gamma },
            ScheduleKind::Exponential => Schedule::Exponential { final_factor },
            ScheduleKind::Cosine => Schedule::Cosine { warmup, initial_factor, final_factor },
            ScheduleKind::OneCycle => Schedule::OneCycle { warmup, initial_factor, final_factor, anneal },
            ScheduleKind::Plateau => Schedule::Plateau { patience, gamma, final_factor },
        }
    }

    /// The settings that make a schedule; those that its kind has no use for are at their defaults.
    pub fn of(schedule: Schedule) -> Self {
        let mut config = Self { kind: schedule.kind(), ..Self::default() };
        match schedule {
            Schedule::Constant => {}
            Schedule::Step { every, gamma } => (config.every, config.gamma) = (every, gamma),
            Schedule::Exponential { final_factor } => config.final_factor = final_factor,
            Schedule::Cosine { warmup, initial_factor, final_factor } => {
                (config.warmup, config.initial_factor, config.final_factor) = (warmup, initial_factor, final_factor);
            }
            Schedule::OneCycle { warmup, initial_factor, final_factor, anneal } => {
                (config.warmup, config.initial_factor, config.final_factor) = (warmup, initial_factor, final_factor);
                config.anneal = anneal;
            }
            Schedule::Plateau { patience, gamma, final_factor } => {
                (config.patience, config.gamma, config.final_factor) = (patience, gamma, final_factor);
            }
        }
        config
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_a_schedule_of_that_name_and_back() {
        for kind in ScheduleKind::ALL {
            let config = ScheduleConfig { kind, ..ScheduleConfig::default() };
            assert_eq!(config.schedule().name(), kind.name());
            assert_eq!(ScheduleConfig::of(config.schedule()), config);
        }
    }
}
