//! The ink of a picture on which digits may stand anywhere, at the size in which they are looked for.

use super::paper;
use super::plane::{Plane, quantile};
use crate::data::picture::{Fit, Picture, grey, resized};

/// Nothing that is wider than this many pixels is a stroke where a digit is as large as in MNIST's images.
const WIDEST: usize = 11;
/// Which side is ink is seen in a picture that is no longer.
const LONGEST: usize = 1_000;

/// A picture on which digits may stand anywhere.
pub struct Sheet {
    picture: Picture,
    is_dark: bool,
}

/// How much ink there is on each pixel, row by row.
pub struct SheetInk {
    /// From 0, none, to about 1.
    pub values: Vec<f32>,
    /// How much the values differ where there is none.
    pub noise: f32,
}

impl Sheet {
    /// Looks which side is ink.
    pub fn new(picture: Picture) -> Self {
        let longest = picture.height.max(picture.width).max(1);
        let side = |side: usize| if longest > LONGEST { (side * LONGEST / longest).max(1) } else { side };
        let is_dark = paper::ink_is_dark(&plane(&picture, [side(picture.height), side(picture.width)]));
        Self { picture, is_dark }
    }

    /// Its ink in this size, in which digits are as large as in MNIST's images: what is wider than strokes is ground.
    pub fn ink(&self, size: [usize; 2]) -> SheetInk {
        let grey = plane(&self.picture, size);
        let side = if self.is_dark { grey } else { grey.map(|value| 1.0 - value) };
        let ground = side.mean(1).closed(WIDEST / 2);
        let ink = match self.is_dark {
            true => side.zip(&ground, |value, ground| 1.0 - value / ground.max(0.05)),
            false => side.zip(&ground, |value, ground| ground - value),
        };
        let base = ink.quantile(0.5);
        let mut away: Vec<f32> = ink.values.iter().map(|value| (value - base).abs()).collect();
        let noise = (1.5 * quantile(&mut away, 0.5)).max(0.004);
        SheetInk { values: ink.map(|value| (value - base).max(0.0)).values, noise }
    }
}

fn plane(picture: &Picture, size: [usize; 2]) -> Plane {
    Plane::of_bytes(&grey(&resized(picture, size, Fit::Stretch)), size)
}
