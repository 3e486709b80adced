//! Takes a set out of an archive: its images are turned upright, its labels count from 0, and its files are those of any other set.

use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::path::Path;

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use rayon::prelude::*;
use zip::ZipArchive;

use super::{FetchError, Step, Tell};
use crate::causes::with_causes;
use crate::data::idx::Idx;
use crate::data::known::{Archive, FILES};
use crate::files::write_whole;

/// What the four files are called in the archive, after the name of the set.
const PACKED: [&str; 4] =
    ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "test-images-idx3-ubyte.gz", "test-labels-idx1-ubyte.gz"];

/// Writes the four files of a set with so many classes into a folder.
pub(super) fn unpack(archive: &Archive, path: &Path, into: &Path, classes: usize, tell: Tell) -> Result<(), FetchError> {
    let refused = |message: String| FetchError::Archive { path: path.into(), message };
    let file = File::open(path).map_err(|source| FetchError::File { path: path.into(), source })?;
    let mut zip = ZipArchive::new(BufReader::new(file)).map_err(|error| refused(with_causes(&error)))?;
    for (packed, name) in PACKED.iter().zip(FILES) {
        let packed = format!("{}{packed}", archive.prefix);
        tell(Step::Unpacking { file: &packed });
        let mut idx = member(&mut zip, &packed).map_err(|message| refused(format!("{packed}: {message}")))?;
        match idx.dimensions[..] {
            [_, height, width] if height == width => turn_upright(&mut idx.values, width),
            [_] => count_from_0(&mut idx.values, archive.first_label, classes)
                .map_err(|label| refused(format!("{packed}: there is no class with the label {label}")))?,
            _ => return Err(refused(format!("{packed}: it holds neither square images nor labels: {:?}", idx.dimensions))),
        }
        let output = into.join(name);
        let written = zipped(&idx).and_then(|bytes| write_whole(&output, &bytes));
        written.map_err(|source| FetchError::File { path: output, source })?;
    }
    Ok(())
}

/// The packed IDX file whose name ends so.
fn member(zip: &mut ZipArchive<BufReader<File>>, ending: &str) -> Result<Idx, String> {
    let names = zip.file_names().flatten();
    let name =
        names.map(String::from).find(|name| name.rsplit('/').next() == Some(ending)).ok_or("there is no such file in it")?;
    let packed = zip.by_name(&name).map_err(|error| with_causes(&error))?;
    let mut bytes = Vec::new();
    MultiGzDecoder::new(packed).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    Idx::parse(bytes).map_err(|error| error.to_string())
}

/// Swaps rows and columns of every image.
fn turn_upright(pixels: &mut [u8], side: usize) {
    pixels.par_chunks_mut((side * side).max(1)).for_each(|image| {
        for row in 0..side {
            for column in 0..row {
                image.swap(row * side + column, column * side + row);
            }
        }
    });
}

/// Gives the first class the label 0. Fails with a label that is of no class.
fn count_from_0(labels: &mut [u8], first: u8, classes: usize) -> Result<(), u8> {
    labels.iter_mut().try_for_each(|label| match label.checked_sub(first).filter(|class| usize::from(*class) < classes) {
        Some(class) => {
            *label = class;
            Ok(())
        }
        None => Err(*label),
    })
}

/// An IDX file of unsigned bytes, packed.
fn zipped(idx: &Idx) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&[0, 0, 8, idx.dimensions.len() as u8])?;
    for length in &idx.dimensions {
        encoder.write_all(&(*length as u32).to_be_bytes())?;
    }
    encoder.write_all(&idx.values)?;
    encoder.finish()
}
