//! Sums over any rectangle of a plane, each in a few steps.

/// Sums over every part of a plane that begins in its corner: of the values, of these times row and column, and of their squares.
pub(super) struct Sums {
    width: usize,
    sums: Vec<[f64; 4]>,
}

impl Sums {
    pub fn of([height, width]: [usize; 2], value: impl Fn(usize) -> f32) -> Self {
        let wide = width + 1;
        let mut sums = vec![[0.0; 4]; (height + 1) * wide];
        for row in 0..height {
            let mut line = [0.0; 4];
            for column in 0..width {
                let value = f64::from(value(row * width + column));
                let parts = [value, value * (row as f64 + 0.5), value * (column as f64 + 0.5), value * value];
                line.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
                let above = sums[row * wide + column + 1];
                sums[(row + 1) * wide + column + 1] = [0, 1, 2, 3].map(|part| above[part] + line[part]);
            }
        }
        Self { width: wide, sums }
    }

    /// Those of the part that begins at a place and has this size.
    pub fn of_part(&self, [row, column]: [usize; 2], [high, wide]: [usize; 2]) -> [f64; 4] {
        let at = |row: usize, column: usize| &self.sums[row * self.width + column];
        let (a, b, c, d) = (at(row, column), at(row, column + wide), at(row + high, column), at(row + high, column + wide));
        [0, 1, 2, 3].map(|part| d[part] - b[part] - c[part] + a[part])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_of_parts_are_those_of_a_plain_loop() {
        let (size, value) = ([7, 5], |at: usize| (at * 37 % 11) as f32 / 10.0);
        let sums = Sums::of(size, value);
        for (row, column, high, wide) in [(0, 0, 7, 5), (2, 1, 3, 4), (6, 4, 1, 1), (3, 3, 0, 2)] {
            let mut expected = [0.0; 4];
            for (y, x) in (row..row + high).flat_map(|y| (column..column + wide).map(move |x| (y, x))) {
                let value = f64::from(value(y * size[1] + x));
                let parts = [value, value * (y as f64 + 0.5), value * (x as f64 + 0.5), value * value];
                expected.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
            }
            let found = sums.of_part([row, column], [high, wide]);
            assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9), "{found:?} {expected:?}");
        }
    }
}
