//! A folder of pictures: a folder for each class, or two folders, `train` and `test`, of such.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::cache::{Cache, Stored};
use super::{LONGEST_SIDE, MOST_CLASSES, Progress, counted, names, refused};
use crate::causes::with_causes;
use crate::data::picture::{self, Picture, is_picture};
use crate::data::{DataError, Dataset, ImageSet};
use crate::protocol::{ColorChoice, Holdout, PictureSpec, grouped};

/// Pictures without a size that is asked for have no longer side.
const USUAL_SIDE: usize = 64;
/// Images together have no more bytes: they stay in memory.
const MOST_BYTES: usize = 1 << 33;
/// No file that is larger is looked into.
const MOST_FILE: u64 = 1 << 28;
/// So many broken pictures are named one by one.
const NAMED: usize = 3;

/// A folder of pictures, listed.
#[derive(Debug, Default)]
pub(super) struct Pictures {
    folder: PathBuf,
    /// The classes by their names, each with its files.
    classes: Vec<(String, Vec<File>)>,
    /// There is a folder of pictures for tests.
    is_divided: bool,
    /// Files and folders that are no part of it.
    passed_over: usize,
}

/// A picture's file.
#[derive(Clone, Debug)]
struct File {
    /// Below the folder, with `/` between the parts.
    name: String,
    is_test: bool,
}

/// A file that has been looked at.
struct Seen {
    class: usize,
    name: String,
    is_test: bool,
    /// The digest of its content, and its size, upright; or what is wrong with it.
    found: Result<([u8; 32], [usize; 2]), String>,
}

impl Pictures {
    /// The pictures below a folder in which `names` are; `None` where there is no folder that could be a class.
    pub(super) fn among(folder: &Path, names: &[String]) -> Result<Option<Self>, DataError> {
        let mut pictures = Self { folder: folder.into(), ..Self::default() };
        let named = |wanted: &[&str]| {
            let is_it = |name: &&String| wanted.contains(&name.to_lowercase().as_str()) && folder.join(name).is_dir();
            names.iter().find(is_it)
        };
        let (train, test) = (named(&["train", "training"]), named(&["test", "testing", "val", "valid", "validation"]));
        let mut classes = BTreeMap::new();
        match (train, test) {
            (Some(train), Some(test)) => {
                pictures.is_divided = true;
                pictures.passed_over += names.len() - 2;
                for (part, is_test) in [(train, false), (test, true)] {
                    pictures.list(&format!("{part}/"), is_test, &mut classes)?;
                }
            }
            (Some(train), None) if names.iter().filter(|name| folder.join(name).is_dir()).count() == 1 => {
                let message =
                    format!("there is {train}/, but no test/ beside it; add one, or name {}", folder.join(train).display());
                return Err(refused(folder, message));
            }
            _ => pictures.list("", false, &mut classes)?,
        }
        if classes.is_empty() {
            return Ok(None);
        }
        pictures.classes = classes.into_iter().collect();
        pictures.check()?;
        Ok(Some(pictures))
    }

    /// Adds the folders in the one at `below`, each with its files.
    fn list(&mut self, below: &str, is_test: bool, classes: &mut BTreeMap<String, Vec<File>>) -> Result<(), DataError> {
        for class in names(&self.folder.join(below))? {
            let path = self.folder.join(below).join(&class);
            if is_aside(&class) || !path.is_dir() {
                self.passed_over += 1;
                continue;
            }
            let files = classes.entry(class.clone()).or_default();
            for name in names(&path)? {
                if is_aside(&name) || !path.join(&name).is_file() {
                    self.passed_over += 1;
                    continue;
                }
                files.push(File { name: format!("{below}{class}/{name}"), is_test });
            }
        }
        Ok(())
    }

    fn check(&self) -> Result<(), DataError> {
        if self.classes.len() > MOST_CLASSES {
            let message = format!(
                "it has {} folders; there can be {} classes at most",
                grouped(self.classes.len() as u64),
                grouped(MOST_CLASSES as u64)
            );
            return Err(refused(&self.folder, message));
        }
        if self.classes.len() < 2 {
            let message = format!("it has one class, {:?}; there must be at least two folders to tell apart", self.classes[0].0);
            return Err(refused(&self.folder, message));
        }
        Ok(())
    }

