//! In which order the images of an epoch are trained on.

use super::random::{Purpose, shuffle, stream};

/// The training images `indices` in the order of `epoch`, counted from 1. It follows from the seed and the epoch alone.
pub fn epoch_order(indices: &[u32], seed: u64, epoch: usize) -> Vec<u32> {
    let mut order = indices.to_vec();
    shuffle(&mut stream(seed, Purpose::Order, epoch as u64, 0), &mut order);
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_epoch_has_its_own_order_of_the_same_images() {
        let indices: Vec<u32> = (0..1000).map(|i| i * 3).collect();
        let orders = [(0, 1), (0, 2), (1, 1)].map(|(seed, epoch)| epoch_order(&indices, seed, epoch));
        for (i, order) in orders.iter().enumerate() {
            assert!(!orders[..i].contains(order));
            let mut sorted = order.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, indices);
        }
        assert!(epoch_order(&[], 0, 1).is_empty());
    }

    /// Another order would train other weights from the same recipe.
    #[test]
    fn the_order_of_a_seed_never_changes() {
        let indices: Vec<u32> = (0..10).collect();
        assert_eq!(epoch_order(&indices, 7, 1), [4, 3, 9, 5, 8, 7, 1, 6, 0, 2]);
    }
}
