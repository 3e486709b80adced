//! What a run that follows its validation loss ends with.

use super::*;
use crate::protocol::CheckpointReason;

/// The epochs' validation losses, without what was judged again at the end.
fn of_epochs(events: &[Event]) -> Vec<f64> {
    let end = events.iter().position(|event| matches!(event, Event::ParametersRestored { .. })).unwrap_or(events.len());
    validation_losses(&events[..end])
}

/// The place of the least, counted from 1.
fn least(losses: &[f64]) -> usize {
    losses.iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1)).expect("some").0 + 1
}

/// A run whose validation loss falls and rises again.
fn overfitting() -> RunSpec {
    let mut spec = spec();
    spec.hyperparameters.epochs = 30;
    spec.hyperparameters.patience = 2;
    spec.hyperparameters.learning_rate = 0.1;
    spec
}

/// The run ended with what its epoch of the least validation loss had given, and whoever reads the record finds that, too.
fn assert_ended_with_the_least(events: &[Event], checkpoints: &[Checkpoint]) {
    let losses = of_epochs(events);
    let best = least(&losses);
    assert_eq!(validation_losses(events).last().map(|loss| loss.to_bits()), Some(losses[best - 1].to_bits()));
    let state = folded(events.iter().cloned());
    assert_eq!(state.summary().validation_loss.map(f64::to_bits), Some(losses[best - 1].to_bits()), "what is shown");
    let file = checkpoints.iter().find(|checkpoint| Some(checkpoint.step()) == state.best_validation_step());
    let file = file.expect("the checkpoint called the best");
    let mut learner = job(overfitting()).expect("a job").learner;
    learner.restore(&file.current);
    assert_eq!(learner.network().sha256(), ended(events).1, "the file called the best has the parameters of the end");
}

#[test]
fn min_delta_decides_when_to_stop_and_the_least_loss_what_with() {
    for min_delta in [0.0, 0.01, 5.0] {
        let spec = RunSpec { min_delta, ..overfitting() };
        let (events, checkpoints) = run_and_keep(spec, &[]);
        let reason = "the validation loss has not fallen below the";
        let outcome = ended(&events).0;
        assert!(matches!(outcome, Outcome::StoppedEarly { reason: why } if why.to_string().starts_with(reason)), "{outcome:?}");
        if min_delta == 5.0 {
            assert_eq!(of_epochs(&events).len(), 3, "so much better no epoch can be");
        }
        assert_ended_with_the_least(&events, &checkpoints);
    }
}

#[test]
fn the_best_parameters_are_taken_at_the_planned_end_too() {
    let mut patient = overfitting();
    patient.hyperparameters.patience = 29;
    let (events, checkpoints) = run_and_keep(patient.clone(), &[]);
    assert_eq!(ended(&events).0, &Outcome::Completed);
    assert!(least(&of_epochs(&events)) < 30);
    assert_ended_with_the_least(&events, &checkpoints);
    patient.hyperparameters.patience = 0;
    let without = run(patient, &[]);
    assert!(!without.iter().any(|event| matches!(event, Event::ParametersRestored { .. })));
}

#[test]
fn a_run_that_stopped_early_goes_on_only_when_asked_and_never_loses_its_best() {
    let (first, checkpoints) = run_and_keep(overfitting(), &[]);
    let (at_end, losses) = (checkpoints.last().expect("the end"), of_epochs(&first));
    assert!(losses.len() < 20 && least(&losses) < losses.len(), "{losses:?}");
    // As it was: it is over.
    let same = go_on(at_end, &[]);
    assert_eq!((ended(&same), rates(&same).len()), (ended(&first), 0));
    // With more epochs, or with more patience, and with steps that make nothing better.
    let worse = (0, set(Hyper::LearningRate, 0.5));
    let epochs = losses.len() as f64 + 2.0;
    for (command, more) in [(set(Hyper::Epochs, epochs), 2), (set(Hyper::Patience, 3.0), 1)] {
        let resumed = go_on(at_end, &[(0, command), worse]);
        assert_eq!(of_epochs(&resumed).len(), more, "{command:?}");
        assert_eq!(ended(&resumed).1, ended(&first).1, "{command:?}: the least loss is still that of the first part");
    }
    // What the older program had: it is found in what the run ended with.
    let mut old = at_end.clone();
    (old.position.best_epoch, old.best, old.position.verdict) = (None, None, None);
    assert_eq!(ended(&go_on(&old, &[])), ended(&first));
    let resumed = go_on(&old, &[(0, set(Hyper::Epochs, epochs)), worse]);
    assert_eq!((of_epochs(&resumed).len(), ended(&resumed).1), (2, ended(&first).1));
}

#[test]
fn a_judgement_somebody_asked_for_is_not_the_best_epoch() {
    // In the middle of the first epoch of a run that only becomes worse.
    let mut spec = overfitting();
    spec.hyperparameters.learning_rate = 1.0;
    let (events, checkpoints) = run_and_keep(spec, &[(2, Command::Evaluate)]);
    let state = folded(events.iter().cloned());
    let taken = checkpoints.iter().map(Checkpoint::step).collect::<Vec<_>>();
    assert!(
        state.best_validation_step().is_some_and(|step| taken.contains(&step)),
        "{:?} of {taken:?}",
        state.best_validation_step()
    );
}

#[test]
fn the_end_of_a_run_is_kept_with_what_was_changed_last() {
    let changes = [(7, set(Hyper::Epochs, 5.0)), (7, Command::Stop)];
    let (events, checkpoints) = run_and_keep(spec(), &changes);
    assert_eq!(checkpoints.last().expect("the end").position.hyper.epochs, 5);
    assert!(events.iter().any(|event| matches!(event, Event::CheckpointTaken { reason: CheckpointReason::End, .. })));
}
