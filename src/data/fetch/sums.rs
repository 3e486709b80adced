//! The digests of what is in a folder, in the form that `sha256sum -c` reads.

use std::fs;
use std::path::{Path, PathBuf};

use super::download::sha256;
use super::{FILES, FetchError, SUMS};
use crate::files::write_whole;

/// Writes the digests of these files of a folder.
pub(super) fn write(folder: &Path, names: &[&str]) -> Result<(), FetchError> {
    let mut text = String::new();
    for name in names {
        let path = folder.join(name);
        let sum = sha256(&path).map_err(|source| FetchError::File { path, source })?;
        text.push_str(&format!("{sum}  {name}\n"));
    }
    let path = folder.join(SUMS);
    write_whole(&path, text.as_bytes()).map_err(|source| FetchError::File { path, source })
}

/// The names of files in a folder, each with the digest that was written for it; those of a set must be among them.
pub(super) fn read(folder: &Path) -> Result<Vec<(String, String)>, FetchError> {
    let path = folder.join(SUMS);
    let text = fs::read_to_string(&path).map_err(|source| FetchError::File { path: path.clone(), source })?;
    let lines = text.lines().filter_map(|line| line.split_once("  "));
    let sums: Vec<(String, String)> = lines.map(|(sum, name)| (name.into(), sum.into())).collect();
    match FILES.iter().find(|file| sums.iter().all(|(name, _)| name != *file)) {
        Some(file) => Err(FetchError::Archive { path, message: format!("{file} is not in it; `mnist-tui data fetch` mends it") }),
        None => Ok(sums),
    }
}

/// The first file whose digest is another, with the digest that it should have and the one that it has.
pub(super) fn first_other(folder: &Path, expected: &[(String, String)]) -> Result<Option<(PathBuf, String, String)>, FetchError> {
    for (name, sum) in expected {
        let path = folder.join(name);
        let found = sha256(&path).map_err(|source| FetchError::File { path: path.clone(), source })?;
        if found != *sum {
            return Ok(Some((path, sum.clone(), found)));
        }
    }
    Ok(None)
}
