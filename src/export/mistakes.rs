//! The worst mistakes: test images that were told wrong with the greatest confidence.

use super::ExportedRun;
use super::picture::Picture;

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

/// The class with the greatest probability, the first of equal ones.
pub(super) fn greatest(row: &[f32]) -> usize {
    row.iter().enumerate().fold(0, |best, (class, value)| if *value > row[best] { class } else { best })
}
