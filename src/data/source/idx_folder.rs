//! A folder with the four files in which MNIST and its kin are published: images and labels to train on and to judge with.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufReader, Read, Seek};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use super::{LONGEST_SIDE, MOST_CLASSES, counted, refused};
use crate::data::idx::{Header, IdxError, Kind};
use crate::data::{DataError, Dataset, ImageSet};
use crate::protocol::grouped;

/// Deflate makes nothing smaller than by this factor, so that a file says how much can come out of it.
const MOST_DEFLATED: u64 = 1032;
/// Names of classes, one a line, where a folder has some.
const CLASS_NAMES: &str = "classes.txt";

/// The four files of a folder.
#[derive(Debug)]
pub(super) struct Files {
    folder: PathBuf,
    /// Images and labels to train on, then those to judge with.
    paths: [[PathBuf; 2]; 2],
}

/// Images or labels, to train on or to judge with.
type Role = [usize; 2];

/// The role of a file by its name: `train-images-idx3-ubyte`, with points in the place of hyphens, with words before it, and
/// `.gz` behind it.
fn role(name: &str) -> Option<Role> {
    let name = name.to_ascii_lowercase().replace(['.', '_'], "-");
    let name = name.strip_suffix("-gz").unwrap_or(&name);
    let (name, kind) = name.strip_suffix("-ubyte").unwrap_or(name).rsplit_once("-idx")?;
    if kind.len() != 1 || !kind.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (name, content) = name.rsplit_once('-')?;
    let content = ["images", "labels"].iter().position(|known| *known == content)?;
    let split = name.rsplit('-').next()?;
    let split = match split {
        "train" => 0,
        "t10k" | "test" => 1,
        _ => return None,
    };
    Some([split, content])
}

impl Files {
    /// The four files among the names in a folder; none where there is not one of them.
    pub(super) fn among(folder: &Path, names: &[String]) -> Result<Option<Self>, DataError> {
        let mut found: [[Option<&String>; 2]; 2] = Default::default();
        for name in names {
            let Some([split, content]) = role(name) else { continue };
            if let Some(other) = found[split][content].replace(name) {
                let message = format!("{other} and {name} are the same part of the data; leave one of them in the folder");
                return Err(refused(folder, message));
            }
        }
        let all = found.as_flattened();
        if all.iter().all(Option::is_none) {
            return Ok(None);
        }
        let missing: Vec<&str> =
            ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"]
                .into_iter()
                .zip(all)
                .filter_map(|(name, found)| found.is_none().then_some(name))
                .collect();
        if !missing.is_empty() {
            let there: Vec<&str> = all.iter().copied().flatten().map(String::as_str).collect();
            let message = format!(
                "of the four IDX files there is only {}; put {} beside it (a point for a hyphen, and .gz, are as good)",
                there.join(", "),
                missing.join(" and "),
            );
            return Err(refused(folder, message));
        }
        let path = |name: Option<&String>| folder.join(name.map_or("", String::as_str));
        Ok(Some(Self { folder: folder.into(), paths: found.map(|pair| pair.map(path)) }))
    }

    /// Reads them all.
    pub(super) fn load(&self) -> Result<Dataset, DataError> {
        let mut sets = Vec::new();
        for [images, labels] in &self.paths {
            sets.push((read_images(images)?, read_labels(labels)?));
        }
        let shapes: Vec<[usize; 3]> = sets.iter().map(|((shape, _), _)| *shape).collect();
        for (((shape, pixels), labels), [images, _]) in sets.iter().zip(&self.paths) {
            let count = pixels.len() / shape.iter().product::<usize>().max(1);
            if count != labels.len() {
                let message = format!(
                    "bytes 4 to 7 say {}, but {} has {}; both must be of the same set",
                    counted(count, "image"),
                    self.paths.iter().find(|pair| pair[0] == *images).map_or_else(String::new, |pair| named(&pair[1])),
                    counted(labels.len(), "label"),
                );
                return Err(refused(images, message));
            }
        }
        if shapes[0] != shapes[1] {
            let [train, test] =
                [shapes[0], shapes[1]].map(|[height, width, channels]| format!("{height} × {width} × {channels}"));
            let message =
                format!("its images are {test}, but those of {} are {train}; both must be of one size", named(&self.paths[0][0]));
            return Err(refused(&self.paths[1][0], message));
        }
        let (known, notes) = classes(&self.folder, sets.iter().flat_map(|(_, labels)| labels))?;
        let class_names = self.class_names(&known)?;
        let mut sets = sets.into_iter().map(|((shape, pixels), labels)| {
            // Every label is among them.
            let labels = labels.iter().map(|label| known.binary_search(label).unwrap_or_default() as u16).collect();
            ImageSet::new(shape, pixels, labels, known.len())
                .map_err(|source| DataError::Set { path: self.folder.clone(), source })
        });
        let empty = || refused(&self.folder, "there are no images in it".into());
        let (train, test) = (sets.next().ok_or_else(empty)??, sets.next().ok_or_else(empty)??);
        if train.is_empty() {
            return Err(refused(&self.paths[0][0], "bytes 4 to 7 say 0 images; there is nothing to train on".into()));
        }
        let mut data = Dataset::new(train, test, class_names);
        data.notes = notes;
        Ok(data)
    }

