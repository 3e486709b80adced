//! What was done to a run at which of its steps, and doing it again.

use std::collections::VecDeque;

use thiserror::Error;

use super::{Checkpoint, Port};
use crate::protocol::{Command, Event, Hyper, Outcome, Record, Request, RequestId};

/// Every command that changed the course of a run, in order, each with the moment at which it was carried out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Course {
    due: VecDeque<Due>,
    /// The run ended because after so many times nobody said how to go on with numbers that are not finite.
    given_up: Option<usize>,
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
        // The rewind whose own halving of the learning rate comes next.
        let mut rewound = None;
        for Record { event, .. } in records {
            let mut at = |step, id, command| due.push_back(Due { step, divergences, request: Request { id, command } });
            match event {
                Event::Diverged { .. } => divergences += 1,
                Event::ParametersRestored { step, answers: Some(id), .. } => {
                    rewound = Some(*id);
                    at(*step, *id, Command::Rewind);
                }
                Event::ParametersRestored { answers: None, .. } => restored = true,
                Event::StepsFinished(_) if restored => return Err(CourseError::WentOnFromTheBest),
                Event::HyperChanged { answers, .. } if rewound == Some(*answers) => rewound = None,
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
                        at(*step, answers.unwrap_or(RequestId { client: 0, number: 0 }), Command::Stop);
                    }
                    let given_up = matches!(outcome, Outcome::Failed { .. }).then_some(divergences);
                    return Ok(Self { due, given_up });
                }
                _ => {}
            }
        }
        Err(CourseError::NotEnded)
    }
}

/// A port through which a run takes the course of another of the same recipe.
pub struct Rerun<P> {
    port: P,
    course: Course,
    step: u64,
    divergences: usize,
}

impl<P: Port> Rerun<P> {
    /// On top of a port that tells what happens, and whose commands come first.
    pub fn new(port: P, course: Course) -> Self {
        Self { port, course, step: 0, divergences: 0 }
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
        let resume = Request { id: RequestId { client: 0, number: 0 }, command: Command::Resume };
        let given_up = self.course.given_up == Some(self.divergences);
        self.due().or_else(|| (!given_up).then_some(resume))
    }

    fn emit(&mut self, event: Event) {
        self.divergences += usize::from(matches!(event, Event::Diverged { .. }));
        self.port.emit(event);
    }

    fn keep(&mut self, checkpoint: Checkpoint) {
        self.port.keep(checkpoint);
    }
}
