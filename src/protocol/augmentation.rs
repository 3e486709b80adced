//! How training images are varied: the recipe that strength 1 stands for.

use serde::{Deserialize, Serialize};

/// How far training images are varied at strength 1; each is drawn evenly from its range, anew for every image and epoch.
///
/// The hyperparameter [`Hyper::Augmentation`](super::Hyper::Augmentation) multiplies all of them. The defaults suit
/// handwritten digits: they still are what they were, and no two look alike.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Augmentation {
    /// Turned about the centre by up to so many degrees, either way.
    pub rotation: f64,
    /// Made larger by up to this fraction, or smaller by as much: a factor from 1 / (1 + scale) to 1 + scale.
    pub scale: f64,
    /// Moved by up to so many pixels along each axis; what comes in at the border is 0, as in a crop of a padded image.
    pub shift: f64,
    /// Slanted by up to so many degrees, either way.
    pub shear: f64,
    /// Bent smoothly: how many pixels a point moves along each axis, as a root mean square (Simard, Steinkraus & Platt
    /// 2003; their α = 34 with σ = 4 is 1.4 pixels).
    pub elastic: f64,
}

impl Default for Augmentation {
    fn default() -> Self {
        Self { rotation: 10.0, scale: 0.1, shift: 2.0, shear: 5.0, elastic: 1.0 }
    }
}

impl Augmentation {
    /// Each key with its greatest value and unit; the least is 0. At twice the greatest shear an image is still an image.
    pub const RANGES: [(&str, f64, &str); 5] = [
        ("rotation", 180.0, " degrees"),
        ("scale", 1.0, ""),
        ("shift", 256.0, " pixels"),
        ("shear", 40.0, " degrees"),
        ("elastic", 32.0, " pixels"),
    ];

    /// The same with everything `strength` times as strong.
    #[must_use]
    pub fn times(self, strength: f64) -> Self {
        Self {
            rotation: self.rotation * strength,
            scale: self.scale * strength,
            shift: self.shift * strength,
            shear: self.shear * strength,
            elastic: self.elastic * strength,
        }
    }

    /// Whether it leaves every image as it is.
    pub fn is_none(&self) -> bool {
        [self.rotation, self.scale, self.shift, self.shear, self.elastic].iter().all(|range| *range == 0.0)
    }
}
