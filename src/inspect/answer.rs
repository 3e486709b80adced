//! What a network and the images of its run answer.

use std::borrow::Cow;
use std::sync::Arc;

use crate::data::{Dataset, ImageSet, epoch_order};
use crate::nn::{Network, greatest};
use crate::protocol::{Among, Body, Bytes, MOST_BYTES, MOST_IMAGES, Plane, Query, RunSpec, Seen, Unanswered, Which};

/// A part of so many rows and columns is covered at a time, and moved by half of that.
const COVER: usize = 6;
/// No more places than so many are covered, in each direction.
const MOST_COVERED: usize = 24;
/// No batch is larger; whoever asks for more gets as many.
const MOST_IN_BATCH: usize = 8_192;
/// Training images that are compared at a time.
const TOGETHER: usize = 512;

/// The images of a run, as it divides them.
#[derive(Clone)]
pub struct Exhibits {
    dataset: Dataset,
    /// The images trained on, and those held out, by their places in the training set.
    train: Arc<[u32]>,
    validation: Arc<[u32]>,
    seed: u64,
}

/// An image that was asked about.
struct Image<'a> {
    pixels: Cow<'a, [u8]>,
    /// Its place in its set of the data, and its class, unless it came with the question.
    known: Option<(u32, u16)>,
}

impl Exhibits {
    /// The images of a run of this recipe; nothing when they cannot be divided as it says.
    pub fn of(dataset: Dataset, spec: &RunSpec) -> Option<Self> {
        let (train, validation) = dataset.divided(&spec.data, spec.seed)?;
        Some(Self { dataset, train: train.into(), validation: validation.into(), seed: spec.seed })
    }

    /// Answers a question from the parameters of `network`, or says why there is none, where the question needs one.
    pub fn answer(&self, network: Result<&Network, Unanswered>, query: &Query) -> Body {
        let body = match (query, network) {
            (Query::Images { among, places }, _) => self.images(*among, places),
            (_, Ok(network)) => self.look(network, query),
            (_, Err(why)) => Err(why),
        };
        body.unwrap_or_else(|why| Body::Nothing { why })
    }

    fn look(&self, network: &Network, query: &Query) -> Result<Body, Unanswered> {
        match query {
            Query::Images { among, places } => self.images(*among, places),
            Query::Predict { image } => self.predict(network, image),
            Query::Occlusion { image } => {
                Ok(Body::Planes { total: 1, planes: vec![occlusion(network, &self.image(image)?.pixels)] })
            }
            Query::Layer { image, layer, from, count } => {
                let shape = &network.layers().get(*layer).ok_or(Unanswered::NoSuchLayer)?.output;
                let values = network.look(&self.image(image)?.pixels).swap_remove(*layer);
                Ok(some(channels(shape), *from, *count, |channel| activation(&values, shape, channel)))
            }
            Query::Filters { layer, input, from, count } => {
                let weights = network.weights(*layer).ok_or(Unanswered::NoSuchLayer)?;
                let [height, width, channels] = weights.inputs;
                if *input >= channels {
                    return Err(Unanswered::NoSuchLayer);
                }
                // A row of values is drawn as one.
                let is_row = [height, width] == [1, 1];
                Ok(some(weights.count, *from, *count, |filter| match is_row {
                    true => {
                        let row: Vec<f32> = (0..channels).flat_map(|channel| weights.plane(filter, channel)).collect();
                        Plane::of(1, channels, &row)
                    }
                    false => Plane::of(height, width, &weights.plane(filter, *input)),
                }))
            }
            Query::Sum { image, layer, value } => {
                let sum = network.sum(*layer, *value, &self.image(image)?.pixels);
                sum.map(Body::Sum).ok_or(Unanswered::NoSuchLayer)
            }
            Query::Batch { epoch, from, count } => Ok(self.batch(network, *epoch, (*from, *count))),
            Query::Alike { image, count } => self.alike(network, image, *count),
        }
    }

