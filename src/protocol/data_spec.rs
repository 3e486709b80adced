//! Where the images of a run come from, how they are read and divided, and what they were.

use serde::{Deserialize, Serialize};

use super::choices;

/// Where the images come from, how they are read, and how they are divided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DataSpec {
    /// `mnist`, the embedded images, or a folder.
    pub source: String,
    /// How many training images are held out for validation.
    pub validation: Holdout,
    /// Only the first so many training images, when given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub train_limit: Option<usize>,
    /// How pictures are read; nothing else has a choice.
    #[serde(default, skip_serializing_if = "PictureSpec::is_default")]
    pub pictures: PictureSpec,
    /// There is a class more, of what shows none of the others.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nothing: bool,
    /// What is subtracted from pixels from 0 to 1, and what the rest is divided by; nothing without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scaling: Option<Scaling>,
    /// What the images were when the run was started; runs of older programs do not know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<DataContent>,
}

impl Default for DataSpec {
    /// MNIST, as the settings have it when nobody says anything.
    fn default() -> Self {
        Self {
            source: "mnist".into(),
            validation: Holdout::Count(5000),
            train_limit: None,
            pictures: PictureSpec::default(),
            nothing: false,
            scaling: None,
            content: None,
        }
    }
}

/// How a folder of pictures is read.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PictureSpec {
    /// Height and width that all pictures get; without, they follow from the pictures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<[usize; 2]>,
    /// How a picture of other proportions gets that size.
    pub fit: Fit,
    /// Whether colours are kept.
    pub color: ColorChoice,
    /// Where no folder of test pictures is there: how many of each class are kept for it.
    pub test: Holdout,
}

impl Default for PictureSpec {
    fn default() -> Self {
        Self { size: None, fit: Fit::Stretch, color: ColorChoice::Auto, test: Holdout::Fraction(0.2) }
    }
}

impl PictureSpec {
    /// Whether nobody has chosen anything.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

choices! {
    /// How a picture of other proportions gets the size that is asked for.
    pub enum Fit {
        /// the whole picture, with other proportions
        Stretch = "stretch",
        /// the middle of it, as much as has the proportions
        Crop = "crop",
        /// the whole picture, with a border in the mean colour of its edge
        Pad = "pad",
    }
}

choices! {
    /// Whether colours of pictures are kept.
    pub enum ColorChoice {
        /// where any picture has some
        Auto = "auto",
        /// grey alone, one channel
        Grey = "grey",
        /// red, green and blue, three channels
        Color = "color",
    }
}

/// What images were: enough to see whether they are still the same, and what has changed where they are not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataContent {
    /// SHA-256 over shape, labels and pixels as they are trained on, in hexadecimal digits.
    pub sha256: String,
    /// Height, width and channels of an image.
    pub image_shape: [usize; 3],
    /// How many classes there are.
    pub classes: usize,
    /// Training images, before any are held out.
    pub train: usize,
    /// Test images.
    pub test: usize,
}

impl DataContent {
    /// What is another here than in `other`, in words for people, where it was `other` before.
    pub fn changes_since(&self, other: &Self) -> Option<String> {
        if self.sha256 == other.sha256 {
            return None;
        }
        let shape = |[height, width, channels]: [usize; 3]| format!("{height} × {width} × {channels}");
        let mut changes = Vec::new();
        if self.image_shape != other.image_shape {
            changes.push(format!("images of {} instead of {}", shape(self.image_shape), shape(other.image_shape)));
        }
        for (what, now, before) in [
            ("classes", self.classes, other.classes),
            ("training images", self.train, other.train),
            ("test images", self.test, other.test),
        ] {
            if now != before {
                changes.push(format!("{now} {what} instead of {before}"));
            }
        }
        if changes.is_empty() {
            changes.push("as many images of the same shape, but other pixels or labels".into());
        }
        Some(format!("{} (SHA-256 {:.8}… instead of {:.8}…)", changes.join(", "), self.sha256, other.sha256))
    }
}

/// What brings the values of each channel to mean 0 and deviation 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scaling {
    /// For each channel, the mean of the training images, 0 to 1.
    pub mean: Vec<f32>,
    /// For each channel, the standard deviation of the training images, above 0.
    pub deviation: Vec<f32>,
}

impl Scaling {
    /// Whether it fits images of so many channels: finite numbers, deviations that can be divided by.
    pub fn fits(&self, channels: usize) -> bool {
        let Self { mean, deviation } = self;
        mean.len() == channels
            && deviation.len() == channels
            && mean.iter().all(|mean| (0.0..=1.0).contains(mean))
            && deviation.iter().all(|deviation| (Self::LEAST..=1.0).contains(deviation))
    }

    /// No channel is divided by less, so that one that is the same everywhere stays so.
    pub const LEAST: f32 = 1.0 / 255.0;

    /// Brings values `[…, channels]` from 0 to 1 to their scale.
    pub fn apply(&self, values: &mut [f32]) {
        for pixel in values.chunks_exact_mut(self.mean.len().max(1)) {
            for ((value, mean), deviation) in pixel.iter_mut().zip(&self.mean).zip(&self.deviation) {
                *value = (*value - mean) / deviation;
            }
        }
    }
}

/// How many images are kept apart.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Holdout {
    /// So many images.
    Count(usize),
    /// This part of them, below 1.
    Fraction(f64),
}

impl Holdout {
    /// How many of `images` are held out; `None` when that would leave nothing to train on.
    pub fn of(self, images: usize) -> Option<usize> {
        let held = match self {
            Self::Count(n) => n,
            Self::Fraction(part) if (0.0..1.0).contains(&part) => (part * images as f64).round() as usize,
            Self::Fraction(_) => return None,
        };
        (held < images).then_some(held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_changed_is_said() {
        let content =
            |sha256: &str, image_shape, train| DataContent { sha256: sha256.repeat(32), image_shape, classes: 3, train, test: 7 };
        let before = content("ab", [8, 8, 1], 20);
        assert_eq!(before.changes_since(&before), None);
        for (now, words) in [
            (content("cd", [8, 8, 1], 21), "21 training images instead of 20 (SHA-256 cdcdcdcd… instead of abababab…)"),
            (content("cd", [8, 8, 3], 20), "images of 8 × 8 × 3 instead of 8 × 8 × 1 (SHA-256 cdcdcdcd… instead of abababab…)"),
            (
                content("cd", [8, 8, 1], 20),
                "as many images of the same shape, but other pixels or labels (SHA-256 cdcdcdcd… instead of abababab…)",
            ),
        ] {
            assert_eq!(now.changes_since(&before).as_deref(), Some(words));
        }
    }

    #[test]
    fn an_older_recipe_has_nothing_of_it_and_a_new_one_only_what_it_needs() {
        let text = r#"{"source":"mnist","validation":5000}"#;
        let spec: DataSpec = serde_json::from_str(text).expect("an older recipe");
        assert_eq!(spec, DataSpec::default());
        assert_eq!(serde_json::to_string(&spec).expect("JSON"), text);
    }
}
