//! Where two runs are not of one mind: the images on which only one of them is right.

use super::RunState;
use crate::protocol::{Among, JudgedImages, Split};

/// The images on which only one of two runs is right, of a set that both have judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Apart {
    /// Of which set.
    pub among: Among,
    /// How many images that has.
    pub images: usize,
    /// The places of those on which only the first is right, and only the second: the surest mistakes of the other first.
    pub only: [Vec<u32>; 2],
}

impl Apart {
    /// By the newest judgements of both; `None` when no set of the same images was judged by both. The validation images come
    /// first: nothing should be chosen by the test images.
    pub fn of(runs: [&RunState; 2]) -> Option<Self> {
        [(Among::Validation, Split::Validation), (Among::Test, Split::Test)].into_iter().find_map(|(among, split)| {
            let [one, other] = runs.map(|run| run.courses(split).judged_before(0));
            let (one, other) = one.zip(other).filter(|(one, other)| one.truth == other.truth && are_same_images(runs, among))?;
            Some(Self { among, images: one.len(), only: [only(one, other), only(other, one)] })
        })
    }
}

/// Whether the runs have the same images in this set, as far as their recipes tell.
fn are_same_images(runs: [&RunState; 2], among: Among) -> bool {
    let [one, other] = runs.map(|run| run.started.as_ref().map(|started| &started.spec));
    let Some((one, other)) = one.zip(other) else { return false };
    // Which images are held out follows from the data, the seed and how many they are.
    let holds_out_the_same = || one.seed == other.seed && one.data.validation == other.data.validation;
    let set = |spec: &crate::protocol::RunSpec| {
        spec.data.content.as_ref().map_or_else(|| spec.data.source.clone(), |content| content.sha256.clone())
    };
    set(one) == set(other) && (among == Among::Test || holds_out_the_same())
}

/// The places on which the first is right and the second is not, the surest mistakes first.
fn only(right: &JudgedImages, wrong: &JudgedImages) -> Vec<u32> {
    let is_meant =
        |place: &usize| right.predicted[*place] == right.truth[*place] && wrong.predicted[*place] != wrong.truth[*place];
    let mut places: Vec<u32> = (0..right.len()).filter(is_meant).map(|place| place as u32).collect();
    places.sort_by_key(|place| std::cmp::Reverse(wrong.sureness[*place as usize]));
    places
}