    /// Reads them all. `seed` says which are for tests where no folder does.
    pub(super) fn load(self, spec: &PictureSpec, seed: u64, progress: Progress) -> Result<Dataset, DataError> {
        let mut seen = self.look(progress);
        let mut notes = Vec::new();
        let others = self.passed_over + seen.iter().filter(|seen| seen.found.as_ref().is_err_and(String::is_empty)).count();
        seen.retain(|seen| !seen.found.as_ref().is_err_and(String::is_empty));
        let (size, note) = self.size(spec, &seen)?;
        notes.extend(note);
        let bytes = seen.len().saturating_mul(size[0] * size[1] * 3);
        if bytes > MOST_BYTES {
            let message = format!(
                "{} of {} × {} pixels would need {} GB of memory; make them smaller with --image-size",
                counted(seen.len(), "picture"),
                size[1],
                size[0],
                bytes >> 30
            );
            return Err(refused(&self.folder, message));
        }
        let stored = self.decode(&seen, size, spec, progress);
        let mut broken: Vec<String> = Vec::new();
        let mut pictures: Vec<(Seen, Stored)> = Vec::new();
        for (seen, stored) in seen.into_iter().zip(stored) {
            match (&seen.found, stored) {
                (Ok(_), Ok(stored)) => pictures.push((seen, stored)),
                (Err(reason), _) => broken.push(format!("{}: {reason}", seen.name)),
                (_, Err(reason)) => broken.push(format!("{}: {reason}", seen.name)),
            }
        }
        // In an order that mixes the classes, so that the first so many are of all of them; the same for every seed.
        pictures.sort_by(|(a, _), (b, _)| place(u64::MAX, &a.name).total_cmp(&place(u64::MAX, &b.name)));
        if others > 0 {
            notes.push(format!("{} passed over, since they are no pictures", counted(others, "file")));
        }
        notes.extend(said_of_broken(&broken));
        let is_color = match spec.color {
            ColorChoice::Auto => pictures.iter().any(|(_, stored)| stored.is_color()),
            ColorChoice::Grey => false,
            ColorChoice::Color => true,
        };
        let for_tests = self.divided(&pictures, spec.test, seed);
        self.check_classes(&pictures, &for_tests, &broken)?;
        let shape = [size[0], size[1], if is_color { 3 } else { 1 }];
        let (train, test) = self.sets(pictures, &for_tests, shape)?;
        notes.push(format!(
            "{} in {} classes: {} to train on and {} for tests, {} × {} pixels in {}, {:.1} MB",
            counted(train.len() + test.len(), "picture"),
            self.classes.len(),
            grouped(train.len() as u64),
            grouped(test.len() as u64),
            size[1],
            size[0],
            if is_color { "colour" } else { "grey" },
            ((train.len() + test.len()) * shape.iter().product::<usize>()) as f64 / 1e6,
        ));
        let mut data = Dataset::new(train, test, self.classes.into_iter().map(|(name, _)| name).collect());
        data.notes = notes;
        Ok(data)
    }

