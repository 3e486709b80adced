//! What windows that lie over each other come to: one find each.

use super::Find;
use crate::nn::greatest;

/// Windows that share more than this part of what both cover show the same.
const SAME: f64 = 0.5;
/// Two finds share no more than this part of what both cover, nor this part of the smaller one.
const APART: [f64; 2] = [0.3, 0.6];
/// So much agreement at least makes a find.
const LEAST: f64 = 1.5;

/// A part of a picture, in its pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    /// Of its left edge.
    pub left: f64,
    /// Of its upper edge.
    pub top: f64,
    /// Columns.
    pub width: f64,
    /// Rows.
    pub height: f64,
}

impl Area {
    /// Left, top, width and height in whole pixels.
    pub fn pixels(&self) -> [i64; 4] {
        [self.left, self.top, self.width, self.height].map(|part| part.round() as i64)
    }

    fn size(&self) -> f64 {
        self.width * self.height
    }

    /// How many pixels both cover.
    fn shared(&self, other: &Self) -> f64 {
        let across = (self.left + self.width).min(other.left + other.width) - self.left.max(other.left);
        let down = (self.top + self.height).min(other.top + other.height) - self.top.max(other.top);
        across.max(0.0) * down.max(0.0)
    }

    /// The part of what they cover together that both cover.
    pub fn overlap(&self, other: &Self) -> f64 {
        let shared = self.shared(other);
        shared / (self.size() + other.size() - shared)
    }

    /// The part of the smaller one that both cover.
    fn contained(&self, other: &Self) -> f64 {
        self.shared(other) / self.size().min(other.size())
    }
}

/// A window that the network takes for something.
#[derive(Clone, Debug)]
pub(super) struct Judged {
    pub area: Area,
    pub class: usize,
    pub probability: f32,
    /// By how much it is likelier than nothing, as far as it stands alone.
    pub score: f32,
}

impl Judged {
    /// Of the probability of each class, where it is not nothing. `alone` says how much it stands alone, 0 to 1.
    pub fn new(area: Area, row: &[f32], nothing: usize, alone: f32) -> Option<Self> {
        let class = greatest(row);
        let score = (row.get(class)? - row.get(nothing)?) * alone;
        (class != nothing && score > 0.0).then_some(Self { area, class, probability: row[class], score })
    }
}

/// The finds: of windows that overlap, those whose class the most others agree on.
pub(super) fn merged(windows: &[Judged]) -> Vec<Find> {
    let agreeing = |one: &Judged| {
        let others = windows.iter().filter(|other| other.class == one.class);
        others.map(|other| one.area.overlap(&other.area) * f64::from(other.score)).sum::<f64>()
    };
    let mut order: Vec<(f64, &Judged)> = windows.iter().map(|window| (agreeing(window), window)).collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut finds: Vec<Find> = Vec::new();
    for (agreement, window) in order {
        if agreement < LEAST {
            break;
        }
        let is_taken = |find: &Find| find.area.overlap(&window.area) > APART[0] || find.area.contained(&window.area) > APART[1];
        if finds.iter().any(is_taken) {
            continue;
        }
        finds.push(together(window, windows));
    }
    finds.sort_by(|a, b| a.area.top.total_cmp(&b.area.top).then(a.area.left.total_cmp(&b.area.left)));
    finds
}

/// The windows that show the same as one and agree with it, as one.
fn together(one: &Judged, windows: &[Judged]) -> Find {
    let same = windows.iter().filter(|other| other.class == one.class && one.area.overlap(&other.area) > SAME);
    let (mut sums, mut weights, mut probability) = ([0.0; 4], 0.0, 0.0);
    for Judged { area, score, probability: own, .. } in same {
        let weight = f64::from(*score);
        sums.iter_mut().zip([area.left, area.top, area.width, area.height]).for_each(|(sum, part)| *sum += weight * part);
        weights += weight;
        probability += weight * f64::from(*own);
    }
    let [left, top, width, height] = sums.map(|sum| sum / weights);
    Find { area: Area { left, top, width, height }, class: one.class, probability: (probability / weights) as f32 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A square window, its left edge, its side and its class; it is sure.
    fn window(left: f64, side: f64, class: usize) -> Judged {
        let area = Area { left, top: 10.0, width: side, height: side };
        Judged { area, class, probability: 0.9, score: 0.9 }
    }

    #[test]
    fn windows_over_each_other_are_one_find_of_the_class_that_most_agree_on() {
        let cases = [
            ("nothing", vec![], vec![]),
            ("one that nobody agrees with", vec![window(0.0, 20.0, 1)], vec![]),
            ("two that agree", vec![window(0.0, 20.0, 1), window(2.0, 20.0, 1)], vec![(1.0, 20.0, 1)]),
            (
                "two against three",
                [&vec![window(0.0, 20.0, 1); 2][..], &vec![window(2.0, 20.0, 2); 3]].concat(),
                vec![(2.0, 20.0, 2)],
            ),
            (
                "a part within it",
                [&vec![window(0.0, 30.0, 1); 3][..], &vec![window(9.0, 12.0, 7); 2]].concat(),
                vec![(0.0, 30.0, 1)],
            ),
            (
                "side by side, from the left",
                [&vec![window(21.0, 20.0, 1); 3][..], &vec![window(0.0, 20.0, 1); 2]].concat(),
                vec![(0.0, 20.0, 1), (21.0, 20.0, 1)],
            ),
        ];
        for (what, windows, expected) in cases {
            let finds: Vec<_> = merged(&windows).iter().map(|find| (find.area.left, find.area.width, find.class)).collect();
            assert_eq!(finds, expected, "{what}");
        }
    }

    #[test]
    fn overlap_is_the_part_of_both() {
        let area = |left: f64, side: f64| window(left, side, 0).area;
        for (a, b, overlap, contained) in [
            (area(0.0, 10.0), area(0.0, 10.0), 1.0, 1.0),
            (area(0.0, 10.0), area(5.0, 10.0), 1.0 / 3.0, 0.5),
            (area(0.0, 10.0), area(10.0, 10.0), 0.0, 0.0),
            (area(0.0, 20.0), area(5.0, 10.0), 0.25, 1.0),
        ] {
            assert!((a.overlap(&b) - overlap).abs() < 1e-12 && (a.contained(&b) - contained).abs() < 1e-12, "{a:?} {b:?}");
            assert_eq!((a.overlap(&b), a.contained(&b)), (b.overlap(&a), b.contained(&a)));
        }
    }

    #[test]
    fn what_is_likelier_nothing_is_no_window() {
        let area = window(0.0, 10.0, 0).area;
        let score = |row: &[f32], alone| Judged::new(area, row, 2, alone).map(|judged| (judged.class, judged.score));
        assert_eq!(score(&[0.1, 0.2, 0.7], 1.0), None);
        assert_eq!(score(&[0.25, 0.75, 0.0], 1.0), Some((1, 0.75)));
        assert_eq!(score(&[0.25, 0.75, 0.0], 0.5), Some((1, 0.375)), "as far as it stands alone");
        assert_eq!(score(&[0.25, 0.75, 0.0], 0.0), None, "a part of something");
    }
}
