//! Which of the ink is the digit: not specks, not the edge of the paper, nor what else is in the picture.

use super::plane::Plane;

/// A part has at least this much of the ink of the largest.
const LEAST: f32 = 0.04;
/// A part lies no further from the largest than this part of its size.
const NEAREST: f32 = 0.3;
/// What runs out of the picture counts so much less.
const CUT_OFF: f32 = 0.1;
/// And what lies along the edge, as a table beside the paper does, hardly counts.
const BESIDE: f32 = 0.001;
/// What has more of its size than this at the edge of the picture lies along it.
const ALONG: f32 = 0.5;

/// Ink that hangs together.
#[derive(Clone, Debug)]
struct Part {
    /// First row and column, and those behind the last.
    ends: [usize; 4],
    ink: f32,
    /// Pixels at the edge of the picture.
    contact: usize,
    /// Rows and columns of its pixels, weighted by ink.
    sums: [f32; 2],
}

impl Part {
    fn is_cut_off(&self, ink: &Plane) -> bool {
        let [top, left, bottom, right] = self.ends;
        top <= 1 || left <= 1 || bottom + 1 >= ink.height || right + 1 >= ink.width
    }

    /// Whether it lies along the edge of the picture.
    fn is_along(&self) -> bool {
        self.contact as f32 > ALONG * self.size()
    }

    /// How likely it is the digit: much ink, in the middle, all of it in the picture.
    fn weight(&self, ink: &Plane) -> f32 {
        let away = |sum: f32, length: usize| (sum / self.ink / length as f32 - 0.5).abs();
        let off = away(self.sums[0], ink.height).max(away(self.sums[1], ink.width));
        let counts = match () {
            () if self.is_along() => BESIDE,
            () if self.is_cut_off(ink) => CUT_OFF,
            () => 1.0,
        };
        self.ink * (1.0 - off) * counts
    }

    /// How far another one is, along the axis where it is further.
    fn gap(&self, other: &Self) -> f32 {
        let [top, left, bottom, right] = self.ends;
        let along =
            |from: usize, until: usize, first: usize, last: usize| first.saturating_sub(until).max(from.saturating_sub(last));
        along(top, bottom, other.ends[0], other.ends[2]).max(along(left, right, other.ends[1], other.ends[3])) as f32
    }

    fn size(&self) -> f32 {
        (self.ends[2] - self.ends[0]).max(self.ends[3] - self.ends[1]) as f32
    }
}

/// A mask of the pixels of the digit: ink above `least`, in the part that is most likely it and in those beside it.
///
/// The second is whether it lies along the edge of the picture, as light and shadow may, and no digit does.
pub(super) fn digit_of(ink: &Plane, least: f32) -> Option<(Plane, bool)> {
    // What is hardly apart hangs together.
    let reach = 1 + ink.height.max(ink.width) / 150;
    let (labels, parts) = labelled(ink, &ink.greatest(reach).map(|value| if value >= least { 1.0 } else { 0.0 }), least);
    let main = parts.iter().filter(|part| part.ink > 0.0).max_by(|a, b| a.weight(ink).total_cmp(&b.weight(ink)))?;
    let belongs = |part: &Part| {
        let is_near = part.gap(main) <= NEAREST * main.size() && part.size() <= main.size() * 1.5;
        part.ink >= LEAST * main.ink && is_near && (!part.is_cut_off(ink) || main.is_cut_off(ink))
    };
    let kept: Vec<bool> = parts.iter().map(|part| std::ptr::eq(part, main) || belongs(part)).collect();
    let is_kept = |(label, value): (&usize, &f32)| *value >= least && label.checked_sub(1).is_some_and(|label| kept[label]);
    let mask = ink.with(labels.iter().zip(&ink.values).map(|pixel| f32::from(u8::from(is_kept(pixel)))).collect());
    Some((mask, main.is_along()))
}

/// For each pixel the part that it belongs to, counted from 1, or 0, and the parts with what ink they have.
fn labelled(ink: &Plane, mask: &Plane, least: f32) -> (Vec<usize>, Vec<Part>) {
    let (height, width) = (ink.height, ink.width);
    let mut labels = vec![0; mask.values.len()];
    let mut parts = Vec::new();
    let mut open = Vec::new();
    for start in 0..labels.len() {
        if labels[start] != 0 || mask.values[start] == 0.0 {
            continue;
        }
        let label = parts.len() + 1;
        let mut part = Part { ends: [height, width, 0, 0], ink: 0.0, contact: 0, sums: [0.0; 2] };
        labels[start] = label;
        open.push(start);
        while let Some(at) = open.pop() {
            let (row, column) = (at / width, at % width);
            if ink.values[at] >= least {
                let [top, left, bottom, right] = part.ends;
                part.ends = [top.min(row), left.min(column), bottom.max(row + 1), right.max(column + 1)];
                part.ink += ink.values[at];
                part.contact += usize::from(row == 0 || column == 0 || row + 1 == height || column + 1 == width);
                part.sums[0] += ink.values[at] * row as f32;
                part.sums[1] += ink.values[at] * column as f32;
            }
            for next_row in row.saturating_sub(1)..(row + 2).min(height) {
                for next_column in column.saturating_sub(1)..(column + 2).min(width) {
                    let next = next_row * width + next_column;
                    if labels[next] == 0 && mask.values[next] > 0.0 {
                        labels[next] = label;
                        open.push(next);
                    }
                }
            }
        }
        parts.push(part);
    }
    (labels, parts)
}