    /// Looks at every file: what it is, and how large. What is no picture has an error without words.
    fn look(&self, progress: Progress) -> Vec<Seen> {
        let files: Vec<(usize, &File)> =
            self.classes.iter().enumerate().flat_map(|(class, (_, files))| files.iter().map(move |file| (class, file))).collect();
        let (all, done) = (2 * files.len(), AtomicUsize::new(0));
        let look = |(class, file): &(usize, &File)| {
            let found = read(&self.folder.join(&file.name)).and_then(|bytes| {
                if !is_picture(&bytes) {
                    // What is called a picture, and is none, somebody wants to know of.
                    let is_meant = is_named_as_a_picture(&file.name);
                    return Err(if is_meant { "it is no PNG, JPEG or PNM picture".into() } else { String::new() });
                }
                let size = picture::size(&bytes).map_err(|error| with_causes(&error))?;
                Ok((Sha256::digest(&bytes).into(), size))
            });
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, all);
            Seen { class: *class, name: file.name.clone(), is_test: file.is_test, found }
        };
        files.par_iter().map(look).collect()
    }

    /// Height and width for all, and what is to be said of it.
    fn size(&self, spec: &PictureSpec, seen: &[Seen]) -> Result<([usize; 2], Option<String>), DataError> {
        let mut sizes = seen.iter().filter_map(|seen| seen.found.as_ref().ok()).map(|(_, size)| *size);
        let Some(first) = sizes.next() else {
            let message = "there is no picture in its folders that can be read; PNG, JPEG and PNM can".to_owned();
            let reason = seen.iter().find_map(|seen| Some(format!("; {}: {}", seen.name, seen.found.as_ref().err()?)));
            return Err(refused(&self.folder, message + &reason.unwrap_or_default()));
        };
        let other = sizes.find(|size| *size != first);
        if let Some(size) = spec.size {
            return Ok((size.map(|side| side.clamp(1, LONGEST_SIDE)), None));
        }
        let longest = first[0].max(first[1]);
        Ok(match other {
            Some(other) => {
                let [[a, b], [c, d]] = [first, other];
                let text = format!(
                    "pictures differ in size ({b} × {a} and {d} × {c} pixels, among others): all are brought to {USUAL_SIDE} × {USUAL_SIDE}; \
                     --image-size asks for another"
                );
                ([USUAL_SIDE; 2], Some(text))
            }
            None if longest > USUAL_SIDE => {
                let size = first.map(|side| ((side * USUAL_SIDE + longest / 2) / longest).max(1));
                let text = format!(
                    "pictures of {} × {} pixels are brought to {} × {}; --image-size asks for another",
                    first[1], first[0], size[1], size[0]
                );
                (size, Some(text))
            }
            None => (first, None),
        })
    }

    /// Decodes all that can be read, or takes it from the cache of an earlier time.
    fn decode(&self, seen: &[Seen], size: [usize; 2], spec: &PictureSpec, progress: Progress) -> Vec<Result<Stored, String>> {
        let digests = seen.iter().filter_map(|seen| Some(seen.found.as_ref().ok()?.0));
        let cache = Cache::new(digests, size, spec);
        if let Some(stored) = cache.as_ref().and_then(|cache| cache.read(seen.iter().map(|seen| seen.found.is_ok()))) {
            progress(1, 1);
            return stored;
        }
        let (all, done) = (2 * seen.len(), AtomicUsize::new(seen.len()));
        let decode = |seen: &Seen| {
            let pixels = seen.found.as_ref().map_err(String::clone).and_then(|_| {
                let bytes = read(&self.folder.join(&seen.name))?;
                let picture = Picture::decode(&bytes).map_err(|error| with_causes(&error))?;
                Ok(Stored::new(picture::resized(&picture, size, spec.fit), spec.color))
            });
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, all);
            pixels
        };
        let stored: Vec<Result<Stored, String>> = seen.par_iter().map(decode).collect();
        if let Some(cache) = cache {
            cache.write(seen.iter().zip(&stored).filter(|(seen, _)| seen.found.is_ok()).map(|(_, stored)| stored));
        }
        stored
    }

    /// For each picture, whether it is for tests.
    fn divided(&self, pictures: &[(Seen, Stored)], test: Holdout, seed: u64) -> Vec<bool> {
        if self.is_divided {
            return pictures.iter().map(|(seen, _)| seen.is_test).collect();
        }
        let mut for_tests = vec![false; pictures.len()];
        let places: Vec<(usize, f64)> = pictures.iter().map(|(seen, _)| place(seed, &seen.name)).enumerate().collect();
        for class in 0..self.classes.len() {
            let mut of_class: Vec<(usize, f64)> =
                places.iter().copied().filter(|(at, _)| pictures[*at].0.class == class).collect();
            of_class.sort_by(|a, b| a.1.total_cmp(&b.1));
            let count = match test {
                Holdout::Count(count) => count,
                Holdout::Fraction(part) => of_class.iter().filter(|(_, place)| *place < part).count(),
            };
            // Every class is to be learnt, and to be judged by.
            let least = usize::from(of_class.len() > 1 && test != Holdout::Count(0));
            let count = count.clamp(least, of_class.len().saturating_sub(1).max(least));
            of_class.iter().take(count).for_each(|(at, _)| for_tests[*at] = true);
        }
        for_tests
    }

    /// Refuses a class of which there is nothing to train on.
    fn check_classes(&self, pictures: &[(Seen, Stored)], for_tests: &[bool], broken: &[String]) -> Result<(), DataError> {
        let mut counts = vec![[0usize; 2]; self.classes.len()];
        pictures.iter().zip(for_tests).for_each(|((seen, _), is_test)| counts[seen.class][usize::from(*is_test)] += 1);
        let named = |wanted: fn(&[usize; 2]) -> bool| {
            counts.iter().zip(&self.classes).find(|(counts, _)| wanted(counts)).map(|(_, (name, _))| name.clone())
        };
        let reason = broken.first().map(|reason| format!(" ({reason})")).unwrap_or_default();
        if let Some(name) = named(|counts| counts == &[0, 0]) {
            let message = format!("there is no picture in {name}/; put some there, or take the folder away{reason}");
            return Err(refused(&self.folder, message));
        }
        if let Some(name) = named(|counts| counts[0] == 0) {
            let message = format!(
                "{name} has pictures for tests, and none to train on; the folders in train/ and test/ must have the same names"
            );
            return Err(refused(&self.folder, message));
        }
        Ok(())
    }

    fn sets(
        &self,
        pictures: Vec<(Seen, Stored)>,
        for_tests: &[bool],
        shape: [usize; 3],
    ) -> Result<(ImageSet, ImageSet), DataError> {
        let mut sets = [(Vec::new(), Vec::new()), (Vec::new(), Vec::new())];
        let bytes = shape.iter().product::<usize>();
        for (set, is_test) in sets.iter_mut().zip([false, true]) {
            set.0.reserve_exact(for_tests.iter().filter(|for_tests| **for_tests == is_test).count() * bytes);
        }
        for ((seen, stored), is_test) in pictures.into_iter().zip(for_tests) {
            let (pixels, labels) = &mut sets[usize::from(*is_test)];
            stored.append(shape[2], pixels);
            labels.push(seen.class as u16);
        }
        let set = |(pixels, labels)| {
            let set = ImageSet::new(shape, pixels, labels, self.classes.len());
            set.map_err(|source| DataError::Set { path: self.folder.clone(), source })
        };
        let [train, test] = sets;
        Ok((set(train)?, set(test)?))
    }
}

