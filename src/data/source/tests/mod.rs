//! Folders as people have them, whole and broken.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;

mod pictures;

use super::*;
use crate::protocol::PictureSpec;

/// A folder that is removed in the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("mnist-tui-source-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, bytes).expect("written");
    }

    fn load(&self, pictures: PictureSpec) -> Result<Dataset, DataError> {
        load(&DataSpec { source: self.0.display().to_string(), pictures, ..DataSpec::default() }, 0, &|_, _| ())
    }

    /// What is wrong with it, without the path of the folder.
    fn refused(&self) -> String {
        let error = self.load(PictureSpec::default()).map(|data| data.train.len()).expect_err("it is broken");
        crate::causes::with_causes(&error).replace(&self.0.display().to_string(), "DIR")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn idx(kind: u8, dimensions: &[u32], values: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, kind, dimensions.len() as u8];
    bytes.extend(dimensions.iter().flat_map(|length| length.to_be_bytes()));
    bytes.extend(values);
    bytes
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("in memory");
    encoder.finish().expect("in memory")
}

/// The files of a small set: 3 training images of 2 × 3 pixels, and one for tests.
fn files() -> [(&'static str, Vec<u8>); 4] {
    let pixels: Vec<u8> = (0..18).collect();
    [
        ("train-images-idx3-ubyte", idx(8, &[3, 2, 3], &pixels)),
        ("train-labels-idx1-ubyte", idx(8, &[3], &[0, 2, 1])),
        ("t10k-images-idx3-ubyte", idx(8, &[1, 2, 3], &[9; 6])),
        ("t10k-labels-idx1-ubyte", idx(8, &[1], &[1])),
    ]
}

#[test]
fn four_files_of_any_spelling_and_packing_are_the_same_images() {
    let plain = Folder::new("plain");
    files().iter().for_each(|(name, bytes)| plain.put(name, bytes));
    let expected = plain.load(PictureSpec::default()).expect("whole");
    assert_eq!((expected.train.len(), expected.test.len(), expected.train.shape()), (3, 1, [2, 3, 1]));
    assert_eq!([0, 1, 2].map(|index| expected.train.label(index)), [0, 2, 1]);
    assert_eq!(expected.train.image(1), [6, 7, 8, 9, 10, 11]);
    assert_eq!((&expected.class_names[..], &expected.notes[..]), (&["0", "1", "2"].map(str::to_owned)[..], &[][..]));
    type Spelling = fn(&str) -> String;
    let spellings: [(&str, Spelling, bool); 5] = [
        ("points", |name| name.replace("-idx", ".idx"), false),
        ("packed", |name| format!("{name}.gz"), true),
        ("packed-under-a-plain-name", str::to_owned, true),
        ("plain-under-a-packed-name", |name| format!("{name}.gz"), false),
        ("with-words-before", |name| format!("emnist-letters-{}.GZ", name.replace("t10k", "test")), true),
    ];
    for (name, spelling, packed) in spellings {
        let folder = Folder::new(name);
        folder.put("readme.txt", b"no part of it");
        files().iter().for_each(|(name, bytes)| folder.put(&spelling(name), &if packed { gzip(bytes) } else { bytes.clone() }));
        let data = folder.load(PictureSpec::default()).expect(name);
        assert_eq!(data.content(), expected.content(), "{name}");
    }
}

#[test]
fn labels_from_1_or_with_gaps_are_classes_all_the_same_and_said() {
    for (kind, labels, test, names, note) in [
        (8, &[1, 3, 2][..], &[2][..], &["1", "2", "3"][..], "labels count from 1: class 0 is label 1, class 2 label 3"),
        (8, &[0, 7, 7], &[7], &["0", "7"], "of the labels 0 to 7 only 2 occur: each that does is a class"),
        (0x0B, &[1, 0, 0, 1, 0, 0], &[0, 1], &["1", "256"], "of the labels 0 to 256 only 3 occur: each that does is a class"),
        (0x0C, &[0, 0, 0, 5, 0, 0, 0, 6, 0, 0, 0, 7], &[0, 0, 0, 5], &["5", "6", "7"], "labels count from 5: class 0 is label 5"),
    ] {
        let folder = Folder::new(&format!("labels-{kind}-{}", labels.len()));
        files().iter().for_each(|(name, bytes)| folder.put(name, bytes));
        folder.put("train-labels-idx1-ubyte", &idx(kind, &[3], labels));
        folder.put("t10k-labels-idx1-ubyte", &idx(kind, &[1], test));
        let data = folder.load(PictureSpec::default()).expect(note);
        assert!(data.notes[0].starts_with(note), "{:?}", data.notes);
        assert!(names.iter().all(|name| data.class_names.iter().any(|known| known == name)), "{:?}", data.class_names);
        folder.put("classes.txt", data.class_names.iter().map(|name| format!("class {name}\n")).collect::<String>().as_bytes());
        assert_eq!(folder.load(PictureSpec::default()).expect(note).class_names[0], format!("class {}", data.class_names[0]));
    }
}

/// Each broken input names the file, the byte, what was found, and what to do.
#[test]
fn each_broken_file_is_named_with_its_place_and_what_to_do() {
    let [images, labels, test, _] = files().map(|(_, bytes)| bytes);
    let (many, packed) = (idx(8, &[60_000, 28, 28], &[7; 10]), gzip(&images));
    let cases: [(&str, &[u8], &str); 17] = [
        (
            "train-images-idx3-ubyte",
            b"",
            "DIR/train-images-idx3-ubyte: byte 0: it ends within its header of 4 bytes; copy or download it again",
        ),
        ("train-images-idx3-ubyte", &images[..7], "byte 7: it ends within its header of 16 bytes; copy or download it again"),
        (
            "train-images-idx3-ubyte",
            b"PK\x03\x04\x14",
            "byte 0: it begins with [50, 4b, 03] (a zip file: unpack it); images in IDX begin with [00, 00, 08], gzip with [1f, 8b]",
        ),
        (
            "t10k-labels-idx1-ubyte",
            b"<!doctype html>",
            "DIR/t10k-labels-idx1-ubyte: byte 0: it begins with [3c, 21, 64] (a web page: the download went wrong); labels in IDX begin with [00, 00, 08], gzip with [1f, 8b]",
        ),
        (
            "train-images-idx3-ubyte",
            &images[..20],
            "bytes 4 to 15 say [3, 2, 3], so 18 bytes of values, but it ends after 4; it is cut short: copy or download it again",
        ),
        (
            "train-images-idx3-ubyte",
            &many,
            "bytes 4 to 15 say [60000, 28, 28], so 47,040,000 bytes of values, but it ends after 10; it is cut short: copy or download it again",
        ),
        (
            "train-images-idx3-ubyte",
            &[&images[..], &[1]].concat(),
            "bytes 4 to 15 say [3, 2, 3], so 18 bytes of values, but more follow from byte 34; it is no such file, or a damaged one",
        ),
        ("train-images-idx3-ubyte", &packed[..packed.len() / 2], "its gzip breaks off or is damaged"),
        ("train-images-idx3-ubyte", &gzip(&many), "so 47,040,000 bytes of values, but it ends after"),
        (
            "train-images-idx3-ubyte",
            &idx(8, &[u32::MAX; 4], &[]),
            "the dimensions [4294967295, 4294967295, 4294967295, 4294967295] are too great",
        ),
        (
            "train-images-idx3-ubyte",
            &idx(8, &[1, 1, 300], &[0; 300]),
            "bytes 8 to 15 say images of 1 × 300; sides can be 1 to 256 pixels long",
        ),
        (
            "train-images-idx3-ubyte",
            &idx(8, &[3, 0, 3], &[]),
            "bytes 8 to 15 say images of 0 × 3; sides can be 1 to 256 pixels long",
        ),
        (
            "train-images-idx3-ubyte",
            &idx(8, &[1, 3, 2, 2], &[0; 12]),
            "bytes 4 to 19 say [1, 3, 2, 2]; the 3 channels must come last: count, height, width, channels",
        ),
        (
            "train-images-idx3-ubyte",
            &labels,
            "byte 3 says 1 dimension with [3]; images have 3 (count, height, width) or 4, the last of them 1 or 3 channels",
        ),
        (
            "train-images-idx3-ubyte",
            &test,
            "bytes 4 to 7 say 1 image, but train-labels-idx1-ubyte has 3 labels; both must be of the same set",
        ),
        (
            "train-labels-idx1-ubyte",
            &idx(9, &[3], &[0, 0xff, 1]),
            "DIR/train-labels-idx1-ubyte: byte 9: the label of image 1 is -1; labels count from 0 or 1",
        ),
        (
            "t10k-images-idx3-ubyte",
            &idx(8, &[1, 3, 2], &[0; 6]),
            "its images are 3 × 2 × 1, but those of train-images-idx3-ubyte are 2 × 3 × 1; both must be of one size",
        ),
    ];
    for (index, (broken, bytes, message)) in cases.into_iter().enumerate() {
        let folder = Folder::new(&format!("broken-{index}"));
        files().iter().for_each(|(name, bytes)| folder.put(name, bytes));
        folder.put(broken, bytes);
        let refused = folder.refused();
        assert!(refused.contains(message), "{refused}\nis not\n{message}");
        assert!(refused.starts_with("DIR/"), "{refused}");
    }
}

#[test]
fn what_is_missing_or_there_twice_is_named() {
    let folder = Folder::new("missing");
    assert!(folder.refused().starts_with("DIR: "), "{}", folder.refused());
    let [images, labels, ..] = files();
    folder.put(images.0, &images.1);
    let message = "DIR: of the four IDX files there is only train-images-idx3-ubyte; put train-labels-idx1-ubyte and \
                   t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte beside it (a point for a hyphen, and .gz, are as good)";
    assert_eq!(folder.refused(), message);
    folder.put("train-images.idx3-ubyte.gz", &gzip(&labels.1));
    let message = "DIR: train-images-idx3-ubyte and train-images.idx3-ubyte.gz are the same part of the data; leave one of them in the folder";
    assert_eq!(folder.refused(), message);
    let nothing = load(&DataSpec { source: "no/such".into(), ..DataSpec::default() }, 0, &|_, _| ()).expect_err("nothing there");
    let message = "data.source = \"no/such\": that is neither data of a known name (mnist, fashion-mnist, kmnist, emnist-digits, emnist-letters, emnist-balanced) nor a folder; there is nothing there";
    assert_eq!(nothing.to_string(), message);
}

#[test]
fn a_thousand_classes_are_read_and_one_more_is_refused() {
    let folder = Folder::new("thousand");
    for (classes, fits) in [(1000u32, true), (1001, false)] {
        let labels: Vec<u8> = (0..classes as u16).flat_map(u16::to_be_bytes).collect();
        for part in ["train", "t10k"] {
            folder.put(&format!("{part}-images-idx4-ubyte"), &idx(8, &[classes, 1, 1, 3], &vec![5; 3 * classes as usize]));
            folder.put(&format!("{part}-labels-idx1-ubyte"), &idx(0x0B, &[classes], &labels));
        }
        let loaded = folder.load(PictureSpec::default());
        assert_eq!(loaded.is_ok(), fits, "{loaded:?}");
        if let Ok(data) = loaded {
            assert_eq!((data.train.label(999), data.train.shape()), (999, [1, 1, 3]));
        }
    }
    assert_eq!(folder.refused(), "DIR: its labels are 1,001 different numbers; there can be 1,000 classes at most");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_in_a_file_make_it_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..80), begins_well: bool, packed: bool, which in 0..4usize,
    ) {
        let folder = Folder::new("any");
        files().iter().for_each(|(name, bytes)| folder.put(name, bytes));
        let mut bytes = bytes;
        if begins_well && bytes.len() > 3 {
            bytes[..4].copy_from_slice(&[0, 0, 8, if which % 2 == 0 { 3 } else { 1 }]);
        }
        folder.put(files()[which].0, &if packed { gzip(&bytes) } else { bytes });
        let _ = folder.load(PictureSpec::default());
    }
}
