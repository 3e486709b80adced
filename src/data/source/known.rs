//! Data that is known by name and can be fetched: its files, where they are published, what its classes are, and how it is
//! read once it is there.

use std::path::{Path, PathBuf};

use directories::ProjectDirs;

use super::idx_folder::Files;
use super::{counted, names, refused};
use crate::data::{DataError, Dataset};

/// The four files of a set, as they lie in its folder: images and labels to train on, then those to judge with.
pub const FILES: [&str; 4] =
    ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"];
/// The digests of files, as `sha256sum -c` reads them. Of what is taken out of an archive it is written last.
pub const SUMS: &str = "SHA256SUMS";

/// Data that is known by name.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    /// Its name.
    pub name: &'static str,
    /// What it is, in a few words.
    pub about: &'static str,
    /// What its classes are called, in the order of their numbers.
    pub classes: &'static [&'static str],
    /// Where its files are, each address with a slash at its end; they are tried in this order.
    pub mirrors: &'static [&'static str],
    /// What is there.
    pub published: Published,
}

/// The form in which data is published.
#[derive(Clone, Copy, Debug)]
pub enum Published {
    /// As the files of [`FILES`], in their order.
    Files([PublishedFile; 4]),
    /// As part of an archive.
    Archive(Archive),
}

/// A file as it is published.
#[derive(Clone, Copy, Debug)]
pub struct PublishedFile {
    /// Its name.
    pub name: &'static str,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256, in hexadecimal digits.
    pub sha256: &'static str,
}

/// A zip archive with several sets in it, each as four packed IDX files of which the images are transposed.
#[derive(Clone, Copy, Debug)]
pub struct Archive {
    /// The folder that it is kept in, beside those of the sets.
    pub folder: &'static str,
    /// The archive itself.
    pub file: PublishedFile,
    /// What stands before `train-images-idx3-ubyte.gz` and the like in the names of the set's files.
    pub prefix: &'static str,
    /// The label of the first class.
    pub first_label: u8,
}

