//! Runs that go on from a checkpoint end as if they had never stopped.

use super::*;
use crate::protocol::{CheckpointReason, Padding, Record};
use crate::train::{Course, CourseError, Rerun, ResumeError};

/// With everything in it that a checkpoint has to remember: chance, moments, a schedule and early stopping that both
/// follow the validation loss.
fn demanding(optimizer: Optimizer) -> RunSpec {
    let mut spec = spec();
    spec.layers = vec![
        LayerSpec::Conv { filters: 4, kernel: 3, stride: 1, padding: Padding::Same, activation: Activation::None },
        LayerSpec::BatchNorm { activation: Activation::Tanh },
        LayerSpec::Dropout { rate: 0.2 },
        LayerSpec::Flatten,
        LayerSpec::Dense { units: 8, activation: Activation::Tanh },
        LayerSpec::Dropout { rate: 0.3 },
        LayerSpec::Dense { units: 3, activation: Activation::None },
    ];
    spec.optimizer = optimizer;
    spec.schedule = Schedule::Plateau { patience: 0, gamma: 0.5, final_factor: 0.0 };
    spec.hyperparameters = Hyperparameters {
        learning_rate: 0.01,
        weight_decay: 0.01,
        augmentation: 1.0,
        label_smoothing: 0.1,
        clip_norm: 1.0,
        epochs: 4,
        patience: 3,
        ..spec.hyperparameters
    };
    spec
}

#[test]
fn from_any_step_the_same_weights_follow_to_the_bit() {
    for optimizer in [Optimizer::Adam, Optimizer::AdamW, Optimizer::Sgd, Optimizer::Nesterov, Optimizer::RmsProp] {
        let plain = run(demanding(optimizer), &[]);
        let (steps, digest) = (rates(&plain).len(), ended(&plain).1);
        assert!(steps > 6, "more than an epoch");
        // A checkpoint before every batch, and at every epoch's end and the run's.
        let everywhere: Vec<_> = (1..=steps).map(|batch| (batch, Command::Checkpoint)).collect();
        let (events, checkpoints) = run_and_keep(demanding(optimizer), &everywhere);
        assert_eq!(ended(&events).1, digest, "taking checkpoints changes nothing");
        assert!(checkpoints.len() > steps + 2);
        for checkpoint in &checkpoints {
            let resumed = go_on(checkpoint, &[]);
            let step = checkpoint.step();
            assert_eq!(resumed[0], Event::RunResumed { step, threads: 1 });
            assert_eq!(ended(&resumed).1, digest, "{optimizer:?} from step {step}");
            // What is told of the rest is what was told of it before, too.
            let losses = |events: &[Event]| -> Vec<u32> {
                let steps = events.iter().filter_map(|e| if let Event::StepsFinished(s) = e { Some(s) } else { None });
                steps.flat_map(|steps| steps.loss.iter().map(|loss| loss.to_bits())).collect()
            };
            assert_eq!(losses(&resumed), losses(&plain)[step as usize..], "from step {step}");
            let epochs = |events: &[Event]| -> Vec<Event> {
                events.iter().filter(|event| matches!(event, Event::EpochFinished { .. })).cloned().collect()
            };
            assert!(epochs(&plain).ends_with(&epochs(&resumed)), "from step {step}");
        }
    }
}

#[test]
fn what_a_person_changed_stays_changed() {
    let changes = [
        (2, set(Hyper::LearningRate, 0.02)),
        (3, set(Hyper::BatchSize, 24.0)),
        (3, set(Hyper::Dropout, 0.5)),
        (4, Command::Checkpoint),
    ];
    let (events, checkpoints) = run_and_keep(demanding(Optimizer::Adam), &changes);
    assert_eq!(ended(&go_on(&checkpoints[1], &[])).1, ended(&events).1);
    assert_ne!(ended(&go_on(&checkpoints[1], &[(1, set(Hyper::Dropout, 0.0))])).1, ended(&events).1, "dropout counts");
}

#[test]
fn a_rate_that_a_schedule_makes_small_has_a_great_base_and_is_kept() {
    let mut spec = demanding(Optimizer::Adam);
    spec.schedule = Schedule::Exponential { final_factor: 1e-6 };
    let changes = [(20, set(Hyper::LearningRate, 0.01)), (21, Command::Checkpoint)];
    let (events, checkpoints) = run_and_keep(spec, &changes);
    let checkpoint = checkpoints.iter().find(|checkpoint| checkpoint.step() == 20).expect("asked for");
    assert!(checkpoint.position.hyper.learning_rate > 10.0, "{}", checkpoint.position.hyper.learning_rate);
    assert_eq!(ended(&go_on(checkpoint, &[])).1, ended(&events).1);
}

#[test]
fn a_run_that_was_stopped_or_is_over_goes_on_too() {
    let whole = run(demanding(Optimizer::Adam), &[]);
    let (stopped, checkpoints) = run_and_keep(demanding(Optimizer::Adam), &[(9, Command::Stop)]);
    assert_eq!(ended(&stopped).0, &Outcome::Stopped);
    let reasons = stopped.iter().filter_map(|e| if let Event::CheckpointTaken { reason, .. } = e { Some(*reason) } else { None });
    assert_eq!(reasons.collect::<Vec<_>>(), [CheckpointReason::Start, CheckpointReason::Epoch, CheckpointReason::End]);
    assert_eq!(ended(&go_on(&checkpoints[2], &[])).1, ended(&whole).1);
    // One more epoch than was planned.
    let mut longer = spec();
    longer.hyperparameters.epochs = 4;
    let (_, checkpoints) = run_and_keep(spec(), &[]);
    let more = go_on(checkpoints.last().expect("the end"), &[(0, set(Hyper::Epochs, 4.0))]);
    assert_eq!(ended(&more).1, ended(&run(longer, &[])).1);
}

