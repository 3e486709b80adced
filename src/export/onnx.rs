//! The network as an ONNX model: pixels in, logits and probabilities out.
//!
//! Field numbers are those of `onnx.proto`, version 8 of the format; operators are those of opset 17. Images go channel
//! by channel there, and so do the parameters in PyTorch's layouts.

use super::protobuf::Message;
use super::safetensors::metadata;
use super::{ExportError, ExportedRun, Format};
use crate::nn::NamedTensor;
use crate::protocol::{Activation, LayerSpec, Padding, RunStarted};

const IR_VERSION: i64 = 8;
const OPSET: i64 = 17;
/// `TensorProto.DataType.FLOAT`.
const FLOAT: i64 = 1;
/// What is added to a variance before its root is taken; see `nn::batch_norm`.
const EPSILON: f32 = 1e-5;

/// The network as an ONNX model with the input `image`, `[batch, channels, height, width]` from 0 to 1, and the outputs
/// `logits` and `probabilities`, `[batch, classes]`.
pub(super) fn write(run: &ExportedRun) -> Result<Vec<u8>, ExportError> {
    let network = run.network(Format::Onnx.name())?;
    let started = run.state.started.as_deref().ok_or(ExportError::NotStarted)?;
    let tensors = network.tensors().collect();
    let mut graph = Graph { tensors, run: run.name(), ..Graph::default() };
    let [height, width, channels] = started.image_shape;
    graph.build(started, network.layers().iter().map(|layer| (layer.name.as_str(), layer.output.as_slice())).collect())?;
    let classes = network.classes();
    let image = [channels, height, width].map(|size| size as i64);
    let graph = Message::default()
        .messages(1, graph.nodes)
        .bytes(2, "mnist-tui")
        .messages(5, graph.initializers)
        .message(11, value("image", &image))
        .message(12, value("logits", &[classes as i64]))
        .message(12, value("probabilities", &[classes as i64]));
    let entry = |(key, value): (String, String)| Message::default().bytes(1, key).bytes(2, value);
    let model = Message::default()
        .int(1, IR_VERSION)
        .bytes(2, "mnist-tui")
        .bytes(3, env!("CARGO_PKG_VERSION"))
        .message(7, graph)
        .message(8, Message::default().bytes(1, "").int(2, OPSET))
        .messages(14, metadata(run).into_iter().chain([("input".to_owned(), input(started))]).map(entry));
    Ok(model.into_bytes())
}

/// What goes into the network, as JSON for whoever finds the file.
fn input(started: &RunStarted) -> String {
    let [height, width, channels] = started.image_shape;
    let scaling = started.spec.data.scaling.as_ref();
    let (mean, deviation) = match scaling {
        Some(scaling) => (scaling.mean.clone(), scaling.deviation.clone()),
        None => (vec![0.0; channels], vec![1.0; channels]),
    };
    serde_json::json!({
        "name": "image",
        "layout": "NCHW",
        "shape": ["batch", channels, height, width],
        "color": if channels == 1 { "grey" } else { "RGB" },
        "range": [0, 1],
        // The graph does it itself.
        "scaled_within": { "mean": mean, "deviation": deviation },
    })
    .to_string()
}

/// A graph while layers are added to it.
#[derive(Default)]
struct Graph {
    nodes: Vec<Message>,
    initializers: Vec<Message>,
    tensors: Vec<NamedTensor>,
    run: String,
}

impl Graph {
    /// Adds all layers; `shapes` has the name and the output of each.
    fn build(&mut self, started: &RunStarted, shapes: Vec<(&str, &[usize])>) -> Result<(), ExportError> {
        let layers = &started.spec.layers;
        if layers.len() != shapes.len() {
            let missing = format!("network of {} layers, but one of {}", layers.len(), shapes.len());
            return Err(ExportError::OtherNetwork { run: self.run.clone(), missing });
        }
        let (mut at, mut input) = (self.scaled(started), started.image_shape.to_vec());
        for (index, (layer, (name, output))) in layers.iter().zip(&shapes).enumerate() {
            let last = index + 1 == layers.len();
            at = self.layer(*layer, name, (at, &input), if last { "logits" } else { name })?;
            input = output.to_vec();
        }
        self.node("Softmax", "probabilities", &["logits"], "probabilities", [int("axis", 1)]);
        Ok(())
    }

    /// Adds what brings the image to the network's scale, where it has one; returns the name of its result.
    fn scaled(&mut self, started: &RunStarted) -> String {
        let Some(scaling) = &started.spec.data.scaling else { return "image".to_owned() };
        let mut at = "image".to_owned();
        for (operator, name, values) in [("Sub", "image.mean", &scaling.mean), ("Div", "image.deviation", &scaling.deviation)] {
            let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
            let shape = [values.len() as i64, 1, 1];
            self.initializers.push(Message::default().ints(1, shape).int(2, FLOAT).bytes(8, name).bytes(9, bytes));
            let result = format!("image.{operator}").to_lowercase();
            self.node(operator, &result, &[&at, name], &result, []);
            at = result;
        }
        at
    }

