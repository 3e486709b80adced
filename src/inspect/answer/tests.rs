//! Answers, against what follows from the images and the network themselves.

use super::*;
use crate::protocol::{Activation, Holdout, LayerSpec, Padding};

fn exhibits() -> (Exhibits, Network) {
    let set = |from: usize, count: usize| {
        let pixels = (0..count * 36).map(|i| ((i + from) * 37 % 256) as u8).collect();
        ImageSet::new([6, 6, 1], pixels, (0..count).map(|i| (i % 3) as u16).collect(), 3).expect("fits")
    };
    let dataset = Dataset::new(set(0, 20), set(5, 9), ["a", "b", "c"].map(str::to_owned).to_vec());
    let mut config = crate::config::Config::default();
    config.data.validation = Holdout::Count(4);
    let mut spec = config.run_spec_on(&dataset).expect("a recipe");
    spec.layers = vec![
        LayerSpec::Conv { filters: 4, kernel: 3, stride: 1, padding: Padding::Valid, activation: Activation::Relu },
        LayerSpec::Flatten,
        LayerSpec::Dense { units: 5, activation: Activation::Tanh },
        LayerSpec::Dense { units: 3, activation: Activation::None },
    ];
    let network = Network::new(&spec.layers, [6, 6, 1], 3, 7).expect("fits");
    (Exhibits::of(dataset, &spec).expect("divided"), network)
}

fn of(among: Among, place: u32) -> Which {
    Which::Of { among, place }
}

#[test]
fn images_are_told_by_their_places_in_the_judgement() {
    let (exhibits, network) = exhibits();
    let Body::Images { images } = exhibits.answer(Ok(&network), &Query::Images { among: Among::Validation, places: vec![3, 0] })
    else {
        panic!("no images")
    };
    let indices: Vec<u32> = images.iter().map(|seen| seen.index).collect();
    assert_eq!(indices, [exhibits.validation[3], exhibits.validation[0]]);
    assert_eq!(images[0].pixels.0, exhibits.dataset.train.image(indices[0] as usize));
    for query in [
        Query::Images { among: Among::Validation, places: vec![0, 4] },
        Query::Predict { image: of(Among::Test, 9) },
        Query::Occlusion { image: of(Among::Training, u32::MAX) },
    ] {
        assert_eq!(exhibits.answer(Ok(&network), &query), Body::Nothing { why: Unanswered::NoSuchImage }, "{query:?}");
    }
    // How images look needs no network.
    let none = |query| exhibits.answer(Err(Unanswered::NoCheckpoint), &query);
    assert!(matches!(none(Query::Images { among: Among::Test, places: vec![1] }), Body::Images { .. }));
    assert_eq!(none(Query::Predict { image: of(Among::Test, 1) }), Body::Nothing { why: Unanswered::NoCheckpoint });
    let given = Query::Predict { image: Which::Given { pixels: Bytes(vec![0; 35]) } };
    assert_eq!(exhibits.answer(Ok(&network), &given), Body::Nothing { why: Unanswered::WrongShape });
}

#[test]
fn a_given_image_is_taken_for_what_the_same_image_of_a_set_is() {
    let (exhibits, network) = exhibits();
    let pixels = exhibits.dataset.test.image(2).to_vec();
    let answers = [of(Among::Test, 2), Which::Given { pixels: Bytes(pixels) }];
    let [own, given] = answers.map(|image| match exhibits.answer(Ok(&network), &Query::Predict { image }) {
        Body::Predicted { probabilities, image } => (probabilities, image.predicted, image.label),
        other => panic!("{other:?}"),
    });
    assert_eq!((own.0.clone(), own.1), (given.0, given.1));
    assert_eq!((own.2, given.2), (Some(2), None));
    assert!((own.0.iter().sum::<f32>() - 1.0).abs() < 1e-5);
}

