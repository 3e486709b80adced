//! Where questions and the network come together: who trains hands it over only when somebody has asked, and never waits.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::Builder;
use std::time::{Duration, Instant};

use super::{Checkpoints, Exhibits};
use crate::nn::Network;
use crate::protocol::{Answer, Asked, Query, Unanswered};
use crate::run::store::RunFolder;

/// The network is handed over so often at most: the next step after that copies the parameters.
const FRESH: Duration = Duration::from_millis(100);
/// Whoever judges hands nothing over, and changes nothing: after so long the last network does.
const PATIENCE: Duration = Duration::from_millis(400);
/// After so long without any network a question is given up.
const LONGEST: Duration = Duration::from_secs(10);
/// After so long without a question the network is let go of.
const IDLE: Duration = Duration::from_secs(2);
/// What answers gives way to what trains.
#[cfg(target_os = "linux")]
const NICE: i32 = 15;

/// What takes an answer.
pub type Reply = Box<dyn FnOnce(Answer) + Send>;

/// Where questions and the network come together.
#[derive(Default)]
pub struct Desk {
    /// Somebody waits for the network.
    wanted: AtomicBool,
    /// The network stays as it was handed over.
    rests: AtomicBool,
    state: Mutex<State>,
    bell: Condvar,
}

#[derive(Default)]
struct State {
    exhibits: Option<Exhibits>,
    checkpoints: Option<Checkpoints>,
    newest: Option<Newest>,
    /// One question a client, in their order.
    waiting: Vec<Waiting>,
    /// The thread that answers is there.
    open: bool,
}

/// The network as it was handed over last.
struct Newest {
    step: u64,
    network: Network,
    at: Instant,
}

struct Waiting {
    client: u32,
    asked: Asked,
    reply: Reply,
    since: Instant,
}

/// What is to be done next.
enum Next {
    Answer(Waiting, Option<(u64, Network)>),
    GiveUp(Waiting),
    Wait(Duration),
}

impl Desk {
    /// The images of the run.
    pub fn exhibit(&self, exhibits: Option<Exhibits>) {
        self.lock().exhibits = exhibits;
    }

    /// Where the run's checkpoints are kept.
    pub fn keep(&self, folder: RunFolder) {
        self.lock().checkpoints = Some(Checkpoints::new(folder));
    }

    /// Asks for a client. A newer question takes the place of its older one, so nothing can pile up.
    pub fn ask(self: &Arc<Self>, client: u32, asked: Asked, reply: Reply) {
        let replaced = {
            let mut state = self.lock();
            let waiting = Waiting { client, asked, reply, since: Instant::now() };
            let replaced = match state.waiting.iter_mut().find(|waiting| waiting.client == client) {
                Some(before) => Some(std::mem::replace(before, waiting)),
                None => {
                    state.waiting.push(waiting);
                    None
                }
            };
            self.wanted.store(true, Ordering::Relaxed);
            if !state.open {
                let desk = Arc::clone(self);
                state.open = Builder::new().name("inspect".into()).spawn(move || desk.answer_all()).is_ok();
            }
            self.bell.notify_all();
            replaced
        };
        if let Some(Waiting { asked, reply, .. }) = replaced {
            reply(Answer::none(asked.id, Unanswered::Replaced));
        }
    }

    /// The network after a step, from who trains it; `rests` when no further step comes soon. When nobody asks, this costs
    /// no more than a look at a flag.
    pub fn offer(&self, step: u64, network: &Network, rests: bool) {
        if rests != self.rests.load(Ordering::Relaxed) {
            self.rests.store(rests, Ordering::Relaxed);
        }
        if !rests && !self.wanted.load(Ordering::Relaxed) {
            return;
        }
        let mut state = self.lock();
        if rests || state.newest.as_ref().is_none_or(|newest| newest.at.elapsed() >= FRESH) {
            state.newest = Some(Newest { step, network: network.clone(), at: Instant::now() });
            self.wanted.store(false, Ordering::Relaxed);
            self.bell.notify_all();
        }
    }

