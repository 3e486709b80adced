//! What a network takes pictures for that belong to no set.

use rayon::prelude::*;
use thiserror::Error;

use super::Model;
use super::model::TOGETHER;
use crate::data::picture::{Picture, grey, resized};
use crate::data::{ImageSet, NOTHING, digit};

/// How a picture is brought to the form of the images that a network was trained on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preparation {
    /// The digit in it: without the paper, centred, in the size and with the strokes of MNIST's.
    Digit,
    /// The whole picture in the size of the images, as their folder was read.
    Fit,
    /// Not at all: it has that form.
    Raw,
}

/// Why a picture cannot be brought to the form of a network's images.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PreparationError {
    /// Nothing is written on it.
    #[error("there is no ink in it that could be a digit; --prepare fit takes the picture as a whole")]
    NoInk,
    /// It has another size.
    #[error("it has {width} × {height} pixels, and the network takes {} × {}; without --raw it is brought to that", wanted[1], wanted[0])]
    Size {
        /// Its columns.
        width: usize,
        /// Its rows.
        height: usize,
        /// Height and width that it should have.
        wanted: [usize; 2],
    },
}

impl Model {
    /// How pictures are brought to the form of its images when nobody says how: as digits, where it was trained on ink like that of
    /// MNIST.
    pub fn preparation(&self) -> Preparation {
        let source = self.spec.data.source.to_lowercase();
        let name = source.rsplit(['/', '\\']).find(|part| !part.is_empty()).unwrap_or_default();
        let classes = self.class_names.iter().map(String::as_str).filter(|name| *name != NOTHING);
        let are_digits = classes.eq(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
        let is_ink = !name.contains("fashion") && (name.contains("mnist") || are_digits);
        if is_ink && self.image_shape == [28, 28, 1] { Preparation::Digit } else { Preparation::Fit }
    }

    /// A picture in the form of its images.
    pub fn prepared(&self, picture: &Picture, how: Preparation) -> Result<Vec<u8>, PreparationError> {
        let [height, width, channels] = self.image_shape;
        let in_channels = |rgb: Vec<u8>| if channels == 1 { grey(&rgb) } else { rgb };
        match how {
            Preparation::Digit => digit(picture, self.image_shape).ok_or(PreparationError::NoInk),
            Preparation::Fit => Ok(in_channels(resized(picture, [height, width], self.spec.data.pictures.fit))),
            Preparation::Raw if [picture.height, picture.width] == [height, width] => Ok(in_channels(picture.rgb.clone())),
            Preparation::Raw => {
                Err(PreparationError::Size { width: picture.width, height: picture.height, wanted: [height, width] })
            }
        }
    }

    /// For each image in its form, the probability of each class. Others have none.
    pub fn predict(&self, images: &[Vec<u8>]) -> Vec<Vec<f32>> {
        let classes = self.class_names.len();
        let set = ImageSet::new(self.image_shape, images.concat(), vec![0; images.len()], classes);
        let Ok(set) = set else { return vec![Vec::new(); images.len()] };
        let indices: Vec<u32> = (0..images.len() as u32).collect();
        indices.par_chunks(TOGETHER).flat_map_iter(|chunk| self.network.probabilities(&set, chunk)).collect()
    }
}
