//! Printed lines of ruled and squared paper: found from edge to edge, and taken out from under the digit.

use super::paper::Ink;
use super::plane::{Plane, quantile};

/// A line has ink on at least this part of its way.
const FILLED: f64 = 0.75;
/// A line lies or stands but for this slope.
const STEEPEST: f64 = 0.25;
/// At least this part of the way across the picture lies within it.
const LONGEST: f64 = 0.5;
/// Every so many pixels are looked at along a line.
const STEP: usize = 4;
/// No line is wider, to either side of its middle.
const MOST_HALF: isize = 6;
/// So many lines in a direction are lines, whatever they look like.
const MANY: usize = 3;
/// Fewer lines are so much thinner, or fainter, than the digit.
const THINNER: f32 = 0.7;
/// A digit has at least so many pixels of full ink.
const FEWEST: f64 = 40.0;

/// A line that lies: its rows where it enters and leaves.
#[derive(Clone, Copy, Debug)]
struct Rule {
    ends: [f64; 2],
    /// So many pixels to either side of its middle.
    half: isize,
    /// The usual ink in its middle.
    level: f32,
}

impl Rule {
    fn row(&self, column: usize, width: usize) -> f64 {
        self.ends[0] + (self.ends[1] - self.ends[0]) * column as f64 / (width.max(2) - 1) as f64
    }

    /// What the rows beside it usually hold, from `-MOST_HALF - 1` to `MOST_HALF + 1`.
    fn profile(&self, ink: &Plane) -> Vec<f32> {
        let usual = |off: isize| {
            let rows = (0..ink.width).map(|column| (self.row(column, ink.width).round() as isize + off, column as isize));
            let inside = rows.filter(|(row, _)| (0..ink.height as isize).contains(row));
            quantile(&mut inside.map(|(row, column)| ink.at(row, column)).collect::<Vec<f32>>(), 0.5)
        };
        (-MOST_HALF - 1..=MOST_HALF + 1).map(usual).collect()
    }

    /// Takes the line out; where strokes cross it, they stay.
    fn erase(&self, ink: &mut Plane, noise: f32) {
        let from = ink.clone();
        let reach = self.half + 1;
        for column in 0..ink.width {
            let middle = self.row(column, ink.width).round() as isize;
            let beside = |row: isize| {
                let near = (-reach..=reach).map(|along| from.at(row, column as isize + along));
                near.fold(0.0, f32::max)
            };
            let crossing = beside(middle - reach - 1).min(beside(middle + reach + 1));
            for row in (middle - reach).max(0)..=(middle + reach).min(ink.height as isize - 1) {
                let place = &mut ink.values[row as usize * from.width + column];
                // What is much darker than the line is a stroke that runs along it.
                if *place < 1.5 * self.level + 3.0 * noise {
                    *place = place.min(crossing);
                }
            }
        }
    }
}

/// Takes lines out that run from edge to edge, lying and standing ones.
pub(super) fn without_rules(ink: Ink) -> Ink {
    let Ink { plane, noise } = ink;
    let turned = plane.transposed();
    let (lying, standing) = (found(&plane, noise), found(&turned, noise));
    if lying.is_empty() && standing.is_empty() {
        return Ink { plane, noise };
    }
    let erased = |plane: &Plane, rules: &[Rule]| {
        let mut plane = plane.clone();
        rules.iter().for_each(|rule| rule.erase(&mut plane, noise));
        plane
    };
    // What is left without any of them tells what the strokes are like.
    let rest = erased(&erased(&plane, &lying).transposed(), &standing).transposed();
    let level = strongest(&rest);
    let inside = rest.distances(|value| value < 0.5 * level);
    let width = super::strokes::width_of(&inside).unwrap_or(0.0);
    let is_rule = |rules: &[Rule], rule: &Rule| {
        let thickness = (2 * rule.half + 1) as f32;
        rules.len() >= MANY || thickness < THINNER * width || rule.level < THINNER * level
    };
    let of = |rules: &[Rule]| rules.iter().copied().filter(|rule| is_rule(rules, rule)).collect::<Vec<_>>();
    let left = erased(&erased(&plane, &of(&lying)).transposed(), &of(&standing)).transposed();
    // Where nothing is left, it was no line that was taken for one.
    let is_empty = strongest(&left) < 6.0 * noise;
    Ink { plane: if is_empty { plane } else { left }, noise }
}

