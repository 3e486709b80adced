//! What is asked for besides going on with a recorded run: used, or refused by its name, and never dropped.

use thiserror::Error;

use super::TrainError;
use crate::config::{Config, Normalize};
use crate::protocol::{Hyper, Outcome, RunSpec, Schedule};
use crate::run::RunState;
use crate::run::store::Plan;

/// What a run that goes on cannot do.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum GivenError {
    /// A setting that it cannot change.
    #[error("{origin}: a run that goes on keeps what it was started with; its hyperparameters can be changed")]
    Fixed {
        /// As it was written.
        origin: String,
    },
    /// Another name.
    #[error("{origin}: a run that goes on keeps its name; `mnist-tui runs rename {run}` gives it another")]
    Name {
        /// As it was written.
        origin: String,
        /// The run.
        run: String,
    },
    /// It has nothing left to do.
    #[error("run {run} is over: {why}; {advice}, and --branch-from {run} makes another run of it")]
    Over {
        /// The run.
        run: String,
        /// Why it ended.
        why: String,
        /// How it could go on.
        advice: String,
    },
}

/// A setting that somebody gave with a run that goes on.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// Its key, `table.key`.
    pub key: String,
    /// Its value, when it is a number.
    pub number: Option<f64>,
    /// Where it was given, and how it was written.
    pub origin: String,
    /// On the command line, not in the environment or in a file that was named.
    pub by_flag: bool,
}

/// The changes of hyperparameters that are asked for, each as far as it changes something. Everything else stays as it was
/// recorded: another value is refused. A branch may have a name of its own, `branch`.
pub(super) fn changes(
    given: &[Given],
    config: &Config,
    plan: &Plan,
    branch: Option<&str>,
) -> Result<Vec<(Hyper, f64)>, TrainError> {
    let (started, mut state) = (plan.started(), RunState::default());
    plan.records().iter().for_each(|record| state.apply(record));
    let now = state.hyperparameters.unwrap_or(started.spec.hyperparameters);
    let asked = config.run_spec_for(started.image_shape, started.class_names.len())?;
    let mut changes = Vec::new();
    for Given { key, number, origin, by_flag } in given {
        let hyper = key.strip_prefix("train.").and_then(Hyper::named);
        match hyper.zip(*number) {
            // The environment and a file may be those that the run was started with.
            Some((hyper, value)) if !by_flag && value == started.spec.hyperparameters.get(hyper) => {}
            // With a schedule the rate of the next step is meant, which is not the base.
            Some((hyper, value)) if value == now.get(hyper) && !is_scheduled(hyper, &started.spec) => {}
            Some(change) => changes.push(change),
            None if key == "train.name" && (branch.is_some() || config.train.name == started.name) => {}
            None if key == "train.name" => {
                return Err(GivenError::Name { origin: origin.clone(), run: started.run_id.clone() }.into());
            }
            None if is_the_same(key, config, &asked, &started.spec) => {}
            None => return Err(GivenError::Fixed { origin: origin.clone() }.into()),
        }
    }
    // With a schedule, a rate is what the next step has: where that is in the schedule depends on the others.
    changes.sort_by_key(|(hyper, _)| *hyper == Hyper::LearningRate);
    Ok(changes)
}

fn is_scheduled(hyper: Hyper, spec: &RunSpec) -> bool {
    hyper == Hyper::LearningRate && spec.schedule != Schedule::Constant
}

/// Whether both recipes have the same under this key.
fn is_the_same(key: &str, config: &Config, asked: &RunSpec, recorded: &RunSpec) -> bool {
    let (gives_way, is_standard) = (config.data.validation_gives_way, config.data.normalize == Normalize::Standard);
    match key.split_once('.').unwrap_or((key, "")) {
        ("train", "preset") => asked.preset == recorded.preset,
        ("train", "optimizer") => asked.optimizer == recorded.optimizer,
        ("train", "seed") => asked.seed == recorded.seed,
        ("train", "min_delta") => asked.min_delta == recorded.min_delta,
        ("train", "head_rate") => asked.fine_tuning.head_rate == recorded.fine_tuning.head_rate,
        ("train", "until_test_accuracy") => asked.until_test_accuracy == recorded.until_test_accuracy,
        ("model", "init_from") => asked.init_from == recorded.init_from,
        ("model", "freeze") => asked.freeze == recorded.freeze,
        ("model", "layers") => asked.layers == recorded.layers,
        ("data", "source") => asked.data.source == recorded.data.source,
        ("data", "validation") => asked.data.validation == recorded.data.validation || gives_way,
        ("data", "test" | "image_size" | "fit" | "color") => asked.data.pictures == recorded.data.pictures,
        ("data", "normalize") => is_standard == recorded.data.scaling.is_some(),
        ("data", "nothing") => asked.data.nothing == recorded.data.nothing,
        ("data", "train_limit") => asked.data.train_limit == recorded.data.train_limit,
        ("augment", _) => asked.augmentation == recorded.augmentation,
        ("schedule", _) => asked.schedule == recorded.schedule,
        _ => false,
    }
}

/// Refuses to go on with a run that is over, unless a change gives it more to do.
pub(super) fn refuse_when_over(run: &str, plan: &Plan, changes: &[(Hyper, f64)]) -> Result<(), TrainError> {
    let changed = |hyper: Hyper| changes.iter().find(|(changed, _)| *changed == hyper).map(|(_, value)| *value);
    let mut state = RunState::default();
    plan.records().iter().for_each(|record| state.apply(record));
    let now = state.hyperparameters.unwrap_or(plan.started().spec.hyperparameters);
    let (why, advice) = match plan.ended() {
        Some(Outcome::Completed) if changed(Hyper::Epochs).is_none_or(|epochs| epochs <= now.epochs as f64) => (
            format!("all its epochs are trained ({})", now.epochs),
            format!("--resume {run} --epochs {} goes on", now.epochs * 2),
        ),
        Some(Outcome::StoppedEarly { .. })
            if changed(Hyper::Patience).is_none_or(|patience| patience <= now.patience as f64 && patience > 0.0) =>
        {
            (
                format!("it stopped early, after {} epochs without a better validation loss", now.patience),
                format!("--resume {run} --set train.patience=0 goes on"),
            )
        }
        Some(Outcome::TargetReached) => (
            "it has reached the test accuracy that it was to reach".into(),
            format!("--init-from {run} starts another from its parameters"),
        ),
        _ => return Ok(()),
    };
    Err(GivenError::Over { run: run.into(), why, advice }.into())
}
