//! A line of a run's log: an event and when it happened.

use serde::de::value::MapDeserializer;
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer, de};

use super::Event;

/// An event and when it happened.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Record {
    /// Milliseconds since the run started, by the clock on the wall.
    pub at_ms: u64,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

impl Serialize for Record {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Known<'a> {
            at_ms: u64,
            #[serde(flatten)]
            event: &'a Event,
        }
        let Self { at_ms, event } = self;
        let Event::Unknown(fields) = event else { return Known { at_ms: *at_ms, event }.serialize(serializer) };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("at_ms", at_ms)?;
        fields.iter().try_for_each(|(name, value)| map.serialize_entry(name, value))?;
        map.end()
    }
}

impl Record {
    /// Reads a line, without its end. An event that only a newer program knows is kept as it is, as [`Event::Unknown`].
    ///
    /// Fails at what is no record, and at a recipe with a hyperparameter that none can have: whoever reads on computes
    /// with it.
    pub fn read(line: &[u8]) -> Result<Self, serde_json::Error> {
        let record = serde_json::from_slice::<Self>(line).or_else(|error| unknown(line).ok_or(error))?;
        if let Event::RunStarted(started) = &record.event {
            started.spec.hyperparameters.check().map_err(de::Error::custom)?;
        }
        Ok(record)
    }
}

/// The record in a line, when its event has a name that this program does not know.
fn unknown(line: &[u8]) -> Option<Record> {
    #[derive(Deserialize)]
    struct Unknown {
        at_ms: u64,
        #[serde(flatten)]
        fields: serde_json::Map<String, serde_json::Value>,
    }
    let Unknown { at_ms, fields } = serde_json::from_slice(line).ok()?;
    let name = fields.get("event")?.as_str()?;
    (!is_known(name)).then_some(Record { at_ms, event: Event::Unknown(fields) })
}

/// Whether there is an event of this name: one that is only a name is refused for another reason then.
fn is_known(name: &str) -> bool {
    let only_named = MapDeserializer::<_, Refused>::new(std::iter::once(("event", name)));
    !matches!(Event::deserialize(only_named), Err(Refused::Name))
}

/// Why an event is refused.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("no event has this name")]
    Name,
    #[error("{0}")]
    Fields(String),
}

impl de::Error for Refused {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self::Fields(message.to_string())
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self::Name
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{ConfusionMatrix, Evaluation};

    #[test]
    fn events_of_a_newer_program_are_kept_and_damaged_ones_refused() {
        let newer = br#"{"at_ms":7,"event":"weather_changed","to":"rain","degrees":[1,2.5]}"#;
        let record = Record::read(newer).expect("kept");
        assert!(matches!(&record.event, Event::Unknown(fields) if fields["to"] == "rain"), "{record:?}");
        let written = serde_json::to_string(&record).expect("JSON");
        assert_eq!(Record::read(written.as_bytes()).expect("kept again"), record);
        for (line, reason) in [
            // Known, and not whole.
            (r#"{"at_ms":7,"event":"epoch_finished"}"#, "missing field"),
            (r#"{"at_ms":7,"event":"hyper_changed","step":1,"hyper":"warmth","from":1,"to":2}"#, "unknown variant `warmth`"),
            (r#"{"at_ms":7,"event":{}}"#, ""),
            (r#"{"at_ms":"7","event":"weather_changed"}"#, ""),
            ("\0\0\0\0", "expected value"),
        ] {
            let error = Record::read(line.as_bytes()).expect_err(line).to_string();
            assert!(error.contains(reason), "{line}: {error}");
        }
    }

    #[test]
    fn a_training_loss_that_is_no_number_survives_json() {
        for train_loss in [0.5, f64::NAN] {
            let event = Event::EpochFinished { epoch: 1, step: 2, train_loss, train_accuracy: 0.5 };
            let line = serde_json::to_vec(&Record { at_ms: 1, event }).expect("JSON");
            let Event::EpochFinished { train_loss: read, .. } = Record::read(&line).expect("readable").event else { panic!() };
            assert_eq!(read.to_bits(), train_loss.to_bits());
        }
        let infinite = Event::EpochFinished { epoch: 1, step: 2, train_loss: f64::INFINITY, train_accuracy: 0.5 };
        let line = serde_json::to_vec(&Record { at_ms: 1, event: infinite }).expect("JSON");
        assert!(Record::read(&line).is_ok());
    }

    #[test]
    fn a_loss_that_is_no_number_survives_json() {
        for loss in [0.5, f64::NAN] {
            let evaluation = Evaluation { loss, confusion: ConfusionMatrix::new(2) };
            let text = serde_json::to_string(&evaluation).expect("JSON");
            let read: Evaluation = serde_json::from_str(&text).expect(&text);
            assert_eq!(read.loss.to_bits(), loss.to_bits());
        }
    }

    #[test]
    fn probabilities_that_are_no_numbers_survive_json() {
        let event = Event::SamplesPredicted { step: 7, probabilities: vec![vec![0.25, f32::NAN], vec![f32::INFINITY, 1.0]] };
        let text = serde_json::to_string(&event).expect("JSON");
        let Event::SamplesPredicted { probabilities, .. } = serde_json::from_str(&text).expect(&text) else { panic!("{text}") };
        assert!(probabilities[0][1].is_nan() && probabilities[1][0].is_nan());
        assert_eq!((probabilities[0][0], probabilities[1][1]), (0.25, 1.0));
    }
}
