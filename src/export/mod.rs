//! Runs as files for people and other programs: figures, curves, reports, event files of TensorBoard, networks.
//!
//! Every writer is a function from runs to bytes; only [`export`] touches the disk, and writes a file whole or not at all.

mod chart;
mod csv;
mod dashboard;
mod error;
mod html;
mod json;
mod load;
mod markdown;
mod markup;
mod mistakes;
mod onnx;
mod picture;
mod plot;
mod protobuf;
mod recipe;
mod run;
mod safetensors;
mod svg;
mod tensorboard;
mod track;

use std::fs;
use std::path::{Path, PathBuf};

pub use error::ExportError;
pub use recipe::arguments as recipe_arguments;
pub use run::ExportedRun;

pub use crate::run::format::{Format, default_output};

use crate::files::write_whole;
use crate::run::format::file_name;

/// A file that an export consists of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportedFile {
    /// Its place below the output; empty when the output is the file itself.
    pub below: PathBuf,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// What an export of `runs` consists of, without writing anything.
///
/// Fails when there is no run, when there are several and the format holds one, or when a run lacks what the format needs.
pub fn render(format: Format, runs: &[ExportedRun]) -> Result<Vec<ExportedFile>, ExportError> {
    if runs.is_empty() {
        return Err(ExportError::NoRuns);
    }
    if runs.len() > 1 && !format.takes_several() {
        return Err(ExportError::OneRunOnly { format: format.name(), count: runs.len() });
    }
    let bytes = match format {
        Format::Json => json::write(runs)?,
        Format::Csv => csv::write(runs).into_bytes(),
        Format::Markdown => markdown::write(runs).into_bytes(),
        Format::Html => html::write(runs)?.into_bytes(),
        Format::Svg => svg::write(runs).into_bytes(),
        Format::Dashboard => dashboard::write(&runs[0]).into_bytes(),
        Format::Tensorboard => return tensorboard::write(runs),
        Format::Safetensors => safetensors::write(&runs[0])?,
        Format::Onnx => onnx::write(&runs[0])?,
    };
    Ok(vec![ExportedFile { below: PathBuf::new(), bytes }])
}

/// Writes `runs` to `output`, a file, or a folder for [`Format::Tensorboard`], and returns the files written.
///
/// Nothing that exists is written over unless `overwrite` says so. Fails before anything is written when that, or the
/// runs, do not allow it; when a file cannot be written, nothing new stays.
pub fn export(format: Format, runs: &[ExportedRun], output: &Path, overwrite: bool) -> Result<Vec<PathBuf>, ExportError> {
    let files: Vec<(PathBuf, Vec<u8>)> = render(format, runs)?
        .into_iter()
        .map(|file| (if format.is_folder() { output.join(&file.below) } else { output.to_owned() }, file.bytes))
        .collect();
    for (path, _) in &files {
        check(format, path, overwrite)?;
    }
    let new = missing(&files);
    let write = |(path, bytes): (PathBuf, Vec<u8>)| {
        let folder = path.parent().filter(|_| format.is_folder());
        let written = folder.map_or(Ok(()), fs::create_dir_all).and_then(|()| write_whole(&path, &bytes));
        written.map(|()| path.clone()).map_err(|source| ExportError::Write { path, source })
    };
    let written: Result<Vec<PathBuf>, ExportError> = files.into_iter().map(write).collect();
    if written.is_err() {
        // A part of an export is of no use; the first error is the one to tell.
        new.iter().for_each(|path| drop(fs::remove_file(path).or_else(|_| fs::remove_dir(path))));
    }
    written
}

/// The files and their folders that are not there yet, what lies deeper first.
fn missing(files: &[(PathBuf, Vec<u8>)]) -> Vec<PathBuf> {
    let paths = files.iter().flat_map(|(path, _)| path.ancestors());
    let mut missing: Vec<PathBuf> = paths.filter(|path| path.symlink_metadata().is_err()).map(Path::to_owned).collect();
    missing.sort_by(|a, b| b.cmp(a));
    missing.dedup();
    missing
}

/// Refuses what would be lost or can never work.
fn check(format: Format, path: &Path, overwrite: bool) -> Result<(), ExportError> {
    if path.is_dir() {
        return Err(ExportError::IsFolder { path: path.to_owned(), extension: format.extension() });
    }
    if !overwrite && path.symlink_metadata().is_ok() {
        return Err(ExportError::Exists { path: path.to_owned() });
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    match folder {
        // TensorBoard takes all event files of a folder for one run.
        Some(folder) if format.is_folder() => match tensorboard::others(folder, path) {
            Some(other) => Err(ExportError::OtherEvents { folder: folder.to_owned(), other }),
            None => Ok(()),
        },
        Some(folder) if !folder.is_dir() => Err(ExportError::NoFolder { path: path.to_owned(), folder: folder.to_owned() }),
        _ => Ok(()),
    }
}
