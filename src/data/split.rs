//! Which training images are held out for validation.

use super::random::{Purpose, shuffle, stream};

/// Divides `images` training images into those that are trained on and the `held_out` that are not, at random from the
/// seed. Both lists ascend. When as many as there are (or more) are held out, none are left to train on.
pub fn split(images: usize, held_out: usize, seed: u64) -> (Vec<u32>, Vec<u32>) {
    let mut validation: Vec<u32> = (0..images as u32).collect();
    shuffle(&mut stream(seed, Purpose::Split, 0, 0), &mut validation);
    let mut train = validation.split_off(held_out.min(images));
    train.sort_unstable();
    validation.sort_unstable();
    (train, validation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_image_is_on_one_side() {
        for (images, held_out) in [(100, 10), (100, 0), (100, 100), (10, 99), (1, 0), (0, 0)] {
            let (train, validation) = split(images, held_out, 3);
            assert_eq!(validation.len(), held_out.min(images));
            assert!(train.is_sorted() && validation.is_sorted());
            let mut all = [train, validation].concat();
            all.sort_unstable();
            assert_eq!(all, (0..images as u32).collect::<Vec<_>>());
        }
        assert_ne!(split(100, 10, 3), split(100, 10, 4));
    }

    /// Another division would train other weights from the same recipe.
    #[test]
    fn the_division_of_a_seed_never_changes() {
        assert_eq!(split(60_000, 4, 0).1, [2752, 14763, 22831, 58022]);
    }
}
