//! The order in which samples are shown: what is wrong or least sure comes first.

use crate::protocol::Sample;

/// So long samples keep their places while a run trains: whoever looks at one finds it again.
const KEPT_MS: u64 = 10_000;
/// From so sure on, two right answers are alike.
const SURE: [f32; 4] = [0.5, 0.7, 0.9, 0.97];

/// The order in which samples are shown.
#[derive(Clone, Debug, Default)]
pub struct SampleOrder {
    places: Vec<usize>,
    /// When they were ordered by what they are taken for.
    at_ms: Option<u64>,
}

impl SampleOrder {
    /// The places of all samples among the chosen ones: wrong ones, the least sure, the rest.
    pub fn places(&self) -> &[usize] {
        &self.places
    }

    /// Orders them: `now`, or when they have kept their places for long enough.
    pub(super) fn arrange(&mut self, at_ms: u64, samples: &[Sample], probabilities: &[Vec<f32>], now: bool) {
        let due = self.at_ms.is_none_or(|then| at_ms.saturating_sub(then) >= KEPT_MS);
        if !(now || due || self.places.len() != samples.len()) {
            return;
        }
        let need = |index: &usize| {
            let row = probabilities.get(*index).map_or(&[][..], Vec::as_slice);
            let right = most_probable(row).filter(|class| *class == samples[*index].label);
            right.map_or(0, |class| 1 + SURE.iter().filter(|sure| row[class] >= **sure).count())
        };
        self.places = (0..samples.len()).collect();
        self.places.sort_by_key(need);
        self.at_ms = (!probabilities.is_empty()).then_some(at_ms);
    }
}

/// The most probable class, of those whose probability is a number.
pub fn most_probable(probabilities: &[f32]) -> Option<usize> {
    let all = probabilities.iter().enumerate().filter(|(_, p)| p.is_finite());
    all.max_by(|a, b| a.1.total_cmp(b.1)).map(|(class, _)| class)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_comes_first_then_what_is_least_sure_and_places_are_kept_for_a_while() {
        let samples: Vec<Sample> = [0, 1, 0, 1, 0].map(|label| Sample { index: 0, label, pixels: vec![0] }).into();
        let rows = |rows: [[f32; 2]; 5]| rows.map(Vec::from);
        let first = rows([[0.98, 0.02], [0.4, 0.6], [0.2, 0.8], [0.1, 0.9], [0.99, 0.01]]);
        let later = rows([[0.4, 0.6], [0.1, 0.9], [0.9, 0.1], [0.1, 0.9], [0.9, 0.1]]);
        let mut order = SampleOrder::default();
        for (at_ms, probabilities, now, expected) in [
            (0, &[][..], false, [0, 1, 2, 3, 4]),
            (0, &first[..], false, [2, 1, 3, 0, 4]),
            (KEPT_MS - 1, &later, false, [2, 1, 3, 0, 4]),
            (KEPT_MS, &later, false, [0, 1, 2, 3, 4]),
            (KEPT_MS + 1, &first, true, [2, 1, 3, 0, 4]),
        ] {
            order.arrange(at_ms, &samples, probabilities, now);
            assert_eq!(order.places(), expected, "{at_ms}");
        }
    }
}
