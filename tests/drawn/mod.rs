//! Pictures of digits as people take and make them, drawn by code: with pens of all kinds, on paper that is plain, ruled or
//! squared, under shadows, with noise, dark on light and light on dark.

use std::f32::consts::TAU;

use mnist_tui::data::picture::Picture;

/// A source of chance that is the same everywhere.
pub struct Chance(u64);

impl Chance {
    /// What follows from a number.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    /// Evenly from 0 to 1.
    pub fn part(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1 << 24) as f32
    }

    /// Evenly between two numbers.
    pub fn between(&mut self, from: f32, to: f32) -> f32 {
        from + (to - from) * self.part()
    }

    /// One of so many.
    pub fn one_of(&mut self, count: usize) -> usize {
        ((self.part() * count as f32) as usize).min(count - 1)
    }
}

/// What a digit is written on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paper {
    Plain,
    Ruled,
    Squared,
}

/// How a digit comes into its form.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pen<'a> {
    /// Along strokes, so many parts of its height wide.
    Stroke(f32),
    /// As an image of 28 × 28 pixels has it, smoothly enlarged; what is above this part of full ink is ink.
    Image(&'a [u8], f32),
}

/// A picture to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scene<'a> {
    pub digit: usize,
    pub pen: Pen<'a>,
    pub paper: Paper,
    /// Height and width.
    pub size: [usize; 2],
    /// The digit's height as a part of the shorter side.
    pub height: f32,
    /// How dark the ink is, and how dark the lines are: parts of the light that they take.
    pub dark: [f32; 2],
    /// The light that falls on it: none, from a side, or with the edge of a shadow.
    pub shadow: usize,
    pub noise: f32,
    /// Light on dark.
    pub inverted: bool,
    /// A dark table is seen beside the paper, to the left and below.
    pub table: bool,
}

/// Strokes of each digit, in parts of its height, each the points of a smooth line; two ways for some.
fn strokes(digit: usize, way: usize) -> Vec<Vec<[f32; 2]>> {
    let ring = |x: f32, y: f32, across: f32, down: f32| -> Vec<[f32; 2]> {
        (0..=12).map(|i| TAU * i as f32 / 12.0 - TAU / 4.0).map(|at| [x + across * at.cos(), y + down * at.sin()]).collect()
    };
    let straight = |from: [f32; 2], to: [f32; 2]| vec![from, to];
    match (digit, way) {
        (0, _) => vec![ring(0.35, 0.5, 0.3, 0.5)],
        (1, 0) => vec![straight([0.3, 0.0], [0.3, 1.0])],
        (1, _) => vec![straight([0.38, 0.0], [0.3, 1.0]), straight([0.38, 0.0], [0.18, 0.22])],
        (2, 0) => vec![
            vec![[0.05, 0.25], [0.2, 0.03], [0.45, 0.02], [0.58, 0.22], [0.45, 0.5], [0.2, 0.8], [0.03, 1.0]],
            straight([0.03, 1.0], [0.65, 0.98]),
        ],
        (2, _) => vec![vec![
            [0.06, 0.18],
            [0.25, 0.0],
            [0.5, 0.1],
            [0.5, 0.4],
            [0.28, 0.75],
            [0.1, 0.95],
            [0.06, 0.85],
            [0.25, 0.88],
            [0.6, 1.0],
        ]],
        (3, _) => vec![
            vec![[0.05, 0.1], [0.25, 0.0], [0.5, 0.1], [0.48, 0.35], [0.22, 0.47]],
            vec![[0.22, 0.47], [0.52, 0.55], [0.58, 0.8], [0.35, 1.0], [0.02, 0.92]],
        ],
        (4, 0) => {
            vec![straight([0.15, 0.0], [0.02, 0.55]), straight([0.02, 0.55], [0.62, 0.52]), straight([0.5, 0.05], [0.45, 1.0])]
        }
        (4, _) => {
            vec![straight([0.45, 0.0], [0.0, 0.65]), straight([0.0, 0.65], [0.62, 0.65]), straight([0.45, 0.0], [0.45, 1.0])]
        }
        (5, _) => vec![
            straight([0.55, 0.02], [0.15, 0.0]),
            straight([0.15, 0.0], [0.1, 0.42]),
            vec![[0.1, 0.42], [0.35, 0.36], [0.56, 0.55], [0.5, 0.88], [0.25, 1.0], [0.02, 0.9]],
        ],
        (6, _) => vec![vec![
            [0.48, 0.0],
            [0.2, 0.25],
            [0.05, 0.6],
            [0.12, 0.92],
            [0.35, 1.0],
            [0.52, 0.82],
            [0.42, 0.58],
            [0.2, 0.6],
            [0.08, 0.78],
        ]],
        (7, 0) => vec![straight([0.02, 0.03], [0.58, 0.0]), straight([0.58, 0.0], [0.25, 1.0])],
        (7, _) => {
            vec![straight([0.02, 0.02], [0.58, 0.02]), straight([0.58, 0.02], [0.22, 1.0]), straight([0.18, 0.5], [0.58, 0.47])]
        }
        (8, _) => vec![vec![
            [0.5, 0.12],
            [0.3, 0.0],
            [0.1, 0.15],
            [0.22, 0.4],
            [0.48, 0.62],
            [0.52, 0.88],
            [0.28, 1.0],
            [0.04, 0.85],
            [0.14, 0.6],
            [0.42, 0.38],
            [0.5, 0.12],
        ]],
        (_, 0) => vec![ring(0.3, 0.26, 0.24, 0.26), straight([0.54, 0.2], [0.46, 1.0])],
        _ => vec![ring(0.3, 0.26, 0.25, 0.26), vec![[0.55, 0.2], [0.55, 0.6], [0.4, 0.95], [0.1, 1.0]]],
    }
}

