//! The networks that can be chosen by name, some with the settings that suit them.
//!
//! A preset is a configuration like any other, in `presets/`: its layers, and the settings that differ from the defaults.

use serde::Deserialize;
use toml::Table;

use crate::protocol::{LayerSpec, choices};

choices! {
    /// The networks that can be chosen by name; the default is the first.
    pub enum Preset {
        /// three convolutions and two dense layers: about 99 % in five epochs
        Seed = "seed",
        /// two small convolutions and a dense layer
        TwoConv = "two-conv",
        /// LeNet-5 (LeCun et al. 1998): average pooling and tanh
        LeNet5 = "lenet5",
        /// no convolution: one hidden layer of 128 units
        Mlp = "mlp",
        /// beyond 99 % in two epochs, with batch norm and one cycle
        Fast = "fast",
        /// as few mistakes as possible, in eleven minutes: seven convolutions, AdamW, varied images
        Best = "best",
    }
}

/// A preset as it is written.
#[derive(Deserialize)]
struct Written {
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
    fn written(self) -> Option<Written> {
        let text = match self {
            Self::Seed => include_str!("presets/seed.toml"),
            Self::TwoConv => include_str!("presets/two-conv.toml"),
            Self::LeNet5 => include_str!("presets/lenet5.toml"),
            Self::Mlp => include_str!("presets/mlp.toml"),
            Self::Fast => include_str!("presets/fast.toml"),
            Self::Best => include_str!("presets/best.toml"),
        };
        toml::from_str(text).ok()
    }
}

/// The layers of the network `name` for so many classes; `None` when there is no such network.
pub fn layers(name: &str, classes: usize) -> Option<Vec<LayerSpec>> {
    let mut layers = Preset::named(name)?.written()?.model.layers;
    if let Some(LayerSpec::Dense { units, .. }) = layers.last_mut() {
        *units = classes;
    }
    Some(layers)
}

/// The settings that go with the network `name`: tables of keys with their values. None when there is no such network.
pub(super) fn settings(name: &str) -> Table {
    Preset::named(name).and_then(Preset::written).map(|preset| preset.settings).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Activation;

    #[test]
    fn every_name_is_a_network_that_ends_with_its_classes() {
        for name in Preset::ALL.map(Preset::name) {
            let layers = layers(name, 7).expect(name);
            assert_eq!(layers.last(), Some(&LayerSpec::Dense { units: 7, activation: Activation::None }), "{name}");
        }
        assert_eq!(layers("sead", 7), None);
    }
}
