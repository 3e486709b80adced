//! Pictures on which images of a set stand at several sizes and places, and how many of them were found.

use mnist_tui::data::picture::{Fit, Picture, resized};
use mnist_tui::data::{ImageSet, Purpose, stream};
use mnist_tui::evaluate::{Area, Find};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::RngCore;

/// Random numbers.
pub struct Chance(ChaCha8Rng);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(stream(seed, Purpose::Sweep, 0, 0))
    }

    pub fn part(&mut self) -> f64 {
        f64::from(self.0.next_u32()) / 2f64.powi(32)
    }

    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + self.part() * (high - low)
    }

    pub fn of(&mut self, choices: usize) -> usize {
        (self.part() * choices as f64) as usize
    }
}

/// Something that stands on a sheet.
#[derive(Clone, Debug)]
pub struct Placed {
    pub class: usize,
    pub area: Area,
}

/// What images stand on, and how.
#[derive(Clone, Copy, Debug)]
pub struct Ground {
    /// Its brightness, 0 to 1.
    pub light: f64,
    /// By how much it is lighter at the right and at the bottom than at the other side.
    pub slope: [f64; 2],
    /// How far each pixel may be off.
    pub noise: f64,
    /// Images are ink of this brightness, bright where there is much of it; else they are pasted as they are.
    pub ink: Option<f64>,
}

impl Ground {
    /// Of each kind: plain, lit from a side, noisy; dark ink on light or light ink on dark.
    pub fn for_ink(chance: &mut Chance, kind: usize) -> Self {
        let is_dark = chance.part() < 0.6;
        let (light, ink) = match is_dark {
            true => (chance.between(0.6, 0.95), chance.between(0.0, 0.3)),
            false => (chance.between(0.05, 0.3), chance.between(0.65, 1.0)),
        };
        Self::of_kind(light, Some(ink), chance, kind)
    }

    fn of_kind(light: f64, ink: Option<f64>, chance: &mut Chance, kind: usize) -> Self {
        let slope = if kind % 3 == 1 { [(); 2].map(|()| chance.between(-0.15, 0.15)) } else { [0.0; 2] };
        let noise = if kind % 3 == 2 { chance.between(0.02, 0.08) } else { 0.0 };
        Self { light, slope, noise, ink }
    }
}

/// A sheet of this height and width with so many images of a set, of these sizes as parts of their own, none over another.
pub fn sheet(
    (set, indices): (&ImageSet, &[u32]),
    count: usize,
    [height, width]: [usize; 2],
    (ground, sizes): (Ground, [f64; 2]),
    chance: &mut Chance,
) -> (Picture, Vec<Placed>) {
    let mut values: Vec<f64> = (0..height * width)
        .map(|at| {
            let parts = [(at % width) as f64 / width as f64, (at / width) as f64 / height as f64];
            ground.light + ground.slope.iter().zip(parts).map(|(slope, part)| slope * (part - 0.5)).sum::<f64>()
        })
        .collect();
    let mut placed: Vec<Placed> = Vec::new();
    let mut tries = 0;
    while placed.len() < count {
        tries += 1;
        assert!(tries < 100_000, "there is no room for {count}");
        let index = indices[chance.of(indices.len())] as usize;
        let times = chance.between(sizes[0], sizes[1]);
        let [high, wide, _] = set.shape().map(|side| (side as f64 * times).round() as usize);
        let [top, left] = [chance.of(height - high), chance.of(width - wide)];
        let area = Area { left: left as f64, top: top as f64, width: wide as f64, height: high as f64 };
        if placed.iter().any(|other| other.area.overlap(&area) > 0.0) {
            continue;
        }
        let [rows, columns, _] = set.shape();
        let picture =
            Picture { height: rows, width: columns, rgb: set.image(index).iter().flat_map(|value| [*value; 3]).collect() };
        let image = resized(&picture, [high, wide], Fit::Stretch);
        for (at, pixel) in image.chunks_exact(3).enumerate() {
            let value = &mut values[(top + at / wide) * width + left + at % wide];
            let own = f64::from(pixel[0]) / 255.0;
            *value = ground.ink.map_or(own, |ink| *value + (ink - *value) * own);
        }
        placed.push(Placed { class: set.label(index), area });
    }
    let mut noisy = |value: &f64| ((value + chance.between(-ground.noise, ground.noise)).clamp(0.0, 1.0) * 255.0) as u8;
    let rgb = values.iter().flat_map(|value| [noisy(value); 3]);
    let rgb: Vec<u8> = rgb.collect();
    (Picture { height, width, rgb }, placed)
}

/// How many of what stands on sheets were found and told right, of how many; and how many of the finds were wrong.
#[derive(Clone, Copy, Debug, Default)]
pub struct Score {
    pub there: usize,
    pub right: usize,
    pub finds: usize,
}

impl Score {
    /// Counts what was found on a sheet; says what was not, and what is wrong.
    pub fn add(&mut self, placed: &[Placed], finds: &[Find]) -> Vec<String> {
        let is_right = |placed: &Placed, find: &Find| placed.class == find.class && placed.area.overlap(&find.area) >= 0.5;
        let mut is_used = vec![false; finds.len()];
        let mut words = Vec::new();
        for one in placed {
            match finds.iter().enumerate().position(|(at, find)| !is_used[at] && is_right(one, find)) {
                Some(at) => {
                    is_used[at] = true;
                    self.right += 1;
                }
                None => words.push(format!("missed {one:?}")),
            }
        }
        self.there += placed.len();
        self.finds += finds.len();
        words.extend(finds.iter().zip(is_used).filter(|(_, used)| !used).map(|(find, _)| format!("wrong {find:?}")));
        words
    }

    /// The part of what is there that was found and told right, and the part of the finds that is wrong.
    pub fn parts(&self) -> [f64; 2] {
        let wrong = (self.finds - self.right) as f64;
        [self.right as f64 / self.there.max(1) as f64, wrong / self.finds.max(1) as f64]
    }
}
