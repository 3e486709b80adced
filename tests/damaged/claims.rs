//! Files that claim more than they hold: refused before there is memory for it.

use mnist_tui::protocol::{Activation, LayerSpec, Padding};
use mnist_tui::train::{Checkpoint, JobError};
use serde_json::{Value, json};

use crate::reader;
use crate::reader::Reader;

/// The checkpoint with another header; what follows it stays.
fn with_header(file: &[u8], change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let (length, rest) = file.split_first_chunk().expect("a length");
    let (header, values) = rest.split_at(u64::from_le_bytes(*length) as usize);
    let mut header: Value = serde_json::from_slice(header).expect("JSON");
    change(&mut header);
    let mut header = header.to_string().into_bytes();
    header.resize(header.len().next_multiple_of(8), b' ');
    [&(header.len() as u64).to_le_bytes()[..], &header, values].concat()
}

/// The checkpoint with another part of its metadata, `started` or `position`.
fn with_metadata(file: &[u8], part: &str, change: impl FnOnce(&mut Value)) -> Vec<u8> {
    with_header(file, |header| {
        let text = &mut header["__metadata__"][part];
        let mut value: Value = serde_json::from_str(text.as_str().expect("text")).expect("JSON");
        change(&mut value);
        *text = value.to_string().into();
    })
}

/// Layers in front of the last one, and what is said of them.
fn huge_layers() -> Vec<(Vec<LayerSpec>, &'static str)> {
    let dense = |units| LayerSpec::Dense { units, activation: Activation::None };
    let conv =
        |filters, kernel, stride, padding| LayerSpec::Conv { filters, kernel, stride, padding, activation: Activation::None };
    let (valid, same) = (Padding::Valid, Padding::Same);
    let most = usize::MAX;
    let flat = |layer| vec![LayerSpec::Flatten, layer];
    vec![
        (flat(dense(1 << 40)), "layer 2, dense1, makes the network too large: more than 33554432 parameters"),
        (flat(dense(most)), "layer 2, dense1, makes"),
        (flat(dense(most / 784 + 1)), "layer 2, dense1, makes"),
        ([flat(dense(2_000)), vec![dense(2_000); 100]].concat(), "layer 10, dense9, makes"),
        (vec![conv(most, 3, 1, valid)], "layer 1, conv1, makes"),
        (vec![conv(1, most, 1, same)], "layer 1, conv1, makes"),
        (vec![conv(1, 1 << 32, 1, same)], "layer 1, conv1, makes"),
        (vec![conv(1, 5_700, 1, same)], "layer 1, conv1, makes the network too large: more than 16777216 values an image"),
        (vec![conv(100_000, 3, 1, same)], "layer 1, conv1, makes the network too large: more than 16777216 values an image"),
        (vec![conv(1, most, 1, valid)], "layer 1, conv1, makes"),
        (vec![LayerSpec::AveragePool { size: most }], "layer 1, pool1, has windows that do not fit"),
        (vec![LayerSpec::MaxPool { size: most }], "layer 1, pool1, has windows that do not fit"),
    ]
}

fn message(error: JobError) -> String {
    let JobError::Network(error) = error else { panic!("another error: {error}") };
    error.to_string()
}

#[test]
fn a_recipe_of_a_huge_network() {
    let reader = reader("recipes");
    for (layers, expected) in huge_layers() {
        let mut spec = reader.started().spec;
        spec.layers = layers;
        let error = message(reader.train(spec, None).expect_err(expected));
        assert!(error.starts_with(expected), "{error}");
    }
    // A great stride, or a filter larger than the image, is no claim of memory.
    for (kernel, stride) in [(3, usize::MAX), (200, 1)] {
        let mut spec = reader.started().spec;
        let (padding, activation) = (Padding::Same, Activation::Relu);
        spec.layers.insert(0, LayerSpec::Conv { filters: 1, kernel, stride, padding, activation });
        if stride > 1 {
            spec.layers.remove(1);
        }
        assert!(reader.train(spec, None).is_ok());
    }
}

