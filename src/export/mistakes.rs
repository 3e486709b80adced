//! The worst mistakes: test images that were told wrong with the greatest confidence.

use super::ExportedRun;
use super::picture::Picture;
use crate::nn::greatest;

/// A test image that was told wrong.
pub(super) struct Mistake {
    /// Its place in the test set.
    pub index: usize,
    pub truth: usize,
    pub predicted: usize,
    /// The probability that the network gave to what it said.
    pub confidence: f32,
    pub picture: Picture,
}

/// The `most` worst mistakes on the test set, the worst first; `None` without the network or the images, or when they do
/// not belong together.
pub(super) fn worst(run: &ExportedRun, most: usize) -> Option<Vec<Mistake>> {
    let (network, set) = (run.network.as_ref()?, &run.dataset.as_ref()?.test);
    let started = run.state.started.as_ref()?;
    if set.shape() != started.image_shape || network.classes() != started.class_names.len() {
        return None;
    }
    let indices: Vec<u32> = (0..set.len() as u32).collect();
    let probabilities = network.probabilities(set, &indices);
    let mut wrong: Vec<(usize, usize, f32)> = probabilities
        .iter()
        .enumerate()
        .map(|(index, row)| {
            let predicted = greatest(row);
            (index, predicted, row.get(predicted).copied().unwrap_or(0.0))
        })
        .filter(|(index, predicted, _)| *predicted != set.label(*index))
        .collect();
    wrong.sort_by(|a, b| b.2.total_cmp(&a.2));
    let mistake = |(index, predicted, confidence)| Mistake {
        index,
        truth: set.label(index),
        predicted,
        confidence,
        picture: Picture::of_image(set.image(index), set.shape()),
    };
    Some(wrong.into_iter().take(most).map(mistake).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Dataset, ImageSet};
    use crate::nn::Network;
    use crate::protocol::{Activation, Event, LayerSpec, Record};
    use crate::run::RunState;

    /// A run on images of 2 × 2 pixels and three classes, with a network that has learnt nothing.
    fn run(shape: [usize; 3]) -> ExportedRun {
        let layers = [LayerSpec::Flatten, LayerSpec::Dense { units: 3, activation: Activation::None }];
        let network = Network::new(&layers, [2, 2, 1], 3, 1).expect("a network");
        let pixels: Vec<u8> = (0..400).map(|i| (i * 89 % 251) as u8).collect();
        let labels = (0..100).map(|i| (i % 3) as u16).collect();
        let set = ImageSet::new([2, 2, 1], pixels, labels, 3).expect("images");
        let class_names = ["a", "b", "c"].map(str::to_owned).to_vec();
        let dataset = Dataset::new(set.clone(), set, class_names);
        let started = serde_json::json!({
            "event": "run_started", "run_id": "r", "name": "r", "threads": 1, "started_at_ms": 0, "class_names": ["a", "b", "c"],
            "image_shape": shape, "train_images": 100, "validation_images": 0, "test_images": 100, "layers": [],
            "spec": {
                "preset": "custom", "layers": layers, "optimizer": "adam", "seed": 1,
                "data": { "source": "mnist", "validation": 0 }, "hyperparameters": {},
            },
        });
        let event: Event = serde_json::from_value(started).expect("an event");
        let mut state = RunState::default();
        state.apply(&Record { at_ms: 0, event });
        ExportedRun { state, network: Some(network), network_step: None, dataset: Some(dataset), without_images: None }
    }

    #[test]
    fn the_surest_mistakes_come_first() {
        let run = run([2, 2, 1]);
        let all = worst(&run, 1000).expect("there is all it needs");
        assert!((10..100).contains(&all.len()), "{}", all.len());
        assert!(all.iter().all(|mistake| mistake.truth == mistake.index % 3 && mistake.predicted != mistake.truth));
        assert!(all.windows(2).all(|pair| pair[0].confidence >= pair[1].confidence));
        let few: Vec<usize> = worst(&run, 5).expect("again").iter().map(|mistake| mistake.index).collect();
        assert_eq!(few, all[..5].iter().map(|mistake| mistake.index).collect::<Vec<_>>());
    }

    #[test]
    fn images_of_another_shape_are_not_looked_at() {
        assert!(worst(&run([28, 28, 1]), 5).is_none());
        assert!(worst(&ExportedRun { network: None, ..run([2, 2, 1]) }, 5).is_none());
    }
}
