//! What fuzzing has found worth keeping, as it is and damaged further.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use proptest::prelude::*;

use crate::reader;
use crate::reader::{KINDS, Reader};

/// The corpus of a kind: the files of `tests/corpus`, and a sample.
fn corpus(reader: &Reader, kind: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(kind);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    let files = paths.iter().map(|path| fs::read(path).expect("a file"));
    std::iter::once(reader.sample(kind)).chain(files).collect()
}

#[test]
fn every_file_of_the_corpus_is_read_or_refused() {
    let reader = reader("corpus");
    for (kind, read) in KINDS {
        let files = corpus(&reader, kind);
        assert!(files.len() > 3, "the corpus of {kind} is gone");
        files.iter().for_each(|file| read(&reader, file));
    }
}

/// A change of some bytes at a place, which is a part of the length.
#[derive(Clone, Debug)]
enum Change {
    Set(prop::sample::Index, u8),
    Insert(prop::sample::Index, Vec<u8>),
    Remove(prop::sample::Index, usize),
    Cut(prop::sample::Index),
    /// The number at the place, or the next one, becomes another.
    Number(prop::sample::Index, &'static str),
}

fn change() -> impl Strategy<Value = Change> {
    let place = any::<prop::sample::Index>;
    let numbers = ["0", "-1", "1e400", "18446744073709551615", "4294967296", "1099511627776", "0.5", "null", "\"\"", "[]", "{}"];
    prop_oneof![
        (place(), any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
        (place(), prop::collection::vec(any::<u8>(), 1..9)).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        (place(), 1usize..40).prop_map(|(at, length)| Change::Remove(at, length)),
        place().prop_map(Change::Cut),
        (place(), prop::sample::select(numbers.to_vec())).prop_map(|(at, number)| Change::Number(at, number)),
    ]
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        match self {
            Self::Set(at, byte) => {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            Self::Insert(at, new) => {
                let at = at.index(bytes.len());
                bytes.splice(at..at, new.iter().copied());
            }
            Self::Remove(at, length) => {
                let at = at.index(bytes.len());
                bytes.drain(at..bytes.len().min(at + length));
            }
            Self::Cut(at) => bytes.truncate(at.index(bytes.len())),
            Self::Number(at, number) => {
                let from = at.index(bytes.len());
                let is_digit = |byte: &u8| byte.is_ascii_digit();
                let Some(start) = bytes[from..].iter().position(is_digit).map(|start| from + start) else { return };
                let end = bytes[start..].iter().position(|byte| !is_digit(byte)).map_or(bytes.len(), |length| start + length);
                bytes.splice(start..end, number.bytes());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_file_of_the_corpus_is_read_or_refused(
        kind in 0..KINDS.len(), file: prop::sample::Index, changes in prop::collection::vec(change(), 1..5),
    ) {
        static READER: LazyLock<Reader> = LazyLock::new(|| reader("mutations"));
        let (kind, read) = KINDS[kind];
        let files = corpus(&READER, kind);
        let mut bytes = files[file.index(files.len())].clone();
        changes.iter().for_each(|change| change.apply(&mut bytes));
        read(&READER, &bytes);
    }
}
