//! An image seen through a map of the plane.

use super::elastic::Elastic;

/// A change of an image: turned, scaled, slanted, moved and bent. It says for each pixel of the result from where in the
/// image it comes, so that nothing is left empty.
pub(super) struct Warp {
    /// From places relative to the centre of the result to places relative to the centre of the image, row by row.
    matrix: [f32; 4],
    /// Pixels to the right and down by which the result is moved.
    shift: [f32; 2],
    elastic: Option<Elastic>,
}

impl Warp {
    /// First made `scale` times as large, then slanted by `shear` degrees, turned clockwise by `rotation` degrees, all about
    /// the centre, and moved by `shift` pixels to the right and down. Where a pixel comes from is bent by `elastic`.
    ///
    /// Angles go through double precision: whatever a system's sine is off by, it is lost in rounding.
    pub fn new(rotation: f64, scale: f64, shear: f64, shift: [f32; 2], elastic: Option<Elastic>) -> Self {
        let (sine, cosine) = rotation.to_radians().sin_cos();
        let slant = shear.to_radians().tan();
        let matrix = [cosine + slant * sine, sine - slant * cosine, -sine, cosine];
        Self { matrix: matrix.map(|part| (part / scale) as f32), shift, elastic }
    }

    /// Appends the changed image `[height, width, channels]` to `out`: values from 0 to 1, between the pixels where
    /// they fall between them (bilinear), `border` outside.
    pub fn append(&self, image: &[u8], shape: [usize; 3], border: f32, out: &mut Vec<f32>) {
        match shape[2] {
            1 => self.append_channels::<1>(image, shape, border, out),
            3 => self.append_channels::<3>(image, shape, border, out),
            // One channel after the other.
            channels => {
                let start = out.len();
                out.resize(start + image.len(), 0.0);
                let (mut plane, mut result) = (Vec::new(), Vec::new());
                for channel in 0..channels {
                    plane.clear();
                    plane.extend(image.iter().skip(channel).step_by(channels));
                    result.clear();
                    self.append_channels::<1>(&plane, [shape[0], shape[1], 1], border, &mut result);
                    let places = out[start + channel..].iter_mut().step_by(channels);
                    places.zip(&result).for_each(|(place, value)| *place = *value);
                }
            }
        }
    }

    fn append_channels<const CHANNELS: usize>(
        &self,
        image: &[u8],
        [height, width, _]: [usize; 3],
        border: f32,
        out: &mut Vec<f32>,
    ) {
        // The border around it, one before and two behind, so that all four neighbours of every place are there.
        let row = width + 3;
        let mut padded = vec![[border; CHANNELS]; (height + 3) * row];
        for (y, bytes) in image.chunks_exact(width * CHANNELS).enumerate() {
            let places = &mut padded[(y + 1) * row + 1..][..width];
            for (value, byte) in places.as_flattened_mut().iter_mut().zip(bytes) {
                *value = f32::from(*byte) / 255.0;
            }
        }
        let [a, b, c, d] = self.matrix;
        let center = [(width as f32 - 1.0) / 2.0, (height as f32 - 1.0) / 2.0];
        let (mut xs, mut ys) = (vec![0.0f32; width], vec![0.0f32; width]);
        let start = out.len();
        out.resize(start + height * width * CHANNELS, 0.0);
        for y in 0..height {
            let v = y as f32 - center[1] - self.shift[1];
            for (x, (from_x, from_y)) in xs.iter_mut().zip(&mut ys).enumerate() {
                let u = x as f32 - center[0] - self.shift[0];
                *from_x = a * u + b * v + center[0];
                *from_y = c * u + d * v + center[1];
            }
            if let Some(elastic) = &self.elastic {
                elastic.displace(y, &mut xs, &mut ys);
            }
            // Counted from the padding's corner, so that no place is negative.
            xs.iter_mut().for_each(|x| *x = x.clamp(-1.0, width as f32) + 1.0);
            ys.iter_mut().for_each(|y| *y = y.clamp(-1.0, height as f32) + 1.0);
            let (values, _) = out[start + y * width * CHANNELS..][..width * CHANNELS].as_chunks_mut::<CHANNELS>();
            for ((x, y), values) in xs.iter().zip(&ys).zip(values) {
                let (column, line) = (*x as i32, *y as i32);
                let (right, down) = (x - column as f32, y - line as f32);
                let at = line as usize * row + column as usize;
                let (above, below) = (&padded[at..at + 2], &padded[at + row..at + row + 2]);
                for (channel, value) in values.iter_mut().enumerate() {
                    let between = |pair: &[[f32; CHANNELS]]| pair[0][channel] + (pair[1][channel] - pair[0][channel]) * right;
                    let (above, below) = (between(above), between(below));
                    // Rounding may go a little too far.
                    *value = (above + (below - above) * down).clamp(0.0, 1.0);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where the only white pixel of an image of 5 × 5 goes, as row and column.
    fn moved(warp: &Warp, row: usize, column: usize) -> Vec<(usize, usize)> {
        let mut image = [0; 25];
        image[row * 5 + column] = 255;
        let mut out = Vec::new();
        warp.append(&image, [5, 5, 1], 0.0, &mut out);
        (0..25).filter(|i| out[*i] > 0.99).map(|i| (i / 5, i % 5)).collect()
    }

    #[test]
    fn a_pixel_goes_where_it_should() {
        let turned = Warp::new(90.0, 1.0, 0.0, [0.0; 2], None);
        assert_eq!(moved(&turned, 0, 2), [(2, 4)], "the top goes to the right");
        assert_eq!(moved(&turned, 0, 0), [(0, 4)]);
        let shifted = Warp::new(0.0, 1.0, 0.0, [2.0, -1.0], None);
        assert_eq!(moved(&shifted, 2, 0), [(1, 2)], "two to the right, one up");
        assert_eq!(moved(&shifted, 0, 0), [], "out of the image");
        let larger = Warp::new(0.0, 2.0, 0.0, [0.0; 2], None);
        assert_eq!(moved(&larger, 2, 3), [(2, 4)], "away from the centre");
        let slanted = Warp::new(0.0, 1.0, 45.0, [0.0; 2], None);
        assert_eq!((moved(&slanted, 3, 2), moved(&slanted, 1, 2)), (vec![(3, 3)], vec![(1, 1)]), "rows move along");
        let both = Warp::new(180.0, 1.0, 0.0, [1.0, 0.0], None);
        assert_eq!(moved(&both, 0, 1), [(4, 4)], "moved after it was turned");
    }

    #[test]
    fn values_between_pixels_are_in_between() {
        let mut out = Vec::new();
        Warp::new(0.0, 1.0, 0.0, [0.5, 0.0], None).append(&[255, 255, 0], [1, 3, 1], 0.0, &mut out);
        assert_eq!(out, [0.5, 1.0, 0.5]);
    }

    #[test]
    fn doing_nothing_gives_the_same_bits() {
        for shape in [[1, 1, 1], [1, 7, 3], [6, 5, 1], [28, 28, 1], [3, 4, 2], [2, 2, 5]] {
            let image: Vec<u8> = (0..shape.iter().product::<usize>()).map(|i| (i * 37 % 256) as u8).collect();
            let mut out = vec![9.0];
            Warp::new(0.0, 1.0, 0.0, [0.0; 2], None).append(&image, shape, 0.0, &mut out);
            assert_eq!(out[1..], image.iter().map(|byte| f32::from(*byte) / 255.0).collect::<Vec<_>>(), "{shape:?}");
        }
    }
}