/// Points closely along a smooth line (Catmull & Rom) through some.
fn along(points: &[[f32; 2]]) -> Vec<[f32; 2]> {
    let at = |index: isize| points[index.clamp(0, points.len() as isize - 1) as usize];
    let mut line = Vec::new();
    for start in 0..points.len() as isize - 1 {
        let [a, b, c, d] = [-1, 0, 1, 2].map(|off| at(start + off));
        for step in 0..8 {
            let t = step as f32 / 8.0;
            line.push([0, 1].map(|i| {
                0.5 * (2.0 * b[i]
                    + (c[i] - a[i]) * t
                    + (2.0 * a[i] - 5.0 * b[i] + 4.0 * c[i] - d[i]) * t * t
                    + (3.0 * b[i] - a[i] - 3.0 * c[i] + d[i]) * t * t * t)
            }));
        }
    }
    line.push(at(points.len() as isize - 1));
    line
}

/// How far a place is from the stretch between two others.
fn distance(place: [f32; 2], from: [f32; 2], to: [f32; 2]) -> f32 {
    let (along, off) = ([to[0] - from[0], to[1] - from[1]], [place[0] - from[0], place[1] - from[1]]);
    let length = along[0] * along[0] + along[1] * along[1];
    let part = if length > 0.0 { ((off[0] * along[0] + off[1] * along[1]) / length).clamp(0.0, 1.0) } else { 0.0 };
    (off[0] - part * along[0]).hypot(off[1] - part * along[1])
}

/// Ink from 0 to 1 at places in pixels.
type Ink<'a> = Box<dyn Fn(f32, f32) -> f32 + 'a>;

