//! What single images were taken for, in a few bytes each.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// Of more images at once nothing is told of each: a line of the log has its limits.
pub const MOST_JUDGED: usize = 100_000;

/// What each image of a judgement was taken for, and how surely, in the order in which they are judged each time.
///
/// As JSON three texts in base64: `truth` and `predicted` with two bytes an image, the lower one first, and `sureness` with one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct JudgedImages {
    /// What the images are.
    pub truth: Vec<u16>,
    /// What they were taken for.
    pub predicted: Vec<u16>,
    /// The probability of that, from 0 to 255.
    pub sureness: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
struct Written {
    truth: String,
    predicted: String,
    sureness: String,
}

impl JudgedImages {
    /// How many.
    pub fn len(&self) -> usize {
        self.truth.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.truth.is_empty()
    }

    /// Adds an image, which was taken for a class with this probability, 0 to 1.
    pub fn push(&mut self, truth: u16, predicted: u16, probability: f32) {
        self.truth.push(truth);
        self.predicted.push(predicted);
        self.sureness.push((probability.clamp(0.0, 1.0) * 255.0).round() as u8);
    }
}

impl From<JudgedImages> for Written {
    fn from(judged: JudgedImages) -> Self {
        let classes =
            |classes: &[u16]| STANDARD.encode(classes.iter().flat_map(|class| class.to_le_bytes()).collect::<Vec<u8>>());
        let JudgedImages { truth, predicted, sureness } = judged;
        Self { truth: classes(&truth), predicted: classes(&predicted), sureness: STANDARD.encode(sureness) }
    }
}

impl TryFrom<Written> for JudgedImages {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let bytes = |text: &str| STANDARD.decode(text).map_err(|error| error.to_string());
        let classes = |text: &str| {
            let bytes = bytes(text)?;
            let pairs = bytes.chunks_exact(2);
            if !pairs.remainder().is_empty() {
                return Err("a class has two bytes".to_owned());
            }
            Ok(pairs.map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect::<Vec<u16>>())
        };
        let (truth, predicted, sureness) = (classes(&written.truth)?, classes(&written.predicted)?, bytes(&written.sureness)?);
        if truth.len() != predicted.len() || truth.len() != sureness.len() || truth.len() > MOST_JUDGED {
            return Err(format!("as much is said of each of at most {MOST_JUDGED} images"));
        }
        Ok(Self { truth, predicted, sureness })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read_again(images in proptest::collection::vec((0u16..1_024, 0u16..1_024, 0f32..=1.0), 0..200)) {
            let mut judged = JudgedImages::default();
            images.iter().for_each(|(truth, predicted, sure)| judged.push(*truth, *predicted, *sure));
            let text = serde_json::to_string(&judged).expect("JSON");
            prop_assert!(text.len() <= 60 + images.len() * 7, "{} bytes", text.len());
            prop_assert_eq!(serde_json::from_str::<JudgedImages>(&text).expect("read"), judged);
        }
    }

    #[test]
    fn what_does_not_fit_together_is_refused() {
        for text in [
            r#"{"truth":"AAA=","predicted":"AAA=","sureness":""}"#,
            r#"{"truth":"AA==","predicted":"AA==","sureness":"AA=="}"#,
            r#"{"truth":"!","predicted":"AAA=","sureness":"AA=="}"#,
        ] {
            assert!(serde_json::from_str::<JudgedImages>(text).is_err(), "{text}");
        }
    }
}
