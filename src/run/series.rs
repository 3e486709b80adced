//! A growing row of numbers of which any stretch can be summed up quickly, however long it gets.

/// How many values, or blocks of the level below, make a block.
const FAN: usize = 16;

/// Values in order, with the least, the greatest and the sum of every block of 16, 256, 4,096, … of them kept beside
/// them, so that a chart of a million steps costs as little as one of a thousand and loses no peak.
#[derive(Clone, Debug, Default)]
pub struct Series {
    values: Vec<f32>,
    /// `levels[i]` has one entry for each full block of `FAN^(i + 1)` values.
    levels: Vec<Vec<Stat>>,
}

/// A stretch of a series in three numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stat {
    /// The least value.
    pub min: f32,
    /// The greatest value.
    pub max: f32,
    sum: f64,
    count: usize,
}

impl Stat {
    fn of(value: f32) -> Self {
        Self { min: value, max: value, sum: value.into(), count: 1 }
    }

    fn and(self, other: Self) -> Self {
        Self {
            min: self.min.min(other.min),
            max: self.max.max(other.max),
            sum: self.sum + other.sum,
            count: self.count + other.count,
        }
    }

    /// The mean value.
    pub fn mean(&self) -> f32 {
        (self.sum / self.count as f64) as f32
    }
}

impl Series {
    /// How many values there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The value at `index`.
    pub fn get(&self, index: usize) -> Option<f32> {
        self.values.get(index).copied()
    }

    /// The newest value.
    pub fn last(&self) -> Option<f32> {
        self.values.last().copied()
    }

    /// Appends a value.
    pub fn push(&mut self, value: f32) {
        self.values.push(value);
        let mut block = FAN;
        for level in 0.. {
            if !self.values.len().is_multiple_of(block) {
                break;
            }
            let stat = match level {
                0 => self.values[self.values.len() - FAN..].iter().map(|v| Stat::of(*v)).reduce(Stat::and),
                _ => {
                    let below = &self.levels[level - 1];
                    below[below.len() - FAN..].iter().copied().reduce(Stat::and)
                }
            };
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            self.levels[level].extend(stat);
            block *= FAN;
        }
    }

    /// The values from `from` to before `to` in three numbers; `None` when there are none.
    pub fn stat(&self, from: usize, to: usize) -> Option<Stat> {
        let to = to.min(self.values.len());
        let mut at = from;
        let mut total: Option<Stat> = None;
        while at < to {
            // The largest full block that starts here and ends in the stretch.
            let (mut size, mut found) = (1, Stat::of(self.values[at]));
            for level in &self.levels {
                let block = size * FAN;
                if !at.is_multiple_of(block) || at + block > to {
                    break;
                }
                (size, found) = (block, level[at / block]);
            }
            total = Some(total.map_or(found, |t| t.and(found)));
            at += size;
        }
        total
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_stretch_is_summed_up_like_a_plain_fold(
            values in proptest::collection::vec(-1e3f32..1e3, 0..2000), from in 0usize..2100, len in 0usize..2100,
        ) {
            let mut series = Series::default();
            values.iter().for_each(|v| series.push(*v));
            let plain = values.get(from.min(values.len())..(from + len).min(values.len())).filter(|v| !v.is_empty());
            let stat = series.stat(from, from + len);
            prop_assert_eq!(stat.is_some(), plain.is_some());
            if let (Some(stat), Some(plain)) = (stat, plain) {
                prop_assert_eq!(stat.min, plain.iter().copied().fold(f32::INFINITY, f32::min));
                prop_assert_eq!(stat.max, plain.iter().copied().fold(f32::NEG_INFINITY, f32::max));
                let mean = plain.iter().map(|v| f64::from(*v)).sum::<f64>() / plain.len() as f64;
                prop_assert!((f64::from(stat.mean()) - mean).abs() < 1e-3);
            }
        }
    }
}