#[test]
fn a_file_that_no_run_can_go_on_from_is_refused() {
    let weights = job(spec()).expect("a job").learner.network().to_safetensors(Default::default()).expect("a file");
    let error = job_from(spec(), Some(weights)).err().expect("parameters alone");
    assert!(matches!(error, JobError::Resume(ResumeError::ParametersAlone { .. })), "{error:?}");
    let (_, checkpoints) = run_and_keep(spec(), &[(3, Command::Checkpoint)]);
    let file = checkpoints[0].to_bytes().expect("a file");
    assert!(job_from(demanding(Optimizer::Adam), Some(file.clone())).is_err(), "another network");
    for end in (0..file.len()).step_by(97) {
        assert!(job_from(spec(), Some(file[..end].to_vec())).is_err(), "cut off at {end}");
    }
}

/// Trains again what `events` tell of, with everything that was done at its step.
pub(super) fn again(spec: RunSpec, events: &[Event]) -> Vec<Event> {
    let records: Vec<_> = events.iter().map(|event| Record { at_ms: 0, event: event.clone() }).collect();
    let course = Course::of(&records).expect("a course");
    let mut events = Vec::new();
    let port = Script { commands: Vec::new(), batch: 1, given: 0, events: Vec::new(), checkpoints: Vec::new() };
    let mut port = Rerun::new(Telling { port, events: &mut events }, course);
    Engine::new(job(spec).expect("a job"), &mut port).run();
    events
}

/// A port whose events outlive it.
struct Telling<'a> {
    port: Script,
    events: &'a mut Vec<Event>,
}

impl Port for Telling<'_> {
    fn poll(&mut self, step: u64) -> Option<Request> {
        self.port.poll(step)
    }

    fn wait(&mut self) -> Option<Request> {
        self.port.wait()
    }

    fn emit(&mut self, event: Event) {
        self.events.push(event);
    }

    fn keep(&mut self, _checkpoint: Checkpoint) {}

    fn recall(&mut self, step: u64) -> Result<Vec<u8>, String> {
        Err(format!("nothing is kept of step {step}"))
    }
}

#[test]
fn the_course_of_a_run_can_be_taken_again() {
    let rate = |value| set(Hyper::LearningRate, value);
    let wild = || {
        let mut wild = spec();
        wild.hyperparameters.learning_rate = 10.0;
        wild
    };
    let back = |to| Command::Rewind { to, rate: Some(0.02) };
    let cases: [(RunSpec, Vec<(usize, Command)>); 9] = [
        (demanding(Optimizer::Adam), vec![(9, back(Place::Start))]),
        (demanding(Optimizer::Sgd), vec![(14, back(Place::BestEpoch)), (15, back(Place::Checkpoint(6)))]),
        (
            demanding(Optimizer::Adam),
            vec![(4, Command::Checkpoint), (8, rate(0.1)), (10, back(Place::Checkpoint(4))), (12, REWIND)],
        ),
        (demanding(Optimizer::Adam), vec![]),
        (
            demanding(Optimizer::Adam),
            vec![(3, rate(0.02)), (3, Command::Pause), (4, Command::Resume), (9, set(Hyper::BatchSize, 7.0))],
        ),
        (demanding(Optimizer::Sgd), vec![(2, set(Hyper::Dropout, 0.5)), (8, Command::Evaluate), (11, Command::Stop)]),
        // A pause without an end: the run was left.
        (demanding(Optimizer::Sgd), vec![(6, Command::Pause)]),
        (wild(), vec![(99, REWIND), (0, rate(1e-3))]),
        (wild(), vec![]),
    ];
    for (spec, commands) in cases {
        let plain = run(spec.clone(), &[]);
        let first = run(spec.clone(), &commands);
        let second = again(spec, &first);
        assert_eq!(ended(&second), ended(&first), "{commands:?}");
        assert_eq!(rates(&second), rates(&first), "{commands:?}");
        assert!(commands.is_empty() || ended(&plain) != ended(&first), "{commands:?} changed nothing");
    }
}

#[test]
fn only_a_run_that_ended_has_a_course() {
    let events = run(spec(), &[]);
    let records: Vec<_> = events.into_iter().map(|event| Record { at_ms: 0, event }).collect();
    assert_eq!(Course::of(&records[..records.len() - 1]), Err(CourseError::NotEnded));
    assert!(Course::of(&records).is_ok());
}

/// Requests are counted by each process anew: what has the number of an earlier rewind is not that rewind.
#[test]
fn the_course_of_a_run_that_was_rewound_and_resumed_is_whole() {
    let wild = || {
        let mut wild = spec();
        wild.hyperparameters.learning_rate = 10.0;
        wild
    };
    // The first request of each process: a rewind, then another rate.
    let (first, checkpoints) = run_and_keep(wild(), &[(99, REWIND), (0, set(Hyper::LearningRate, 1e-3)), (9, Command::Stop)]);
    let at = checkpoints.last().expect("the end");
    let second = go_on(at, &[(1, set(Hyper::LearningRate, 1e-2))]);
    let id = |events: &[Event]| {
        events.iter().find_map(|event| match event {
            Event::HyperChanged { answers, .. } => Some(*answers),
            _ => None,
        })
    };
    assert_eq!(id(&first), id(&second), "the same number");
    let cut = first.iter().rposition(|event| matches!(event, Event::CheckpointTaken { .. })).expect("the end");
    let whole: Vec<Event> = first[..=cut].iter().cloned().chain(second).collect();
    assert_eq!(ended(&again(wild(), &whole)), ended(&whole));
}
