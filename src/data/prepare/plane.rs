//! One value for each pixel, and what is computed of many at once: means, closings, distances.

use std::collections::VecDeque;

/// One value for each pixel, row by row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Plane {
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
    /// The values.
    pub values: Vec<f32>,
}

impl Plane {
    /// Bytes as values from 0 to 1.
    pub fn of_bytes(bytes: &[u8], [height, width]: [usize; 2]) -> Self {
        Self { height, width, values: bytes.iter().map(|byte| f32::from(*byte) / 255.0).collect() }
    }

    /// Values from 0 to 1 as bytes.
    pub fn bytes(&self) -> Vec<u8> {
        self.values.iter().map(|value| (value.clamp(0.0, 1.0) * 255.0).round() as u8).collect()
    }

    /// Each value as `change` has it.
    pub fn map(&self, change: impl Fn(f32) -> f32) -> Self {
        self.with(self.values.iter().map(|value| change(*value)).collect())
    }

    /// Each value and that of another plane of this size as `join` has them.
    pub fn zip(&self, other: &Self, join: impl Fn(f32, f32) -> f32) -> Self {
        self.with(self.values.iter().zip(&other.values).map(|(a, b)| join(*a, *b)).collect())
    }

    /// A plane of this size with other values.
    pub fn with(&self, values: Vec<f32>) -> Self {
        Self { height: self.height, width: self.width, values }
    }

    /// The value at a place; 0 outside.
    pub fn at(&self, row: isize, column: isize) -> f32 {
        let inside = |at: isize, length: usize| usize::try_from(at).ok().filter(|at| *at < length);
        match (inside(row, self.height), inside(column, self.width)) {
            (Some(row), Some(column)) => self.values[row * self.width + column],
            _ => 0.0,
        }
    }

    /// Rows and columns exchanged.
    pub fn transposed(&self) -> Self {
        let values = (0..self.values.len()).map(|at| self.values[at % self.height * self.width + at / self.height]).collect();
        Self { height: self.width, width: self.height, values }
    }

    /// The value that this part of all are not above.
    pub fn quantile(&self, part: f64) -> f32 {
        quantile(&mut self.values.clone(), part)
    }

    /// For each pixel the mean of those up to `radius` away in both directions, as far as there are any.
    pub fn mean(&self, radius: usize) -> Self {
        self.each_row(|row, out| running_mean(row, radius, out))
            .transposed()
            .each_row(|row, out| running_mean(row, radius, out))
            .transposed()
    }

    /// For each pixel the greatest of those up to `radius` away in both directions.
    pub fn greatest(&self, radius: usize) -> Self {
        self.each_row(|row, out| running_greatest(row, radius, out))
            .transposed()
            .each_row(|row, out| running_greatest(row, radius, out))
            .transposed()
    }

    /// Dark places filled that a square of side `2 × radius + 1` does not fit in.
    pub fn closed(&self, radius: usize) -> Self {
        self.greatest(radius).map(|value| -value).greatest(radius).map(|value| -value)
    }

    /// For each pixel how far the nearest is that `is_meant` says yes to; 0 for these.
    pub fn distances(&self, is_meant: impl Fn(f32) -> bool) -> Self {
        let far = ((self.height + self.width) * (self.height + self.width)) as f32;
        let squares = self.map(|value| if is_meant(value) { 0.0 } else { far });
        let along = squares.each_row(parabolas).transposed().each_row(parabolas).transposed();
        along.map(f32::sqrt)
    }

    fn each_row(&self, change: impl Fn(&[f32], &mut [f32])) -> Self {
        let mut values = vec![0.0; self.values.len()];
        let rows = self.values.chunks_exact(self.width.max(1)).zip(values.chunks_exact_mut(self.width.max(1)));
        rows.for_each(|(row, out)| change(row, out));
        self.with(values)
    }
}

