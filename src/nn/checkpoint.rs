//! A network's parameters as a safetensors file, in PyTorch's names and layouts.
//!
//! Convolutions are `[out, in, kernel, kernel]` and dense layers `[out, in]`, where the inputs of the first dense layer
//! go channel by channel, as PyTorch's flatten has them. Within the program filters lie as `[kernel, kernel, in, out]`,
//! dense weights as `[in, out]`, and images go pixel by pixel. What the optimizer remembers of `conv1.weight` lies in the
//! same layout under `optimizer.first.conv1.weight` and `optimizer.second.conv1.weight`.

use std::collections::HashMap;
use std::sync::Arc;

use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};
use thiserror::Error;

use super::network::Network;
use super::optimizer::OptimizerState;
use super::parameter::{Layout, Parameter, ParameterKind};
use super::{Learner, Snapshot};

/// A checkpoint that does not belong to the network.
#[derive(Debug, Error)]
pub enum CheckpointError {
    /// Not safetensors, or cut off.
    #[error("it is not a safetensors file")]
    Format(#[from] safetensors::SafeTensorError),
    /// A file of another program.
    #[error(
        "it is {what}, not safetensors; in Python: safetensors.torch.save_file(state_dict, \"file.safetensors\") writes what can be read here"
    )]
    Foreign {
        /// What it is.
        what: &'static str,
    },
    /// Something stands before the names of all tensors.
    #[error(
        "its tensors are called {prefix}{name} and so on, but the network needs {name}; in Python: \
         {{name.removeprefix(\"{prefix}\"): tensor for name, tensor in state_dict.items()}} takes that away"
    )]
    Prefixed {
        /// What stands there, with its point.
        prefix: String,
        /// The first tensor of the network.
        name: String,
    },
    /// The network has a tensor that the file has not.
    #[error("it has no tensor {name}, which the network needs with the shape {shape:?}")]
    Missing {
        /// The tensor.
        name: String,
        /// Its shape in the network.
        shape: Vec<usize>,
    },
    /// The file's tensor has another shape.
    #[error("its tensor {name} has the shape {found:?}, but the network needs {shape:?}")]
    Shape {
        /// The tensor.
        name: String,
        /// Its shape in the network.
        shape: Vec<usize>,
        /// Its shape in the file.
        found: Vec<usize>,
    },
    /// Numbers of another kind.
    #[error("its tensor {name} holds {found}, and not F32, F16 or BF16")]
    Kind {
        /// The tensor.
        name: String,
        /// What it holds.
        found: String,
    },
    /// Not numbers.
    #[error("its tensor {name} holds values that are not finite numbers")]
    NotFinite {
        /// The tensor.
        name: String,
    },
}

/// What the optimizer remembers stands under these.
const MOMENTS: [&str; 2] = ["optimizer.first.", "optimizer.second."];

/// Some of a network's values, in PyTorch's name and layout.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedTensor {
    /// `conv1.weight`, `batch_norm1.running_mean`, …
    pub name: String,
    /// `[out, in, kernel, kernel]` for filters, `[out, in]` for dense weights, one value a channel or unit for the rest.
    pub shape: Vec<usize>,
    /// Its values, the last axis fastest.
    pub values: Vec<f32>,
}

impl Network {
    /// All parameters in PyTorch's names and layouts, layer by layer.
    pub fn tensors(&self) -> impl Iterator<Item = NamedTensor> {
        tensors("", &self.parameters, self.values())
    }

    /// The parameters as a safetensors file. `metadata` goes along.
    pub fn to_safetensors(&self, metadata: HashMap<String, String>) -> Result<Vec<u8>, CheckpointError> {
        write(self.tensors(), metadata)
    }

    /// Takes the parameters over from a safetensors file. Everything is checked first: after an error nothing has changed.
    /// Tensors that the network does not have are ignored.
    pub fn load_safetensors(&mut self, file: &[u8]) -> Result<(), CheckpointError> {
        let tensors = SafeTensors::deserialize(file).map_err(|error| foreign(file).unwrap_or(error.into()))?;
        let values =
            read_all(&tensors, "", &self.parameters).map_err(|error| prefixed(&tensors, &self.parameters).unwrap_or(error))?;
        self.update(|parameters| parameters.copy_from_slice(&values));
        Ok(())
    }
}

