//! A network in a file that says what it takes and what it tells apart.

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use thiserror::Error;

use super::Judged;
use crate::data::{Dataset, ImageSet};
use crate::nn::{CheckpointError, Network, NetworkError, pretrained, read_metadata};
use crate::protocol::{RunSpec, RunStarted};
use crate::run::store::{RunFolder, StoreError};

/// Images that a thread judges at a time.
pub(super) const TOGETHER: usize = 256;

/// A network with what is known of it.
#[derive(Clone, Debug)]
pub struct Model {
    /// Its file.
    pub path: PathBuf,
    /// The network.
    pub network: Network,
    /// How it was trained.
    pub spec: RunSpec,
    /// What its classes are called.
    pub class_names: Vec<String>,
    /// Height, width and channels of an image.
    pub image_shape: [usize; 3],
}

/// Why a network cannot be judged.
#[derive(Debug, Error)]
pub enum ModelError {
    /// A file that cannot be read.
    #[error("failed to read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A run that cannot be found or read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A run without a checkpoint.
    #[error("run {id} has no checkpoint that can be read; name another run, or a file that --save wrote")]
    NoCheckpoint {
        /// The run.
        id: String,
    },
    /// Parameters without a word on what they are for.
    #[error("{} does not say what its network is; name a run, or a file that --save or `export --format safetensors` wrote", path.display())]
    Unknown {
        /// The file.
        path: PathBuf,
    },
    /// Not the parameters that its file says.
    #[error("{}", path.display())]
    Checkpoint {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        source: CheckpointError,
    },
    /// Not a network.
    #[error("{}", path.display())]
    Network {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        source: NetworkError,
    },
    /// Images of another kind than it was trained on.
    #[error("the network takes {takes}, and the images are {found}; name a set that does with --data")]
    Images {
        /// What it takes.
        takes: String,
        /// What there is.
        found: String,
    },
    /// The images are not those that it was trained on.
    #[error("the images of {place} are not those of the network in {}: {changes}; --data {place} judges it on these all the same", path.display())]
    OtherData {
        /// The network.
        path: PathBuf,
        /// Where they come from.
        place: String,
        /// What is another.
        changes: String,
    },
    /// There is nothing to judge with.
    #[error("there are no {} images to judge with; --split names others", format!("{which:?}").to_lowercase())]
    Empty {
        /// Which there are none of.
        which: Which,
    },
}

/// Some of the images of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Those for tests.
    Test,
    /// Those that were held out of the training images.
    Validation,
    /// All of them, the training images first.
    All,
}

impl Model {
    /// The network of a file.
    pub fn read(path: &Path) -> Result<Self, ModelError> {
        let bytes = std::fs::read(path).map_err(|source| ModelError::Read { path: path.into(), source })?;
        Self::from_bytes(path, &bytes)
    }

    /// The network within the program of this name, if there is one.
    pub fn pretrained(name: &str) -> Option<Result<Self, ModelError>> {
        pretrained(name).map(|bytes| Self::from_bytes(Path::new(name), bytes))
    }

    fn from_bytes(path: &Path, bytes: &[u8]) -> Result<Self, ModelError> {
        let failed = |source| ModelError::Checkpoint { path: path.into(), source };
        // Whatever is no such file says so best when it is read whole.
        let metadata = read_metadata(bytes).map_err(failed)?;
        let unknown = || ModelError::Unknown { path: path.into() };
        let part = |key: &str| metadata.get(key).map(String::as_str);
        let started: Option<RunStarted> = part("started").and_then(|text| serde_json::from_str(text).ok());
        let (spec, class_names, image_shape) = match started {
            Some(started) => (started.spec, started.class_names, started.image_shape),
            None => {
                let spec: RunSpec = part("spec").and_then(|text| serde_json::from_str(text).ok()).ok_or_else(unknown)?;
                let names: Vec<String> = part("classes").and_then(|text| serde_json::from_str(text).ok()).ok_or_else(unknown)?;
                let shape = spec.data.content.as_ref().map(|content| content.image_shape);
                // Older files are of MNIST.
                (spec, names, shape.unwrap_or([28, 28, 1]))
            }
        };
        let network = Network::for_file(&spec.layers, image_shape, class_names.len(), spec.seed, bytes);
        let mut network = network.map_err(|source| ModelError::Network { path: path.into(), source })?;
        network.load_safetensors(bytes).map_err(failed)?;
        let scaling = spec.data.scaling.as_ref().filter(|scaling| scaling.fits(image_shape[2]));
        let network = network.scaled(scaling);
        Ok(Self { path: path.into(), network, spec, class_names, image_shape })
    }

    /// The network of a run's newest checkpoint that can be read.
    pub fn of_run(folder: &RunFolder) -> Result<Self, ModelError> {
        let newest = folder.checkpoints()?.into_iter().rev().find_map(|(_, path)| Self::read(&path).ok());
        newest.ok_or_else(|| ModelError::NoCheckpoint { id: folder.id() })
    }

    /// Refuses images that it does not take, and, where they should be those that it was trained on, others.
    pub fn check(&self, dataset: &Dataset, is_own: bool) -> Result<(), ModelError> {
        let recorded = self.spec.data.content.as_ref().filter(|_| is_own);
        if let Some(changes) = recorded.and_then(|recorded| dataset.content().changes_since(recorded)) {
            return Err(ModelError::OtherData { path: self.path.clone(), place: self.spec.data.source.clone(), changes });
        }
        let words = |[height, width, channels]: [usize; 3], names: &[String]| {
            let some = names.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
            format!("{height} × {width} × {channels} pixels in {} classes ({some}, …)", names.len())
        };
        let (shape, names) = (dataset.train.shape(), &dataset.class_names);
        if (shape, names) == (self.image_shape, &self.class_names) {
            return Ok(());
        }
        Err(ModelError::Images { takes: words(self.image_shape, &self.class_names), found: words(shape, names) })
    }

    /// Judges it on some of the images.
    pub fn judge(&self, dataset: &Dataset, on: Which) -> Result<Judged, ModelError> {
        let whole = |set: &ImageSet| (0..set.len() as u32).collect::<Vec<u32>>();
        let parts = match on {
            Which::Test => vec![(&dataset.test, whole(&dataset.test))],
            Which::All => vec![(&dataset.train, whole(&dataset.train)), (&dataset.test, whole(&dataset.test))],
            Which::Validation => {
                vec![(&dataset.train, dataset.divided(&self.spec.data, self.spec.seed).map(|(_, held)| held).unwrap_or_default())]
            }
        };
        let mut judged = Judged { indices: Vec::new(), labels: Vec::new(), probabilities: Vec::new() };
        for (set, indices) in parts {
            let rows = indices.par_chunks(TOGETHER).flat_map_iter(|chunk| self.network.probabilities(set, chunk));
            judged.probabilities.extend(rows.collect::<Vec<_>>());
            judged.labels.extend(indices.iter().map(|index| set.label(*index as usize)));
            // Those behind the training images are counted on from there.
            let first = if on == Which::All { judged.indices.len() as u32 } else { 0 };
            judged.indices.extend(indices.iter().map(|index| first + index));
        }
        if judged.indices.is_empty() {
            return Err(ModelError::Empty { which: on });
        }
        Ok(judged)
    }
}
