//! What a judgement comes to: figures with their intervals, calibration, and whether two networks differ.

use serde::Serialize;

use crate::nn::greatest;
use crate::protocol::{ConfusionMatrix, wilson};
use crate::run::{Bin, calibration_error, reliability};

/// No probability counts as less in the loss.
const LEAST: f64 = 1e-12;

/// What a network says of some images.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The images, by their places in their set.
    pub indices: Vec<u32>,
    /// Their classes.
    pub labels: Vec<usize>,
    /// For each, the probability of each class.
    pub probabilities: Vec<Vec<f32>>,
}

/// A figure with what it is worth without learning.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// Its name.
    pub metric: &'static str,
    /// Its value.
    pub value: f64,
    /// Within which it lies with 95 % confidence (Wilson), where it is a part of images.
    pub interval: Option<[f64; 2]>,
    /// What the answer without learning comes to: always the most frequent class; for the loss, every class by its frequency.
    pub baseline: Option<f64>,
    /// What it tells.
    pub tells: &'static str,
}

/// Everything about a judgement.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Images judged.
    pub images: usize,
    /// Those that are right.
    pub right: usize,
    /// The figures.
    pub figures: Vec<Figure>,
    /// How far confidence can be believed; bins without images are left out.
    pub reliability: Vec<Bin>,
    /// For each class its name, the part of its images that are right, its interval, and its images.
    pub classes: Vec<(String, f64, Option<[f64; 2]>, u64)>,
}

/// Whether two networks differ on the same images.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// Images that only the first has right.
    pub only_first: Vec<u32>,
    /// Images that only the second has right.
    pub only_second: Vec<u32>,
    /// The probability of so great a difference, or a greater one, were they equally good (McNemar 1947, exact and two-sided).
    pub p_value: f64,
}

impl Judged {
    /// The class with the greatest probability for each image, and that probability.
    fn predictions(&self) -> impl Iterator<Item = (usize, f64)> {
        self.probabilities.iter().map(|row| {
            let best = greatest(row);
            (best, row.get(best).copied().unwrap_or_default().into())
        })
    }

    /// What an image is, what it was taken for, and the probability of that; `None` when it was not judged.
    pub fn told(&self, index: u32) -> Option<(usize, usize, f64)> {
        let place = self.indices.iter().position(|judged| *judged == index)?;
        let (predicted, sure) = self.predictions().nth(place)?;
        Some((self.labels[place], predicted, sure))
    }

    /// The images that were taken for something else than they are, the surest mistakes first.
    pub fn mistakes(&self) -> Vec<u32> {
        let told = self.indices.iter().zip(&self.labels).zip(self.predictions());
        let mut wrong: Vec<(u32, f64)> = told
            .filter(|((_, label), (predicted, _))| *label != predicted)
            .map(|((index, _), (_, sure))| (*index, sure))
            .collect();
        wrong.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        wrong.into_iter().map(|(index, _)| index).collect()
    }

    /// Everything about it. `frequencies` says how many training images each class has.
    pub fn report(&self, class_names: &[String], frequencies: &[usize]) -> Report {
        let (images, classes) = (self.labels.len(), class_names.len());
        let mut confusion = ConfusionMatrix::new(classes);
        let (mut loss, mut plain, mut top_3) = (0.0, 0.0, 0u64);
        let all = frequencies.iter().sum::<usize>().max(1) as f64;
        let often = greatest(frequencies);
        for ((label, row), (predicted, _)) in self.labels.iter().zip(&self.probabilities).zip(self.predictions()) {
            confusion.add(*label, predicted);
            loss -= f64::from(row[*label]).max(LEAST).ln();
            plain -= (frequencies[*label] as f64 / all).max(LEAST).ln();
            top_3 += u64::from(row.iter().filter(|value| **value > row[*label]).count() < 3);
        }
        let part = |count: f64| count / images.max(1) as f64;
        let told = self.labels.iter().zip(self.predictions());
        let reliability = reliability(told.map(|(label, (predicted, confidence))| (confidence, predicted == *label)));
        let off = calibration_error(&reliability);
        let (right, baseline) = (confusion.right(), part(confusion.support(often) as f64));
        let (_, recall, f1) = confusion.macro_averages();
        let figure = |metric, value, interval, baseline, tells| Figure { metric, value, interval, baseline, tells };
        let mut figures = vec![
            figure("accuracy", confusion.accuracy(), confusion.accuracy_interval(), Some(baseline), "images that are right"),
            figure("balanced accuracy", recall, None, Some(1.0 / classes.max(1) as f64), "the same, each class counting alike"),
            figure("macro F1", f1, None, None, "both kinds of mistakes, each class counting alike"),
            figure("loss", part(loss), None, Some(part(plain)), "surprise at the right answer, in nats; 0 is certain and right"),
            figure("calibration error", off, None, None, "how far confidence is from being right; 0 is honest"),
        ];
        if classes > 3 {
            let interval = wilson(top_3, images as u64);
            figures
                .insert(1, figure("top 3", part(top_3 as f64), interval, None, "the right class is among the three likeliest"));
        }
        let per_class = confusion.per_class().into_iter().zip(class_names).enumerate().map(|(class, (figures, name))| {
            (name.clone(), figures.recall, wilson(confusion.count(class, class), figures.support), figures.support)
        });
        Report { images, right: right as usize, figures, reliability, classes: per_class.collect() }
    }
}