    /// The set that images belong to, and the places there of those that are judged.
    fn set(&self, among: Among) -> (&ImageSet, Option<&[u32]>) {
        match among {
            Among::Training => (&self.dataset.train, None),
            Among::Validation => (&self.dataset.train, Some(&self.validation)),
            Among::Test => (&self.dataset.test, None),
        }
    }

    fn index(&self, among: Among, place: u32) -> Result<(&ImageSet, u32), Unanswered> {
        let (set, judged) = self.set(among);
        let index = judged.map_or(Some(place), |judged| judged.get(place as usize).copied());
        let index = index.filter(|index| (*index as usize) < set.len()).ok_or(Unanswered::NoSuchImage)?;
        Ok((set, index))
    }

    fn image<'a>(&'a self, which: &'a Which) -> Result<Image<'a>, Unanswered> {
        match which {
            Which::Of { among, place } => {
                let (set, index) = self.index(*among, *place)?;
                let label = set.label(index as usize) as u16;
                Ok(Image { pixels: set.image(index as usize).into(), known: Some((index, label)) })
            }
            Which::Given { pixels } if pixels.0.len() == self.dataset.train.shape().iter().product::<usize>() => {
                Ok(Image { pixels: (&*pixels.0).into(), known: None })
            }
            Which::Given { .. } => Err(Unanswered::WrongShape),
        }
    }

    fn seen(set: &ImageSet, index: u32) -> Seen {
        let (label, pixels) = (set.label(index as usize) as u16, Bytes(set.image(index as usize).to_vec()));
        Seen { index, label: Some(label), pixels, predicted: None, value: None }
    }

    /// How many images an answer holds.
    fn fit(&self) -> usize {
        (MOST_BYTES / self.dataset.train.shape().iter().product::<usize>().max(1)).clamp(1, MOST_IMAGES)
    }

    fn images(&self, among: Among, places: &[u32]) -> Result<Body, Unanswered> {
        let some = places.iter().take(self.fit());
        let images = some.map(|place| self.index(among, *place).map(|(set, index)| Self::seen(set, index)));
        Ok(Body::Images { images: images.collect::<Result<_, _>>()? })
    }

    fn predict(&self, network: &Network, which: &Which) -> Result<Body, Unanswered> {
        let image = self.image(which)?;
        let probabilities = probabilities(network, &image.pixels);
        let predicted = Some(greatest(&probabilities) as u16);
        let (index, label) = image.known.map_or((0, None), |(index, label)| (index, Some(label)));
        let image = Seen { index, label, pixels: Bytes(image.pixels.into_owned()), predicted, value: None };
        Ok(Body::Predicted { image, probabilities })
    }

    /// The images of a batch with their losses, the greatest first.
    fn batch(&self, network: &Network, epoch: usize, (from, count): (usize, usize)) -> Body {
        let order = epoch_order(&self.train, self.seed, epoch);
        let batch: Vec<u32> = order.into_iter().skip(from).take(count.min(MOST_IN_BATCH)).collect();
        let set = &self.dataset.train;
        let mut images: Vec<Seen> = Vec::with_capacity(batch.len());
        for (index, row) in batch.iter().zip(network.probabilities(set, &batch)) {
            let loss = -row[set.label(*index as usize)].max(f32::MIN_POSITIVE).ln();
            let predicted = Some(greatest(&row) as u16);
            images.push(Seen { predicted, value: Some(loss), ..Self::seen(set, *index) });
        }
        images.sort_by(|a, b| b.value.unwrap_or(0.0).total_cmp(&a.value.unwrap_or(0.0)));
        images.truncate(self.fit());
        Body::Images { images }
    }

