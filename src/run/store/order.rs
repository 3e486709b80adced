//! Which runs of a list are shown, and in which order.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::Listed;

/// What runs are sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortKey {
    /// When they started.
    #[default]
    Started,
    /// What they are called.
    Name,
    /// Whether and how they ended.
    Status,
    /// The network.
    Preset,
    /// The seed.
    Seed,
    /// Epochs finished.
    Epochs,
    /// Steps made.
    Steps,
    /// Seconds of training.
    Seconds,
    /// The accuracy on the test set, or before that on the validation images.
    Accuracy,
    /// The loss on the same.
    Loss,
}

impl SortKey {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Started,
        Self::Name,
        Self::Status,
        Self::Preset,
        Self::Seed,
        Self::Epochs,
        Self::Steps,
        Self::Seconds,
        Self::Accuracy,
        Self::Loss,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Name => "name",
            Self::Status => "status",
            Self::Preset => "preset",
            Self::Seed => "seed",
            Self::Epochs => "epochs",
            Self::Steps => "steps",
            Self::Seconds => "seconds",
            Self::Accuracy => "accuracy",
            Self::Loss => "loss",
        }
    }

    /// The lesser first. Runs that are the same in this stay in the order in which they started.
    pub fn compare(self, a: &Listed, b: &Listed) -> Ordering {
        let number = |of: fn(&Listed) -> Option<f64>| {
            let value = |run: &Listed| of(run).unwrap_or(f64::NEG_INFINITY);
            value(a).total_cmp(&value(b))
        };
        let (one, other) = (&a.about.started.spec, &b.about.started.spec);
        match self {
            Self::Started => Ordering::Equal,
            Self::Name => a.about.name().to_lowercase().cmp(&b.about.name().to_lowercase()),
            Self::Status => a.status().cmp(b.status()),
            Self::Preset => one.preset.cmp(&other.preset),
            Self::Seed => one.seed.cmp(&other.seed),
            Self::Epochs => number(|run| Some(run.summary.as_ref()?.epochs as f64)),
            Self::Steps => number(|run| Some(run.summary.as_ref()?.steps as f64)),
            Self::Seconds => number(|run| Some(run.summary.as_ref()?.train_seconds)),
            Self::Accuracy => number(Listed::accuracy),
            Self::Loss => number(Listed::loss),
        }
    }
}

impl SortKey {
    /// The best first, for people who look from the top; what has no such figure comes last. Otherwise as [`compare`](Self::compare).
    pub fn best_first(self, a: &Listed, b: &Listed) -> Ordering {
        let by = |of: fn(&Listed) -> Option<f64>, greatest: bool| {
            let value = |run: &Listed| of(run).filter(|value| !value.is_nan()).map(|value| if greatest { -value } else { value });
            match (value(a), value(b)) {
                (Some(a), Some(b)) => a.total_cmp(&b),
                (a, b) => b.is_some().cmp(&a.is_some()),
            }
        };
        match self {
            Self::Accuracy => by(Listed::accuracy, true),
            Self::Loss => by(Listed::loss, false),
            Self::Seconds => by(|run| Some(run.summary.as_ref()?.train_seconds), false),
            _ => self.compare(a, b),
        }
    }
}

impl Listed {
    /// The accuracy that it is judged by: on the test set, or before that on the validation images.
    pub fn accuracy(&self) -> Option<f64> {
        self.summary.as_ref().and_then(|summary| summary.test_accuracy.or(summary.validation_accuracy))
    }

    /// The loss that it is judged by.
    pub fn loss(&self) -> Option<f64> {
        self.summary.as_ref().and_then(|summary| summary.test_loss.or(summary.validation_loss))
    }

    /// Whether it is one of those asked for: with `filter` in its name, id, preset or status; or `name=…`, `preset=…`,
    /// `status=…` or `seed=…` exactly. Capital letters are as small ones.
    pub fn matches(&self, filter: &str) -> bool {
        let filter = filter.to_lowercase();
        let spec = &self.about.started.spec;
        match filter.split_once('=') {
            Some(("name", name)) => self.about.name().to_lowercase() == name,
            Some(("preset", preset)) => spec.preset.to_lowercase() == preset,
            Some(("status", status)) => self.status() == status.replace(' ', "_"),
            Some(("seed", seed)) => spec.seed.to_string() == seed,
            _ => {
                let texts = [self.about.name(), &self.id(), &spec.preset, self.status()];
                texts.iter().any(|text| text.to_lowercase().contains(&filter))
            }
        }
    }
}

/// Branches below what they branched off, otherwise in the given order: how deep each run stands, and its place in `runs`.
/// A run whose parent is not among them is a root.
pub fn tree(runs: &[Listed]) -> Vec<(usize, usize)> {
    let ids: BTreeMap<String, usize> = runs.iter().enumerate().map(|(place, run)| (run.id(), place)).collect();
    let parent = |run: &Listed| ids.get(&run.about.started.parent.as_ref()?.run_id).copied();
    let mut branches: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut roots = Vec::new();
    for (place, run) in runs.iter().enumerate() {
        match parent(run) {
            Some(parent) => branches.entry(parent).or_default().push(place),
            None => roots.push(place),
        }
    }
    let (mut rows, mut seen) = (Vec::new(), BTreeSet::new());
    // Files can be edited: runs that are each other's branches have no root.
    for root in roots.into_iter().chain(0..runs.len()) {
        let mut waiting = vec![(0, root)];
        while let Some((depth, place)) = waiting.pop() {
            if seen.insert(place) {
                rows.push((depth, place));
                waiting.extend(branches.get(&place).into_iter().flatten().rev().map(|branch| (depth + 1, *branch)));
            }
        }
    }
    rows
}
