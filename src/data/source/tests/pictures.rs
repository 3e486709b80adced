//! Folders of pictures, whole and broken.

use super::super::*;
use super::Folder;
use crate::data::ImageSet;
use crate::protocol::{ColorChoice, Fit, Holdout, PictureSpec};

/// A grey picture of 4 × 3 pixels, all of one value.
fn grey(value: u8) -> Vec<u8> {
    [&b"P5 4 3 255\n"[..], &[value; 12]].concat()
}

fn red() -> Vec<u8> {
    [&b"P6 4 3 255\n"[..], &[200, 0, 0].repeat(12)].concat()
}

/// `count` pictures of each of two classes, of values that tell them apart.
fn folder(name: &str, count: u8) -> Folder {
    let folder = Folder::new(name);
    for i in 0..count {
        folder.put(&format!("light/{i}.pgm"), &grey(200 + i));
        folder.put(&format!("dark/{i}.PGM"), &grey(i));
    }
    folder
}

/// The class and the first pixel of every image.
fn images(set: &ImageSet) -> Vec<(usize, u8)> {
    (0..set.len()).map(|index| (set.label(index), set.image(index)[0])).collect()
}

#[test]
fn a_folder_a_class_is_divided_so_that_every_class_is_on_both_sides() {
    let pictures = folder("divided", 10);
    let data = pictures.load(PictureSpec::default()).expect("pictures");
    assert_eq!(data.class_names, ["dark", "light"]);
    assert_eq!((data.train.shape(), data.train.len() + data.test.len()), ([3, 4, 1], 20));
    assert!(images(&data.train).iter().all(|(class, pixel)| *class == usize::from(*pixel >= 200)));
    for set in [&data.train, &data.test] {
        assert!([0, 1].iter().all(|class| images(set).iter().any(|(label, _)| label == class)));
    }
    let last = data.notes.last().expect("a note");
    let words = format!(
        "20 pictures in 2 classes: {} to train on and {} for tests, 4 × 3 pixels in grey, 0.0 MB",
        data.train.len(),
        data.test.len()
    );
    assert_eq!(*last, words);
    // The first ones are of both classes: a limit leaves both to train on.
    assert!([0, 1].iter().all(|class| images(&data.train)[..8].iter().any(|(label, _)| label == class)));
    // A count is that of each class, whatever chance says.
    for (test, expected) in [(Holdout::Count(3), 3), (Holdout::Count(99), 9), (Holdout::Count(0), 0)] {
        let data = pictures.load(PictureSpec { test, ..PictureSpec::default() }).expect("pictures");
        let of = |class| images(&data.test).iter().filter(|(label, _)| *label == class).count();
        assert_eq!((of(0), of(1)), (expected, expected), "{test:?}");
    }
    let two = folder("two", 2);
    for test in [Holdout::Fraction(0.0), Holdout::Fraction(0.999)] {
        let data = two.load(PictureSpec { test, ..PictureSpec::default() }).expect("pictures");
        assert_eq!((data.train.len(), data.test.len()), (2, 2), "one of each class, {test:?}");
    }
}

#[test]
fn another_seed_divides_otherwise_and_one_more_file_moves_no_other() {
    let pictures = folder("moves", 40);
    let of = |seed| {
        let spec = DataSpec { source: pictures.0.display().to_string(), ..DataSpec::default() };
        images(&load(&spec, seed, &|_, _| ()).expect("pictures").test)
    };
    let (first, second) = (of(0), of(1));
    assert_ne!(first, second);
    assert_eq!(first, of(0));
    assert!((8..=24).contains(&first.len()), "about a fifth of 80: {}", first.len());
    for new in ["light/a.pgm", "dark/zz.pgm"] {
        pictures.put(new, &grey(99));
    }
    let mut after = of(0);
    after.retain(|(_, pixel)| *pixel != 99);
    assert_eq!(after, first);
}

#[test]
fn folders_for_training_and_tests_are_taken_as_they_are() {
    let folder = Folder::new("given");
    for (name, value) in [("train/a/1.pgm", 1), ("train/b/1.pgm", 2), ("TEST/a/1.pgm", 3), ("train/b/2.pgm", 4)] {
        folder.put(name, &grey(value));
    }
    let data = folder.load(PictureSpec::default()).expect("pictures");
    let mut train = images(&data.train);
    train.sort_unstable();
    assert_eq!((train, images(&data.test)), (vec![(0, 1), (1, 2), (1, 4)], vec![(0, 3)]));
    folder.put("TEST/c/1.pgm", &grey(5));
    let message = "DIR: c has pictures for tests, and none to train on; the folders in train/ and test/ must have the same names";
    assert_eq!(folder.refused(), message);
    fs::remove_dir_all(folder.0.join("TEST")).expect("removed");
    assert_eq!(folder.refused(), "DIR: there is train/, but no test/ beside it; add one, or name DIR/train");
}

