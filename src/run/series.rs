//! A growing row of numbers of which any stretch can be summed up quickly, in bounded memory however long it gets.

use std::collections::VecDeque;

/// How many values, or blocks of the level below, make a block.
const FAN: usize = 16;
/// So many values, and so many blocks of each size, are kept: the newest ones. With blocks of 256 that is the whole of
/// 16 million steps, and a column of a chart of a tenth of them has still several.
const KEPT: usize = 1 << 16;

/// Values in order, with the least, the greatest and the mean of every block of 16, 256, 4,096, … of them kept beside
/// them, so that a chart of ten million steps costs as little as one of a thousand and loses no peak.
///
/// The newest values are there one by one; of older ones only blocks are left, the larger the older they are. A
/// [lossless](Self::lossless) series keeps all.
#[derive(Clone, Debug)]
pub struct Series {
    len: usize,
    values: VecDeque<f32>,
    /// `levels[i]` has the newest full blocks of `FAN^(i + 1)` values.
    levels: Vec<VecDeque<Stat>>,
    kept: usize,
}

impl Default for Series {
    fn default() -> Self {
        Self::keeping(KEPT)
    }
}

/// A stretch of a series in three numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stat {
    /// The least value.
    pub min: f32,
    /// The greatest value.
    pub max: f32,
    mean: f32,
}

impl Stat {
    fn of(value: f32) -> Self {
        Self { min: value, max: value, mean: value }
    }

    /// The mean value.
    pub fn mean(&self) -> f32 {
        self.mean
    }
}

/// Several stretches, while they are summed up.
#[derive(Clone, Copy)]
struct Total {
    min: f32,
    max: f32,
    sum: f64,
    count: usize,
}

impl Total {
    const NONE: Self = Self { min: f32::INFINITY, max: f32::NEG_INFINITY, sum: 0.0, count: 0 };

    /// With a stretch of `count` values.
    fn and(self, stat: Stat, count: usize) -> Self {
        Self {
            min: self.min.min(stat.min),
            max: self.max.max(stat.max),
            sum: self.sum + f64::from(stat.mean) * count as f64,
            count: self.count + count,
        }
    }

    fn stat(self) -> Option<Stat> {
        let mean = (self.sum / self.count as f64) as f32;
        // Of values that are all no numbers, the least and the greatest are none.
        let of = |value: f32| if mean.is_nan() && value.is_infinite() { mean } else { value };
        (self.count > 0).then(|| Stat { min: of(self.min), max: of(self.max), mean })
    }
}

impl Series {
    /// One that keeps every value, in memory that grows with them.
    pub fn lossless() -> Self {
        Self::keeping(usize::MAX)
    }

    fn keeping(kept: usize) -> Self {
        Self { len: 0, values: VecDeque::new(), levels: Vec::new(), kept }
    }

    /// How many values there have been.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there have been none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The value at `index`, while it is there by itself.
    pub fn get(&self, index: usize) -> Option<f32> {
        self.values.get(index.checked_sub(self.len - self.values.len())?).copied()
    }

    /// The value at `index`; of what is so old that only blocks are left, the mean of the least one around it.
    pub fn about(&self, index: usize) -> Option<f32> {
        self.get(index).or_else(|| Some(self.stat(index, index + 1)?.mean()))
    }

    /// The newest value.
    pub fn last(&self) -> Option<f32> {
        self.values.back().copied()
    }

    /// Appends a value.
    pub fn push(&mut self, value: f32) {
        self.len += 1;
        append(&mut self.values, value, self.kept);
        let mut block = FAN;
        for level in 0.. {
            if !self.len.is_multiple_of(block) {
                break;
            }
            let full = match level {
                0 => newest(&self.values).fold(Total::NONE, |total, value| total.and(Stat::of(*value), 1)),
                _ => newest(&self.levels[level - 1]).fold(Total::NONE, |total, stat| total.and(*stat, 1)),
            };
            if self.levels.len() == level {
                self.levels.push(VecDeque::new());
            }
            if let Some(stat) = full.stat() {
                append(&mut self.levels[level], stat, self.kept);
            }
            block *= FAN;
        }
    }

    /// The values from `from` to before `to` in three numbers; `None` when there are none. Where they are so old that only
    /// blocks are left, the whole blocks in which the stretch begins and ends belong to it.
    pub fn stat(&self, from: usize, to: usize) -> Option<Stat> {
        let to = to.min(self.len);
        let (mut at, mut total) = (from, Total::NONE);
        while at < to {
            let (stat, start, size) = self.block(at, to)?;
            total = total.and(stat, size);
            at = start + size;
        }
        total.stat()
    }

    /// The largest block that starts at `at` and ends before `to`, or else the least one that is left around `at`; with its
    /// start and its size.
    fn block(&self, at: usize, to: usize) -> Option<(Stat, usize, usize)> {
        let mut found = self.get(at).map(|value| (Stat::of(value), at, 1));
        let mut size = 1;
        for level in &self.levels {
            size *= FAN;
            let (place, all) = (at / size, self.len / size);
            let there = place.checked_sub(all - level.len()).and_then(|place| level.get(place));
            let fits = at.is_multiple_of(size) && at + size <= to;
            if found.is_some() && !fits {
                break;
            }
            if let Some(stat) = there {
                found = Some((*stat, place * size, size));
            }
        }
        found
    }
}

/// Appends to what keeps so many.
fn append<T>(level: &mut VecDeque<T>, newest: T, kept: usize) {
    if level.len() == kept {
        level.pop_front();
    }
    level.push_back(newest);
}

/// The newest block of values, or of blocks.
fn newest<T>(level: &VecDeque<T>) -> impl Iterator<Item = &T> {
    level.range(level.len() - FAN..)
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
                prop_assert!((f64::from(stat.mean()) - mean).abs() < 1e-2);
            }
        }

        /// Whatever is left of a long series, every stretch is covered, by no more than the blocks around it.
        #[test]
        fn no_peak_is_lost_however_old_it_is(
            kept in FAN..40, count in 0usize..9000, peak in 0usize..9000, from in 0usize..9000, len in 1usize..9000,
        ) {
            let mut series = Series::keeping(kept);
            (0..count).for_each(|i| series.push(if i == peak { 9.0 } else { (i % 7) as f32 / 7.0 }));
            prop_assert!(series.values.len() <= kept && series.levels.iter().all(|level| level.len() <= kept));
            let stat = series.stat(from, from + len);
            prop_assert_eq!(stat.is_some(), from < count);
            let in_stretch = peak < count && (from..from + len).contains(&peak);
            if in_stretch {
                prop_assert_eq!(stat.map(|stat| stat.max), Some(9.0));
            }
            let whole = series.stat(0, count);
            if peak < count {
                prop_assert_eq!(whole.map(|stat| stat.max), Some(9.0));
            }
            prop_assert_eq!(series.get(count.wrapping_sub(1)).is_some(), count > 0);
        }
    }

    #[test]
    fn a_lossless_series_keeps_every_value() {
        let mut series = Series::lossless();
        (0..2 * KEPT).for_each(|i| series.push(i as f32));
        assert_eq!((series.get(0), series.get(KEPT), series.len()), (Some(0.0), Some(KEPT as f32), 2 * KEPT));
    }
}
