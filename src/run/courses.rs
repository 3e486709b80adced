//! The course of each judged image over the run: when it was right, and when not.

use crate::protocol::JudgedImages;

/// The judgements of one set of images.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Courses {
    /// What the images are, and what the newest judgement took them for.
    pub newest: JudgedImages,
    /// A bit a judgement for each image, the lowest the newest one: whether it was right. The last 64 are kept.
    right: Vec<u64>,
    /// How many judgements there were.
    judgements: usize,
}

/// What a judgement came to, image by image, beside the one before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turned {
    /// Images that were right, and are not any more.
    pub became_wrong: usize,
    /// Images that were wrong, and are right.
    pub became_right: usize,
    /// Images that are wrong, and have been right at some time.
    pub forgotten: usize,
    /// Images that are wrong, and have never been right.
    pub never_right: usize,
}

/// So many judgements of each image are kept.
const KEPT: usize = 64;

impl Courses {
    /// One more judgement. Other images than before begin anew.
    pub(super) fn judged(&mut self, images: &JudgedImages) {
        if images.truth != self.newest.truth {
            *self = Self { right: vec![0; images.len()], ..Self::default() };
        }
        self.judgements += 1;
        let outcomes = images.truth.iter().zip(&images.predicted).map(|(truth, predicted)| u64::from(truth == predicted));
        self.right.iter_mut().zip(outcomes).for_each(|(course, is_right)| *course = *course << 1 | is_right);
        self.newest.clone_from(images);
    }

    /// What the judgement `back` before the newest came to beside the one before it; `None` when either is not known.
    pub fn turned(&self, back: usize) -> Option<Turned> {
        if back + 1 >= self.judgements.min(KEPT) {
            return None;
        }
        let mut turned = Turned::default();
        for course in &self.right {
            let (now, before) = (course >> back & 1 == 1, course >> (back + 1));
            turned.became_wrong += usize::from(!now && before & 1 == 1);
            turned.became_right += usize::from(now && before & 1 == 0);
            turned.forgotten += usize::from(!now && before != 0);
            turned.never_right += usize::from(!now && before == 0);
        }
        Some(turned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Images of class 0, of which these are right.
    fn judgement(right: &[bool]) -> JudgedImages {
        let mut images = JudgedImages::default();
        right.iter().for_each(|right| images.push(0, u16::from(!right), 0.5));
        images
    }

    #[test]
    fn what_became_of_images_follows_from_their_courses() {
        let mut courses = Courses::default();
        for right in [[false, false, true, true], [true, false, false, true], [false, false, false, true]] {
            courses.judged(&judgement(&right));
        }
        let newest = Turned { became_wrong: 1, became_right: 0, forgotten: 2, never_right: 1 };
        let before = Turned { became_wrong: 1, became_right: 1, forgotten: 1, never_right: 1 };
        assert_eq!([0, 1, 2, 70].map(|back| courses.turned(back)), [Some(newest), Some(before), None, None]);
        courses.judged(&judgement(&[true; 5]));
        assert_eq!(courses.turned(0), None, "other images");
    }

    #[test]
    fn of_many_judgements_the_last_are_kept() {
        let mut courses = Courses::default();
        (0..200).for_each(|i| courses.judged(&judgement(&[i % 2 == 0])));
        assert_eq!(courses.turned(0).map(|turned| turned.became_wrong), Some(1));
        assert!(courses.turned(62).is_some() && courses.turned(63).is_none());
    }
}