/// Folders and files that systems put there, and those that are hidden.
fn is_aside(name: &str) -> bool {
    name.starts_with('.') || ["__macosx", "thumbs.db", "desktop.ini"].contains(&name.to_lowercase().as_str())
}

fn is_named_as_a_picture(name: &str) -> bool {
    let extension = name.rsplit('.').next().unwrap_or_default().to_lowercase();
    ["png", "jpg", "jpeg", "pnm", "pgm", "ppm", "pbm", "pam"].contains(&extension.as_str())
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    let length = fs::metadata(path).map_err(|error| error.to_string())?.len();
    if length > MOST_FILE {
        return Err(format!("it has {} MB; no picture that is read has more than {}", length >> 20, MOST_FILE >> 20));
    }
    fs::read(path).map_err(|error| error.to_string())
}

/// What is said of pictures that cannot be read.
fn said_of_broken(broken: &[String]) -> Option<String> {
    let more = broken.len().saturating_sub(NAMED);
    let named = broken.iter().take(NAMED).cloned().collect::<Vec<_>>().join("; ");
    let more = if more > 0 { format!("; and {} more", grouped(more as u64)) } else { String::new() };
    (!broken.is_empty()).then(|| format!("{} left out: {named}{more}", counted(broken.len(), "broken picture")))
}

/// A place from 0 to just below 1 for a file, which follows from the seed and its name alone: no other file moves it.
fn place(seed: u64, name: &str) -> f64 {
    let digest = Sha256::new().chain_update(seed.to_le_bytes()).chain_update(name).finalize();
    let (first, _) = digest.as_slice().split_at(8);
    // 53 bits fill a double's precision.
    (u64::from_le_bytes(first.try_into().unwrap_or_default()) >> 11) as f64 / (1u64 << 53) as f64
}