/// Whether two networks differ on the same images.
pub fn compare(first: &Judged, second: &Judged) -> Comparison {
    let (mut only_first, mut only_second) = (Vec::new(), Vec::new());
    let both = first.predictions().zip(second.predictions()).zip(first.labels.iter().zip(&first.indices));
    for (((a, _), (b, _)), (label, index)) in both {
        match (a == *label, b == *label) {
            (true, false) => only_first.push(*index),
            (false, true) => only_second.push(*index),
            _ => {}
        }
    }
    let p_value = sign_test(only_first.len(), only_second.len());
    Comparison { only_first, only_second, p_value }
}

/// The probability that of as many tosses of a coin so few, or fewer, fall on one side or the other.
fn sign_test(a: usize, b: usize) -> f64 {
    let n = a + b;
    // The logarithms of the binomial coefficients over 2ⁿ, one after the other.
    let mut log = -(n as f64) * std::f64::consts::LN_2;
    let mut sum = 0.0;
    for k in 0..=a.min(b) {
        sum += log.exp();
        log += ((n - k) as f64 / (k + 1) as f64).ln();
    }
    (2.0 * sum).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(labels: &[usize], probabilities: &[[f32; 2]]) -> Judged {
        let rows = probabilities.iter().map(|row| row.to_vec()).collect();
        Judged { indices: (0..labels.len() as u32).collect(), labels: labels.to_vec(), probabilities: rows }
    }

    #[test]
    fn figures_are_those_worked_out_by_hand() {
        let four = judged(&[0, 0, 1, 1], &[[0.9, 0.1], [0.7, 0.3], [0.9, 0.1], [0.2, 0.8]]);
        let report = four.report(&["a".into(), "b".into()], &[30, 10]);
        let of = |metric| report.figures.iter().find(|figure| figure.metric == metric).expect(metric);
        assert_eq!((report.images, report.right, of("accuracy").value, of("accuracy").baseline), (4, 3, 0.75, Some(0.5)));
        let loss = -(0.9f64.ln() + 0.7f64.ln() + 0.1f64.ln() + 0.8f64.ln()) / 4.0;
        assert!((of("loss").value - loss).abs() < 1e-6, "{report:?}");
        let plain = -(2.0 * 0.75f64.ln() + 2.0 * 0.25f64.ln()) / 4.0;
        assert!((of("loss").baseline.expect("one") - plain).abs() < 1e-9);
        // 0.9 twice, half of it right; 0.7 and 0.8 in bins of their own.
        let off = (2.0 * 0.4 + 0.3 + 0.2) / 4.0;
        assert!((of("calibration error").value - off).abs() < 1e-6, "{report:?}");
        assert_eq!(report.reliability.iter().map(|bin| bin.images).collect::<Vec<_>>(), [1, 1, 2]);
        assert_eq!((report.classes[1].1, report.classes[1].3), (0.5, 2));
    }

    /// SciPy 1.17, `binomtest(min(a, b), a + b).pvalue`.
    #[test]
    fn the_test_of_a_difference_is_exact() {
        for (a, b, p) in [(0, 0, 1.0), (5, 0, 0.0625), (3, 12, 0.035156), (40, 60, 0.056888), (7, 7, 1.0), (900, 1100, 8.5e-6)] {
            let found = sign_test(a, b);
            assert!((found - p).abs() < 1e-5, "{a} and {b}: {found}");
            assert_eq!(found, sign_test(b, a));
        }
        let labels = [0, 1, 0];
        let (first, second) = (judged(&labels, &[[1.0, 0.0]; 3]), judged(&labels, &[[0.0, 1.0], [0.0, 1.0], [1.0, 0.0]]));
        let comparison = compare(&first, &second);
        assert_eq!((comparison.only_first, comparison.only_second), (vec![0], vec![1]));
    }
}
