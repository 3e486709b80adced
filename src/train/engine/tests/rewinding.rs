//! Runs that are taken back to an earlier moment while all numbers are finite.

use super::*;

/// The digest of the parameters at the end of a run that is stopped as soon as it was taken back, with what it told.
fn stopped_after(to: Place, rate: Option<f64>) -> (Vec<Event>, String) {
    let commands = [(4, Command::Checkpoint), (15, Command::Rewind { to, rate }), (15, Command::Stop)];
    let events = run(spec(), &commands);
    let digest = ended(&events).1.to_owned();
    (events, digest)
}

#[test]
fn every_moment_can_be_gone_back_to() {
    let (_, checkpoints) = run_and_keep(spec(), &[(4, Command::Checkpoint)]);
    let digest = |step: u64| {
        let checkpoint = checkpoints.iter().find(|checkpoint| checkpoint.step() == step).expect("it was taken");
        let mut learner = job(spec()).expect("a job").learner;
        learner.restore(&checkpoint.current);
        learner.network().sha256()
    };
    let id = RequestId { client: 0, number: 2 };
    let losses = validation_losses(&run(spec(), &[]));
    let best = if losses[1] < losses[0] { 2 } else { 1 };
    for (to, epoch, step) in [
        (Place::Start, 0, 0),
        (Place::NewestEpoch, 2, 12),
        (Place::BestEpoch, best, 6 * best as u64),
        (Place::Checkpoint(3), 1, 3),
        (Place::Checkpoint(6), 1, 6),
    ] {
        let (events, end) = stopped_after(to, Some(0.25));
        assert_eq!(end, digest(step), "{to:?}");
        let restored = Event::ParametersRestored { step: 14, epoch, from: to, answers: Some(id) };
        let at = events.iter().position(|event| *event == restored).expect("it is told");
        let (hyper, base) = (Hyper::LearningRate, None);
        let rate = Event::HyperChanged { step: 15, hyper, from: 0.001, to: 0.25, base, answers: id };
        assert_eq!(events[at + 1], rate, "{to:?}");
    }
}

#[test]
fn a_run_that_was_taken_back_trains_on_from_there() {
    let events = run(spec(), &[(9, Command::Rewind { to: Place::Start, rate: Some(0.1) })]);
    assert_eq!((ended(&events).0, rates(&events).len()), (&Outcome::Completed, 18));
    assert!(rates(&events)[8..].iter().all(|(rate, _)| *rate as f32 == 0.1));
    // Half the rate is what is meant where nothing is said.
    let events = run(spec(), &[(9, REWIND)]);
    assert!(rates(&events)[8..].iter().all(|(rate, _)| *rate as f32 == 0.0005));
}

#[test]
fn a_person_who_paused_decides_when_it_goes_on() {
    let events = run(spec(), &[(9, Command::Pause), (9, REWIND)]);
    let phase = events.iter().rev().find_map(|event| match event {
        Event::PhaseChanged { phase, answers: Some(_), .. } => Some(*phase),
        _ => None,
    });
    assert_eq!((phase, ended(&events).0), (Some(Phase::Paused), &Outcome::Stopped));
}

#[test]
fn what_cannot_be_gone_back_to_is_refused_and_changes_nothing() {
    let plain = run(spec(), &[]);
    for (command, why) in [
        (Command::Rewind { to: Place::Checkpoint(5), rate: None }, "cannot go back to the checkpoint of step 5: there is none"),
        (Command::Rewind { to: Place::BestEpoch, rate: None }, "no epoch has been judged yet; go back to the start"),
        (Command::Rewind { to: Place::Start, rate: Some(99.0) }, "learning_rate must be between 0.0000001 and 10, not 99"),
    ] {
        let events = run(spec(), &[(4, command)]);
        let refused = events.iter().find_map(|event| match event {
            Event::CommandRefused { command: refused, reason, .. } if *refused == command => Some(reason.to_string()),
            _ => None,
        });
        assert_eq!(refused.as_deref(), Some(why));
        assert_eq!(ended(&events), ended(&plain));
    }
}
