//! Why something was refused, stopped or failed: a code with its values for programs, a sentence for people.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use super::{HyperError, Quantity};

/// Why something was refused, stopped or failed.
///
/// As JSON an English sentence, `"reason":"you steer already"`, with `"code":"steer_already"` and, where there are values in
/// it, `"args":{…}` beside it. Logs of older programs have the sentence alone.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// One that the program knows.
    Known(Code),
    /// A sentence: the system's, that of an older log, or a newer program's.
    Words(String),
}

/// The reasons that the program knows; in words they are English.
#[derive(Clone, Debug, PartialEq, Error, Serialize, Deserialize)]
#[serde(tag = "code", content = "args", rename_all = "snake_case")]
pub enum Code {
    /// There is nothing to judge.
    #[error("no images are held out for validation; start with --validation 5000")]
    NoValidation,
    /// Nothing went wrong.
    #[error("the numbers are in order; there is nothing to go back from")]
    NothingToRewind,
    /// A checkpoint that cannot be gone back to.
    #[error("cannot go back to the checkpoint of step {step}: {why}")]
    NoWayBack {
        /// Its step.
        step: u64,
        /// Why not.
        why: String,
    },
    /// No epoch was judged.
    #[error("no epoch has been judged yet; go back to the start")]
    NoBestEpoch,
    /// There is no other client.
    #[error("nobody else can steer this run")]
    NobodyElse,
    /// A factor would act on nothing.
    #[error("the network has no dropout layers")]
    NoDropout,
    /// A value that the hyperparameter cannot take.
    #[error("{0}")]
    Value(HyperError),
    /// Another client steers.
    #[error("{by} steers; take over first")]
    SteeredBy {
        /// What it calls itself.
        by: String,
    },
    /// The process that was started steers.
    #[error("the terminal it was started on steers; take over first")]
    SteeredByStarter,
    /// Whoever wants to steer has to say so.
    #[error("nobody steers; take over first")]
    NobodySteers,
    /// It asked for what it has.
    #[error("you steer already")]
    SteerAlready,
    /// Clients take over from each other faster than anybody can follow.
    #[error("the wheel changes hands too often")]
    TooManyChanges,
    /// More commands than people send.
    #[error("too many commands at once")]
    TooManyCommands,
    /// A client that said it would only look.
    #[error("you attached read-only")]
    ReadOnly,
    /// The process that trains cannot be reached.
    #[error("the connection to the run is lost")]
    ConnectionLost,
    /// There is nobody to connect to again.
    #[error("the run is over, and the process that trained it has ended")]
    RunIsOver,
    /// Early stopping.
    #[error(
        "the validation loss has not fallen below the {loss:.4} of epoch {epoch}{} for {waited} {}",
        by_more_than(*.min_delta), epochs(*.waited)
    )]
    NotBetter {
        /// The best validation loss.
        loss: f64,
        /// Its epoch.
        epoch: usize,
        /// By how much a loss must be below the best to be better.
        min_delta: f64,
        /// Epochs since then.
        waited: usize,
    },
    /// Early stopping when there never was a loss to compare with.
    #[error("the validation loss has not been a finite number for {waited} {}", epochs(*.waited))]
    NeverFinite {
        /// So many epochs.
        waited: usize,
    },
    /// A batch gave numbers that are not finite, and nobody was there to say how to go on.
    #[error("the {} of step {step} is not finite; start again with a lower learning rate", .quantity.name())]
    NotFinite {
        /// Of what.
        quantity: Quantity,
        /// The step that it would have been.
        step: u64,
    },
    /// Parameters from which no step can be made, and nobody was there to say how to go on.
    #[error("the parameters are too large for step {step}; start again with a lower learning rate")]
    TooLarge {
        /// The step that it would have been.
        step: u64,
    },
    /// A schedule that is to begin anew where none does.
    #[error("no epochs are added, or the learning rate has no schedule; set the epochs")]
    NothingToRestart,
}

fn epochs(number: usize) -> &'static str {
    if number == 1 { "epoch" } else { "epochs" }
}

fn by_more_than(delta: f64) -> String {
    if delta > 0.0 { format!(" by more than {delta}") } else { String::new() }
}

impl fmt::Display for Reason {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(code) => code.fmt(to),
            Self::Words(words) => words.fmt(to),
        }
    }
}

