//! Early stopping: how long the validation loss has not become better.

use serde::{Deserialize, Serialize};

use crate::protocol::Code;

/// The best validation loss so far, and how long ago it was.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct EarlyStopping {
    /// By how much a loss must be below the best to be better.
    min_delta: f64,
    /// The best epoch, counted from 1, and its loss.
    best: Option<(usize, f64)>,
    /// Epochs since then.
    waited: usize,
}

impl EarlyStopping {
    /// Nothing has been judged yet.
    pub fn new(min_delta: f64) -> Self {
        Self { min_delta, best: None, waited: 0 }
    }

    /// Takes an epoch's validation loss into account; whether it is the best so far.
    pub fn judged(&mut self, epoch: usize, loss: f64) -> bool {
        let better = loss.is_finite() && self.best.is_none_or(|(_, best)| loss < best - self.min_delta);
        if better {
            self.best = Some((epoch, loss));
        }
        self.waited = if better { 0 } else { self.waited + 1 };
        better
    }

    /// Why to stop, when `patience` epochs have not become better; never for a patience of 0.
    pub fn reason(&self, patience: usize) -> Option<Code> {
        if patience == 0 || self.waited < patience {
            return None;
        }
        let waited = self.waited;
        Some(match self.best {
            Some((epoch, loss)) => Code::NotBetter { loss, epoch, min_delta: self.min_delta, waited },
            None => Code::NeverFinite { waited },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_waits_as_long_as_it_is_told() {
        // Name, min_delta, patience, losses, the epoch after which it stops, the best epoch.
        let cases = [
            ("off", 0.0, 0, &[1.0, 2.0, 3.0, 4.0][..], None, Some(1)),
            ("always better", 0.0, 1, &[4.0, 3.0, 2.0], None, Some(3)),
            ("the same is not better", 0.0, 1, &[1.0, 1.0], Some(2), Some(1)),
            ("patience 2", 0.0, 2, &[1.0, 1.5, 0.9, 1.0, 0.95, 0.1], Some(5), Some(3)),
            ("too little is not better", 0.1, 2, &[1.0, 0.95, 0.91], Some(3), Some(1)),
            ("little by little is enough", 0.1, 2, &[1.0, 0.95, 0.89], None, Some(3)),
            ("no number is not better", 0.0, 2, &[f64::NAN, f64::INFINITY], Some(2), None),
        ];
        for (name, min_delta, patience, losses, stops, best) in cases {
            let mut stopping = EarlyStopping::new(min_delta);
            let mut stopped = None;
            for (epoch, loss) in (1..).zip(losses) {
                stopping.judged(epoch, *loss);
                if stopping.reason(patience).is_some() {
                    stopped = Some(epoch);
                    break;
                }
            }
            assert_eq!((stopped, stopping.best.map(|(epoch, _)| epoch)), (stops, best), "{name}");
        }
    }

    #[test]
    fn it_says_why() {
        let mut stopping = EarlyStopping::new(0.01);
        stopping.judged(1, 0.5);
        stopping.judged(2, 0.495);
        let reason = "the validation loss has not fallen below the 0.5000 of epoch 1 by more than 0.01 for 1 epoch";
        assert_eq!(stopping.reason(1).map(|code| code.to_string()).as_deref(), Some(reason));
        assert_eq!(stopping.reason(2), None);
    }
}