/// As much ink as the darkest strokes have.
pub(super) fn strongest(ink: &Plane) -> f32 {
    ink.mean(1).quantile(1.0 - FEWEST / ink.values.len().max(FEWEST as usize) as f64)
}

/// Lines that lie, or almost.
fn found(ink: &Plane, noise: f32) -> Vec<Rule> {
    let least = (4.0 * noise).max(0.05);
    let mut free = ink.clone();
    // A line may leave its way by a pixel.
    let thick = |plane: &Plane| {
        let up = |at: usize| {
            let (row, column) = ((at / ink.width) as isize, (at % ink.width) as isize);
            let near = (-1..=1).map(|off| plane.at(row + off, column)).fold(0.0, f32::max);
            f32::from(u8::from(near >= least))
        };
        plane.with((0..plane.values.len()).map(up).collect())
    };
    let mut filled = thick(&free);
    let slope = (ink.width as f64 * STEEPEST) as isize;
    let mut candidates = Vec::new();
    for first in -slope..ink.height as isize + slope {
        for last in (first - slope..=first + slope).step_by(2) {
            let part = filled_part(&filled, [first as f64, last as f64]);
            if part >= FILLED {
                candidates.push((part, [first as f64, last as f64]));
            }
        }
    }
    candidates.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut rules = Vec::new();
    for (_, ends) in candidates {
        if filled_part(&filled, ends) < FILLED {
            continue;
        }
        let mut rule = Rule { ends, half: 0, level: 0.0 };
        let profile = rule.profile(&free);
        let best = (MOST_HALF..=MOST_HALF + 2).max_by(|a, b| profile[*a as usize].total_cmp(&profile[*b as usize]));
        let shift = best.unwrap_or(MOST_HALF + 1) - MOST_HALF - 1;
        rule.ends = ends.map(|end| end + shift as f64);
        let profile = rule.profile(&free);
        rule.level = profile[MOST_HALF as usize + 1];
        let is_line = |off: isize| {
            let side = |sign: isize| profile[(MOST_HALF + 1 + sign * off) as usize];
            side(1).max(side(-1)) > 0.3 * rule.level
        };
        let half = (1..=MOST_HALF + 1).take_while(|off| is_line(*off)).last().unwrap_or(0);
        rule.half = half.min(MOST_HALF);
        if rule.level < least {
            continue;
        }
        if half <= MOST_HALF {
            rules.push(rule);
        }
        // Whatever it is, nothing else is found there.
        rule.clear(&mut free);
        filled = thick(&free);
    }
    rules
}

impl Rule {
    fn clear(&self, plane: &mut Plane) {
        for column in 0..plane.width {
            let middle = self.row(column, plane.width).round() as isize;
            let rows = (middle - self.half - 2).max(0)..=(middle + self.half + 2).min(plane.height as isize - 1);
            rows.for_each(|row| plane.values[row as usize * plane.width + column] = 0.0);
        }
    }
}

/// On which part of its way a line has ink; 0 for one that is too short, or does not begin and end at the edge.
fn filled_part(filled: &Plane, ends: [f64; 2]) -> f64 {
    let (height, width) = (filled.height as f64, filled.width);
    let slope = (ends[1] - ends[0]) / (width.max(2) - 1) as f64;
    let (mut seen, mut inked, mut misses) = (0usize, 0usize, 0usize);
    let steps = width.div_ceil(STEP);
    for column in (0..width).step_by(STEP) {
        let row = ends[0] + slope * column as f64;
        if row < 0.0 || row >= height {
            continue;
        }
        seen += 1;
        if filled.values[row as usize * width + column] > 0.0 {
            inked += 1;
        } else {
            misses += 1;
            // It can no longer be filled enough.
            if misses as f64 > (1.0 - FILLED) * steps as f64 {
                return 0.0;
            }
        }
    }
    if (seen as f64) < LONGEST * steps as f64 { 0.0 } else { inked as f64 / seen as f64 }
}
