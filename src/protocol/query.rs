//! What can be asked of whoever has the network and the images, and what is answered. Nothing of it is recorded.

use serde::{Deserialize, Serialize};

use super::Bytes;

/// No more images are told at once.
pub const MOST_IMAGES: usize = 256;
/// An answer has no more bytes of pixels or values than so many: it is told in one line.
pub const MOST_BYTES: usize = 512 << 10;

/// A question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "query", rename_all = "snake_case")]
pub enum Query {
    /// How images look.
    Images {
        /// Of which set.
        among: Among,
        /// Which of them, at most [`MOST_IMAGES`].
        places: Vec<u32>,
    },
    /// What an image is taken for: the probability of each class.
    Predict {
        /// Which.
        image: Which,
    },
    /// Where the network looks: how much less sure it is of an image when a part of it is covered.
    Occlusion {
        /// Which.
        image: Which,
    },
    /// What a layer makes of an image: a plane a channel, or one of all units.
    Layer {
        /// Which image.
        image: Which,
        /// The layer, as a place among all of them.
        layer: usize,
        /// The first channel.
        from: usize,
        /// At most so many channels.
        count: usize,
    },
    /// The weights of a layer: of a convolution, or of a dense layer, a plane for each filter or unit.
    Filters {
        /// The layer, as a place among all of them.
        layer: usize,
        /// The channel of its input that the weights multiply.
        input: usize,
        /// The first filter.
        from: usize,
        /// At most so many.
        count: usize,
    },
    /// What one value of a convolution is the sum of.
    Sum {
        /// Of which image.
        image: Which,
        /// The layer, as a place among all of them.
        layer: usize,
        /// The value's row, column and channel in the layer's result.
        value: [usize; 3],
    },
    /// The images of a batch, the worst first.
    Batch {
        /// The epoch, counted from 1.
        epoch: usize,
        /// So many images of the epoch come before the batch.
        from: usize,
        /// So many belong to it.
        count: usize,
    },
    /// The training images that are most like an image, by what the last hidden layer makes of them; the nearest first.
    Alike {
        /// Which image.
        image: Which,
        /// At most so many.
        count: usize,
    },
}

/// A set of images.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Among {
    /// All images to train on, those held out for validation among them, by their places in the set.
    Training,
    /// The images held out for validation, in the order in which they are judged.
    Validation,
    /// The images for tests, in the order in which they are judged.
    Test,
}

/// An image.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// One of a set.
    Of {
        /// The set.
        among: Among,
        /// Its place there.
        place: u32,
    },
    /// One that comes with the question: its bytes, row by row.
    Given {
        /// Height × width × channels bytes.
        pixels: Bytes,
    },
}

/// A question with its number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// Its number, which the answer has, too.
    pub id: u32,
    /// It is asked of the network as it was after so many steps; without, of the network as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<u64>,
    /// What is asked.
    #[serde(flatten)]
    pub query: Query,
}

/// An answer with the number of its question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The number of the question.
    pub id: u32,
    /// The network had made so many steps.
    pub step: u64,
    /// What is answered.
    #[serde(flatten)]
    pub body: Body,
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Body {
    /// Images; of more than fit, the first.
    Images {
        /// Each.
        images: Vec<Seen>,
    },
    /// What an image is taken for.
    Predicted {
        /// The image itself.
        image: Seen,
        /// For each class.
        probabilities: Vec<f32>,
    },
    /// Values as pictures.
    Planes {
        /// How many there are, of which these are some.
        total: usize,
        /// Some of them.
        planes: Vec<Plane>,
    },
    /// What a value is the sum of.
    Sum(Sum),
    /// Nothing.
    Nothing {
        /// Why not.
        why: Unanswered,
    },
}

/// An image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// Its place in its set of the data; 0 for one that was given.
    pub index: u32,
    /// What it is, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<u16>,
    /// Its bytes, row by row.
    pub pixels: Bytes,
    /// What the network takes it for, where that was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predicted: Option<u16>,
    /// Its loss in a batch; its distance from the image that it is like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f32>,
}

/// Values `[height, width]` as bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plane {
    /// Rows.
    pub height: u16,
    /// Columns.
    pub width: u16,
    /// The least value, which is byte 0.
    pub low: f32,
    /// The greatest value, which is byte 255.
    pub high: f32,
    /// A byte a value, row by row.
    pub values: Bytes,
}

impl Plane {
    /// Of values `[height, width]`; what is no number counts as 0.
    pub fn of(height: usize, width: usize, values: &[f32]) -> Self {
        let finite = |value: f32| if value.is_finite() { value } else { 0.0 };
        let (low, high) = values.iter().fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), value| {
            let value = finite(*value);
            (low.min(value), high.max(value))
        });
        let (low, high) = if low <= high { (low, high) } else { (0.0, 0.0) };
        let range = if high > low { high - low } else { 1.0 };
        let byte = |value: &f32| ((finite(*value) - low) / range * 255.0).round() as u8;
        let values = Bytes(values.iter().map(byte).collect());
        Self { height: height as u16, width: width as u16, low, high, values }
    }

    /// How many values there are.
    fn count(&self) -> usize {
        usize::from(self.height) * usize::from(self.width)
    }

    /// The values again, as exactly as bytes tell them.
    pub fn values(&self) -> impl Iterator<Item = f32> {
        self.values.0.iter().map(|byte| self.low + f32::from(*byte) / 255.0 * (self.high - self.low))
    }
}

