//! The settings that vary, and the values that each run gets.

use rand_chacha::rand_core::RngCore;

use crate::cli::sweep_error::SweepError;
use crate::config::{Flag, FlagValue, Settings, Sources};
use crate::data::{Purpose, stream};

/// A grid of more runs is a mistake.
const MOST_RUNS: usize = 100_000;

/// A setting that varies.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Axis {
    key: String,
    values: Values,
    /// As it was written.
    origin: String,
}

#[derive(Clone, Debug, PartialEq)]
enum Values {
    Listed(Vec<String>),
    Between(f64, f64),
}

/// A value that a run gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    key: String,
    value: String,
}

impl Axis {
    /// Takes the flags that have several values out of `base`, and reads each `--vary`.
    pub fn taken_from(base: &mut Sources, vary: &[String]) -> Result<Vec<Self>, SweepError> {
        let mut axes = Vec::new();
        let varies = |given: &FlagValue| given.flag.varies && (given.value.contains(',') || given.value.contains(".."));
        for FlagValue { flag, value } in base.flags.extract_if(.., |given| varies(given)) {
            axes.push(Self::new(flag.key, &value, format!("{} {value}", flag.name))?);
        }
        for text in vary {
            let (key, values) = text.split_once('=').ok_or_else(|| SweepError::NoValues { text: text.clone() })?;
            let (key, origin) = (key.trim(), format!("--vary {text}"));
            let set = base.sets.iter().find(|set| set.split_once('=').is_some_and(|(other, _)| other.trim() == key));
            let flag = base.flags.iter().find(|given| given.flag.key == key);
            let flag = flag.map(|given| format!("{} {}", given.flag.name, given.value));
            let other = axes.iter().find(|axis: &&Self| axis.key == key).map(|axis| axis.origin.clone());
            if let Some(origin) = set.map(|set| format!("--set {set}")).or(flag).or(other) {
                return Err(SweepError::Twice { key: key.into(), origin });
            }
            axes.push(Self::new(key, values, origin)?);
        }
        if axes.is_empty() { Err(SweepError::NothingVaries) } else { Ok(axes) }
    }

    fn new(key: &str, text: &str, origin: String) -> Result<Self, SweepError> {
        let values = match text.split_once("..") {
            None => Values::Listed(text.split(',').map(|value| value.trim().to_owned()).collect()),
            Some((low, high)) => match (low.trim().parse(), high.trim().parse()) {
                (Ok(low), Ok(high)) if low < high && f64::is_finite(high - low) => Values::Between(low, high),
                _ => return Err(SweepError::NoRange { origin }),
            },
        };
        Ok(Self { key: key.into(), values, origin })
    }

    fn choice(&self, value: String) -> Choice {
        Choice { key: self.key.clone(), value }
    }

    /// One value for a number from 0 to below 1, each as likely.
    fn at(&self, part: f64, whole: bool) -> String {
        match &self.values {
            Values::Listed(values) => values[(part * values.len() as f64) as usize].clone(),
            Values::Between(low, high) => {
                let drawn = if *low > 0.0 { (low.ln() + part * (high.ln() - low.ln())).exp() } else { low + part * (high - low) };
                // Three digits are enough, and names stay short.
                let short = if whole { drawn.round() } else { format!("{drawn:.2e}").parse().unwrap_or(drawn) };
                short.clamp(*low, *high).to_string()
            }
        }
    }
}

impl Choice {
    /// The key of the setting.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// As the command line has it.
    pub fn arguments(&self) -> Vec<String> {
        Flag::arguments(&self.key, &self.value)
    }

    /// Gives the setting its value.
    pub fn add_to(&self, sources: &mut Sources) {
        match Flag::of(&self.key) {
            Some(flag) => sources.flags.push(FlagValue { flag, value: self.value.clone() }),
            None => sources.sets.push(format!("{}={}", self.key, self.value)),
        }
    }
}

