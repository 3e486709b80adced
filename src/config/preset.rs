//! The networks that can be chosen by name, some with the settings that suit them.
//!
//! A preset is a configuration like any other, in `presets/`: its layers, and the settings that differ from the defaults.

use serde::Deserialize;
use toml::Table;

use crate::protocol::LayerSpec;

/// The names of the presets, the default first.
pub const NAMES: [&str; 6] = ["seed", "two-conv", "lenet5", "mlp", "fast", "best"];

/// A preset as it is written.
#[derive(Deserialize)]
struct Preset {
    model: Model,
    /// Tables of settings.
    #[serde(flatten)]
    settings: Table,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Model {
    layers: Vec<LayerSpec>,
}

impl Preset {
    fn named(name: &str) -> Option<Self> {
        let text = match name {
            "seed" => include_str!("presets/seed.toml"),
            "two-conv" => include_str!("presets/two-conv.toml"),
            "lenet5" => include_str!("presets/lenet5.toml"),
            "mlp" => include_str!("presets/mlp.toml"),
            "fast" => include_str!("presets/fast.toml"),
            "best" => include_str!("presets/best.toml"),
            _ => return None,
        };
        toml::from_str(text).ok()
    }
}

/// The layers of the network `name` for so many classes; `None` when there is no such network.
pub fn layers(name: &str, classes: usize) -> Option<Vec<LayerSpec>> {
    let mut layers = Preset::named(name)?.model.layers;
    if let Some(LayerSpec::Dense { units, .. }) = layers.last_mut() {
        *units = classes;
    }
    Some(layers)
}

/// The settings that go with the network `name`: tables of keys with their values. None when there is no such network.
pub(super) fn settings(name: &str) -> Table {
    Preset::named(name).map(|preset| preset.settings).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Activation;

    #[test]
    fn every_name_is_a_network_that_ends_with_its_classes() {
        for name in NAMES {
            let layers = layers(name, 7).expect(name);
            assert_eq!(layers.last(), Some(&LayerSpec::Dense { units: 7, activation: Activation::None }), "{name}");
        }
        assert_eq!(layers("sead", 7), None);
    }
}
