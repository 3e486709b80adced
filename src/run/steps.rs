//! What is told of every step: its figures, as series that any chart can be drawn from.

use super::Series;
use crate::protocol::{LayerMeasure, StepsFinished};
use crate::text::Word;

/// How much of the past the smoothed curves remember: each step weighs this much of all before it.
const SMOOTHING: f32 = 0.97;

/// Of how far the run was, so many moments are kept at most; of more, every second one goes.
const MOST_TOLD: usize = 8192;

/// One value a step, from step 1 on; of long runs, the newest ones and what [`Series`] leaves of older ones.
#[derive(Clone, Debug, Default)]
pub struct StepSeries {
    /// The loss of each batch.
    pub loss: Series,
    /// The same, smoothed.
    pub loss_smooth: Series,
    /// The accuracy of each batch, 0 to 1.
    pub accuracy: Series,
    /// The same, smoothed.
    pub accuracy_smooth: Series,
    /// The effective learning rate.
    pub learning_rate: Series,
    /// The images of each batch.
    pub batch: Series,
    /// The norm of the gradient, as it was measured last; not a number where it was not.
    pub gradient_norm: Series,
    /// Images trained on in a second, since it told of steps before.
    pub throughput: Series,
    /// The greatest part by which a step has changed a layer, as it was measured last; not a number until it was.
    pub update_ratio: Series,
    newest_ratio: Option<f32>,
    /// How far the run was when it told of steps; of a long run, not each time.
    pub told: Vec<Told>,
    /// Every step and every time is kept.
    lossless: bool,
    /// How often it told of steps.
    tellings: u64,
    /// How often every second of the moments went.
    halvings: u32,
    averages: [Average; 2],
}

/// How far a run was when it told of steps; all of them since the time before belong to one epoch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Told {
    /// The newest step.
    pub step: u64,
    /// Its epoch, counted from 1.
    pub epoch: usize,
    /// Seconds of training since the run started.
    pub train_seconds: f64,
    /// Images trained on since then.
    pub images: u64,
}

/// What a chart counts along its horizontal axis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// Batches trained on.
    #[default]
    Steps,
    /// Times that all training images were seen.
    Epochs,
    /// Images trained on.
    Images,
    /// Seconds of training.
    Time,
}

impl Unit {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Steps, Self::Epochs, Self::Images, Self::Time];

    /// Its name, in the plural.
    pub fn name(self) -> Word {
        match self {
            Self::Steps => Word::Steps,
            Self::Epochs => Word::Epochs,
            Self::Images => Word::Images,
            Self::Time => Word::Time,
        }
    }
}

/// An exponential moving average without the pull of its start (Kingma & Ba 2015, section 3).
#[derive(Clone, Copy, Debug, Default)]
struct Average {
    value: f32,
    weight: f32,
}

impl Average {
    fn push(&mut self, value: f32) -> f32 {
        self.value = SMOOTHING * self.value + (1.0 - SMOOTHING) * value;
        self.weight = SMOOTHING * self.weight + (1.0 - SMOOTHING);
        self.value / self.weight
    }
}

impl StepSeries {
    /// Those that keep every step, in memory that grows with them.
    pub(super) fn lossless() -> Self {
        let series = Series::lossless;
        Self {
            loss: series(),
            loss_smooth: series(),
            accuracy: series(),
            accuracy_smooth: series(),
            learning_rate: series(),
            batch: series(),
            gradient_norm: series(),
            throughput: series(),
            update_ratio: series(),
            lossless: true,
            ..Self::default()
        }
    }

    pub(super) fn push(&mut self, steps: &StepsFinished) {
        let (seconds, images) = self.told.last().map_or((0.0, 0), |told| (told.train_seconds, told.images));
        let passed = steps.train_seconds - seconds;
        let throughput = if passed > 0.0 { steps.images_seen.saturating_sub(images) as f64 / passed } else { f64::NAN };
        for (i, loss) in steps.loss.iter().enumerate() {
            let column = |values: &[u32]| values.get(i).copied().unwrap_or(0) as f32;
            let accuracy = column(&steps.correct) / column(&steps.batch).max(1.0);
            self.loss.push(*loss);
            self.loss_smooth.push(self.averages[0].push(*loss));
            self.accuracy.push(accuracy);
            self.accuracy_smooth.push(self.averages[1].push(accuracy));
            self.learning_rate.push(steps.learning_rate.get(i).copied().unwrap_or(0.0));
            self.batch.push(column(&steps.batch));
            self.gradient_norm.push(steps.gradient_norm.unwrap_or(f32::NAN));
            self.throughput.push(throughput as f32);
            self.update_ratio.push(self.newest_ratio.unwrap_or(f32::NAN));
        }
        self.tell(Told {
            step: steps.last_step(),
            epoch: steps.epoch,
            train_seconds: steps.train_seconds,
            images: steps.images_seen,
        });
    }

