//! The checkpoints on their way to the disk. Whoever trains puts them in and never waits.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::train::Checkpoint;

/// So many checkpoints wait at most, beside the one that is being written. Each may have hundreds of megabytes.
const MOST: usize = 3;

/// The checkpoints on their way to the disk.
pub(super) struct Queue<T = Checkpoint> {
    state: Mutex<State<T>>,
    bell: Condvar,
}

/// A checkpoint that waits to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Waiting<T = Checkpoint> {
    pub checkpoint: T,
    /// Somebody asked for it: no other takes its place.
    pub asked: bool,
    /// Why it could not be written when that was tried.
    pub failed: Option<String>,
}

struct State<T> {
    waiting: VecDeque<Waiting<T>>,
    ended: bool,
    /// Something has come since the last look.
    news: bool,
}

impl<T> Queue<T> {
    /// An empty one.
    pub fn new() -> Self {
        Self { state: Mutex::new(State { waiting: VecDeque::new(), ended: false, news: false }), bell: Condvar::new() }
    }

    /// Puts one in at the end. Where too many wait already, the oldest that nobody asked for goes, as it would from the disk
    /// as soon as newer ones are there. Gives back one that somebody asked for and for which there is no place.
    pub fn push(&self, waiting: Waiting<T>) -> Option<Waiting<T>> {
        let mut state = self.state();
        state.waiting.push_back(waiting);
        state.news = true;
        let dropped = state.make_room();
        drop(state);
        self.bell.notify_all();
        dropped
    }

    /// Puts one back that could not be written, before all others; gives back what [`push`](Self::push) does.
    pub fn put_back(&self, waiting: Waiting<T>) -> Option<Waiting<T>> {
        let mut state = self.state();
        state.waiting.push_front(waiting);
        state.make_room()
    }

    /// Takes the oldest out.
    pub fn pop(&self) -> Option<Waiting<T>> {
        self.state().waiting.pop_front()
    }

    /// Says that no more will come.
    pub fn end(&self) {
        self.state().ended = true;
        self.bell.notify_all();
    }

    /// Waits until one has come, at most so long; whether no more will.
    pub fn wait(&self, longest: Duration) -> bool {
        let nothing = |state: &mut State<T>| !state.news && !state.ended;
        let waited = self.bell.wait_timeout_while(self.state(), longest, nothing);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner).0;
        state.news = false;
        state.ended
    }

    /// A panic elsewhere leaves it whole: every change is one call.
    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> State<T> {
    fn make_room(&mut self) -> Option<Waiting<T>> {
        if self.waiting.len() <= MOST {
            return None;
        }
        let nobody_asked = self.waiting.iter().position(|waiting| !waiting.asked);
        let dropped = self.waiting.remove(nobody_asked.unwrap_or(MOST));
        dropped.filter(|waiting| waiting.asked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newer_ones_take_the_place_of_those_that_nobody_asked_for() {
        // Which are asked for; which stay; which is given back.
        let cases: [(&[bool], &[usize], Option<usize>); 5] = [
            (&[false, false, false], &[0, 1, 2], None),
            (&[false, false, false, false, false], &[2, 3, 4], None),
            (&[true, false, false, false], &[0, 2, 3], None),
            (&[true, true, true, false], &[0, 1, 2], None),
            (&[true, true, true, true], &[0, 1, 2], Some(3)),
        ];
        for (asked, stay, back) in cases {
            let queue = Queue::new();
            let waiting = |(checkpoint, asked): (usize, &bool)| Waiting { checkpoint, asked: *asked, failed: None };
            let given_back = asked.iter().enumerate().filter_map(|one| queue.push(waiting(one))).last();
            assert_eq!(given_back.map(|waiting| waiting.checkpoint), back, "{asked:?}");
            let stayed: Vec<usize> = std::iter::from_fn(|| queue.pop()).map(|waiting| waiting.checkpoint).collect();
            assert_eq!(stayed, stay, "{asked:?}");
        }
    }

    #[test]
    fn whoever_waits_is_woken_by_one_and_by_the_end() {
        let queue = Queue::new();
        queue.push(Waiting { checkpoint: 1, asked: false, failed: None });
        assert!(!queue.wait(Duration::from_secs(60)));
        assert!(!queue.wait(Duration::ZERO), "nothing new");
        queue.end();
        assert!(queue.wait(Duration::from_secs(60)));
        assert_eq!(queue.pop().map(|waiting| waiting.checkpoint), Some(1), "the end loses nothing");
    }
}
