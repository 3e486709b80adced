//! Everything that has to be right before the first batch.

use std::borrow::Cow;
use std::hash::{BuildHasher, RandomState};
use std::num::NonZero;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use thiserror::Error;

use super::checkpoint::{Checkpoint, ResumeError};
use crate::data::{DataError, Dataset, ImageSet, Probe};
use crate::nn::{CheckpointError, FreezeError, Learner, Network, NetworkError, pretrained};
use crate::protocol::{FineTuning, Holdout, HyperError, RunSpec, RunStarted, Schedule};

/// A run that is ready to start: checked, its data divided and its network built.
pub struct Job {
    pub(super) started: RunStarted,
    pub(super) dataset: Dataset,
    pub(super) learner: Learner,
    /// The images trained on and those held out, by their places in the training set.
    pub(super) train: Vec<u32>,
    pub(super) validation: Vec<u32>,
    /// The images that are looked at again and again.
    pub(super) probe: Probe,
    pub(super) save: Option<PathBuf>,
    /// Digits that the person at this machine has drawn, which are judged as well.
    pub(super) own: Option<ImageSet>,
    /// Where the run goes on, when it does not start anew.
    pub(super) checkpoint: Option<Box<Checkpoint>>,
}

/// What a run is started with besides its recipe.
#[derive(Clone, Debug, Default)]
pub struct JobOptions {
    /// What the run is called; empty for a made-up name.
    pub name: String,
    /// Threads that train; 0 for one on each core.
    pub threads: usize,
    /// A file that gets the parameters at the end.
    pub save: Option<PathBuf>,
    /// Images besides those of the data, of the same shape and classes, on which the network is judged as well.
    pub own: Option<ImageSet>,
    /// A checkpoint of a run of the same recipe, as it stands in its file: the run goes on from there.
    pub resume: Option<Vec<u8>>,
}