#[test]
fn layers_and_filters_are_planes_and_what_is_none_is_said() {
    let (exhibits, network) = exhibits();
    let planes = |query: Query| match exhibits.answer(Ok(&network), &query) {
        Body::Planes { total, planes } => Ok((total, planes.iter().map(|plane| (plane.height, plane.width)).collect::<Vec<_>>())),
        Body::Nothing { why } => Err(why),
        other => panic!("{other:?}"),
    };
    let layer = |layer, from, count| planes(Query::Layer { image: of(Among::Test, 0), layer, from, count });
    let filters = |layer, input, from| planes(Query::Filters { layer, input, from, count: 9 });
    assert_eq!(layer(0, 1, 2), Ok((4, vec![(4, 4); 2])));
    assert_eq!(layer(0, 4, 2), Ok((4, vec![])));
    assert_eq!(layer(2, 0, 9), Ok((1, vec![(1, 5)])));
    assert_eq!(layer(4, 0, 9), Err(Unanswered::NoSuchLayer));
    assert_eq!(filters(0, 0, 3), Ok((4, vec![(3, 3)])));
    assert_eq!(filters(2, 3, 0), Ok((5, vec![(4, 4); 5])));
    assert_eq!(filters(3, 0, 0), Ok((3, vec![(1, 5); 3])));
    assert_eq!(filters(2, 4, 0), Err(Unanswered::NoSuchLayer));
    assert_eq!(filters(1, 0, 0), Err(Unanswered::NoSuchLayer));
}

#[test]
fn a_batch_is_that_of_the_epochs_order_with_the_worst_first() {
    let (exhibits, network) = exhibits();
    let Body::Images { images } = exhibits.answer(Ok(&network), &Query::Batch { epoch: 2, from: 5, count: 6 }) else {
        panic!("no images")
    };
    let mut indices: Vec<u32> = images.iter().map(|seen| seen.index).collect();
    let losses: Vec<f32> = images.iter().filter_map(|seen| seen.value).collect();
    assert!(losses.is_sorted_by(|a, b| a >= b) && losses.len() == 6, "{losses:?}");
    let mut batch = epoch_order(&exhibits.train, exhibits.seed, 2)[5..11].to_vec();
    indices.sort_unstable();
    batch.sort_unstable();
    assert_eq!(indices, batch);
}

#[test]
fn the_most_alike_training_image_of_a_copy_is_the_original_and_an_image_is_not_its_own() {
    let (exhibits, network) = exhibits();
    let first = exhibits.train[3];
    let nearest = |image| match exhibits.answer(Ok(&network), &Query::Alike { image, count: 3 }) {
        Body::Images { images } => images,
        other => panic!("{other:?}"),
    };
    let copy = nearest(Which::Given { pixels: Bytes(exhibits.dataset.train.image(first as usize).to_vec()) });
    // It goes through the network with others than they did, and sums may be rounded otherwise.
    assert!(copy[0].value.is_some_and(|distance| distance < 1e-5), "{:?}", copy[0].value);
    assert_eq!((copy[0].index, copy.len()), (first, 3));
    let own = nearest(of(Among::Training, first));
    assert!(own.iter().all(|seen| seen.index != first) && own.len() == 3);
}

#[test]
fn where_nothing_is_covered_nothing_changes() {
    let (exhibits, network) = exhibits();
    // An image that is the same everywhere stays so.
    let even = Which::Given { pixels: Bytes(vec![90; 36]) };
    let Body::Planes { planes, .. } = exhibits.answer(Ok(&network), &Query::Occlusion { image: even }) else {
        panic!("no plane")
    };
    assert_eq!((planes[0].low, planes[0].high), (0.0, 0.0));
    let Body::Planes { planes, .. } = exhibits.answer(Ok(&network), &Query::Occlusion { image: of(Among::Test, 1) }) else {
        panic!("no plane")
    };
    assert!(planes[0].high > 0.0 || planes[0].low < 0.0);
}
