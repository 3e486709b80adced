//! What varying a training image costs: `cargo bench --bench augment`.

use mnist_tui::data::{Augmenter, ImageSet, mnist};
use mnist_tui::protocol::Augmentation;

fn main() {
    divan::main();
}

fn images() -> ImageSet {
    mnist::load().train
}

/// A hundred images of 28 × 28, one after the other, by the pixels that they are bent by; the rest as in the default recipe.
#[divan::bench(args = [0.0, 1.0])]
fn vary(bencher: divan::Bencher, elastic: f64) {
    let images = images();
    let recipe = Augmentation { elastic, ..Augmentation::default() };
    let augmenter = Augmenter::new(recipe, 1.0, 0, 1).expect("a recipe that changes something");
    let mut out = Vec::new();
    bencher.counter(divan::counter::ItemsCount::new(100usize)).bench_local(|| {
        out.clear();
        (0..100).for_each(|index| augmenter.append(&images, index, &mut out));
        out.len()
    });
}
