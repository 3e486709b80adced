//! Strokes as wide as those of MNIST, where a pen was much finer or much broader.

use super::plane::{Plane, quantile};

/// The longer side of a digit, in pixels, while its strokes are looked at.
pub(super) const SIDE: usize = 100;
/// Room around it, so that strokes can become wider.
pub(super) const ROOM: usize = 20;
/// Widths of strokes, as parts of the longer side of a digit, that are left as they are: nearly all of MNIST's.
const USUAL: [f32; 2] = [0.1, 0.2];

/// A digit, about [`SIDE`] pixels in size with room around, with strokes that are as wide as usual.
pub(super) fn evened(digit: &Plane) -> Plane {
    let inside = digit.distances(|value| value < 0.5);
    let Some(width) = width_of(&inside) else { return digit.clone() };
    let [least, most] = USUAL.map(|part| part * SIDE as f32);
    // With wider strokes the whole is larger, and each a smaller part of it.
    let wanted = if width < least {
        least * (1.0 + (least - width) / SIDE as f32)
    } else if width > most {
        most * (1.0 - (width - most) / SIDE as f32)
    } else {
        return digit.clone();
    };
    let grown = (wanted - width) / 2.0;
    let outside = digit.distances(|value| value >= 0.5);
    let edge = inside.zip(&outside, |inside, outside| if inside > 0.0 { 0.5 - inside } else { outside - 0.5 });
    let cover = |beyond: f32| (0.5 - beyond).clamp(0.0, 1.0);
    if grown >= 0.0 {
        return edge.map(|edge| cover(edge - grown));
    }
    // What is made thinner never breaks: along its middle it stays as wide as is wanted.
    let ridges = ridges(&inside, width / 2.0 * 0.6);
    let from_ridge = ridges.distances(|value| value > 0.0);
    edge.zip(&from_ridge, |edge, ridge| cover(edge - grown).max(cover(ridge - wanted / 2.0)))
}

/// How wide the strokes are, from how far each pixel of ink is from what is none.
pub(super) fn width_of(inside: &Plane) -> Option<f32> {
    let ridges = ridges(inside, 0.5);
    let middles = inside.values.iter().zip(&ridges.values).filter(|(_, ridge)| **ridge > 0.0);
    let mut widths: Vec<f32> = middles.map(|(inside, _)| 2.0 * inside - 1.0).collect();
    (!widths.is_empty()).then(|| quantile(&mut widths, 0.5))
}

/// A mask of the pixels that are as far from the edge as any beside them, and at least so far.
fn ridges(inside: &Plane, least: f32) -> Plane {
    let around = inside.greatest(1);
    inside.zip(&around, |inside, around| f32::from(u8::from(inside >= least && inside >= around)))
}
