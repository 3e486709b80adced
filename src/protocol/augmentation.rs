//! How training images are varied: the recipe that strength 1 stands for.

use serde::{Deserialize, Serialize};

/// Makes the recipe from a row for each way to vary an image: what it does, its key, default, greatest value and unit.
macro_rules! variations {
    ($($(#[doc = $doc:literal])+ $key:ident = $default:literal, up to $most:literal $unit:literal;)+) => {
        /// How far training images are varied at strength 1; each is drawn evenly from its range, anew for every image and
        /// epoch.
        ///
        /// The hyperparameter [`Hyper::Augmentation`](super::Hyper::Augmentation) multiplies all of them. The defaults suit
        /// handwritten digits: they still are what they were, and no two look alike. What an older file
        /// does not have is 0.
        #[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(default = "none", deny_unknown_fields)]
        pub struct Augmentation {
            $($(#[doc = $doc])+ pub $key: f64,)+
        }

        impl Default for Augmentation {
            fn default() -> Self {
                Self { $($key: $default),+ }
            }
        }

        impl Augmentation {
            /// What leaves every image as it is.
            pub const NONE: Self = Self { $($key: 0.0),+ };

            /// Each key with its greatest value and unit; the least is 0.
            pub const RANGES: [(&str, f64, &str); [$(stringify!($key)),+].len()] = [$((stringify!($key), $most, $unit)),+];

            /// The same with everything `strength` times as strong.
            #[must_use]
            pub fn times(self, strength: f64) -> Self {
                Self { $($key: self.$key * strength),+ }
            }
        }
    };
}

variations! {
    /// Turned about the centre by up to so many degrees, either way.
    rotation = 10.0, up to 180.0 " degrees";

    /// Made larger by up to this fraction, or smaller by as much: a factor from 1 / (1 + scale) to 1 + scale.
    scale = 0.1, up to 1.0 "";

    /// Moved by up to so many pixels along each axis; what comes in at the border is 0, as in a crop of a padded image.
    shift = 2.0, up to 256.0 " pixels";

    /// Slanted by up to so many degrees, either way. At twice the greatest an image is still an image.
    shear = 5.0, up to 40.0 " degrees";

    /// Bent smoothly: how many pixels a point moves along each axis, as a root mean square (Simard, Steinkraus & Platt
    /// 2003; their α = 34 with σ = 4 is 1.4 pixels).
    elastic = 1.0, up to 32.0 " pixels";

    /// This part of the images is mirrored, left for right: 0.5 for pictures that mean the same then, 0 for writing.
    mirror = 0.0, up to 0.5 "";

    /// Made lighter by up to this fraction, or darker by as much: every value is multiplied by a factor from 1 - brightness to
    /// 1 + brightness.
    brightness = 0.0, up to 1.0 "";

    /// Contrast raised by up to this fraction, or lowered by as much: the distance of every value from the image's mean is
    /// multiplied by a factor from 1 - contrast to 1 + contrast.
    contrast = 0.0, up to 1.0 "";
}

fn none() -> Augmentation {
    Augmentation::NONE
}

impl Augmentation {
    /// Whether it leaves every image as it is.
    pub fn is_none(&self) -> bool {
        *self == Self::NONE
    }
}
