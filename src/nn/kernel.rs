//! The one inner loop behind convolution: a matrix product whose rows may lie anywhere.
//!
//! Convolution over `[height, width, channels]` images is a product of patches with filters. Gathering the patches
//! into a matrix first (im2col) writes and reads each pixel k² times; naming their addresses instead costs nothing
//! (the *indirect convolution algorithm*, Dukhan 2019, <https://arxiv.org/abs/1907.02129>). All three passes of a
//! convolution (forward, towards the weights, towards the input) are this product with other addresses.
//!
//! Each element of the result is one chain of fused multiply-adds in the order of `runs`, so it does not depend on
//! how the rows are cut into tiles or on the width of the processor's vectors.

use pulp::{Arch, Simd, WithSimd};

/// Consecutive terms of the sums: `len` elements of a row, against `len` rows of `b`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Where the elements start, counted from the row's start.
    pub a: u32,
    /// Where the first row of `b` starts.
    pub b: u32,
    /// How many terms.
    pub len: u32,
}

/// `c[c_rows[i] + j] ← start + Σ_runs Σ_k a[a_rows[i] + run.a + k · a_step] · b[run.b + k · b_step + j]`
/// for each row i and each column j below `columns`.
#[derive(Clone, Copy, Debug)]
pub struct Product<'a> {
    /// Where rows are taken from.
    pub a: &'a [f32],
    /// Where each row starts in `a`.
    pub a_rows: &'a [u32],
    /// From one element of a run to the next.
    pub a_step: usize,
    /// The other matrix; its columns are contiguous.
    pub b: &'a [f32],
    /// From one row of `b` to the next.
    pub b_step: usize,
    /// The terms of the sums.
    pub runs: &'a [Run],
    /// The width of the result.
    pub columns: usize,
}

/// What the sums start from.
#[derive(Clone, Copy, Debug)]
pub enum Start<'a> {
    /// The same row of values for each row of the result: a bias.
    Row(&'a [f32]),
    /// What is in the result already.
    Result,
}

impl Product<'_> {
    /// Computes the product into `c`, whose rows start at `c_rows` and must not overlap.
    ///
    /// # Panics
    /// When any address lies outside its slice, or the row lists differ in length.
    pub fn compute(&self, start: Start, c: &mut [f32], c_rows: &[u32]) {
        self.check(start, c.len(), c_rows);
        Arch::new().dispatch(Tiles { product: self, start, c, c_rows });
    }

    /// Refuses addresses outside the slices. Those of `a` and of `b` are formed for runs that are not empty only.
    fn check(&self, start: Start, c_len: usize, c_rows: &[u32]) {
        /// Whether `width` values from `steps` steps behind the start lie within the first `len`.
        fn is_inside(start: [u32; 2], (steps, step): (usize, usize), width: usize, len: usize) -> bool {
            let end = || {
                let start = (start[0] as usize).checked_add(start[1] as usize)?;
                steps.checked_mul(step)?.checked_add(start)?.checked_add(width)
            };
            end().is_some_and(|end| end <= len)
        }
        assert_eq!(self.a_rows.len(), c_rows.len(), "one row of the result for each row");
        let (Some(last_a), Some(last_c)) = (self.a_rows.iter().max(), c_rows.iter().max()) else { return };
        assert!(is_inside([*last_c, 0], (0, 0), self.columns, c_len), "a row of the result lies outside");
        for run in self.runs.iter().filter(|run| run.len > 0) {
            let steps = run.len as usize - 1;
            assert!(is_inside([*last_a, run.a], (steps, self.a_step), 1, self.a.len()), "a row lies outside");
            assert!(is_inside([run.b, 0], (steps, self.b_step), self.columns, self.b.len()), "a run lies outside");
        }
        if let Start::Row(row) = start {
            assert!(row.len() >= self.columns, "the starting row is too short");
        }
    }
}

/// The product cut into tiles that fit the processor's registers. Addresses have been checked.
struct Tiles<'a, 'p> {
    product: &'a Product<'p>,
    start: Start<'a>,
    c: &'a mut [f32],
    c_rows: &'a [u32],
}

impl WithSimd for Tiles<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        // AVX-512 has 32 registers, so 6 × 4 sums and a row of b fit; narrower instruction sets have 16.
        let widest = if S::F32_LANES >= 16 { 4 } else { 2 };
        let mut column = 0;
        while column < self.product.columns {
            let vectors = (self.product.columns - column).div_ceil(S::F32_LANES).min(widest);
            match vectors {
                1 => self.rows::<S, 12, 1>(simd, column),
                2 if widest == 4 => self.rows::<S, 12, 2>(simd, column),
                2 => self.rows::<S, 6, 2>(simd, column),
                3 => self.rows::<S, 8, 3>(simd, column),
                _ => self.rows::<S, 6, 4>(simd, column),
            }
            column += vectors * S::F32_LANES;
        }
    }
}

