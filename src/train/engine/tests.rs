//! Whole runs on a few small images, with commands from a script.

mod added_epochs;
mod cutting;
mod early_stopping;
mod probing;
mod resuming;
mod rewinding;

use super::*;
use crate::data::{Dataset, ImageSet};
use crate::protocol::{
    Activation, Augmentation, Command, ConfusionMatrix, DataSpec, FineTuning, Holdout, LayerSpec, Optimizer, Phase, Place,
    Record, RequestId, RunSpec, Schedule,
};
use crate::run::RunState;
use crate::train::{JobError, JobOptions};

/// A port that gives the commands of a script, each before the batch of its number or, while the engine waits, at once.
struct Script {
    commands: Vec<(usize, Command)>,
    batch: usize,
    given: u32,
    events: Vec<Event>,
    checkpoints: Vec<Checkpoint>,
}

impl Script {
    fn next(&mut self) -> Option<Request> {
        let (_, command) = (!self.commands.is_empty()).then(|| self.commands.remove(0))?;
        self.given += 1;
        Some(Request { id: RequestId { client: 0, number: self.given }, command })
    }
}

impl Port for Script {
    fn poll(&mut self, _step: u64) -> Option<Request> {
        if self.commands.first().is_some_and(|(batch, _)| *batch <= self.batch) {
            return self.next();
        }
        self.batch += 1;
        None
    }

    fn wait(&mut self) -> Option<Request> {
        self.next()
    }

    fn emit(&mut self, event: Event) {
        self.events.push(event);
    }

    fn keep(&mut self, checkpoint: Checkpoint) {
        self.checkpoints.push(checkpoint);
    }

    fn recall(&mut self, step: u64) -> Result<Vec<u8>, String> {
        let kept = self.checkpoints.iter().rev().find(|kept| kept.step() == step).ok_or("there is none")?;
        kept.to_bytes().map_err(|error| error.to_string())
    }
}

/// 96 images to train on in 6 batches, 24 to validate on, 30 to test on; nothing can be learned from them.
fn spec() -> RunSpec {
    let dense = |units| LayerSpec::Dense { units, activation: Activation::None };
    RunSpec {
        preset: "test".into(),
        layers: vec![LayerSpec::Flatten, dense(8), dense(8), dense(3)],
        init_from: None,
        freeze: Vec::new(),
        fine_tuning: FineTuning::default(),
        optimizer: Optimizer::Sgd,
        seed: 3,
        augmentation: Augmentation::default(),
        data: DataSpec { source: "made up".into(), validation: Holdout::Count(24), ..DataSpec::default() },
        hyperparameters: Hyperparameters { batch_size: 16, epochs: 3, ..Hyperparameters::default() },
        schedule: Schedule::Constant,
        min_delta: 0.0,
        until_test_accuracy: None,
    }
}

fn job(spec: RunSpec) -> Result<Job, JobError> {
    job_from(spec, None)
}

fn job_from(spec: RunSpec, resume: Option<Vec<u8>>) -> Result<Job, JobError> {
    let set = |count: usize| {
        let pixels = (0..count * 16).map(|i| ((i * 7919 + i / 16 * 104_729) % 251) as u8).collect();
        ImageSet::new([4, 4, 1], pixels, (0..count).map(|i| (i * i % 3) as u16).collect(), 3).expect("fitting lengths")
    };
    let dataset = Dataset::new(set(120), set(30), ["a", "b", "c"].map(str::to_owned).to_vec());
    Job::prepare(spec, dataset, JobOptions { threads: 1, resume, ..JobOptions::default() })
}

fn run(spec: RunSpec, commands: &[(usize, Command)]) -> Vec<Event> {
    let mut port = Script { commands: commands.to_vec(), batch: 1, given: 0, events: Vec::new(), checkpoints: Vec::new() };
    Engine::new(job(spec).expect("a job"), &mut port).run();
    port.events
}

/// Runs on from the checkpoint as it comes out of its file.
fn go_on(checkpoint: &Checkpoint, commands: &[(usize, Command)]) -> Vec<Event> {
    let file = checkpoint.to_bytes().expect("a file");
    let started = Checkpoint::read_started(&file).expect("its own file");
    let job = job_from(started.spec, Some(file)).expect("a job");
    assert_eq!(job.started.run_id, checkpoint.started.run_id);
    let mut port = Script { commands: commands.to_vec(), batch: 1, given: 0, events: Vec::new(), checkpoints: Vec::new() };
    Engine::new(job, &mut port).run();
    port.events
}

