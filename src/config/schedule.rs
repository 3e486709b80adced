//! The table `[schedule]`: how the learning rate changes of itself.

use serde::{Deserialize, Serialize};

use crate::protocol::{Anneal, Schedule};

/// The names of the schedules.
pub const SCHEDULES: [&str; 6] = ["constant", "step", "exponential", "cosine", "one-cycle", "plateau"];

/// How the learning rate changes of itself. Each kind uses some of the other keys.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduleConfig {
    /// One of [`SCHEDULES`].
    pub kind: String,
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
            kind: "constant".into(),
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
    /// The schedule; `None` when there is none of this kind.
    pub fn schedule(&self) -> Option<Schedule> {
        let Self { warmup, initial_factor, final_factor, anneal, every, gamma, patience, .. } = *self;
        Some(match self.kind.as_str() {
            "constant" => Schedule::Constant,
            "step" => Schedule::Step { every, gamma },
            "exponential" => Schedule::Exponential { final_factor },
            "cosine" => Schedule::Cosine { warmup, initial_factor, final_factor },
            "one-cycle" => Schedule::OneCycle { warmup, initial_factor, final_factor, anneal },
            "plateau" => Schedule::Plateau { patience, gamma, final_factor },
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_a_schedule_of_that_name() {
        for name in SCHEDULES {
            let config = ScheduleConfig { kind: name.into(), ..ScheduleConfig::default() };
            assert_eq!(config.schedule().map(Schedule::name), Some(name));
        }
    }
}