/// What one value of a convolution is the sum of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sum {
    /// Height and width of the filter.
    pub kernel: usize,
    /// Channels of the input.
    pub channels: usize,
    /// Row and column of the window's first value in the input; negative where it hangs over the border.
    pub corner: [i32; 2],
    /// The values of the window, `[kernel, kernel, channels]`; zeros beyond the border.
    pub inputs: Vec<f32>,
    /// What each is multiplied with.
    pub weights: Vec<f32>,
    /// What is added to all products.
    pub bias: f32,
    /// The sum.
    pub before: f32,
    /// The sum after the activation.
    pub after: f32,
}

/// Why a question has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unanswered {
    /// There is no such layer, or it has nothing of that kind.
    NoSuchLayer,
    /// There is no such image.
    NoSuchImage,
    /// The picture has another size than those of the run.
    WrongShape,
    /// No checkpoint of that time, or of an earlier one, is kept.
    NoCheckpoint,
    /// The images are not there any more, or are others.
    NoImages,
    /// The process that trains is older than the question.
    Older,
    /// A newer question has taken its place.
    Replaced,
    /// Whoever could answer does not come to it, or has failed.
    Busy,
    /// Questions came faster than they are taken.
    TooMany,
    /// Something that a newer program says.
    #[serde(other)]
    Other,
}

impl Answer {
    /// That there is none.
    pub fn none(id: u32, why: Unanswered) -> Self {
        Self { id, step: 0, body: Body::Nothing { why } }
    }
}

impl Body {
    /// Whether its parts are as long as they say; what comes from elsewhere may not be.
    pub fn is_sound(&self) -> bool {
        match self {
            Self::Planes { total, planes } => {
                planes.len() <= *total && planes.iter().all(|plane| plane.values.0.len() == plane.count())
            }
            Self::Sum(Sum { kernel, channels, inputs, weights, .. }) => {
                let taps = kernel.checked_mul(*kernel).and_then(|taps| taps.checked_mul(*channels));
                taps == Some(inputs.len()) && inputs.len() == weights.len() && !inputs.is_empty()
            }
            Self::Images { .. } | Self::Predicted { .. } | Self::Nothing { .. } => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn questions_and_answers_are_lines() {
        let given = Which::Given { pixels: Bytes(vec![0, 255]) };
        let of = Which::Of { among: Among::Validation, place: 7 };
        for query in [
            Query::Images { among: Among::Test, places: vec![1, 2] },
            Query::Predict { image: given.clone() },
            Query::Occlusion { image: of.clone() },
            Query::Layer { image: of.clone(), layer: 1, from: 0, count: 9 },
            Query::Filters { layer: 2, input: 3, from: 4, count: 5 },
            Query::Sum { image: given, layer: 0, value: [1, 2, 3] },
            Query::Batch { epoch: 1, from: 64, count: 32 },
            Query::Alike { image: of, count: 5 },
        ] {
            let asked = Asked { id: 3, at: Some(5), query };
            let text = serde_json::to_string(&asked).expect("JSON");
            assert_eq!(serde_json::from_str::<Asked>(&text).expect(&text), asked, "{text}");
        }
        let seen = Seen { index: 1, label: Some(2), pixels: Bytes(vec![9]), predicted: None, value: Some(0.5) };
        for body in [
            Body::Images { images: vec![seen.clone()] },
            Body::Predicted { image: seen, probabilities: vec![1.0, 0.0] },
            Body::Planes { total: 1, planes: vec![Plane::of(1, 2, &[0.0, 1.5])] },
            Body::Nothing { why: Unanswered::NoSuchLayer },
        ] {
            let answer = Answer { id: 1, step: 2, body };
            let text = serde_json::to_string(&answer).expect("JSON");
            assert_eq!(serde_json::from_str::<Answer>(&text).expect(&text), answer, "{text}");
        }
    }

    proptest! {
        #[test]
        fn planes_tell_values_to_a_part_of_their_range(values in proptest::collection::vec(-1e6f32..1e6, 1..50)) {
            let plane = Plane::of(1, values.len(), &values);
            let off = (plane.high - plane.low) / 255.0;
            for (value, told) in values.iter().zip(plane.values()) {
                prop_assert!((value - told).abs() <= off, "{} {}", value, told);
            }
        }
    }

    #[test]
    fn what_is_no_number_is_a_plane_all_the_same() {
        let plane = Plane::of(1, 3, &[f32::NAN, 1.0, f32::INFINITY]);
        assert_eq!((plane.low, plane.high, plane.values.0), (0.0, 1.0, vec![0, 255, 0]));
        assert_eq!(Plane::of(0, 0, &[]).values.0, Vec::<u8>::new());
    }
}