/// The events of a run and its checkpoints.
fn run_and_keep(spec: RunSpec, commands: &[(usize, Command)]) -> (Vec<Event>, Vec<Checkpoint>) {
    let mut port = Script { commands: commands.to_vec(), batch: 1, given: 0, events: Vec::new(), checkpoints: Vec::new() };
    Engine::new(job(spec).expect("a job"), &mut port).run();
    (port.events, port.checkpoints)
}

/// What is known of a run that told these events.
fn folded(events: impl IntoIterator<Item = Event>) -> RunState {
    let mut state = RunState::default();
    events.into_iter().for_each(|event| state.apply(&Record { at_ms: 0, event }));
    state
}

fn set(hyper: Hyper, value: f64) -> Command {
    Command::SetHyper { hyper, value }
}

/// The learning rate of each step, and the images seen before it.
fn rates(events: &[Event]) -> Vec<(f64, u64)> {
    let mut seen = 0;
    let steps = events.iter().filter_map(|event| if let Event::StepsFinished(steps) = event { Some(steps) } else { None });
    let columns = steps.flat_map(|steps| steps.learning_rate.iter().zip(&steps.batch));
    columns
        .map(|(rate, batch)| {
            seen += u64::from(*batch);
            (f64::from(*rate), seen - u64::from(*batch))
        })
        .collect()
}

fn ended(events: &[Event]) -> (&Outcome, &str) {
    match events.last() {
        Some(Event::RunEnded { outcome, weights_sha256, .. }) => (outcome, weights_sha256),
        other => panic!("the run did not end: {other:?}"),
    }
}

fn validation_losses(events: &[Event]) -> Vec<f64> {
    let loss = |event: &Event| match event {
        Event::Evaluated { split: Split::Validation, evaluation, .. } => Some(evaluation.loss),
        _ => None,
    };
    events.iter().filter_map(loss).collect()
}

/// What undoes numbers that went wrong.
const REWIND: Command = Command::Rewind { to: Place::NewestEpoch, rate: None };

fn wild() -> RunSpec {
    let mut wild = spec();
    wild.hyperparameters.learning_rate = 10.0;
    wild
}

#[test]
fn numbers_that_go_wrong_pause_the_run_and_can_be_gone_back_from() {
    let id = RequestId { client: 0, number: 1 };
    // The first answer is to the divergence; then, before the next batch, the run is stopped.
    let events = run(wild(), &[(99, REWIND), (0, Command::Stop)]);
    let at = events.iter().position(|event| matches!(event, Event::Diverged { .. })).expect("it diverged");
    let Event::Diverged { step, .. } = events[at] else { unreachable!() };
    assert_eq!(rates(&events).len() as u64, step - 1, "each step before it was made, that one was not");
    assert_eq!(events[at + 1], Event::PhaseChanged { phase: Phase::Paused, step: step - 1, answers: None });
    assert_eq!(
        events[at + 2],
        Event::ParametersRestored { step: step - 1, epoch: 0, from: Place::NewestEpoch, answers: Some(id) }
    );
    let (hyper, base) = (Hyper::LearningRate, None);
    assert_eq!(events[at + 3], Event::HyperChanged { step, hyper, from: 10.0, to: 5.0, base, answers: id });
    assert!(matches!(events[at + 4], Event::SamplesPredicted { .. }));
    assert_eq!(events[at + 5], Event::PhaseChanged { phase: Phase::Training, step: step - 1, answers: Some(id) });
    let start = job(wild()).expect("a job").learner.network().sha256();
    assert_eq!(ended(&events), (&Outcome::Stopped, start.as_str()), "the parameters are those of the start");
}

#[test]
fn a_run_that_diverged_goes_on_as_it_is_told() {
    let events = run(wild(), &[(99, REWIND), (0, set(Hyper::LearningRate, 1e-3))]);
    assert_eq!(ended(&events).0, &Outcome::Completed);
    assert_eq!(events.iter().filter(|event| matches!(event, Event::Diverged { .. })).count(), 1);
    let losses = validation_losses(&events);
    assert!(losses.len() >= 2 && losses.iter().all(|loss| *loss < 2.0), "{losses:?}");
}

