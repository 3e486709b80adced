//! Event files and ONNX models, read back by a reader of protocol buffers that shares nothing with the writer.

mod synthetic;

use mnist_tui::config::preset;
use mnist_tui::export::{ExportedRun, Format, render};
use mnist_tui::nn::Network;
use mnist_tui::protocol::{Event, Outcome, Record};
use mnist_tui::run::RunState;
use synthetic::Synthetic;

/// A field's value.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    Number(u64),
    Bytes(Vec<u8>),
}

/// A message: its fields in the order in which they stand.
struct Message(Vec<(u64, Value)>);

impl Message {
    fn parse(mut bytes: &[u8]) -> Self {
        let mut fields = Vec::new();
        while !bytes.is_empty() {
            let tag = varint(&mut bytes);
            let number = |bytes: &[u8]| Value::Number(bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte)));
            let value = match tag & 7 {
                0 => Value::Number(varint(&mut bytes)),
                1 => number(take(&mut bytes, 8)),
                5 => number(take(&mut bytes, 4)),
                2 => {
                    let length = varint(&mut bytes) as usize;
                    Value::Bytes(take(&mut bytes, length).to_vec())
                }
                kind => panic!("wire type {kind}"),
            };
            fields.push((tag >> 3, value));
        }
        Self(fields)
    }

    fn all(&self, field: u64) -> impl Iterator<Item = &Value> {
        self.0.iter().filter(move |(number, _)| *number == field).map(|(_, value)| value)
    }

    fn bytes(&self, field: u64) -> Vec<&[u8]> {
        let bytes = self.all(field).map(|value| if let Value::Bytes(bytes) = value { &bytes[..] } else { panic!("{value:?}") });
        bytes.collect()
    }

    fn text(&self, field: u64) -> String {
        self.bytes(field).iter().map(|bytes| String::from_utf8_lossy(bytes)).collect()
    }

    fn messages(&self, field: u64) -> Vec<Self> {
        self.bytes(field).into_iter().map(Self::parse).collect()
    }

    fn numbers(&self, field: u64) -> Vec<u64> {
        self.all(field).map(|value| if let Value::Number(number) = value { *number } else { panic!("{value:?}") }).collect()
    }
}

fn take<'a>(bytes: &mut &'a [u8], length: usize) -> &'a [u8] {
    let (taken, rest) = bytes.split_at(length);
    *bytes = rest;
    taken
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let length = bytes.iter().position(|byte| byte & 0x80 == 0).expect("an end") + 1;
    take(bytes, length).iter().rev().fold(0, |sum, byte| sum << 7 | u64::from(byte & 0x7f))
}

/// A made-up run of a real network that has learnt nothing.
fn run() -> ExportedRun {
    let layers = preset::layers("seed", 10).expect("a preset");
    let network = Network::new(&layers, [28, 28, 1], 10, 1).expect("a network");
    let mut state = RunState::default();
    for record in (Synthetic { outcome: Some(Outcome::Completed), ..Synthetic::default() }).records() {
        let mut record = Record::clone(&record);
        if let Event::RunStarted(started) = &mut record.event {
            started.spec.layers.clone_from(&layers);
            started.layers = network.layers().to_vec();
        }
        state.apply(&record);
    }
    ExportedRun { state, network: Some(network), network_step: None, dataset: None, without_images: None }
}