#[test]
fn a_small_checkpoint_of_a_huge_network() {
    let reader = reader("networks");
    let file = reader.sample("checkpoint");
    let dense = |units| LayerSpec::Dense { units, activation: Activation::None };
    // Networks that there could be, but not in this file.
    let no_room = [1_000, 40_000].map(|units| vec![LayerSpec::Flatten, dense(units)]);
    for layers in huge_layers().into_iter().map(|(layers, _)| layers).chain(no_room) {
        let end = [LayerSpec::Flatten, dense(10)];
        let end = if layers.contains(&LayerSpec::Flatten) { &end[1..] } else { &end[..] };
        let layers = [&layers, end].concat();
        let claims = with_metadata(&file, "started", |started| {
            started["spec"]["layers"] = serde_json::to_value(&layers).expect("JSON");
        });
        reader.checkpoint(&claims);
        let spec = Checkpoint::read_started(&claims).expect("whole").spec;
        let error = message(reader.train(spec, Some(claims)).expect_err("too large"));
        assert!(error.contains("makes the network too large") || error.contains("do not fit"), "{error}");
        // The same in the other files of a run.
        let mut log = String::from_utf8(reader.sample("events")).expect("text");
        let ours = serde_json::to_string(&reader.started().spec.layers).expect("JSON");
        log = log.replacen(&ours, &serde_json::to_string(&layers).expect("JSON"), 1);
        assert!(log.contains(&serde_json::to_string(&layers).expect("JSON")));
        reader.events(log.as_bytes());
        let about = String::from_utf8(reader.sample("run_json")).expect("text");
        reader.run_json(about.replacen(&ours, &serde_json::to_string(&layers).expect("JSON"), 1).as_bytes());
    }
    let mut spec = reader.started().spec;
    spec.layers = vec![LayerSpec::Flatten, dense(1_000), dense(10)];
    let error = message(reader.train(spec.clone(), Some(file.clone())).expect_err("no room"));
    // Numbers of 16 bits, of which more fit than of any others.
    let room = file.len() / 2;
    assert_eq!(
        error,
        format!("layer 2, dense1, makes the network too large: more than {room} parameters, and its file holds no more")
    );
    assert!(reader.train(spec, None).is_ok(), "a new run has room for it");
}

#[test]
fn images_of_strange_shapes() {
    let reader = reader("shapes");
    let ours = json!(reader.started().image_shape).to_string();
    for shape in [[0, 28, 1], [28, 28, 0], [usize::MAX, usize::MAX, 2], [1 << 32, 1 << 32, 1], [1 << 20, 1 << 20, 1]] {
        let log = String::from_utf8(reader.sample("events")).expect("text");
        let strange = log.replace(&format!("\"image_shape\":{ours}"), &format!("\"image_shape\":{}", json!(shape)));
        assert_ne!(strange, log);
        reader.events(strange.as_bytes());
    }
}

#[test]
fn a_position_that_no_run_reaches() {
    let reader = reader("positions");
    let file = reader.sample("checkpoint");
    let spec = reader.started().spec;
    let resume = |file: Vec<u8>| reader.train(spec.clone(), Some(file));
    assert!(resume(file.clone()).is_ok());
    let most = json!(u64::MAX);
    let refused: [(&str, &[&str], &Value); 9] = [
        ("position", &["epoch"], &most),
        ("position", &["step"], &most),
        ("position", &["images_seen"], &most),
        ("position", &["optimizer_steps", "0"], &most),
        ("position", &["hyper", "batch_size"], &json!(0)),
        ("position", &["hyper", "batch_size"], &most),
        ("position", &["hyper", "epochs"], &most),
        ("position", &["hyper", "learning_rate"], &json!(-1.0)),
        ("position", &["epoch_sums", "1"], &most),
    ];
    let borne: [(&str, &[&str], &Value); 6] = [
        ("position", &["images"], &most),
        ("position", &["good_epoch"], &most),
        ("position", &["train_seconds"], &json!(1e300)),
        // The images say which classes there are.
        ("started", &["class_names"], &json!([])),
        ("started", &["class_names"], &json!(vec![""; 100_000])),
        ("started", &["image_shape"], &json!([1, 1, 1])),
    ];
    for (cases, is_borne) in [(&refused[..], false), (&borne[..], true)] {
        for (part, path, value) in cases {
            let damaged = with_metadata(&file, part, |whole| {
                let place = path.iter().fold(whole, |value, key| match key.parse::<usize>() {
                    Ok(index) => &mut value[index],
                    Err(_) => &mut value[*key],
                });
                assert!(!place.is_null() || *path == ["images"], "{path:?} is not there");
                *place = (*value).clone();
            });
            assert_eq!(resume(damaged).is_ok(), is_borne, "{path:?} = {value}");
        }
    }
}