#[test]
fn a_run_that_diverged_with_nobody_there_has_failed() {
    let events = run(wild(), &[]);
    let (Outcome::Failed { message }, _) = ended(&events) else { panic!("{:?}", ended(&events)) };
    assert!(message.to_string().contains("is not finite; start again with a lower learning rate"), "{message}");
    assert_unspoilt(&events);
}

#[test]
fn a_run_that_is_stopped_where_it_diverged_keeps_nothing_that_was_spoilt() {
    let events = run(wild(), &[(99, Command::Stop)]);
    assert!(events.iter().any(|event| matches!(event, Event::Diverged { .. })));
    assert_eq!(ended(&events).0, &Outcome::Stopped);
    assert_unspoilt(&events);
}

/// A wild run has ended with the parameters of its start, and these were judged.
fn assert_unspoilt(events: &[Event]) {
    assert_eq!(ended(events).1, job(wild()).expect("a job").learner.network().sha256());
    let test = events.iter().find_map(|event| match event {
        Event::Evaluated { split: Split::Test, evaluation, .. } => Some(evaluation.loss),
        _ => None,
    });
    assert!(test.is_some_and(f64::is_finite), "{test:?}");
}

#[test]
fn an_epoch_that_was_gone_back_from_is_summed_up_from_there() {
    let mut wild = wild();
    wild.hyperparameters.batch_size = 8;
    let events = run(wild, &[(99, REWIND), (0, set(Hyper::LearningRate, 1e-3))]);
    let restored = events.iter().position(|event| matches!(event, Event::ParametersRestored { .. })).expect("gone back");
    let (mut sum, mut images) = (0.0, 0);
    for event in &events[restored..] {
        match event {
            Event::StepsFinished(steps) => {
                for (loss, batch) in steps.loss.iter().zip(&steps.batch) {
                    sum += f64::from(*loss) * f64::from(*batch);
                    images += batch;
                }
            }
            Event::EpochFinished { train_loss, .. } => {
                assert!(images < 96, "a part of the epoch");
                assert_eq!(*train_loss, sum / f64::from(images));
                return;
            }
            _ => {}
        }
    }
    panic!("the epoch did not end");
}

#[test]
fn what_follows_the_validation_loss_is_refused_without_one() {
    let mut blind = spec();
    blind.data.validation = Holdout::Count(0);
    let events = run(blind.clone(), &[(1, set(Hyper::Patience, 3.0)), (1, Command::Evaluate)]);
    let refused = events.iter().filter(|event| matches!(event, Event::CommandRefused { .. })).count();
    assert_eq!((refused, ended(&events).0), (2, &Outcome::Completed));
    let expected = "follows the validation loss, and no images are held out for it; hold some out (data.validation = 5000)";
    blind.hyperparameters.patience = 3;
    let error = job(blind.clone()).err().expect("no validation images").to_string();
    assert_eq!(error, format!("train.patience = 3 {expected}"));
    blind.hyperparameters.patience = 0;
    blind.schedule = Schedule::Plateau { patience: 1, gamma: 0.5, final_factor: 0.0 };
    let error = job(blind).err().expect("no validation images").to_string();
    assert_eq!(error, format!("schedule.kind = \"plateau\" {expected}"));
}

