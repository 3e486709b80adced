//! The thread that trains. A panic on it is an event like any other.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::{Builder, JoinHandle};

use super::engine::Engine;
use super::{Checkpoint, Job, Port};
use crate::causes::panic_text;
use crate::nn::Network;
use crate::protocol::{Event, Outcome, Request};

/// Starts training on a thread of its own, named `train`.
///
/// Fails when the machine gives no thread.
pub fn spawn(job: Job, port: impl Port + Send + 'static) -> std::io::Result<JoinHandle<()>> {
    let step = job.checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.step());
    let mut port = Counted { port, step };
    Builder::new().name("train".into()).spawn(move || {
        let run = AssertUnwindSafe(|| Engine::new(job, &mut port).run());
        if let Err(panic) = catch_unwind(run) {
            let (outcome, step) = (Outcome::Failed { message: panic_text(&*panic).into() }, port.step);
            port.emit(Event::RunEnded { outcome, step, weights_sha256: String::new(), answers: None });
        }
    })
}

/// A port that remembers how many steps have been made, for when the engine cannot say it any more.
struct Counted<P> {
    port: P,
    step: u64,
}

impl<P: Port> Port for Counted<P> {
    fn poll(&mut self, step: u64) -> Option<Request> {
        self.step = step;
        self.port.poll(step)
    }

    fn wait(&mut self) -> Option<Request> {
        self.port.wait()
    }

    fn emit(&mut self, event: Event) {
        self.port.emit(event);
    }

    fn keep(&mut self, checkpoint: Checkpoint) {
        self.port.keep(checkpoint);
    }

    fn offer(&mut self, step: u64, network: &Network, rests: bool) {
        self.port.offer(step, network, rests);
    }

    fn recall(&mut self, step: u64) -> Result<Vec<u8>, String> {
        self.port.recall(step)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Sender, channel};

    use super::*;
    use crate::data::{Dataset, ImageSet};
    use crate::protocol::{
        Activation, Augmentation, DataSpec, FineTuning, Holdout, Hyperparameters, LayerSpec, Optimizer, RunSpec, Schedule,
    };
    use crate::train::JobOptions;

    /// A port that breaks down after some steps, and tells how the run ended.
    struct Breaking(Sender<Event>);

    impl Port for Breaking {
        fn poll(&mut self, step: u64) -> Option<Request> {
            assert!(step < 3, "it breaks down here");
            None
        }

        fn wait(&mut self) -> Option<Request> {
            None
        }

        fn emit(&mut self, event: Event) {
            if matches!(event, Event::RunEnded { .. }) {
                let _ = self.0.send(event);
            }
        }

        fn keep(&mut self, _checkpoint: Checkpoint) {}

        fn recall(&mut self, _step: u64) -> Result<Vec<u8>, String> {
            Err("nothing is kept here".into())
        }
    }

    #[test]
    fn a_panic_ends_the_run_at_its_step() {
        let set = || ImageSet::new([2, 2, 1], (0..80).collect(), [0, 1].repeat(10), 2).expect("fitting lengths");
        let dataset = Dataset::new(set(), set(), ["a", "b"].map(str::to_owned).to_vec());
        let spec = RunSpec {
            preset: "test".into(),
            layers: vec![LayerSpec::Flatten, LayerSpec::Dense { units: 2, activation: Activation::None }],
            init_from: None,
            freeze: Vec::new(),
            fine_tuning: FineTuning::default(),
            optimizer: Optimizer::Sgd,
            seed: 3,
            augmentation: Augmentation::default(),
            data: DataSpec { source: "made up".into(), validation: Holdout::Count(0), ..DataSpec::default() },
            hyperparameters: Hyperparameters { batch_size: 5, ..Hyperparameters::default() },
            schedule: Schedule::Constant,
            min_delta: 0.0,
            until_test_accuracy: None,
        };
        let job = Job::prepare(spec, dataset, JobOptions { threads: 1, ..JobOptions::default() }).expect("a job");
        let (told, ended) = channel();
        spawn(job, Breaking(told)).expect("a thread").join().expect("the panic was caught");
        let Ok(Event::RunEnded { outcome: Outcome::Failed { message }, step, .. }) = ended.recv() else { panic!("no end") };
        assert_eq!((message.to_string().as_str(), step), ("it breaks down here", 3));
    }
}
