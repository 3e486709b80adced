//! Runs as files for people and other programs: figures, curves, reports, event files of TensorBoard, networks.
//!
//! Every writer is a function from runs to bytes; only [`export`] touches the disk, and writes a file whole or not at all.

mod chart;
mod csv;
mod dashboard;
mod error;
mod html;
mod json;
mod letters;
mod load;
mod markdown;
mod marked;
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
use std::io;
use std::path::{Path, PathBuf};

pub use dashboard::picture as screenshot_svg;
pub use error::ExportError;
pub use marked::{Mark, marked};
pub use recipe::arguments as recipe_arguments;
pub use run::ExportedRun;

pub use crate::run::format::{Format, default_output};

use crate::files::{write_new, write_whole};
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
/// Nothing that exists is written over unless `overwrite` says so, and nothing is written when the runs do not allow it.
/// When a file cannot be written, nothing stays that was not there before.
pub fn export(format: Format, runs: &[ExportedRun], output: &Path, overwrite: bool) -> Result<Vec<PathBuf>, ExportError> {
    let files: Vec<(PathBuf, Vec<u8>)> = render(format, runs)?
        .into_iter()
        .map(|file| (if format.is_folder() { output.join(&file.below) } else { output.to_owned() }, file.bytes))
        .collect();
    let mut made = Vec::new();
    let written = write(format, &files, overwrite, &mut made);
    if written.is_err() {
        // A part of an export is of no use; the first error is the one to tell.
        made.iter().rev().for_each(|path| drop(fs::remove_file(path).or_else(|_| fs::remove_dir(path))));
    }
    written.map(|()| files.into_iter().map(|(path, _)| path).collect())
}

/// Writes files, all of which are checked before the first; `made` tells what is there now that was not before.
fn write(format: Format, files: &[(PathBuf, Vec<u8>)], overwrite: bool, made: &mut Vec<PathBuf>) -> Result<(), ExportError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        |source| ExportError::Write { path, source }
    };
    for (path, _) in files {
        // What a path leads to is only certain when its folders are there.
        if let Some(folder) = path.parent().filter(|_| format.is_folder()) {
            make_folders(folder, made).map_err(failed(path))?;
        }
        check(format, path, overwrite)?;
    }
    for (path, bytes) in files {
        if overwrite && path.symlink_metadata().is_ok() {
            write_whole(path, bytes).map_err(failed(path))?;
        } else {
            match write_new(path, bytes) {
                // Somebody else has made it since it was looked for.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    return Err(ExportError::Exists { path: path.clone() });
                }
                written => written.map_err(failed(path))?,
            }
            made.push(path.clone());
        }
    }
    Ok(())
}

/// Makes a folder and those it lies in; adds those that were not there to `made`.
fn make_folders(folder: &Path, made: &mut Vec<PathBuf>) -> io::Result<()> {
    let folders: Vec<&Path> = folder.ancestors().filter(|folder| !folder.as_os_str().is_empty()).collect();
    for folder in folders.into_iter().rev().filter(|folder| !folder.is_dir()) {
        match fs::create_dir(folder) {
            Ok(()) => made.push(folder.to_owned()),
            // Somebody else has just made it.
            Err(_) if folder.is_dir() => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(io::ErrorKind::NotADirectory.into()),
            Err(error) => return Err(error),
        }
    }
    Ok(())
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