    /// What the classes are called: as `classes.txt` says, or by their labels.
    fn class_names(&self, known: &[i64]) -> Result<Vec<String>, DataError> {
        let path = self.folder.join(CLASS_NAMES);
        let Ok(text) = fs::read_to_string(&path) else { return Ok(known.iter().map(i64::to_string).collect()) };
        let names: Vec<String> = text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
        if names.len() != known.len() {
            let message = format!("it names {}, but there are {}; write one a line", counted(names.len(), "class"), known.len());
            return Err(refused(&path, message));
        }
        Ok(names)
    }
}

fn named(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The labels that there are, in order, and what is to be said of them.
fn classes<'a>(folder: &Path, labels: impl Iterator<Item = &'a i64>) -> Result<(Vec<i64>, Vec<String>), DataError> {
    let known: Vec<i64> = labels.copied().collect::<BTreeSet<_>>().into_iter().collect();
    if known.len() > MOST_CLASSES {
        let message = format!(
            "its labels are {} different numbers; there can be {} classes at most",
            grouped(known.len() as u64),
            grouped(MOST_CLASSES as u64)
        );
        return Err(refused(folder, message));
    }
    let (first, last) = (known.first().copied().unwrap_or_default(), known.last().copied().unwrap_or_default());
    let notes = match () {
        () if last - first + 1 == known.len() as i64 && first == 0 => Vec::new(),
        () if last - first + 1 == known.len() as i64 => {
            vec![format!("labels count from {first}: class 0 is label {first}, class {} label {last}", known.len() - 1)]
        }
        () => vec![format!("of the labels {first} to {last} only {} occur: each that does is a class", known.len())],
    };
    Ok((known, notes))
}

/// Height, width and channels, and the pixels of one image after the other.
fn read_images(path: &Path) -> Result<([usize; 3], Vec<u8>), DataError> {
    let (Header { kind, dimensions }, values) = read(path, "images")?;
    let shape = match dimensions[..] {
        [_, height, width] => [height, width, 1],
        [_, height, width, channels @ (1 | 3)] => [height, width, channels],
        [_, 3, _, _] => {
            let message =
                format!("bytes 4 to 19 say {dimensions:?}; the 3 channels must come last: count, height, width, channels");
            return Err(refused(path, message));
        }
        _ => {
            let message = format!(
                "byte 3 says {} with {dimensions:?}; images have 3 (count, height, width) or 4, the last of them 1 or 3 channels",
                counted(dimensions.len(), "dimension")
            );
            return Err(refused(path, message));
        }
    };
    if kind != Kind::UnsignedByte {
        return Err(refused(
            path,
            format!("byte 2 says that its values are of the type {kind:?}; pixels must be unsigned bytes (08)"),
        ));
    }
    if !shape[..2].iter().all(|side| (1..=LONGEST_SIDE).contains(side)) {
        let message =
            format!("bytes 8 to 15 say images of {} × {}; sides can be 1 to {LONGEST_SIDE} pixels long", shape[0], shape[1]);
        return Err(refused(path, message));
    }
    Ok((shape, values))
}

