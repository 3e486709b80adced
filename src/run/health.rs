//! Whether a run learns: what goes wrong without a number that is not finite.

use crate::protocol::{ConfusionMatrix, Hyper};

/// Before so many steps nobody can tell whether a network at chance is stuck.
const PATIENT_STEPS: u64 = 300;
/// Where epochs are short, so many of them are enough, if they have so many steps.
const PATIENT_EPOCHS: (u32, u64) = (2, 50);
/// Training losses of so many epochs that are no better than the best before them are no progress.
const STALLED_EPOCHS: u32 = 3;
/// A loss of an epoch is better when it is at least so much lower, as a part of the best.
const BETTER: f64 = 0.01;
/// Who gets so many of the training images right is done rather than stuck.
const LEARNT: f64 = 0.9;

/// How the training goes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Health {
    /// It learns, or it is too early to tell.
    #[default]
    Learning,
    /// The smoothed loss is far above the least that it was.
    Diverging {
        /// What it is.
        loss: f64,
        /// The least that it was.
        best: f64,
    },
    /// The network does no better than always to say the most frequent class.
    AtChance {
        /// The part of the training images that it gets right, smoothed.
        accuracy: f64,
        /// Since so many steps.
        steps: u64,
    },
    /// The mean training loss has not fallen for epochs, though much is left to learn.
    Stalled {
        /// For so many.
        epochs: u32,
        /// The part of the training images that it gets right.
        accuracy: f64,
    },
}

/// Watches how the training goes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct HealthWatch {
    health: Health,
    /// Steps and epochs since it began anew.
    steps: u64,
    epochs: u32,
    best: Option<f64>,
    /// The least mean loss of an epoch, and the epochs since.
    best_epoch: Option<(f64, u32)>,
}

impl HealthWatch {
    /// How the training goes.
    pub fn health(&self) -> Health {
        self.health
    }

    /// The parameters are others: what was before says nothing of them.
    pub(super) fn begin_anew(&mut self) {
        *self = Self::default();
    }

    /// A hyperparameter is another. Some of them change what the least possible loss is.
    pub(super) fn changed(&mut self, hyper: Hyper) {
        if matches!(hyper, Hyper::Augmentation | Hyper::Dropout | Hyper::LabelSmoothing) {
            (self.best, self.best_epoch) = (None, None);
        }
        // A change has to be given time.
        (self.steps, self.epochs) = (0, 0);
        if let Some((_, since)) = &mut self.best_epoch {
            *since = 0;
        }
        if !matches!(self.health, Health::Diverging { .. }) {
            self.health = Health::Learning;
        }
    }

    /// So many more steps were made, after which smoothed loss and accuracy are these; `seen` are the images of the epoch.
    pub(super) fn trained(&mut self, steps: u64, loss: f64, accuracy: f64, seen: &ConfusionMatrix) {
        self.steps += steps;
        if !loss.is_finite() {
            return;
        }
        let best = self.best.map_or(loss, |best: f64| best.min(loss));
        self.best = Some(best);
        let guess = (seen.classes().max(2) as f64).ln();
        let was_diverging = matches!(self.health, Health::Diverging { .. });
        // What is above both is far; it is no longer when it is below either of the halves.
        let (times, above) = if was_diverging { (2.0, 0.1) } else { (3.0, 0.2) };
        let is_far = loss > times * best && loss - best > above * guess;
        let is_beyond_guessing = loss > 1.5 * guess && loss > if was_diverging { 1.25 } else { 1.5 } * best;
        let (epochs, steps) = PATIENT_EPOCHS;
        let is_late = self.steps >= PATIENT_STEPS || self.epochs >= epochs && self.steps >= steps;
        self.health = match self.health {
            _ if is_far || is_beyond_guessing => Health::Diverging { loss, best },
            _ if is_late && accuracy <= chance(seen) => Health::AtChance { accuracy, steps: self.steps },
            stalled @ Health::Stalled { .. } => stalled,
            _ => Health::Learning,
        };
    }

    /// An epoch has ended with this mean loss and accuracy on its training images.
    pub(super) fn epoch_finished(&mut self, loss: f64, accuracy: f64) {
        self.epochs += 1;
        let since = match self.best_epoch {
            Some((best, since)) if loss.is_nan() || loss > best * (1.0 - BETTER) => {
                self.best_epoch = Some((best.min(loss), since + 1));
                since + 1
            }
            _ => {
                self.best_epoch = Some((loss, 0));
                0
            }
        };
        let is_stalled = since >= STALLED_EPOCHS && accuracy < LEARNT;
        self.health = match self.health {
            Health::Learning | Health::Stalled { .. } if is_stalled => Health::Stalled { epochs: since, accuracy },
            Health::Stalled { .. } => Health::Learning,
            health => health,
        };
    }
}

