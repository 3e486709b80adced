//! Which images of a judgement are looked at, and in which order.

use super::{Courses, Fate};

/// Which images.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    /// Those taken for something that they are not.
    #[default]
    Wrong,
    /// Those of which the network is less than half sure.
    Unsure,
    /// Those that were right in the judgement before, and are not any more.
    BecameWrong,
    /// Those that were wrong in the judgement before, and are right.
    BecameRight,
    /// Those that are wrong, and have been right at some time.
    Forgotten,
    /// Those that are wrong, and have never been right.
    NeverRight,
    /// All of them.
    All,
}

impl Filter {
    /// All of them, in the order of the key.
    pub const ALL: [Self; 7] =
        [Self::Wrong, Self::Unsure, Self::BecameWrong, Self::BecameRight, Self::Forgotten, Self::NeverRight, Self::All];
}

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// The surest mistakes first, then what is right, the least sure first.
    #[default]
    Worst,
    /// The least sure first.
    LeastSure,
    /// By what they are, and then by what they were taken for.
    ByClass,
    /// As they are judged.
    AsJudged,
    /// Without any order, but always the same.
    Random,
}

impl Order {
    /// All of them, in the order of the key.
    pub const ALL: [Self; 5] = [Self::Worst, Self::LeastSure, Self::ByClass, Self::AsJudged, Self::Random];
}

/// What of a judgement is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Which images.
    pub filter: Filter,
    /// In which order.
    pub order: Order,
    /// Only those of this class.
    pub truth: Option<usize>,
    /// Only those that were taken for this class.
    pub predicted: Option<usize>,
}

impl Choice {
    /// The places of the images that it means, of the judgement `back` before the newest; `None` when that is not known.
    pub fn of(self, courses: &Courses, back: usize) -> Option<Vec<u32>> {
        let judged = courses.judged_before(back)?;
        let class = |class: u16, wanted: Option<usize>| wanted.is_none_or(|wanted| usize::from(class) == wanted);
        let is_meant = |place: &u32| {
            let at = *place as usize;
            class(judged.truth[at], self.truth)
                && class(judged.predicted[at], self.predicted)
                && courses.fate(at, back).is_some_and(|fate| self.filter.takes(fate, judged.sureness[at]))
        };
        let mut places: Vec<u32> = (0..judged.len() as u32).filter(is_meant).collect();
        let sure = |place: &u32| judged.sureness[*place as usize];
        let is_right = |place: &u32| judged.truth[*place as usize] == judged.predicted[*place as usize];
        match self.order {
            Order::Worst => places.sort_by_key(|place| match is_right(place) {
                false => (false, 255 - sure(place)),
                true => (true, sure(place)),
            }),
            Order::LeastSure => places.sort_by_key(sure),
            Order::ByClass => {
                places.sort_by_key(|place| (judged.truth[*place as usize], judged.predicted[*place as usize]));
            }
            Order::AsJudged => {}
            Order::Random => places.sort_by_key(|place| scattered(*place)),
        }
        Some(places)
    }
}

impl Filter {
    fn takes(self, Fate { right, was_right, ever_right }: Fate, sureness: u8) -> bool {
        match self {
            Self::Wrong => !right,
            Self::Unsure => sureness < 128,
            Self::BecameWrong => !right && was_right == Some(true),
            Self::BecameRight => right && was_right == Some(false),
            Self::Forgotten => !right && ever_right,
            Self::NeverRight => !right && !ever_right,
            Self::All => true,
        }
    }
}

/// A number that has nothing to do with its neighbours' (the finalizer of SplitMix64, Steele et al. 2014).
fn scattered(place: u32) -> u64 {
    let mixed = (u64::from(place) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::JudgedImages;

    /// Two judgements of five images: what each is, what it was taken for, and how surely.
    fn courses() -> Courses {
        let mut courses = Courses::default();
        for judgement in [
            [(0, 0, 0.9), (0, 1, 0.6), (1, 1, 0.9), (1, 0, 0.4), (2, 2, 0.8)],
            [(0, 1, 0.9), (0, 0, 0.6), (1, 1, 0.7), (1, 0, 0.99), (2, 1, 0.45)],
        ] {
            let mut images = JudgedImages::default();
            judgement.into_iter().for_each(|(truth, predicted, sure)| images.push(truth, predicted, sure));
            courses.judged(&images);
        }
        courses
    }

    #[test]
    fn filters_orders_and_classes_choose_images() {
        let of = |filter, order, truth, predicted| Choice { filter, order, truth, predicted }.of(&courses(), 0);
        for (filter, order, truth, predicted, expected) in [
            (Filter::Wrong, Order::Worst, None, None, &[3, 0, 4][..]),
            (Filter::All, Order::Worst, None, None, &[3, 0, 4, 1, 2]),
            (Filter::All, Order::LeastSure, None, None, &[4, 1, 2, 0, 3]),
            (Filter::All, Order::ByClass, None, None, &[1, 0, 3, 2, 4]),
            (Filter::All, Order::AsJudged, None, None, &[0, 1, 2, 3, 4]),
            (Filter::Unsure, Order::AsJudged, None, None, &[4]),
            (Filter::BecameWrong, Order::AsJudged, None, None, &[0, 4]),
            (Filter::BecameRight, Order::AsJudged, None, None, &[1]),
            (Filter::Forgotten, Order::AsJudged, None, None, &[0, 4]),
            (Filter::NeverRight, Order::AsJudged, None, None, &[3]),
            (Filter::All, Order::AsJudged, Some(1), None, &[2, 3]),
            (Filter::All, Order::AsJudged, Some(0), Some(1), &[0]),
            (Filter::All, Order::AsJudged, Some(7), None, &[]),
        ] {
            assert_eq!(of(filter, order, truth, predicted).as_deref(), Some(expected), "{filter:?} {order:?}");
        }
        let mut random = of(Filter::All, Order::Random, None, None).expect("judged");
        assert_ne!(random, [0, 1, 2, 3, 4]);
        random.sort_unstable();
        assert_eq!(random, [0, 1, 2, 3, 4]);
    }

    #[test]
    fn earlier_judgements_are_there_as_they_were() {
        let wrong = |back| Choice::default().of(&courses(), back);
        assert_eq!([wrong(1), wrong(2)], [Some(vec![1, 3]), None]);
    }
}
