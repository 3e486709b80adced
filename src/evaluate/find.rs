//! Finding what a network knows in a larger picture: windows of many sizes and places, of which it judges each.

mod levels;
mod merge;
mod sums;

use rayon::prelude::*;
use thiserror::Error;

use super::model::TOGETHER;
use super::{Model, Preparation};
use crate::data::picture::Picture;
use crate::data::{ImageSet, NOTHING};
use levels::Level;
pub use merge::Area;
use merge::Judged;

/// The images of the networks that digits are found for.
const DIGIT: [usize; 3] = [28, 28, 1];
/// No more windows are kept that the network takes for something.
const MOST_KEPT: usize = 8_000;

/// Something that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Find {
    /// Where it is, in pixels of the picture.
    pub area: Area,
    /// The number of its class.
    pub class: usize,
    /// How likely it is: the mean over the windows that agree.
    pub probability: f32,
}

/// Why nothing can be looked for.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FindError {
    /// The network takes everything for something.
    #[error(
        "the network has no class \"{NOTHING}\", so that it takes everything for something; \
         train one with --set data.nothing=true, which adds that class"
    )]
    NoNothing,
    /// Digits are looked for in another form than that of its images.
    #[error(
        "--prepare digit finds digits for networks of 28 × 28 pixels in grey; this one has other images, which --prepare fit finds"
    )]
    NoDigits,
    /// There is no room for a window.
    #[error(
        "it has {width} × {height} pixels, and what is looked for has {smallest} columns at least; \
         make the picture larger, or look for smaller ones with --smallest"
    )]
    TooSmall {
        /// Columns.
        width: usize,
        /// Rows.
        height: usize,
        /// Columns of the smallest window.
        smallest: usize,
    },
    /// Windows that are smaller than any in a picture of this size.
    #[error(
        "--smallest {asked}: in a picture of this size, nothing that has less than {least} columns is looked for; cut a part out of it"
    )]
    TooFine {
        /// Columns of the smallest window, as somebody wants it.
        asked: usize,
        /// Columns that it can have.
        least: usize,
    },
}

impl Model {
    /// The number of the class of what is nothing; an error where the network can find nothing in any picture.
    pub fn can_find(&self, how: Preparation) -> Result<usize, FindError> {
        let nothing = self.class_names.iter().position(|name| name == NOTHING).ok_or(FindError::NoNothing)?;
        if how == Preparation::Digit && self.image_shape != DIGIT { Err(FindError::NoDigits) } else { Ok(nothing) }
    }

    /// What of its classes is in a picture, from above, and from the left where it is as high. It is looked at
    /// as digits' ink or as it is, and for what is `smallest` pixels wide or more; without it, that follows from the picture.
    pub fn find(&self, picture: &Picture, how: Preparation, smallest: Option<usize>) -> Result<Vec<Find>, FindError> {
        let nothing = self.can_find(how)?;
        let levels = levels::of(picture, self.image_shape, how == Preparation::Digit, smallest)?;
        let mut kept: Vec<Judged> = Vec::new();
        for level in levels {
            kept.extend(self.judge_level(&level, nothing));
            if kept.len() > 2 * MOST_KEPT {
                keep_surest(&mut kept);
            }
        }
        keep_surest(&mut kept);
        Ok(merge::merged(&kept))
    }

    /// The windows of a level that the network takes for something.
    fn judge_level(&self, level: &Level, nothing: usize) -> Vec<Judged> {
        let places = level.places();
        let judge = |places: &[[usize; 2]]| {
            let (mut shown, mut pixels) = (Vec::with_capacity(places.len()), Vec::new());
            for place in places {
                if let Some(alone) = level.append(*place, &mut pixels) {
                    shown.push((*place, alone));
                }
            }
            let labels = vec![0; shown.len()];
            let Ok(set) = ImageSet::new(self.image_shape, pixels, labels, 1) else { return Vec::new() };
            let indices: Vec<u32> = (0..shown.len() as u32).collect();
            let rows = self.network.probabilities(&set, &indices);
            let judged =
                shown.iter().zip(rows).filter_map(|((place, alone), row)| Judged::new(level.area(*place), &row, nothing, *alone));
            judged.collect()
        };
        places.par_chunks(TOGETHER).flat_map_iter(judge).collect()
    }
}

fn keep_surest(kept: &mut Vec<Judged>) {
    kept.sort_by(|a, b| b.score.total_cmp(&a.score));
    kept.truncate(MOST_KEPT);
}
