//! What a person can set, and where each value comes from: defaults ← file ← environment ← command line.
//!
//! All sources go through one mechanism, [`Settings`]: a key is a dotted path like `train.learning_rate`, and the keys
//! that exist are those of [`Config`]'s own defaults. Whatever is wrong is refused with its place, the key, the value
//! and what would be right ([`ConfigError`]).

mod data;
mod error;
mod flag;
mod model;
pub mod preset;
mod rules;
mod runs;
mod schedule;
mod settings;
mod sources;
mod spec;
#[cfg(test)]
mod tests;
mod train;
mod ui;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use data::{DataConfig, Normalize};
pub use error::{ConfigError, Origin, Problem};
pub use flag::{FLAGS, Flag};
pub use model::ModelConfig;
pub use preset::Preset;
pub use rules::choices;
pub use runs::RunsConfig;
pub use schedule::ScheduleConfig;
pub use settings::{Setting, Settings};
pub use sources::{FlagValue, Sources};
pub use train::TrainConfig;
pub use ui::{AxisScale, Charset, ColorMode, Graphics, Language, Marker, Mouse, Notify, UiConfig};

use crate::protocol::Augmentation;

/// Everything that can be set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The network and how it is trained.
    pub train: TrainConfig,
    /// How the learning rate changes of itself.
    pub schedule: ScheduleConfig,
    /// The network's layers and parameters.
    pub model: ModelConfig,
    /// The images and how they are divided.
    pub data: DataConfig,
    /// How training images are varied when `train.augmentation` is 1.
    pub augment: Augmentation,
    /// What is kept of runs, and where.
    pub runs: RunsConfig,
    /// How the dashboard looks.
    pub ui: UiConfig,
    /// Keys of one's own, by the names of what they do.
    #[serde(default)]
    pub keys: BTreeMap<String, Vec<String>>,
}

/// A commented configuration with every key at its default.
pub const EXAMPLE: &str = include_str!("../../config.example.toml");
