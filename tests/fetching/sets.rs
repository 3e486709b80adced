//! Whole sets: four files, or a part of an archive, and who else is at it.

use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;
use std::sync::{Mutex, mpsc};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use mnist_tui::data::Dataset;
use mnist_tui::data::fetch::{Connection, FetchError, Fetcher, Step, verify};
use mnist_tui::data::known::{Archive, FILES, Known, Published, PublishedFile};
use mnist_tui::protocol::DataSpec;
use sha2::{Digest, Sha256};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::server::{Reply, Server, answer, folder, names, part};

const CONNECTION: Connection = Connection { connect: Duration::from_secs(20), silence: Duration::from_secs(20), proxies: false };

/// A packed IDX file of bytes.
pub fn idx(dimensions: &[u32], values: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    let mut bytes = vec![0, 0, 8, dimensions.len() as u8];
    dimensions.iter().for_each(|length| bytes.extend(length.to_be_bytes()));
    bytes.extend(values);
    encoder.write_all(&bytes).expect("packed");
    encoder.finish().expect("packed")
}

/// Three images to train on and two to judge with, of two classes.
fn contents() -> [Vec<u8>; 4] {
    [
        idx(&[3, 2, 2], &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
        idx(&[3], &[0, 1, 0]),
        idx(&[2, 2, 2], &[13, 14, 15, 16, 17, 18, 19, 20]),
        idx(&[2], &[1, 0]),
    ]
}

fn published(name: &'static str, content: &[u8]) -> PublishedFile {
    let sha256 = Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    PublishedFile { name, bytes: content.len() as u64, sha256: sha256.leak() }
}

/// A set whose files are at `address`.
fn known(address: String, published: Published) -> Known {
    let mirrors: &[&str] = vec![&*address.leak()].leak();
    Known { name: "small", about: "", classes: &["left", "right"], mirrors, published }
}

fn of_files(address: String) -> Known {
    let contents = contents();
    known(address, Published::Files([0, 1, 2, 3].map(|at| published(FILES[at], &contents[at]))))
}

/// A server with the four files.
fn serving(answer_to: impl Fn() + Send + 'static) -> Server {
    Server::new(move |request, _| {
        answer_to();
        let file = FILES.iter().position(|name| request.target.ends_with(name)).expect("one of the four");
        Reply::Bytes(part(&contents()[file], request))
    })
}

fn load(folder: &Path) -> Dataset {
    Dataset::load(&DataSpec { source: folder.display().to_string(), ..DataSpec::default() }, 0).expect("images")
}

fn fetcher() -> Fetcher {
    Fetcher::new(CONNECTION, None).expect("no mirror")
}

#[test]
fn a_set_is_a_folder_like_any_other_and_is_fetched_once() {
    let folder = folder("set");
    let server = serving(|| ());
    let known = of_files(server.url(""));
    fetcher().fetch(&known, &folder, &folder.join("small"), &mut |_| ()).expect("fetched");
    let data = load(&folder.join("small"));
    assert_eq!((data.train.len(), data.test.len(), data.class_names), (3, 2, vec!["left".to_owned(), "right".to_owned()]));
    assert_eq!(data.train.image(1), [5, 6, 7, 8]);
    assert_eq!(verify(&known, &folder.join("small")).expect("right").len(), 4);
    assert_eq!(names(&folder.join("small")).len(), 4 + ["SHA256SUMS", "classes.txt", "lock"].len());
    assert_eq!(server.requests().len(), 4);

    fetcher().fetch(&known, &folder, &folder.join("small"), &mut |step| panic!("{step:?}")).expect("there");
    // Damage is found, and mended.
    fs::write(folder.join("small").join(FILES[1]), "no").expect("written");
    let error = verify(&known, &folder.join("small")).expect_err("damaged");
    assert!(matches!(&error, FetchError::Damaged { path, .. } if path.ends_with(FILES[1])), "{error:?}");
    let mut wrong = 0;
    let mut tell = |step: Step| wrong += usize::from(matches!(step, Step::Wrong { .. }));
    fetcher().fetch(&known, &folder, &folder.join("small"), &mut tell).expect("fetched");
    assert_eq!((wrong, server.requests().len()), (1, 5));
    verify(&known, &folder.join("small")).expect("right again");
}

/// The server does not answer before the second has said that it waits for the first.
#[test]
fn two_at_once_fetch_each_file_once() {
    let folder = folder("two");
    let (waits, is_waiting) = mpsc::channel();
    let is_waiting = Mutex::new(Some(is_waiting));
    let server = serving(move || {
        if let Some(is_waiting) = is_waiting.lock().expect("a channel").take() {
            is_waiting.recv().expect("the second waits");
        }
    });
    let known = of_files(server.url(""));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            let (known, folder, waits) = (&known, &folder, waits.clone());
            scope.spawn(move || {
                let mut tell = |step: Step| {
                    if matches!(step, Step::Waiting) {
                        waits.send(()).expect("the server listens");
                    }
                };
                fetcher().fetch(known, folder, &folder.join("small"), &mut tell).expect("fetched");
            });
        }
    });
    assert_eq!(server.requests().len(), 4);
    verify(&known, &folder.join("small")).expect("right");
}