impl From<Code> for Reason {
    fn from(code: Code) -> Self {
        Self::Known(code)
    }
}

impl From<HyperError> for Reason {
    fn from(error: HyperError) -> Self {
        Self::Known(Code::Value(error))
    }
}

impl From<String> for Reason {
    fn from(words: String) -> Self {
        Self::Words(words)
    }
}

impl From<&str> for Reason {
    fn from(words: &str) -> Self {
        Self::Words(words.into())
    }
}

impl Reason {
    fn code(&self) -> Option<&Code> {
        match self {
            Self::Known(code) => Some(code),
            Self::Words(_) => None,
        }
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Written<'a> {
            reason: String,
            #[serde(flatten)]
            code: Option<&'a Code>,
        }
        Written { reason: self.to_string(), code: self.code() }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Reason {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Written {
            #[serde(alias = "message")]
            reason: String,
            // A code of a newer program counts as none.
            #[serde(flatten)]
            code: Option<Code>,
        }
        let Written { reason, code } = Written::deserialize(deserializer)?;
        Ok(code.map_or(Self::Words(reason), Self::Known))
    }
}

/// A reason whose sentence is called `message`.
pub(super) mod as_message {
    use super::{Code, Deserialize, Deserializer, Reason, Serialize, Serializer};

    pub fn serialize<S: Serializer>(reason: &Reason, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Written<'a> {
            message: String,
            #[serde(flatten)]
            code: Option<&'a Code>,
        }
        Written { message: reason.to_string(), code: reason.code() }.serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Reason, D::Error> {
        Reason::deserialize(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Event, Hyper, Outcome, Record};
    use super::*;

    /// Ends a run for this reason, writes and reads it.
    fn written(outcome: Outcome) -> (String, Record) {
        let event = Event::RunEnded { outcome, step: 7, weights_sha256: String::new(), answers: None };
        let text = serde_json::to_string(&Record { at_ms: 5, event }).expect("JSON");
        let read = serde_json::from_str(&text).expect(&text);
        (text, read)
    }

    #[test]
    fn a_code_is_for_programs_and_a_sentence_for_people() {
        let reason = Code::NotBetter { loss: 0.5, epoch: 3, min_delta: 0.0, waited: 2 };
        let (text, _) = written(Outcome::StoppedEarly { reason: reason.into() });
        let outcome = r#""outcome":{"why":"stopped_early","reason":"the validation loss has not fallen below the 0.5000 of epoch 3 for 2 epochs","code":"not_better","args":{"loss":0.5,"epoch":3,"min_delta":0.0,"waited":2}}"#;
        assert!(text.contains(outcome), "{text}");
        let (text, _) = written(Outcome::Failed { message: Code::NoValidation.into() });
        let outcome = r#""outcome":{"why":"failed","message":"no images are held out for validation; start with --validation 5000","code":"no_validation"}"#;
        assert!(text.contains(outcome), "{text}");
    }

    #[test]
    fn what_was_written_is_read_again() {
        let value = HyperError::OutOfRange { hyper: Hyper::Dropout, min: 0.0, max: 2.0, value: 9.5 };
        let codes = [Code::NeverFinite { waited: 1 }, Code::NotFinite { quantity: Quantity::Loss, step: 8 }, Code::Value(value)];
        for reason in codes.map(Reason::from).into_iter().chain(["out of memory".into()]) {
            for outcome in [Outcome::StoppedEarly { reason: reason.clone() }, Outcome::Failed { message: reason.clone() }] {
                let (text, read) = written(outcome.clone());
                assert!(matches!(read.event, Event::RunEnded { outcome: found, .. } if found == outcome), "{text}");
            }
        }
    }

    #[test]
    fn a_sentence_without_a_code_or_with_one_that_is_not_known_stays_a_sentence() {
        for rest in ["", r#","code":"of_the_future""#, r#","code":"not_better","args":[1]"#, r#","code":null"#] {
            let text = format!(r#"{{"why":"stopped_early","reason":"enough"{rest}}}"#);
            let read: Outcome = serde_json::from_str(&text).expect(&text);
            assert_eq!(read, Outcome::StoppedEarly { reason: "enough".into() }, "{text}");
        }
    }
}