/// Why a run cannot start.
#[derive(Debug, Error)]
pub enum JobError {
    /// The images cannot be had.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The images are not those that the recipe was made for.
    #[error(
        "the images of {place} are not those that the run was trained on: {changes}; put those back, or train a new run on these"
    )]
    OtherData {
        /// Where they come from.
        place: String,
        /// What is another.
        changes: String,
    },
    /// A recipe with a factor that is none.
    #[error("train.head_rate = {found}: it must be between {} and {}", 1.0 / FineTuning::MOST, FineTuning::MOST)]
    HeadRate {
        /// As it is.
        found: f64,
    },
    /// A recipe whose scaling belongs to other images.
    #[error("the recipe scales {found} channels, and not to usable values; its images have {channels}")]
    Scaling {
        /// Of the images.
        channels: usize,
        /// Of the scaling.
        found: usize,
    },
    /// Nothing would be left to train on.
    #[error("data.validation = {asked}: of {images} training images that leaves none to train on; hold out fewer")]
    NothingLeft {
        /// What was to be held out.
        asked: String,
        /// How many images there are.
        images: usize,
    },
    /// Something follows the validation loss, and there is none.
    #[error("{setting} follows the validation loss, and no images are held out for it; hold some out (data.validation = 5000)")]
    NeedsValidation {
        /// The key with its value.
        setting: String,
    },
    /// The layers do not fit.
    #[error("the network cannot be built")]
    Network(#[from] NetworkError),
    /// A checkpoint that cannot be read.
    #[error("cannot start from {}", path.display())]
    CheckpointFile {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A checkpoint of another network, or none at all.
    #[error("cannot start from {}", path.display())]
    Checkpoint {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        source: CheckpointError,
    },
    /// A checkpoint from which the run cannot go on.
    #[error("cannot go on from the checkpoint")]
    Resume(#[from] ResumeError),
    /// Parameters that could not be saved when the training is over.
    #[error("model.save = {}: there is no folder {}", path.display(), folder.display())]
    NoFolder {
        /// The file.
        path: PathBuf,
        /// The folder.
        folder: PathBuf,
    },
    /// A folder where a file is meant.
    #[error("model.save = {}: that is a folder; name a file in it", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
    },
    /// A recipe with a hyperparameter out of its range.
    #[error(transparent)]
    Hyper(#[from] HyperError),
    /// A layer that is not there.
    #[error("model.freeze")]
    Freeze(#[from] FreezeError),
    /// The machine gives no threads.
    #[error("cannot start {threads} training threads")]
    Threads {
        /// How many were asked for.
        threads: usize,
        /// What the machine says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl JobError {
    /// Whether another configuration would help, rather than another machine.
    pub fn is_configuration(&self) -> bool {
        !matches!(self, Self::Data(_) | Self::OtherData { .. } | Self::Threads { .. })
    }
}

impl Job {
    /// What the run is.
    pub fn started(&self) -> &RunStarted {
        &self.started
    }

    /// The images that it is trained and judged on.
    pub fn dataset(&self) -> &Dataset {
        &self.dataset
    }

    /// The same run as another: with its id, its name and its time.
    #[must_use]
    pub fn again(mut self, other: RunStarted) -> Self {
        self.started = RunStarted {
            run_id: other.run_id,
            name: other.name,
            started_at_ms: other.started_at_ms,
            parent: other.parent,
            ..self.started
        };
        self
    }

    /// Divides the images and builds the network.
    pub fn prepare(mut spec: RunSpec, dataset: Dataset, options: JobOptions) -> Result<Self, JobError> {
        let JobOptions { name, threads, save, own, resume } = options;
        if let Some(path) = &save
            && let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir())
        {
            return Err(JobError::NoFolder { path: path.clone(), folder: folder.into() });
        }
        if let Some(path) = save.as_ref().filter(|path| path.is_dir()) {
            return Err(JobError::Folder { path: path.clone() });
        }
        if let Some(changes) = spec.data.content.as_ref().and_then(|recorded| dataset.content().changes_since(recorded)) {
            return Err(JobError::OtherData { place: spec.data.source, changes });
        }
        if let Some(scaling) = spec.data.scaling.as_ref().filter(|scaling| !scaling.fits(dataset.train.shape()[2])) {
            return Err(JobError::Scaling { channels: dataset.train.shape()[2], found: scaling.mean.len() });
        }
        let (train, validation) = dataset.divided(&spec.data, spec.seed).ok_or_else(|| JobError::NothingLeft {
            asked: match spec.data.validation {
                Holdout::Count(count) => count.to_string(),
                Holdout::Fraction(part) => part.to_string(),
            },
            images: dataset.divisible(spec.data.train_limit),
        })?;
        if let Some(setting) = follows_validation(&spec).filter(|_| validation.is_empty()) {
            return Err(JobError::NeedsValidation { setting });
        }
        // A recipe that goes on comes from a file.
        spec.hyperparameters.check()?;
        let (image, classes) = (dataset.train.shape(), dataset.class_names.len());
        let mut network = match &resume {
            Some(file) => Network::for_file(&spec.layers, image, classes, spec.seed, file)?,
            None => Network::new(&spec.layers, image, classes, spec.seed)?,
        };
        network = network.scaled(spec.data.scaling.as_ref());
        if let Some(path) = spec.init_from.as_ref().filter(|_| resume.is_none()) {
            let path = PathBuf::from(path);
            let file = match pretrained(&path.to_string_lossy()) {
                Some(file) => Cow::Borrowed(file),
                None => std::fs::read(&path).map_err(|source| JobError::CheckpointFile { path: path.clone(), source })?.into(),
            };
            let adopted = network.adopt_safetensors(&file, &dataset.class_names);
            spec.fine_tuning.renewed = adopted.map_err(|source| JobError::Checkpoint { path, source })?;
        }
        let FineTuning { head_rate, renewed } = &spec.fine_tuning;
        if !(1.0 / FineTuning::MOST..=FineTuning::MOST).contains(head_rate) {
            return Err(JobError::HeadRate { found: *head_rate });
        }
        network.set_head_rate(*head_rate, renewed);
        spec.freeze.iter().try_for_each(|name| network.freeze(name))?;
        let threads = if threads == 0 { std::thread::available_parallelism().map_or(1, NonZero::get) } else { threads };
        let layers = network.layers().to_vec();
        let learner = Learner::new(network, spec.optimizer, threads, spec.seed)
            .map_err(|source| JobError::Threads { threads, source: Box::new(source) })?;
        let checkpoint = resume.map(|file| Checkpoint::read(&file, &learner)).transpose()?.map(Box::new);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let run_id = run_id(now.as_millis() as u64);
        let started = RunStarted {
            name: if name.is_empty() { format!("{}-{}", spec.preset, &run_id[run_id.len() - SHORT..]) } else { name },
            run_id,
            threads,
            started_at_ms: now.as_millis() as u64,
            class_names: dataset.class_names.clone(),
            image_shape: dataset.train.shape(),
            train_images: train.len(),
            validation_images: validation.len(),
            test_images: dataset.test.len(),
            layers,
            parent: None,
            spec,
        };
        let resumed = checkpoint.as_ref().map(|checkpoint| checkpoint.started.clone());
        let probe = Probe::of(&train, &validation, started.spec.seed);
        let job = Self { started, dataset, learner, train, validation, probe, save, own, checkpoint };
        Ok(match resumed {
            Some(resumed) => job.again(resumed),
            None => job,
        })
    }
}

/// The setting that makes no sense without validation images, when there is one.
fn follows_validation(spec: &RunSpec) -> Option<String> {
    match (spec.hyperparameters.patience, spec.schedule) {
        (0, Schedule::Plateau { .. }) => Some("schedule.kind = \"plateau\"".into()),
        (0, _) => None,
        (patience, _) => Some(format!("train.patience = {patience}")),
    }
}

/// Digits of a run's id that its name gets when it is made up; no id has fewer.
const SHORT: usize = 4;

/// A name for a run that sorts by time: the milliseconds since 1970 in base 36, and three digits of chance, which tell runs
/// of the same moment apart, of other machines too.
pub fn run_id(at_ms: u64) -> String {
    const CHANCE: u64 = 36 * 36 * 36;
    let mut number = at_ms.saturating_mul(CHANCE).saturating_add(RandomState::new().hash_one(at_ms) % CHANCE);
    let mut digits = Vec::new();
    while number > 0 || digits.len() < SHORT {
        digits.push(char::from_digit((number % 36) as u32, 36).unwrap_or('0'));
        number /= 36;
    }
    digits.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::data::ImageSet;
    use crate::protocol::Scaling;

    /// Some images of which each has a pixel.
    fn dataset(first: u8) -> Dataset {
        let set =
            |first: u8| ImageSet::new([4, 4, 1], [first].into_iter().chain(1..160).collect(), vec![0; 10], 2).expect("fits");
        Dataset::new(set(first), set(0), vec!["a".into(), "b".into()])
    }

    #[test]
    fn a_recipe_trains_on_the_images_that_it_was_made_for_and_no_others() {
        let mut config = Config::default();
        config.train.preset = "mlp".into();
        config.data.validation = Holdout::Count(2);
        let spec = config.run_spec_on(&dataset(5)).expect("a recipe");
        let prepare = |spec: &RunSpec, first| Job::prepare(spec.clone(), dataset(first), JobOptions::default());
        assert!(prepare(&spec, 5).is_ok());
        let error = prepare(&spec, 6).err().expect("another pixel");
        let words = "the images of mnist are not those that the run was trained on: as many images of the same shape, but other \
                     pixels or labels (SHA-256 ";
        assert!(error.to_string().starts_with(words) && !error.is_configuration(), "{error}");
        // Older recipes do not know, and go on as they did.
        let mut older = spec.clone();
        older.data.content = None;
        assert!(prepare(&older, 6).is_ok());
        let mut damaged = older;
        damaged.data.scaling = Some(Scaling { mean: vec![0.5; 3], deviation: vec![0.1; 3] });
        assert!(matches!(prepare(&damaged, 5), Err(JobError::Scaling { channels: 1, found: 3 })));
    }

    #[test]
    fn ids_are_long_enough_for_a_name_whatever_the_clock_says() {
        for at_ms in [0, 1, 1_700_000_000_000, u64::MAX] {
            assert!(run_id(at_ms).len() >= SHORT);
        }
    }
}