/// The values of each run: all combinations, the last axis changing fastest, or `random` draws. Draws follow from the
/// seed of `base` and their number, so that more of them begin with the same ones.
pub(super) fn choices(axes: &[Axis], random: Option<u32>, base: &Settings) -> Result<Vec<Vec<Choice>>, SweepError> {
    if let Some(count) = random {
        let is_whole = |axis: &Axis| base.iter().any(|s| s.key == axis.key && s.value.is_integer());
        let draw = |number: u32, (index, axis): (usize, &Axis)| {
            let bits = stream(base.config().train.seed, Purpose::Sweep, number.into(), index as u64).next_u64();
            axis.choice(axis.at((bits >> 11) as f64 / (1u64 << 53) as f64, is_whole(axis)))
        };
        return Ok((0..count).map(|number| axes.iter().enumerate().map(|axis| draw(number, axis)).collect()).collect());
    }
    let mut all = vec![Vec::new()];
    for axis in axes {
        let Values::Listed(values) = &axis.values else {
            return Err(SweepError::RangeInGrid { origin: axis.origin.clone() });
        };
        if all.len() * values.len() > MOST_RUNS {
            return Err(SweepError::TooMany { most: MOST_RUNS });
        }
        let with =
            |before: Vec<Choice>| values.iter().map(move |value| [before.as_slice(), &[axis.choice(value.clone())]].concat());
        all = all.into_iter().flat_map(with).collect();
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axes(vary: &[&str]) -> Result<Vec<Axis>, SweepError> {
        Axis::taken_from(&mut Sources::default(), &vary.iter().map(|text| text.to_string()).collect::<Vec<_>>())
    }

    fn values(axes: &[Axis], random: Option<u32>) -> Vec<Vec<String>> {
        let base = Settings::defaults().expect("defaults");
        let all = choices(axes, random, &base).expect("choices");
        all.into_iter().map(|run| run.into_iter().map(|choice| choice.value).collect()).collect()
    }

    #[test]
    fn a_grid_has_every_combination_in_order() {
        let axes = axes(&["train.learning_rate=1e-4, 1e-3", "train.batch_size=32,64,128"]).expect("axes");
        let runs: Vec<String> = values(&axes, None).iter().map(|run| run.join(" ")).collect();
        assert_eq!(runs, ["1e-4 32", "1e-4 64", "1e-4 128", "1e-3 32", "1e-3 64", "1e-3 128"]);
    }

    #[test]
    fn draws_stay_in_their_ranges_and_more_of_them_begin_the_same() {
        let axes =
            axes(&["train.learning_rate=1e-4..1e-2", "train.batch_size=16..256", "train.optimizer=adam,sgd"]).expect("axes");
        let runs = values(&axes, Some(400));
        assert_eq!(runs[..20], values(&axes, Some(20)));
        let rates: Vec<f64> = runs.iter().map(|run| run[0].parse().expect("a number")).collect();
        assert!(rates.iter().all(|rate| (1e-4..=1e-2).contains(rate)), "{rates:?}");
        // Half of them lie in the lower of two decades.
        let low = rates.iter().filter(|rate| **rate < 1e-3).count();
        assert!((150..250).contains(&low), "{low}");
        assert!(runs.iter().all(|run| (16..=256).contains(&run[1].parse::<u64>().expect("a whole number"))));
        assert!(runs.iter().any(|run| run[2] == "adam") && runs.iter().any(|run| run[2] == "sgd"));
    }

    #[test]
    fn flags_with_several_values_leave_the_base() {
        let flag = |name, value| FlagValue::new(name, value).expect("a flag");
        let mut base = Sources { flags: vec![flag("--lr", "1e-4,1e-3"), flag("--freeze", "conv1,dense")], ..Sources::default() };
        let axes = Axis::taken_from(&mut base, &[]).expect("axes");
        assert_eq!((axes.len(), base.flags.len(), base.flags[0].flag.name), (1, 1, "--freeze"));
        let error = Axis::taken_from(&mut base, &["model.freeze=conv1,conv2".into()]).expect_err("given twice");
        assert_eq!(error.to_string(), "model.freeze is given twice: --freeze conv1,dense and --vary; leave one out");
    }

    #[test]
    fn what_is_wrong_is_said() {
        let cases: [(&[&str], &str); 4] = [
            (&[], "nothing varies"),
            (&["train.momentum"], "--vary train.momentum: no values are given"),
            (&["train.momentum=0.9..0.1"], "--vary train.momentum=0.9..0.1: a range is two numbers"),
            (&["train.seed=1,2", "train.seed=3,4"], "train.seed is given twice"),
        ];
        for (vary, message) in cases {
            let error = axes(vary).expect_err(message).to_string();
            assert!(error.starts_with(message), "{error}");
        }
        let range = axes(&["train.momentum=0..0.9"]).expect("an axis");
        let base = Settings::defaults().expect("defaults");
        assert!(matches!(choices(&range, None, &base), Err(SweepError::RangeInGrid { .. })));
        let many = "0,".repeat(400) + "0";
        let many = axes(&[&format!("train.seed={many}"), &format!("train.momentum={many}")]).expect("axes");
        assert!(matches!(choices(&many, None, &base), Err(SweepError::TooMany { .. })));
    }
}
