//! The MNIST database of handwritten digits, carried within the program.
//!
//! `assets/mnist/README.md` says where the files come from, under which licence, and how they were compressed.

use std::io::Read;
use std::thread::{self, ScopedJoinHandle};

use brotli_decompressor::Decompressor;
use sha2::{Digest, Sha256};

use super::idx::Idx;
use super::{DataError, Dataset, ImageSet};
use crate::causes::with_causes;

/// The number of classes: a digit each.
const CLASSES: usize = 10;

/// The digest of all of it, as [`Dataset::content`] has it.
const SHA256: &str = "7272848302d301703c03eae3d8f002660e6f425e1fd5e0c334ec462b3e51539b";

/// One of the four files of MNIST, as it is carried.
#[derive(Clone, Copy, Debug)]
pub struct EmbeddedFile {
    /// The name under which it is published.
    pub name: &'static str,
    /// The digest of the uncompressed file.
    pub sha256: &'static str,
    /// Compressed parts that are unpacked side by side, with the bytes that each gives.
    parts: &'static [(&'static [u8], usize)],
}

/// Images and labels to train on, then images and labels to judge with.
pub const FILES: [EmbeddedFile; 4] = [
    EmbeddedFile {
        name: "train-images-idx3-ubyte",
        sha256: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        parts: &[
            (include_bytes!("../../assets/mnist/train-images-idx3-ubyte.1.br"), 16 + 30_000 * 28 * 28),
            (include_bytes!("../../assets/mnist/train-images-idx3-ubyte.2.br"), 30_000 * 28 * 28),
        ],
    },
    EmbeddedFile {
        name: "train-labels-idx1-ubyte",
        sha256: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        parts: &[(include_bytes!("../../assets/mnist/train-labels-idx1-ubyte.br"), 8 + 60_000)],
    },
    EmbeddedFile {
        name: "t10k-images-idx3-ubyte",
        sha256: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        parts: &[(include_bytes!("../../assets/mnist/t10k-images-idx3-ubyte.br"), 16 + 10_000 * 28 * 28)],
    },
    EmbeddedFile {
        name: "t10k-labels-idx1-ubyte",
        sha256: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        parts: &[(include_bytes!("../../assets/mnist/t10k-labels-idx1-ubyte.br"), 8 + 10_000)],
    },
];

/// All images. They are part of the program, so that all is known of them before they are unpacked: that takes a fifth of a
/// second, and is done when the first is looked at.
pub fn load() -> Dataset {
    let [train_images, train_labels, test_images, test_labels] = FILES;
    let (train, test) = (image_set(60_000, train_images, train_labels), image_set(10_000, test_images, test_labels));
    Dataset::new(train, test, (0..CLASSES).map(|digit| digit.to_string()).collect()).with_digest(SHA256)
}

/// Unpacks all four files and compares them with their digests.
pub fn verify() -> Result<(), DataError> {
    FILES.iter().try_for_each(|file| file.read().map(drop))
}

/// Panics when it is unpacked in a program whose file is damaged, as any other part of such a program may.
fn image_set(count: usize, images: EmbeddedFile, labels: EmbeddedFile) -> ImageSet {
    ImageSet::unpacked_later([28, 28, 1], count, move || {
        unpacked(images, labels).unwrap_or_else(|error| panic!("the program is damaged: {}", with_causes(&error)))
    })
}

/// Unpacks images and labels, each part on a thread of its own, and checks them against their digests.
fn unpacked(images: EmbeddedFile, labels: EmbeddedFile) -> Result<(Vec<u8>, Vec<u16>), DataError> {
    let (_, pixels) = images.read()?.into_images().map_err(|source| DataError::Idx { file: images.name, source })?;
    let of = labels.read()?.into_labels().map_err(|source| DataError::Idx { file: labels.name, source })?;
    Ok((pixels, of.into_iter().map(u16::from).collect()))
}

impl EmbeddedFile {
    fn read(&self) -> Result<Idx, DataError> {
        let bytes = self.unpack().map_err(|source| DataError::Unpack { file: self.name, source })?;
        let found = hex(&Sha256::digest(&bytes));
        if found != self.sha256 {
            return Err(DataError::Digest { file: self.name, expected: self.sha256, found });
        }
        Idx::parse(bytes).map_err(|source| DataError::Idx { file: self.name, source })
    }

    fn unpack(&self) -> std::io::Result<Vec<u8>> {
        let mut bytes = vec![0; self.parts.iter().map(|(_, length)| length).sum()];
        thread::scope(|scope| {
            let mut rest = bytes.as_mut_slice();
            let mut threads = Vec::new();
            for (compressed, length) in self.parts {
                let (output, after) = std::mem::take(&mut rest).split_at_mut(*length);
                rest = after;
                threads.push(scope.spawn(move || Decompressor::new(*compressed, compressed.len()).read_exact(output)));
            }
            threads.into_iter().try_for_each(finish)
        })?;
        Ok(bytes)
    }
}

/// The result of a thread; a panic in it goes on here.
fn finish<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_digits_are_there() {
        let data = load();
        assert_eq!((data.train.len(), data.test.len()), (60_000, 10_000));
        assert_eq!((data.train.shape(), data.test.shape()), ([28, 28, 1], [28, 28, 1]));
        assert_eq!(data.class_names, ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
        // The first labels as they are published, and ink on the first image of the second part.
        assert_eq!([0, 1, 2, 3, 4].map(|i| data.train.label(i)), [5, 0, 4, 1, 9]);
        assert_eq!([0, 1, 2, 3, 4].map(|i| data.test.label(i)), [7, 2, 1, 0, 4]);
        assert!(data.train.image(30_000).iter().any(|pixel| *pixel > 200));
    }

    #[test]
    fn damage_is_noticed() {
        let labels = FILES[3];
        let (compressed, length) = labels.parts[0];
        let torn = EmbeddedFile { parts: Box::leak(Box::new([(&compressed[..100], length)])), ..labels };
        assert_eq!(torn.read().expect_err("torn").to_string(), "failed to unpack t10k-labels-idx1-ubyte");
        let other = EmbeddedFile { name: "other", ..labels };
        let other = EmbeddedFile { sha256: FILES[0].sha256, ..other };
        assert!(other.read().expect_err("another digest").to_string().starts_with("other is damaged: its SHA-256 is ff7b"));
    }
}
