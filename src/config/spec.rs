//! From a configuration to the recipe of a run.

use toml::{Table, Value};

use super::{
    Config, ConfigError, DataConfig, ModelConfig, Normalize, Origin, Preset, ScheduleConfig, Settings, TrainConfig, preset, rules,
};
use crate::data::Dataset;
use crate::protocol::{FineTuning, Holdout, LayerSpec, RunSpec};

/// What the preset of a network of one's own is called in recipes.
const CUSTOM: &str = "custom";
/// Height, width and channels of MNIST's images.
pub(super) const MNIST: [usize; 3] = [28, 28, 1];
/// Where nobody has said how many images are held out, and there are few, one of so many is: the part that 5000 are of 60000.
pub(super) const SMALL_HOLDOUT: usize = 12;
/// The settings that are told of every run, and first, whatever their defaults are.
const TOLD: [&str; 7] = [
    "train.preset",
    "train.seed",
    "train.epochs",
    "train.batch_size",
    "train.learning_rate",
    "train.optimizer",
    "data.validation",
];

impl Config {
    /// The layers of the network for images `[height, width, channels]` of so many classes: one's own, or those of the preset. Fails when there is no preset of
    /// the name.
    pub fn layers(&self, image: [usize; 3], classes: usize) -> Result<Vec<LayerSpec>, ConfigError> {
        if !self.model.layers.is_empty() {
            return Ok(self.model.layers.clone());
        }
        preset::layers_for(&self.train.preset, image, classes).ok_or_else(|| {
            ConfigError::new(
                Origin::Default,
                rules::wrong_choice("train.preset", &self.train.preset, &Preset::ALL.map(Preset::name)),
            )
        })
    }

    /// The recipe of a run on these images: it holds what they are, so that it can be seen later whether they still are. Fails as
    /// [`run_spec`](Self::run_spec) does.
    pub fn run_spec_on(&self, dataset: &Dataset) -> Result<RunSpec, ConfigError> {
        let mut spec = self.run_spec_for(dataset.train.shape(), dataset.class_names.len())?;
        let data = &mut spec.data;
        let images = dataset.divisible(data.train_limit);
        if self.data.validation_gives_way && data.validation.of(images).is_none() {
            data.validation = Holdout::Count(images / SMALL_HOLDOUT);
        }
        data.scaling = (self.data.normalize == Normalize::Standard).then(|| dataset.scaling());
        data.content = Some(dataset.content());
        Ok(spec)
    }

    /// The recipe of a run on images as large as MNIST's, of so many classes. Fails when there is no network of the name in
    /// `train.preset`.
    pub fn run_spec(&self, classes: usize) -> Result<RunSpec, ConfigError> {
        self.run_spec_for(MNIST, classes)
    }

    /// The recipe of a run on images `[height, width, channels]` of so many classes. Fails as [`run_spec`](Self::run_spec) does.
    pub fn run_spec_for(&self, image: [usize; 3], classes: usize) -> Result<RunSpec, ConfigError> {
        let Self { train, data, augment, schedule, .. } = self;
        Ok(RunSpec {
            preset: if self.model.layers.is_empty() { train.preset.clone() } else { CUSTOM.into() },
            layers: self.layers(image, classes)?,
            init_from: Some(self.model.init_from.clone()).filter(|path| !path.is_empty()),
            freeze: self.model.freeze.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect(),
            fine_tuning: FineTuning { head_rate: train.head_rate, renewed: Vec::new() },
            optimizer: train.optimizer,
            seed: train.seed,
            data: data.spec(),
            augmentation: *augment,
            hyperparameters: train.hyperparameters,
            schedule: schedule.schedule(),
            min_delta: train.min_delta,
            until_test_accuracy: (train.until_test_accuracy > 0.0).then_some(train.until_test_accuracy),
        })
    }

    /// What makes the recipe `spec`: keys with their values as the command line has them. Settings of a preset's that the recipe
    /// shares with it are left out, except those that are told of every run.
    pub fn settings_of(spec: &RunSpec) -> Vec<(String, String)> {
        let mut own = Self::of(spec);
        let is_custom = spec.preset == CUSTOM;
        if !is_custom {
            own.model.layers.clear();
        }
        let mut defaults = Settings::defaults();
        if let Ok(defaults) = &mut defaults {
            // What a preset of another version of this program brings along is not known here.
            let _ = defaults.set_preset(Some(&Value::String(own.train.preset.clone())));
        }
        let (Ok(defaults), Ok(own)) = (defaults, Table::try_from(&own)) else { return Vec::new() };
        let value = |key: &str| own.get(key.split_once('.')?.0)?.get(key.split_once('.')?.1);
        let always = |key: &str| TOLD.contains(&key) && !(is_custom && key == "train.preset");
        let settings = defaults.iter().filter_map(|default| Some((&default.key, &default.value, value(&default.key)?)));
        let mut told: Vec<_> = settings.filter(|(key, default, value)| always(key) || default != value).collect();
        told.sort_by_key(|(key, ..)| TOLD.iter().position(|told| told == key).unwrap_or(TOLD.len()));
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        told.into_iter().map(|(key, _, value)| (key.clone(), text(value))).collect()
    }

    /// The configuration that makes the recipe `spec`.
    fn of(spec: &RunSpec) -> Self {
        Self {
            train: TrainConfig {
                preset: if spec.preset == CUSTOM { TrainConfig::default().preset } else { spec.preset.clone() },
                optimizer: spec.optimizer,
                hyperparameters: spec.hyperparameters,
                min_delta: spec.min_delta,
                head_rate: spec.fine_tuning.head_rate,
                seed: spec.seed,
                until_test_accuracy: spec.until_test_accuracy.unwrap_or_default(),
                ..TrainConfig::default()
            },
            schedule: ScheduleConfig::of(spec.schedule),
            model: ModelConfig {
                init_from: spec.init_from.clone().unwrap_or_default(),
                freeze: spec.freeze.join(","),
                layers: spec.layers.clone(),
                save: String::new(),
            },
            data: DataConfig::of(&spec.data),
            augment: spec.augmentation,
            ..Self::default()
        }
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
            "default: train.preset must be one of seed, two-conv, lenet5, mlp, fast, faces, best, not \"ml\"; did you mean \"mlp\"?"
        );
    }
}
