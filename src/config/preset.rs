//! The networks that can be chosen by name, some with the settings that suit them.
//!
//! A preset is a configuration like any other, in `presets/`: its layers, and the settings that differ from the defaults.

use serde::Deserialize;
use toml::Table;

use crate::protocol::{LayerSpec, Padding, choices};

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
        /// small sets of pictures, such as faces: three convolutions with batch norm and dropout, varied images, one cycle
        Faces = "faces",
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
            Self::Faces => include_str!("presets/faces.toml"),
            Self::Best => include_str!("presets/best.toml"),
        };
        toml::from_str(text).ok()
    }
}

/// The layers of the network `name` for images `[height, width, channels]` of so many classes; `None` when there is no such network.
///
/// Where images are too small for the layers as they are written, convolutions get a border of zeros that keeps the size, and
/// pooling that finds less than a window is left out.
pub fn layers_for(name: &str, [height, width, _]: [usize; 3], classes: usize) -> Option<Vec<LayerSpec>> {
    let layers = layers(name, classes)?;
    if fitted(&layers, [height, width], false).is_some_and(|fitted| fitted.len() == layers.len()) {
        return Some(layers);
    }
    fitted(&layers, [height, width], true)
}

/// The layers as far as they fit images of so many rows and columns, with borders where that is asked for; `None` where a
/// convolution does not fit.
fn fitted(layers: &[LayerSpec], mut sides: [usize; 2], bordered: bool) -> Option<Vec<LayerSpec>> {
    let mut fitted = Vec::new();
    for layer in layers {
        match *layer {
            LayerSpec::Conv { filters, kernel, stride, padding, activation } => {
                let padding = if bordered { Padding::Same } else { padding };
                let fits = padding == Padding::Same || sides.iter().all(|side| *side >= kernel);
                sides = sides.map(|side| match padding {
                    Padding::Same => side.div_ceil(stride),
                    Padding::Valid => side.saturating_sub(kernel) / stride + 1,
                });
                fits.then_some(())?;
                fitted.push(LayerSpec::Conv { filters, kernel, stride, padding, activation });
            }
            LayerSpec::MaxPool { size } | LayerSpec::AveragePool { size } if sides.iter().any(|side| *side < size) => {}
            LayerSpec::MaxPool { size } | LayerSpec::AveragePool { size } => {
                sides = sides.map(|side| side / size);
                fitted.push(*layer);
            }
            _ => fitted.push(*layer),
        }
    }
    Some(fitted)
}

/// The layers of the network `name` for MNIST's images in so many classes; `None` when there is no such network.
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
