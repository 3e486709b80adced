//! Whether a change has helped: the loss on the probe after it, beside what it was and where it was going before.

use std::collections::VecDeque;

use crate::protocol::{Hyper, Probed};

/// The loss before a change is taken from so many looks at the whole probe at most, and so many at least.
const BEFORE: usize = 16;
const LEAST_BEFORE: usize = 2;
/// After so many whole looks nothing more is waited for.
const AFTER: usize = 8;
/// So often the probe is put together anew from its parts, to see how much it would say with other images at other moments.
const DRAWS: usize = 1_000;
/// The interval holds so much of what came of it, without as much at either end ...
const TAIL: f64 = 0.005;
/// ... and is so much wider: few parts tell too little of how much they differ. Chosen on the losses of 20 runs in which nothing was
/// changed, at nine moments of each, of which about one in a hundred then seemed changed; on other runs it may be more.
const WIDER: f64 = 1.3;

/// What can be said of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The loss is lower than it was, and lower than where it was going.
    Helped,
    /// The loss is higher than it was, and higher than where it was going.
    Hurt,
    /// It may lie between the two, as far as can be told from noise.
    Unclear,
    /// The whole probe has not been looked at since.
    TooSoon,
    /// There is too little before it to compare with: it came too early, right after another change or after going back, or the
    /// run was made by a program that did not look.
    NotMeasured,
}

impl Verdict {
    /// In a word or two, in English.
    pub fn name(self) -> &'static str {
        match self {
            Self::Helped => "helped",
            Self::Hurt => "hurt",
            Self::Unclear => "cannot be told from noise",
            Self::TooSoon => "too soon to tell",
            Self::NotMeasured => "not measured",
        }
    }
}

/// What came of a change, or of several that were made before the probe could be looked at between them.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Impact {
    /// What can be said of it.
    pub verdict: Verdict,
    /// The first and the last change that it came of, counted from 1.
    pub changes: [usize; 2],
    /// The numbers, where there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<Measured>,
}

/// The losses on the probe around a change: squares of the means of their roots.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Measured {
    /// At the change.
    pub before: f64,
    /// Where it was going: what it would be after it if it went on falling as before.
    pub expected: f64,
    /// After it.
    pub after: f64,
    /// By which part the loss after the change differs from what lies between `before` and `expected`, with a confidence of
    /// 99 %: from the least to the most, -0.2 for a fifth lower.
    pub interval: [f64; 2],
}

impl Impact {
    /// What came of it, in English.
    pub fn text(&self) -> String {
        let measured = self.measured.map_or_else(String::new, |measured| format!(", loss {}", measured.interval_text()));
        let [first, last] = self.changes;
        let together = if first < last { format!(" ({first} to {last} together)") } else { String::new() };
        format!("{}{measured}{together}", self.verdict.name())
    }
}

impl Measured {
    /// By how much the loss differs, from the least to the most: `-38 % … -12 %`.
    pub fn interval_text(&self) -> String {
        let end = |part: f64| if part < 9.0 { format!("{:+.0} %", part * 100.0) } else { format!("× {:.0}", part + 1.0) };
        format!("{} … {}", end(self.interval[0]), end(self.interval[1]))
    }
}

/// Follows the probe, and says what came of each change.
#[derive(Clone, Debug, Default)]
pub struct Impacts {
    /// The looks since the last change, the newest ones.
    recent: VecDeque<Probed>,
    around: Vec<Around>,
    /// The changes there were.
    changes: usize,
}

/// A change with the looks around it.
#[derive(Clone, Debug)]
struct Around {
    changes: [usize; 2],
    /// The last step before it.
    step: u64,
    before: Vec<Probed>,
    after: Vec<Probed>,
    /// Nothing is waited for any more.
    closed: bool,
    measured: Option<Measured>,
}

