//! How far confidence can be believed (Guo et al. 2017).

use serde::Serialize;

/// Bins of the reliability table (section 2 of the paper uses 15).
const BINS: usize = 15;

/// Images whose greatest probability lies in a range.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bin {
    /// From this on.
    pub from: f64,
    /// Up to this.
    pub to: f64,
    /// Images.
    pub images: usize,
    /// The mean of their greatest probabilities.
    pub confidence: f64,
    /// The part of them that is right.
    pub accuracy: f64,
}

/// The reliability of predictions, each with its probability and whether it is right; bins without images are left out.
pub fn reliability(predictions: impl Iterator<Item = (f64, bool)>) -> Vec<Bin> {
    let mut bins = [(0usize, 0.0, 0usize); BINS];
    for (confidence, is_right) in predictions {
        let bin = &mut bins[((confidence * BINS as f64) as usize).min(BINS - 1)];
        *bin = (bin.0 + 1, bin.1 + confidence, bin.2 + usize::from(is_right));
    }
    let width = 1.0 / BINS as f64;
    let occupied = bins.iter().enumerate().filter(|(_, (images, ..))| *images > 0);
    let bin = |(at, (images, confidence, right)): (usize, &(usize, f64, usize))| Bin {
        from: at as f64 * width,
        to: (at + 1) as f64 * width,
        images: *images,
        confidence: confidence / *images as f64,
        accuracy: *right as f64 / *images as f64,
    };
    occupied.map(bin).collect()
}

/// The expected calibration error: the mean distance of confidence from accuracy, each image counting alike.
pub fn calibration_error(reliability: &[Bin]) -> f64 {
    let images = reliability.iter().map(|bin| bin.images).sum::<usize>().max(1) as f64;
    reliability.iter().map(|bin| bin.images as f64 / images * (bin.accuracy - bin.confidence).abs()).sum()
}
