//! Digits of MNIST drawn at another place and in another size are taken for what they are.

use mnist_tui::config::Config;
use mnist_tui::data::{Dataset, ImageSet, centred};
use mnist_tui::nn::{Learner, Network, greatest};
use mnist_tui::protocol::{ConfusionMatrix, Hyperparameters};

/// So many rows and columns has what they are drawn on.
const SIDE: usize = 100;

/// A network that has gone once through some of the training images.
fn trained(data: &Dataset) -> Network {
    let mut config = Config::default();
    config.train.preset = "two-conv".into();
    let spec = config.run_spec_on(data).expect("a recipe");
    let network = Network::new(&spec.layers, [28, 28, 1], 10, 1).expect("fits");
    let mut learner = Learner::new(network, spec.optimizer, 2, 1).expect("threads");
    let (hyper, mut confusion) = (Hyperparameters::default(), ConfusionMatrix::new(10));
    for batch in (0..20_000u32).collect::<Vec<_>>().chunks(32) {
        learner.step(&data.train, batch, None, &hyper, &mut confusion).expect("finite");
    }
    learner.network().clone()
}

/// An image scaled by a factor, each value that of the nearest pixel, with its corner at a place.
fn drawn(image: &[u8], scale: f64, [top, left]: [usize; 2]) -> Vec<u8> {
    let mut canvas = vec![0; SIDE * SIDE];
    let side = (28.0 * scale) as usize;
    for (row, column) in (0..side).flat_map(|row| (0..side).map(move |column| (row, column))) {
        let from = |at: usize| ((at as f64 / scale) as usize).min(27);
        canvas[(top + row) * SIDE + left + column] = image[from(row) * 28 + from(column)];
    }
    canvas
}

#[test]
fn digits_drawn_elsewhere_and_in_another_size_are_the_same_digits() {
    let data = Dataset::mnist();
    let network = trained(&data);
    let prepared = (0..1_000usize).flat_map(|index| {
        let scale = 1.5 + (index % 16) as f64 / 10.0;
        let room = SIDE - (28.0 * scale) as usize;
        centred(
            &drawn(data.test.image(index), scale, [index * 7 % room.max(1), index * 13 % room.max(1)]),
            [SIDE; 2],
            [28, 28, 1],
        )
    });
    let redrawn = ImageSet::new([28, 28, 1], prepared.collect(), vec![0; 1_000], 10).expect("fits");
    let indices: Vec<u32> = (0..1_000).collect();
    let classes = |set: &ImageSet| network.probabilities(set, &indices).iter().map(|row| greatest(row)).collect::<Vec<_>>();
    let same = classes(&data.test).iter().zip(classes(&redrawn)).filter(|(own, again)| **own == *again).count();
    assert!(same >= 970, "{same} of 1,000");
}
