//! A run that is killed at any moment and goes on ends as one that never was.

use super::*;
use crate::run::Summary;

/// What somebody reads of a run, without what the clock gives.
fn figures(events: impl IntoIterator<Item = Event>) -> Summary {
    let state = folded(events);
    let mut summary = state.summary();
    (summary.train_seconds, summary.images_per_second, summary.seconds_to_target) = (0.0, None, None);
    summary
}

/// Cuts what a run told after every record, goes on from the newest checkpoint before the cut, and compares the end.
fn assert_bears_every_cut(name: &str, spec: RunSpec, commands: &[(usize, Command)]) -> Outcome {
    let (events, checkpoints) = run_and_keep(spec, commands);
    let whole = figures(events.iter().cloned());
    let taken: Vec<usize> = (0..events.len()).filter(|at| matches!(events[*at], Event::CheckpointTaken { .. })).collect();
    assert_eq!(taken.len(), checkpoints.len());
    let mut cuts = 0;
    for (number, checkpoint) in checkpoints.iter().enumerate() {
        // All cuts up to the next checkpoint come to the same: what was told after this one is told again.
        let kept = &events[..=taken[number]];
        let left: Vec<(usize, Command)> = Vec::new();
        let resumed = go_on(checkpoint, &left);
        assert_eq!(ended(&resumed), ended(&events), "{name}, cut after record {} of {}", taken[number], events.len());
        let resumed = figures(kept.iter().cloned().chain(resumed));
        assert_eq!(resumed, whole, "{name}, cut after record {} of {}", taken[number], events.len());
        cuts += 1;
    }
    assert!(cuts > 2, "{name}");
    ended(&events).0.clone()
}

#[test]
fn whatever_is_cut_off_is_done_again_as_it_was() {
    let base = || {
        let mut spec = spec();
        spec.hyperparameters = Hyperparameters { epochs: 6, learning_rate: 0.1, ..spec.hyperparameters };
        spec
    };
    let plateau = Schedule::Plateau { patience: 0, gamma: 0.5, final_factor: 0.0 };
    let cosine = Schedule::Cosine { warmup: 0.1, initial_factor: 0.1, final_factor: 0.01 };
    let accuracies = |spec: RunSpec| -> Vec<f64> {
        let judged = |event: &Event| match event {
            Event::Evaluated { split: Split::Test, evaluation, .. } => Some(evaluation.confusion.accuracy()),
            _ => None,
        };
        run(spec, &[]).iter().filter_map(judged).collect()
    };
    let all = accuracies(RunSpec { until_test_accuracy: Some(1.0), schedule: plateau, ..base() });
    let highest = all.iter().copied().fold(0.0, f64::max);
    // Name, recipe, patience, how the run ends.
    let cases = [
        ("planned", RunSpec { schedule: cosine, ..base() }, 0, "completed"),
        ("a target never reached", RunSpec { until_test_accuracy: Some(1.0), schedule: plateau, ..base() }, 0, "completed"),
        ("a target reached", RunSpec { until_test_accuracy: Some(highest), schedule: plateau, ..base() }, 9, "target_reached"),
        ("patience runs out", RunSpec { min_delta: 5.0, schedule: plateau, ..base() }, 3, "stopped_early"),
        ("patience and target", RunSpec { min_delta: 5.0, until_test_accuracy: Some(1.0), ..base() }, 3, "stopped_early"),
        ("patience does not run out", RunSpec { schedule: plateau, ..base() }, 6, "completed"),
    ];
    for (name, mut spec, patience, status) in cases {
        spec.hyperparameters.patience = patience;
        // With a checkpoint before each batch, too.
        let everywhere: Vec<_> = (1..=40).map(|batch| (batch, Command::Checkpoint)).collect();
        for commands in [&[][..], &everywhere] {
            assert_eq!(assert_bears_every_cut(name, spec.clone(), commands).status(), status, "{name}");
        }
    }
}

#[test]
fn what_an_older_program_did_not_decide_is_decided_when_it_goes_on() {
    let mut spec = spec();
    spec.until_test_accuracy = Some(0.0);
    let (events, checkpoints) = run_and_keep(spec, &[]);
    assert_eq!((ended(&events).0, rates(&events).len()), (&Outcome::TargetReached, 6));
    let mut old = checkpoints[1].clone();
    (old.position.version, old.position.verdict) = (1, None);
    assert_eq!(ended(&go_on(&old, &[])), ended(&events));
    let more = go_on(&checkpoints[1], &[(0, set(Hyper::Epochs, 2.0))]);
    assert_eq!((ended(&more).0, rates(&more).len()), (&Outcome::TargetReached, 6), "more epochs than it took");
}
