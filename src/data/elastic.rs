//! Elastic deformation: a smooth random field that says for each pixel how far to look beside it.

use rand_chacha::ChaCha8Rng;

use super::random::even;

/// The image is divided into so many cells along each axis.
const CELLS: usize = 4;
/// A cubic B-spline reaches one node beyond the cells on one side and two on the other.
const NODES: usize = CELLS + 3;
/// The greatest displacement of a node that makes the root mean square of the field 1. Even draws from ±a have the
/// variance a² / 3, and along each axis the spline keeps the mean of the sum of its squared weights, 151 / 315, of it.
const NODE_REACH: f32 = 1.732_050_8 * 315.0 / 151.0;

/// A smooth random field of displacements over an image.
///
/// Simard, Steinkraus & Platt (2003) draw a displacement for every pixel and blur them with a Gaussian of σ = 4 pixels.
/// Here only the nodes of a coarse grid are drawn, a quarter of the image apart, and cubic B-splines go between them
/// (the free-form deformation of Rueckert et al. 1999). Over 28 pixels, nodes are 7 apart and the spline is as wide as
/// that Gaussian, with a standard deviation of 7 / √3 = 4.04 pixels, for a hundredth of the work.
pub(super) struct Elastic {
    /// Displacements along x and y, by row and column of the grid, in pixels.
    nodes: [[[f32; NODES]; NODES]; 2],
    /// For each column of the image, the first node that it hears and the weights of that and the next three.
    columns: Vec<(usize, [f32; 4])>,
    height: usize,
}

impl Elastic {
    /// A field over `height × width` pixels that moves them by `reach` pixels along each axis, as a root mean square.
    pub fn draw(height: usize, width: usize, reach: f32, random: &mut ChaCha8Rng) -> Self {
        let mut nodes = [[[0.0; NODES]; NODES]; 2];
        for node in nodes.as_flattened_mut().as_flattened_mut() {
            *node = even(random) * reach * NODE_REACH;
        }
        Self { nodes, columns: (0..width).map(|x| place(x, width)).collect(), height }
    }

    /// Adds the displacements of row `y` to the places `xs` and `ys` of its pixels.
    pub fn displace(&self, y: usize, xs: &mut [f32], ys: &mut [f32]) {
        let (first, weights) = place(y, self.height);
        for (nodes, places) in self.nodes.iter().zip([xs, ys]) {
            let mut line = [0.0; NODES];
            for (weight, row) in weights.iter().zip(&nodes[first..first + 4]) {
                line.iter_mut().zip(row).for_each(|(sum, node)| *sum += weight * node);
            }
            for (place, (first, weights)) in places.iter_mut().zip(&self.columns) {
                let nodes = &line[*first..*first + 4];
                *place += weights[0] * nodes[0] + weights[1] * nodes[1] + weights[2] * nodes[2] + weights[3] * nodes[3];
            }
        }
    }
}

/// The first node that the pixel at `at` of `size` hears, and the weights of that and the next three: the cubic
/// B-spline (de Boor 1978).
fn place(at: usize, size: usize) -> (usize, [f32; 4]) {
    let along = (at as f32 + 0.5) / size as f32 * CELLS as f32;
    let cell = (along as usize).min(CELLS - 1);
    let t = along - cell as f32;
    let (s, t2, t3) = (1.0 - t, t * t, t * t * t);
    let weights = [s * s * s, 3.0 * t3 - 6.0 * t2 + 4.0, -3.0 * t3 + 3.0 * t2 + 3.0 * t + 1.0, t3];
    (cell, weights.map(|weight| weight / 6.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Purpose, stream};

    /// The displacements along x and along y of all pixels.
    fn fields(seed: u64, size: usize, reach: f32) -> [Vec<f32>; 2] {
        let elastic = Elastic::draw(size, size, reach, &mut stream(seed, Purpose::Augmentation, 0, 0));
        let (mut all_x, mut all_y) = (Vec::new(), Vec::new());
        for y in 0..size {
            let (mut xs, mut ys) = (vec![0.0; size], vec![0.0; size]);
            elastic.displace(y, &mut xs, &mut ys);
            all_x.extend(xs);
            all_y.extend(ys);
        }
        [all_x, all_y]
    }

    #[test]
    fn the_reach_is_the_root_mean_square_along_each_axis() {
        for axis in 0..2 {
            let squares: Vec<f32> = (0..400).flat_map(|seed| fields(seed, 28, 1.5)[axis].clone()).map(|d| d * d).collect();
            let root = (squares.iter().sum::<f32>() / squares.len() as f32).sqrt();
            assert!((root - 1.5).abs() < 0.08, "{root}");
        }
    }

    /// Neighbours move almost alike; points far apart do not.
    #[test]
    fn the_field_is_smooth() {
        let mut differs = false;
        for seed in 0..50 {
            for field in fields(seed, 28, 1.0) {
                for row in field.chunks_exact(28) {
                    assert!(row.windows(2).all(|pair| (pair[0] - pair[1]).abs() < 1.0), "{row:?}");
                    differs |= (row[0] - row[27]).abs() > 1.0;
                }
            }
        }
        assert!(differs);
    }

    #[test]
    fn the_weights_of_a_pixel_sum_to_1() {
        for size in [1, 2, 5, 28, 333] {
            for at in 0..size {
                let (first, weights) = place(at, size);
                assert!(first + 4 <= NODES && (weights.iter().sum::<f32>() - 1.0).abs() < 1e-5, "{at} of {size}: {weights:?}");
            }
        }
    }
}
