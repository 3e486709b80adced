//! The thread that trains. A panic on it is an event like any other.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::{Builder, JoinHandle};

use super::engine::Engine;
use super::{Job, Port};
use crate::protocol::{Event, Outcome};

/// Starts training on a thread of its own, named `train`.
///
/// Fails when the machine gives no thread.
pub fn spawn(job: Job, mut port: impl Port + Send + 'static) -> std::io::Result<JoinHandle<()>> {
    Builder::new().name("train".into()).spawn(move || {
        let run = AssertUnwindSafe(|| Engine::new(job, &mut port).run());
        if let Err(panic) = catch_unwind(run) {
            let message = message(&*panic).into();
            let outcome = Outcome::Failed { message };
            port.emit(Event::RunEnded { outcome, step: 0, weights_sha256: String::new(), answers: None });
        }
    })
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().or(panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("the training thread panicked").to_owned()
}
