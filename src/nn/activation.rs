//! Activations and sums on plain slices: for results that never become tensors.

use pulp::{Arch, Simd};

use crate::protocol::Activation;

/// Applies the function to each value.
#[pulp::with_simd(apply = Arch::new())]
#[inline(always)]
pub(super) fn apply_with<'a, S: Simd>(_: S, activation: &'a Activation, values: &'a mut [f32]) {
    match activation {
        // Not `max`, which would make 0 of what is not a number.
        Activation::Relu => values.iter_mut().for_each(|v| *v = if *v < 0.0 { 0.0 } else { *v }),
        Activation::Sigmoid => values.iter_mut().for_each(|v| *v = 1.0 / (1.0 + (-*v).exp())),
        Activation::Tanh => values.iter_mut().for_each(|v| *v = v.tanh()),
        Activation::None => {}
    }
}

/// Multiplies each gradient by the function's derivative, which for all of them follows from its result.
#[pulp::with_simd(multiply_derivative = Arch::new())]
#[inline(always)]
pub(super) fn multiply_derivative_with<'a, S: Simd>(_: S, activation: Activation, results: &'a [f32], gradients: &'a mut [f32]) {
    let pairs = gradients.iter_mut().zip(results);
    match activation {
        Activation::Relu => pairs.for_each(|(g, y)| *g = if *y > 0.0 { *g } else { 0.0 }),
        Activation::Sigmoid => pairs.for_each(|(g, y)| *g *= y * (1.0 - y)),
        Activation::Tanh => pairs.for_each(|(g, y)| *g *= 1.0 - y * y),
        Activation::None => {}
    }
}

/// Adds each row of `rows` to `sum`.
#[pulp::with_simd(add_rows = Arch::new())]
#[inline(always)]
pub(super) fn add_rows_with<'a, S: Simd>(_: S, rows: &'a [f32], sum: &'a mut [f32]) {
    for row in rows.chunks_exact(sum.len()) {
        sum.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
    }
}

/// Adds `weight` times `values` to `sum`.
#[pulp::with_simd(add_scaled = Arch::new())]
#[inline(always)]
pub(super) fn add_scaled_with<'a, S: Simd>(_: S, weight: f32, values: &'a [f32], sum: &'a mut [f32]) {
    sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += weight * value);
}