impl Impacts {
    /// A hyperparameter is another one from `step` on.
    pub(super) fn changed(&mut self, hyper: Hyper, step: u64) {
        self.changes += 1;
        // These change nothing in how the next step is made.
        if matches!(hyper, Hyper::Epochs | Hyper::Patience) {
            return;
        }
        let number = self.changes;
        match self.around.last_mut().filter(|last| !last.closed && last.after.is_empty()) {
            Some(last) => last.changes[1] = number,
            None => {
                self.close();
                let before: Vec<Probed> = self.recent.drain(..).collect();
                let parts = before.last().map_or(1, |look| usize::from(look.of));
                let (changes, step, closed) = ([number, number], step.saturating_sub(1), before.len() / parts < LEAST_BEFORE);
                let before = if closed { Vec::new() } else { before };
                self.around.push(Around { changes, step, before, after: Vec::new(), closed, measured: None });
            }
        }
    }

    /// The parameters are earlier ones: what was before says nothing about what comes.
    pub(super) fn went_back(&mut self) {
        self.recent.clear();
        self.close();
    }

    fn close(&mut self) {
        if let Some(last) = self.around.last_mut() {
            last.close();
        }
    }

    /// Parts of the probe were looked at.
    pub(super) fn probed(&mut self, looks: &[Probed]) {
        for look in looks.iter().filter(|look| look.part < look.of && look.of <= 1_024 && look.root.is_finite()) {
            self.recent.push_back(*look);
            self.recent.drain(..self.recent.len().saturating_sub(BEFORE * usize::from(look.of)));
            if let Some(last) = self.around.last_mut().filter(|last| !last.closed) {
                last.probed(*look);
            }
        }
    }

    /// What came of all changes, in order; those that were made together once.
    pub fn all(&self) -> impl Iterator<Item = Impact> {
        self.around.iter().filter_map(|around| self.of(around.changes[0]))
    }

    /// What came of a change, counted from 1; `None` for one that changes nothing in how steps are made.
    pub fn of(&self, number: usize) -> Option<Impact> {
        let around = self.around.iter().rfind(|around| (around.changes[0]..=around.changes[1]).contains(&number))?;
        let verdict = match around.measured {
            Some(Measured { interval: [_, most], .. }) if most < 0.0 => Verdict::Helped,
            Some(Measured { interval: [least, _], .. }) if least > 0.0 => Verdict::Hurt,
            Some(_) => Verdict::Unclear,
            None if around.closed => Verdict::NotMeasured,
            None => Verdict::TooSoon,
        };
        Some(Impact { verdict, changes: around.changes, measured: around.measured })
    }
}

impl Around {
    fn probed(&mut self, look: Probed) {
        self.after.push(look);
        let parts = usize::from(look.of);
        if self.after.len().is_multiple_of(parts) {
            self.measured = measure(self.step, &self.before, &self.after, parts);
        }
        if self.after.len() >= AFTER * parts {
            self.close();
        }
    }

    fn close(&mut self) {
        // Enough changes would fill the memory.
        self.closed = true;
        (self.before, self.after) = (Vec::new(), Vec::new());
    }
}

/// A whole look at the probe: the root of the loss of each part, and the step in the middle of it.
struct Look {
    step: f64,
    roots: Vec<f64>,
}

/// Looks, each part once in each; `None` where a part is missing.
fn looks(parts: usize, probed: &[Probed]) -> Option<Vec<Look>> {
    let look = |probed: &[Probed]| {
        let mut roots = vec![f64::NAN; parts];
        for look in probed {
            *roots.get_mut(usize::from(look.part))? = look.root.into();
        }
        let step = probed.iter().map(|look| look.step as f64).sum::<f64>() / parts as f64;
        roots.iter().all(|root| root.is_finite()).then_some(Look { step, roots })
    };
    probed.chunks_exact(parts).map(look).collect()
}