    /// Takes in what was measured of the layers.
    pub(super) fn measured(&mut self, layers: &[LayerMeasure]) {
        self.newest_ratio = layers.iter().map(|layer| layer.update_ratio).reduce(f32::max);
    }

    /// How far the run was after so many steps, and parts of one, in images or seconds: what was told, and even between.
    pub(super) fn along(&self, step: f64, of: impl Fn(&Told) -> f64) -> f64 {
        straight(&self.told, step, |told| told.step as f64, of)
    }

    /// The inverse: after how many steps the run was so far.
    pub(super) fn step_at(&self, x: f64, of: impl Fn(&Told) -> f64) -> f64 {
        straight(&self.told, x, of, |told| told.step as f64)
    }

    /// Keeps every moment, or every second, fourth, … of a long run, and the newest.
    fn tell(&mut self, told: Told) {
        let is_kept = |number: u64, halvings: u32| number.is_multiple_of(1 << halvings);
        if self.tellings.checked_sub(1).is_some_and(|newest| !is_kept(newest, self.halvings)) {
            self.told.pop();
        }
        if self.told.len() == MOST_TOLD && !self.lossless {
            self.halvings += 1;
            let mut place = 0;
            self.told.retain(|_| {
                place += 1;
                place % 2 == 1
            });
        }
        self.tellings += 1;
        self.told.push(told);
    }

    /// Lets the smoothed curves forget what was before: the network is another.
    pub(super) fn smooth_anew(&mut self) {
        self.averages = Default::default();
    }
}

/// The `y` at `x` on straight lines from 0 through all of `told`, and on past the last one.
fn straight(told: &[Told], x: f64, x_of: impl Fn(&Told) -> f64, y_of: impl Fn(&Told) -> f64) -> f64 {
    let at = told.partition_point(|told| x_of(told) < x).min(told.len().saturating_sub(1));
    let Some(after) = told.get(at) else { return 0.0 };
    let (x0, y0) = at.checked_sub(1).map_or((0.0, 0.0), |at| (x_of(&told[at]), y_of(&told[at])));
    let (x1, y1) = (x_of(after), y_of(after));
    if x1 > x0 { y0 + (x - x0) / (x1 - x0) * (y1 - y0) } else { y1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn smoothing_follows_slowly_until_it_starts_anew() {
        let mut series = StepSeries::default();
        let push = |series: &mut StepSeries, loss: f32| {
            series.push(&StepsFinished { loss: vec![loss], correct: vec![1], batch: vec![2], ..StepsFinished::default() });
            series.loss_smooth.last()
        };
        assert_eq!(push(&mut series, 1.0), Some(1.0), "no pull to zero at the start");
        let second = push(&mut series, 3.0).expect("two values");
        assert!((second - (0.97 * 1.0 + 3.0) / 1.97).abs() < 1e-6, "{second}");
        series.smooth_anew();
        assert_eq!(push(&mut series, 3.0), Some(3.0));
        assert_eq!((series.loss.len(), series.accuracy.last(), series.told.len()), (3, Some(0.5), 3));
    }

    #[test]
    fn a_run_is_measured_in_images_and_seconds_between_what_was_told() {
        let mut series = StepSeries::default();
        for (first_step, count, images_seen, train_seconds) in [(1, 10, 320, 2.0), (11, 10, 960, 3.0)] {
            let (loss, none) = (vec![1.0; count], vec![0; count]);
            let told = StepsFinished { first_step, loss, images_seen, train_seconds, correct: none, ..StepsFinished::default() };
            series.push(&told);
        }
        for (step, images, seconds) in
            [(0.0, 0.0, 0.0), (5.0, 160.0, 1.0), (10.0, 320.0, 2.0), (15.0, 640.0, 2.5), (30.0, 1600.0, 4.0)]
        {
            assert_eq!(series.along(step, |told| told.images as f64), images);
            assert_eq!(series.along(step, |told| told.train_seconds), seconds);
            assert_eq!(series.step_at(images, |told| told.images as f64), step);
        }
        assert_eq!(StepSeries::default().along(3.0, |told| told.train_seconds), 0.0);
    }

    #[test]
    fn of_a_long_run_moments_from_its_start_to_its_end_are_kept() {
        let mut kept = [StepSeries::default(), StepSeries::lossless()].map(|mut series| {
            for first_step in 1..=100_000 {
                series.push(&StepsFinished { first_step, loss: vec![1.0], ..StepsFinished::default() });
            }
            series.told
        });
        assert_eq!(kept[1].len(), 100_000);
        let told = std::mem::take(&mut kept[0]);
        assert!((MOST_TOLD / 2..=MOST_TOLD).contains(&told.len()));
        assert!(told[0].step < 50 && told.last().is_some_and(|told| told.step == 100_000));
        assert!(told.windows(2).all(|pair| (1..50).contains(&(pair[1].step - pair[0].step))));
    }
}