    /// The training images whose hidden values are nearest, by the root of the sum of squares.
    fn alike(&self, network: &Network, which: &Which, count: usize) -> Result<Body, Unanswered> {
        let image = self.image(which)?;
        let one = given(network, &image.pixels);
        let Some(hidden) = network.hidden(&one, &[0]).pop() else { return Err(Unanswered::NoSuchLayer) };
        let set = &self.dataset.train;
        let mut nearest: Vec<(f32, u32)> = Vec::new();
        for some in self.train.chunks(TOGETHER) {
            let distances = network
                .hidden(set, some)
                .into_iter()
                .map(|row| row.iter().zip(&hidden).map(|(one, other)| (one - other).powi(2)).sum::<f32>().sqrt());
            nearest.extend(distances.zip(some.iter().copied()));
            nearest.sort_by(|a, b| a.0.total_cmp(&b.0));
            // One more, since the image may be among them itself.
            nearest.truncate(count.min(self.fit()) + 1);
        }
        let itself = match which {
            Which::Of { among: Among::Training | Among::Validation, .. } => image.known.map(|(index, _)| index),
            _ => None,
        };
        let others = nearest.into_iter().filter(|(_, index)| Some(*index) != itself).take(count.min(self.fit()));
        let images = others.map(|(distance, index)| Seen { value: Some(distance), ..Self::seen(set, index) });
        Ok(Body::Images { images: images.collect() })
    }
}

/// A set of the one image that is given.
fn given(network: &Network, pixels: &[u8]) -> ImageSet {
    several(network, pixels.to_vec(), 1)
}

fn several(network: &Network, pixels: Vec<u8>, count: usize) -> ImageSet {
    let set = ImageSet::new(network.image_shape(), pixels, vec![0; count], network.classes());
    set.expect("pixels of the network's shape, as was checked")
}

/// The probability of each class; 0 for what is no number.
fn probabilities(network: &Network, pixels: &[u8]) -> Vec<f32> {
    let row = network.probabilities(&given(network, pixels), &[0]).pop().unwrap_or_default();
    row.into_iter().map(|value| if value.is_finite() { value } else { 0.0 }).collect()
}

/// By how much the probability of what an image is taken for falls when a part of it is covered by what is at its border: a value
/// for each place of the cover.
fn occlusion(network: &Network, pixels: &[u8]) -> Plane {
    let [height, width, channels] = network.image_shape();
    let step = (COVER / 2).max(height.max(width).div_ceil(MOST_COVERED));
    let places = |length: usize| length.div_ceil(step);
    let (rows, columns) = (places(height), places(width));
    // What is at the corner is taken for what is behind everything.
    let background = &pixels[..channels];
    let mut covered = pixels.to_vec();
    for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column))) {
        let mut image = pixels.to_vec();
        let around = |place: usize, length: usize| {
            let middle = place * step + step / 2;
            middle.saturating_sub(step)..(middle + step).min(length)
        };
        for (y, x) in around(row, height).flat_map(|y| around(column, width).map(move |x| (y, x))) {
            image[(y * width + x) * channels..][..channels].copy_from_slice(background);
        }
        covered.extend(image);
    }
    let count = rows * columns + 1;
    let rows_of = network.probabilities(&several(network, covered, count), &(0..count as u32).collect::<Vec<_>>());
    let class = greatest(&rows_of[0]);
    let falls: Vec<f32> = rows_of[1..].iter().map(|row| rows_of[0][class] - row[class]).collect();
    Plane::of(rows, columns, &falls)
}

/// How many planes a layer's result has: one a channel, or one of all units.
fn channels(shape: &[usize]) -> usize {
    if let [_, _, channels] = shape { *channels } else { 1 }
}

/// A channel of a layer's result.
fn activation(values: &[f32], shape: &[usize], channel: usize) -> Plane {
    match shape {
        [height, width, channels] => {
            let plane: Vec<f32> = values.iter().skip(channel).step_by(*channels).copied().collect();
            Plane::of(*height, *width, &plane)
        }
        _ => Plane::of(1, values.len(), values),
    }
}

/// Some of `total` planes, as many as an answer holds.
fn some(total: usize, from: usize, count: usize, plane: impl Fn(usize) -> Plane) -> Body {
    let (mut planes, mut bytes) = (Vec::new(), 0);
    for place in (from..total).take(count) {
        let plane = plane(place);
        bytes += plane.values.0.len();
        if bytes > MOST_BYTES && !planes.is_empty() {
            break;
        }
        planes.push(plane);
    }
    Body::Planes { total, planes }
}

#[cfg(test)]
mod tests;
