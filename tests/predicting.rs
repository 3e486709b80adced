//! Digits that people draw and photograph, brought to the form of MNIST's, as a network that has just learnt these sees them.

mod drawn;

use std::sync::OnceLock;

use drawn::{Chance, Paper, Pen, Scene};
use mnist_tui::config::Config;
use mnist_tui::data::picture::Picture;
use mnist_tui::data::{Dataset, ImageSet, centred, digit, epoch_order, mnist};
use mnist_tui::nn::{Learner, Network, greatest};
use mnist_tui::protocol::{ConfusionMatrix, Hyperparameters, Optimizer};
use rayon::prelude::*;

/// Images that it learns from, in one go through them.
const IMAGES: usize = 24_000;
const BATCH: usize = 64;
const SHAPE: [usize; 3] = [28, 28, 1];

/// MNIST, and a network of the preset `fast` that has learnt from a part of it, for some seconds.
fn learnt() -> &'static (Dataset, Network) {
    static LEARNT: OnceLock<(Dataset, Network)> = OnceLock::new();
    LEARNT.get_or_init(|| {
        let data = mnist::load();
        let mut config = Config::default();
        config.train.preset = "fast".into();
        let spec = config.run_spec(10).expect("a preset");
        let network = Network::new(&spec.layers, SHAPE, 10, 1).expect("a network");
        let mut learner = Learner::new(network, Optimizer::Adam, 2, 1).expect("threads");
        let order = epoch_order(&(0..IMAGES as u32).collect::<Vec<_>>(), 1, 1);
        for (step, batch) in order.chunks(BATCH).enumerate() {
            let part = step as f64 / (IMAGES / BATCH) as f64;
            let learning_rate = 0.005 * (part / 0.2).min((1.0 - part) / 0.8).max(0.01);
            let hyper = Hyperparameters { learning_rate, ..Hyperparameters::default() };
            learner.step(&data.train, batch, None, &hyper, &mut ConfusionMatrix::new(10)).expect("finite numbers");
        }
        let network = learner.network().clone();
        (data, network)
    })
}

/// What the network takes images for.
fn classes(network: &Network, images: &[Vec<u8>]) -> Vec<usize> {
    let set = ImageSet::new(SHAPE, images.concat(), vec![0; images.len()], 10).expect("fitting lengths");
    network.probabilities(&set, &(0..images.len() as u32).collect::<Vec<_>>()).iter().map(|row| greatest(row)).collect()
}

/// An image on a larger canvas, at another place and some times as large: the nearest pixel, or the mean of near ones.
fn elsewhere(image: &[u8], chance: &mut Chance) -> Vec<u8> {
    const SIDE: usize = 100;
    let (scale, is_smooth) = (chance.between(1.5, 3.0), chance.part() < 0.5);
    let side = (28.0 * scale) as usize;
    let [top, left] = [(); 2].map(|()| chance.one_of(SIDE - side));
    let mut canvas = vec![0; SIDE * SIDE];
    let at = |row: f32, column: f32| f32::from(image[(row as usize).min(27) * 28 + (column as usize).min(27)]);
    for (row, column) in (0..side).flat_map(|row| (0..side).map(move |column| (row, column))) {
        let place = |at: usize, off: f32| (at as f32 + off) * 28.0 / side as f32;
        let offs = if is_smooth { &[0.0, 0.25, 0.5, 0.75][..] } else { &[0.5] };
        let near = offs.iter().flat_map(|down| offs.iter().map(|across| at(place(row, *down), place(column, *across))));
        canvas[(top + row) * SIDE + left + column] = (near.sum::<f32>() / (offs.len() * offs.len()) as f32) as u8;
    }
    canvas
}

