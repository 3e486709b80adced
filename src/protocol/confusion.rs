//! Counts of what was taken for what, and the figures that follow from them.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

/// `rows[t][p]` counts the images of class `t` that were taken for class `p`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConfusionMatrix {
    #[serde(deserialize_with = "square")]
    rows: Vec<Vec<u64>>,
}

/// A damaged file must not make a matrix that fills the memory.
pub const MOST_CLASSES: usize = 1_024;

fn square<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Vec<u64>>, D::Error> {
    let rows = Vec::<Vec<u64>>::deserialize(deserializer)?;
    if rows.len() > MOST_CLASSES || rows.iter().any(|row| row.len() != rows.len()) {
        return Err(D::Error::custom("a confusion matrix has as many rows as columns, and at most 1,024"));
    }
    Ok(rows)
}

/// How well one class is told from the others. A figure whose denominator is zero is 0, as in scikit-learn.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassFigures {
    /// Of the images taken for the class, the part that are of it.
    pub precision: f64,
    /// Of the images of the class, the part that were taken for it.
    pub recall: f64,
    /// The harmonic mean of precision and recall.
    pub f1: f64,
    /// Images of the class.
    pub support: u64,
}

impl ConfusionMatrix {
    /// No images yet, of `classes` classes.
    pub fn new(classes: usize) -> Self {
        Self { rows: vec![vec![0; classes]; classes] }
    }

    /// The number of classes.
    pub fn classes(&self) -> usize {
        self.rows.len()
    }

    /// The count of images of class `truth` that were taken for class `predicted`; 0 for classes there are not.
    pub fn count(&self, truth: usize, predicted: usize) -> u64 {
        self.rows.get(truth).and_then(|row| row.get(predicted)).copied().unwrap_or(0)
    }

    /// Counts one image.
    ///
    /// # Panics
    /// When either class is not below [`classes`](Self::classes).
    pub fn add(&mut self, truth: usize, predicted: usize) {
        self.rows[truth][predicted] += 1;
    }

    /// Adds another's counts, growing to its size where it is larger.
    pub fn merge(&mut self, other: &Self) {
        let classes = self.classes().max(other.classes());
        self.rows.resize(classes, Vec::new());
        for row in &mut self.rows {
            row.resize(classes, 0);
        }
        for (mine, theirs) in self.rows.iter_mut().zip(&other.rows) {
            for (a, b) in mine.iter_mut().zip(theirs) {
                *a = a.saturating_add(*b);
            }
        }
    }

    /// The counts as text, a line a class, with tabs between them: what spreadsheets take.
    pub fn to_table(&self) -> String {
        let line = |row: &Vec<u64>| row.iter().map(u64::to_string).collect::<Vec<_>>().join("\t");
        self.rows.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// All images counted.
    pub fn total(&self) -> u64 {
        sum(self.rows.iter().flatten())
    }

    /// The images of class `truth`.
    pub fn support(&self, truth: usize) -> u64 {
        self.rows.get(truth).map_or(0, sum)
    }

    /// The part of all images that were taken for what they are; 0 without images.
    pub fn accuracy(&self) -> f64 {
        ratio(self.right(), self.total())
    }

    /// The images that were taken for what they are.
    pub fn right(&self) -> u64 {
        (0..self.classes()).map(|class| self.count(class, class)).fold(0, u64::saturating_add)
    }

    /// Within which the accuracy lies with a confidence of 95 %, were there ever more such images (Wilson 1927); `None` without
    /// images.
    pub fn accuracy_interval(&self) -> Option<[f64; 2]> {
        let (right, all) = (self.right() as f64, self.total() as f64);
        // Of the normal distribution, 95 % lie within so many deviations.
        const Z: f64 = 1.959_963_984_540_054;
        let part = right / all;
        let middle = (part + Z * Z / (2.0 * all)) / (1.0 + Z * Z / all);
        let reach = Z / (1.0 + Z * Z / all) * (part * (1.0 - part) / all + Z * Z / (4.0 * all * all)).sqrt();
        (all > 0.0).then(|| [(middle - reach).max(0.0), (middle + reach).min(1.0)])
    }

    /// The figures of every class.
    pub fn per_class(&self) -> Vec<ClassFigures> {
        (0..self.classes())
            .map(|class| {
                let right = self.count(class, class);
                let predicted = (0..self.classes()).map(|truth| self.count(truth, class)).fold(0, u64::saturating_add);
                let support = self.support(class);
                let (precision, recall) = (ratio(right, predicted), ratio(right, support));
                let f1 = ratio(right.saturating_mul(2), predicted.saturating_add(support));
                ClassFigures { precision, recall, f1, support }
            })
            .collect()
    }

    /// The unweighted means over the classes: precision, recall, F1.
    pub fn macro_averages(&self) -> (f64, f64, f64) {
        let figures = self.per_class();
        let mean = |pick: fn(&ClassFigures) -> f64| figures.iter().map(pick).sum::<f64>() / figures.len().max(1) as f64;
        (mean(|f| f.precision), mean(|f| f.recall), mean(|f| f.f1))
    }
}

fn sum<'a>(counts: impl IntoIterator<Item = &'a u64>) -> u64 {
    counts.into_iter().copied().fold(0, u64::saturating_add)
}

fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// scikit-learn 1.x, `precision_recall_fscore_support(y, p, labels=[0,1,2,3], zero_division=0)` on
    /// y = [0,0,0,1,1,2,2,2,2], p = [0,0,1,1,0,2,2,1,0]: class 3 has neither images nor predictions.
    #[test]
    fn figures_agree_with_scikit_learn() {
        let mut matrix = ConfusionMatrix::new(4);
        for (t, p) in [(0, 0), (0, 0), (0, 1), (1, 1), (1, 0), (2, 2), (2, 2), (2, 1), (2, 0)] {
            matrix.add(t, p);
        }
        let expected =
            [(0.5, 0.6666666667, 0.5714285714, 3), (0.3333333333, 0.5, 0.4, 2), (1.0, 0.5, 0.6666666667, 4), (0.0, 0.0, 0.0, 0)];
        for (figures, (precision, recall, f1, support)) in matrix.per_class().iter().zip(expected) {
            assert!((figures.precision - precision).abs() < 1e-9, "{figures:?}");
            assert!((figures.recall - recall).abs() < 1e-9, "{figures:?}");
            assert!((figures.f1 - f1).abs() < 1e-9, "{figures:?}");
            assert_eq!(figures.support, support);
        }
        assert!((matrix.accuracy() - 5.0 / 9.0).abs() < 1e-12);
        let (precision, recall, f1) = matrix.macro_averages();
        assert!(
            (precision - 0.4583333333).abs() < 1e-9 && (recall - 0.4166666667).abs() < 1e-9 && (f1 - 0.4095238095).abs() < 1e-9
        );
    }

    /// SciPy 1.17, `binomtest(right, all).proportion_ci(method="wilson")`.
    #[test]
    fn intervals_are_those_of_wilson() {
        for (right, all, low, high) in
            [(192, 195, 0.955752, 0.994754), (5, 10, 0.236593, 0.763407), (10, 10, 0.722467, 1.0), (0, 10, 0.0, 0.277533)]
        {
            let rows = vec![vec![right, all - right], vec![0, 0]];
            let [from, to] = ConfusionMatrix { rows }.accuracy_interval().expect("images");
            assert!((from - low).abs() < 1e-5 && (to - high).abs() < 1e-5, "{right} of {all}: {from} to {to}");
        }
        assert_eq!(ConfusionMatrix::new(2).accuracy_interval(), None);
    }

    #[test]
    fn merging_grows_to_the_larger() {
        let mut small = ConfusionMatrix::new(1);
        small.add(0, 0);
        let mut large = ConfusionMatrix::new(3);
        large.add(2, 1);
        small.merge(&large);
        assert_eq!((small.classes(), small.count(0, 0), small.count(2, 1), small.total()), (3, 1, 1, 2));
    }
}