impl Scene<'_> {
    /// Where there is ink of a digit that is `high` pixels high with its corner at a place.
    fn ink(&self, high: f32, corner: [f32; 2], chance: &mut Chance) -> Ink<'_> {
        match self.pen {
            Pen::Stroke(wide) => {
                let (slant, stretch) = (chance.between(-0.2, 0.12), chance.between(0.85, 1.2));
                let mut lines = Vec::new();
                for stroke in strokes(self.digit, chance.one_of(2)) {
                    let off = [chance.between(-0.015, 0.015), chance.between(-0.015, 0.015)];
                    let place = |[x, y]: [f32; 2]| {
                        [corner[0] + high * ((x + off[0]) * stretch + slant * (y - 0.5)), corner[1] + high * (y + off[1])]
                    };
                    let points = along(&stroke.into_iter().map(place).collect::<Vec<_>>());
                    lines.extend(points.windows(2).map(|pair| (pair[0], pair[1])).collect::<Vec<_>>());
                }
                let half = (wide * high / 2.0).max(0.7);
                Box::new(move |x, y| {
                    let nearest = lines.iter().map(|(from, to)| distance([x, y], *from, *to)).fold(f32::INFINITY, f32::min);
                    (half + 0.5 - nearest).clamp(0.0, 1.0)
                })
            }
            Pen::Image(pixels, least) => {
                let value = move |row: isize, column: isize| match (0..28).contains(&row) && (0..28).contains(&column) {
                    true => f32::from(pixels[(row * 28 + column) as usize]) / 255.0,
                    false => 0.0,
                };
                Box::new(move |x, y| {
                    let [column, row] = [(x - corner[0]) / high * 20.0 + 3.5, (y - corner[1]) / high * 20.0 + 3.5];
                    let [left, top] = [column.floor(), row.floor()];
                    let [across, down] = [column - left, row - top].map(|part| part * part * (3.0 - 2.0 * part));
                    let line = |row: isize| value(row, left as isize) * (1.0 - across) + value(row, left as isize + 1) * across;
                    let smooth = line(top as isize) * (1.0 - down) + line(top as isize + 1) * down;
                    ((smooth - least) * high / 40.0 + 0.5).clamp(0.0, 1.0)
                })
            }
        }
    }

    /// How dark the lines of the paper are, from 0 to 1.
    fn lines(&self, chance: &mut Chance) -> Ink<'static> {
        let short = self.size[0].min(self.size[1]) as f32;
        let (gap, half) = (short * chance.between(0.09, 0.16), (short / 400.0).max(0.5));
        let (turn, first) = (chance.between(-0.07, 0.07), chance.between(0.0, gap));
        let squared = self.paper == Paper::Squared;
        let near = move |at: f32| half + 0.5 - ((at - first).rem_euclid(gap) - gap / 2.0).abs();
        match self.paper {
            Paper::Plain => Box::new(|_, _| 0.0),
            _ => Box::new(move |x, y| {
                let lying = near(y + turn * x);
                let standing = if squared { near(x - turn * y) } else { 0.0 };
                lying.max(standing).clamp(0.0, 1.0)
            }),
        }
    }

    /// The picture.
    pub fn picture(&self, seed: u64) -> Picture {
        let chance = &mut Chance::new(seed);
        let [height, width] = self.size;
        let short = height.min(width) as f32;
        let high = self.height * short;
        let free = |length: usize, taken: f32, chance: &mut Chance| {
            let middle = (length as f32 - taken) / 2.0;
            (middle + middle * chance.between(-0.75, 0.75) * if self.table { 0.5 } else { 1.0 }).max(2.0)
        };
        let corner = [free(width, high * 0.75, chance), free(height, high, chance)];
        let (ink, lines) = (self.ink(high, corner, chance), self.lines(chance));
        let (turn, place) = (chance.between(0.0, TAU), chance.between(-0.25, 0.25) * short);
        let mut rgb = Vec::with_capacity(height * width * 3);
        for at in 0..height * width {
            let (x, y) = ((at % width) as f32, (at / width) as f32);
            let along = (x - width as f32 / 2.0) * turn.cos() + (y - height as f32 / 2.0) * turn.sin();
            let light = match self.shadow {
                0 => 0.92,
                1 => 0.75 + 0.35 * along / short,
                _ => 0.92 - 0.4 * ((along - place) / (0.02 * short) + 0.5).clamp(0.0, 1.0),
            };
            let near = |off: f32| corner[(off == 0.0) as usize];
            let is_near =
                x > near(1.0) - high * 0.5 && x < near(1.0) + high * 1.2 && (y - near(0.0) - high / 2.0).abs() < high * 0.75;
            let written = if is_near { self.dark[0] * ink(x, y) } else { 0.0 };
            let kept = (1.0 - written) * (1.0 - self.dark[1] * lines(x, y));
            let is_table = self.table && (x < 0.07 * width as f32 + y / 12.0 || y > 0.95 * height as f32 + x / 40.0);
            let kept = if is_table { 0.35 } else { kept };
            // The sum of four is almost as noise of a camera is.
            let noise = self.noise * ((0..4).map(|_| chance.part()).sum::<f32>() - 2.0);
            let value = light.clamp(0.2, 1.0) * kept + noise;
            let value = if self.inverted { 1.0 - value } else { value };
            rgb.extend([(value.clamp(0.0, 1.0) * 255.0) as u8; 3]);
        }
        Picture { height, width, rgb }
    }
}
