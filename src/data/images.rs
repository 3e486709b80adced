//! Images of one size with their classes, kept as bytes.

use std::sync::{Arc, LazyLock};

use thiserror::Error;

/// Images of one size with their classes.
#[derive(Clone)]
pub struct ImageSet {
    shape: [usize; 3],
    /// How many there are.
    count: usize,
    content: Arc<Content>,
}

/// The pixels and the labels, as soon as somebody has looked at one.
type Content = LazyLock<(Vec<u8>, Vec<u16>), Box<dyn FnOnce() -> (Vec<u8>, Vec<u16>) + Send>>;

/// Pixels and labels that do not fit together.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ImageSetError {
    /// An image would have no pixels, or more than can be counted.
    #[error("an image cannot be {height} × {width} with {channels} channels")]
    Shape {
        /// Rows of an image.
        height: usize,
        /// Columns of an image.
        width: usize,
        /// Bytes of a pixel.
        channels: usize,
    },
    /// Not as many images as labels.
    #[error("{labels} labels need {expected} bytes of pixels, not {found}")]
    Lengths {
        /// How many labels there are.
        labels: usize,
        /// The bytes that so many images have.
        expected: usize,
        /// The bytes that there are.
        found: usize,
    },
    /// A label that names no class.
    #[error("image {image} has the label {label}, but there are {classes} classes, counted from 0")]
    Label {
        /// The image, counted from 0.
        image: usize,
        /// Its label.
        label: u16,
        /// How many classes there are.
        classes: usize,
    },
}

impl ImageSet {
    /// Images of `shape` (height, width, channels), one after the other in `pixels`, row by row, and the class of each.
    ///
    /// Fails when the lengths do not fit together, or when a label is not below `classes`.
    pub fn new(shape: [usize; 3], pixels: Vec<u8>, labels: Vec<u16>, classes: usize) -> Result<Self, ImageSetError> {
        let [height, width, channels] = shape;
        let bytes = height.checked_mul(width).and_then(|area| area.checked_mul(channels)).filter(|bytes| *bytes > 0);
        let expected = bytes.and_then(|bytes| bytes.checked_mul(labels.len()));
        let Some(expected) = expected else {
            return Err(ImageSetError::Shape { height, width, channels });
        };
        if pixels.len() != expected {
            return Err(ImageSetError::Lengths { labels: labels.len(), expected, found: pixels.len() });
        }
        if let Some(image) = labels.iter().position(|label| usize::from(*label) >= classes) {
            return Err(ImageSetError::Label { image, label: labels[image], classes });
        }
        Ok(Self::unpacked_later(shape, labels.len(), || (pixels, labels)))
    }

    /// So many images of `shape`, which are known to be there: `unpack` makes the same pixels and labels of them as `new`
    /// takes, when the first is looked at.
    pub(super) fn unpacked_later(
        shape: [usize; 3],
        count: usize,
        unpack: impl FnOnce() -> (Vec<u8>, Vec<u16>) + Send + 'static,
    ) -> Self {
        Self { shape, count, content: Arc::new(LazyLock::new(Box::new(unpack))) }
    }

    /// Unpacks them, where that has not been done; otherwise it happens when the first is looked at.
    pub fn unpack(&self) {
        LazyLock::force(&self.content);
    }

    /// Height, width and channels of an image.
    pub fn shape(&self) -> [usize; 3] {
        self.shape
    }

    /// How many images there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is no image.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The pixels of an image: `height × width × channels` bytes, row by row. Panics when `index` is not below `len`.
    pub fn image(&self, index: usize) -> &[u8] {
        let bytes = self.shape.iter().product::<usize>();
        assert!(index < self.count, "image {index} of {}", self.count);
        &self.content.0[index * bytes..(index + 1) * bytes]
    }

    /// The class of an image. Panics when `index` is not below `len`.
    pub fn label(&self, index: usize) -> usize {
        assert!(index < self.count, "label {index} of {}", self.count);
        usize::from(self.content.1[index])
    }

    /// Only the first `count` images, or all when there are fewer.
    #[must_use]
    pub fn take(mut self, count: usize) -> Self {
        self.count = self.count.min(count);
        self
    }
}

impl PartialEq for ImageSet {
    fn eq(&self, other: &Self) -> bool {
        let same = |index| self.image(index) == other.image(index) && self.label(index) == other.label(index);
        (self.shape, self.count) == (other.shape, other.count) && (0..self.count).all(same)
    }
}

impl Eq for ImageSet {}

/// Megabytes of pixels help nobody.
impl std::fmt::Debug for ImageSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ImageSet").field("shape", &self.shape).field("len", &self.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_found_with_its_label() {
        let set = ImageSet::new([1, 2, 1], vec![1, 2, 3, 4, 5, 6], vec![2, 0, 1], 3).expect("valid");
        assert_eq!((set.len(), set.shape()), (3, [1, 2, 1]));
        assert_eq!((set.image(1), set.label(1)), (&[3, 4][..], 0));
        let two = set.clone().take(2);
        assert_eq!((two.len(), two.image(1)), (2, &[3, 4][..]));
        assert_eq!(set.clone().take(9), set);
        assert!(set.take(0).is_empty());
    }

    #[test]
    fn what_does_not_fit_together_is_refused() {
        let cases = [
            (ImageSet::new([1, 2, 1], vec![0; 5], vec![0; 3], 1), "3 labels need 6 bytes of pixels, not 5"),
            (ImageSet::new([0, 2, 1], vec![], vec![0; 3], 1), "an image cannot be 0 × 2 with 1 channels"),
            (ImageSet::new([usize::MAX, 2, 1], vec![], vec![], 1), "an image cannot be 18446744073709551615 × 2 with 1 channels"),
            (
                ImageSet::new([1, 1, 1], vec![0; 2], vec![0, 3], 3),
                "image 1 has the label 3, but there are 3 classes, counted from 0",
            ),
        ];
        for (result, message) in cases {
            assert_eq!(result.expect_err(message).to_string(), message);
        }
    }
}