/// The accuracy up to which a network does no better than to say the most frequent of the classes seen, give or take what
/// batches vary by.
fn chance(seen: &ConfusionMatrix) -> f64 {
    let frequent = (0..seen.classes()).map(|class| seen.support(class)).max().unwrap_or(0);
    let most = frequent as f64 / seen.total().max(1) as f64;
    let even = 1.0 / seen.classes().max(1) as f64;
    let guess = most.max(even);
    guess + (guess / 2.0).min(0.03).min(1.0 - guess)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten classes, seen equally often.
    fn seen() -> ConfusionMatrix {
        let mut seen = ConfusionMatrix::new(10);
        (0..10).for_each(|class| (0..20).for_each(|_| seen.add(class, 3)));
        seen
    }

    fn after(course: &[(u64, f64, f64)]) -> Health {
        let mut watch = HealthWatch::default();
        course.iter().for_each(|(steps, loss, accuracy)| watch.trained(*steps, *loss, *accuracy, &seen()));
        watch.health()
    }

    #[test]
    fn what_goes_wrong_is_noticed_and_nothing_else() {
        let learning = Health::Learning;
        for (course, health) in [
            (&[(20, 2.3, 0.1), (200, 0.5, 0.8), (600, 0.05, 0.98)][..], learning),
            // Too early to tell.
            (&[(20, 2.3, 0.1), (200, 2.3, 0.1)], learning),
            (&[(20, 2.3, 0.1), (280, 2.3, 0.11)], Health::AtChance { accuracy: 0.11, steps: 300 }),
            (&[(20, 2.3, 0.1), (280, 2.25, 0.14)], learning),
            (&[(600, 0.05, 0.98), (20, 0.4, 0.9)], learning),
            (&[(600, 0.05, 0.98), (20, 2.3, 0.1)], Health::Diverging { loss: 2.3, best: 0.05 }),
            // It comes back.
            (&[(600, 0.05, 0.98), (20, 0.7, 0.7), (20, 0.4, 0.9)], Health::Diverging { loss: 0.4, best: 0.05 }),
            (&[(600, 0.05, 0.98), (20, 0.7, 0.7), (20, 0.2, 0.95)], learning),
            // Worse than guessing, and becoming worse.
            (&[(20, 2.4, 0.1), (20, 9.0, 0.1)], Health::Diverging { loss: 9.0, best: 2.4 }),
            // A wild start that falls.
            (&[(20, 40.0, 0.1), (20, 9.0, 0.2)], learning),
            (&[(20, f64::NAN, 0.1)], learning),
        ] {
            assert_eq!(after(course), health, "{course:?}");
        }
    }

    #[test]
    fn epochs_without_progress_are_noticed_where_much_is_left() {
        for (losses, accuracy, stalled) in [
            (&[1.0, 0.9, 0.8, 0.7][..], 0.7, false),
            (&[1.0, 1.0, 0.995, 0.999], 0.6, true),
            (&[1.0, 1.0, 0.995, 0.8], 0.6, false),
            (&[1.0, 1.0, 1.0, 1.0], 0.95, false),
        ] {
            let mut watch = HealthWatch::default();
            losses.iter().for_each(|loss| watch.epoch_finished(*loss, accuracy));
            assert_eq!(matches!(watch.health(), Health::Stalled { .. }), stalled, "{losses:?}");
            watch.changed(Hyper::LearningRate);
            assert_eq!(watch.health(), Health::Learning, "a change is given time");
        }
    }

    #[test]
    fn chance_is_the_most_frequent_class() {
        let mut seen = ConfusionMatrix::new(2);
        (0..90).for_each(|_| seen.add(0, 0));
        (0..10).for_each(|_| seen.add(1, 0));
        let mut watch = HealthWatch::default();
        watch.trained(400, 0.33, 0.9, &seen);
        assert_eq!(watch.health(), Health::AtChance { accuracy: 0.9, steps: 400 });
        watch.trained(400, 0.2, 0.95, &seen);
        assert_eq!(watch.health(), Health::Learning);
    }

    #[test]
    fn what_makes_the_task_harder_is_no_divergence() {
        let mut watch = HealthWatch::default();
        watch.trained(600, 0.05, 0.98, &seen());
        watch.changed(Hyper::LabelSmoothing);
        watch.trained(20, 0.6, 0.98, &seen());
        assert_eq!(watch.health(), Health::Learning);
    }
}