/// The losses around a change after `step`: what they were, where they were going by a line through their logarithms over that
/// of the step, what they became, and how certain that is when the parts of the probe are drawn anew (Efron & Tibshirani 1993).
fn measure(step: u64, before: &[Probed], after: &[Probed], parts: usize) -> Option<Measured> {
    let before = looks(parts, &before[before.len() % parts..])?;
    let after = looks(parts, after)?;
    if before.len() < LEAST_BEFORE || after.is_empty() {
        return None;
    }
    let place = |step: f64| (step + 1.0).ln();
    let places: Vec<f64> = before.iter().map(|look| place(look.step)).collect();
    let middle = places.iter().sum::<f64>() / places.len() as f64;
    let spread: f64 = places.iter().map(|place| (place - middle).powi(2)).sum();
    let afterwards = place(after.iter().map(|look| look.step).sum::<f64>() / after.len() as f64);
    // The logarithms of the three losses, with each part as often as it was drawn.
    let levels = |drawn: &[f64]| {
        let root = |look: &Look| look.roots.iter().zip(drawn).map(|(root, times)| root * times).sum::<f64>() / parts as f64;
        // A loss of nothing has no logarithm.
        let level = |root: f64| 2.0 * (root + 1e-3).ln();
        let levels: Vec<f64> = before.iter().map(|look| level(root(look))).collect();
        let mean = levels.iter().sum::<f64>() / levels.len() as f64;
        let slope: f64 = places.iter().zip(&levels).map(|(place, level)| (place - middle) * (level - mean)).sum();
        let slope = if spread > 0.0 { slope / spread } else { 0.0 };
        let at = |place: f64| mean + slope * (place - middle);
        let reached = level(after.iter().map(root).sum::<f64>() / after.len() as f64);
        [at(place(step as f64)), at(afterwards), reached]
    };
    let [was, expected, reached] = levels(&vec![1.0; parts]);
    let found = [reached - was, reached - expected];
    let mut random = Draws(0);
    let mut differences: [Vec<f64>; 2] = Default::default();
    for _ in 0..DRAWS {
        let mut drawn = vec![0.0; parts];
        (0..parts).for_each(|_| drawn[random.below(parts)] += 1.0);
        let [was, expected, reached] = levels(&drawn);
        differences[0].push(reached - was);
        differences[1].push(reached - expected);
    }
    let wider = WIDER * (parts as f64 / (parts.saturating_sub(1)).max(1) as f64).sqrt();
    let mut interval = [f64::INFINITY, f64::NEG_INFINITY];
    for (found, differences) in found.into_iter().zip(&mut differences) {
        differences.sort_by(f64::total_cmp);
        let end = |part: f64| found + wider * (differences[((DRAWS - 1) as f64 * part).round() as usize] - found);
        interval = [interval[0].min(end(TAIL)), interval[1].max(end(1.0 - TAIL))];
    }
    let interval = interval.map(f64::exp_m1);
    Some(Measured { before: was.exp(), expected: expected.exp(), after: reached.exp(), interval })
}

/// Numbers that look random, the same ones each time (SplitMix64, Steele et al. 2014).
struct Draws(u64);