    /// Answers until nobody asks any more.
    fn answer_all(&self) {
        give_way();
        let mut idle_since = Instant::now();
        loop {
            let mut state = self.lock();
            match self.next(&mut state) {
                Next::Answer(waiting, network) => {
                    let exhibits = state.exhibits.clone();
                    let checkpoints = state.checkpoints.take();
                    drop(state);
                    let (waiting, checkpoints) = answer(waiting, network, exhibits, checkpoints);
                    // Another folder may have come meanwhile.
                    let mut state = self.lock();
                    if state.checkpoints.is_none() {
                        state.checkpoints = checkpoints;
                    }
                    drop(state);
                    waiting();
                    idle_since = Instant::now();
                }
                Next::GiveUp(Waiting { asked, reply, .. }) => {
                    drop(state);
                    reply(Answer::none(asked.id, Unanswered::Busy));
                }
                Next::Wait(_) if state.waiting.is_empty() && idle_since.elapsed() >= IDLE => {
                    if !self.rests.load(Ordering::Relaxed) {
                        state.newest = None;
                    }
                    state.open = false;
                    return;
                }
                Next::Wait(time) => drop(self.bell.wait_timeout(state, time)),
            }
        }
    }

    fn next(&self, state: &mut State) -> Next {
        let rests = self.rests.load(Ordering::Relaxed);
        let newest = state.newest.as_ref();
        let is_ready = |waiting: &Waiting| {
            let is_fresh = |newest: &Newest| newest.at + FRESH >= waiting.since || rests || waiting.since.elapsed() >= PATIENCE;
            // What was is on the disk, and images are what they are.
            let needs_newest = waiting.asked.at.is_none() && !matches!(waiting.asked.query, Query::Images { .. });
            state.exhibits.is_some() && (!needs_newest || newest.is_some_and(is_fresh))
        };
        if let Some(place) = state.waiting.iter().position(is_ready) {
            let waiting = state.waiting.remove(place);
            let network = state.newest.as_ref().map(|newest| (newest.step, newest.network.clone()));
            return Next::Answer(waiting, network);
        }
        if let Some(place) = state.waiting.iter().position(|waiting| waiting.since.elapsed() >= LONGEST) {
            return Next::GiveUp(state.waiting.remove(place));
        }
        if !state.waiting.is_empty() {
            self.wanted.store(true, Ordering::Relaxed);
        }
        Next::Wait(if state.waiting.is_empty() { IDLE } else { FRESH / 2 })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Answers a question; gives what tells it, and the checkpoints again. One that breaks down is answered, too, and training goes on.
fn answer(
    Waiting { asked, reply, .. }: Waiting,
    newest: Option<(u64, Network)>,
    exhibits: Option<Exhibits>,
    mut checkpoints: Option<Checkpoints>,
) -> (impl FnOnce(), Option<Checkpoints>) {
    let id = asked.id;
    let answered = catch_unwind(AssertUnwindSafe(|| {
        let network = match (asked.at, newest) {
            (None, Some(newest)) => Ok(newest),
            // The moment is now.
            (Some(at), Some((step, network))) if at >= step => Ok((step, network)),
            (at, _) => {
                let found = checkpoints.as_mut().map(|checkpoints| checkpoints.network(at.unwrap_or(u64::MAX)));
                found.unwrap_or(Err(Unanswered::NoCheckpoint))
            }
        };
        let step = network.as_ref().map_or(0, |(step, _)| *step);
        match &exhibits {
            Some(exhibits) => {
                let network = network.as_ref().map(|(_, network)| network).map_err(|why| *why);
                Answer { id, step, body: exhibits.answer(network, &asked.query) }
            }
            None => Answer::none(id, Unanswered::NoImages),
        }
    }));
    let answer = answered.unwrap_or_else(|_| Answer::none(id, Unanswered::Busy));
    (move || reply(answer), checkpoints)
}

/// Lets threads that train go first where both want the same core. Where the system does not do so, it is fair.
fn give_way() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICE);
}
