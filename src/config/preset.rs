//! The networks that can be chosen by name.

use crate::protocol::{Activation, LayerSpec, Padding};

/// The names of the networks, the default first.
pub const NAMES: [&str; 4] = ["seed", "two-conv", "lenet5", "mlp"];

/// The layers of the network `name` for so many classes; `None` when there is no such network.
pub fn layers(name: &str, classes: usize) -> Option<Vec<LayerSpec>> {
    let logits = LayerSpec::Dense { units: classes, activation: Activation::None };
    match name {
        "seed" => Some(vec![
            conv(32),
            LayerSpec::MaxPool { size: 2 },
            conv(64),
            LayerSpec::MaxPool { size: 2 },
            conv(64),
            LayerSpec::Flatten,
            dense(64),
            logits,
        ]),
        "two-conv" => Some(vec![conv(16), conv(32), LayerSpec::MaxPool { size: 2 }, LayerSpec::Flatten, logits]),
        // LeCun et al. 1998, figure 2, with all maps connected and a softmax in place of the radial basis functions.
        "lenet5" => Some(vec![
            lenet_conv(6, Padding::Same),
            LayerSpec::AveragePool { size: 2 },
            lenet_conv(16, Padding::Valid),
            LayerSpec::AveragePool { size: 2 },
            LayerSpec::Flatten,
            LayerSpec::Dense { units: 120, activation: Activation::Tanh },
            LayerSpec::Dense { units: 84, activation: Activation::Tanh },
            logits,
        ]),
        "mlp" => Some(vec![LayerSpec::Flatten, dense(128), logits]),
        _ => None,
    }
}

fn conv(filters: usize) -> LayerSpec {
    LayerSpec::Conv { filters, kernel: 3, stride: 1, padding: Padding::Valid, activation: Activation::Relu }
}

fn lenet_conv(filters: usize, padding: Padding) -> LayerSpec {
    LayerSpec::Conv { filters, kernel: 5, stride: 1, padding, activation: Activation::Tanh }
}

fn dense(units: usize) -> LayerSpec {
    LayerSpec::Dense { units, activation: Activation::Relu }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_a_network_that_ends_with_its_classes() {
        for name in NAMES {
            let layers = layers(name, 7).expect(name);
            assert_eq!(layers.last(), Some(&LayerSpec::Dense { units: 7, activation: Activation::None }));
        }
        assert_eq!(layers("sead", 7), None);
    }
}