#[test]
fn colours_are_kept_where_there_are_some_or_as_asked() {
    let folder = folder("colour", 3);
    folder.put("light/red.ppm", &red());
    for (color, channels, pixel) in
        [(ColorChoice::Auto, 3, &[200, 0, 0][..]), (ColorChoice::Color, 3, &[200, 0, 0]), (ColorChoice::Grey, 1, &[60])]
    {
        let spec = PictureSpec { color, test: Holdout::Count(0), ..PictureSpec::default() };
        let data = folder.load(spec).expect("pictures");
        assert_eq!(data.train.shape(), [3, 4, channels]);
        assert!((0..data.train.len()).any(|index| &data.train.image(index)[..channels] == pixel), "{color:?}");
        // Grey pictures among coloured ones have three equal channels.
        assert!((0..data.train.len()).any(|index| data.train.image(index)[..channels] == [1; 3][..channels]), "{color:?}");
    }
    fs::remove_file(folder.0.join("light/red.ppm")).expect("removed");
    let data = folder.load(PictureSpec { color: ColorChoice::Color, ..PictureSpec::default() }).expect("pictures");
    assert_eq!(data.train.shape(), [3, 4, 3], "three channels, if that is asked for");
}

#[test]
fn pictures_get_one_size_and_it_is_said() {
    let large = Folder::new("large");
    let picture =
        |width: usize, height: usize| [format!("P5 {width} {height} 255\n").as_bytes(), &vec![7; width * height]].concat();
    for name in ["a/1.pgm", "a/2.pgm", "b/1.pgm", "b/2.pgm"] {
        large.put(name, &picture(92, 112));
    }
    let data = large.load(PictureSpec::default()).expect("pictures");
    assert_eq!(data.train.shape(), [64, 53, 1]);
    assert_eq!(data.notes[0], "pictures of 92 × 112 pixels are brought to 53 × 64; --image-size asks for another");
    let asked = PictureSpec { size: Some([20, 10]), fit: Fit::Crop, ..PictureSpec::default() };
    assert_eq!(large.load(asked).expect("pictures").train.shape(), [20, 10, 1]);
    large.put("b/2.pgm", &picture(10, 300));
    let data = large.load(PictureSpec::default()).expect("pictures");
    assert_eq!(data.train.shape(), [64, 64, 1]);
    assert!(
        data.notes[0].starts_with("pictures differ in size (92 × 112 and 10 × 300 pixels, among others): "),
        "{:?}",
        data.notes
    );
}

#[test]
fn what_is_no_picture_is_counted_and_what_is_broken_named() {
    let folder = folder("mixed", 4);
    for (name, bytes) in [
        (".hidden/1.pgm", grey(1)),
        ("__MACOSX/1.pgm", grey(1)),
        ("readme.txt", b"words".to_vec()),
        ("light/notes.txt", b"words".to_vec()),
        ("light/.DS_Store", vec![0; 9]),
        ("light/page.png", b"<!doctype html>".to_vec()),
        ("dark/cut.pgm", grey(1)[..15].to_vec()),
        ("dark/as-text.txt", grey(3)),
    ] {
        folder.put(name, &bytes);
    }
    let data = folder.load(PictureSpec::default()).expect("pictures");
    assert_eq!(data.train.len() + data.test.len(), 9, "a picture is told by its content");
    assert_eq!(data.class_names, ["dark", "light"]);
    assert_eq!(data.notes[0], "5 files passed over, since they are no pictures");
    let broken = "2 broken pictures left out: dark/cut.pgm: it is damaged, or of a kind that is not read";
    assert!(data.notes[1].starts_with(broken), "{:?}", data.notes);
    assert!(data.notes[1].ends_with("light/page.png: it is no PNG, JPEG or PNM picture"), "{:?}", data.notes);
}

#[test]
fn each_folder_that_cannot_be_used_says_what_is_wrong() {
    type Files = [(&'static str, Vec<u8>)];
    let cases: [(&str, &Files, &str); 5] = [
        ("one", &[("only/1.pgm", grey(1))], "DIR: it has one class, \"only\"; there must be at least two folders to tell apart"),
        (
            "loose",
            &[("1.pgm", grey(1)), ("2.pgm", grey(2))],
            "DIR: there are neither IDX files in it (train-images-idx3-ubyte and the like) nor a folder of pictures for each class; name a folder that has one or the other",
        ),
        (
            "no-picture",
            &[("a/1.txt", vec![1]), ("b/1.txt", vec![1])],
            "DIR: there is no picture in its folders that can be read; PNG, JPEG and PNM can",
        ),
        (
            "empty-class",
            &[("a/1.pgm", grey(1)), ("b/readme", vec![1])],
            "DIR: there is no picture in b/; put some there, or take the folder away",
        ),
        (
            "all-broken",
            &[("a/1.pgm", grey(1)), ("b/1.pgm", b"P5 4".to_vec())],
            "DIR: there is no picture in b/; put some there, or take the folder away (b/1.pgm: ",
        ),
    ];
    for (name, files, message) in cases {
        let folder = Folder::new(name);
        files.iter().for_each(|(name, bytes)| folder.put(name, bytes));
        let refused = folder.refused();
        assert!(refused.starts_with(message), "{refused}");
    }
}

#[test]
fn progress_ends_when_all_is_read() {
    use std::sync::Mutex;
    let folder = folder("progress", 5);
    let told = Mutex::new(Vec::new());
    let spec = DataSpec { source: folder.0.display().to_string(), ..DataSpec::default() };
    load(&spec, 0, &|done, all| told.lock().expect("nobody panicked").push((done, all))).expect("pictures");
    let told = told.into_inner().expect("nobody panicked");
    assert_eq!((told.len(), told.iter().max()), (20, Some(&(20, 20))), "looked at, and decoded");
}