impl Draws {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ mixed >> 31) % bound as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks at 16 parts that differ as images do, while the loss goes along `level`, one a step, wavering by so much.
    fn run(range: std::ops::Range<u64>, waver: f64, level: impl Fn(f64) -> f64) -> Vec<Probed> {
        let mut random = Draws(range.start + 1);
        let mut look = |step: u64| {
            let part = (step % 16) as u16;
            let own = 0.4 + 1.2 * f64::from(part) / 15.0;
            let noise = 1.0 + waver * (random.below(2_001) as f64 / 1_000.0 - 1.0);
            Probed { step, part, of: 16, root: (level(step as f64) * noise).sqrt() as f32 * own as f32 }
        };
        range.map(&mut look).collect()
    }

    /// The verdict on a change in the middle of a run.
    fn verdict(change: u64, before: &[Probed], after: &[Probed]) -> Impact {
        let mut impacts = Impacts::default();
        impacts.probed(before);
        impacts.changed(Hyper::LearningRate, change);
        impacts.probed(after);
        impacts.of(1).expect("a change")
    }

    #[test]
    fn a_change_is_judged_by_where_the_loss_was_going() {
        let falls = |step: f64| 3.0 / (1.0 + step).sqrt();
        for (name, after, wanted) in [
            ("goes on", &falls as &dyn Fn(f64) -> f64, Verdict::Unclear),
            ("stands still", &|_| falls(320.0), Verdict::Unclear),
            ("slows down", &|step| falls(320.0) * 0.5 + falls(step) * 0.5, Verdict::Unclear),
            ("a third lower", &|step| falls(step) * 0.65, Verdict::Helped),
            ("a half higher", &|_| falls(320.0) * 1.5, Verdict::Hurt),
            ("diverges", &|_| 40.0, Verdict::Hurt),
        ] {
            let impact = verdict(321, &run(0..321, 0.25, falls), &run(321..480, 0.25, after));
            assert_eq!(impact.verdict, wanted, "{name}: {impact:?}");
            let Some(Measured { before, expected, after: reached, interval: [least, most] }) = impact.measured else {
                panic!("{name}: nothing measured")
            };
            assert!(expected < before && least <= most && reached.is_finite(), "{name}: {impact:?}");
        }
        // What overfits gets worse by itself.
        let rises = |step: f64| 0.1 * (1.0 + step / 300.0);
        let impact = verdict(321, &run(0..321, 0.2, rises), &run(321..480, 0.2, rises));
        assert_eq!(impact.verdict, Verdict::Unclear, "{impact:?}");
    }

    #[test]
    fn where_there_is_too_little_nothing_is_said() {
        let level = |_: f64| 0.2;
        for (before, after, wanted) in [
            (31, 64, Verdict::NotMeasured),
            (0, 64, Verdict::NotMeasured),
            (32, 15, Verdict::TooSoon),
            (32, 0, Verdict::TooSoon),
            (32, 16, Verdict::Unclear),
        ] {
            let impact = verdict(before + 1, &run(0..before, 0.1, level), &run(before..before + after, 0.1, level));
            assert_eq!((impact.verdict, impact.changes), (wanted, [1, 1]), "{before} before, {after} after");
            assert_eq!(impact.measured.is_some(), wanted == Verdict::Unclear);
        }
        assert_eq!(Impacts::default().of(1), None);
    }

    #[test]
    fn changes_between_two_looks_are_one_and_others_end_what_was_waited_for() {
        let (mut impacts, level) = (Impacts::default(), |step: f64| if step < 200.0 { 0.2 } else { 0.05 });
        impacts.probed(&run(0..200, 0.1, level));
        for hyper in [Hyper::LearningRate, Hyper::Epochs, Hyper::LearningRate] {
            impacts.changed(hyper, 200);
        }
        assert_eq!(impacts.of(1).map(|impact| impact.changes), Some([1, 3]));
        impacts.probed(&run(200..240, 0.1, level));
        impacts.changed(Hyper::BatchSize, 240);
        impacts.probed(&run(240..300, 0.1, level));
        impacts.went_back();
        impacts.changed(Hyper::LearningRate, 300);
        impacts.probed(&run(300..400, 0.1, level));
        let verdicts = [1, 3, 4, 5].map(|number| impacts.of(number).map(|impact| impact.verdict));
        let wanted = [Verdict::Helped, Verdict::Helped, Verdict::Unclear, Verdict::NotMeasured];
        assert_eq!(verdicts, wanted.map(Some));
        assert_eq!(impacts.of(6), None);
        assert!(impacts.around.iter().all(|around| around.before.is_empty() && around.after.is_empty()), "memory is given back");
        // Whatever is told, no more is kept than is needed.
        impacts.probed(&run(400..9_000, 0.1, level));
        assert_eq!(impacts.recent.len(), BEFORE * 16);
        impacts.probed(&[Probed { step: 1, part: 9, of: 0, root: 1.0 }, Probed { step: 1, part: 0, of: 1, root: f32::NAN }]);
        assert_eq!(impacts.recent.len(), BEFORE * 16);
    }
}