/// The value that this part of all are not above; 0 of none. Their order is lost.
pub(super) fn quantile(values: &mut [f32], part: f64) -> f32 {
    let Some(last) = values.len().checked_sub(1) else { return 0.0 };
    *values.select_nth_unstable_by((last as f64 * part).round() as usize, f32::total_cmp).1
}

fn running_mean(row: &[f32], radius: usize, out: &mut [f32]) {
    let mut sums = Vec::with_capacity(row.len() + 1);
    sums.push(0.0f64);
    row.iter().for_each(|value| sums.push(sums[sums.len() - 1] + f64::from(*value)));
    for (at, out) in out.iter_mut().enumerate() {
        let (from, until) = (at.saturating_sub(radius), (at + radius + 1).min(row.len()));
        *out = ((sums[until] - sums[from]) / (until - from) as f64) as f32;
    }
}

fn running_greatest(row: &[f32], radius: usize, out: &mut [f32]) {
    // Places whose values fall: the first is the greatest of those within reach.
    let mut falling: VecDeque<usize> = VecDeque::new();
    for next in 0..row.len() + radius {
        if let Some(value) = row.get(next) {
            while falling.back().is_some_and(|at| row[*at] <= *value) {
                falling.pop_back();
            }
            falling.push_back(next);
        }
        let Some(at) = next.checked_sub(radius) else { continue };
        while falling.front().is_some_and(|first| first + radius < at) {
            falling.pop_front();
        }
        out[at] = falling.front().map_or(0.0, |first| row[*first]);
    }
}

/// The lower envelope of parabolas that stand on the values (Felzenszwalb & Huttenlocher 2012).
fn parabolas(row: &[f32], out: &mut [f32]) {
    let crossing = |a: usize, b: usize| {
        let (x, y) = (a as f32, b as f32);
        ((row[b] + y * y) - (row[a] + x * x)) / (2.0 * (y - x))
    };
    let mut lowest: Vec<(usize, f32)> = Vec::with_capacity(row.len());
    for at in 0..row.len() {
        let mut from = f32::NEG_INFINITY;
        while let Some((last, start)) = lowest.last().copied() {
            from = crossing(last, at);
            if from > start {
                break;
            }
            lowest.pop();
            from = f32::NEG_INFINITY;
        }
        lowest.push((at, from));
    }
    let mut current = 0;
    for (at, out) in out.iter_mut().enumerate() {
        while lowest.get(current + 1).is_some_and(|(_, from)| *from <= at as f32) {
            current += 1;
        }
        let foot = lowest[current].0;
        let away = at as f32 - foot as f32;
        *out = away * away + row[foot];
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn quick_ways_give_what_plain_loops_do(
            height in 1usize..9, width in 1usize..9, radius in 0usize..5, seed in prop::collection::vec(0u8..=255, 64),
        ) {
            let plane = Plane::of_bytes(&seed[..height * width], [height, width]);
            let near = |at: usize| {
                let (row, column) = (at / width, at % width);
                let others = (0..height * width).filter(move |o| (o / width).abs_diff(row) <= radius && (o % width).abs_diff(column) <= radius);
                others.map(|other| plane.values[other]).collect::<Vec<f32>>()
            };
            let (mean, greatest, distances) = (plane.mean(radius), plane.greatest(radius), plane.distances(|value| value > 0.7));
            for at in 0..height * width {
                let values = near(at);
                prop_assert!((mean.values[at] - values.iter().sum::<f32>() / values.len() as f32).abs() < 1e-5);
                prop_assert_eq!(greatest.values[at], values.iter().copied().fold(0.0, f32::max));
                let away = |other: usize| {
                    let (down, across) = ((other / width).abs_diff(at / width), (other % width).abs_diff(at % width));
                    ((down * down + across * across) as f32).sqrt()
                };
                let nearest = (0..height * width).filter(|other| plane.values[*other] > 0.7).map(away).fold(f32::INFINITY, f32::min);
                prop_assert!(nearest.is_infinite() || (distances.values[at] - nearest).abs() < 1e-3);
            }
            prop_assert_eq!(plane.transposed().transposed(), plane);
        }
    }
}
