//! Networks as they were, from the checkpoints of a recorded run.

use crate::data::Dataset;
use crate::evaluate::Model;
use crate::inspect::Exhibits;
use crate::nn::Network;
use crate::protocol::{Answer, Asked, Unanswered};
use crate::run::store::RunFolder;

/// So many networks are kept, so that whoever goes to and fro between moments does not wait for the disk.
const KEPT: usize = 3;

/// The networks of a run's checkpoints.
pub struct Checkpoints {
    folder: RunFolder,
    kept: Vec<(u64, Network)>,
    /// The images, once they were wanted; nothing when they are not there any more.
    exhibits: Option<Option<Exhibits>>,
}

impl Checkpoints {
    /// Of a recorded run.
    pub fn new(folder: RunFolder) -> Self {
        Self { folder, kept: Vec::new(), exhibits: None }
    }

    /// The network of the newest checkpoint that is not later than `step`, and its step.
    pub fn network(&mut self, step: u64) -> Result<(u64, Network), Unanswered> {
        let checkpoints = self.folder.checkpoints().map_err(|_| Unanswered::NoCheckpoint)?;
        for (step, path) in checkpoints.into_iter().rev().filter(|(taken, _)| *taken <= step) {
            if let Some(kept) = self.kept.iter().find(|(kept, _)| *kept == step) {
                return Ok(kept.clone());
            }
            // One that cannot be read is passed over for an earlier one.
            if let Ok(model) = Model::read(&path) {
                self.kept.truncate(KEPT - 1);
                self.kept.insert(0, (step, model.network.clone()));
                return Ok((step, model.network));
            }
        }
        Err(Unanswered::NoCheckpoint)
    }

    /// Answers a question without anybody who trains, from the images as they are now.
    pub fn answer(&mut self, asked: &Asked) -> Answer {
        let found = self.network(asked.at.unwrap_or(u64::MAX));
        let step = found.as_ref().map_or(0, |(step, _)| *step);
        let folder = &self.folder;
        let Some(exhibits) = self.exhibits.get_or_insert_with(|| exhibits(folder)) else {
            return Answer { step, ..Answer::none(asked.id, Unanswered::NoImages) };
        };
        Answer {
            id: asked.id,
            step,
            body: exhibits.answer(found.as_ref().map(|(_, network)| network).map_err(|why| *why), &asked.query),
        }
    }
}

/// The images of a run, if they are there and the same.
fn exhibits(folder: &RunFolder) -> Option<Exhibits> {
    let spec = folder.about().ok()?.started.spec.clone();
    let dataset = Dataset::load(&spec.data, spec.seed).ok()?;
    let is_other = spec.data.content.as_ref().is_some_and(|recorded| dataset.content().changes_since(recorded).is_some());
    if is_other { None } else { Exhibits::of(dataset, &spec) }
}