#[test]
fn event_files_have_every_step_in_order() {
    let run = run();
    let file = render(Format::Tensorboard, std::slice::from_ref(&run)).expect("an export").remove(0);
    assert_eq!(file.below.to_str(), Some("events.out.tfevents.1767268800.mnist-tui"));
    let (mut rest, mut events) = (&file.bytes[..], Vec::new());
    while !rest.is_empty() {
        // Length, its checksum, the event, its checksum; TensorBoard itself checks these (tests/python).
        let length = u64::from_le_bytes(rest[..8].try_into().expect("eight bytes")) as usize;
        events.push(Message::parse(&rest[12..12 + length]));
        rest = &rest[16 + length..];
    }
    assert_eq!(events[0].text(3), "brain.Event:2");
    let mut losses = Vec::new();
    let mut tags = std::collections::BTreeMap::new();
    for event in &events[1..] {
        for value in event.messages(5).iter().flat_map(|summary| summary.messages(1)) {
            *tags.entry(value.text(1)).or_insert(0) += 1;
            if value.text(1) == "loss/train" {
                losses.push((event.numbers(2)[0], f32::from_bits(value.numbers(2)[0] as u32)));
            }
        }
    }
    let steps = run.state.steps.loss.len();
    let expected: Vec<_> = (0..steps).map(|i| (i as u64 + 1, run.state.steps.loss.get(i).expect("a loss"))).collect();
    assert_eq!(losses, expected);
    let counts = [
        ("_hparams_/experiment", 1),
        ("_hparams_/session_end_info", 1),
        ("_hparams_/session_start_info", 1),
        ("accuracy/test", 1),
        ("accuracy/train", steps),
        ("accuracy/validation", run.state.validations.len()),
        ("confusion/test", 1),
        ("confusion/validation", run.state.validations.len()),
        ("learning_rate", steps),
        ("loss/test", 1),
        ("loss/train", steps),
        ("loss/validation", run.state.validations.len()),
        ("samples", 1),
    ];
    assert_eq!(tags.into_iter().collect::<Vec<_>>(), counts.map(|(tag, count)| (tag.to_owned(), count)));
    let step = |event: &Message| event.numbers(2)[0];
    assert!(events.windows(2).all(|pair| step(&pair[0]) <= step(&pair[1])), "steps run backwards");
}

#[test]
fn runs_get_folders_of_their_own() {
    let below = |names: [&str; 3]| -> Vec<String> {
        let runs = names.map(|name| {
            let mut run = run();
            if let Some(started) = &mut run.state.started {
                started.name = name.into();
            }
            run
        });
        let files = render(Format::Tensorboard, &runs).expect("an export");
        files.iter().map(|file| file.below.parent().expect("a folder").display().to_string()).collect()
    };
    assert_eq!(below(["a", "b", "c"]), ["a", "b", "c"]);
    assert_eq!(below(["a/b", "a b", "../.."]), ["a-b", "a-b-2", "-"]);
    assert_eq!(below(["a", "a", "b"]), ["a-20260101-120000-seed", "a-20260101-120000-seed-2", "b"]);
}

#[test]
fn an_onnx_model_has_the_layers_and_their_parameters() {
    let run = run();
    let file = render(Format::Onnx, std::slice::from_ref(&run)).expect("an export").remove(0);
    let model = Message::parse(&file.bytes);
    let graph = model.messages(7).remove(0);
    let operators: Vec<String> = graph.messages(1).iter().map(|node| node.text(4)).collect();
    let expected = "Conv Relu MaxPool Conv Relu MaxPool Conv Relu Flatten Gemm Relu Gemm Softmax";
    assert_eq!(operators.join(" "), expected);
    let network = run.network.as_ref().expect("there");
    for (tensor, found) in network.tensors().zip(graph.messages(5)) {
        assert_eq!(found.text(8), tensor.name);
        assert_eq!(found.numbers(1), tensor.shape.iter().map(|size| *size as u64).collect::<Vec<_>>());
        let values: Vec<f32> = found.bytes(9)[0].as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
        assert_eq!(values, tensor.values);
    }
    // Each input is an earlier output, a parameter or the image.
    let mut known: Vec<String> = graph.messages(5).iter().map(|tensor| tensor.text(8)).collect();
    known.push("image".into());
    for node in graph.messages(1) {
        for input in node.bytes(1) {
            assert!(known.iter().any(|name| name.as_bytes() == input), "{}", node.text(3));
        }
        known.push(node.text(2));
    }
    assert!(known.contains(&"logits".to_owned()) && known.contains(&"probabilities".to_owned()));
}

/// A checkpoint of another network is noticed, not exported.
#[test]
fn a_network_of_other_layers_is_refused() {
    let mut run = run();
    if let Some(started) = &mut run.state.started {
        started.spec.layers = preset::layers("mlp", 10).expect("a preset");
    }
    let error = render(Format::Onnx, &[run]).expect_err("another network").to_string();
    assert!(error.starts_with("the checkpoint of the run seed does not belong to its layers"), "{error}");
}