fn read_labels(path: &Path) -> Result<Vec<i64>, DataError> {
    let (Header { kind, dimensions }, values) = read(path, "labels")?;
    if dimensions.len() != 1 {
        let message = format!("byte 3 says {} with {dimensions:?}; labels have one", counted(dimensions.len(), "dimension"));
        return Err(refused(path, message));
    }
    let labels: Vec<i64> = match kind {
        Kind::UnsignedByte => values.into_iter().map(i64::from).collect(),
        Kind::Byte => values.into_iter().map(|byte| i64::from(byte.cast_signed())).collect(),
        Kind::Short => values.as_chunks().0.iter().map(|bytes| i64::from(i16::from_be_bytes(*bytes))).collect(),
        Kind::Int => values.as_chunks().0.iter().map(|bytes| i64::from(i32::from_be_bytes(*bytes))).collect(),
    };
    if let Some(at) = labels.iter().position(|label| *label < 0) {
        let byte = 8 + at * kind.bytes();
        let message = format!("byte {byte}: the label of image {at} is {}; labels count from 0 or 1", labels[at]);
        return Err(refused(path, message));
    }
    Ok(labels)
}

/// Reads a file whole, unpacked where its first bytes say that it is gzip. What its header claims is held against its length
/// before there is memory for it.
fn read(path: &Path, content: &str) -> Result<(Header, Vec<u8>), DataError> {
    let failed = |source| DataError::Read { path: path.into(), source };
    let mut file = BufReader::new(File::open(path).map_err(failed)?);
    let length = file.get_ref().metadata().map_err(failed)?.len();
    let mut start = Vec::new();
    (&mut file).take(4).read_to_end(&mut start).map_err(failed)?;
    let is_gzip = start.starts_with(&[0x1f, 0x8b]);
    file.rewind().map_err(failed)?;
    let mut reader: Box<dyn Read> = if is_gzip { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
    let mut take = |bytes: usize, into: &mut Vec<u8>| {
        (&mut reader).take(bytes as u64).read_to_end(into).map_err(|error| match is_gzip {
            true => refused(path, format!("its gzip breaks off or is damaged ({error}); copy or download it again")),
            false => failed(error),
        })
    };
    let mut bytes = Vec::new();
    take(4, &mut bytes)?;
    if let Ok(start) = <[u8; 4]>::try_from(&bytes[..]) {
        take(Header::length(start) - 4, &mut bytes)?;
    }
    let header = Header::parse(&bytes).map_err(|error| refused(path, said(&error, &bytes, content)))?;
    let expected = header.values().map_err(|error| refused(path, said(&error, &bytes, content)))?;
    let most = if is_gzip { length.saturating_mul(MOST_DEFLATED) } else { length };
    let says = format!("bytes 4 to {} say {:?}, so {} of values", bytes.len() - 1, header.dimensions, counted(expected, "byte"));
    let head = bytes.len();
    let short = |found: usize| {
        let message = format!("{says}, but it ends after {}; it is cut short: copy or download it again", grouped(found as u64));
        refused(path, message)
    };
    if expected as u64 > most {
        return Err(short((length as usize).saturating_sub(if is_gzip { 0 } else { head })));
    }
    let mut values = Vec::with_capacity(expected);
    // One more than there should be, to see whether there is.
    take(expected, &mut values)?;
    if values.len() < expected {
        return Err(short(values.len()));
    }
    let mut more = Vec::new();
    if take(1, &mut more)? > 0 {
        return Err(refused(
            path,
            format!("{says}, but more follow from byte {}; it is no such file, or a damaged one", head + expected),
        ));
    }
    Ok((header, values))
}

/// What is wrong with a header, and what to do.
fn said(error: &IdxError, bytes: &[u8], content: &str) -> String {
    match error {
        IdxError::Magic { found } => {
            let looks = match bytes {
                [b'P', b'K', ..] => " (a zip file: unpack it)",
                [0x89, b'P', b'N', b'G', ..] => " (a PNG picture: pictures go into a folder for each class)",
                [b'<', ..] => " (a web page: the download went wrong)",
                [0x93, b'N', b'U', b'M', ..] => " (a NumPy array: write it as IDX)",
                [b'B', b'Z', b'h', ..] => " (bzip2: unpack it)",
                [0xfd, b'7', b'z', b'X', ..] => " (xz: unpack it)",
                _ => "",
            };
            format!("byte 0: it begins with {found:02x?}{looks}; {content} in IDX begin with [00, 00, 08], gzip with [1f, 8b]")
        }
        IdxError::Header { expected, found } => {
            format!("byte {found}: it ends within its header of {}; copy or download it again", counted(*expected, "byte"))
        }
        other => format!("bytes 4 to {}: {other}; it is damaged: copy or download it again", bytes.len().saturating_sub(1)),
    }
}
