//! Questions about a network: answered while it trains, when it rests, over a socket and from the disk, and never felt by it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use mnist_tui::config::Config;
use mnist_tui::data::{Dataset, ImageSet};
use mnist_tui::inspect::Exhibits;
use mnist_tui::link::{Attached, Link, Recorder, Served, Update, attach, connect, recorded, replay, running};
use mnist_tui::protocol::{
    Activation, Among, Answer, Asked, Body, Bytes, Command, Event, Holdout, LayerSpec, Padding, Phase, Query, Record, Request,
    RequestId, RunSpec, Unanswered, Which,
};
use mnist_tui::run::RunState;
use mnist_tui::run::store::{Recording, RunFolder};
use mnist_tui::train::{Job, JobOptions, spawn};

/// A folder for runs, removed at the end.
struct Runs(PathBuf);

impl Runs {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("inspecting-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }
}

impl Drop for Runs {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Small images, on which an epoch takes a moment.
fn dataset() -> Dataset {
    let set = |count: usize| {
        let pixels = (0..64 * count).map(|i| (i * 89 % 251) as u8).collect();
        ImageSet::new([8, 8, 1], pixels, (0..count).map(|i| (i % 3) as u16).collect(), 3).expect("images")
    };
    Dataset::new(set(600), set(50), ["a", "b", "c"].map(str::to_owned).to_vec())
}

fn recipe(epochs: usize) -> RunSpec {
    let mut spec = Config::default().run_spec(3).expect("the default recipe");
    spec.layers = vec![
        LayerSpec::Conv { filters: 6, kernel: 3, stride: 1, padding: Padding::Valid, activation: Activation::Relu },
        LayerSpec::MaxPool { size: 2 },
        LayerSpec::Dropout { rate: 0.2 },
        LayerSpec::Flatten,
        LayerSpec::Dense { units: 9, activation: Activation::Relu },
        LayerSpec::Dense { units: 3, activation: Activation::None },
    ];
    spec.data.validation = Holdout::Count(60);
    spec.hyperparameters.epochs = epochs;
    spec.hyperparameters.batch_size = 8;
    spec
}

/// A run that trains, is recorded and can be asked.
struct Trained {
    link: Link,
    state: RunState,
    records: Vec<Record>,
    recorder: Recorder,
    folder: RunFolder,
}

impl Trained {
    fn start(runs: &Runs, spec: RunSpec, dataset: Dataset, before: impl FnOnce(&Link)) -> Self {
        let job = Job::prepare(spec, dataset, JobOptions { threads: 2, ..JobOptions::default() }).expect("a job");
        let recording = Recording::create(&runs.0, job.started(), 50).expect("a recording");
        let folder = recording.folder().clone();
        let (link, mut port) = connect(Vec::new());
        port.exhibit(Exhibits::of(job.dataset().clone(), &job.started().spec));
        let recorder = port.record(recording).expect("a thread");
        before(&link);
        spawn(job, port).expect("a thread");
        Self { link, state: RunState::lossless(), records: Vec::new(), recorder, folder }
    }

    fn order(&self, command: Command) {
        self.link.send(Request { id: RequestId { client: 0, number: 1 }, command });
    }

    /// What comes next: an answer, or nothing when it was something that the run has told.
    async fn next(&mut self) -> Option<Answer> {
        match self.link.updates().await {
            Update::Answer(answer) => Some(answer),
            Update::Records(records) => {
                for record in records {
                    self.state.apply(&record);
                    self.records.push((*record).clone());
                }
                None
            }
            other => panic!("{other:?}"),
        }
    }

    async fn until(&mut self, is_there: impl Fn(&RunState) -> bool) {
        while !is_there(&self.state) {
            self.next().await;
        }
    }

