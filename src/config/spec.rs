//! From a configuration to the recipe of a run.

use super::{Config, ConfigError, Origin, SCHEDULES, preset, rules};
use crate::protocol::{DataSpec, LayerSpec, RunSpec};

impl Config {
    /// The layers of the network for so many classes: one's own, or those of the preset. Fails when there is no preset of
    /// the name.
    pub fn layers(&self, classes: usize) -> Result<Vec<LayerSpec>, ConfigError> {
        if !self.model.layers.is_empty() {
            return Ok(self.model.layers.clone());
        }
        preset::layers(&self.train.preset, classes).ok_or_else(|| {
            ConfigError::new(Origin::Default, rules::wrong_choice("train.preset", &self.train.preset, &preset::NAMES))
        })
    }

    /// The recipe of a run on data with so many classes. Fails when there is no network of the name in `train.preset`,
    /// or no schedule of the name in `schedule.kind`.
    pub fn run_spec(&self, classes: usize) -> Result<RunSpec, ConfigError> {
        let Self { train, data, augment, schedule, .. } = self;
        let schedule = schedule
            .schedule()
            .ok_or_else(|| ConfigError::new(Origin::Default, rules::wrong_choice("schedule.kind", &schedule.kind, &SCHEDULES)))?;
        Ok(RunSpec {
            preset: if self.model.layers.is_empty() { train.preset.clone() } else { "custom".into() },
            layers: self.layers(classes)?,
            init_from: Some(self.model.init_from.clone()).filter(|path| !path.is_empty()),
            freeze: self.model.freeze.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect(),
            optimizer: train.optimizer,
            seed: train.seed,
            data: DataSpec {
                source: data.source.clone(),
                validation: data.validation,
                train_limit: (data.train_limit > 0).then_some(data.train_limit),
            },
            augmentation: *augment,
            hyperparameters: train.hyperparameters,
            schedule,
            min_delta: train.min_delta,
            until_test_accuracy: (train.until_test_accuracy > 0.0).then_some(train.until_test_accuracy),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_that_mean_nothing_are_left_out_of_the_recipe() {
        let mut config = Config::default();
        let spec = config.run_spec(10).expect("default");
        assert_eq!((spec.until_test_accuracy, spec.data.train_limit, spec.layers.len()), (None, None, 8));
        config.train.until_test_accuracy = 0.99;
        config.data.train_limit = 100;
        let spec = config.run_spec(10).expect("valid");
        assert_eq!((spec.until_test_accuracy, spec.data.train_limit), (Some(0.99), Some(100)));
        config.train.preset = "ml".into();
        let error = config.run_spec(10).expect_err("no such preset").to_string();
        assert_eq!(
            error,
            "default: train.preset must be one of seed, two-conv, lenet5, mlp, fast, best, not \"ml\"; did you mean \"mlp\"?"
        );
    }
}
