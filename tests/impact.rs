//! Whether it is said rightly that a change has helped, on real training: `cargo test --release --test impact -- --ignored --nocapture`
//! trains 20 seeds for each kind of change, which takes some minutes.

use std::sync::mpsc::{Sender, channel};

use mnist_tui::config::Config;
use mnist_tui::data::Dataset;
use mnist_tui::protocol::{Command, Event, Holdout, Hyper, Record, Request, RequestId, RunSpec, Schedule};
use mnist_tui::run::{Impact, RunState, Verdict};
use mnist_tui::train::{Checkpoint, Job, JobOptions, Port, spawn};

/// A port that gives one command, after so many steps.
struct Once {
    after: u64,
    command: Option<Command>,
    events: Sender<Event>,
}

impl Port for Once {
    fn poll(&mut self, step: u64) -> Option<Request> {
        let command = self.command.take_if(|_| step >= self.after)?;
        Some(Request { id: RequestId { client: 0, number: 1 }, command })
    }

    fn wait(&mut self) -> Option<Request> {
        // Numbers were not finite: go on all the same.
        Some(Request { id: RequestId { client: 0, number: 2 }, command: Command::Resume })
    }

    fn emit(&mut self, event: Event) {
        // Whoever listens does so to the end.
        let _ = self.events.send(event);
    }

    fn keep(&mut self, _: Checkpoint) {}

    fn recall(&mut self, _: u64) -> Result<Vec<u8>, String> {
        Err("none is kept".into())
    }
}

/// The network `fast` on some of the images, at a constant rate.
fn recipe(seed: u64, rate: f64, images: usize, epochs: usize) -> RunSpec {
    let mut config = Config::default();
    config.train.preset = "fast".into();
    let mut spec = config.run_spec(10).expect("a recipe");
    spec.seed = seed;
    spec.schedule = Schedule::Constant;
    spec.data.train_limit = Some(images + 2_000);
    spec.data.validation = Holdout::Count(2_000);
    spec.hyperparameters.learning_rate = rate;
    spec.hyperparameters.batch_size = 64;
    spec.hyperparameters.epochs = epochs;
    spec
}

/// What is said in the end of a rate that was made so many times as large when a part of the run was over.
fn impact(spec: RunSpec, part: f64, times: f64) -> Impact {
    let rate = spec.hyperparameters.learning_rate * times;
    let job = Job::prepare(spec, Dataset::mnist(), JobOptions::default()).expect("a job");
    let hyper = job.started().spec.hyperparameters;
    let steps = job.started().train_images.div_ceil(hyper.batch_size) * hyper.epochs;
    let command = Some(Command::SetHyper { hyper: Hyper::LearningRate, value: rate });
    let (events, told) = channel();
    let training = spawn(job, Once { after: (steps as f64 * part) as u64, command, events }).expect("a thread");
    let mut state = RunState::default();
    for event in told {
        state.apply(&Record { at_ms: 0, event });
    }
    training.join().expect("no panic");
    state.impacts.of(1).expect("a change")
}

/// How many of so many seeds have the verdict that is wanted.
fn count(name: &str, seeds: std::ops::Range<u64>, wanted: Verdict, train: impl Fn(u64) -> Impact) -> usize {
    let impacts: Vec<Impact> = seeds.map(&train).collect();
    for (seed, impact) in impacts.iter().enumerate() {
        println!("{name}, seed {seed}: {}", impact.text());
    }
    impacts.iter().filter(|impact| impact.verdict == wanted).count()
}

#[test]
#[ignore = "trains 60 networks"]
fn twenty_seeds_of_each_kind_of_change() {
    let train = |seed, times| impact(recipe(seed, RATE, 20_000, 6), 0.5, times);
    for (name, times, wanted) in [("nothing", 1.01, Verdict::Unclear), ("100 times", 100.0, Verdict::Hurt)] {
        let right = count(name, 0..20, wanted, |seed| train(seed, times));
        println!("{name}: {right} of 20 {}", wanted.name());
        assert!(right >= 19, "{name}: {right} of 20");
    }
    // A gain is seldom told from the fall that was going on anyway: that is only looked at.
    let right = count("a tenth", 0..20, Verdict::Helped, |seed| train(seed, 0.1));
    println!("a tenth: {right} of 20 {}", Verdict::Helped.name());
}

/// A rate at which the loss wavers much.
const RATE: f64 = 0.01;

#[test]
fn a_rate_too_high_hurts_and_one_that_stays_does_not() {
    // One that is nearly the same.
    for (times, wanted) in [(100.0, Verdict::Hurt), (1.01, Verdict::Unclear)] {
        for seed in [1, 2] {
            let impact = impact(recipe(seed, 0.002, 6_000, 3), 0.6, times);
            assert_eq!(impact.verdict, wanted, "{times} times, seed {seed}: {}", impact.text());
        }
    }
}