impl Network {
    /// Takes over what fits of a file of parameters for other classes, or for images of another size. Dense layers start anew where
    /// theirs have another shape, and the last one where the file is for classes of other names than `class_names`; their names are
    /// returned. Fails, and changes nothing, where another layer does not fit or nothing at all does.
    pub fn adopt_safetensors(&mut self, file: &[u8], class_names: &[String]) -> Result<Vec<String>, CheckpointError> {
        let tensors = SafeTensors::deserialize(file).map_err(|error| foreign(file).unwrap_or(error.into()))?;
        let last = self.layers().last().map(|layer| layer.name.clone()).unwrap_or_default();
        let is_other = class_names_in(file).is_some_and(|names| names != class_names);
        let starts_anew = |parameter: &Parameter| {
            let shape = tensors.tensor(&parameter.name).map(|tensor| tensor.shape().to_vec());
            let is_dense = matches!(parameter.layout, Layout::Dense { .. });
            is_dense && (shape.is_ok_and(|shape| shape != parameter.layout.shape()) || is_other && parameter.layer() == last)
        };
        let weights = self.parameters.iter().filter(|parameter| matches!(parameter.kind, ParameterKind::Weight));
        let anew: Vec<String> =
            weights.clone().filter(|weight| starts_anew(weight)).map(|weight| weight.layer().to_owned()).collect();
        if weights.count() == anew.len() {
            // It is of another network: the error says where.
            self.load_safetensors(file)?;
            return Ok(Vec::new());
        }
        let mut values = self.values().to_vec();
        for parameter in self.parameters.iter().filter(|parameter| !anew.iter().any(|name| name == parameter.layer())) {
            let read = read(&tensors, parameter.name.clone(), parameter.layout);
            let read = read.map_err(|error| prefixed(&tensors, &self.parameters).unwrap_or(error))?;
            let target = &mut values[parameter.range.clone()];
            parameter.layout.places().zip(read).for_each(|(place, value)| target[place] = value);
        }
        self.update(|parameters| parameters.copy_from_slice(&values));
        Ok(anew)
    }
}

/// What the classes are called that the parameters in a file are for, where it says so.
fn class_names_in(file: &[u8]) -> Option<Vec<String>> {
    let metadata = read_metadata(file).ok()?;
    if let Some(names) = metadata.get("classes") {
        return serde_json::from_str(names).ok();
    }
    let started: serde_json::Value = serde_json::from_str(metadata.get("started")?).ok()?;
    serde_json::from_value(started.get("class_names")?.clone()).ok()
}

impl Snapshot {
    /// Several snapshots of one learner as a safetensors file, each with its own prefix before the names of its tensors.
    /// `metadata` goes along.
    pub fn to_safetensors(snapshots: &[(&str, &Self)], metadata: HashMap<String, String>) -> Result<Vec<u8>, CheckpointError> {
        let each = snapshots.iter().flat_map(|(prefix, snapshot)| {
            let Self { parameters, values, optimizer } = snapshot;
            let [first, second] = MOMENTS.map(|moment| format!("{prefix}{moment}"));
            let moments = tensors(&first, parameters, &optimizer.first).chain(tensors(&second, parameters, &optimizer.second));
            tensors(prefix, parameters, values).chain(moments).collect::<Vec<_>>()
        });
        write(each, metadata)
    }
}

impl Learner {
    /// The snapshot of such a learner that stands in a safetensors file under a prefix; `None` when there is none.
    /// `steps` are those that its optimizer had taken.
    pub fn read_snapshot(&self, file: &[u8], prefix: &str, steps: u64) -> Result<Option<Snapshot>, CheckpointError> {
        let file = SafeTensors::deserialize(file)?;
        let parameters = &self.network().parameters;
        let there = |parameter: &Parameter| file.tensor(&format!("{prefix}{}", parameter.name)).is_ok();
        if !parameters.iter().any(there) {
            return Ok(None);
        }
        let read = |prefix: &str| read_all(&file, prefix, parameters);
        let [first, second] = MOMENTS.map(|moment| read(&format!("{prefix}{moment}")));
        let (first, second) = (first?, second?);
        let optimizer = OptimizerState { kind: self.optimizer().kind, steps, first, second };
        Ok(Some(Snapshot { parameters: Arc::clone(parameters), values: read(prefix)?, optimizer }))
    }
}

