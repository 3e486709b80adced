//! Counts of what was taken for what, and the figures that follow from them.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Counts the images of each class that were taken for each class.
///
/// In JSON it is a list of rows, `[t][p]` for class `t` taken for class `p`; of more than [`DENSE`] classes an object with the
/// number of `classes` and the `rows` that are not empty: each the class, then pairs of what it was taken for and how often.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfusionMatrix {
    /// For each class, what its images were taken for, in order, and how often; never 0.
    rows: Vec<Vec<(u16, u64)>>,
}

/// A damaged file must not make a matrix that fills the memory.
pub const MOST_CLASSES: usize = 1_024;
/// Of more classes, most counts are 0, and are left out in JSON.
pub const DENSE: usize = 32;

impl Serialize for ConfusionMatrix {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.classes() <= DENSE {
            let classes = 0..self.classes();
            let row = |truth| classes.clone().map(|predicted| self.count(truth, predicted)).collect::<Vec<u64>>();
            return serializer.collect_seq(classes.clone().map(row));
        }
        let is_some = |(_, row): &(usize, &Vec<(u16, u64)>)| !row.is_empty();
        let flat = |(class, row): (usize, &Vec<(u16, u64)>)| {
            let pairs = row.iter().flat_map(|(predicted, count)| [u64::from(*predicted), *count]);
            std::iter::once(class as u64).chain(pairs).collect()
        };
        let rows = self.rows.iter().enumerate().filter(is_some).map(flat).collect();
        Sparse { classes: self.classes(), rows }.serialize(serializer)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sparse {
    classes: usize,
    rows: Vec<Vec<u64>>,
}

impl<'de> Deserialize<'de> for ConfusionMatrix {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Dense(Vec<Vec<u64>>),
            Sparse(Sparse),
        }
        let refused = || D::Error::custom("a confusion matrix has as many rows as columns, and at most 1,024");
        match Written::deserialize(deserializer)? {
            Written::Dense(rows) => {
                if rows.len() > MOST_CLASSES || rows.iter().any(|row| row.len() != rows.len()) {
                    return Err(refused());
                }
                let pairs = |row: Vec<u64>| (0u16..).zip(row).filter(|(_, count)| *count > 0).collect();
                Ok(Self { rows: rows.into_iter().map(pairs).collect() })
            }
            Written::Sparse(Sparse { classes, rows }) => {
                if classes > MOST_CLASSES {
                    return Err(refused());
                }
                let mut matrix = Self::new(classes);
                for row in &rows {
                    let Some((truth, pairs)) = row.split_first() else { return Err(refused()) };
                    let truth = usize::try_from(*truth).ok().filter(|truth| *truth < classes).ok_or_else(refused)?;
                    let (pairs, []) = pairs.as_chunks::<2>() else { return Err(refused()) };
                    for [predicted, count] in pairs {
                        let predicted = usize::try_from(*predicted).ok().filter(|class| *class < classes).ok_or_else(refused)?;
                        matrix.add_many(truth, predicted, *count);
                    }
                }
                Ok(matrix)
            }
        }
    }
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
        Self { rows: vec![Vec::new(); classes] }
    }

    /// The number of classes.
    pub fn classes(&self) -> usize {
        self.rows.len()
    }

    /// The count of images of class `truth` that were taken for class `predicted`; 0 for classes there are not.
    pub fn count(&self, truth: usize, predicted: usize) -> u64 {
        let Some(row) = self.rows.get(truth) else { return 0 };
        let place = row.binary_search_by_key(&predicted, |(class, _)| usize::from(*class));
        place.map_or(0, |place| row[place].1)
    }

    /// The counts that are not 0, row by row: the true class, what it was taken for, how often.
    pub fn cells(&self) -> impl Iterator<Item = (usize, usize, u64)> {
        let rows = self.rows.iter().enumerate();
        rows.flat_map(|(truth, row)| row.iter().map(move |(predicted, count)| (truth, usize::from(*predicted), *count)))
    }

    /// How often each class was what an image was taken for.
    pub fn taken(&self) -> Vec<u64> {
        let mut taken = vec![0u64; self.classes()];
        for (_, predicted, count) in self.cells() {
            taken[predicted] = taken[predicted].saturating_add(count);
        }
        taken
    }

    /// Counts one image.
    ///
    /// # Panics
    /// When either class is not below [`classes`](Self::classes).
    pub fn add(&mut self, truth: usize, predicted: usize) {
        assert!(predicted < self.classes(), "class {predicted} of {}", self.classes());
        self.add_many(truth, predicted, 1);
    }

    fn add_many(&mut self, truth: usize, predicted: usize, count: u64) {
        let row = &mut self.rows[truth];
        match row.binary_search_by_key(&predicted, |(class, _)| usize::from(*class)) {
            Ok(place) => row[place].1 = row[place].1.saturating_add(count),
            Err(place) if count > 0 => row.insert(place, (predicted as u16, count)),
            Err(_) => {}
        }
    }

    /// Adds another's counts, growing to its size where it is larger.
    pub fn merge(&mut self, other: &Self) {
        self.rows.resize(self.classes().max(other.classes()), Vec::new());
        other.cells().for_each(|(truth, predicted, count)| self.add_many(truth, predicted, count));
    }

    /// The counts as text, a line a class, with tabs between them: what spreadsheets take.
    pub fn to_table(&self) -> String {
        let classes = 0..self.classes();
        let cell = |truth, predicted| self.count(truth, predicted).to_string();
        let line = |truth| classes.clone().map(|predicted| cell(truth, predicted)).collect::<Vec<_>>().join("\t");
        classes.clone().map(line).collect::<Vec<_>>().join("\n")
    }

    /// All images counted.
    pub fn total(&self) -> u64 {
        sum(self.cells().map(|(_, _, count)| count))
    }

    /// The images of class `truth`.
    pub fn support(&self, truth: usize) -> u64 {
        self.rows.get(truth).map_or(0, |row| sum(row.iter().map(|(_, count)| *count)))
    }

    /// The part of all images that were taken for what they are; 0 without images.
    pub fn accuracy(&self) -> f64 {
        ratio(self.right(), self.total())
    }

    /// The images that were taken for what they are.
    pub fn right(&self) -> u64 {
        sum((0..self.classes()).map(|class| self.count(class, class)))
    }

    /// Within which the accuracy lies with a confidence of 95 %, were there ever more such images (Wilson 1927); `None` without
    /// images.
    pub fn accuracy_interval(&self) -> Option<[f64; 2]> {
        wilson(self.right(), self.total())
    }

    /// The figures of every class.
    pub fn per_class(&self) -> Vec<ClassFigures> {
        let classes = self.taken().into_iter().enumerate();
        classes
            .map(|(class, predicted)| {
                let right = self.count(class, class);
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

/// Within which a part lies with a confidence of 95 %, where so many of all were counted (Wilson 1927); `None` where there are none.
pub fn wilson(right: u64, all: u64) -> Option<[f64; 2]> {
    // Of the normal distribution, 95 % lie within so many deviations.
    const Z: f64 = 1.959_963_984_540_054;
    let (right, count) = (right as f64, all as f64);
    let part = right / count;
    let middle = (part + Z * Z / (2.0 * count)) / (1.0 + Z * Z / count);
    let reach = Z / (1.0 + Z * Z / count) * (part * (1.0 - part) / count + Z * Z / (4.0 * count * count)).sqrt();
    (all > 0).then(|| [(middle - reach).max(0.0), (middle + reach).min(1.0)])
}

fn sum(counts: impl Iterator<Item = u64>) -> u64 {
    counts.fold(0, u64::saturating_add)
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
            let rows = format!("[[{right}, {}], [0, 0]]", all - right);
            let matrix: ConfusionMatrix = serde_json::from_str(&rows).expect("a matrix");
            let [from, to] = matrix.accuracy_interval().expect("images");
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

    #[test]
    fn a_thousand_classes_are_as_long_as_their_images_and_not_as_their_square() {
        let mut matrix = ConfusionMatrix::new(1000);
        for (truth, predicted) in [(999, 0), (3, 3), (3, 3), (3, 998)] {
            matrix.add(truth, predicted);
        }
        let text = serde_json::to_string(&matrix).expect("JSON");
        assert_eq!(text, r#"{"classes":1000,"rows":[[3,3,2,998,1],[999,0,1]]}"#);
        assert_eq!(serde_json::from_str::<ConfusionMatrix>(&text).expect("its own form"), matrix);
        let mut small = ConfusionMatrix::new(2);
        small.add(1, 0);
        assert_eq!(serde_json::to_string(&small).expect("JSON"), "[[0,0],[1,0]]");
        assert_eq!(serde_json::from_str::<ConfusionMatrix>("[[0,0],[1,0]]").expect("its own form"), small);
        for damaged in [
            "[[1,2]]",
            r#"{"classes":1025,"rows":[]}"#,
            r#"{"classes":3,"rows":[[3,0,1]]}"#,
            r#"{"classes":3,"rows":[[0,3,1]]}"#,
            r#"{"classes":3,"rows":[[0,1]]}"#,
            r#"{"classes":3,"rows":[[]]}"#,
            r#"{"classes":3,"rows":[[-1,0,1]]}"#,
        ] {
            assert!(serde_json::from_str::<ConfusionMatrix>(damaged).is_err(), "{damaged}");
        }
    }
}