    /// Adds a layer that reads the value `at` of shape `input`; returns the name of its result.
    fn layer(
        &mut self,
        spec: LayerSpec,
        name: &str,
        (at, input): (String, &[usize]),
        result: &str,
    ) -> Result<String, ExportError> {
        let activation = match spec {
            LayerSpec::Conv { activation, .. } | LayerSpec::BatchNorm { activation } | LayerSpec::Dense { activation, .. } => {
                activation
            }
            _ => Activation::None,
        };
        let operator = match activation {
            Activation::None => None,
            Activation::Relu => Some("Relu"),
            Activation::Sigmoid => Some("Sigmoid"),
            Activation::Tanh => Some("Tanh"),
        };
        let before = if operator.is_some() { format!("{name}.sum") } else { result.to_owned() };
        match spec {
            LayerSpec::Conv { kernel, stride, padding, .. } => {
                let around = |axis: usize| match padding {
                    Padding::Valid => [0, 0],
                    Padding::Same => zeros(input.get(axis).copied().unwrap_or(0), kernel, stride),
                };
                let ([top, bottom], [left, right]) = (around(0), around(1));
                let attributes = [
                    ints("kernel_shape", &[kernel, kernel]),
                    ints("strides", &[stride, stride]),
                    ints("pads", &[top, left, bottom, right]),
                ];
                let inputs = self.inputs(&at, name, &["weight", "bias"])?;
                self.node("Conv", name, &inputs, &before, attributes);
            }
            LayerSpec::MaxPool { size } | LayerSpec::AveragePool { size } => {
                let operator = if matches!(spec, LayerSpec::MaxPool { .. }) { "MaxPool" } else { "AveragePool" };
                let attributes = [ints("kernel_shape", &[size, size]), ints("strides", &[size, size])];
                self.node(operator, name, &[at], &before, attributes);
            }
            LayerSpec::BatchNorm { .. } => {
                let inputs = self.inputs(&at, name, &["weight", "bias", "running_mean", "running_var"])?;
                self.node("BatchNormalization", name, &inputs, &before, [float("epsilon", EPSILON)]);
            }
            // While judging it does nothing.
            LayerSpec::Dropout { .. } => return Ok(at),
            LayerSpec::Flatten => self.node("Flatten", name, &[at], &before, [int("axis", 1)]),
            LayerSpec::Dense { .. } => {
                let inputs = self.inputs(&at, name, &["weight", "bias"])?;
                self.node("Gemm", name, &inputs, &before, [int("transB", 1)]);
            }
        }
        if let Some(operator) = operator {
            self.node(operator, &format!("{name}.activation"), &[before], result, []);
        }
        Ok(result.to_owned())
    }

    /// The inputs of a layer: what it reads, then its parameters, which are added to the graph.
    fn inputs(&mut self, at: &str, layer: &str, parameters: &[&str]) -> Result<Vec<String>, ExportError> {
        let mut inputs = vec![at.to_owned()];
        for parameter in parameters {
            let name = format!("{layer}.{parameter}");
            let Some(tensor) = self.tensors.iter().find(|tensor| tensor.name == name) else {
                return Err(ExportError::OtherNetwork { run: self.run.clone(), missing: name });
            };
            let bytes: Vec<u8> = tensor.values.iter().flat_map(|value| value.to_le_bytes()).collect();
            let shape = tensor.shape.iter().map(|size| *size as i64);
            self.initializers.push(Message::default().ints(1, shape).int(2, FLOAT).bytes(8, &name).bytes(9, bytes));
            inputs.push(name);
        }
        Ok(inputs)
    }

    fn node<const N: usize>(
        &mut self,
        operator: &str,
        name: &str,
        inputs: &[impl AsRef<str>],
        output: &str,
        attributes: [Message; N],
    ) {
        let node = inputs.iter().fold(Message::default(), |node, input| node.bytes(1, input.as_ref()));
        self.nodes.push(node.bytes(2, output).bytes(3, name).bytes(4, operator).messages(5, attributes));
    }
}

/// Zeros before and after an axis for ⌈size / stride⌉ results; an odd one goes after, as in TensorFlow's "same".
fn zeros(size: usize, kernel: usize, stride: usize) -> [usize; 2] {
    let needed = ((size.div_ceil(stride).max(1) - 1) * stride + kernel).saturating_sub(size);
    [needed / 2, needed.div_ceil(2)]
}

/// A `ValueInfoProto`: a tensor of floats, the first axis of which has any size.
fn value(name: &str, shape: &[i64]) -> Message {
    let sizes = shape.iter().map(|size| Message::default().int(1, *size));
    let shape = Message::default().message(1, Message::default().bytes(2, "batch")).messages(1, sizes);
    let tensor = Message::default().int(1, FLOAT).message(2, shape);
    Message::default().bytes(1, name).message(2, Message::default().message(1, tensor))
}

fn float(name: &str, value: f32) -> Message {
    Message::default().bytes(1, name).float(2, value).int(20, 1)
}

fn int(name: &str, value: i64) -> Message {
    Message::default().bytes(1, name).int(3, value).int(20, 2)
}

fn ints(name: &str, values: &[usize]) -> Message {
    Message::default().bytes(1, name).ints(8, values.iter().map(|value| *value as i64)).int(20, 7)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_padding_is_that_of_tensorflow() {
        for (size, kernel, stride, expected) in
            [(28, 3, 1, [1, 1]), (28, 5, 2, [1, 2]), (5, 2, 1, [0, 1]), (6, 3, 2, [0, 1]), (4, 1, 3, [0, 0])]
        {
            assert_eq!(zeros(size, kernel, stride), expected, "{size} {kernel} {stride}");
        }
    }
}