#[test]
fn a_header_that_claims_everything() {
    let reader = reader("headers");
    let file = reader.sample("checkpoint");
    for length in [u64::MAX, u64::MAX - 7, 1 << 63, 1 << 40, 100_000_001, file.len() as u64, file.len() as u64 - 7] {
        let damaged = [&length.to_le_bytes(), &file[8..]].concat();
        reader.checkpoint(&damaged);
        assert!(Checkpoint::read_started(&damaged).is_err(), "{length}");
    }
    for claim in [
        json!({"dtype": "F32", "shape": [u64::MAX, u64::MAX], "data_offsets": [0, 40]}),
        json!({"dtype": "F32", "shape": [1u64 << 62, 4], "data_offsets": [0, 0]}),
        json!({"dtype": "F32", "shape": [10], "data_offsets": [0, u64::MAX]}),
        json!({"dtype": "F32", "shape": [10], "data_offsets": [u64::MAX, 40]}),
        json!({"dtype": "U8", "shape": [40], "data_offsets": [0, 40]}),
    ] {
        let damaged = with_header(&file, |header| header["dense1.bias"] = claim.clone());
        reader.checkpoint(&damaged);
        assert!(reader.train(reader.started().spec, Some(damaged)).is_err(), "{claim}");
    }
}

#[test]
fn idx_files_of_four_billion_images() {
    let reader = reader("idx");
    for dimensions in [1, 2, 3, 4, 255] {
        let mut file = vec![0, 0, 8, dimensions];
        file.resize(4 + 4 * usize::from(dimensions), 255);
        for values in [0, 1, 1_000] {
            file.resize(file.len() + values, 1);
            reader.idx(&file);
            assert!(mnist_tui::data::idx::Idx::parse(file.clone()).is_err());
        }
    }
    // Without pixels there may be as many images as the header has room for.
    let empty = [&[0, 0, 8, 3][..], &[255; 4], &[0; 8]].concat();
    assert_eq!(mnist_tui::data::idx::Idx::parse(empty.clone()).expect("whole").dimensions, [u32::MAX as usize, 0, 0]);
}

#[test]
fn configurations_that_claim_everything() {
    let reader = reader("config");
    for text in [
        "[model]\nlayers = [{kind='flatten'}, {kind='dense', units=9223372036854775807, activation='none'}]".to_owned(),
        "[train]\nbatch_size = 9223372036854775807".to_owned(),
        "[train]\nthreads = 9223372036854775807".to_owned(),
        format!("[model]\nlayers = {}", "[".repeat(200_000)),
        format!("{}1", "a.".repeat(200_000)),
        format!("[model]\nlayers = [{}]", "{kind='dropout',rate=0.1},".repeat(20_000)),
    ] {
        reader.config(text.as_bytes());
    }
}

/// The readers read: what is whole comes through all of them.
#[test]
fn whole_files_are_read() {
    let reader: Reader = reader("whole");
    for (kind, read) in reader::KINDS {
        read(&reader, &reader.sample(kind));
    }
    let file = reader.sample("checkpoint");
    assert!(reader.train(Checkpoint::read_started(&file).expect("whole").spec, Some(file)).is_ok());
    assert!(
        reader.train(mnist_tui::config::Config::default().run_spec(10).expect("a recipe"), None).is_err(),
        "too many held out"
    );
}