#[test]
fn a_mirror_is_asked_for_everything_and_nobody_else_is() {
    let folder = folder("mirror");
    let (server, mirror) = (serving(|| ()), serving(|| ()));
    let known = of_files(server.url(""));
    let fetcher = |address: &str| Fetcher::new(CONNECTION, Some(address));
    for address in [mirror.url("data"), mirror.url("data/")] {
        fetcher(&address).expect("an address").fetch(&known, &folder, &folder.join("small"), &mut |_| ()).expect("fetched");
        fs::remove_dir_all(folder.join("small")).expect("removed");
    }
    let asked: Vec<String> = mirror.requests().into_iter().map(|request| request.target).collect();
    let expected: Vec<String> = FILES.iter().map(|name| format!("/data/small/{name}")).collect();
    assert_eq!(asked, [&expected[..], &expected].concat());
    assert!(server.requests().is_empty());
    for wrong in ["", "example.org/data", "ftp://example.org/", "/a/folder"] {
        assert!(matches!(fetcher(wrong), Err(FetchError::Mirror(_))), "{wrong}");
    }
}

/// A set of an archive, with the images transposed and the labels from 1.
fn zipped(labels: [&[u8]; 2], height: u32) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let files = [
        ("train-images-idx3", idx(&[3, height, 2], &(1..=3 * 2 * height as u8).collect::<Vec<_>>())),
        ("train-labels-idx1", idx(&[3], labels[0])),
        ("test-images-idx3", idx(&[2, height, 2], &(1..=2 * 2 * height as u8).collect::<Vec<_>>())),
        ("test-labels-idx1", idx(&[2], labels[1])),
    ];
    for set in ["small", "other"] {
        for (name, content) in &files {
            zip.start_file(format!("gzip/emnist-{set}-{name}-ubyte.gz"), SimpleFileOptions::default()).expect("a file");
            zip.write_all(if set == "small" { content } else { b"nothing" }).expect("written");
        }
    }
    zip.finish().expect("a zip file").into_inner()
}

fn of_archive(address: String, content: &[u8], prefix: &'static str) -> Known {
    let file = published("gzip.zip", content);
    known(address, Published::Archive(Archive { folder: "archives", file, prefix, first_label: 1 }))
}