/// What a file is that is no safetensors, when its first bytes tell.
fn foreign(file: &[u8]) -> Option<CheckpointError> {
    let what = match file {
        [b'P', b'K', 3, 4, ..] => "a zip file, as torch.save writes them (.pt, .pth) and NumPy (.npz)",
        [0x80, 2..=5, ..] => "a pickle, as older versions of torch.save write them",
        [0x89, b'H', b'D', b'F', ..] => "HDF5, as Keras writes it (.h5)",
        [8, _, 0x12 | b':' | b'B', ..] if file.windows(4).take(200).any(|bytes| bytes == b"onnx" || bytes == b"torc") => {
            "an ONNX file"
        }
        _ => return None,
    };
    Some(CheckpointError::Foreign { what })
}

/// What stands before every name of the network in the file, as wrappers of PyTorch put it there (`module.`, `_orig_mod.`).
fn prefixed(file: &SafeTensors, parameters: &[Parameter]) -> Option<CheckpointError> {
    let first = &parameters.first()?.name;
    let names = file.names();
    let prefix = names.iter().find_map(|name| name.strip_suffix(first.as_str()).filter(|prefix| prefix.ends_with('.')))?;
    // The optimizer's moments, and what a run would go back to, stand under prefixes of ours.
    let all = parameters.iter().all(|parameter| file.tensor(&format!("{prefix}{}", parameter.name)).is_ok());
    all.then(|| CheckpointError::Prefixed { prefix: prefix.to_owned(), name: first.clone() })
}

/// What a safetensors file says about itself.
pub fn read_metadata(file: &[u8]) -> Result<HashMap<String, String>, CheckpointError> {
    Ok(SafeTensors::read_metadata(file)?.1.metadata().clone().unwrap_or_default())
}

fn tensors(prefix: &str, parameters: &[Parameter], values: &[f32]) -> impl Iterator<Item = NamedTensor> {
    parameters.iter().map(move |parameter| {
        let values = &values[parameter.range.clone()];
        NamedTensor {
            name: format!("{prefix}{}", parameter.name),
            shape: parameter.layout.shape(),
            values: parameter.layout.places().map(|place| values[place]).collect(),
        }
    })
}

fn write(tensors: impl Iterator<Item = NamedTensor>, metadata: HashMap<String, String>) -> Result<Vec<u8>, CheckpointError> {
    let in_bytes = |NamedTensor { name, shape, values }| {
        let bytes: Vec<u8> = values.into_iter().flat_map(f32::to_le_bytes).collect();
        (name, shape, bytes)
    };
    let tensors: Vec<(String, Vec<usize>, Vec<u8>)> = tensors.map(in_bytes).collect();
    let views = tensors.iter().map(|(name, shape, bytes)| Ok((name, TensorView::new(Dtype::F32, shape.clone(), bytes)?)));
    Ok(serialize(views.collect::<Result<Vec<_>, CheckpointError>>()?, Some(metadata))?)
}

/// The values of all parameters, in our order.
fn read_all(file: &SafeTensors, prefix: &str, parameters: &[Parameter]) -> Result<Vec<f32>, CheckpointError> {
    let mut values = vec![0.0; parameters.last().map_or(0, |parameter| parameter.range.end)];
    for parameter in parameters {
        let read = read(file, format!("{prefix}{}", parameter.name), parameter.layout)?;
        let target = &mut values[parameter.range.clone()];
        parameter.layout.places().zip(read).for_each(|(place, value)| target[place] = value);
    }
    Ok(values)
}

/// A tensor's values in the order of the file.
fn read(file: &SafeTensors, name: String, layout: Layout) -> Result<Vec<f32>, CheckpointError> {
    let shape = layout.shape();
    let Ok(tensor) = file.tensor(&name) else { return Err(CheckpointError::Missing { name, shape }) };
    if tensor.shape() != shape {
        return Err(CheckpointError::Shape { name, shape, found: tensor.shape().to_vec() });
    }
    let data = tensor.data();
    let values: Vec<f32> = match tensor.dtype() {
        Dtype::F32 => data.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect(),
        Dtype::F16 => data.as_chunks().0.iter().map(|bytes| half::f16::from_le_bytes(*bytes).to_f32()).collect(),
        Dtype::BF16 => data.as_chunks().0.iter().map(|bytes| half::bf16::from_le_bytes(*bytes).to_f32()).collect(),
        other => return Err(CheckpointError::Kind { name, found: format!("{other:?}") }),
    };
    if values.iter().all(|value| value.is_finite()) { Ok(values) } else { Err(CheckpointError::NotFinite { name }) }
}

