//! The course of each judged image over the run: what it was taken for, when it was right, and when not.

use std::collections::VecDeque;

use crate::protocol::JudgedImages;

/// The judgements of one set of images.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Courses {
    /// What the judgements took the images for, the newest first, as many as there is room for.
    kept: VecDeque<JudgedImages>,
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

/// What became of an image up to a judgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fate {
    /// Whether it is right.
    pub right: bool,
    /// Whether it was right in the judgement before, where there was one.
    pub was_right: Option<bool>,
    /// Whether it has been right in any judgement before.
    pub ever_right: bool,
}

/// So many judgements of each image are kept.
const KEPT: usize = 64;
/// So many bytes of what they were taken for, but at least that of the newest.
const MOST_BYTES: usize = 8 << 20;

impl Courses {
    /// One more judgement. Other images than before begin anew.
    pub(super) fn judged(&mut self, images: &JudgedImages) {
        if self.judged_before(0).is_none_or(|newest| newest.truth != images.truth) {
            *self = Self { right: vec![0; images.len()], ..Self::default() };
        }
        self.judgements += 1;
        let outcomes = images.truth.iter().zip(&images.predicted).map(|(truth, predicted)| u64::from(truth == predicted));
        self.right.iter_mut().zip(outcomes).for_each(|(course, is_right)| *course = *course << 1 | is_right);
        let room = MOST_BYTES / (images.len() * 5).max(1);
        self.kept.truncate(room.clamp(1, KEPT) - 1);
        self.kept.push_front(images.clone());
    }

    /// What the judgement `back` before the newest took the images for, where it is still known.
    pub fn judged_before(&self, back: usize) -> Option<&JudgedImages> {
        self.kept.get(back)
    }

    /// How many images there are.
    pub fn images(&self) -> usize {
        self.right.len()
    }

    /// How many judgements' outcomes are known.
    pub fn known(&self) -> usize {
        self.judgements.min(KEPT)
    }

    /// Whether an image was right, judgement by judgement, from the oldest that is known to the one `back` before the newest.
    pub fn course(&self, place: usize, back: usize) -> impl Iterator<Item = bool> {
        let bits = self.right.get(place).copied().unwrap_or(0);
        let known = if place < self.right.len() { self.known() } else { 0 };
        (back..known).rev().map(move |bit| bits >> bit & 1 == 1)
    }

    /// What became of an image up to the judgement `back` before the newest; `None` where that is not known.
    pub fn fate(&self, place: usize, back: usize) -> Option<Fate> {
        let course = self.right.get(place).filter(|_| back < self.known())?;
        let before = if back + 1 < KEPT { course >> (back + 1) } else { 0 };
        let was_right = (back + 1 < self.known()).then_some(before & 1 == 1);
        Some(Fate { right: course >> back & 1 == 1, was_right, ever_right: before != 0 })
    }

    /// What the judgement `back` before the newest came to beside the one before it; `None` when either is not known.
    pub fn turned(&self, back: usize) -> Option<Turned> {
        if back + 1 >= self.known() {
            return None;
        }
        let mut turned = Turned::default();
        for Fate { right, was_right, ever_right } in (0..self.images()).filter_map(|place| self.fate(place, back)) {
            turned.became_wrong += usize::from(!right && was_right == Some(true));
            turned.became_right += usize::from(right && was_right == Some(false));
            turned.forgotten += usize::from(!right && ever_right);
            turned.never_right += usize::from(!right && !ever_right);
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
        assert_eq!(courses.course(0, 0).collect::<Vec<_>>(), [false, true, false]);
        assert_eq!(courses.course(2, 1).collect::<Vec<_>>(), [true, false]);
        assert_eq!(courses.course(9, 0).count(), 0);
        let fate = |right, was_right, ever_right| Some(Fate { right, was_right, ever_right });
        assert_eq!(courses.fate(0, 0), fate(false, Some(true), true));
        assert_eq!(courses.fate(0, 2), fate(false, None, false));
        assert_eq!([courses.fate(0, 3), courses.fate(4, 0)], [None, None]);
        assert_eq!(courses.judged_before(1), Some(&judgement(&[true, false, false, true])));
        courses.judged(&judgement(&[true; 5]));
        assert_eq!(courses.turned(0), None, "other images");
    }

    #[test]
    fn of_many_judgements_the_last_are_kept() {
        let mut courses = Courses::default();
        (0..200).for_each(|i| courses.judged(&judgement(&[i % 2 == 0])));
        assert_eq!(courses.turned(0).map(|turned| turned.became_wrong), Some(1));
        assert!(courses.turned(62).is_some() && courses.turned(63).is_none());
        assert!(courses.judged_before(63).is_some() && courses.judged_before(64).is_none());
        assert_eq!(courses.course(0, 0).count(), 64);
        // Of very many images, only what has room.
        let mut courses = Courses::default();
        (0..30).for_each(|_| courses.judged(&judgement(&[true; 100_000])));
        assert!(courses.judged_before(15).is_some() && courses.judged_before(16).is_none());
    }
}