#[test]
fn the_rate_follows_the_schedule_and_a_person_overrules_it() {
    let schedule =
        Schedule::OneCycle { warmup: 0.3, initial_factor: 0.1, final_factor: 0.01, anneal: crate::protocol::Anneal::Linear };
    let scheduled = RunSpec { schedule, ..spec() };
    let planned = 3 * 96;
    let factor = |seen: u64| RateSchedule::new(schedule).factor_after(seen, planned);
    let close = |a: f64, b: f64| (a / b - 1.0).abs() < 1e-6;
    for (rate, seen) in rates(&run(scheduled.clone(), &[])) {
        assert!(close(rate, 0.001 * factor(seen)), "{rate} after {seen} images");
    }
    // Smaller batches from the fifth on, and another rate from the eighth on.
    let events = run(scheduled, &[(5, set(Hyper::BatchSize, 8.0)), (8, set(Hyper::LearningRate, 0.02))]);
    let change = events.iter().find_map(|event| match event {
        Event::HyperChanged { hyper: Hyper::LearningRate, step, from, to, base, .. } => Some((*step, *from, *to, (*base)?)),
        _ => None,
    });
    let (step, from, to, base) = change.expect("answered");
    let rates = rates(&events);
    let seen = rates[7].1;
    assert_eq!((step, seen, to), (8, 4 * 16 + 3 * 8, 0.02));
    assert!(close(from, 0.001 * factor(seen)) && close(rates[7].0, 0.02) && close(base, 0.02 / factor(seen)));
    for (i, (rate, seen)) in rates.iter().enumerate() {
        let base = if i < 7 { 0.001 } else { base };
        assert!(close(*rate, base * factor(*seen)), "step {}: {rate}", i + 1);
    }
}

#[test]
fn a_plateau_lowers_the_rate() {
    let mut flat = spec();
    // Steps so small that no epoch is better by a part of 10⁻⁴.
    flat.hyperparameters.learning_rate = 1e-7;
    flat.schedule = Schedule::Plateau { patience: 0, gamma: 0.5, final_factor: 0.0 };
    let rates = rates(&run(flat, &[]));
    let of_epochs: Vec<f64> = [0, 6, 12].iter().map(|step| (rates[*step].0 * 1e10).round()).collect();
    assert_eq!(of_epochs, [1000.0, 1000.0, 500.0]);
}

#[test]
fn setting_what_is_already_so_changes_no_bit() {
    let plain = run(spec(), &[]);
    let hyper = spec().hyperparameters;
    let mut commands: Vec<_> = Hyper::ALL.into_iter().zip(2..).map(|(hyper_, at)| (at, set(hyper_, hyper.get(hyper_)))).collect();
    // Clipping to more than any gradient has, and patience without end, change nothing either.
    commands.extend([(13, set(Hyper::ClipNorm, 1000.0)), (14, set(Hyper::Patience, 1000.0))]);
    let steered = run(spec(), &commands);
    assert_eq!(steered.iter().filter(|event| matches!(event, Event::HyperChanged { .. })).count(), 11);
    let last = |events: &[Event]| validation_losses(events)[2].to_bits();
    assert_eq!(last(&plain), last(&steered));
    for (hyper, value) in
        [(Hyper::Momentum, 0.5), (Hyper::LabelSmoothing, 0.1), (Hyper::ClipNorm, 0.01), (Hyper::WeightDecay, 0.1)]
    {
        assert_ne!(last(&plain), last(&run(spec(), &[(5, set(hyper, value))])), "{hyper:?} counts");
    }
}

#[test]
fn a_single_step_is_one_batch() {
    let events = run(spec(), &[(1, Command::Pause), (9, Command::Step), (9, Command::Step), (99, Command::Stop)]);
    assert_eq!(rates(&events).len(), 2);
}

#[test]
fn what_is_told_of_each_image_comes_to_the_matrix() {
    let events = run(spec(), &[(9, Command::Evaluate)]);
    let mut judged = 0;
    for pair in events.windows(2) {
        let [Event::ImagesJudged { split, epoch, step, images }, next] = pair else { continue };
        let Event::Evaluated { split: of, epoch: in_epoch, step: after, evaluation, .. } = next else { panic!("{next:?}") };
        assert_eq!((split, epoch, step), (of, in_epoch, after));
        let mut confusion = ConfusionMatrix::new(3);
        let classes = images.truth.iter().zip(&images.predicted);
        classes.for_each(|(truth, predicted)| confusion.add((*truth).into(), (*predicted).into()));
        assert_eq!(confusion, evaluation.confusion);
        assert!(images.sureness.iter().all(|sure| *sure >= 85), "of three classes the likeliest has a third at least");
        judged += 1;
    }
    assert_eq!(judged, 5, "three epochs, one that was asked for, and the test set");
    let mut state = RunState::default();
    events.into_iter().for_each(|event| state.apply(&Record { at_ms: 0, event }));
    assert_eq!(state.courses(Split::Validation).images(), 24);
    assert!(state.courses(Split::Validation).turned(0).is_some() && state.courses(Split::Test).turned(0).is_none());
}
