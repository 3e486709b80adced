//! More epochs than were planned, and what becomes of the schedule.

use super::*;
use crate::text::LogText;

const COSINE: Schedule = Schedule::Cosine { warmup: 0.0, initial_factor: 1.0, final_factor: 0.01 };

/// What was said of the schedule: rates before and after, and whether it restarts.
fn moved(events: &[Event]) -> Vec<(f64, f64, bool)> {
    let of = |event: &Event| match event {
        Event::ScheduleMoved { from, to, restarts, .. } => Some((*from, *to, *restarts)),
        _ => None,
    };
    events.iter().filter_map(of).collect()
}

fn close(a: f64, b: f64) -> bool {
    (a / b - 1.0).abs() < 1e-4
}

#[test]
fn a_schedule_that_is_stretched_says_what_becomes_of_the_rate() {
    let scheduled = RunSpec { schedule: COSINE, ..spec() };
    let (first, checkpoints) = run_and_keep(scheduled.clone(), &[]);
    let end = checkpoints.last().expect("the end");
    let stretched = go_on(end, &[(0, set(Hyper::Epochs, 6.0))]);
    let [(from, to, false)] = moved(&stretched)[..] else { panic!("{:?}", moved(&stretched)) };
    assert!(close(from, 1e-5) && close(to, 0.5 * (0.001 + 1e-5)), "{from} → {to}");
    assert!(close(rates(&stretched)[0].0, to), "that is the rate of the next step");
    let log = folded(first.into_iter().chain(stretched)).log;
    let is_said =
        |text: &LogText| matches!(text, LogText::ScheduleStretched { epochs: 6, from, to } if from == "1e-5" && to == "5.05e-4");
    assert!(log.iter().any(|line| is_said(&line.text)), "{log:?}");
    // While it trains, too, and not where nothing follows from it.
    let live = run(scheduled, &[(8, set(Hyper::Epochs, 6.0))]);
    assert!(moved(&live).len() == 1 && close(rates(&live)[7].0, moved(&live)[0].1));
    assert_eq!(moved(&run(spec(), &[(8, set(Hyper::Epochs, 6.0))])), []);
}

#[test]
fn epochs_that_are_added_can_have_a_schedule_of_their_own() {
    let scheduled = RunSpec { schedule: COSINE, ..spec() };
    let (whole, checkpoints) = run_and_keep(scheduled.clone(), &[]);
    let add = Command::AddEpochs { epochs: 6 };
    let first: Vec<f64> = rates(&whole).iter().map(|(rate, _)| *rate).collect();
    // At the end, and in the middle: the added epochs have the rates of the first ones again.
    let at_end = go_on(checkpoints.last().expect("the end"), &[(0, add)]);
    let live = run(scheduled.clone(), &[(8, add)]);
    for (events, before) in [(&at_end, 0), (&live, first.len())] {
        let all: Vec<f64> = rates(events).iter().map(|(rate, _)| *rate).collect();
        assert_eq!(all[..before], first[..before]);
        assert_eq!(all[before..], first);
        assert!(moved(events).len() == 1 && moved(events)[0].2);
    }
    // It can be done again, and gone on with from any moment.
    assert_eq!(ended(&resuming::again(scheduled.clone(), &live)), ended(&live));
    let (_, checkpoints) = run_and_keep(scheduled, &[(8, add), (9, Command::Checkpoint), (20, Command::Checkpoint)]);
    for checkpoint in &checkpoints[checkpoints.len() - 5..] {
        assert_eq!(ended(&go_on(checkpoint, &[])).1, ended(&live).1, "from step {}", checkpoint.step());
    }
    // Nothing is added, or there is no schedule.
    for (spec, epochs) in [(spec(), 6), (RunSpec { schedule: COSINE, ..spec() }, 3)] {
        let events = run(spec, &[(8, Command::AddEpochs { epochs })]);
        assert!(events.iter().any(|event| matches!(event, Event::CommandRefused { .. })));
        assert_eq!(rates(&events).len(), 18);
    }
}