    async fn ask(&mut self, id: u32, at: Option<u64>, query: Query) -> Answer {
        self.link.ask(Asked { id, at, query });
        loop {
            if let Some(answer) = self.next().await {
                assert_eq!(answer.id, id);
                return answer;
            }
        }
    }
}

fn of(place: u32) -> Which {
    Which::Of { among: Among::Validation, place }
}

/// A question of each kind.
fn questions() -> Vec<Query> {
    let given = Which::Given { pixels: Bytes((0..64).collect()) };
    vec![
        Query::Images { among: Among::Test, places: (0..50).collect() },
        Query::Predict { image: given.clone() },
        Query::Occlusion { image: of(3) },
        Query::Layer { image: of(3), layer: 0, from: 0, count: 9 },
        Query::Filters { layer: 4, input: 2, from: 0, count: 9 },
        Query::Sum { image: given, layer: 0, value: [2, 3, 4] },
        Query::Batch { epoch: 1, from: 8, count: 8 },
        Query::Alike { image: of(0), count: 4 },
    ]
}

/// What of the events is the same whenever they are told.
fn course(records: &[Record]) -> Vec<String> {
    let told = records.iter().filter(|record| {
        !matches!(
            record.event,
            Event::StepsFinished(_)
                | Event::SamplesPredicted { .. }
                | Event::RunStarted(_)
                | Event::CheckpointSaved { .. }
                | Event::PhaseChanged { .. }
                // It has times in it.
                | Event::LayersMeasured { .. }
        )
    });
    told.map(|record| serde_json::to_string(&record.event).expect("JSON")).collect()
}

#[tokio::test]
async fn who_asks_as_fast_as_possible_changes_nothing() {
    let runs = Runs::new();
    let mut quiet = Trained::start(&runs, recipe(3), dataset(), |_| {});
    quiet.until(|state| state.ended.is_some()).await;
    let mut asked = Trained::start(&runs, recipe(3), dataset(), |_| {});
    let (mut answered, questions) = (0, questions());
    let ask = |link: &Link, number: usize| {
        link.ask(Asked { id: number as u32, at: None, query: questions[number % questions.len()].clone() });
    };
    ask(&asked.link, 0);
    while asked.state.ended.is_none() {
        if let Some(answer) = asked.next().await {
            assert!(!matches!(answer.body, Body::Nothing { .. }), "{answer:?}");
            answered += 1;
            ask(&asked.link, answered);
        }
    }
    assert!(answered > 0);
    assert_eq!(asked.state.ended, quiet.state.ended, "the same weights");
    assert_eq!(asked.state.steps.loss.len(), quiet.state.steps.loss.len());
    let losses = |state: &RunState| {
        (0..state.steps.loss.len()).map(|step| state.steps.loss.get(step).map(f32::to_bits)).collect::<Vec<_>>()
    };
    assert_eq!(losses(&asked.state), losses(&quiet.state));
    assert_eq!(course(&asked.records), course(&quiet.records));
    // Every step is known to be of a batch, and the batches of an epoch follow on each other.
    let mut next = (1, 0);
    for step in 1..=quiet.state.step {
        let (epoch, from, count) = quiet.state.batch_of(step).expect("a batch");
        assert_eq!((epoch, from), next, "step {step}");
        next = if from + count == 540 { (epoch + 1, 0) } else { (epoch, from + count) };
    }
    for run in [quiet, asked] {
        assert_eq!(run.recorder.finish(), [""; 0]);
    }
}

#[tokio::test]
async fn every_question_is_answered_while_it_trains_waits_and_is_over_and_of_what_was() {
    let runs = Runs::new();
    let mut run = Trained::start(&runs, recipe(60), dataset(), |_| {});
    run.until(|state| state.step > 0).await;
    for (id, query) in (0..).zip(questions()) {
        let answer = run.ask(id, None, query.clone()).await;
        assert!(!matches!(answer.body, Body::Nothing { .. }), "{query:?} {answer:?}");
    }
    run.until(|state| state.epochs_finished >= 2).await;
    run.order(Command::Pause);
    run.until(|state| state.phase == Some(Phase::Paused)).await;
    let step = run.state.step;
    for (id, query) in (100..).zip(questions()) {
        let answer = run.ask(id, None, query.clone()).await;
        assert_eq!(answer.step, step, "{query:?} {answer:?}");
    }
    // What was: the newest checkpoint that is not later, here that of the first epoch's end.
    let first = run.state.validations[0].step;
    run.until(|state| state.checkpoints.contains_key(&first)).await;
    for at in [first, first + 1] {
        let answer = run.ask(200, Some(at), Query::Predict { image: of(1) }).await;
        assert!(matches!(answer.body, Body::Predicted { .. }) && answer.step == first, "{answer:?}");
    }
    run.order(Command::Stop);
    run.until(|state| state.ended.is_some()).await;
    let answer = run.ask(300, None, Query::Predict { image: of(1) }).await;
    assert_eq!(answer.step, run.state.step);
    // What cannot be told is said.
    let none = run.ask(301, None, Query::Filters { layer: 1, input: 0, from: 0, count: 1 }).await;
    assert_eq!(none.body, Body::Nothing { why: Unanswered::NoSuchLayer });
    run.recorder.finish();
}

#[tokio::test]
async fn who_attaches_can_ask_too_and_not_too_fast() {
    let runs = Runs::new();
    let name = format!("inspected-{}", std::process::id());
    let mut server = None;
    let run = Trained::start(&runs, recipe(1_000), dataset(), |link| {
        let served = Served { run_id: name.clone(), name: name.clone(), folder: None };
        server = link.serve(served).expect("a thread");
    });
    let found = loop {
        if let Some(found) = running().await.into_iter().find(|run| run.hello.run_id == name) {
            break found;
        }
        tokio::task::yield_now().await;
    };
    let Attached { mut link, .. } = attach(&found, "looks".into(), true).await.expect("attached");
    let mut answers = async |ids: std::ops::Range<u32>| {
        for id in ids.clone() {
            link.ask(Asked { id, at: None, query: Query::Predict { image: of(id % 60) } });
        }
        let mut answers = Vec::new();
        loop {
            if let Update::Answer(answer) = link.updates().await {
                let is_last = answer.id == ids.end - 1 && !matches!(answer.body, Body::Nothing { .. });
                let is_refused = answer.body == Body::Nothing { why: Unanswered::TooMany };
                answers.push(answer);
                if is_last || is_refused {
                    return answers;
                }
            }
        }
    };
    let first = answers(0..1).await;
    assert!(matches!(&first[0].body, Body::Predicted { probabilities, .. } if probabilities.len() == 3), "{first:?}");
    let many = answers(1..60).await;
    assert!(many.iter().any(|answer| answer.body == Body::Nothing { why: Unanswered::TooMany }), "{many:?}");
    run.order(Command::Stop);
    server.expect("a server").finish();
}

#[tokio::test]
async fn a_recorded_run_answers_from_its_checkpoints() {
    let runs = Runs::new();
    let digits = Dataset::mnist();
    let mut config = Config::default();
    config.train.preset = "mlp".into();
    config.data.train_limit = 400;
    config.data.validation = Holdout::Count(100);
    let mut spec = config.run_spec_on(&digits).expect("a recipe");
    spec.hyperparameters.epochs = 3;
    let mut run = Trained::start(&runs, spec, digits, |_| {});
    run.until(|state| state.ended.is_some()).await;
    run.recorder.finish();
    let mut link = replay(&run.folder, recorded(&run.folder).expect("recorded")).expect("a replay");
    let mut ask = async |id, at| {
        link.ask(Asked { id, at, query: Query::Predict { image: of(5) } });
        loop {
            if let Update::Answer(answer) = link.updates().await {
                return answer;
            }
        }
    };
    let last = ask(1, None).await;
    assert!(matches!(&last.body, Body::Predicted { .. }) && last.step == run.state.step, "{last:?}");
    let first = ask(2, Some(run.state.validations[0].step)).await;
    assert!(first.step == run.state.validations[0].step && first.body != last.body, "{first:?}");
    std::fs::remove_dir_all(run.folder.path().join("checkpoints")).expect("removed");
    assert_eq!(ask(3, None).await.body, Body::Nothing { why: Unanswered::NoCheckpoint });
}
