//! Early stopping: how long the validation loss has not become better, and where it was the least.

use serde::{Deserialize, Serialize};

use crate::protocol::Code;

/// No run counts so many epochs: there is room to count on.
pub(super) const MOST: usize = 1 << 31;

/// The epochs' validation losses, as far as early stopping remembers them.
///
/// Two things are remembered, as `EarlyStopping` and `ModelCheckpoint` of PyTorch Lightning do: patience counts from the
/// last loss that was better by more than `min_delta`, and the parameters worth keeping are those of the least loss.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct EarlyStopping {
    /// By how much a loss must be below the best to be better.
    min_delta: f64,
    /// The last epoch that was better than those before, counted from 1, and its loss.
    best: Option<(usize, f64)>,
    /// Epochs since then.
    waited: usize,
    /// The epoch with the least loss, and the loss. Older programs kept the parameters of `best`.
    #[serde(default)]
    least: Option<(usize, f64)>,
}

impl EarlyStopping {
    /// Nothing has been judged yet.
    pub fn new(min_delta: f64) -> Self {
        Self { min_delta, best: None, waited: 0, least: None }
    }

    /// Takes an epoch's validation loss into account; whether it is the least so far.
    pub fn judged(&mut self, epoch: usize, loss: f64) -> bool {
        let below = |best: Option<(usize, f64)>, by: f64| best.is_none_or(|(_, best)| loss < best - by);
        let least = loss.is_finite() && below(self.least.or(self.best), 0.0);
        if least {
            self.least = Some((epoch, loss));
        }
        if loss.is_finite() && below(self.best, self.min_delta) {
            (self.best, self.waited) = (Some((epoch, loss)), 0);
        } else {
            self.waited += 1;
        }
        least
    }

    /// The epoch whose parameters are to be kept; of older programs' runs, that whose parameters were.
    pub fn best_epoch(&self) -> Option<usize> {
        self.least.or(self.best).map(|(epoch, _)| epoch)
    }

    /// Whether `patience` epochs have not become better; never for a patience of 0.
    pub fn is_due(&self, patience: usize) -> bool {
        patience > 0 && self.waited >= patience
    }

    /// Waits as long as ever once more.
    pub fn wait_anew(&mut self) {
        self.waited = 0;
    }

    /// Whether a run can remember it: not what was damaged in a file.
    pub fn is_plausible(&self) -> bool {
        let mut losses = self.best.into_iter().chain(self.least);
        let delta = self.min_delta.is_finite() && self.min_delta >= 0.0;
        delta && losses.all(|(epoch, loss)| epoch <= MOST && loss.is_finite()) && self.waited <= MOST
    }

    /// Why to stop.
    pub fn reason(&self) -> Code {
        let waited = self.waited;
        match self.best {
            Some((epoch, loss)) => Code::NotBetter { loss, epoch, min_delta: self.min_delta, waited },
            None => Code::NeverFinite { waited },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_waits_as_long_as_it_is_told() {
        // Name, min_delta, patience, losses, the epoch after which it stops, the epoch with the least loss.
        let cases = [
            ("off", 0.0, 0, &[1.0, 2.0, 3.0, 4.0][..], None, Some(1)),
            ("always better", 0.0, 1, &[4.0, 3.0, 2.0], None, Some(3)),
            ("the same is not better", 0.0, 1, &[1.0, 1.0], Some(2), Some(1)),
            ("patience 2", 0.0, 2, &[1.0, 1.5, 0.9, 1.0, 0.95, 0.1], Some(5), Some(3)),
            ("too little is not better, and yet the least", 0.1, 2, &[1.0, 0.95, 0.91], Some(3), Some(3)),
            ("the least is not the last", 0.1, 2, &[1.0, 0.91, 0.95], Some(3), Some(2)),
            ("little by little is enough", 0.1, 2, &[1.0, 0.95, 0.89], None, Some(3)),
            ("no number is not better", 0.0, 2, &[f64::NAN, f64::INFINITY], Some(2), None),
        ];
        for (name, min_delta, patience, losses, stops, best) in cases {
            let mut stopping = EarlyStopping::new(min_delta);
            let mut stopped = None;
            for (epoch, loss) in (1..).zip(losses) {
                stopping.judged(epoch, *loss);
                if stopping.is_due(patience) {
                    stopped = Some(epoch);
                    break;
                }
            }
            assert_eq!((stopped, stopping.best_epoch()), (stops, best), "{name}");
        }
    }

    #[test]
    fn it_says_why() {
        let mut stopping = EarlyStopping::new(0.01);
        stopping.judged(1, 0.5);
        stopping.judged(2, 0.495);
        let reason = "the validation loss has not fallen below the 0.5000 of epoch 1 by more than 0.01 for 1 epoch";
        assert_eq!((stopping.reason().to_string().as_str(), stopping.is_due(1), stopping.is_due(2)), (reason, true, false));
    }
}
