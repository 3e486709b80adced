//! Where images come from: the program itself, what was fetched, or a folder.

mod cache;
mod idx_folder;
pub mod known;
mod pictures;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};

use super::{DataError, Dataset, mnist};
use crate::protocol::{DataSpec, grouped};

/// Is told, from any thread, how many of so many files have been read.
pub type Progress<'a> = &'a (dyn Fn(usize, usize) + Sync);

/// No image is larger along an axis.
pub const LONGEST_SIDE: usize = 256;
/// There are no more classes.
pub const MOST_CLASSES: usize = 1_000;

/// Loads the data that a recipe names: the data of that name, or what is in the folder of that path.
pub(super) fn load(spec: &DataSpec, seed: u64, progress: Progress) -> Result<Dataset, DataError> {
    if spec.source == "mnist" {
        return Ok(mnist::load());
    }
    if let Some(known) = known::Known::named(&spec.source) {
        return known.load();
    }
    let folder = PathBuf::from(&spec.source);
    if !folder.is_dir() {
        let hint = match (folder.is_file(), spec.source.contains('/')) {
            (true, _) => "; it is a file: name the folder that it is in",
            (false, true) => "; there is nothing there",
            (false, false) => "",
        };
        let known = Dataset::CHOICES.map(|(name, _)| name).join(", ");
        return Err(DataError::NoSource { name: spec.source.clone(), known, hint });
    }
    let names = names(&folder)?;
    if let Some(files) = idx_folder::Files::among(&folder, &names)? {
        return files.load();
    }
    if let Some(pictures) = pictures::Pictures::among(&folder, &names)? {
        return pictures.load(&spec.pictures, seed, progress);
    }
    let message = "there are neither IDX files in it (train-images-idx3-ubyte and the like) nor a folder of pictures for each class; \
                   name a folder that has one or the other";
    Err(refused(&folder, message.into()))
}

/// The names of what is in a folder, in order.
fn names(folder: &Path) -> Result<Vec<String>, DataError> {
    let failed = |source| DataError::Read { path: folder.into(), source };
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        // What is not Unicode has no name that a recipe could hold.
        names.extend(entry.map_err(failed)?.file_name().into_string());
    }
    names.sort();
    Ok(names)
}

fn refused(path: &Path, message: String) -> DataError {
    DataError::Refused { path: path.into(), message }
}

/// `1 image`, `2 images`, `2 classes`.
pub(crate) fn counted(count: usize, one: &str) -> String {
    let ending = match count {
        1 => "",
        _ if one.ends_with('s') => "es",
        _ => "s",
    };
    format!("{} {one}{ending}", grouped(count as u64))
}
