//! What was done to a run at which of its steps, and doing it again.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use thiserror::Error;

use super::{Checkpoint, Port};
use crate::causes::with_causes;
use crate::nn::Network;
use crate::protocol::{CheckpointReason, Command, Event, Hyper, Outcome, Place, Record, Request, RequestId};

/// Every command that changed the course of a run, in order, each with the moment at which it was carried out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Course {
    due: VecDeque<Due>,
    /// The run ended because after so many times nobody said how to go on with numbers that are not finite.
    given_up: Option<usize>,
    /// The steps of the checkpoints that were gone back to.
    recalled: BTreeSet<u64>,
}

/// A command and its moment.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Due {
    /// After so many steps.
    step: u64,
    /// After the numbers had been not finite so many times: such a batch makes no step.
    divergences: usize,
    request: Request,
}

/// Why a run cannot be trained again.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum CourseError {
    /// There is nothing to compare with.
    #[error("it has not ended; go on with it first (mnist-tui --resume)")]
    NotEnded,
    /// The training thread broke down.
    #[error("it failed without weights to compare with")]
    NoWeights,
    /// It was ended, and taken up again.
    #[error("it went on after its best parameters had been restored at an end; that cannot be done again in one go")]
    WentOnFromTheBest,
}

impl Course {
    /// The course of the run that told `records`.
    pub fn of(records: &[Record]) -> Result<Self, CourseError> {
        let (mut due, mut divergences, mut restored) = (VecDeque::new(), 0, false);
        // The rewind whose own change of the learning rate comes next.
        let mut rewound = None;
        let recalled: BTreeSet<u64> = records.iter().filter_map(|record| recalled(&record.event)).collect();
        for Record { event, .. } in records {
            let mut at = |step, id, command| due.push_back(Due { step, divergences, request: Request { id, command } });
            match event {
                Event::Diverged { .. } => divergences += 1,
                Event::ParametersRestored { step, from, answers: Some(id), .. } => {
                    rewound = Some(*id);
                    at(*step, *id, Command::Rewind { to: *from, rate: None });
                }
                // One that nobody would take again where nobody asks for it.
                Event::CheckpointTaken { step, reason: CheckpointReason::Asked | CheckpointReason::End, answers, .. }
                    if recalled.contains(step) =>
                {
                    at(*step, answers.unwrap_or(NOBODY), Command::Checkpoint);
                }
                Event::ParametersRestored { answers: None, .. } => restored = true,
                Event::StepsFinished(_) if restored => return Err(CourseError::WentOnFromTheBest),
                Event::HyperChanged { to, answers, .. } if rewound == Some(*answers) => {
                    rewound = None;
                    if let Some(Due { request: Request { command: Command::Rewind { rate, .. }, .. }, .. }) = due.back_mut() {
                        *rate = Some(*to);
                    }
                }
                Event::HyperChanged { step, hyper, to, answers, .. } => {
                    at(step.saturating_sub(1), *answers, Command::SetHyper { hyper: *hyper, value: *to });
                }
                Event::ScheduleMoved { restarts: true, answers, .. } => {
                    if let Some(Due { request: Request { id, command }, .. }) = due.back_mut()
                        && let Command::SetHyper { hyper: Hyper::Epochs, value } = *command
                        && id == answers
                    {
                        *command = Command::AddEpochs { epochs: value as usize };
                    }
                }
                // Another process counts requests from the start.
                Event::RunResumed { .. } => rewound = None,
                Event::RunEnded { weights_sha256, .. } if weights_sha256.is_empty() => return Err(CourseError::NoWeights),
                Event::RunEnded { outcome, step, answers, .. } => {
                    if *outcome == Outcome::Stopped {
                        at(*step, answers.unwrap_or(NOBODY), Command::Stop);
                    }
                    let given_up = matches!(outcome, Outcome::Failed { .. }).then_some(divergences);
                    return Ok(Self { due, given_up, recalled });
                }
                _ => {}
            }
        }
        Err(CourseError::NotEnded)
    }
}

/// For what nobody asked for.
const NOBODY: RequestId = RequestId { client: 0, number: 0 };

/// The step of the checkpoint that an event tells was gone back to.
fn recalled(event: &Event) -> Option<u64> {
    match event {
        Event::ParametersRestored { from: Place::Checkpoint(step), .. } => Some(*step),
        // Where its parameters came from a file.
        Event::ParametersRestored { from: Place::Start, .. } => Some(0),
        _ => None,
    }
}

/// A port through which a run takes the course of another of the same recipe.
pub struct Rerun<P> {
    port: P,
    course: Course,
    step: u64,
    divergences: usize,
    /// The newest checkpoint of each step that the run will be taken back to.
    kept: BTreeMap<u64, Checkpoint>,
}

impl<P: Port> Rerun<P> {
    /// On top of a port that tells what happens, and whose commands come first.
    pub fn new(port: P, course: Course) -> Self {
        Self { port, course, step: 0, divergences: 0, kept: BTreeMap::new() }
    }

    fn due(&mut self) -> Option<Request> {
        let now = (self.step, self.divergences);
        let due = *self.course.due.front().filter(|due| (due.step, due.divergences) <= now)?;
        self.course.due.pop_front();
        Some(due.request)
    }
}

impl<P: Port> Port for Rerun<P> {
    fn poll(&mut self, step: u64) -> Option<Request> {
        self.step = step;
        self.port.poll(step).or_else(|| self.due())
    }

    fn wait(&mut self) -> Option<Request> {
        // Pauses change nothing and are no part of the course: the run waits only where numbers are not finite.
        let resume = Request { id: NOBODY, command: Command::Resume };
        let given_up = self.course.given_up == Some(self.divergences);
        self.due().or_else(|| (!given_up).then_some(resume))
    }

    fn emit(&mut self, event: Event) {
        self.divergences += usize::from(matches!(event, Event::Diverged { .. }));
        self.port.emit(event);
    }

    fn keep(&mut self, checkpoint: Checkpoint) {
        if self.course.recalled.contains(&checkpoint.step()) {
            self.kept.insert(checkpoint.step(), checkpoint.clone());
        }
        self.port.keep(checkpoint);
    }

    fn offer(&mut self, step: u64, network: &Network, rests: bool) {
        self.port.offer(step, network, rests);
    }

    fn recall(&mut self, step: u64) -> Result<Vec<u8>, String> {
        match self.kept.get(&step) {
            Some(checkpoint) => checkpoint.to_bytes().map_err(|error| with_causes(&error)),
            None => self.port.recall(step),
        }
    }
}
