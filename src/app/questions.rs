//! What pages ask of whoever has the network and the images, one question at a time.

use super::{PageId, Shared};
use crate::protocol::{Among, Answer, Asked, Body, Query, Unanswered, Which};
use crate::run::Choice;

/// What comes anew while a run trains is asked for after so long, on the run's clock.
pub const FOLLOWS_MS: u64 = 500;
/// What could not be answered is asked again after so long.
const AGAIN_MS: u64 = 2_000;

/// What was asked and is not answered yet.
#[derive(Clone, Debug, Default)]
pub struct Questions {
    number: u32,
    waiting: Option<Asked>,
}

/// What was asked, and what was answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// What was asked.
    pub query: Query,
    /// Of which moment.
    pub at: Option<u64>,
    /// When it was told, on the run's clock.
    pub at_ms: u64,
    /// The network had made so many steps.
    pub step: u64,
    /// What was answered.
    pub body: Body,
}

/// Where to go, and what is to be seen there.
#[derive(Clone, Debug, PartialEq)]
pub enum Going {
    /// To the page of images.
    Images {
        /// Of which set.
        among: Among,
        /// Which of them.
        choice: Choice,
    },
    /// Into the network, with this image.
    Inside {
        /// The image.
        image: Which,
    },
}

impl Going {
    /// The page.
    pub(super) fn page(&self) -> PageId {
        match self {
            Self::Images { .. } => PageId::Images,
            Self::Inside { .. } => PageId::Network,
        }
    }
}

impl Questions {
    /// What is to be asked when this is wanted: nothing when it is on its way. What was asked before and is not wanted any
    /// more is forgotten.
    pub(super) fn ask(&mut self, query: Query, at: Option<u64>) -> Option<Asked> {
        // A moment that moves on waits for the answer of the one before, or on a slow line none would ever come.
        if self.waiting.as_ref().is_some_and(|waiting| waiting.query == query) {
            return None;
        }
        self.number = self.number.wrapping_add(1);
        let asked = Asked { id: self.number, at, query };
        self.waiting = Some(asked.clone());
        Some(asked)
    }

    /// What was asked, with its answer; `None` when nobody waits for that one.
    pub(super) fn answered(&mut self, Answer { id, step, body }: Answer, at_ms: u64) -> Option<Known> {
        let Asked { at, query, .. } = self.waiting.take_if(|waiting| waiting.id == id)?;
        let body = if body.is_sound() { body } else { Body::Nothing { why: Unanswered::Other } };
        Some(Known { query, at, at_ms, step, body })
    }

    /// No answer comes any more.
    pub(super) fn lose(&mut self) {
        self.waiting = None;
    }
}

impl Known {
    /// Why it was not answered, when it was not.
    pub fn why(&self) -> Option<Unanswered> {
        if let Body::Nothing { why } = self.body { Some(why) } else { None }
    }
}

/// Whether something is to be asked: it is not known yet, or of another moment, or could be told better by now. What follows the
/// training is asked for anew when it is so old.
pub fn is_wanted(known: Option<&Known>, query: &Query, follows_ms: Option<u64>, shared: &Shared) -> bool {
    let Some(known) = known.filter(|known| known.query == *query) else { return true };
    let age = shared.run.at_ms.saturating_sub(known.at_ms);
    match (known.why(), follows_ms) {
        (Some(Unanswered::Busy | Unanswered::TooMany | Unanswered::NoCheckpoint), _) => age >= AGAIN_MS,
        (Some(_), _) => false,
        (None, None) => false,
        (None, Some(follows)) => {
            known.at != shared.asked_at() || (known.at.is_none() && known.step != shared.run.step && age >= follows)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(place: u32) -> Query {
        Query::Images { among: Among::Test, places: vec![place] }
    }

    #[test]
    fn one_question_waits_at_a_time_and_only_its_answer_counts() {
        let mut questions = Questions::default();
        let first = questions.ask(query(1), None).expect("asked");
        assert_eq!(questions.ask(query(1), Some(5)), None, "on its way");
        let second = questions.ask(query(2), None).expect("asked");
        let answer = |id| Answer::none(id, Unanswered::Busy);
        assert_eq!(questions.answered(answer(first.id), 0), None);
        let known = questions.answered(answer(second.id), 7).expect("known");
        assert_eq!((known.query, known.at_ms), (query(2), 7));
        assert_eq!(questions.answered(answer(second.id), 7), None, "once");
        assert!(questions.ask(query(2), None).is_some(), "again");
        questions.lose();
        assert!(questions.ask(query(2), None).is_some(), "the answer was lost");
    }
}