/// All of them.
pub const KNOWN: [Known; 6] = [
    Known {
        name: "mnist",
        about: "the 70,000 handwritten digits within the program",
        classes: &DIGITS,
        mirrors: &["https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"],
        published: Published::Files([
            file(FILES[0], 9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
            file(FILES[1], 28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
            file(FILES[2], 1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
            file(FILES[3], 4_542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
        ]),
    },
    Known {
        name: "fashion-mnist",
        about: "clothes and shoes",
        classes: &["T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"],
        mirrors: &[
            "https://fashion-mnist.s3.eu-central-1.amazonaws.com/",
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        ],
        published: Published::Files([
            file(FILES[0], 26_421_880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
            file(FILES[1], 29_515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
            file(FILES[2], 4_422_102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
            file(FILES[3], 5_148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
        ]),
    },
    Known {
        name: "kmnist",
        about: "cursive Japanese characters",
        // お き す つ な は ま や れ を, in letters that every terminal shows.
        classes: &["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"],
        mirrors: &["https://codh.rois.ac.jp/kmnist/dataset/kmnist/", "http://codh.rois.ac.jp/kmnist/dataset/kmnist/"],
        published: Published::Files([
            file(FILES[0], 18_165_135, "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4"),
            file(FILES[1], 29_497, "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17"),
            file(FILES[2], 3_041_136, "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5"),
            file(FILES[3], 5_120, "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c"),
        ]),
    },
    emnist("emnist-digits", "more handwritten digits", &DIGITS, "emnist-digits-", 0),
    emnist("emnist-letters", "handwritten letters, capital or not", &LETTERS, "emnist-letters-", 1),
    emnist("emnist-balanced", "handwritten digits and letters, as many of each", &BALANCED, "emnist-balanced-", 0),
];

const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
const LETTERS: [&str; 26] = [
    "A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O", "P", "Q", "R", "S", "T", "U", "V", "W", "X", "Y",
    "Z",
];
/// Small letters that look like their capitals are of the same class as those.
const BALANCED: [&str; 47] = [
    "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O",
    "P", "Q", "R", "S", "T", "U", "V", "W", "X", "Y", "Z", "a", "b", "d", "e", "f", "g", "h", "n", "q", "r", "t",
];

const fn file(name: &'static str, bytes: u64, sha256: &'static str) -> PublishedFile {
    PublishedFile { name, bytes, sha256 }
}

/// One of the parts of EMNIST, which are published in one archive.
const fn emnist(
    name: &'static str,
    about: &'static str,
    classes: &'static [&'static str],
    prefix: &'static str,
    first_label: u8,
) -> Known {
    let sha256 = "fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e";
    let archive = Archive { folder: "emnist", file: file("gzip.zip", 561_753_746, sha256), prefix, first_label };
    let mirrors = &["https://www.itl.nist.gov/iaui/vip/cs_links/EMNIST/"];
    Known { name, about, classes, mirrors, published: Published::Archive(archive) }
}

/// The folder with a folder for each set that has been fetched; `None` when the system names no home for it.
pub fn cache() -> Option<PathBuf> {
    ProjectDirs::from("", "", "mnist-tui").map(|folders| folders.cache_dir().join("data"))
}

impl Known {
    /// The data of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        KNOWN.iter().find(|known| known.name == name)
    }

    /// Whether it is part of the program, and needs no files.
    pub fn is_within_the_program(&self) -> bool {
        self.name == "mnist"
    }

    /// The folder that its published files are in, below an address that mirrors all of them, and below the cache.
    pub fn folder(&self) -> &'static str {
        match &self.published {
            Published::Files(_) => self.name,
            Published::Archive(archive) => archive.folder,
        }
    }

    /// The files that are downloaded for it.
    pub fn downloads(&self) -> &[PublishedFile] {
        match &self.published {
            Published::Files(files) => files,
            Published::Archive(archive) => std::slice::from_ref(&archive.file),
        }
    }

    /// Whether all of it is in a folder. A file that a person has put there is as good as one that was fetched.
    pub fn is_in(&self, folder: &Path) -> bool {
        let last = matches!(self.published, Published::Archive(_)).then_some(SUMS);
        FILES.into_iter().chain(last).all(|name| folder.join(name).is_file())
    }

    /// Reads it from its folder in the cache.
    pub(super) fn load(&self) -> Result<Dataset, DataError> {
        let absent = || DataError::NotFetched { name: self.name, is_folder: Path::new(self.name).is_dir() };
        let folder = cache().map(|cache| cache.join(self.name)).filter(|folder| self.is_in(folder)).ok_or_else(absent)?;
        self.read(&folder)
    }

    /// Reads it from a folder, with the names of its classes.
    fn read(&self, folder: &Path) -> Result<Dataset, DataError> {
        let mut names = names(folder)?;
        names.retain(|name| FILES.contains(&name.as_str()));
        let files = Files::among(folder, &names)?.ok_or_else(|| refused(folder, "its files are gone".into()))?;
        let mut data = files.load()?;
        if data.class_names.len() != self.classes.len() {
            let message = format!(
                "it has {}, but {} has {}; `mnist-tui data fetch {}` puts the right files there",
                counted(data.class_names.len(), "class"),
                self.name,
                self.classes.len(),
                self.name
            );
            return Err(refused(folder, message));
        }
        data.class_names = self.classes.iter().map(|&name| name.to_owned()).collect();
        Ok(data)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_row_of_the_table_makes_sense() {
        for known in &KNOWN {
            let Known { name, classes, mirrors, .. } = known;
            assert!(Known::named(name).is_some_and(|found| found.classes == *classes), "two are called {name}");
            assert_eq!(classes.iter().collect::<BTreeSet<_>>().len(), classes.len(), "{name}");
            assert!(!mirrors.is_empty() && mirrors.iter().all(|mirror| mirror.starts_with("http") && mirror.ends_with('/')));
            assert!(mirrors[0].starts_with("https://"), "{name}");
            let digests = known.downloads().iter().map(|file| file.sha256).collect::<BTreeSet<_>>();
            assert_eq!(digests.len(), known.downloads().len(), "{name}");
            assert!(digests.iter().all(|sum| sum.len() == 64 && sum.bytes().all(|c| b"0123456789abcdef".contains(&c))), "{name}");
            assert!(known.is_within_the_program() || known.folder() != "mnist");
        }
        let counts = KNOWN.map(|known| known.classes.len());
        assert_eq!(counts, [10, 10, 10, 10, 26, 47]);
        // What a person gets without asking for anything is the first.
        assert_eq!(Dataset::CHOICES[0].0, "mnist");
    }

    #[test]
    fn other_data_in_its_folder_is_refused() {
        let folder = std::env::temp_dir().join(format!("mnist-tui-known-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let known = Known::named("kmnist").expect("known");
        assert!(!known.is_in(&folder));
        for (name, magic) in FILES.iter().zip([&[0, 0, 8, 3][..], &[0, 0, 8, 1], &[0, 0, 8, 3], &[0, 0, 8, 1]]) {
            let sides: &[u8] = if magic[3] == 3 { &[0, 0, 0, 1, 0, 0, 0, 1, 5] } else { &[7] };
            std::fs::write(folder.join(name), [magic, &[0, 0, 0, 1], sides].concat()).expect("written");
        }
        assert!(known.is_in(&folder) && !Known::named("emnist-digits").expect("known").is_in(&folder));
        let message = known.read(&folder).expect_err("one class").to_string();
        assert!(message.ends_with("it has 1 class, but kmnist has 10; `mnist-tui data fetch kmnist` puts the right files there"));
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
