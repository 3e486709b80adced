//! Drawings and pictures between the dashboard and the disk.

use std::fs::File;
use std::io::Read;

use crate::app::SIDE;
use crate::causes::with_causes;
use crate::config::Config;
use crate::data::picture::Picture;
use crate::data::{OwnDigits, digit};
use crate::text::{Phrase, Text};

/// No picture that anybody means has a larger file.
const MOST_BYTES: u64 = 64 << 20;

/// Keeps a drawing among the digits of the person at this machine.
pub(super) fn keep(config: &Config, ink: &[u8], side: usize, class: String) -> Result<Text, Text> {
    let Some(folder) = config.runs.own_digits() else { return Err(Phrase::NoHomeForDigits.into()) };
    match OwnDigits::new(&folder).keep(ink, [side, side], &class) {
        Ok(path) => Ok(Phrase::DigitKept { class, path: path.display().to_string() }.into()),
        Err(error) => Err(Phrase::DigitNotKept { path: folder.display().to_string(), why: error.to_string() }.into()),
    }
}

/// The digit in a picture's file, as ink of the canvas.
pub(super) fn open(path: &str) -> Result<Vec<u8>, Text> {
    let failed = |why: String| Phrase::PictureNotOpened { path: path.to_owned(), why };
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes));
    read.map_err(|error| failed(error.to_string()))?;
    let picture = Picture::decode(&bytes).map_err(|error| failed(with_causes(&error)))?;
    digit(&picture, [SIDE, SIDE, 1]).ok_or_else(|| Phrase::NoInk { path: path.to_owned() }.into())
}