impl Layout {
    /// The shape in PyTorch.
    fn shape(self) -> Vec<usize> {
        match self {
            Self::Row { len } => vec![len],
            Self::Filters { kernel, channels, filters } => vec![filters, channels, kernel, kernel],
            Self::Dense { inputs: [height, width, channels], units } => vec![units, height * width * channels],
        }
    }

    /// For each value in the order of PyTorch, its place in ours.
    fn places(self) -> Box<dyn Iterator<Item = usize>> {
        match self {
            Self::Row { len } => Box::new(0..len),
            Self::Filters { kernel, channels, filters } => Box::new((0..filters * channels * kernel * kernel).map(move |i| {
                let (place, channel, filter) =
                    (i % (kernel * kernel), i / (kernel * kernel) % channels, i / (kernel * kernel * channels));
                (place * channels + channel) * filters + filter
            })),
            Self::Dense { inputs: [height, width, channels], units } => {
                let (pixels, inputs) = (height * width, height * width * channels);
                Box::new((0..units * inputs).map(move |i| {
                    let (unit, pixel, channel) = (i / inputs, i % pixels, i % inputs / pixels);
                    (pixel * channels + channel) * units + unit
                }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::preset;
    use proptest::prelude::*;

    fn network(name: &str, seed: u64) -> Network {
        let layers = preset::layers(name, 10).expect("a preset");
        Network::new(&layers, [28, 28, 1], 10, seed).expect("a network that fits")
    }

    #[test]
    fn parameters_come_back_to_the_bit() {
        for name in preset::Preset::ALL.map(preset::Preset::name) {
            let (saved, mut loaded) = (network(name, 1), network(name, 2));
            let file = saved.to_safetensors(HashMap::new()).expect("a file");
            assert_ne!(saved.sha256(), loaded.sha256());
            loaded.load_safetensors(&file).expect("its own file");
            assert_eq!(saved.sha256(), loaded.sha256(), "{name}");
        }
    }

    #[test]
    fn every_preset_fits_images_of_any_size() {
        for name in preset::Preset::ALL.map(preset::Preset::name) {
            assert_eq!(preset::layers_for(name, [28, 28, 1], 10), preset::layers(name, 10), "{name}");
            for side in [1, 2, 3, 5, 8, 12, 28, 64, 200] {
                let layers = preset::layers_for(name, [side, side + 3, 3], 39).expect(name);
                Network::new(&layers, [side, side + 3, 3], 39, 0).unwrap_or_else(|error| panic!("{name}, {side}: {error}"));
            }
        }
        assert_eq!(preset::layers_for("seed", [8, 8, 1], 10).expect("a preset").len(), 8, "both poolings find a window");
    }

    #[test]
    fn layouts_are_those_of_pytorch() {
        // A filter of 2 × 2 over 3 channels, 5 of them: value [o][i][y][x] lies at [y][x][i][o].
        let filters = Layout::Filters { kernel: 2, channels: 3, filters: 5 };
        assert_eq!(filters.shape(), [5, 3, 2, 2]);
        let places: Vec<usize> = filters.places().collect();
        let [o, i, y, x] = [4, 1, 0, 1];
        assert_eq!(places[((o * 3 + i) * 2 + y) * 2 + x], ((y * 2 + x) * 3 + i) * 5 + o);
        // A dense layer of 7 units on 2 × 3 pixels of 4 channels: value [u][c][y][x] lies at [y][x][c][u].
        let dense = Layout::Dense { inputs: [2, 3, 4], units: 7 };
        let places: Vec<usize> = dense.places().collect();
        let [u, c, y, x] = [6, 2, 1, 0];
        assert_eq!(places[((u * 4 + c) * 2 + y) * 3 + x], ((y * 3 + x) * 4 + c) * 7 + u);
        for layout in [filters, dense] {
            let mut places: Vec<usize> = layout.places().collect();
            places.sort_unstable();
            assert!(places.into_iter().eq(0..layout.shape().iter().product()), "every place once");
        }
    }

    #[test]
    fn a_checkpoint_of_another_network_names_the_tensor_and_changes_nothing() {
        let mut seed = network("seed", 1);
        let digest = seed.sha256();
        let file = network("two-conv", 1).to_safetensors(HashMap::new()).expect("a file");
        let error = seed.load_safetensors(&file).expect_err("another network").to_string();
        assert_eq!(error, "its tensor conv1.weight has the shape [16, 1, 3, 3], but the network needs [32, 1, 3, 3]");
        let file = network("mlp", 1).to_safetensors(HashMap::new()).expect("a file");
        let error = seed.load_safetensors(&file).expect_err("another network").to_string();
        assert_eq!(error, "it has no tensor conv1.weight, which the network needs with the shape [32, 1, 3, 3]");
        assert_eq!(seed.sha256(), digest);
    }

    #[test]
    fn what_fits_is_taken_over_and_the_rest_starts_anew() {
        let names = |of: &[&str]| of.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let (digits, cloths) = (names(&["0", "1", "2"]), names(&["coat", "bag", "boot"]));
        let build = |name, image, classes: usize, seed| {
            let layers = preset::layers_for(name, image, classes).expect("a preset");
            Network::new(&layers, image, classes, seed).expect("a network that fits")
        };
        let learnt = build("seed", [28, 28, 1], 3, 1);
        let metadata = HashMap::from([("classes".to_owned(), r#"["0","1","2"]"#.to_owned())]);
        let file = learnt.to_safetensors(metadata).expect("a file");
        let cases = [
            ([28, 28, 1], &digits, vec![]),
            ([28, 28, 1], &cloths, vec!["dense2"]),
            ([28, 28, 1], &names(&["a", "b"]), vec!["dense2"]),
            ([40, 40, 1], &digits, vec!["dense1"]),
            ([40, 40, 1], &cloths, vec!["dense1", "dense2"]),
        ];
        for (image, classes, expected) in cases {
            let mut network = build("seed", image, classes.len(), 2);
            let before: Vec<NamedTensor> = network.tensors().collect();
            assert_eq!(network.adopt_safetensors(&file, classes).expect("it fits"), expected, "{image:?} {classes:?}");
            for (now, before) in network.tensors().zip(before) {
                let is_anew = expected.iter().any(|layer| now.name.starts_with(layer));
                let taken = learnt.tensors().find(|tensor| tensor.name == now.name).expect("the same layers");
                assert_eq!(now, if is_anew { before } else { taken });
            }
        }
        // Colours, other filters, and nothing that fits at all.
        for mut other in [build("seed", [28, 28, 3], 3, 2), build("two-conv", [28, 28, 1], 3, 2), build("mlp", [28, 28, 1], 3, 2)]
        {
            let before = other.sha256();
            assert!(matches!(other.adopt_safetensors(&file, &digits), Err(CheckpointError::Shape { .. })));
            assert_eq!(other.sha256(), before);
        }
    }

    #[test]
    fn a_file_of_another_program_is_named_with_what_to_do() {
        let mut mlp = network("mlp", 1);
        for (bytes, what) in
            [(&b"PK\x03\x04archive"[..], "a zip file, as torch.save"), (b"\x80\x02}q", "a pickle"), (b"\x89HDF\r\n", "HDF5")]
        {
            let error = mlp.load_safetensors(bytes).expect_err(what).to_string();
            assert!(error.starts_with(&format!("it is {what}")) && error.contains("save_file"), "{error}");
        }
        for prefix in ["module.", "_orig_mod.", "model.net."] {
            let other = network("mlp", 2);
            let renamed = other.tensors().map(|tensor| NamedTensor { name: format!("{prefix}{}", tensor.name), ..tensor });
            let file = write(renamed, HashMap::new()).expect("a file");
            let error = mlp.load_safetensors(&file).expect_err(prefix).to_string();
            assert!(error.starts_with(&format!("its tensors are called {prefix}dense1.weight and so on")), "{error}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(mut bytes in proptest::collection::vec(any::<u8>(), 0..300), length: u16, from: u16) {
            let mut mlp = network("mlp", 1);
            prop_assert!(mlp.load_safetensors(&bytes).is_err());
            // A header of a plausible length.
            if bytes.len() >= 8 {
                bytes[..8].copy_from_slice(&u64::from(length % 300).to_le_bytes());
                prop_assert!(mlp.load_safetensors(&bytes).is_err());
            }
            // The start of a real file.
            let file = network("mlp", 2).to_safetensors(HashMap::new()).expect("a file");
            prop_assert!(mlp.load_safetensors(&file[..usize::from(from).min(file.len() - 1)]).is_err());
        }
    }
}
