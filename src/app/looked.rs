//! What the network says to one image, as pages show it: what it takes it for, where it looks, and what it finds like it.

use super::questions::{FOLLOWS_MS, is_wanted};
use super::{Known, Shared};
use crate::protocol::{Body, Phase, Plane, Query, Seen, Unanswered, Which};

/// Covering every part of an image is asked for so often while the run trains: it costs more than the rest.
const OCCLUSION_MS: u64 = 4_000;
/// So many of the most alike training images are asked for.
const ALIKE: usize = 12;

/// What the network says to an image.
#[derive(Clone, Debug, Default)]
pub struct Looked {
    predicted: Option<Known>,
    occlusion: Option<Known>,
    alike: Option<Known>,
    /// The image whose likes somebody wants to see.
    searched: Option<Which>,
}

/// The most alike training images, or why there are none; while they are searched for, not even that.
pub type Alike<'a> = Result<&'a [Seen], Option<Unanswered>>;

impl Looked {
    /// What is to be asked of an image: what is not known at all first, then what could be newer.
    pub fn wants(&self, image: &Which, shared: &Shared) -> Option<Query> {
        let predict = Query::Predict { image: image.clone() };
        let occlusion = Query::Occlusion { image: image.clone() };
        let known = [(predict, self.predicted.as_ref(), FOLLOWS_MS), (occlusion, self.occlusion.as_ref(), OCCLUSION_MS)];
        let missing = known.iter().find(|(query, known, _)| is_wanted(*known, query, None, shared));
        if let Some((query, ..)) = missing {
            return Some(query.clone());
        }
        // It goes through all training images, so it does not wait for what comes again and again.
        let alike = Query::Alike { image: image.clone(), count: ALIKE };
        if self.is_searched(image, shared) && is_wanted(self.alike.as_ref(), &alike, None, shared) {
            return Some(alike);
        }
        known.into_iter().find(|(query, known, ms)| is_wanted(*known, query, Some(*ms), shared)).map(|(query, ..)| query)
    }

    /// Only what an image is taken for: while it is still being drawn.
    pub fn wants_prediction(&self, image: &Which, shared: &Shared) -> Option<Query> {
        let predict = Query::Predict { image: image.clone() };
        is_wanted(self.predicted.as_ref(), &predict, None, shared).then_some(predict)
    }

    /// Takes in what was answered.
    pub fn told(&mut self, known: Known) {
        match known.query {
            Query::Predict { .. } => self.predicted = Some(known),
            Query::Occlusion { .. } => self.occlusion = Some(known),
            Query::Alike { .. } => self.alike = Some(known),
            _ => {}
        }
    }

    /// Somebody wants to see what is like an image.
    pub fn search(&mut self, image: Option<Which>) {
        (self.searched, self.alike) = (image, None);
    }

    /// Whether what is like an image is to be shown: somebody wants it, or nothing is trained that a search would slow down.
    fn is_searched(&self, image: &Which, shared: &Shared) -> bool {
        let is_idle = shared.run.ended.is_some() || shared.replay.is_some() || shared.run.phase == Some(Phase::Paused);
        is_idle || self.searched.as_ref() == Some(image)
    }

    /// The probability of each class, and after how many steps; of this image, or of whichever was asked about last.
    pub fn probabilities(&self, image: Option<&Which>) -> Option<(&[f32], u64)> {
        match self.predicted.as_ref().filter(|known| is_of(known, image))? {
            Known { body: Body::Predicted { probabilities, .. }, step, .. } => Some((probabilities, *step)),
            _ => None,
        }
    }

    /// Where the network looks.
    pub fn occlusion(&self, image: Option<&Which>) -> Option<&Plane> {
        match &self.occlusion.as_ref().filter(|known| is_of(known, image))?.body {
            Body::Planes { planes, .. } => planes.first(),
            _ => None,
        }
    }

    /// The most alike training images; `None` until they are asked for.
    pub fn alike(&self, image: &Which, shared: &Shared) -> Option<Alike<'_>> {
        if !self.is_searched(image, shared) {
            return None;
        }
        Some(match self.alike.as_ref().filter(|known| is_of(known, Some(image))).map(|known| &known.body) {
            Some(Body::Images { images }) => Ok(images),
            Some(Body::Nothing { why }) => Err(Some(*why)),
            _ => Err(None),
        })
    }

    /// Why nothing is said, when nothing can be.
    pub fn why(&self) -> Option<Unanswered> {
        self.predicted.as_ref()?.why()
    }
}

/// Whether something was asked about this image.
fn is_of(known: &Known, image: Option<&Which>) -> bool {
    let (Query::Predict { image: of } | Query::Occlusion { image: of } | Query::Alike { image: of, .. }) = &known.query else {
        return false;
    };
    image.is_none_or(|image| image == of)
}