#[test]
fn images_drawn_at_another_place_and_size_are_taken_for_the_same() {
    let (data, network) = learnt();
    let chance = &mut Chance::new(3);
    let own: Vec<Vec<u8>> = (0..1000).map(|index| data.test.image(index).to_vec()).collect();
    let canvases: Vec<Vec<u8>> = own.iter().map(|image| elsewhere(image, chance)).collect();
    let wanted = classes(network, &own);
    let right = wanted.iter().enumerate().filter(|(index, class)| data.test.label(*index) == **class).count();
    assert!(right >= 960, "it has learnt: {right} of 1000");
    let same = |images: Vec<Vec<u8>>| classes(network, &images).iter().zip(&wanted).filter(|(a, b)| a == b).count();
    let drawn = same(canvases.iter().map(|canvas| centred(canvas, [100, 100], SHAPE)).collect());
    assert!(drawn >= 970, "drawn: {drawn} of 1000");
    let picture = |canvas: &Vec<u8>| Picture { height: 100, width: 100, rgb: canvas.iter().flat_map(|ink| [*ink; 3]).collect() };
    let pictured = same(canvases.par_iter().map(|canvas| digit(&picture(canvas), SHAPE).expect("ink")).collect());
    assert!(pictured >= 970, "as a picture: {pictured} of 1000");
    // In the form already: nothing much is changed.
    let as_it_is = |image: &Vec<u8>| Picture { height: 28, width: 28, rgb: image.iter().flat_map(|ink| [*ink; 3]).collect() };
    let kept = same(own.par_iter().map(|image| digit(&as_it_is(image), SHAPE).expect("ink")).collect());
    assert!(kept >= 970, "as they are: {kept} of 1000");
    eprintln!("network {right}, drawn {drawn}, as a picture {pictured}, as they are {kept}, of 1000");
}

/// A picture to be, and what is drawn on it.
fn scene<'a>(data: &'a Dataset, number: usize) -> Scene<'a> {
    let chance = &mut Chance::new(number as u64 + 1000);
    let wanted = number % 10;
    let image = (number * 53 % 5_000..).find(|index| data.test.label(*index) == wanted).expect("each digit is there");
    let pen = match number / 10 % 2 {
        0 => Pen::Stroke([0.02, 0.04, 0.08, 0.14][chance.one_of(4)]),
        _ => Pen::Image(data.test.image(image), chance.between(0.35, 0.6)),
    };
    Scene {
        digit: wanted,
        pen,
        paper: [Paper::Plain, Paper::Ruled, Paper::Squared][chance.one_of(3)],
        size: [[200, 200], [320, 240], [240, 330], [480, 360]][chance.one_of(4)],
        height: chance.between(0.25, 0.7),
        dark: [chance.between(0.4, 0.9), chance.between(0.1, 0.45)],
        shadow: chance.one_of(3),
        noise: [0.0, 0.03, 0.08][chance.one_of(3)],
        inverted: chance.part() < 0.3,
    }
}

#[test]
fn digits_are_told_on_any_paper_with_any_pen_in_any_light() {
    const PICTURES: usize = 200;
    let (data, network) = learnt();
    let prepared = |number: usize| digit(&scene(data, number).picture(number as u64), SHAPE).unwrap_or(vec![0; 784]);
    let images: Vec<Vec<u8>> = (0..PICTURES).into_par_iter().map(prepared).collect();
    let mut right = [0; 10];
    let mut wrong = Vec::new();
    for (number, class) in classes(network, &images).into_iter().enumerate() {
        let Scene { digit, paper, size, height, dark, shadow, noise, inverted, pen } = scene(data, number);
        right[digit] += usize::from(class == digit);
        if class != digit {
            let pen = if let Pen::Stroke(wide) = pen { format!("a stroke of {wide}") } else { "an image".into() };
            wrong.push(format!(
                "{number}: {digit} for {class}: {pen} on {paper:?}, {size:?}, height {height:.2}, dark {dark:.2?}, shadow {shadow}, \
                 noise {noise}, inverted {inverted}"
            ));
        }
    }
    let all: usize = right.iter().sum();
    let words = format!("{all} of {PICTURES}, by digit {right:?}:\n{}", wrong.join("\n"));
    eprintln!("{words}");
    assert!(all * 100 >= PICTURES * 95, "{words}");
    assert!(right.iter().all(|right| right * 100 >= PICTURES / 10 * 85), "{words}");
}