impl<'a, 'p> Tiles<'a, 'p> {
    /// All rows of `V` vectors of columns from `column` on, `P` at a time.
    #[inline(always)]
    fn rows<S: Simd, const P: usize, const V: usize>(&mut self, simd: S, column: usize) {
        let rows = self.c_rows.len();
        let mut row = 0;
        while row < rows {
            let size = match rows - row {
                left if left >= P => P,
                left if left >= 4 => 4,
                _ => 1,
            };
            if size == P {
                simd.vectorize(Tile::<'_, 'a, 'p, P, V> { tiles: self, row, column });
            } else if size == 4 {
                simd.vectorize(Tile::<'_, 'a, 'p, 4, V> { tiles: self, row, column });
            } else {
                simd.vectorize(Tile::<'_, 'a, 'p, 1, V> { tiles: self, row, column });
            }
            row += size;
        }
    }
}

/// `P` rows by `V` vectors of the result, summed in registers.
struct Tile<'t, 'a, 'p, const P: usize, const V: usize> {
    tiles: &'t mut Tiles<'a, 'p>,
    row: usize,
    column: usize,
}

impl<const P: usize, const V: usize> WithSimd for Tile<'_, '_, '_, P, V> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { tiles: Tiles { product, start, c, c_rows }, row, column } = self;
        let lanes = S::F32_LANES;
        let last = product.columns - column - (V - 1) * lanes;
        let whole = last >= lanes;
        let mask = simd.mask_between_m32s(0, last.min(lanes) as u32);
        // SAFETY: `Product::check` has looked at every address that is formed below, without overflow: the rows of `c`, and
        // those of `a` and `b` along each run that is not empty (`wrapping_add` where a row is named before its runs are
        // looked at, and behind the last row of a run). Vectors that reach past the last column are masked. All pointers into
        // `c` come from one borrow, and nothing else reaches `c` while they are used.
        unsafe {
            let load = |at: *const f32, v: usize| {
                let at = at.add(v * lanes);
                if v + 1 < V || whole { at.cast::<S::f32s>().read_unaligned() } else { simd.mask_load_ptr_f32s(mask, at) }
            };
            let a = product.a.as_ptr();
            let a_rows: [*const f32; P] =
                std::array::from_fn(|p| a.wrapping_add(*product.a_rows.get_unchecked(row + p) as usize));
            let c = c.as_mut_ptr();
            let c_rows: [*mut f32; P] = std::array::from_fn(|p| c.add(*c_rows.get_unchecked(row + p) as usize + column));
            let mut sums: [[S::f32s; V]; P] = match start {
                Start::Row(values) => {
                    let values: [S::f32s; V] = std::array::from_fn(|v| load(values.as_ptr().add(column), v));
                    [values; P]
                }
                Start::Result => std::array::from_fn(|p| std::array::from_fn(|v| load(c_rows[p], v))),
            };
            for run in product.runs.iter().filter(|run| run.len > 0) {
                let mut a_at = run.a as usize;
                let mut b_at = product.b.as_ptr().add(run.b as usize + column);
                for _ in 0..run.len {
                    let b: [S::f32s; V] = std::array::from_fn(|v| load(b_at, v));
                    for (a_row, sums) in a_rows.iter().zip(&mut sums) {
                        let a = simd.splat_f32s(*a_row.add(a_at));
                        for (b, sum) in b.iter().zip(sums) {
                            *sum = simd.mul_add_e_f32s(a, *b, *sum);
                        }
                    }
                    a_at += product.a_step;
                    b_at = b_at.wrapping_add(product.b_step);
                }
            }
            for (c_row, sums) in c_rows.into_iter().zip(sums) {
                for (v, sum) in sums.into_iter().enumerate() {
                    let at = c_row.add(v * lanes);
                    if v + 1 < V || whole {
                        at.cast::<S::f32s>().write_unaligned(sum);
                    } else {
                        simd.mask_store_ptr_f32s(mask, at, sum);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;
    use proptest::prelude::*;

    fn naive(product: &Product, start: Start, c: &mut [f32], c_rows: &[u32]) {
        for (a_row, c_row) in product.a_rows.iter().zip(c_rows) {
            for j in 0..product.columns {
                let at = *c_row as usize + j;
                let mut sum = match start {
                    Start::Row(row) => row[j],
                    Start::Result => c[at],
                };
                for run in product.runs.iter().filter(|run| run.len > 0) {
                    for k in 0..run.len as usize {
                        let a = product.a[(*a_row + run.a) as usize + k * product.a_step];
                        sum = a.mul_add(product.b[run.b as usize + k * product.b_step + j], sum);
                    }
                }
                c[at] = sum;
            }
        }
    }

    /// Rows of a and of the result, steps in a and b, the run, the columns of the starting row, why it is refused.
    type Case<'a> = (&'a [u32], &'a [u32], usize, usize, [Run; 1], usize, Option<&'a str>);

    /// What was asked for lies outside its slice, by one value or by more than can be counted.
    #[test]
    fn addresses_outside_are_refused() {
        let (values, far) = (vec![1.0; 40], u32::MAX);
        let product = |a_rows, a_step, b_step, runs| Product { a: &values, a_rows, a_step, b: &values, b_step, runs, columns: 4 };
        let run = |a, b, len| [Run { a, b, len }];
        let cases: [Case; 12] = [
            (&[0, 30], &[0, 36], 1, 4, run(0, 0, 10), 4, None),
            (&[0, 31], &[0, 36], 1, 4, run(0, 0, 10), 4, Some("a row lies outside")),
            (&[0, 30], &[0, 37], 1, 4, run(0, 0, 10), 4, Some("a row of the result lies outside")),
            (&[0, 30], &[0, 36], 1, 4, run(0, 1, 10), 4, Some("a run lies outside")),
            (&[0, 30], &[0, 36], 1, 4, run(0, 0, 10), 3, Some("the starting row is too short")),
            (&[0, 30], &[0], 1, 4, run(0, 0, 10), 4, Some("one row of the result for each row")),
            (&[0, 30], &[0, far], 1, 4, run(0, 0, 10), 4, Some("a row of the result lies outside")),
            (&[0, 30], &[0, 36], usize::MAX, 4, run(0, 0, 3), 4, Some("a row lies outside")),
            (&[0, 30], &[0, 36], usize::MAX / 2 + 1, 4, run(0, 0, 3), 4, Some("a row lies outside")),
            (&[0, 30], &[0, 36], 1, usize::MAX / 2 + 1, run(0, 0, 3), 4, Some("a run lies outside")),
            // A run without terms reads nothing, wherever it and its rows are.
            (&[far, 30], &[0, 36], usize::MAX, usize::MAX, run(far, far, 0), 4, None),
            (&[], &[], 1, 4, run(far, far, 3), 0, None),
        ];
        for (a_rows, c_rows, a_step, b_step, runs, start, refusal) in &cases {
            let (row, mut c) = (vec![0.5; *start], vec![0.0; 40]);
            let product = product(a_rows, *a_step, *b_step, runs);
            let computed = catch_unwind(AssertUnwindSafe(|| product.compute(Start::Row(&row), &mut c, c_rows)));
            let refused = computed.err().map(|panic| {
                panic.downcast_ref::<String>().cloned().or(panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
            });
            match (refused, refusal) {
                (None, None) => {}
                (Some(Some(text)), Some(expected)) => assert!(text.contains(expected), "{text} for {product:?}"),
                (refused, _) => panic!("{refused:?} in the place of {refusal:?} for {product:?}"),
            }
        }
    }

    proptest! {
        // Miri takes half a minute and more for each.
        #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 4 } else { 200 }))]
        /// Bit for bit, for every width and number of rows: tiles and vectors change nothing.
        #[test]
        fn agrees_with_three_loops(
            rows in 1usize..40, columns in 1usize..150, len in 0usize..20, a_step in 1usize..4, add: bool, seed in 0u32..1000,
        ) {
            // Without vectors multiply-adds round twice; whole numbers are never rounded.
            let whole = |i: usize| ((i + seed as usize) % 13) as f32 - 6.0;
            let value = |i: usize| if cfg!(miri) { whole(i) } else { ((i as f32 + seed as f32) * 0.7123).sin() };
            let a: Vec<f32> = (0..rows * 7 + 200).map(value).collect();
            let b: Vec<f32> = (0..(2 * len + 1) * columns).map(|i| value(i * 3)).collect();
            let a_rows: Vec<u32> = (0..rows as u32).map(|i| i * 7 % 61).collect();
            let c_rows: Vec<u32> = (0..rows).map(|i| (i * (columns + 1)) as u32).collect();
            let runs = [
                Run { a: 3, b: 0, len: len as u32 },
                Run { a: 11, b: (len * columns) as u32, len: len as u32 },
            ];
            let product = Product { a: &a, a_rows: &a_rows, a_step, b: &b, b_step: columns, runs: &runs, columns };
            let row: Vec<f32> = (0..columns).map(value).collect();
            let start = if add { Start::Result } else { Start::Row(&row) };
            let mut ours: Vec<f32> = (0..rows * (columns + 1)).map(value).collect();
            let mut theirs = ours.clone();
            product.compute(start, &mut ours, &c_rows);
            naive(&product, start, &mut theirs, &c_rows);
            prop_assert_eq!(ours, theirs);
        }
    }
}