#[test]
fn a_part_of_an_archive_is_turned_upright_and_counts_from_0() {
    let folder = folder("archive");
    let into = folder.join("small");
    let archive = zipped([&[2, 1, 2], &[1, 2]], 2);
    let server = Server::of(archive.clone());
    let known = of_archive(server.url(""), &archive, "emnist-small-");
    assert!(!known.is_in(&into));
    fetcher().fetch(&known, &folder, &into, &mut |_| ()).expect("fetched");
    assert!(known.is_in(&into));
    let data = load(&into);
    assert_eq!(
        (data.train.image(0), data.train.image(2), data.test.image(1)),
        (&[1, 3, 2, 4][..], &[9, 11, 10, 12][..], &[5, 7, 6, 8][..])
    );
    assert_eq!([0, 1, 2].map(|at| data.train.label(at)), [1, 0, 1]);
    assert_eq!(data.class_names, ["left", "right"]);
    assert!(data.notes.is_empty(), "{:?}", data.notes);
    assert_eq!(names(&folder.join("archives")), ["gzip.zip", "lock"]);

    // What is damaged is taken out again, without asking anybody.
    for (name, content) in [(FILES[2], "no"), ("SHA256SUMS", "")] {
        verify(&known, &into).expect("right");
        fs::write(into.join(name), content).expect("written");
        assert!(matches!(verify(&known, &into), Err(FetchError::Damaged { .. } | FetchError::Archive { .. })), "{name}");
        fetcher().fetch(&known, &folder, &into, &mut |_| ()).expect("taken out again");
    }
    verify(&known, &into).expect("right again");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn an_archive_that_is_not_what_it_was_taken_for_is_refused() {
    let cases = [
        (zipped([&[2, 1, 2], &[1, 2]], 2), "emnist-none-", "emnist-none-train-images-idx3-ubyte.gz: there is no such file in it"),
        (zipped([&[2, 1, 2], &[1, 2]], 2), "emnist-other-", "emnist-other-train-images-idx3-ubyte.gz: "),
        (zipped([&[2, 1, 2], &[1, 2]], 3), "emnist-small-", "it holds neither square images nor labels: [3, 3, 2]"),
        (
            zipped([&[2, 1, 2], &[0, 2]], 2),
            "emnist-small-",
            "emnist-small-test-labels-idx1-ubyte.gz: there is no class with the label 0",
        ),
        (zipped([&[2, 1, 3], &[1, 2]], 2), "emnist-small-", "there is no class with the label 3"),
        (b"no zip file".to_vec(), "emnist-small-", "gzip.zip: "),
    ];
    for (at, (archive, prefix, part)) in cases.into_iter().enumerate() {
        let folder = folder(&format!("no_archive_{at}"));
        let server = Server::of(archive.clone());
        let known = of_archive(server.url(""), &archive, prefix);
        let error = fetcher().fetch(&known, &folder, &folder.join("small"), &mut |_| ()).expect_err("refused");
        let message = error.to_string();
        assert!(message.contains(part), "{message}");
        assert!(!known.is_in(&folder.join("small")), "what is there is not whole");
    }
}

#[test]
fn what_cannot_be_fetched_can_be_put_there_by_hand() {
    let folder = folder("by_hand");
    let server = Server::new(|_, _| Reply::Bytes(answer("404 Not Found", &[], b"")));
    let archive = zipped([&[2, 1, 2], &[1, 2]], 2);
    let known = of_archive(server.url("there/"), &archive, "emnist-small-");
    let into = folder.join("small");
    let error = fetcher().fetch(&known, &folder, &into, &mut |_| ()).expect_err("not there");
    let address = server.url("there/gzip.zip");
    assert_eq!(error.to_string(), "gzip.zip: the server says 404 (there is no such file)");
    let by_hand = fetcher().by_hand(&known, &folder, &into);
    assert_eq!(by_hand.folder, folder.join("archives"));
    let lines = by_hand.lines().join("\n");
    assert!(lines.contains(&address) && lines.contains(known.downloads()[0].sha256), "{lines}");

    fs::write(by_hand.folder.join("gzip.zip"), archive).expect("written");
    fetcher().fetch(&known, &folder, &into, &mut |_| ()).expect("taken out");
    assert_eq!((load(&into).train.len(), server.requests().len()), (3, 1));
    assert!(fetcher().by_hand(&known, &folder, &into).lines().is_empty());
}
