//! Augmentation while a run trains: turned on and off live, shown, and the same however it is trained.

use std::collections::VecDeque;
use std::sync::mpsc::{Sender, channel};

use mnist_tui::config::Config;
use mnist_tui::data::{Dataset, ImageSet};
use mnist_tui::protocol::{Command, Event, Hyper, Request, RequestId};
use mnist_tui::train::{Checkpoint, Job, JobOptions, Port, spawn};

/// Sets the strength before some steps, in order, and listens.
struct Script {
    strengths: VecDeque<(u64, f64)>,
    /// The step that comes next.
    step: u64,
    events: Sender<Event>,
}

impl Port for Script {
    /// The engine asks until there is nothing, and then trains a step.
    fn poll(&mut self, _step: u64) -> Option<Request> {
        let due = self.strengths.front().filter(|(step, _)| *step == self.step).map(|(_, value)| *value);
        let Some(value) = due else {
            self.step += 1;
            return None;
        };
        self.strengths.pop_front();
        let id = RequestId { client: 0, number: self.strengths.len() as u32 };
        Some(Request { id, command: Command::SetHyper { hyper: Hyper::Augmentation, value } })
    }

    fn wait(&mut self) -> Option<Request> {
        None
    }

    fn emit(&mut self, event: Event) {
        // Nobody listens any more once an assertion has failed.
        let _ = self.events.send(event);
    }

    fn keep(&mut self, _: Checkpoint) {}

    fn recall(&mut self, step: u64) -> Result<Vec<u8>, String> {
        Err(format!("nothing is kept of step {step}"))
    }
}

/// Images of 8 × 8 pixels of two classes: an upright stroke or a lying one, on changing places.
fn dataset() -> Dataset {
    let set = |count: usize| {
        let pixel = |i: usize| {
            let (image, y, x) = (i / 64, i / 8 % 8, i % 8);
            u8::from((if image % 2 == 0 { x } else { y }) == 2 + image % 4) * 255
        };
        let labels = (0..count).map(|image| (image % 2) as u16).collect();
        ImageSet::new([8, 8, 1], (0..count * 64).map(pixel).collect(), labels, 2).expect("fitting lengths")
    };
    Dataset::new(set(80), set(40), vec!["upright".into(), "lying".into()])
}

/// All events of a run of two epochs of four steps, 16 of 64 images each.
fn run(threads: usize, start: f64, strengths: &[(u64, f64)]) -> Vec<Event> {
    let mut config = Config::default();
    config.train.preset = "mlp".into();
    let hyper = &mut config.train.hyperparameters;
    (hyper.epochs, hyper.batch_size, hyper.augmentation) = (2, 16, start);
    config.data.validation = mnist_tui::protocol::Holdout::Count(16);
    let job = Job::prepare(config.run_spec(2).expect("valid"), dataset(), JobOptions { threads, ..JobOptions::default() })
        .expect("a run");
    let (events, heard) = channel();
    let port = Script { strengths: strengths.iter().copied().collect(), step: 1, events };
    spawn(job, port).expect("a thread").join().expect("no panic");
    heard.iter().collect()
}

fn digest(events: &[Event]) -> &str {
    match events.last() {
        Some(Event::RunEnded { weights_sha256, .. }) => weights_sha256,
        other => panic!("the last event is {other:?}"),
    }
}

/// For each time images were shown, the step and how many they are.
fn shown(events: &[Event]) -> Vec<(u64, usize)> {
    let shown = |event: &Event| match event {
        Event::SamplesAugmented { step, samples } => Some((*step, samples.len())),
        _ => None,
    };
    events.iter().filter_map(shown).collect()
}

#[test]
fn it_is_turned_on_and_changed_while_the_run_trains() {
    let off = run(1, 0.0, &[]);
    assert_eq!(shown(&off), []);
    let on = run(1, 0.0, &[(3, 1.0), (6, 0.5), (7, 0.0)]);
    // At once when the strength changes, then every two seconds, which this run does not last.
    assert_eq!(shown(&on), [(3, 12), (6, 12)]);
    assert_ne!(digest(&off), digest(&on));
    assert_eq!(digest(&off), digest(&run(1, 1.0, &[(1, 0.0)])), "turned off before the first step");
    assert_eq!(digest(&run(1, 0.0, &[(1, 1.0)])), digest(&run(1, 1.0, &[])), "on from the first step");
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let changes = [(4, 1.5)];
    assert_eq!(digest(&run(1, 1.0, &changes)), digest(&run(2, 1.0, &changes)));
}

/// The network is judged, and shown to people, on images as they are.
#[test]
fn only_training_images_are_varied() {
    let predicted = |events: &[Event]| {
        let first = events.iter().find(|event| matches!(event, Event::SamplesPredicted { .. }));
        first.cloned().expect("predictions before the first step")
    };
    assert_eq!(predicted(&run(1, 0.0, &[])), predicted(&run(1, 2.0, &[])));
}
