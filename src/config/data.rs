//! The table `[data]`: the images, how they are read, and how they are divided.

use serde::{Deserialize, Serialize};

use crate::protocol::{ColorChoice, DataSpec, Fit, Holdout, PictureSpec, choices};

/// The images, how they are read, and how they are divided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataConfig {
    /// Where the images come from: one of [`Dataset::CHOICES`](crate::data::Dataset::CHOICES), or a folder.
    pub source: String,
    /// How many training images are held out for validation. The default gives way to `train_limit`; see [`Sources::settings`](super::Sources::settings).
    pub validation: Holdout,
    /// Only the first so many training images; 0 for all.
    pub train_limit: usize,
    /// Of pictures without a folder for tests, how many of each class are for tests.
    pub test: Holdout,
    /// The size that pictures get, `64` or `64x48` (width, height); empty: it follows from the pictures.
    pub image_size: String,
    /// How a picture of other proportions gets that size.
    pub fit: Fit,
    /// Whether colours of pictures are kept.
    pub color: ColorChoice,
    /// Whether there is a class more, of what shows none of the others.
    pub nothing: bool,
    /// What the network is given.
    pub normalize: Normalize,
    /// Where everything that is fetched is asked for, in the place of where it is published; empty: there.
    pub mirror: String,
    /// Nobody has asked for `validation`, so that it may be less where there are few images.
    #[serde(skip)]
    pub validation_gives_way: bool,
}

choices! {
    /// What values the network is given for pixels.
    pub enum Normalize {
        /// from 0 to 1
        Unit = "unit",
        /// with mean 0 and deviation 1, as the training images are
        Standard = "standard",
    }
}

impl Default for DataConfig {
    fn default() -> Self {
        let DataSpec { source, validation, nothing, .. } = DataSpec::default();
        let PictureSpec { test, fit, color, .. } = PictureSpec::default();
        let (image_size, normalize, mirror) = (String::new(), Normalize::Unit, String::new());
        Self {
            source,
            validation,
            train_limit: 0,
            test,
            image_size,
            fit,
            color,
            nothing,
            normalize,
            mirror,
            validation_gives_way: false,
        }
    }
}

impl DataConfig {
    /// What says which images are read, and how; what they are is not known yet.
    pub fn spec(&self) -> DataSpec {
        DataSpec {
            source: self.source.clone(),
            validation: self.validation,
            train_limit: (self.train_limit > 0).then_some(self.train_limit),
            pictures: PictureSpec { size: image_size(&self.image_size), fit: self.fit, color: self.color, test: self.test },
            nothing: self.nothing,
            scaling: None,
            content: None,
        }
    }

    /// The settings that give this.
    pub(super) fn of(spec: &DataSpec) -> Self {
        let PictureSpec { size, fit, color, test } = spec.pictures;
        Self {
            source: spec.source.clone(),
            validation: spec.validation,
            train_limit: spec.train_limit.unwrap_or_default(),
            test,
            image_size: size.map_or_else(String::new, |[height, width]| {
                if height == width { height.to_string() } else { format!("{width}x{height}") }
            }),
            fit,
            color,
            nothing: spec.nothing,
            normalize: if spec.scaling.is_some() { Normalize::Standard } else { Normalize::Unit },
            mirror: String::new(),
            validation_gives_way: false,
        }
    }
}

/// Height and width, of `64` or `64x48`, where the width comes first; `None` when it says neither.
pub(super) fn image_size(text: &str) -> Option<[usize; 2]> {
    let (width, height) = text.split_once(['x', '×', 'X']).unwrap_or((text, text));
    let side = |text: &str| text.trim().parse().ok().filter(|side| (1..=crate::data::LONGEST_SIDE).contains(side));
    Some([side(height)?, side(width)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_one_side_or_two_the_width_first() {
        for (text, size) in [
            ("64", Some([64, 64])),
            ("46x56", Some([56, 46])),
            ("46×56", Some([56, 46])),
            ("256", Some([256, 256])),
            ("", None),
            ("0", None),
            ("257x1", None),
            ("64x", None),
            ("1x2x3", None),
        ] {
            assert_eq!(image_size(text), size, "{text}");
        }
        let config = DataConfig { image_size: "46x56".into(), normalize: Normalize::Unit, ..DataConfig::default() };
        assert_eq!(DataConfig::of(&config.spec()), config);
    }
}
